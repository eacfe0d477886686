import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
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
  const read = await readFiles(await group(`${events.join('\n')}\n`), fields);
  expect(read?.fields).toEqual([
    { single: true, list: false, rest: true, restHasLists: false },
    { single: true, list: true, rest: false, restHasLists: false },
  ]);
  expect(read?.bytes).toEqual([events.join('\n').length + 1]);
  await read!.remove();
});

it('tells which lines are no events', async () => {
  const lines = [events[0], '', '{"host":', '[1]', events[1], '{"host":{"name":"cut'];
  const read = await readFiles(await group(gzipSync(lines.join('\n')), 'gzip'), fields);
  expect(read?.malformed).toEqual([3]);
  expect(read?.badLines.map(({ line, reason }) => [line, reason])).toEqual([
    [3, expect.stringMatching(/^malformed JSON/)],
    [4, 'not a JSON object but an array'],
    [6, 'the last line is cut off'],
  ]);
  await read!.remove();
});

it('leaves files to others in which a field is an object, or a member stands twice', async () => {
  expect(await readFiles(await group('{"host":{"name":{"first":"a"}}}\n'), fields)).toBeNull();
  expect(await readFiles(await group('{"host":{"name":"a"},"host":{"name":"b"}}\n'), fields)).toBeNull();
});
