import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { findInputs } from './find-inputs.ts';

/** A folder of files; a name that ends in `/` is a folder, `-> target` in a content makes a link. */
function tree(contents: Readonly<Record<string, string>>): string {
  const place = temporaryFolder();
  for (const [name, content] of Object.entries(contents)) {
    const path = join(place, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), path);
    else if (!name.endsWith('/')) writeFileSync(path, content);
  }
  return place;
}

interface Found {
  readonly files: readonly string[];
  readonly notRead: readonly string[];
  readonly notes: readonly string[];
}

/** What patterns below a folder name, in the same terms. */
async function found(place: string, ...patterns: string[]): Promise<Found> {
  const inputs = await findInputs(patterns.map((pattern) => (pattern === '.' ? place : `${place}/${pattern}`)));
  await inputs.close();
  const short = (text: string): string => text.replaceAll(`${place}/`, '').replaceAll(place, '.');
  return {
    files: inputs.files.map(({ path }) => relative(place, path)),
    notRead: inputs.notRead.map(({ path, reason }) => short(`${path}: ${reason}`)),
    notes: inputs.notes,
  };
}

const odd = ['a[1].json', 'b(2).json', 'c*?.json', 'd{x,y}.json', 'e f.json', 'g\\h.json', '!i.json', "j'k.json"];

describe('paths that exist are those paths', () => {
  const place = tree(Object.fromEntries([...odd, 'a1.json', 'cxx.json', 'dx.json'].map((name) => [name, '{}'])));
  it.each(odd)('%s', async (name) => {
    expect(await found(place, name)).toEqual({ files: [name], notRead: [], notes: [] });
  });
});

describe('globs', () => {
  it.each<[string, Record<string, string>, string, string[]]>([
    ['below a folder with brackets', { 'Down (1)/a.ndjson': '' }, 'Down (1)/*.ndjson', ['Down (1)/a.ndjson']],
    ['below a folder with a backslash', { 'a\\b/c.json': '' }, 'a\\b/*.json', ['a\\b/c.json']],
    ['below a folder that also is a pattern', { '[ab]/x': '', 'a/x': '' }, '[ab]/*', ['[ab]/x']],
    ['below folders that a pattern matches', { 'a/x': '', 'b/x': '', 'c/x': '' }, '[ab]/*', ['a/x', 'b/x']],
    ['with an escape', { 'a(1).json': '', 'a1.json': '' }, 'a\\(1\\).*', ['a(1).json']],
    ['of files at any depth', { 'a.json': '', 'b/c/d.json': '', 'b/e.txt': '' }, '**/*.json', ['a.json', 'b/c/d.json']],
    ['of alternatives', { 'a.json': '', 'b.gz': '', 'c.txt': '' }, '*.{json,gz}', ['a.json', 'b.gz']],
    ['that match a folder, which stands for its files', { 'l1/a': '', 'l1/b/c': '', m: '' }, 'l*', ['l1/a', 'l1/b/c']],
    ['without hidden files', { '.a.json': '', 'b.json': '' }, '*.json', ['b.json']],
    ['that begin with an exclamation mark', { '!a.json': '', 'b.json': '' }, '!*.json', ['!a.json']],
    ['of names that begin with none of some letters', { '1.json': '', 'a.json': '' }, '[!a-z]*', ['1.json']],
    ['through a link to the folder above', { 'a.json': '', self: '-> .' }, '*/a.json', ['self/a.json']],
  ])('%s', async (_, contents, pattern, expected) => {
    expect(await found(tree(contents), pattern)).toMatchObject({ files: expected, notRead: [] });
  });
});

describe.skipIf(process.platform !== 'linux')('names that are no UTF-8', () => {
  const bytes = (place: string, name: string): Buffer =>
    Buffer.concat([Buffer.from(`${place}/`), Buffer.from(name, 'latin1')]);
  const place = tree({ 'caf%E9': 'literal' });
  mkdirSync(bytes(place, 'f\xe9'));
  for (const [name, content] of [
    ['caf\xe9', '1'],
    ['f\xe9/in', '2'],
    ['f\xe9/\xc3\xa9\xff', '3'],
  ] as const)
    writeFileSync(bytes(place, name), content);
  symlinkSync('.', bytes(place, 'f\xe9/self'));

  it.each<[string, string[], string[]]>([
    ['of a folder', ['.'], ['caf%E9%: 1', 'caf%E9: literal', 'f%E9/in: 2', 'f%E9/é%FF: 3']],
    ['of a glob', ['**/*'], ['caf%E9%: 1', 'caf%E9: literal', 'f%E9/in: 2', 'f%E9/é%FF: 3']],
    ['as the command line has them', ['caf\ufffd', 'f\ufffd'], ['caf%E9%: 1', 'f%E9/in: 2', 'f%E9/é%FF: 3']],
  ])('are read: %s', async (_, patterns, expected) => {
    const inputs = await findInputs(patterns.map((pattern) => (pattern === '.' ? place : `${place}/${pattern}`)));
    const read = inputs.files.map(({ name, path }) => `${relative(place, name)}: ${readFileSync(path, 'utf8')}`);
    expect(read.sort()).toEqual(expected);
    await inputs.close();
    expect(inputs.files.filter(({ spooled, path }) => spooled && existsSync(path))).toEqual([]);
  });
});

it.skipIf(process.platform !== 'linux')('reads what the kernel makes while it is read', async () => {
  const inputs = await findInputs(['/proc/self/status']);
  expect(readFileSync(inputs.files[0]!.path, 'utf8')).toMatch(/^Name:/);
  await inputs.close();
});

describe('folders', () => {
  it('stand for every file below them, whatever it is called', async () => {
    const place = tree({ 'A.JSON': '', 'conn.log.2026-03-10': '', 'eve.json.1': '', 'x.csv': '', 'deep/er/none': '' });
    expect((await found(place, '.')).files).toEqual([
      'A.JSON',
      'conn.log.2026-03-10',
      'deep/er/none',
      'eve.json.1',
      'x.csv',
    ]);
  });

  it('pass over hidden files and say so', async () => {
    const place = tree({ 'a.json': '', '.b.json': '', '.git/c.json': '', 'd/.e.json': '' });
    expect(await found(place, '.')).toEqual({
      files: ['a.json'],
      notRead: [],
      notes: ['2 hidden files and 1 hidden folder passed over: name them to read them'],
    });
    expect((await found(place, '.git')).files).toEqual(['.git/c.json']);
  });

  it.each(['.', '**'])('pass over stores in them: %s', async (pattern) => {
    const place = tree({ 'a.json': '', 'kept/store.duckdb': '', 'kept/incoming/x': '' });
    const { files, notes } = await found(place, pattern);
    expect(files).toEqual(['a.json']);
    expect(notes).toEqual([expect.stringMatching(/kept is a store, and was passed over/)]);
    expect((await findInputs([place], { ownStore: join(place, 'kept') })).notes).toEqual([]);
  });

  it('report what cannot be read in them', async () => {
    const place = tree({ 'a.json': '{}', 'broken.json': '-> nowhere', 'loop.json': '-> loop.json' });
    execFileSync('mkfifo', [join(place, 'pipe')]);
    const server = createServer().listen(join(place, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await found(place, '.')).toEqual({
      files: ['a.json'],
      notRead: [
        'pipe: a named pipe, which is read only when it is named itself',
        'socket: a socket',
        'broken.json: a link that leads nowhere',
        'loop.json: its links form a loop',
      ],
      notes: [],
    });
    server.close();
  });

  it.skipIf(process.getuid?.() === 0)('report what may not be read', async () => {
    const place = tree({ 'a.json': '', 'b.json': '', 'c/d.json': '' });
    chmodSync(join(place, 'b.json'), 0);
    chmodSync(join(place, 'c'), 0);
    expect((await found(place, '.')).notRead).toEqual(['c: permission denied', 'b.json: permission denied']);
    chmodSync(join(place, 'c'), 0o700);
  });
});

describe('the same file', () => {
  const contents = { 'a.json': '{}', 'b/c.json': '{}' };
  it.each<[string, (place: string) => void, string[], string[], string[]]>([
    ['by overlapping patterns', () => undefined, ['a.json', '*.json', '.'], ['a.json', 'b/c.json'], []],
    ['in a folder named twice', () => undefined, ['b', 'b'], ['b/c.json'], []],
    [
      'by a link that comes first',
      (place) => symlinkSync('a.json', join(place, '0.json')),
      ['.'],
      ['a.json', 'b/c.json'],
      ['0.json: the same file as a.json'],
    ],
    [
      'by a hard link',
      (place) => linkSync(join(place, 'a.json'), join(place, 'z.json')),
      ['.'],
      ['a.json', 'b/c.json'],
      ['z.json: the same file as a.json'],
    ],
    [
      'by a link to a folder',
      (place) => symlinkSync('b', join(place, 'again')),
      ['.'],
      ['a.json', 'b/c.json'],
      ['again: the same folder as b'],
    ],
    [
      'by a link to the folder above',
      (place) => symlinkSync('..', join(place, 'b', 'up')),
      ['.'],
      ['a.json', 'b/c.json'],
      ['b/up: the same folder as .'],
    ],
    [
      'by a glob through links',
      (place) => symlinkSync('b', join(place, 'again')),
      ['**/*.json'],
      ['a.json', 'b/c.json'],
      ['again/c.json: the same file as b/c.json'],
    ],
    ['by a link alone', (place) => symlinkSync('b', join(place, 'again')), ['again'], ['again/c.json'], []],
  ])('%s', async (_, change, patterns, files, notRead) => {
    const place = tree(contents);
    change(place);
    expect(await found(place, ...patterns)).toEqual({ files, notRead, notes: [] });
  });
});

describe('refuses', () => {
  it.each<[string, Record<string, string>, string[], string]>([
    ['a path that does not exist', { a: '' }, ['b'], 'no file matches b'],
    ['a glob without a match', { a: '' }, ['a', '*.json'], 'no file matches *.json'],
    ['a folder without files', { 'b/': '' }, ['b'], 'no files in b'],
    ['a folder with hidden files alone', { 'b/.c': '' }, ['b'], 'no files in b'],
    ['a store', { 'b/store.duckdb': '' }, ['b'], 'b is a store'],
    ['a broken link', { a: '-> nowhere' }, ['a'], 'cannot read a: a link that leads nowhere'],
    [
      'several of them',
      { a: '-> x', b: '-> y' },
      ['a', 'b'],
      'none of 2 files can be read\na: a link that leads nowhere\nb: a link that leads nowhere',
    ],
  ])('%s', async (_, contents, patterns, message) => {
    const place = tree(contents);
    const error = await found(place, ...patterns).catch((thrown: Error) => thrown);
    expect((error as Error).message.replaceAll(`${place}/`, '')).toBe(message);
  });

  it('standard input that is named twice', async () => {
    await expect(findInputs(['-', '/dev/stdin'])).rejects.toThrow('standard input is named twice');
  });
});

it('reports a broken link beside files that can be read', async () => {
  const place = tree({ a: '{}', b: '-> nowhere' });
  expect(await found(place, 'a', 'b')).toEqual({
    files: ['a'],
    notRead: ['b: a link that leads nowhere'],
    notes: [],
  });
});

it('distinguishes two states of a file', async () => {
  const place = tree({ 'a.json': '{}' });
  const { files } = await findInputs([join(place, 'a.json')]);
  const { size, mtimeNs, ctimeNs, ino, dev } = statSync(join(place, 'a.json'), { bigint: true });
  expect(files).toEqual([
    {
      path: join(place, 'a.json'),
      name: join(place, 'a.json'),
      bytes: Number(size),
      modified: mtimeNs.toString(),
      changed: ctimeNs.toString(),
      inode: ino.toString(),
      device: dev.toString(),
      spooled: false,
    },
  ]);
});

describe('pipes', () => {
  const piped = (place: string, text: string): string => {
    const path = join(place, 'events.fifo');
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', `printf '%s' '${text}' > '${path}'`], { stdio: 'ignore' });
    return path;
  };

  it('are copied, for their owner alone, and the copy is removed', async () => {
    const path = piped(temporaryFolder(), '{"a":1}');
    const { files, close } = await findInputs([path]);
    const [file] = files;
    expect(file).toMatchObject({ name: path, bytes: 7, spooled: true });
    expect(file!.path.endsWith('/events.fifo')).toBe(true);
    expect(readFileSync(file!.path, 'utf8')).toBe('{"a":1}');
    expect(statSync(file!.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file!.path)).mode & 0o777).toBe(0o700);
    await close();
    expect(existsSync(file!.path)).toBe(false);
  });

  it('that nobody writes to can be interrupted', async () => {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 50);
    await expect(findInputs([path], { signal: interruption.signal })).rejects.toThrow('abort');
  });

  it('and devices may be empty', async () => {
    const { files, close } = await findInputs(['/dev/null']);
    expect(files).toMatchObject([{ name: '/dev/null', bytes: 0, spooled: true }]);
    await close();
  });
});
