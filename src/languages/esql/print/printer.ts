import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { columnsIn, type Expression } from '../../../plan/expression.ts';
import { readColumns } from '../../../plan/needed-columns.ts';
import {
  type ChangePoint,
  type Compute,
  type Expand,
  type Filter,
  inputOf,
  type LimitBy,
  orderOf,
  type Parse,
  type Plan,
  type Scan,
  type Sort,
  type SortKey,
  type TextParser,
  type Union,
} from '../../../plan/nodes.ts';
import { hasFeature, type Release, type Since } from '../../../values/release.ts';
import { commands } from '../commands/table.ts';
import { type PrintScope, printExpression } from './expressions.ts';
import { type Form, forms, metadataSince } from './forms.ts';
import { printAggregate, within } from './groups.ts';
import { inQueriesOf } from './in-queries.ts';
import { printJoin } from './joins.ts';
import { Names, unlike } from './names.ts';
import { NotInEsql, TooOld } from './not-in-esql.ts';
import { forkedRows, forkName } from './origins.ts';
import { identifier, indexName, string } from './tokens.ts';

/** Columns of a node that are read after it. */
export type Needed = ReadonlySet<number>;

type Kind = Plan['kind'];

/** How each kind of node is printed, what it reads from included. */
const nodes: { readonly [K in Kind]: (printer: Printer, node: Extract<Plan, { kind: K }>, needed: Needed) => void } = {
  scan: printScan,
  oneRow: (printer) => printer.push('ROW `(row)` = null'),
  project(printer, { input, output }, needed) {
    for (const column of output) printer.names.wish(column);
    printer.add(input, needed);
  },
  filter: printFilter,
  compute: (printer, plan, needed) => printCompute(printer, plan, before(plan, needed), needed),
  aggregate: printAggregate,
  sort: printSort,
  limit(printer, { input, count }, needed) {
    printer.add(input, needed);
    printer.push(`LIMIT ${count}`);
  },
  limitBy: printLimitBy,
  expand: printExpand,
  sample(printer, { input, probability }, needed) {
    printer.add(input, needed);
    printer.need('SAMPLE', commands.sample.since);
    printer.push(`SAMPLE ${probability}`);
  },
  changePoint: printChangePoint,
  previous: () => {
    throw new NotInEsql('the value of the row before');
  },
  rank() {
    throw new NotInEsql('numbers of rows, outside FUSE');
  },
  parse: printParse,
  join: printJoin,
  union: printUnion,
};

/** The columns that a node needs of its input. */
const before = (plan: Plan, needed: Needed): Set<number> =>
  new Set([...needed, ...readColumns(plan).map(({ id }) => id)]);

/** A text that grows by one command after another. */
export class Printer implements PrintScope {
  readonly names: Names;
  readonly #commands: string[] = [];
  readonly #inQueries = new Map<number, string>();
  #zone: string | null = null;

  constructor(
    /** The release that the text is for; null for the newest. */
    private readonly release: Release | null,
    /** What has been printed elsewhere, and the names in it. */
    private readonly start: Plan | null = null,
    names: Iterable<readonly [number, string]> = [],
    /** What calls that were printed are in the query: by their text without parentheses, which warnings name. */
    readonly origins: Map<string, Span> = new Map(),
  ) {
    this.names = new Names(names);
  }

  get text(): string {
    const settings = this.#zone === null ? '' : `SET time_zone = ${string(this.#zone)};\n`;
    return settings + this.#commands.join('\n| ');
  }

  /** The text of a part of a FORK or a FROM. */
  part(start: Plan | null, print: (printer: Printer) => void): string {
    const printer = new Printer(this.release, start, this.names, this.origins);
    print(printer);
    if (printer.#zone !== null) this.zone(printer.#zone);
    return `(${printer.#commands.join(' | ')})`;
  }

  push(command: string): void {
    this.#commands.push(command);
  }

  /** Notes that a column stands for a condition. */
  say(id: number, condition: string): void {
    this.#inQueries.set(id, condition);
  }

  inQuery(id: number): string | undefined {
    return this.#inQueries.get(id);
  }

  column(id: number, name: string): string {
    return identifier(this.names.of({ id, name }));
  }

  zone(zone: string): void {
    if (this.#zone !== null && this.#zone !== zone) throw new NotInEsql('dates in several zones');
    this.needForm('SET time_zone');
    this.#zone = zone;
  }

  note(text: string, span: Span): void {
    const named = text.startsWith('(') ? text.slice(1, -1) : text;
    if (span.end > span.start && !this.origins.has(named)) this.origins.set(named, span);
  }

  has(since: Since): boolean {
    return this.release === null || hasFeature(this.release, since);
  }

  need(what: string, since: Since | undefined): void {
    if (since !== undefined && !this.has(since)) throw new TooOld(what, since);
  }

  needForm(form: Form): void {
    this.need(form, forms[form]);
  }

  print(expression: Expression): string {
    return printExpression(expression, this);
  }

  /** Prints a node after what it reads from. */
  add(plan: Plan, needed: Needed): void {
    if (plan === this.start) return;
    const print = nodes[plan.kind] as (printer: Printer, node: Plan, needed: Needed) => void;
    print(this, plan, needed);
  }

  /** Moves columns out of the way that are still needed and have one of these names. */
  makeRoom(names: readonly string[], needed: Needed): void {
    const moved = this.names.makeRoom(names, needed);
    if (moved.length > 0) this.push(renaming(moved));
  }

  /** Gives the columns of the end their names and their order; of two columns of one name the second gets another. */
  shape(output: readonly Column[]): void {
    if (output.length === 0) throw new NotInEsql('rows without columns');
    const names = new Set<string>();
    const moved = output.map((column, i): [string, string] => {
      const current = this.names.of(column);
      const name = unlike(column.name, (one) => names.has(one));
      names.add(name);
      // A column that is shown twice is one of two names.
      if (output.findIndex((other) => other.id === column.id) === i) return [current, name];
      this.push(`EVAL ${identifier(`(copy ${i})`)} = ${identifier(current)}`);
      return [`(copy ${i})`, name];
    });
    const renamed = moved.filter(([current, name]) => current !== name);
    // Names that change places go by others first.
    const inTheWay = renamed.filter(([current]) => renamed.some(([, name]) => name === current));
    const passing = new Map(inTheWay.map(([current], i) => [current, `(moved ${i})`]));
    if (passing.size > 0) this.push(renaming([...passing]));
    if (renamed.length > 0) this.push(renaming(renamed.map(([from, to]) => [passing.get(from) ?? from, to])));
    this.push(`KEEP ${[...names].map(identifier).join(', ')}`);
  }

  order(keys: readonly SortKey[]): string {
    return keys
      .map(
        ({ expression, descending, nulls }) =>
          `${this.print(expression)} ${descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`,
      )
      .join(', ');
  }
}

const renaming = (pairs: readonly (readonly [from: string, to: string])[]): string =>
  `RENAME ${pairs.map(([from, to]) => `${identifier(from)} AS ${identifier(to)}`).join(', ')}`;

function printFilter(printer: Printer, plan: Filter, needed: Needed): void {
  printRows(printer, plan.input, before(plan, needed));
  printer.push(`WHERE ${printer.print(plan.condition)}`);
}

/** Prints the rows that expressions are about; queries that these ask about are noted, and print within the expressions. */
export function printRows(printer: Printer, input: Plan, needed: Needed): void {
  const { rows, queries } = inQueriesOf(input);
  const read = queries.flatMap(({ value }) => columnsIn(value).map(({ id }) => id));
  printer.add(rows, new Set([...needed, ...read]));
  for (const { found, value, query, column } of queries) {
    printer.needForm('IN with a query');
    const text = printer.part(null, (part) => {
      part.add(query, new Set([column.id]));
      part.shape([column]);
    });
    printer.say(found.id, `(${printer.print(value)} IN ${text})`);
  }
}

function printScan(printer: Printer, { indices, columns }: Scan, needed: Needed): void {
  const metadata = columns.flatMap(({ column, source }) => {
    if (typeof source !== 'string' || !needed.has(column.id)) return [];
    if (source === '_place') throw new NotInEsql('the order in which events were read');
    printer.need(`METADATA ${source}`, metadataSince[source]);
    return [source];
  });
  printer.names.replace(
    columns.map(({ column, source }) => [column.id, typeof source === 'string' ? source : source.name]),
  );
  const from = indices === null ? '*' : indices.map(indexName).join(', ');
  if (from === '') throw new NotInEsql('events of no index');
  printer.push(`FROM ${from}${metadata.length > 0 ? ` METADATA ${metadata.join(', ')}` : ''}`);
}

/** Prints definitions that are needed; `below` is what their input has to keep. */
export function printCompute(
  printer: Printer,
  { input, definitions }: Pick<Compute, 'input' | 'definitions'>,
  below: Needed,
  needed: Needed,
): void {
  const wanted = definitions.filter(({ column }) => needed.has(column.id));
  if (input.kind !== 'oneRow' || wanted.length === 0) printRows(printer, input, below);
  if (wanted.length === 0) return;
  const taken = new Set<string>();
  const named = wanted.map(({ column, expression }) => {
    const name = printer.names.free(column, below, taken);
    taken.add(name);
    return { column, name, text: `${identifier(name)} = ${printer.print(expression)}` };
  });
  for (const { column, name } of named) printer.names.take(column, name);
  const keyword = input.kind === 'oneRow' ? 'ROW' : 'EVAL';
  printer.push(`${keyword} ${named.map(({ text }) => text).join(', ')}`);
}

function printSort(printer: Printer, plan: Sort, needed: Needed): void {
  printer.add(plan.input, before(plan, needed));
  const keys = printer.order(plan.keys);
  const given = orderBy(plan.input);
  if (given.length === 0 || printer.order(given) !== keys) printer.push(`SORT ${keys}`);
}

/** The order that a command itself puts its rows in. */
function orderBy(plan: Plan): readonly SortKey[] {
  switch (plan.kind) {
    case 'limitBy':
      return plan.order;
    case 'changePoint':
      return [...plan.groups.map((expression) => ({ ...plan.order[0]!, expression })), ...plan.order];
    case 'join':
      return orderOf(plan.input);
    default:
      return [];
  }
}

function printLimitBy(printer: Printer, plan: LimitBy, needed: Needed): void {
  printer.add(plan.input, before(plan, needed));
  printer.needForm('LIMIT with BY');
  const scope = within(printer);
  const keys = printer.has(forms['BUCKET in LIMIT BY']) ? 'all' : [];
  printer.push(`LIMIT ${plan.count} BY ${plan.keys.map((key) => printExpression(key, { ...scope, keys })).join(', ')}`);
}

function printExpand(printer: Printer, plan: Expand, needed: Needed): void {
  const { source, column } = plan;
  printer.add(plan.input, before(plan, needed));
  let name = printer.names.of(source);
  if (needed.has(source.id)) {
    const copy = printer.names.free(column, needed);
    printer.push(`EVAL ${identifier(copy)} = ${identifier(name)}`);
    name = copy;
  }
  printer.push(`MV_EXPAND ${identifier(name)}`);
  printer.names.take(column, name);
}

function printChangePoint(printer: Printer, plan: ChangePoint, needed: Needed): void {
  const { value, order, groups, type, pvalue } = plan;
  printer.add(plan.input, before(plan, needed));
  printer.need('CHANGE_POINT', commands.change_point.since);
  if (groups.length > 0) printer.needForm('CHANGE_POINT with BY');
  const names = [type, pvalue].map((column) => printer.names.free(column, needed));
  const by = groups.length > 0 ? ` BY ${groups.map((group) => printer.print(group)).join(', ')}` : '';
  const on = order.map(({ expression }) => printer.print(expression)).join(', ');
  printer.push(`CHANGE_POINT ${printer.print(value)} ON ${on} AS ${names.map(identifier).join(', ')}${by}`);
  printer.names.take(type, names[0]!);
  printer.names.take(pvalue, names[1]!);
}

function printParse(printer: Printer, plan: Parse, needed: Needed): void {
  const { parser, columns } = plan;
  printer.add(plan.input, before(plan, needed));
  const names = columns.map(({ name }) => name);
  printer.makeRoom(names, needed);
  const of = printer.print(plan.value);
  switch (parser.name) {
    case 'dissect': {
      const separator = parser.separator === '' ? '' : ` APPEND_SEPARATOR = ${string(parser.separator)}`;
      printer.push(`DISSECT ${of} ${string(parser.pattern)}${separator}`);
      break;
    }
    case 'grok':
      if (parser.patterns.length > 1) printer.needForm('GROK with several patterns');
      printer.push(`GROK ${of} ${parser.patterns.map(string).join(', ')}`);
      break;
    case 'uri_parts':
    case 'registered_domain': {
      const name = parser.name.toUpperCase();
      printer.need(name, commands[parser.name].since);
      const prefix = names[0]!.slice(0, names[0]!.lastIndexOf('.'));
      printer.push(`${name} ${identifier(prefix)} = ${of}`);
      break;
    }
    case 'user_agent':
    case 'ip_location': {
      const name = parser.name.toUpperCase();
      printer.need(name, commands[parser.name].since);
      const parts = parser.name === 'user_agent' ? parser.parts : parser.properties;
      const prefix = names[0]!.slice(0, -parts[0]!.length - 1);
      const options = parser.name === 'user_agent' ? userAgentOptions(parser.parts) : locationOptions(parser);
      printer.push(`${name} ${identifier(prefix)} = ${of} WITH {${options.join(', ')}}`);
    }
  }
  for (const column of columns) printer.names.take(column, column.name);
}

const listOption = (name: string, values: readonly string[]): string =>
  `${string(name)}: [${values.map(string).join(', ')}]`;

const userAgentOptions = (parts: readonly string[]): string[] => [
  listOption('properties', [...new Set(parts.map((part) => part.split('.')[0]!))]),
  ...(parts.includes('device.type') ? [`${string('extract_device_type')}: true`] : []),
];

function locationOptions({ database, properties, firstOnly }: Extract<TextParser, { name: 'ip_location' }>): string[] {
  const only = firstOnly ? [] : [`${string('first_only')}: false`];
  return [`${string('database_file')}: ${string(database)}`, listOption('properties', properties), ...only];
}

function printUnion(printer: Printer, { branches, output }: Union): void {
  const shared = forkedRows(branches.map(({ plan }) => plan));
  if (shared) {
    const all = [shared.rows, ...shared.starts].flatMap((rows) => rows.output);
    printer.need('FORK', commands.fork.since);
    // Releases before that cut such a branch at a thousand rows, and say nothing.
    if (branches.some(({ plan }, i) => !isLimited(plan, shared.starts[i]!)))
      printer.needForm('FORK with a branch that has no LIMIT');
    printer.add(shared.rows, new Set(all.map(({ id }) => id)));
  } else printer.needForm('FROM with subqueries');
  const names = unionNames(output);
  const parts = new Set(output.flatMap(({ variants = [] }) => variants.map(({ column }) => column.id)));
  const texts = branches.map(({ plan, columns }, at) =>
    printer.part(shared?.starts[at] ?? null, (part) => {
      const shown = output.flatMap(({ id, name }, i): Column[] => {
        const isMade = parts.has(id) || (shared !== null && name === forkName);
        return columns[i] && !isMade ? [{ ...columns[i], name: names.get(id)! }] : [];
      });
      part.add(shared ? inputOf(plan)! : plan, new Set(shown.map(({ id }) => id)));
      // Rows that are only counted have no columns.
      if (shown.length === 0) part.push('EVAL `(row)` = true | KEEP `(row)`');
      else part.shape(shown);
    }),
  );
  printer.names.replace(names);
  printer.push(shared ? `FORK ${texts.join(' ')}` : `FROM ${texts.join(', ')}`);
}

/** Whether a branch says itself how many rows it gives. */
function isLimited(branch: Plan, start: Plan): boolean {
  if (branch === start) return false;
  const isLimit = branch.kind === 'limit' || (branch.kind === 'aggregate' && branch.groups.length === 0);
  const input = inputOf(branch);
  return isLimit || (input !== null && isLimited(input, start));
}

/** Each column by a name of its own, but a column of several types, which shares its with what it is of each type. */
function unionNames(output: readonly Column[]): Map<number, string> {
  const names = new Map<number, string>();
  const taken = new Set<string>();
  for (const { id, name, variants = [] } of output) {
    if (names.has(id)) continue;
    const free = unlike(name, (one) => taken.has(one));
    taken.add(free);
    for (const one of [id, ...variants.map(({ column }) => column.id)]) names.set(one, free);
  }
  return names;
}
