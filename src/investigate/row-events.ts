import { InputError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import { leftOutText, shownColumns } from '../languages/esql/analyze/shown-columns.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import { type TypedQuery, typed } from '../overrides/typed-query.ts';
import { conditionOf, filtered, freshColumns, given } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference } from '../plan/expression.ts';
import { type Aggregate, inputOf, inputsOf, type Plan, type Scan, type Union, withInput } from '../plan/nodes.ts';
import { parseDate, parseDateNanos } from '../values/date.ts';
import { parseIp } from '../values/ip.ts';
import { cellText } from '../values/json.ts';
import { type CellValue, type EsqlType, isSpatial, type QueryResult, type ScalarValue } from '../values/types.ts';

/** The values that identify a group, as the aggregate has them. */
export type GroupKey = readonly { readonly column: Column; readonly value: CellValue }[];

/** The events that rows of a query were made of, as a plan whose columns are all fields of the events. */
export interface EventsOfRows {
  readonly plan: Plan;
  readonly query: TypedQuery;
  /** By the field's name. */
  readonly fields: ReadonlyMap<string, Column>;
  /** Remarks on what the plan leaves out. */
  readonly notes: readonly string[];
}

/** A query, and what is asked about its rows. */
export interface Asked {
  readonly query: TypedQuery;
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
}

/** How many groups of an inner STATS one row may stand for. */
const mostGroups = 1000;

/** Reads a query for its rows to be traced back. Throws an InputError where they cannot be. */
export async function traceable(text: QueryText, engine: Engine, now: Date): Promise<TypedQuery> {
  const query = await typed(text, { catalogue: async () => engine.catalogue, now: now.getTime() });
  if (groupsInBranches(query.plan))
    throw new InputError(
      'rows of several branches that aggregate cannot be traced back: nothing says which branch a row is from',
      'run the branch as a query of its own',
    );
  return query;
}

/** Whether some branch of several, which are not aggregated any more, groups its events. */
function groupsInBranches(plan: Plan): boolean {
  const branches = plan.kind === 'union' && plan.branches.length > 1;
  return branches ? inputsOf(plan).some(aggregates) : trunkOf(plan).some(groupsInBranches);
}

const aggregates = (plan: Plan): boolean => plan.kind === 'aggregate' || trunkOf(plan).some(aggregates);

/** Where the rows of a plan come from: not what is only looked up. */
const trunkOf = (plan: Plan): readonly Plan[] => {
  if (plan.kind === 'union') return inputsOf(plan);
  const input = inputOf(plan);
  return input ? [input] : [];
};

/** The columns by which the rows of a query are grouped; null when its rows are single events. */
export const groupColumns = ({ plan }: TypedQuery): readonly Column[] | null =>
  topAggregate(plan)?.groups.map(({ column }) => column) ?? null;

/** The keys of the groups that the first rows of a query stand for, in the order of its rows. */
export async function keysOfRows(asked: Asked, rows: number): Promise<GroupKey[]> {
  const { query, engine, signal } = asked;
  const columns = groupColumns(query) ?? [];
  const cut: Plan = { kind: 'limit', input: query.plan, count: BigInt(rows), output: query.plan.output };
  const wide: Plan = { kind: 'project', input: cut, output: [...query.plan.output, ...columns] };
  const { values } = await engine.run(wide, query.source, signal);
  return values.map((row) => columns.map((column, i) => ({ column, value: row[query.plan.output.length + i]! })));
}

/**
 * The key of the group that a row of an answer stands for, found by the values of the row: without SORT a query run again
 * has its rows in another order. Throws an InputError where no row has these values any more.
 */
export async function keyOfRow(asked: Asked, answer: QueryResult, place: number): Promise<GroupKey> {
  const { query, engine, signal } = asked;
  const columns = groupColumns(query) ?? [];
  const known = columns.map((column) => ({ column, value: valueInAnswer(column, query, answer, place) }));
  if (known.every(({ value }) => value !== undefined)) return known as GroupKey;
  const input = filtered(query.plan, rowConditions(query, answer, place));
  const cut: Plan = { kind: 'limit', input, count: 1n, output: input.output };
  const wide: Plan = { kind: 'project', input: cut, output: [...input.output, ...columns] };
  const [row] = (await engine.run(wide, query.source, signal)).values;
  if (!row) throw new InputError('the query no longer has this row', 'run it again');
  return columns.map((column, i) => ({ column, value: row[input.output.length + i]! }));
}

/** The events that look like a row of an answer whose rows are single events; mostly there is one. */
export const eventsLikeRow = (query: TypedQuery, answer: QueryResult, place: number): EventsOfRows =>
  allFields({ ...query, plan: filtered(query.plan, rowConditions(query, answer, place)) });

/** The value of a key in a row, among the columns that are shown or those that are not; undefined where it is in neither. */
function valueInAnswer(
  { id, name }: Column,
  { plan }: TypedQuery,
  { columns, values, hiddenKeys }: QueryResult,
  place: number,
): CellValue | undefined {
  const shown = plan.output.find((column) => column.id === id);
  if (shown) return values[place]?.[columns.findIndex((column) => column.name === shown.name)];
  const at = hiddenKeys?.columns.findIndex((column) => column.name === name) ?? -1;
  return at < 0 ? undefined : hiddenKeys!.values[place]?.[at];
}

/** True for rows with the values of a row, as far as these can be compared. */
function rowConditions({ plan }: TypedQuery, { columns, values }: QueryResult, place: number): Expression[] {
  return plan.output.flatMap((column) => {
    const at = columns.findIndex(({ name }) => name === column.name);
    const isComparable = column.type !== 'unsupported' && column.type !== '_source' && !isSpatial(column.type);
    return at < 0 || !isComparable ? [] : hasValues(column, values[place]![at]!);
  });
}

/** The events of one group of the query, or of any of several. */
export async function eventsOfGroups(asked: Asked, keys: readonly GroupKey[]): Promise<EventsOfRows> {
  const { query } = asked;
  const aggregate = topAggregate(query.plan);
  if (!aggregate) throw new Error('the rows of the query are events themselves');
  return allFields({ ...query, plan: await eventsOf(aggregate, keys, asked) });
}

/** The event that a row of a query without STATS is, all fields of it. */
export function eventOfRow(query: TypedQuery, row: number): EventsOfRows {
  const { plan, ...events } = allFields(query);
  return { ...events, plan: { kind: 'limit', input: plan, count: BigInt(row), output: plan.output } };
}

function topAggregate(plan: Plan): Aggregate | null {
  for (let node: Plan | null = plan; node; node = inputOf(node)) if (node.kind === 'aggregate') return node;
  return null;
}

/** The events below an aggregate that went into some of its groups. */
async function eventsOf(aggregate: Aggregate, keys: readonly GroupKey[], asked: Asked): Promise<Plan> {
  const wanted = keys.map((key) => all(key.map(({ column, value }) => isOf(aggregate, column, value))));
  const input = filtered(aggregate.input, keys.length > 0 ? [any(wanted)] : [given('boolean', false)]);
  const inner = topAggregate(aggregate.input);
  if (!inner) return input;
  // Rows of an inner STATS are groups themselves: theirs are the events that are asked for.
  const columns = inner.groups.map(({ column }) => column);
  const cut: Plan = { kind: 'limit', input, count: BigInt(mostGroups + 1), output: input.output };
  const wide: Plan = { kind: 'project', input: cut, output: columns };
  const { values } = await asked.engine.run(wide, asked.query.source, asked.signal);
  if (values.length > mostGroups)
    throw new InputError(
      `the row stands for more than ${mostGroups.toLocaleString('en')} groups of an earlier STATS`,
      'narrow it with --only or --window',
    );
  const innerKeys = values.map((row) => columns.map((column, i) => ({ column, value: row[i]! })));
  return eventsOf(inner, innerKeys, asked);
}

const nowhere = { start: 0, end: 0 };
const all = (conditions: readonly Expression[]): Expression =>
  conditions.length === 0 ? given('boolean', true) : conditions.reduce((a, b) => conditionOf('AND', [a, b]));
const any = (conditions: readonly Expression[]): Expression => conditions.reduce((a, b) => conditionOf('OR', [a, b]));

/** True for rows that belong to the group: a row of several values belongs to the group of each. */
function isOf({ groups }: Aggregate, column: Column, value: CellValue): Expression {
  const { source } = groups.find((group) => group.column.id === column.id)!;
  return hasValue(source, value as ScalarValue | null);
}

/** True where a column has a value: as its only one, or as one of several. */
export function hasValue(column: Column, value: ScalarValue | null): Expression {
  const field = reference(column, nowhere);
  if (value === null) return conditionOf('IS NULL', [field]);
  const constant = given(column.type === 'text' ? 'keyword' : column.type, scalar(value, column.type));
  return conditionOf(column.multi ? 'MV_CONTAINS' : '==', [field, constant]);
}

/** True where a column has all the values of a cell. */
const hasValues = (column: Column, value: CellValue): Expression[] =>
  Array.isArray(value)
    ? (value as readonly ScalarValue[]).map((one) => hasValue(column, one))
    : [hasValue(column, value as ScalarValue | null)];

/** A value of a result, or one that a user gave as text, as the plan's constants have it. */
function scalar(value: CellValue, type: EsqlType): bigint | number | string | boolean {
  const found = constantOf(String(value), type);
  if (found === null) throw new InputError(`${String(value)} is no ${type}`, 'give the value as run prints it');
  return found;
}

function constantOf(value: string, type: EsqlType): bigint | number | string | boolean | null {
  switch (type) {
    case 'date':
      return parseDate(value);
    case 'date_nanos':
      return parseDateNanos(value);
    case 'ip':
      return parseIp(value);
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return /^-?\d+$/.test(value) ? BigInt(value) : null;
    case 'double':
      return Number.isNaN(Number(value)) ? null : Number(value);
    case 'boolean':
      return value === 'true' || value === 'false' ? value === 'true' : null;
    default:
      return value;
  }
}

/** A plan, and the fields of its events by their names. */
interface Widened {
  readonly plan: Plan;
  readonly fields: ReadonlyMap<string, Column>;
}

/** The same rows with every field of their events, times first. */
function allFields(query: TypedQuery): EventsOfRows {
  const fresh = freshColumns(query.plan);
  const { plan, fields } = widenedBelow(query.plan);
  const sorted = [...fields].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)).map(([, column]) => column);
  const output = shownColumns(sorted);
  const leftOut = sorted.length - output.length;
  const notes = leftOut > 0 ? [leftOutText(leftOut)] : [];
  return { plan: { kind: 'project', input: plan, output }, query, fields, notes };

  /** Of what is joined, only that is read which the query takes: it is no part of an event. */
  function widenedBelow(node: Plan): Widened {
    if (node.kind === 'scan') return widened(node);
    if (node.kind === 'union') return together(node);
    const input = inputOf(node);
    if (!input) throw new InputError('the query reads no events', 'rows of ROW and SHOW come from nowhere');
    const { plan: below, fields: found } = widenedBelow(input);
    return { plan: withInput(node, below), fields: found };
  }

  /** A field of several branches is one, where they have it by the same type. */
  function together(union: Union): Widened {
    const branches = union.branches.map(({ plan: branch }) => widenedBelow(branch));
    const added: { readonly column: Column; readonly of: readonly (Column | null)[] }[] = [];
    for (const name of new Set(branches.flatMap((branch) => [...branch.fields.keys()]))) {
      const of = branches.map((branch) => branch.fields.get(name) ?? null);
      const there = of.filter((column) => column !== null);
      const { type, isUnnamed } = there[0]!;
      if (there.some((column) => column.type !== type)) throw mixed(name);
      const multi = there.some((column) => column.multi);
      added.push({ column: { ...fresh(name, type, multi), ...(isUnnamed && { isUnnamed }) }, of });
    }
    return {
      plan: {
        ...union,
        branches: union.branches.map(({ columns }, i) => ({
          plan: branches[i]!.plan,
          columns: [...columns, ...added.map(({ of }) => of[i]!)],
        })),
        output: [...union.output, ...added.map(({ column }) => column)],
      },
      fields: new Map(added.map(({ column }) => [column.name, column])),
    };
  }

  function widened(scan: Scan): Widened {
    const found = new Map<string, Column>();
    const columns = [...scan.columns];
    const names = new Set(columns.map(({ source }) => (typeof source === 'object' ? source.name : source)));
    const indices = scan.indices ?? query.catalogue.indices.map(({ name }) => name);
    for (const field of query.catalogue.fieldsOf(indices))
      if (!names.has(field.name) && field.type !== 'unsupported')
        columns.push({
          column: {
            ...fresh(field.name, field.type, field.listColumn !== null),
            ...(field.isUnmapped && { isUnnamed: true }),
          },
          source: field,
        });
    if (!names.has('_index')) columns.push({ column: fresh('_index', 'keyword'), source: '_index' });
    for (const { column, source } of columns) {
      const name = typeof source === 'object' ? source.name : source;
      if (column.type !== 'unsupported' && !found.has(name)) found.set(name, { ...column, name });
    }
    return { plan: { ...scan, columns }, fields: found };
  }
}

const mixed = (name: string): InputError =>
  new InputError(
    `the branches have ${name} by different types, so that their events cannot stand in one table`,
    'run the branch as a query of its own',
  );

const rank = (name: string): number => (name === '@timestamp' ? 0 : name === '_index' ? 2 : 1);

/** A key for people: `process.entity_id=abc`. */
export const keyText = (key: GroupKey): string =>
  key.map(({ column, value }) => `${column.name}=${value === null ? 'null' : cellText(value, column.type)}`).join(', ');
