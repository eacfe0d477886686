import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMappingFile } from '../../src/ecs/check-mapping.ts';
import type { MappingFile } from '../../src/ecs/mapping.ts';
import { mappingsFolder } from '../../src/ecs/shipped-mappings.ts';
import { sql } from '../../src/sql/sql.ts';
import { ecsSettings } from '../../src/store/index-template.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { sourceOf } from '../../src/store/synthetic-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import '../support/property-seed.ts';

const folder = temporaryFolder();

/** The mappings of sources whose events have lists, points, addresses, numbers as texts, and values that do not fit. */
const sources = ['aws-cloudtrail', 'okta-system', 'suricata-eve', 'zeek-connection', 'sysmon'];
/** More than the first lines of a file, which show whose it is. */
const bytes = 2.3 * 2 ** 20;

const odd = fc.constantFrom<unknown>(
  ...[
    null,
    '',
    '-',
    'x',
    '7',
    7,
    -7,
    1.5,
    1e300,
    true,
    '2026-03-10',
    '2026-03-10T12:00:00.123456Z',
    '1741600000.500000',
  ],
  ...[
    '10.0.0.1',
    '::1',
    'fe80::1',
    '300.1.1.1',
    ['b', 'a', 'b'],
    ['10.0.0.9', '10.0.0.9'],
    ['10.0.0.1', 'x'],
    ['fe80::1', '2001:db8::1'],
  ],
  ...[
    [3, 1, 'x'],
    ['2026-03-10', '2026-03-11'],
    ['2026-03-10', 'x'],
    [],
    {},
    { x: 1 },
    [{ x: 1 }, { x: 2 }],
    18446744073709552000,
    // Dates and numbers at the ends of what 64 bits hold.
    ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '9223372036854775808', '-9223372036854775808', '1e400'],
  ],
);

/** An event with some of its scalars changed. */
function changed(value: unknown, draw: () => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => changed(one, draw));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changed(inner, draw)]));
  const found = draw();
  return found === undefined ? value : found;
}

/** Events like the examples of a mapping: the first as they are, then some in which values are odd. */
function eventsLike({ tests = [] }: MappingFile): string[] {
  const examples = tests.flatMap(({ event, events }) => [...(events ?? []), ...(event ? [event] : [])]);
  const draws = fc.sample(fc.option(odd, { freq: 12, nil: undefined }), 5003);
  let at = 0;
  const draw = (): unknown => draws[at++ % draws.length];
  const lines: string[] = [];
  for (let n = 0, size = 0; size < bytes; n++) {
    const example = examples[n % examples.length]!;
    // What recognises the event stays as it is in most.
    const line = JSON.stringify(n < examples.length || n % 4 > 0 ? example : changed(example, draw));
    lines.push(line);
    size += line.length + 1;
  }
  return lines;
}

/** Everything that a store holds of its indices: the types of fields, and each event with what it leaves out. */
async function contentsOf(store: Store): Promise<Map<string, unknown>> {
  const contents = new Map<string, unknown>();
  for (const index of store.committed) {
    const rows = await store.duckdb.connection.runAndReadAll(
      sql`SELECT "_seq_no", "_ignored", ${sourceOf(index)} FROM ${index.table} ORDER BY 1`,
    );
    const events = rows.getRowsJson().map(([at, ignored, source]) => [at, ignored, JSON.parse(String(source))]);
    const fields = [...index.fields.values()].filter(({ name }) => name !== 'unused.field');
    contents.set(index.name, { fields: fields.map(({ name, type }) => `${name}: ${type}`).sort(), events });
  }
  return contents;
}

describe('events that a mapping knows', () => {
  it.each(sources)(
    'are stored from columns as from the documents that %s makes',
    async (name) => {
      const file = join(mappingsFolder, `${name}.yml`);
      const { parsed } = await readMappingFile(await readFile(file, 'utf8'), file);
      const path = join(folder, `${name}.ndjson`);
      await writeFile(path, `${eventsLike(parsed as MappingFile).join('\n')}\n`);
      const contents: Map<string, unknown>[] = [];
      for (const way of ['columns', 'documents']) {
        const store = await Store.open(join(folder, `${name}-${way}`));
        try {
          if (way === 'documents')
            // An index with a type of its own reads what the mapping makes as documents.
            await store.putTemplate('index', 'own-types', {
              index_patterns: ['logs-*-*'],
              priority: 200,
              data_stream: {},
              template: { settings: ecsSettings(), mappings: { properties: { 'unused.field': { type: 'keyword' } } } },
            });
          const report = await ingestFiles(store, { files: [path] });
          expect(report.refused.count).toBe(0);
          contents.push(await contentsOf(store));
        } finally {
          await store.close();
        }
      }
      const [columns, documents] = contents;
      expect([...columns!.keys()].sort()).toEqual([...documents!.keys()].sort());
      for (const [index, content] of columns!) expect(content).toEqual(documents!.get(index));
    },
    240_000,
  );
});
