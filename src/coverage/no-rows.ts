import { aggregateNamed, scalarNamed } from '../functions/table.ts';
import { constantComparison } from '../plan/comparison.ts';
import type { Constant, Expression, Search } from '../plan/expression.ts';
import { constant } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { SearchCondition } from '../plan/search.ts';
import { conjuncts } from '../plan/time-bounds.ts';
import { own } from '../values/own.ts';

/*
 * Whether any row of a query can come out, of data that lacks something: fields that are null in every event, conditions
 * that no event fulfils. Values that are not null are unknown; a condition that is null or false whatever they are lets
 * nothing through.
 */

/** Something that the data lacks, by its identity. */
export type Lack = object;
type Lacks = ReadonlySet<Lack>;

/** A value that every event has for want of one of its own. */
export interface StandIn {
  readonly value: Constant;
  readonly lack: Lack;
}

/** What the events of one scan lack. */
export interface ScanLacks {
  /** Columns of the scan that are null in every event. */
  readonly absent: ReadonlyMap<number, Lack>;
  /** Columns that are the same in every event because nobody recorded them. */
  readonly standIns: ReadonlyMap<number, StandIn>;
  /** Conditions, or parts of expressions, that are true of nothing made of these events. */
  readonly unfulfilled: ReadonlyMap<Expression, Lack>;
  /** Set where there are no events. */
  readonly missing?: Lack;
}

/** What is known of a value beforehand: it is null, or what an aggregate of nothing is, and for want of what. */
interface Known {
  readonly value: Constant;
  readonly because: Lacks;
  /** Of a condition that may be false as well as null: never true, but its negation could be. */
  readonly vague?: true;
}

type Knowledge = ReadonlyMap<number, Known>;

/** What is known of the rows of a node. */
interface Facts {
  readonly known: Knowledge;
  readonly unfulfilled: ReadonlyMap<Expression, Lacks>;
}

interface Outcome extends Facts {
  readonly emptyFor: Lacks | null;
}

/**
 * For want of what no row of a plan can come out; null where some can. `lacks`: those of each scan, in the order in which
 * one comes to the scans from above.
 */
export function noRowsFor(plan: Plan, lacks: readonly ScanLacks[]): Lacks | null {
  const left = [...lacks];
  return follow(plan, () => left.shift()!).emptyFor;
}

function follow(plan: Plan, nextScan: () => ScanLacks): Outcome {
  switch (plan.kind) {
    case 'scan': {
      const { absent, standIns, unfulfilled, missing } = nextScan();
      return {
        known: new Map([
          ...[...absent].map(([id, lack]) => [id, nothing(new Set([lack]))] as const),
          ...[...standIns].map(([id, { value, lack }]) => [id, { value, because: new Set([lack]) }] as const),
        ]),
        unfulfilled: new Map([...unfulfilled].map(([condition, lack]) => [condition, new Set([lack])])),
        emptyFor: missing ? new Set([missing]) : null,
      };
    }
    case 'oneRow':
      return { known: new Map(), unfulfilled: new Map(), emptyFor: null };
    case 'filter': {
      const input = follow(plan.input, nextScan);
      const failing = conjuncts(plan.condition).flatMap((condition) => {
        const known = knownValue(condition, input);
        const isNeverTrue = known && known.because.size > 0 && known.value.value !== true;
        return isNeverTrue ? [known.because] : [];
      });
      const reasons = input.emptyFor ? [input.emptyFor, ...failing] : failing;
      return { ...input, emptyFor: reasons.length > 0 ? both(...reasons) : null };
    }
    case 'compute': {
      const input = follow(plan.input, nextScan);
      const known = new Map(input.known);
      for (const { column, expression } of plan.definitions) {
        const value = knownValue(expression, input);
        if (value && value.because.size > 0) known.set(column.id, value);
      }
      return { ...input, known };
    }
    case 'aggregate': {
      const input = follow(plan.input, nextScan);
      const known = new Map<number, Known>();
      for (const { source, column } of plan.groups) {
        const value = input.known.get(source.id);
        if (value) known.set(column.id, value);
      }
      for (const { column, function: name, args, filter } of plan.aggregates) {
        const value = aggregated(name, args, filter, input);
        if (value) known.set(column.id, value);
      }
      // Without keys there is a row whatever comes in.
      return plan.groups.length > 0 ? { ...input, known } : { known, unfulfilled: new Map(), emptyFor: null };
    }
    case 'join': {
      const input = follow(plan.input, nextScan);
      const right = follow(plan.right, nextScan);
      const known = new Map(input.known);
      // Nothing equals a key that is null, and nothing holds it.
      const keys = plan.nullsMatch
        ? []
        : plan.on.flatMap((on) => [input.known.get(on.left.id), right.known.get(on.right.id)]);
      const unfit = right.emptyFor
        ? nothing(right.emptyFor)
        : keys.find((key) => key?.value.value === null && !key.vague);
      for (const { source, column } of plan.taken) {
        const value = unfit ?? right.known.get(source.id);
        // A row that nothing fits has null, whatever it is that does not fit.
        if (value?.value.value === null) known.set(column.id, value);
      }
      return { ...input, known };
    }
    case 'parse': {
      const input = follow(plan.input, nextScan);
      const known = new Map(input.known);
      const value = knownValue(plan.value, input);
      if (value?.value.value === null) for (const column of plan.columns) known.set(column.id, value);
      return { ...input, known };
    }
    case 'expand': {
      const input = follow(plan.input, nextScan);
      const value = input.known.get(plan.source.id);
      return value ? { ...input, known: new Map(input.known).set(plan.column.id, value) } : input;
    }
    case 'union': {
      const branches = plan.branches.map((branch) => ({ ...follow(branch.plan, nextScan), columns: branch.columns }));
      const live = branches.filter((branch) => branch.emptyFor === null);
      const [first] = live;
      if (!first)
        return {
          known: new Map(),
          unfulfilled: new Map(),
          emptyFor: both(...branches.map((branch) => branch.emptyFor!)),
        };
      const known = new Map<number, Known>();
      plan.output.forEach((column, i) => {
        const values = live.map((branch) => branch.columns[i] && branch.known.get(branch.columns[i].id));
        if (values.every((value) => value?.value.value === null && !value.vague))
          known.set(column.id, nothing(both(...(values as Known[]).map((value) => value.because))));
      });
      const unfulfilled = new Map<Expression, Lacks>();
      for (const condition of first.unfulfilled.keys()) {
        const lacks = live.flatMap((branch) => branch.unfulfilled.get(condition) ?? []);
        if (lacks.length === live.length) unfulfilled.set(condition, both(...lacks));
      }
      return { known, unfulfilled, emptyFor: null };
    }
    case 'project':
    case 'sort':
    case 'limit':
    case 'limitBy':
    case 'sample':
    case 'changePoint':
    case 'rank':
    case 'previous':
      return follow(plan.input, nextScan);
  }
}

const span = { start: 0, end: 0 };
const nothing = (because: Lacks): Known => ({ value: constant('null', null, span), because });
const both = (...sets: readonly Lacks[]): Lacks => new Set(sets.flatMap((set) => [...set]));

/** An aggregate of nothing: a count is zero, most others are null. */
function aggregated(
  name: string,
  args: readonly Expression[],
  filter: Expression | null,
  input: Outcome,
): Known | undefined {
  const condition = filter ? knownValue(filter, input) : undefined;
  const never = condition && condition.value.value !== true ? condition.because : null;
  const value = args[0] ? knownValue(args[0], input) : undefined;
  // Of values that are all the same each is the largest, and zeros come to zero; of nothing it is null.
  if (value && value.value.value !== null && value.because.size > 0 && !input.emptyFor && !never) {
    const isZero = Number(value.value.value) === 0;
    if (name === 'MAX' || name === 'MIN' || (name === 'SUM' && isZero)) return { ...value, vague: true };
  }
  const reasons = [input.emptyFor, never, value?.value.value === null ? value.because : null];
  const because = both(...reasons.filter((reason) => reason !== null));
  if (because.size === 0) return undefined;
  const { overNothing } = aggregateNamed(name);
  if (overNothing === undefined) return nothing(because);
  const type = typeof overNothing === 'boolean' ? 'boolean' : 'long';
  return { value: constant(type, overNothing, span), because };
}

const operators: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** The value of an expression, if it is the same whatever the unknown values are. */
function knownValue(expression: Expression, facts: Facts): Known | undefined {
  const { known, unfulfilled } = facts;
  const lacks = unfulfilled.get(expression);
  if (lacks) return { value: constant('boolean', false, span), because: lacks, vague: true };
  switch (expression.kind) {
    case 'constant':
      return { value: expression, because: new Set() };
    case 'column':
      return known.get(expression.column.id);
    case 'inRanges': {
      const value = knownValue(expression.value, facts);
      return value?.value.value === null ? value : undefined;
    }
    case 'search':
      return ofSearch(expression, facts);
    case 'invalid':
      return undefined;
    case 'call':
      return ofCall(expression, facts);
  }
}

/** A search finds nothing in a field that is not there, and is never null. */
function ofSearch({ condition, fields }: Search, facts: Facts): Known | undefined {
  const values = new Map(fields.map(({ name, value }) => [name, knownValue(value, facts)]));
  const found = (holds: boolean, because: Lacks): Known => ({ value: constant('boolean', holds, span), because });
  const evaluate = (part: SearchCondition): Known | undefined => {
    switch (part.kind) {
      case 'all':
      case 'none':
        return found(part.kind === 'all', new Set());
      case 'exists':
      case 'anyValue': {
        const value = values.get(part.field);
        return value && !value.vague && value.value.value === null ? found(false, value.because) : undefined;
      }
      case 'not': {
        const inner = evaluate(part.part);
        return inner && found(inner.value.value !== true, inner.because);
      }
      case 'and':
      case 'or': {
        const parts = part.parts.map(evaluate);
        const decisive = parts.find((one) => one?.value.value === (part.kind === 'or'));
        if (decisive) return decisive;
        return parts.every((one) => one !== undefined)
          ? found(part.kind === 'and', both(...parts.map(({ because }) => because)))
          : undefined;
      }
      case 'enough': {
        const failing = part.parts.map(evaluate).filter((one) => one?.value.value === false);
        const isTooFew = part.parts.length - failing.length < part.least;
        return isTooFew ? found(false, both(...failing.map((one) => one!.because))) : undefined;
      }
    }
  };
  return evaluate(condition);
}

function ofCall(call: Expression & { kind: 'call' }, facts: Facts): Known | undefined {
  const { name, keepsNulls, multivalue } = scalarNamed(call.function);
  const args = call.args.map((arg) => knownValue(arg, facts));
  const isNull = (value: Known | undefined): boolean => value !== undefined && value.value.value === null;
  const truth = (value: boolean, because: Lacks): Known => ({
    value: constant('boolean', value, span),
    because,
  });
  if (name === 'CASE') return ofCase(args);
  const isVague = args.some((arg) => arg?.vague);
  if (isVague && name !== 'AND' && name !== 'OR') {
    // Null compared is null: neither is true.
    const result = compared(call, args);
    return result?.value.value === false ? { ...result, vague: true } : undefined;
  }
  switch (name) {
    case 'AND':
    case 'OR': {
      const decisive = args.find((arg) => arg?.value.value === (name === 'OR'));
      if (decisive) return decisive;
      if (args.some((arg) => arg === undefined)) {
        // Unknown or null is never true; unknown and null neither.
        const empty = args.find(isNull);
        return name === 'AND' && empty ? { ...empty, vague: true } : undefined;
      }
      const because = both(...(args as Known[]).map((arg) => arg.because));
      const known = args.some(isNull) ? nothing(because) : { ...args[0]!, because };
      return isVague ? { ...known, vague: true } : known;
    }
    case 'IS NULL':
    case 'IS NOT NULL':
      return isNull(args[0]) ? truth(name === 'IS NULL', args[0]!.because) : undefined;
    case 'NOT':
      if (isNull(args[0])) return args[0];
      return args[0] ? truth(args[0].value.value !== true, args[0].because) : undefined;
    case 'COALESCE': {
      const first = args.findIndex((arg) => !isNull(arg));
      if (first < 0) return nothing(both(...(args as Known[]).map((arg) => arg.because)));
      const lost = both(...args.slice(0, first).map((arg) => arg!.because));
      return args[first] && { value: args[first].value, because: both(args[first].because, lost) };
    }
    case 'IN': {
      const [sought, ...members] = args;
      if (isNull(sought)) return sought;
      const isAmong = members.every(isNumber) && isNumber(sought);
      const numbers = members.map((member) => Number(member?.value.value));
      return isAmong ? truth(numbers.includes(Number(sought!.value.value)), both(sought!.because)) : undefined;
    }
    default:
  }
  if (keepsNulls || (multivalue === 'custom' && !isNull(args[0]))) return undefined;
  const empty = args.find(isNull);
  if (empty) return empty;
  return compared(call, args);
}

const isNumber = (known: Known | undefined): boolean =>
  typeof known?.value.value === 'bigint' || typeof known?.value.value === 'number';

/** What is known for want of something compared with a constant: numbers in any way, texts for being equal. */
function compared(call: Expression, args: readonly (Known | undefined)[]): Known | undefined {
  const { operator, constant: threshold } = constantComparison(call) ?? {};
  const found = args.find((arg) => arg && arg.because.size > 0);
  if (!operator || !threshold || !found) return undefined;
  const truth = (value: boolean): Known => ({ value: constant('boolean', value, span), because: found.because });
  const value = found.value.value;
  if (typeof value === 'string' && typeof threshold.value === 'string') {
    if (found.value.type !== 'keyword' || threshold.type !== 'keyword') return undefined;
    return operator === '==' || operator === '!='
      ? truth((value === threshold.value) === (operator === '=='))
      : undefined;
  }
  if (!args.every(isNumber)) return undefined;
  const [a, b] = args.map((arg) => Number(arg?.value.value)) as [number, number];
  const written = (call as Expression & { kind: 'call' }).function;
  return truth(own(operators, written)!(a, b));
}

/** Conditions that are never true are passed over; one that is not known leaves all open. */
function ofCase(args: readonly (Known | undefined)[]): Known | undefined {
  const because: Lacks[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    const condition = args[at];
    if (!condition) return undefined;
    because.push(condition.because);
    if (condition.value.value === true) return args[at + 1] && widened(args[at + 1]!, because);
  }
  if (args.length % 2 === 0) return nothing(both(...because));
  return args.at(-1) && widened(args.at(-1)!, because);
}

const widened = (known: Known, others: readonly Lacks[]): Known => ({
  ...known,
  because: both(known.because, ...others),
});
