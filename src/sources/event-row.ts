import { ident, join, list, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';

/** A field as the table of events holds it. */
export interface LoadedField {
  readonly name: string;
  readonly type: EsqlType;
  /** Its SQL column; where there are lists, they stand in the column of the same name with `[]` behind. */
  readonly column: string;
  readonly hasLists: boolean;
}

/** Fields that say which index an event belongs to. */
export const alwaysRead: readonly string[] = [
  '@timestamp',
  'data_stream.type',
  'data_stream.dataset',
  'data_stream.namespace',
];

export const listColumn = (column: string): string => `${column}[]`;

/** The SQL of a field's columns; `bad` is true where a value does not fit the type. */
export interface TypedColumns {
  readonly field: LoadedField;
  readonly single: Sql;
  readonly list: Sql | null;
  readonly bad: Sql | null;
}

/** The names of the fields whose values do not fit their types; null where all do. */
export const ignoredSql = (columns: readonly TypedColumns[]): Sql =>
  misfitNames(columns.flatMap(({ field: { name }, bad }) => (bad ? [{ name, bad }] : [])));

/** The names of those fields for which `bad` is true; null where it is for none. */
export function misfitNames(judged: readonly { readonly name: string; readonly bad: Sql }[]): Sql {
  if (judged.length === 0) return sql`NULL::VARCHAR[]`;
  const tests = judged.map(({ bad }) => sql`coalesce(${bad}, false)`);
  const names = judged.map(({ name }, i) => sql`CASE WHEN ${tests[i]!} THEN ${text(name)} END`);
  return sql`CASE WHEN ${join(tests, ' OR ')} THEN list_filter(${list(names)}, lambda n: n IS NOT NULL) END`;
}

/**
 * A row of the table of events, from a relation with the columns' parts, `hit_index`, `hit_id` and `path`; `select` is
 * what the row has besides, beginning with SELECT.
 */
export function rowSql(select: Sql, columns: readonly TypedColumns[], index: string | undefined, prepared: Sql): Sql {
  const typed = columns.flatMap(({ field: { column }, single, list: several }) => [
    sql`${single} AS ${ident(column)}`,
    ...(several ? [sql`${several} AS ${ident(listColumn(column))}`] : []),
  ]);
  const row = sql`${select}, ${join([sql`${ignoredSql(columns)} AS "_ignored"`, ...typed], ', ')} FROM (${prepared})`;
  const fields = columns.map(({ field }) => field);
  return sql`SELECT ${indexSql(fields, index)} AS "_index", hit_id AS "_id", path AS "_path", * EXCLUDE (hit_index, hit_id, path) FROM (${row})`;
}

/** DuckDB does not tell `A` from `a`. */
export function unique(name: string, taken: Set<string>): string {
  let column = name.startsWith('_') ? `field ${name}` : name;
  for (let n = 2; taken.has(column.toLowerCase()); n++) column = `${name}#${n}`;
  taken.add(column.toLowerCase());
  return column;
}

/** The data stream that a backing index belongs to; other names stay what they are. */
export const streamOfIndex = (name: Sql): Sql =>
  sql`regexp_replace(regexp_replace(${name}, '^\\.ds-', ''), '-[0-9]{4}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{6}$', '')`;

/** The index of an event: its data stream, else what the export says, else the option, else the name of the file. */
function indexSql(fields: readonly LoadedField[], index: string | undefined): Sql {
  const has = (name: string): Sql => {
    const field = fields.find((candidate) => candidate.name === name);
    return field ? ident(field.column) : sql`NULL::VARCHAR`;
  };
  const [type, dataset, namespace] = [
    has('data_stream.type'),
    has('data_stream.dataset'),
    has('data_stream.namespace'),
  ];
  const stream = sql`${type} || '-' || ${dataset} || '-' || coalesce(${namespace}, 'default')`;
  const fallback =
    index !== undefined
      ? text(index)
      : sql`lower(regexp_replace(parse_filename(path), '(\\.(json|ndjson|jsonl|log|gz|zst))+$', ''))`;
  return sql`coalesce(${stream}, ${streamOfIndex(sql`hit_index`)}, ${fallback})`;
}
