import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { sql } from '../sql/sql.ts';
import { wantedField } from './read-columns.ts';
import { readFiles } from './read-files.ts';

const folder = temporaryFolder();

const fields = [wantedField('host.name', 'keyword'), wantedField('source.ip', 'ip')];

async function group(content: string | Buffer, compression: 'none' | 'gzip' = 'none') {
  const path = join(folder, `${compression}.ndjson`);
  await writeFile(path, content);
  return [{ format: { shape: 'lines', wrapper: 'none', compression, encoding: 'utf-8' } as const, paths: [path] }];
}

const events = [
  '{"host":{"name":"a","os":{"type":"linux"}},"source":{"ip":["10.0.0.1","10.0.0.2"],"port":1},"other":[{"x":1}]}',
  '{"host.name":"b","source.ip":"::1"}',
  '{"host":{"name":7}}',
];

it('reads wanted fields of events that have others as well', async () => {
  const read = await readFiles(await group(`${events.join('\n')}\n`), fields, folder);
  expect(read?.fields).toEqual([
    { single: true, list: false, rest: true, restHasLists: false },
    { single: true, list: true, rest: false, restHasLists: false },
  ]);
  expect(read?.bytes).toEqual([events.join('\n').length + 1]);
});

it('tells which lines are no events', async () => {
  const lines = [events[0], '', '{"host":', '[1]', events[1], '{"host":{"name":"cut'];
  const read = await readFiles(await group(gzipSync(lines.join('\n')), 'gzip'), fields, folder);
  expect(read?.malformed).toEqual([3]);
  expect(read?.badLines.map(({ line, reason }) => [line, reason])).toEqual([
    [3, expect.stringMatching(/^malformed JSON/)],
    [4, 'not a JSON object but an array'],
    [6, 'the last line is cut off'],
  ]);
});

it.each(['none', 'gzip'] as const)(
  'numbers lines through the whole of a file, compression: %s',
  async (compression) => {
    // More than one stretch.
    const filling = 'x'.repeat(100);
    const lines = Array.from({ length: 150_000 }, (_, n): string =>
      n % 5 === 0 ? '' : `{"host":{"name":"a"},"rest":"${filling}"}`,
    );
    lines[70_001] = '{"host":{"name":"special"}}';
    lines[100_002] = '{"host":';
    lines[140_003] = '[]';
    const content = lines.join('\r\n');
    const read = await readFiles(
      await group(compression === 'gzip' ? gzipSync(content) : content, compression),
      fields,
      folder,
    );
    expect(read!.badLines.map(({ line }) => line)).toEqual([100_003, 140_004]);
    expect([read!.malformed, read!.bytes]).toEqual([[2], [content.length]]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const found = await connection.runAndReadAll(
      sql`SELECT n, file, (SELECT count(*) FROM ${read!.relation!}) FROM ${read!.relation!} WHERE "single 0" = 'special'`,
    );
    expect(found.getRowsJson()).toEqual([['70001', 0, '119998']]);
  },
);

it('leaves files to others in which a field is an object, or a member stands twice', async () => {
  expect(await readFiles(await group('{"host":{"name":{"first":"a"}}}\n'), fields, folder)).toBeNull();
  expect(await readFiles(await group('{"host":{"name":"a"},"host":{"name":"b"}}\n'), fields, folder)).toBeNull();
});

it('fails where some of the columns could not be written', async () => {
  // What does not compress, so that much of the file is read while the first lines are being worked on.
  const line = (): string => `{"host":{"name":"a"},"rest":"${randomBytes(500).toString('base64')}"}`;
  const groups = await group(gzipSync(Array.from({ length: 60_000 }, line).join('\n'), { level: 1 }), 'gzip');
  const into = join(folder, 'disk');
  await mkdir(into);
  // Where the columns of the first lines would be written, there is something else.
  const onRead = (): void => {
    mkdirSync(join(into, readdirSync(into)[0]!, '0.parquet'), { recursive: true });
  };
  await expect(readFiles(groups, fields, into, undefined, onRead)).rejects.toThrow(/EISDIR/);
});
