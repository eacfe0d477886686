import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type TarEntry, tar, type ZipEntry, zip } from '../../../tests/support/archives.ts';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import { BrokenData } from '../compression/codec.ts';
import { detect } from '../detect.ts';
import { extract } from './extract.ts';
import { defaultLimits, type UnpackedFile, UnpackedFiles, type UnpackLimits } from './unpacked-files.ts';

const folder = temporaryFolder();
let count = 0;

interface Extracted {
  readonly files: readonly (readonly [name: string, content: string])[];
  readonly passedOver: readonly (readonly [name: string, reason: string])[];
  readonly cut: readonly string[];
}

async function extracted(
  archive: Buffer,
  limits: UnpackLimits = defaultLimits,
  signal?: AbortSignal,
): Promise<Extracted> {
  const path = join(folder, `archive-${count}`);
  const into = join(folder, `into-${count++}`);
  await mkdir(into);
  await writeFile(path, archive);
  const detected = await detect(path, 0);
  if (detected.kind !== 'archive') throw new Error(`is ${JSON.stringify(detected)}`);
  const files: [string, string][] = [];
  const passedOver: [string, string][] = [];
  const cut: string[] = [];
  const hooks = {
    onPassedOver: (name: string, reason: string) => passedOver.push([name, reason]),
    onCut: (what: string) => cut.push(what),
  };
  const unpacked = new UnpackedFiles(archive.length, into, limits, signal);
  for await (const file of extract(path, detected, unpacked, hooks)) {
    const content = await readFile(file.path);
    expect([file.bytes, file.path.startsWith(`${into}/`)]).toEqual([content.length, true]);
    if (file.cut) cut.push(`${file.name}: ${file.cut}`);
    files.push([file.name, content.toString()]);
  }
  expect((await readdir(into)).length).toBe(files.length);
  return { files, passedOver, cut };
}

const base64 = (text: string): Buffer => Buffer.from(text, 'base64');
const event = Buffer.from('{"n":1}\n');
const named = (name: string, more: Partial<ZipEntry> = {}): ZipEntry => ({ name, content: event, ...more });

/** Made by other programs: sizes of 64 bits, sizes behind the data, an old tar, and names of 200 bytes in two ways. */
const zip64 = base64(
  'UEsDBC0AAAAAAAAAIQCTEb6F//////////8IABQAYS5uZGpzb24BABAACAAAAAAAAAAIAAAAAAAAAHsibiI6MX0KUEsBAi0DLQAAAAAAAAAhAJMRvoUIAAAACAAAAAgAAAAAAAAAAAAAAIABAAAAAGEubmRqc29uUEsFBgAAAAABAAEANgAAAEIAAAAAAA==',
);
const sizesBehind = base64(
  'UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAAIAAAAYS5uZGpzb26rVspTsjKs5QIAUEsHCJMRvoUKAAAACAAAAFBLAQIUAxQACAAIAAAAIQCTEb6FCgAAAAgAAAAIAAAAAAAAAAAAAACAAQAAAABhLm5kanNvblBLBQYAAAAAAQABADYAAABAAAAAAAA=',
);
const oldTar = base64(
  'H4sIAAAAAAACA+3PMQqAMAADwM6+QvoAqVAUfI+TQx0EF/HvipO4OxTuloRs2ceuzMu2lvCfdBtyfvL2zZT6V3/2MechtKEm33OVOGKJU382AQAAAAAAAAAAgKpcD/xHHwAoAAA=',
);
const gnuTar = base64(
  'H4sIAAAAAAACA+3USwrCMBSF4YxdRegCmkcfAUcuoJsoVEQtCbR1JO7d2oFgQTtqUft/k3tJAhncnMQqVrsi+ENx9GcxD93L03SovXHVibbPflg3JnO5kIVYwKXtykZK0YTQfTo3tf+jqtmo/WxU3T/Y2FenNniBb5//VP610a/5TxKdWSE1+Z/dNfLR1tw2JGGd6gXueITaOfc+/+PemMRmQtpygT9+5fkHAAAAAAAAAAAAAPyHOytlaJEAKAAA',
);
const paxTar = base64(
  'H4sIAAAAAAACA+3TTQrCMBCG4aw9RekBbP7sQvAwhYoiJZE2giC9u6ELxS4sLhIovs9mwiQQQubrvDttXXsZvBOpyKi2dqrRvEqjzGs99ZXUuhbFXWRwG0LTx+vFf9LSFNcmnA9tMtUxmap7j+9G4Hc5vn0p/zHvn/k31uy0KGTO/Pfeh2/nlvbnj1uJR+nKvRoJDwAAAAAAAAAAAAAAwEo9AQ3xsSgAKAAA',
);
const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/long.ndjson`;

const file = (name: string, body = event.toString()): TarEntry => ({ name, body, type: '0' });
const bodiless = (name: string, type: string): TarEntry => ({ name, body: '', type });

const given = (...names: readonly string[]): Extracted['files'] => names.map((name) => [name, event.toString()]);

it.each<[string, () => Buffer, Extracted['files'], Extracted['passedOver']?, Extracted['cut']?]>([
  ['stored and deflated files', () => zip(named('a', { method: 0 }), named('b/c')), given('a', 'b/c')],
  ['an empty archive', () => zip(), []],
  ['folders', () => zip(named('b/', { content: Buffer.alloc(0) }), named('b/a')), given('b/a')],
  ['sizes of 64 bits', () => zip64, given('a.ndjson')],
  ['sizes behind the data', () => sizesBehind, given('a.ndjson')],
  [
    'names that lead elsewhere',
    () => zip(named('../../x'), named('/etc/x'), named('C:\\x'), named('a\\..\\..\\x')),
    given('../../x', '/etc/x', 'C:/x', 'a/../../x'),
  ],
  ['two files of one name', () => zip(named('a'), named('a')), given('a', 'a')],
  ['an encrypted file', () => zip(named('a', { flags: 1 }), named('b')), given('b'), [['a', 'is encrypted']]],
  [
    'another compression',
    () => zip(named('a', { method: 93 }), named('b')),
    given('b'),
    [['a', 'is compressed by zstd, which is not supported']],
  ],
  ['a link', () => zip(named('a', { mode: 0o120777 }), named('b')), given('b'), [['a', 'is a link']]],
  [
    'damaged data',
    () => zip(named('a', { data: Buffer.from('\x07') }), named('b')),
    [['a', ''], ...given('b')],
    [],
    ['a: its zip data is cut off or damaged (invalid block type)'],
  ],
  [
    'content that does not match its checksum',
    () => zip(named('a', { method: 0, data: Buffer.from('{"n":2}\n') }), named('b')),
    [['a', '{"n":2}\n'], ...given('b')],
    [],
    ['a: its zip data does not match its checksum'],
  ],

  ['a tar archive', () => tar(file('a'), file('b/c'), file('empty', '')), [...given('a', 'b/c'), ['empty', '']]],
  ['one inside gzip', () => gzipSync(tar(file('a'))), given('a')],
  ['an old one', () => gunzipSync(oldTar), given('v7.ndjson')],
  ['long names of GNU', () => gnuTar, given(long), [['l', 'is a link']]],
  ['long names of pax', () => paxTar, given(long)],
  ['names that lead elsewhere', () => tar(file('../../x'), file('/etc/x')), given('../../x', '/etc/x')],
  [
    'links and devices',
    () =>
      tar(
        bodiless('d/', '5'),
        bodiless('l', '2'),
        bodiless('h', '1'),
        bodiless('p', '6'),
        bodiless('c', '3'),
        file('a'),
      ),
    given('a'),
    [
      ['l', 'is a link'],
      ['h', 'is a link'],
      ['p', 'is a pipe'],
      ['c', 'is a device'],
    ],
  ],
  [
    'a tar archive that is cut off',
    () => tar(file('a'), file('b', 'x'.repeat(1000))).subarray(0, 512 * 3 + 100),
    [...given('a'), ['b', 'x'.repeat(100)]],
    [],
    ['b: it is cut off', 'its tar data ends early'],
  ],
  [
    'a tar archive without its end',
    () => tar(file('a')).subarray(0, 1024),
    given('a'),
    [],
    ['its tar data ends early'],
  ],
  ['tar archives one behind another', () => Buffer.concat([tar(file('a')), tar(file('b'))]), given('a', 'b')],
  [
    'a damaged header',
    () => {
      const bytes = tar(file('a'), file('b'), file('c'));
      bytes.write('damage', 1024);
      return bytes;
    },
    given('a', 'c'),
    [],
    ['its tar data is damaged'],
  ],
])('%s', async (_, archive, files, passedOver = [], cut = []) => {
  expect(await extracted(archive())).toEqual({ files, passedOver, cut });
});

const zeros = Buffer.alloc(100 << 20);

it.each<[string, () => Buffer, Partial<UnpackLimits>, string]>([
  ['entries', () => zip(named('a'), named('b'), named('c')), { entries: 2 }, 'it has more than 2 entries'],
  [
    'entries that are no files',
    () => tar(file('a/', ''), file('b/', '')),
    { entries: 1 },
    'it has more than 1 entries',
  ],
  ['bytes', () => zip(named('a'), named('b')), { bytes: 15 }, 'it becomes more than 15 bytes'],
  [
    'bytes for each one packed',
    () => zip(named('a', { content: zeros })),
    { ratio: 500 },
    'become more than 500 times as many',
  ],
  [
    'bytes in tar inside gzip',
    () => gzipSync(tar(file('a', 'x'.repeat(100 << 20)))),
    { ratio: 300 },
    'more than 300 times',
  ],
])('refuses an archive with too many %s', async (_, archive, limits, message) => {
  const reading = extracted(archive(), { ...defaultLimits, ...limits });
  await expect(reading).rejects.toThrow(BrokenData);
  await expect(reading).rejects.toThrow(message);
});

it('refuses a zip archive that is cut off', async () => {
  const reading = extracted(zip(named('a')).subarray(0, -10));
  await expect(reading).rejects.toThrow(BrokenData);
  await expect(reading).rejects.toThrow('cut off or damaged');
});

it('reports damage that shows before anybody reads', async () => {
  class Slow extends UnpackedFiles {
    override async write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<UnpackedFile> {
      await setTimeout(50);
      return super.write(name, chunks);
    }
  }
  const archive = join(folder, 'damaged.zip');
  await writeFile(archive, zip(named('a', { data: Buffer.alloc(10, 0xff) })));
  const into = join(folder, 'into-slowly');
  await mkdir(into);
  const files = new Slow(1, into, defaultLimits, undefined);
  const found: (string | null)[] = [];
  for await (const { cut } of extract(archive, { archive: 'zip', compression: 'none' }, files)) found.push(cut);
  expect(found).toEqual([expect.stringContaining('its zip data is cut off or damaged')]);
});

it('stops when it is aborted', async () => {
  await expect(extracted(zip(named('a')), defaultLimits, AbortSignal.abort())).rejects.toThrow('aborted');
});

it('says so wherever a changed byte changes the content of a zip archive', async () => {
  const bytes = zip(named('a'), named('b', { method: 0 }));
  const contents = ({ files }: Extracted): string[] => files.map(([, content]) => content);
  const whole = contents(await extracted(bytes));
  for (const at of bytes.keys())
    for (const change of [0x01, 0xff]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= change;
      // A file that does not begin so is read as something else.
      if (at < 4) continue;
      const found = await extracted(changed).catch((error) => {
        if (!(error instanceof BrokenData)) throw error;
        return null;
      });
      if (found?.cut.length === 0 && found.passedOver.length === 0) expect([at, contents(found)]).toEqual([at, whole]);
    }
});
