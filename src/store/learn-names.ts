import type { DuckDBConnection } from '@duckdb/node-api';
import { columnOf } from '../documents/columns.ts';
import { ident, join, type Sql, sql } from '../sql/sql.ts';
import { kindsOf } from '../tables/field-columns.ts';
import { typeOfKinds } from '../tables/kinds.ts';
import type { Property } from '../tables/mapped-field.ts';
import { templateProperty, type ValueType, valueTypeOf } from './dynamic-templates.ts';
import type { ReadDocuments } from './incoming.ts';
import type { MappingParameters } from './mapping.ts';
import { type Knowledge, knownNameOf, type WantedNames } from './wanted-names.ts';

/** What documents teach before they are written: they are read again under it. */
export interface Lesson {
  /** Names of ECS and Elastic Defend that they have. */
  readonly seen: readonly string[];
  /** Properties that dynamic templates and numeric detection give to their new fields. */
  readonly properties: ReadonlyMap<string, Property>;
}

/** Looks at the names of documents that nobody knew; null where these teach nothing. */
export async function learnNames(
  connection: DuckDBConnection,
  read: ReadDocuments,
  { typed }: WantedNames,
  knowledge: Knowledge,
): Promise<Lesson | null> {
  const { mapping, columns, known, seen: before } = knowledge;
  const { parameters } = mapping;
  const isNew = (name: string): boolean => !columns.has(name) && !mapping.isLeaf(name);
  const discovered = [...read.kinds.keys()].filter(isNew);
  const seen = known
    ? discovered.flatMap((name) => knownNameOf(name, known) ?? []).filter((name) => !before.has(name))
    : [];
  if (seen.length > 0) return { seen, properties: new Map() };
  const isNumeric = parameters.numeric_detection === true ? await numericTexts(connection, read, isNew) : new Map();
  const hasTemplates = (parameters.dynamic_templates ?? []).length > 0;
  if (!hasTemplates && isNumeric.size === 0) return null;
  const properties = new Map<string, Property>();
  const teach = (name: string, value: ValueType): void => {
    const numeric = isNumeric.get(name);
    const property =
      templateProperty(name, numeric ?? value, parameters) ??
      (numeric ? { type: numeric === 'long' ? 'long' : 'float' } : null);
    if (property) properties.set(name, property);
  };
  for (const name of discovered) teach(name, valueOfKinds(read, name, parameters));
  read.names.fields.forEach(({ name }, i) => {
    const { single, list, rest } = read.fields[i]!;
    const field = typed.get(name);
    if (field && isNew(name) && (single || list || rest)) teach(name, valueTypeOf(field.type));
  });
  return properties.size === 0 ? null : { seen: [], properties };
}

function valueOfKinds({ kinds }: ReadDocuments, name: string, { date_detection: dates }: MappingParameters): ValueType {
  const value = valueTypeOf(typeOfKinds({ kinds: kindsOf(kinds.get(name)!), hasNegative: false, top: 'keyword' }));
  return value === 'date' && dates === false ? 'string' : value;
}

/** New fields whose values are all texts that are numbers, and what numbers. */
async function numericTexts(
  connection: DuckDBConnection,
  { kinds, relation, rows }: ReadDocuments,
  isNew: (name: string) => boolean,
): Promise<Map<string, 'long' | 'double'>> {
  const asked = [...kinds].filter(
    ([name, { columns, more }]) =>
      isNew(name) && more.size === 0 && [...columns].every((part) => part === 'text' || part === 'text[]'),
  );
  if (asked.length === 0 || rows === 0) return new Map();
  const all = (name: string, test: (text: Sql) => Sql): Sql => {
    const { columns } = kinds.get(name)!;
    const tests = [
      ...(columns.has('text') ? [sql`coalesce(bool_and(${test(ident(columnOf(name, 'text')))}), true)`] : []),
      ...(columns.has('text[]')
        ? [
            sql`coalesce(bool_and(len(list_filter(${ident(columnOf(name, 'text[]'))}, lambda e: NOT ${test(sql`e`)})) = 0), true)`,
          ]
        : []),
    ];
    return join(tests, ' AND ');
  };
  const whole = (text: Sql): Sql => sql`regexp_full_match(${text}, '[+-]?[0-9]+')`;
  const any = (text: Sql): Sql => sql`coalesce(isfinite(TRY_CAST(${text} AS DOUBLE)), false)`;
  const tests = asked.flatMap(([name]) => [all(name, whole), all(name, any)]);
  const [row] = (await connection.runAndReadAll(sql`SELECT ${join(tests, ', ')} FROM ${relation}`)).getRows();
  return new Map(
    asked.flatMap(([name], i): [string, 'long' | 'double'][] =>
      row![2 * i] === true ? [[name, 'long']] : row![2 * i + 1] === true ? [[name, 'double']] : [],
    ),
  );
}
