import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import type { FileReport } from '../../src/files/load-report.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const lines = (count: number, of: string): string =>
  Array.from({ length: count }, (_, n) => `{"n": ${n}, "of": "${of}"}\n`).join('');

/** An archive of one file. */
function tar(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  header.fill(' ', 148, 156);
  header.write('0ustar\x0000', 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc(512 - (Buffer.byteLength(content) % 512) + 1024);
  return Buffer.concat([header, Buffer.from(content), padding]);
}

/** What stands behind the first part of a file is beyond what is looked at first. */
const large = lines(20_000, 'large');
const contents: Readonly<Record<string, string | Buffer>> = {
  'a.json': lines(1, 'a'),
  'b/copy-of-a.json': lines(1, 'a'),
  'different.json': lines(1, 'A'),
  'large.ndjson': large,
  'large.ndjson.gz': gzipSync(large),
  'large.tgz': gzipSync(tar('within.ndjson', large)),
  'large.utf16': Buffer.from(`\ufeff${large}`, 'utf16le'),
  'longer.ndjson': `${lines(1, 'a')}${lines(1, 'b')}`,
  'y.gz': gzipSync(lines(5, 'y')),
  'y1.gz': gzipSync(lines(5, 'y'), { level: 0 }),
};
const same = [
  'b/copy-of-a.json: the same as a.json',
  'large.ndjson.gz: the same as large.ndjson',
  'large.tgz/within.ndjson: the same as large.ndjson',
  'large.utf16: the same as large.ndjson',
  'y1.gz: the same as y.gz',
];

it('the same content is read once through every door, whatever its name and form', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(data, name)), { recursive: true });
    writeFileSync(join(data, name), content);
  }
  const sameIn = (reports: readonly FileReport[]): string[] =>
    reports
      .flatMap(({ path, reason, cause }) => (cause === 'same' ? [`${path}: ${reason}`.replaceAll(`${data}/`, '')] : []))
      .sort();
  const load = async (options: { cache: boolean; copies?: boolean }) => {
    const duckdb = await openDuckDB();
    const all = { ...options, data: [data], index: 'events', strict: false, cacheFolder: join(folder, 'cache') };
    const { report, release } = await (await EventFiles.open(duckdb.connection, all)).load(new Set(['n']));
    release();
    duckdb.close();
    return { events: report.events, same: sameIn(report.files) };
  };
  const events = 1 + 1 + 20_000 + 2 + 5;
  const once = { events, same };
  expect(await load({ cache: false })).toEqual(once);
  expect(await load({ cache: true })).toEqual(once);
  expect(await load({ cache: true })).toEqual(once);
  const everything = { events: events + 1 + 3 * 20_000 + 5, same: [] };
  expect(await load({ cache: true, copies: true })).toEqual(everything);

  const store = await Store.open(join(folder, 'store'));
  const twice = await Store.open(join(folder, 'twice'));
  try {
    const options = { files: [data], index: 'events' };
    const report = await ingestFiles(store, options);
    // What is longer than another adds the rest.
    expect({ events: report.added, same: sameIn(report.reports) }).toEqual({ events: events - 1, same });
    expect((await ingestFiles(store, options)).added).toBe(0);
    expect((await ingestFiles(twice, { ...options, copies: true })).added).toBe(everything.events);
  } finally {
    await store.close();
    await twice.close();
  }

  // The copy stands for its original where that is gone.
  rmSync(join(data, 'a.json'));
  expect((await load({ cache: true })).events).toBe(events);
});
