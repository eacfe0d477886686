import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalogue, Field } from '../../src/catalogue/catalogue.ts';
import { storageType } from '../../src/catalogue/storage-type.ts';
import { type EventRelation, oneTable } from '../../src/emit/emit.ts';
import { emitScalar } from '../../src/emit/expressions.ts';
import type { ConstantScalar } from '../../src/esql/plan/expression.ts';
import { ident, join, list, sql, text } from '../../src/sql/sql.ts';
import { parseDate } from '../../src/values/date.ts';
import { parseIp } from '../../src/values/ip.ts';
import type { EsqlType } from '../../src/values/types.ts';

/** An index as Elasticsearch's test data has it: documents under an explicit mapping. */
export interface MappedIndex {
  readonly name: string;
  readonly mappings: { readonly properties: Properties };
  readonly docs: readonly Record<string, unknown>[];
}
type Mapping = { readonly type?: string; readonly fields?: Properties; readonly properties?: Properties };
type Properties = Readonly<Record<string, Mapping>>;

const types: Readonly<Record<string, EsqlType>> = {
  keyword: 'keyword',
  text: 'text',
  integer: 'integer',
  short: 'integer',
  byte: 'integer',
  long: 'long',
  unsigned_long: 'unsigned_long',
  double: 'double',
  float: 'double',
  half_float: 'double',
  scaled_float: 'double',
  boolean: 'boolean',
  date: 'date',
  ip: 'ip',
  version: 'version',
};

interface MappedField {
  readonly name: string;
  readonly path: readonly string[];
  readonly mapping: string;
  readonly type: EsqlType;
}

function fieldsOf(properties: Properties, prefix: readonly string[] = []): MappedField[] {
  return Object.entries(properties).flatMap(([key, mapping]) => {
    const path = [...prefix, key];
    if (mapping.properties) return fieldsOf(mapping.properties, path);
    const field = (name: string, kind: string): MappedField => ({
      name,
      path,
      mapping: kind,
      type: types[kind] ?? 'unsupported',
    });
    const own = field(path.join('.'), mapping.type!);
    const multi = Object.entries(mapping.fields ?? {}).map(([sub, { type }]) => field(`${own.name}.${sub}`, type!));
    return [own, ...multi];
  });
}

function valuesAt(doc: unknown, path: readonly string[]): unknown[] {
  if (doc === null || doc === undefined) return [];
  if (Array.isArray(doc)) return doc.flatMap((item) => valuesAt(item, path));
  if (path.length === 0) return [doc];
  if (typeof doc !== 'object') return [];
  return path.flatMap((_, i) =>
    valuesAt((doc as Record<string, unknown>)[path.slice(0, i + 1).join('.')], path.slice(i + 1)),
  );
}

function stored(value: unknown, { mapping, type }: MappedField): ConstantScalar {
  switch (type) {
    case 'boolean':
      return value === true || value === 'true';
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return typeof value === 'string' && /^\d+$/.test(value) ? BigInt(value) : BigInt(Math.trunc(Number(value)));
    case 'double': {
      const number = Number(value);
      if (mapping === 'float') return Math.fround(number);
      if (mapping === 'half_float') return halfFloat(number);
      return mapping === 'scaled_float' ? Math.round(number * 100) / 100 : number;
    }
    case 'date':
      return typeof value === 'number' ? BigInt(value) : parseDate(String(value))!;
    case 'ip':
      return parseIp(String(value))!;
    default:
      return typeof value === 'number' && Number.isInteger(value) ? `${value}` : String(value);
  }
}

/** The nearest number that has eleven significant bits. */
function halfFloat(value: number): number {
  if (value === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / unit) * unit;
}

const sorted = (values: ConstantScalar[], type: EsqlType): ConstantScalar[] => {
  const inOrder = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return type === 'keyword' || type === 'ip' || type === 'version'
    ? inOrder.filter((value, i) => value !== inOrder[i - 1])
    : inOrder;
};

/** Puts indices into one table, the way the store lays events out. */
export async function loadMappedIndices(
  connection: DuckDBConnection,
  indices: readonly MappedIndex[],
): Promise<{ catalogue: Catalogue; relation: EventRelation }> {
  const fields = new Map<string, MappedField>();
  const perIndex = new Map<string, Set<string>>();
  for (const index of indices) {
    const own = fieldsOf(index.mappings.properties);
    perIndex.set(index.name, new Set(own.map((field) => field.name)));
    for (const field of own) {
      const known = fields.get(field.name);
      fields.set(field.name, known && known.type !== field.type ? { ...field, type: 'unsupported' } : field);
    }
  }
  const usable = [...fields.values()];
  const rows = indices.flatMap((index) =>
    index.docs.map((doc, n) => {
      const cells = usable.flatMap((field) => {
        const mapped = perIndex.get(index.name)!.has(field.name) && field.type !== 'unsupported';
        const raw = mapped ? valuesAt(doc, field.path).map((value) => stored(value, field)) : [];
        const values = field.type === 'text' ? raw : sorted(raw, field.type);
        const type = storageType(field.type);
        const items = values.map((value) => emitScalar(field.type, value));
        return [
          values.length === 1 ? items[0]! : sql`NULL::${type}`,
          values.length > 1 ? list(items) : sql`NULL::${type}[]`,
        ];
      });
      return sql`(${join([text(index.name), text(`${index.name}-${n}`), ...cells], ', ')})`;
    }),
  );
  const columns = usable.flatMap(({ name, type }) => [
    sql`${ident(name)} ${storageType(type)}`,
    sql`${ident(`${name}[]`)} ${storageType(type)}[]`,
  ]);
  await connection.run(
    sql`CREATE OR REPLACE TABLE events (${join([sql`_index VARCHAR`, sql`_id VARCHAR`, ...columns], ', ')})`,
  );
  if (rows.length > 0) await connection.run(sql`INSERT INTO events VALUES ${join(rows, ', ')}`);

  const described = new Map<string, Field>();
  for (const { name, type } of usable) {
    const lists = await connection.runAndReadAll(sql`SELECT count(${ident(`${name}[]`)}) FROM events`);
    const several = Number(lists.getRows()[0]![0]) > 0;
    described.set(name, { name, type, column: name, listColumn: several ? `${name}[]` : null });
  }
  const catalogue: Catalogue = {
    indices: indices.map(({ name, docs }) => ({
      name,
      events: docs.length,
      firstTimestamp: null,
      lastTimestamp: null,
    })),
    field: (name) => described.get(name),
    fieldsOf: (names) =>
      [...described.values()].filter((field) => names.some((name) => perIndex.get(name)?.has(field.name))),
    knownNames: [...described.keys()],
  };
  return { catalogue, relation: oneTable(sql`events`) };
}
