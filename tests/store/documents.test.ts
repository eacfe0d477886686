import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text as literal, sql } from '../../src/sql/sql.ts';
import { ecsSettings } from '../../src/store/index-template.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { sourceModeSetting, sourceOf } from '../../src/store/synthetic-source.ts';
import { storedField } from '../../src/tables/stored-field.ts';

/*
 * The law of the store: whatever form a document's values stand in, the columns hold them all, and a document that is
 * made of its columns again holds the same.
 */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const word = fc.oneof(
  fc.constantFrom('a', 'b', '7', 'true', '', '[x', '{y', 'C:\\x', 'say "hi"', 'é', '\n', '1.5', 'null'),
  fc.string({ maxLength: 6 }),
);
const whole = fc.integer({ min: -5, max: 99_999 });
const several = (of: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.array(fc.oneof(of, fc.constant(null)), { maxLength: 3 });
const text = fc.oneof({ weight: 12, arbitrary: word }, { weight: 1, arbitrary: whole }, fc.boolean(), several(word));
const number = fc.oneof({ weight: 8, arbitrary: whole }, whole.map(String), several(whole));
const flag = fc.oneof({ weight: 8, arbitrary: fc.boolean() }, fc.constantFrom('true', 'false'), several(fc.boolean()));
const maybe = (of: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.oneof({ weight: 6, arbitrary: of }, fc.constant(null));

const inner = fc.record({ text: maybe(text), number: maybe(number) }, { requiredKeys: [] });
const document = fc.record(
  {
    text: maybe(text),
    other: maybe(word),
    number: maybe(number),
    flag: maybe(flag),
    object: fc.oneof({ weight: 6, arbitrary: inner }, fc.array(inner, { maxLength: 2 }), fc.constant(null)),
    'object.text': text,
    'object.deep': fc.record({ text: word }, { requiredKeys: [] }),
    new1: word,
    new2: whole,
    'x.y': word,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

const forms: readonly ((value: Json) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 1).replaceAll('\n', ' '),
  (value) =>
    JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
];

/** The values at each dotted name. */
function valuesOf(value: Json, name = '', found = new Map<string, Json[]>()): Map<string, Json[]> {
  if (Array.isArray(value)) for (const item of value as readonly Json[]) valuesOf(item, name, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) valuesOf(child, name === '' ? key : `${name}.${key}`, found);
  } else if (value !== null) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

const isText = (name: string): boolean => /text|other|new1|y$/.test(name);

/** As columns hold them: keywords once each and in order of bytes, numbers in order. */
function stored(name: string, values: readonly Json[]): Json[] {
  if (isText(name))
    return [...new Set(values.map(String))].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  if (name === 'flag') return values.map((value) => String(value) === 'true').sort();
  return values.map(Number).sort((a, b) => a - b);
}

const expected = (document: Json): Record<string, Json[]> =>
  Object.fromEntries([...valuesOf(document)].map(([name, values]) => [name, stored(name, values)]));

const properties = {
  ...Object.fromEntries(['text', 'other', 'new1'].map((name) => [name, { type: 'keyword' }])),
  number: { type: 'long' },
  flag: { type: 'boolean' },
  object: { properties: { text: { type: 'keyword' }, number: { type: 'long' } } },
};

async function ingested(batches: readonly (readonly string[])[], mode: string): Promise<Map<number, unknown[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'harrier-documents-'));
  const store = await Store.open(join(folder, 'store'));
  try {
    await store.exclusively((connection) =>
      store.createIndex(connection, 'law', {
        mapping: { properties },
        settings: { ...ecsSettings(), [sourceModeSetting]: mode },
      }),
    );
    for (const [i, lines] of batches.entries()) {
      const path = join(folder, `${i}.ndjson`);
      await writeFile(path, lines.join('\n'));
      const report = await ingestFiles(store, { files: [path], index: 'law' });
      expect(report.refused).toEqual({ count: 0, first: [] });
      expect(report.added).toBe(lines.length);
    }
    const [index] = store.committed;
    const { columns, fields } = index!;
    const items = [...columns.keys()].flatMap((name) => {
      const { single, list } = storedField(fields, columns, fields.get(name)!)!;
      const one = sql`CASE WHEN ${single} IS NULL THEN [] ELSE [${single}] END`;
      return [literal(name), sql`to_json(${list ? sql`coalesce(${list}, ${one})` : one})`];
    });
    const rows = await store.duckdb.connection.runAndReadAll(
      sql`SELECT "id:whole"::INTEGER, json_object(${items.reduce((a, b) => sql`${a}, ${b}`)})::VARCHAR, ${sourceOf(index!)} FROM ${index!.table}`,
    );
    return new Map(rows.getRows().map(([id, ...row]) => [Number(id), row]));
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

describe('documents in a store', () => {
  it.each(['synthetic', 'stored'])(
    'are what they were when they came, their source %s',
    async (mode) => {
      const numbered = fc.tuple(document, fc.constantFrom(...forms)).map(([value, form]) => ({ value, form }));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(numbered, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 4 }),
          async (batches) => {
            let id = 0;
            const documents = batches.map((batch) =>
              batch.map(({ value, form }) => ({ value: { id: id++, ...(value as object) }, form })),
            );
            const rows = await ingested(
              documents.map((batch) => batch.map(({ value, form }) => form(value))),
              mode,
            );
            for (const { value } of documents.flat()) {
              const [columns, source] = rows.get(value.id)!;
              const held = Object.entries(JSON.parse(String(columns)) as Record<string, Json[]>).filter(
                ([, all]) => all.length > 0,
              );
              expect(Object.fromEntries(held)).toEqual(expected(value));
              expect(expected(JSON.parse(String(source)) as Json)).toEqual(expected(value));
            }
          },
        ),
        { numRuns: Number(process.env.HARRIER_DOCUMENTS ?? 5) },
      );
    },
    600_000,
  );
});
