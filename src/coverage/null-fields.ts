import { aggregateNamed, scalarNamed } from '../functions/table.ts';
import { constantComparison } from '../plan/comparison.ts';
import type { Constant, Expression } from '../plan/expression.ts';
import { constant } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import { conjuncts } from '../plan/time-bounds.ts';
import { own } from '../values/own.ts';

/*
 * What becomes of a query when some fields are null in every event: whether any row can come out at all. Values that
 * are not null are unknown; a condition that is null or false whatever they are lets nothing through.
 */

/** What is known of a value beforehand: it is null, or zero as a count of nothing is, and for want of which fields. */
interface Known {
  readonly value: Constant;
  readonly because: ReadonlySet<number>;
  /** Of a condition that may be false as well as null: never true, but its negation could be. */
  readonly vague?: true;
}

type Knowledge = ReadonlyMap<number, Known>;

export interface WithoutFields {
  /** No row can come out, for want of these columns of the scans. */
  readonly emptyFor: ReadonlySet<number> | null;
  /** Columns of the result that are null in every row. */
  readonly emptyColumns: readonly string[];
}

/** Follows columns of the scans that are null everywhere through a plan. */
export function withoutFields(plan: Plan, absent: ReadonlySet<number>): WithoutFields {
  const { known, emptyFor } = follow(plan, absent);
  const emptyColumns = plan.output.filter(({ id }) => known.get(id)?.value.value === null).map(({ name }) => name);
  return { emptyFor, emptyColumns };
}

interface Outcome {
  readonly known: Knowledge;
  readonly emptyFor: ReadonlySet<number> | null;
}

function follow(plan: Plan, absent: ReadonlySet<number>): Outcome {
  switch (plan.kind) {
    case 'scan': {
      const known = new Map<number, Known>();
      for (const { column } of plan.columns)
        if (absent.has(column.id)) known.set(column.id, nothing(new Set([column.id])));
      return { known, emptyFor: null };
    }
    case 'oneRow':
      return { known: new Map(), emptyFor: null };
    case 'filter': {
      const input = follow(plan.input, absent);
      const failing = conjuncts(plan.condition)
        .map((condition) => knownValue(condition, input.known))
        .filter((known) => known && known.because.size > 0 && known.value.value !== true)
        .map((known) => known!.because);
      const reasons = input.emptyFor ? [input.emptyFor, ...failing] : failing;
      return { known: input.known, emptyFor: reasons.length > 0 ? both(...reasons) : null };
    }
    case 'compute': {
      const input = follow(plan.input, absent);
      const known = new Map(input.known);
      for (const { column, expression } of plan.definitions) {
        const value = knownValue(expression, input.known);
        if (value && value.because.size > 0) known.set(column.id, value);
      }
      return { known, emptyFor: input.emptyFor };
    }
    case 'aggregate': {
      const input = follow(plan.input, absent);
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
      return { known, emptyFor: plan.groups.length > 0 ? input.emptyFor : null };
    }
    case 'join': {
      const input = follow(plan.input, absent);
      const right = follow(plan.right, absent);
      const known = new Map(input.known);
      for (const { source, column } of plan.taken) {
        const value = right.emptyFor ? nothing(right.emptyFor) : right.known.get(source.id);
        if (value) known.set(column.id, value);
      }
      return { known, emptyFor: input.emptyFor };
    }
    case 'parse': {
      const input = follow(plan.input, absent);
      const known = new Map(input.known);
      const value = knownValue(plan.value, input.known);
      if (value?.value.value === null) for (const column of plan.columns) known.set(column.id, value);
      return { known, emptyFor: input.emptyFor };
    }
    case 'expand': {
      const input = follow(plan.input, absent);
      const value = input.known.get(plan.source.id);
      return value ? { ...input, known: new Map(input.known).set(plan.column.id, value) } : input;
    }
    case 'union': {
      const branches = plan.branches.map((branch) => ({ ...follow(branch.plan, absent), columns: branch.columns }));
      const live = branches.filter((branch) => branch.emptyFor === null);
      const known = new Map<number, Known>();
      plan.output.forEach((column, i) => {
        const values = live.map((branch) => branch.columns[i] && branch.known.get(branch.columns[i].id));
        const all = values.every((value) => value?.value.value === null);
        if (live.length > 0 && all) known.set(column.id, nothing(both(...(values as Known[]).map((v) => v.because))));
      });
      return { known, emptyFor: live.length > 0 ? null : both(...branches.map((branch) => branch.emptyFor!)) };
    }
    case 'project':
    case 'sort':
    case 'limit':
    case 'limitBy':
    case 'sample':
    case 'changePoint':
    case 'rank':
      return follow(plan.input, absent);
  }
}

const span = { start: 0, end: 0 };
const nothing = (because: ReadonlySet<number>): Known => ({ value: constant('null', null, span), because });
const both = (...sets: readonly ReadonlySet<number>[]): ReadonlySet<number> => new Set(sets.flatMap((set) => [...set]));

/** Counts of nothing are zero, other aggregates of nothing null. */
function aggregated(
  name: string,
  args: readonly Expression[],
  filter: Expression | null,
  input: Outcome,
): Known | undefined {
  const condition = filter ? knownValue(filter, input.known) : undefined;
  const never = condition && condition.value.value !== true ? condition.because : null;
  const value = args[0] ? knownValue(args[0], input.known) : undefined;
  const reasons = [input.emptyFor, never, value?.value.value === null ? value.because : null];
  const because = both(...reasons.filter((reason) => reason !== null));
  if (because.size === 0) return undefined;
  const { overNothing } = aggregateNamed(name);
  return overNothing === undefined ? nothing(because) : { value: constant('long', overNothing, span), because };
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
function knownValue(expression: Expression, known: Knowledge): Known | undefined {
  switch (expression.kind) {
    case 'constant':
      return { value: expression, because: new Set() };
    case 'column':
      return known.get(expression.column.id);
    case 'inRanges': {
      const value = knownValue(expression.value, known);
      return value?.value.value === null ? value : undefined;
    }
    case 'search':
    case 'invalid':
      return undefined;
    case 'call':
      return ofCall(expression, known);
  }
}

function ofCall(call: Expression & { kind: 'call' }, known: Knowledge): Known | undefined {
  const { name, keepsNulls, multivalue } = scalarNamed(call.function);
  const args = call.args.map((arg) => knownValue(arg, known));
  const isNull = (value: Known | undefined): boolean => value !== undefined && value.value.value === null;
  const truth = (value: boolean, because: ReadonlySet<number>): Known => ({
    value: constant('boolean', value, span),
    because,
  });
  if (name !== 'AND' && name !== 'OR' && args.some((arg) => arg?.vague)) return undefined;
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
      const empty = args.filter(isNull).map((arg) => arg!.because);
      return empty.length > 0 ? nothing(both(...empty)) : args[0];
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
    case 'CASE':
      return ofCase(args);
    default:
  }
  if (keepsNulls || (multivalue === 'custom' && !isNull(args[0]))) return undefined;
  const empty = args.find(isNull);
  if (empty) return empty;
  return compared(call, args);
}

/** A count of nothing compared with a number. */
function compared(call: Expression, args: readonly (Known | undefined)[]): Known | undefined {
  const { operator, constant: threshold } = constantComparison(call) ?? {};
  const counted = args.find((arg) => arg && arg.because.size > 0);
  if (!operator || !threshold || typeof counted?.value.value !== 'bigint') return undefined;
  const [a, b] = args.map((arg) => Number(arg?.value.value)) as [number, number];
  const written = (call as Expression & { kind: 'call' }).function;
  return { value: constant('boolean', own(operators, written)!(a, b), span), because: counted.because };
}

/** Conditions that are never true are passed over; one that is not known leaves all open. */
function ofCase(args: readonly (Known | undefined)[]): Known | undefined {
  const because: ReadonlySet<number>[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) {
    const condition = args[at];
    if (!condition) return undefined;
    because.push(condition.because);
    if (condition.value.value === true) return args[at + 1] && widened(args[at + 1]!, because);
  }
  if (args.length % 2 === 0) return nothing(both(...because));
  return args.at(-1) && widened(args.at(-1)!, because);
}

const widened = ({ value, because }: Known, others: readonly ReadonlySet<number>[]): Known => ({
  value,
  because: both(because, ...others),
});
