import { describe, expect, it } from 'vitest';
import type { Kind, KindPart } from '../documents/columns.ts';
import { ident, sql } from '../sql/sql.ts';
import type { FieldColumns } from './field-columns.ts';
import { dynamicMapping } from './index-mapping.ts';
import type { Index } from './indexed-table.ts';
import { typeOfKinds } from './kinds.ts';
import type { MappedField } from './mapped-field.ts';
import { TableCatalogue } from './table-catalogue.ts';

const dynamic = (...parts: KindPart[]): FieldColumns & { kind: 'dynamic' } => ({
  kind: 'dynamic',
  columns: new Set(parts),
  mixed: new Set(),
  more: new Set(),
  moreHasLists: false,
  hasNegative: false,
});
const mapped = (name: string, type: 'keyword' | 'long' | 'ip'): MappedField => ({
  ...{ name, property: { type }, mappingType: type, type, of: null },
});

/** An index with fields by kind or by type; those of one `table` share it. */
function index(name: string, fields: Record<string, KindPart[] | 'keyword' | 'long' | 'ip'>, table?: string): Index {
  const columns = new Map<string, FieldColumns>();
  const mapping = new Map<string, MappedField>();
  for (const [field, is] of Object.entries(fields)) {
    const own: FieldColumns = Array.isArray(is) ? dynamic(...is) : { kind: 'typed', single: true, list: false };
    columns.set(field, own);
    mapping.set(field, own.kind === 'dynamic' ? dynamicMapping(field, own) : mapped(field, is as 'long'));
  }
  const mark = (field: string) => ident(field);
  const summary = { name, events: 1, firstTimestamp: null, lastTimestamp: null };
  const own = { table: ident(table ?? name), isShared: table !== undefined, columns, mark };
  return { summary, fields: mapping, tables: [own] };
}

describe('type of the kinds of a field', () => {
  it.each<[Kind[], boolean, string]>([
    [[], false, 'keyword'],
    [['boolean'], false, 'boolean'],
    [['whole'], true, 'long'],
    [['whole', 'unsigned'], false, 'unsigned_long'],
    [['whole', 'unsigned'], true, 'double'],
    [['whole', 'decimal'], false, 'double'],
    [['date'], false, 'date'],
    [['date', 'text'], false, 'keyword'],
    [['boolean', 'whole'], false, 'keyword'],
  ])('%j, some negative: %s: %s', (kinds, hasNegative, type) => {
    expect(typeOfKinds({ kinds: new Set(kinds), hasNegative, top: 'keyword' })).toBe(type);
  });
});

describe('fields of several indices', () => {
  it.each<[string, ConstructorParameters<typeof TableCatalogue>[0], string | undefined]>([
    ['unknown where no index has it', [index('a', { y: 'long' })], undefined],
    ['of the one index that has it', [index('a', { x: 'long' }), index('b', {})], 'long'],
    ['unsupported where mappings conflict', [index('a', { x: 'long' }), index('b', { x: 'ip' })], 'unsupported'],
    ['widened where no mapping knows it', [index('a', { x: ['whole'] }), index('b', { x: ['decimal'] })], 'double'],
    [
      'keyword for kinds that do not go together',
      [index('a', { x: ['whole'] }), index('b', { x: ['text'] })],
      'keyword',
    ],
  ])('is %s', (_, indices, type) => {
    const names = indices.map(({ summary }) => summary.name);
    expect(new TableCatalogue(indices).field('x', names)?.type).toBe(type);
    expect(new TableCatalogue(indices).fieldsOf(names).find(({ name }) => name === 'x')?.type).toBe(type);
  });

  it('reads a table of many indices once', () => {
    const indices = Array.from({ length: 50 }, (_, n) => index(`i${n}`, { x: ['whole'], [`own${n}`]: ['text'] }, 't'));
    const catalogue = new TableCatalogue(indices);
    const names = indices.map(({ summary }) => summary.name);
    const all = catalogue.relation.from(null, catalogue.fieldsOf(names), []);
    expect(all.match(/FROM "t"/g)).toHaveLength(1);
    expect(all).not.toContain('WHERE');
    expect(catalogue.relation.from(['i3'], [], [])).toContain(sql`WHERE "_index" IN ('i3')`);
  });
});
