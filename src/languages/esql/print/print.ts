import { aggregateNamed, scalarNamed } from '../../../functions/table.ts';
import type { Column } from '../../../plan/column.ts';
import { type Call, columnsIn, type Expression, reference } from '../../../plan/expression.ts';
import { planToJson } from '../../../plan/json.ts';
import {
  type Aggregate,
  type AggregateCall,
  type ChangePoint,
  type Compute,
  expressionsOf,
  inputOf,
  type Join,
  type LimitBy,
  orderOf,
  type Parse,
  type Plan,
  type Scan,
  type SortKey,
  type Union,
} from '../../../plan/nodes.ts';
import { NotInEsql, type PrintScope, printExpression } from './expressions.ts';
import { identifier, indexName, string } from './tokens.ts';

export { NotInEsql } from './expressions.ts';

/**
 * A plan as ES|QL that comes to the same plan; throws NotInEsql for what the language has no words for. Plans tell columns
 * apart by ids, and ES|QL by names: a column keeps its name unless another that is still read has it, and KEEP gives the
 * names of the end.
 */
export function printPlan(plan: Plan): string {
  const printer = new Printer();
  printer.add(plan, new Set(plan.output.map(({ id }) => id)));
  printer.shape(plan.output);
  return printer.text;
}

class Printer implements PrintScope {
  readonly #commands: string[] = [];
  /** The names that columns have so far, and which of them the text still has. */
  readonly #names: Map<number, string>;
  /** The names that columns have later on. */
  readonly #wished = new Map<number, string>();
  #zone: string | null = null;

  /** `start`: what has been printed elsewhere, and the names in it. */
  constructor(
    private readonly start: Plan | null = null,
    names: ReadonlyMap<number, string> = new Map(),
  ) {
    this.#names = new Map(names);
  }

  get text(): string {
    const settings = this.#zone === null ? '' : `SET time_zone = ${string(this.#zone)};\n`;
    return settings + this.#commands.join('\n| ');
  }

  column(id: number, name: string): string {
    return identifier(this.nameOf(id, name));
  }

  nameOf(id: number, name: string): string {
    const known = this.#names.get(id);
    if (known === undefined) throw new NotInEsql(`the column ${name}, which another has taken the place of`);
    return known;
  }

  zone(zone: string): void {
    if (this.#zone !== null && this.#zone !== zone) throw new NotInEsql('dates in several zones');
    this.#zone = zone;
  }

  /** Prints a node after what it reads from; `needed` are the columns that are read of it. */
  add(plan: Plan, needed: ReadonlySet<number>): void {
    const before = (more: readonly Column[] = []): Set<number> =>
      new Set([...needed, ...[...expressionsOf(plan).flatMap(columnsIn), ...more].map(({ id }) => id)]);
    if (plan === this.start) return;
    switch (plan.kind) {
      case 'scan':
        this.#scan(plan);
        return;
      case 'oneRow':
        this.#commands.push('ROW `(row)` = null');
        return;
      case 'project':
        for (const { id, name } of plan.output) if (!this.#wished.has(id)) this.#wished.set(id, name);
        this.add(plan.input, needed);
        return;
      case 'filter':
        this.add(plan.input, before());
        this.#commands.push(`WHERE ${this.#print(plan.condition)}`);
        return;
      case 'compute':
        this.#compute(plan, before(), needed);
        return;
      case 'aggregate':
        this.#aggregate(plan);
        return;
      case 'sort':
        this.add(plan.input, before());
        if (!this.#isOrdered(plan.input, plan.keys)) this.#commands.push(`SORT ${this.#keys(plan.keys)}`);
        return;
      case 'limit':
        this.add(plan.input, needed);
        this.#commands.push(`LIMIT ${plan.count}`);
        return;
      case 'limitBy':
        this.add(plan.input, before());
        this.#limitBy(plan);
        return;
      case 'expand': {
        this.add(plan.input, before([plan.source]));
        const name = this.nameOf(plan.source.id, plan.source.name);
        if (needed.has(plan.source.id)) throw new NotInEsql('a column beside the values that it is expanded to');
        this.#commands.push(`MV_EXPAND ${identifier(name)}`);
        this.#take(plan.column, name);
        return;
      }
      case 'sample':
        this.add(plan.input, needed);
        this.#commands.push(`SAMPLE ${plan.probability}`);
        return;
      case 'changePoint':
        this.add(plan.input, before());
        this.#changePoint(plan, needed);
        return;
      case 'parse':
        this.add(plan.input, before());
        this.#parse(plan, needed);
        return;
      case 'join':
        this.#join(plan, needed);
        return;
      case 'rank':
        throw new NotInEsql('numbers of rows');
      case 'union':
        this.#union(plan);
        return;
    }
  }

  /** Gives the columns of the end their names and their order. */
  shape(output: readonly Column[]): void {
    if (output.length === 0) throw new NotInEsql('rows without columns');
    if (new Set(output.map(({ name }) => name)).size < output.length) throw new NotInEsql('two columns of one name');
    const moved = output.map(({ id, name }, i) => {
      const current = this.nameOf(id, name);
      // A column that is shown twice is one of two names.
      if (output.findIndex((other) => other.id === id) === i) return { current, name };
      this.#commands.push(`EVAL ${identifier(`(copy ${i})`)} = ${identifier(current)}`);
      return { current: `(copy ${i})`, name };
    });
    const renamed = moved.filter(({ current, name }) => current !== name);
    const clauses = (pairs: readonly (readonly [string, string])[]): void => {
      const all = pairs.map(([from, to]) => `${identifier(from)} AS ${identifier(to)}`);
      if (all.length > 0) this.#commands.push(`RENAME ${all.join(', ')}`);
    };
    // Names that change places go by others first.
    const inTheWay = renamed.filter(({ current }) => renamed.some(({ name }) => name === current));
    const passing = new Map(inTheWay.map(({ current }, i) => [current, `(moved ${i})`]));
    clauses([...passing]);
    clauses(renamed.map(({ current, name }) => [passing.get(current) ?? current, name] as const));
    this.#commands.push(`KEEP ${output.map(({ name }) => identifier(name)).join(', ')}`);
  }

  #print(expression: Expression): string {
    return printExpression(expression, this);
  }

  #keys(keys: readonly SortKey[]): string {
    return keys
      .map(
        ({ expression, descending, nulls }) =>
          `${this.#print(expression)} ${descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`,
      )
      .join(', ');
  }

  /** Whether rows are in that order by what the command itself does. */
  #isOrdered(input: Plan, keys: readonly SortKey[]): boolean {
    const by =
      input.kind === 'limitBy'
        ? input.order
        : input.kind === 'changePoint'
          ? [...input.groups.map((expression) => ({ ...input.order[0]!, expression })), ...input.order]
          : input.kind === 'join'
            ? orderOf(input.input)
            : [];
    return by.length > 0 && this.#keys(by) === this.#keys(keys);
  }

  /** From here on a name stands for a column, and no longer for another. */
  #take(column: Column, name: string): void {
    for (const [id, known] of this.#names) if (known === name) this.#names.delete(id);
    this.#names.set(column.id, name);
  }

  /** A name for a new column: its own, unless a column has it that is still read. */
  #freeName(column: Column, needed: ReadonlySet<number>, taken: ReadonlySet<string> = new Set()): string {
    const held = new Set([...this.#names].filter(([id]) => needed.has(id)).map(([, name]) => name));
    const own = this.#wished.get(column.id) ?? column.name;
    let name = own;
    for (let n = 2; held.has(name) || taken.has(name); n++) name = `${own} ${n}`;
    return name;
  }

  /** Moves columns out of the way that are still read and have one of these names. */
  #makeRoom(names: readonly string[], needed: ReadonlySet<number>): void {
    for (const [id, name] of [...this.#names]) {
      if (!needed.has(id) || !names.includes(name)) continue;
      const all = new Set([...names, ...this.#names.values()]);
      let other = `${name} 2`;
      for (let n = 3; all.has(other); n++) other = `${name} ${n}`;
      this.#commands.push(`RENAME ${identifier(name)} AS ${identifier(other)}`);
      this.#names.set(id, other);
    }
  }

  #scan({ indices, columns }: Scan): void {
    const metadata = columns.flatMap(({ source }) => (typeof source === 'string' ? [source] : []));
    for (const { column, source } of columns) this.#take(column, typeof source === 'string' ? source : source.name);
    const from = indices === null ? '*' : indices.map(indexName).join(', ');
    if (from === '') throw new NotInEsql('events of no index');
    this.#commands.push(`FROM ${from}${metadata.length > 0 ? ` METADATA ${metadata.join(', ')}` : ''}`);
  }

  #compute(
    { input, definitions }: Pick<Compute, 'input' | 'definitions'>,
    before: ReadonlySet<number>,
    needed: ReadonlySet<number>,
  ): void {
    const wanted = definitions.filter(({ column }) => needed.has(column.id));
    if (input.kind !== 'oneRow' || wanted.length === 0) this.add(input, before);
    if (wanted.length === 0) return;
    const taken = new Set<string>();
    const named = wanted.map(({ column, expression }) => {
      const name = this.#freeName(column, before, taken);
      taken.add(name);
      return { column, name, text: `${identifier(name)} = ${this.#print(expression)}` };
    });
    for (const { column, name } of named) this.#take(column, name);
    const keyword = input.kind === 'oneRow' ? 'ROW' : 'EVAL';
    this.#commands.push(`${keyword} ${named.map(({ text }) => text).join(', ')}`);
  }

  #aggregate(plan: Aggregate): void {
    const made = this.#beforeGroups(plan, new Set());
    const taken = new Set<string>();
    const free = (name: string): string => {
      let other = name;
      for (let n = 2; taken.has(other); n++) other = `${name} ${n}`;
      taken.add(other);
      return other;
    };
    const keys = plan.groups.map(({ source, column }) => {
      const expression = made.get(source.id);
      const own = expression ? (this.#wished.get(column.id) ?? column.name) : this.nameOf(source.id, source.name);
      const name = free(own);
      const of = expression ? this.#print(expression) : identifier(own);
      return { column, name, text: expression || name !== own ? `${identifier(name)} = ${of}` : of };
    });
    const calls = plan.aggregates.map((call) => {
      const name = free(this.#wished.get(call.column.id) ?? call.column.name);
      return {
        column: call.column,
        name,
        text: `${identifier(name)} = ${this.#call(call)}${this.#filter(call.filter)}`,
      };
    });
    this.#names.clear();
    for (const { column, name } of [...calls, ...keys]) this.#names.set(column.id, name);
    this.#commands.push(statsText('STATS', calls, keys));
  }

  /** Prints what comes before groups, and gives the keys that grouping functions make: those stand in BY. */
  #beforeGroups({ input, groups, aggregates }: Aggregate, later: ReadonlySet<number>): Map<number, Expression> {
    const read = new Set(
      aggregates
        .flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])])
        .flatMap(columnsIn)
        .map(({ id }) => id),
    );
    const below = input.kind === 'compute' ? input : null;
    const categories = categoriesOf(below?.input ?? input);
    const rows = categories?.rows ?? below?.input ?? input;
    const made = new Map(
      (below?.definitions ?? [])
        .filter(({ expression: one }) => one.kind === 'call' && scalarNamed(one.function).isGrouping)
        .map(({ column, expression }) => [column.id, expression]),
    );
    if (categories) made.set(categories.column.id, categories.call);
    if ([...made.keys()].some((id) => read.has(id)))
      throw new NotInEsql('an aggregate of what a grouping function made');
    const inBy = [...made.values()].flatMap(columnsIn).map(({ id }) => id);
    const keys = groups.map(({ source }) => source.id).filter((id) => !made.has(id));
    const needed = new Set([...read, ...inBy, ...keys, ...later]);
    const rest = (below?.definitions ?? []).filter(({ column }) => !made.has(column.id));
    const before = new Set([...needed, ...rest.flatMap(({ expression }) => columnsIn(expression)).map(({ id }) => id)]);
    if (rest.length > 0) this.#compute({ input: rows, definitions: rest }, before, needed);
    else this.add(rows, needed);
    return made;
  }

  #filter(condition: Expression | null): string {
    return condition ? ` WHERE ${this.#print(condition)}` : '';
  }

  #call({ function: name, args }: AggregateCall): string {
    if (aggregateNamed(name).family === 'internal') throw new NotInEsql(`the aggregate ${name}`);
    const given = name === 'COUNT' && args.length === 0 ? '*' : args.map((arg) => this.#print(arg)).join(', ');
    return `${name}(${given})`;
  }

  #limitBy({ count, keys }: LimitBy): void {
    this.#commands.push(`LIMIT ${count} BY ${keys.map((key) => this.#print(key)).join(', ')}`);
  }

  #changePoint({ value, order, groups, type, pvalue }: ChangePoint, needed: ReadonlySet<number>): void {
    const names = [type, pvalue].map((column) => this.#freeName(column, needed));
    const by = groups.length > 0 ? ` BY ${groups.map((group) => this.#print(group)).join(', ')}` : '';
    const on = order.map(({ expression }) => this.#print(expression)).join(', ');
    this.#commands.push(`CHANGE_POINT ${this.#print(value)} ON ${on} AS ${names.map(identifier).join(', ')}${by}`);
    this.#take(type, names[0]!);
    this.#take(pvalue, names[1]!);
  }

  #parse({ value, parser, columns }: Parse, needed: ReadonlySet<number>): void {
    const names = columns.map(({ name }) => name);
    this.#makeRoom(names, needed);
    const of = this.#print(value);
    switch (parser.name) {
      case 'dissect': {
        const separator = parser.separator === '' ? '' : ` APPEND_SEPARATOR = ${string(parser.separator)}`;
        this.#commands.push(`DISSECT ${of} ${string(parser.pattern)}${separator}`);
        break;
      }
      case 'grok':
        this.#commands.push(`GROK ${of} ${parser.patterns.map(string).join(', ')}`);
        break;
      case 'uri_parts': {
        const prefix = names[0]!.slice(0, names[0]!.lastIndexOf('.'));
        this.#commands.push(`URI_PARTS ${identifier(prefix)} = ${of}`);
      }
    }
    for (const column of columns) this.#take(column, column.name);
  }

  #join(plan: Join, needed: ReadonlySet<number>): void {
    const inline = inlineOf(plan);
    if (inline) {
      this.#inlineStats(plan, inline, needed);
      return;
    }
    const { input, right, on, taken, collect, nullsMatch, condition } = plan;
    const isLookup = right.kind === 'scan' && right.indices?.length === 1 && !collect && !nullsMatch && !condition;
    if (!isLookup) throw new NotInEsql('a join that is no LOOKUP JOIN on names');
    this.add(input, new Set([...needed, ...on.map(({ left }) => left.id)]));
    if (on.some(({ left, right: key }) => this.nameOf(left.id, left.name) !== key.name))
      throw new NotInEsql('a LOOKUP JOIN on columns of different names');
    const wanted = taken.filter(({ column }) => needed.has(column.id));
    const fields = right.columns
      .map(({ column }) => column.name)
      .filter((name) => !on.some(({ right: key }) => key.name === name));
    this.#makeRoom(fields, needed);
    this.#commands.push(
      `LOOKUP JOIN ${indexName(right.indices[0]!)} ON ${on.map((key) => identifier(key.right.name)).join(', ')}`,
    );
    for (const { source, column } of wanted) this.#take(column, source.name);
  }

  #inlineStats({ taken }: Join, { aggregate, computed }: Inline, needed: ReadonlySet<number>): void {
    const made = this.#beforeGroups(aggregate, needed);
    const calls = new Map(aggregate.aggregates.map((call) => [call.column.id, call]));
    // What is computed of aggregates is one expression with them, and has one condition for all.
    const scope: PrintScope = {
      column: (id, name) => {
        const call = calls.get(id);
        return call ? this.#call(call) : this.column(id, name);
      },
      zone: (zone) => this.zone(zone),
    };
    const names = new Set<string>();
    const named = taken.map(({ source, column }) => {
      const name = this.#freeName(column, needed, names);
      names.add(name);
      const whole = computed.find((definition) => definition.column.id === source.id);
      const expression = whole?.expression ?? reference(source, { start: 0, end: 0 });
      const filters = columnsIn(expression).flatMap(({ id }) => {
        const call = calls.get(id);
        return call ? [this.#filter(call.filter)] : [];
      });
      const [filter, ...others] = new Set(filters);
      if (filter === undefined || others.length > 0)
        throw new NotInEsql(`the column ${source.name}, which is of no aggregate or of several under conditions`);
      return { column, name, text: `${identifier(name)} = ${printExpression(expression, scope)}${filter}` };
    });
    const keys = aggregate.groups.map(({ source, column }) => {
      const expression = made.get(source.id);
      const name = expression ? this.#freeName(column, needed, names) : this.nameOf(source.id, source.name);
      const of = expression ? `${identifier(name)} = ${this.#print(expression)}` : identifier(name);
      return { column: source, name, text: of };
    });
    for (const { column, name } of [...named, ...keys]) this.#take(column, name);
    this.#commands.push(statsText('INLINE STATS', named, keys));
  }

  #union({ branches, output }: Union): void {
    const shared = forkedRows(branches.map(({ plan }) => plan));
    if (shared) this.add(shared, new Set(shared.output.map(({ id }) => id)));
    const texts = branches.map(({ plan, columns }) => {
      const printer = new Printer(shared, this.#names);
      const shown = columns.flatMap((column, i) => {
        const { name } = output[i]!;
        return column && !(shared && name === forkName) ? [{ ...column, name }] : [];
      });
      printer.add(shared ? inputOf(plan)! : plan, new Set(shown.map(({ id }) => id)));
      printer.shape(shown);
      if (printer.#zone !== null) this.zone(printer.#zone);
      return `(${printer.#commands.join(' | ')})`;
    });
    this.#names.clear();
    for (const { id, name } of output) this.#names.set(id, name);
    this.#commands.push(shared ? `FORK ${texts.join(' ')}` : `FROM ${texts.join(', ')}`);
  }
}

/** What CATEGORIZE becomes: a join of rows with the categories of all their texts. */
function categoriesOf(plan: Plan): { call: Call; column: Column; rows: Plan } | null {
  if (plan.kind !== 'join') return null;
  const tokens = plan.input.kind === 'expand' ? plan.input.input : plan.input;
  const [only, ...others] = tokens.kind === 'compute' ? tokens.definitions : [];
  const [taken] = plan.taken;
  if (tokens.kind !== 'compute' || !only || others.length > 0 || !taken) return null;
  const { expression: call } = only;
  const isCategorize = call.kind === 'call' && call.function === 'CATEGORIZE';
  return isCategorize ? { call, column: taken.column, rows: tokens.input } : null;
}

interface Item {
  readonly text: string;
}

const statsText = (keyword: string, calls: readonly Item[], keys: readonly Item[]): string =>
  [
    keyword,
    ...(calls.length > 0 ? [calls.map(({ text }) => text).join(', ')] : []),
    ...(keys.length > 0 ? [`BY ${keys.map(({ text }) => text).join(', ')}`] : []),
  ].join(' ');

/** Plans that are read back from JSON share no objects. */
const isSame = (a: Plan, b: Plan): boolean => a === b || (a.kind === b.kind && planToJson(a) === planToJson(b));

interface Inline {
  readonly aggregate: Aggregate;
  readonly computed: Compute['definitions'];
}

/** What INLINE STATS becomes: a join of rows with their own groups. */
function inlineOf({ input, right, nullsMatch, condition }: Join): Inline | null {
  if (!nullsMatch || condition) return null;
  const computed: Compute['definitions'][number][] = [];
  let node = right;
  while (node.kind === 'project' || node.kind === 'compute') {
    if (node.kind === 'compute') computed.push(...node.definitions);
    node = node.input;
  }
  return node.kind === 'aggregate' && isSame(node.input, input) ? { aggregate: node, computed } : null;
}

const forkName = '_fork';

/** The rows that FORK sends down each branch; null for branches that it did not make. */
function forkedRows(branches: readonly Plan[]): Plan | null {
  const isForked = branches.every(
    (plan) => plan.kind === 'compute' && plan.definitions.some(({ column }) => column.name === forkName),
  );
  if (!isForked) return null;
  const [first, ...others] = branches.map((plan) => {
    const nodes: Plan[] = [];
    for (let node = inputOf(plan); node; node = inputOf(node)) nodes.push(node);
    return nodes;
  });
  return first!.find((node) => others.every((nodes) => nodes.some((other) => isSame(node, other)))) ?? null;
}
