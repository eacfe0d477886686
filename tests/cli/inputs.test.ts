import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bin, type Finished, harrier, start, startHarrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* What the command makes of what it is named: pipes, folders with files of all kinds, its own output. */

const two = '{"@timestamp":"2026-03-10T10:00:00Z","n":1}\n{"@timestamp":"2026-03-10T11:00:00Z","n":2}\n';
const counting = 'FROM * METADATA _index | STATS c = COUNT(*) BY _index';
const binary = Buffer.from('SQLite format 3\0\x10\0');
const hunt = `[hunt]
name = "Never"
language = ["ES|QL"]
integration = []
description = "x"
author = "x"
license = "x"
uuid = "11111111-2222-3333-4444-555555555555"
notes = []
mitre = []
query = ['FROM * | WHERE n > 100']
`;

/** A folder with an index of two events, a hunt that finds nothing, and more. */
function folder(more: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const place = temporaryFolder();
  mkdirSync(join(place, 'logs'));
  writeFileSync(join(place, 'never.toml'), hunt);
  writeFileSync(join(place, 'logs/ev.ndjson'), two);
  for (const [name, content] of Object.entries(more)) writeFileSync(join(place, 'logs', name), content);
  return place;
}

const inShell = (place: string, line: string): Promise<Finished> =>
  start('bash', ['-c', `harrier() { '${process.execPath}' '${bin}' "$@"; }\n${line}`], { cwd: place }).finished;

describe('pipes', () => {
  const query = `harrier query '${counting}' --format csv --data`;
  it.each([
    ['standard input as -', `cat logs/ev.ndjson | ${query} -`, 'stdin'],
    ['standard input from a file', `${query} - < logs/ev.ndjson`, 'stdin'],
    ['standard input by its path', `cat logs/ev.ndjson | ${query} /dev/stdin`, 'stdin'],
    ['a process substitution', `${query} <(cat logs/ev.ndjson)`, 'pipe'],
    ['a compressed pipe', `gzip < logs/ev.ndjson | ${query} -`, 'stdin'],
  ])('%s', async (_, line, index) => {
    const { code, stdout } = await inShell(folder(), line);
    expect([code, stdout]).toEqual([0, `c,_index\r\n2,${index}\r\n`]);
  });

  it('are ingested', async () => {
    const { code, stdout } = await inShell(folder(), 'cat logs/ev.ndjson | harrier ingest - --store st');
    expect([code, stdout]).toMatchObject([0, expect.stringContaining('added 2 events')]);
  });

  it.each([
    ['an empty one', `: | ${query} -`, 'error: - is empty'],
    ['one named twice', `cat logs/ev.ndjson | ${query} - --data -`, 'error: standard input is named twice'],
    [
      'one for query and events',
      'echo "FROM *" | harrier query - --data -',
      'error: standard input cannot hold both the query and the events',
    ],
  ])('%s is refused', async (_, line, message) => {
    const { code, stderr } = await inShell(folder(), line);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('that never end can be interrupted, and leave nothing behind', async () => {
    const temporary = temporaryFolder();
    const running = startHarrier(['query', counting, '--data', '-'], { input: null, env: { TMPDIR: temporary } });
    running.child.stdin!.write(two);
    while (readdirSync(temporary).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, stderr: 'interrupted\n' });
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('what was not read', () => {
  const place = folder({ 'Security.evtx': binary, 'empty.json': '' });
  const runHunt = (...more: string[]): Promise<Finished> =>
    harrier(['run', 'never.toml', '--data', 'logs', ...more], { cwd: place });
  const told = /no hits in what was read: 1 of 3 files was not read: 1 .*\(Security\.evtx\)/;

  it('is summed up on standard error', async () => {
    const { stderr } = await runHunt();
    expect(stderr).toMatch(/^warning: 2 of 3 files were not read: 1 .*\(Security\.evtx\), 1 empty \(empty\.json\)/);
  });

  it.each(['table', 'md', 'html'])('leaves no plain "no hits" in %s', async (format) => {
    const { code, stdout } = await runHunt('--format', format);
    expect(code).toBe(0);
    const text = stdout.replaceAll('\\', '').replaceAll('&#39;', "'");
    expect(text).toMatch(told);
    expect(text.toLowerCase()).toContain('cannot tell');
    expect(text).not.toMatch(/no hits(?! in what was read)/i);
  });

  it('is in the JSON document', async () => {
    const { results, load } = JSON.parse((await runHunt('--format', 'json')).stdout);
    expect(results[0]).toMatchObject({
      outcome: 'cannot tell',
      values: [],
      error: null,
      reasons: [expect.stringContaining('1 of 3 files was not read')],
    });
    expect(load).toMatchObject({
      files: [
        { path: 'logs/Security.evtx', read: 'none', events: 0, format: null, indices: [] },
        { path: 'logs/empty.json', read: 'none', reason: 'empty' },
        { path: 'logs/ev.ndjson', read: 'all', events: 2, indices: [{ name: 'ev', events: 2 }], reason: null },
      ],
      malformed: { count: 0, first: [] },
      ignored: { count: 0, first: [] },
      duplicates: { count: 0, first: [] },
      notes: [],
    });
  });

  it('does not change hits', async () => {
    const query = ['query', 'FROM * | KEEP n', '--data', 'logs', '--format', 'json'];
    const { outcome, reasons, load } = JSON.parse((await harrier(query, { cwd: place })).stdout);
    expect([outcome, reasons, load.files.length]).toEqual(['hits', [], 3]);
  });

  it('counts where it is a line that is no event', async () => {
    const lines = folder({ 'bad.ndjson': `${two}broken\n` });
    const args = ['run', 'never.toml', '--data', 'logs'];
    const { stdout } = await harrier(args, { cwd: lines });
    expect(stdout).toContain('no hits in what was read\n');
    const { results } = JSON.parse((await harrier([...args, '--format', 'json'], { cwd: lines })).stdout);
    expect(results[0]).toMatchObject({ outcome: 'cannot tell', reasons: ['1 line could not be read as an event'] });
  });

  it('is nothing where every file was read once', async () => {
    const copies = folder({ 'ev.ndjson.gz': gzipSync(two), 'empty.json': '' });
    symlinkSync('ev.ndjson', join(copies, 'logs/current.ndjson'));
    symlinkSync('.', join(copies, 'logs/self'));
    const { stdout } = await harrier(['run', 'never.toml', '--data', 'logs'], { cwd: copies });
    expect(stdout).toContain('no hits\n');
    const counted = await harrier(['query', counting, '--data', 'logs', '--format', 'csv'], { cwd: copies });
    expect(counted.stdout).toBe('c,_index\r\n2,ev\r\n');
  });

  it.each([['query', 'FROM *', '--data'], ['ingest']])('is an error where it is all there is: %s', async (...args) => {
    const { code, stderr } = await harrier(
      [...args, 'logs/Security.evtx', ...(args[0] === 'ingest' ? ['--store', 'none'] : [])],
      { cwd: place },
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: logs\/Security\.evtx is .*, which Harrier does not read yet$/m);
    expect(stderr).not.toContain('Unknown index');
  });
});

describe('inspect', () => {
  const place = folder({ 'Security.evtx': binary, 'bad.json': `${two}broken\n` });

  it('gives a document', async () => {
    const { code, stdout } = await harrier(['inspect', 'logs', '--format', 'json'], { cwd: place });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      files: [
        {
          ...{ path: 'logs/Security.evtx', format: null, source: null, index: null, events: 0 },
          ...{ read: 'none', reason: expect.any(String) },
        },
        {
          ...{ path: 'logs/bad.json', format: 'NDJSON', source: null, index: 'bad', events: 2 },
          ...{ read: 'part', reason: '1 line could not be read as an event' },
        },
        {
          ...{ path: 'logs/ev.ndjson', format: 'NDJSON', source: null, index: 'ev', events: 2 },
          ...{ read: 'all', reason: null },
        },
      ],
    });
  });

  it('gives a table, of files that cannot be read too', async () => {
    const { code, stdout } = await harrier(['inspect', 'logs/Security.evtx'], { cwd: place });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/logs\/Security\.evtx .* 0 {2}none/)]);
  });
});

/** A zip archive without files. */
const emptyZip = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('each command says the same of a file', () => {
  /** Not those of the other file, of which it would be a copy. */
  const own = two.replaceAll('{', '{"odd":true,');
  const behind = '3 bytes behind the end of its compressed data were not read';
  it.each<[string, Uint8Array, number, 'part' | 'none', string]>([
    ['bytes behind gzip data', Buffer.concat([gzipSync(own), Buffer.from('xyz')]), 2, 'part', behind],
    ['a cut-off gzip', gzipSync(own).subarray(0, -4), 2, 'part', 'its gzip data ends early'],
    ['a zip archive without files', emptyZip, 0, 'none', 'an archive without files'],
    [
      'UTF-16 with half a character',
      utf16(own).subarray(0, -1),
      2,
      'part',
      'its UTF-16 text ends inside a character: its last byte was not read',
    ],
    [
      'UTF-16 cut inside its first character',
      utf16('{').subarray(0, 3),
      0,
      'none',
      'text that ends inside its first character',
    ],
  ])('%s', async (_, content, events, read, reason) => {
    const place = folder({ odd: content });
    const run = (...args: string[]): Promise<Finished> => harrier(args, { cwd: place });
    const { stdout } = await run('inspect', 'logs/odd', '--format', 'json');
    expect(JSON.parse(stdout).files).toMatchObject([{ path: 'logs/odd', events, read, reason }]);
    const asked = await run('run', 'never.toml', '--data', 'logs', '--format', 'json');
    const { results, load } = JSON.parse(asked.stdout);
    expect(load.files).toMatchObject([{ read: 'all' }, { path: 'logs/odd', events, read, reason }]);
    const isEmpty = reason.startsWith('an archive');
    expect(results[0].outcome).toBe(isEmpty ? 'none' : 'cannot tell');
    const strict = await run('run', 'never.toml', '--data', 'logs', '--strict');
    expect([strict.code, strict.stderr.includes(reason)]).toEqual(isEmpty ? [0, false] : [2, true]);
    const ingested = await run('ingest', 'logs/odd', '--store', 'st');
    expect(ingested.stderr).toContain(reason);
  });
});

describe('output', () => {
  it.each([
    ['--output', ['query', 'FROM *', '--output', 'logs/ev.ndjson', '--force']],
    ['--output through a link', ['query', 'FROM *', '--output', 'link', '--force']],
    ['--navigator', ['run', 'never.toml', '--navigator', 'logs/ev.ndjson', '--force']],
    ['--output of coverage', ['coverage', 'never.toml', '--output', 'logs/ev.ndjson', '--force']],
  ])('over an input is refused: %s', async (_, args) => {
    const place = folder();
    symlinkSync('logs/ev.ndjson', join(place, 'link'));
    const { code, stderr } = await harrier([...args, '--data', 'logs'], { cwd: place });
    expect([code, stderr]).toEqual([2, expect.stringContaining('is one of the files to read')]);
    expect(readFileSync(join(place, 'logs/ev.ndjson'), 'utf8')).toBe(two);
  });

  it.each(['csv', 'json', 'table'])('to a full disk is one clear line: %s', async (format) => {
    const { code, stderr } = await inShell(
      folder(),
      `harrier query 'FROM *' --data logs --format ${format} > /dev/full`,
    );
    expect([code, stderr]).toEqual([2, 'error: cannot write: no space left on device\n']);
  });
});
