import { columnOf, type KindPart, ownColumns, type Part } from '../documents/columns.ts';
import type { JoinedPieces } from '../documents/joined-pieces.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { coalesce, ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { FieldColumns } from './field-columns.ts';
import { ignoredNames } from './ignored-names.ts';
import { dataStreamName, indexOfHit } from './index-of-event.ts';
import type { MappedField } from './mapped-field.ts';
import { isLonger, type PlannedField, planField, withSteps } from './plan-field.ts';
import { listedType } from './values.ts';

/** A column of a table, and how it is made of documents that were read. */
export interface PlannedColumn {
  readonly name: string;
  readonly type: Sql;
  readonly value: Sql;
}

/** How the rows of a table are made of documents that were read. */
export interface RowPlan {
  /** The documents, with what the other parts are made of. */
  readonly relation: Sql;
  readonly columns: readonly PlannedColumn[];
  /** Fields that have a type, as far as documents have values of them. */
  readonly typed: readonly PlannedField[];
  /** True for a document in which some value does not fit its field. */
  readonly refused: Sql;
  /** The index that a document says it belongs to: its data stream, else that of its hit; null where it says nothing. */
  readonly index: Sql;
  /** The names of the fields that leave out a value, as Elasticsearch's _ignored; else null. */
  readonly ignored: Sql;
  /** The names of the fields whose values do not fit, whatever comes of it. */
  readonly bad: Sql;
  /** The document where the columns do not hold all of it; else null. */
  readonly source: Sql;
}

export interface PlanOptions {
  /** The field of a wanted name that has a type. */
  typed(name: string): MappedField | undefined;
  ignoresMalformed(field: MappedField): boolean;
  /** The indices of events that name nothing but their dataset. */
  readonly datasets?: ReadonlyMap<string, string>;
  /** How long a text may be that a multi-field shows of those that no mapping knows; null where there is none. */
  readonly longestKeyword: number | null;
}

/** Fields without values have no part in the plan, which keeps statements short. */
export function planRows(
  read: JoinedPieces & { readonly relation: Sql },
  { typed, ignoresMalformed, datasets, longestKeyword }: PlanOptions,
): RowPlan {
  const planned = read.names.fields.flatMap(({ name, form }, i) => {
    const field = form === 'dynamic' ? undefined : typed(name);
    return (field && planField(field, read.fields[i]!)) ?? [];
  });
  const columns: PlannedColumn[] = planned.flatMap(({ field: { name, type }, single, list }) => [
    { name: columnOf(name, 'single'), type: storageType(type), value: single },
    ...(list ? [{ name: columnOf(name, 'list'), type: sql`${listedType(type)}[]`, value: list }] : []),
  ]);
  const longKeywords: { readonly name: string; readonly bad: Sql }[] = [];
  let hasMore = false;
  for (const [name, filled] of read.kinds) {
    for (const part of filled.columns) {
      const column = columnOf(name, part);
      columns.push({ name: column, type: kindTypes[part], value: ident(column) });
    }
    hasMore ||= filled.more.size > 0;
    if (longestKeyword !== null) longKeywords.push(...longTexts(name, filled.columns, longestKeyword));
  }
  if (hasMore) columns.push({ name: ownColumns.more, type: sql`VARCHAR[]`, value: ident(ownColumns.more) });
  const judged = planned.flatMap(({ field, bad }) => (bad ? [{ field, name: field.name, bad }] : []));
  const lossy = anyOf(planned.flatMap(({ lost }) => lost ?? []));
  const kept = read.keeps ? ident(ownColumns.kept) : sql`NULL::VARCHAR`;
  const singles = new Map(planned.map(({ field, single }) => [field.name, single]));
  const stream = dataStreamName((name) => singles.get(name));
  return {
    relation: withSteps(read.relation, planned),
    columns,
    typed: planned,
    refused: anyOf(
      judged.filter(({ field }) => !ignoresMalformed(field)).map(({ bad }) => sql`coalesce(${bad}, false)`),
    ),
    index: coalesce([
      stream,
      ...(read.hasHitIndex ? [indexOfHit] : []),
      ...indexOfDataset(datasets, singles.get('event.dataset')),
    ]),
    ignored: ignoredNames([
      ...judged.filter(({ field }) => ignoresMalformed(field)),
      ...planned.flatMap(({ tooLong }) => tooLong),
      ...longKeywords,
    ]),
    bad: ignoredNames(judged),
    source: read.doubts ? sql`coalesce(${kept}, CASE WHEN ${lossy} THEN ${ident(ownColumns.doubtful)} END)` : kept,
  };
}

/** The index that a dataset is written to. */
function indexOfDataset(datasets: ReadonlyMap<string, string> | undefined, dataset: Sql | undefined): Sql[] {
  if (!datasets || datasets.size === 0 || !dataset) return [];
  const rows = [...datasets].map(([name, index]) => sql`WHEN ${text(name)} THEN ${text(index)}`);
  return [sql`CASE ${dataset} ${join(rows, '\n')} END`];
}

/** The type of each column of a field that no mapping knows. */
const kindTypes: Readonly<Record<KindPart, Sql>> = {
  boolean: sql`BOOLEAN`,
  'boolean[]': sql`BOOLEAN[]`,
  whole: sql`BIGINT`,
  'whole[]': sql`BIGINT[]`,
  decimal: sql`DOUBLE`,
  'decimal[]': sql`DOUBLE[]`,
  date: sql`VARCHAR`,
  'date[]': sql`VARCHAR[]`,
  text: sql`VARCHAR`,
  'text[]': sql`VARCHAR[]`,
  'mixed[]': sql`VARCHAR[]`,
};

/** Whether a text that no mapping knows is too long for the keyword below it. */
function longTexts(name: string, parts: ReadonlySet<Part>, longest: number): { name: string; bad: Sql }[] {
  const nothing = sql`NULL::VARCHAR`;
  const column = (part: Part): Sql | null => (parts.has(part as KindPart) ? ident(columnOf(name, part)) : null);
  const [single, list, mixed] = [column('text'), column('text[]'), column('mixed[]')];
  const tests = [
    ...(single || list ? [isLonger({ single: single ?? nothing, list }, longest)] : []),
    // A letter stands before each of these.
    ...(mixed ? [isLonger({ single: nothing, list: mixed }, longest + 1)] : []),
  ];
  return tests.map((bad) => ({ name: `${name}.keyword`, bad }));
}

/** The columns of fields that a plan fills. */
export function columnsOf({ typed }: RowPlan, { kinds }: Pick<JoinedPieces, 'kinds'>): Map<string, FieldColumns> {
  const columns = new Map<string, FieldColumns>();
  for (const { field, list } of typed) columns.set(field.name, { kind: 'typed', single: true, list: list !== null });
  for (const [name, filled] of kinds) columns.set(name, { kind: 'dynamic', ...filled, hasNegative: false });
  return columns;
}

const anyOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`false` : sql`(${join(conditions, ' OR ')})`;
