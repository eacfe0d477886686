import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { closestMatches } from '../diagnostics/closest-match.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { fileErrorText, UnreadableFile } from '../diagnostics/file-error.ts';
import { count } from '../values/quantities.ts';
import { descriptorOf } from './descriptor.ts';
import { keyAt, keyOf } from './file-key.ts';
import { type InputFile, type Inputs, inputFile, type NotRead } from './input-file.ts';
import { LinkedPaths } from './linked-paths.ts';
import { type Entry, listFolder, within } from './list-folder.ts';
import { literalFolders } from './literal-folders.ts';
import { Spool } from './spool.ts';
import { storeFile } from './store-file.ts';

export interface FindOptions {
  /** Ends the copying of pipes. */
  readonly signal?: AbortSignal;
  readonly platform?: NodeJS.Platform;
  /** A store that nobody means to read: the one that is filled. */
  readonly ownStore?: string;
}

/**
 * The files that patterns name: paths, globs, folders, which stand for every file below them, and `-`, pipes and
 * devices, which are copied. A path that exists is that path before it is a glob. Each file is read once, however often
 * and by whatever links it is named. Throws an InputError for a pattern that matches nothing, and where nothing that was
 * named can be read.
 */
export async function findInputs(patterns: readonly string[], options: FindOptions = {}): Promise<Inputs> {
  const spool = new Spool(options.signal);
  const finder = new Finder(spool, options.platform ?? process.platform, options.ownStore);
  const { notRead } = finder;
  try {
    for (const pattern of patterns) await finder.add(pattern);
    const { files, once } = await finder.finish();
    for (const name of once) {
      options.signal?.throwIfAborted();
      const path = await spool.copy(name).catch((error) => {
        if (!(error instanceof UnreadableFile)) throw error;
        notRead.push({ path: name, reason: error.reason, cause: 'unreadable' });
        return null;
      });
      if (path !== null) files.push(inputFile(path, name, true));
    }
    if (files.length === 0) throw noneReadable(notRead);
    return { files, notRead, notes: finder.notes(), close: () => spool.remove() };
  } catch (error) {
    await spool.remove();
    throw error;
  }
}

function noneReadable(notRead: readonly NotRead[]): InputError {
  const unreadable = notRead.filter(({ cause }) => cause === 'unreadable');
  const [first] = unreadable;
  if (unreadable.length === 1) return new InputError(`cannot read ${first!.path}: ${first!.reason}`);
  const lines = unreadable.slice(0, 10).map(({ path, reason }) => `\n${path}: ${reason}`);
  const more = unreadable.length - lines.length;
  return new InputError(
    `none of ${count(unreadable.length, 'file')} can be read${lines.join('')}${more > 0 ? `\n… and ${more.toLocaleString('en')} more` : ''}`,
  );
}

/** A path that may be a file to read. */
interface Candidate {
  readonly path: string;
  readonly name: string;
  /** A link is on its way: where the same file has another path, that one is read. */
  readonly isLinked: boolean;
  /** Named by itself, so that even a pipe is meant. */
  readonly isNamed: boolean;
}

interface Folder {
  readonly path: string;
  readonly isLinked: boolean;
}

/** Calls to the file system are made in turns of this many milliseconds, and others get theirs between them. */
const turn = 10;

/** Waits, where a turn is over, until others had theirs. */
function turns(): () => Promise<void> {
  let started = performance.now();
  return async () => {
    if (performance.now() - started < turn) return;
    await nextTurn();
    started = performance.now();
  };
}

class Finder {
  readonly notRead: NotRead[] = [];
  /** By absolute path. */
  readonly #candidates = new Map<string, Candidate>();
  readonly #folders: Folder[] = [];
  readonly #stores = new Set<string>();
  readonly #hidden = { files: 0, folders: 0 };
  #standardInput: string | null = null;
  /** How often a pattern named something, known or not. */
  #found = 0;

  /** Paths that are no UTF-8 as they are shown, and what opens them. */
  readonly #links = new Map<string, string>();

  constructor(
    private readonly spool: Spool,
    private readonly platform: NodeJS.Platform,
    private readonly ownStore: string | undefined,
  ) {}

  /** Adds what a pattern names. */
  async add(pattern: string): Promise<void> {
    if (descriptorOf(pattern) === 0) {
      if (this.#standardInput !== null)
        throw new InputError('standard input is named twice, and can be read only once', 'name it once');
      this.#standardInput = pattern;
      if (pattern === '-') return;
    }
    const found = this.#look(pattern);
    if (found === 'absent') return (await this.#addBytes(pattern)) ? undefined : this.#match(pattern);
    if (found === null) return;
    if (!found.isDirectory()) return this.#candidate(pattern, isLink(pattern), true);
    const before = this.#found;
    const hidden = this.#hidden.files + this.#hidden.folders;
    this.#folders.push({ path: join(pattern), isLinked: isLink(pattern) });
    await this.#walk();
    if (this.#found > before) return;
    if (this.#stores.has(join(pattern)))
      throw new InputError(`${pattern} is a store`, `its events are read with --store ${pattern}`);
    throw new InputError(
      `no files in ${pattern}`,
      this.#hidden.files + this.#hidden.folders > hidden
        ? 'hidden files and folders are passed over: name them to read them'
        : 'name the folder that holds the events',
    );
  }

  /** What a path is; `absent` where there is none, null where it is noted as unreadable. */
  #look(path: string): BigIntStats | 'absent' | null {
    try {
      return statSync(path, { bigint: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM' || code === 'ELOOP') this.#cannotRead(path, error);
      else if (isLink(path)) this.#unreadable(path, brokenLink);
      else return 'absent';
      return null;
    }
  }

  /** Adds the files of a name that is no UTF-8, which the command line gives as other characters; false for other paths. */
  async #addBytes(pattern: string): Promise<boolean> {
    if (!pattern.includes('\ufffd') || !isFolder(dirname(pattern))) return false;
    const found = this.#list(dirname(pattern)).filter(({ bytes }) => bytes?.toString() === basename(pattern));
    for (const { name, isFolder, isLink } of found) {
      const path = join(dirname(pattern), name);
      if (isFolder) this.#folders.push({ path, isLinked: isLink });
      else this.#candidate(path, isLink, true);
    }
    await this.#walk();
    return found.length > 0;
  }

  #opened(path: string): string {
    return this.#links.get(path) ?? path;
  }

  async #match(pattern: string): Promise<void> {
    const { matchGlob } = await import('./match-glob.ts');
    const none = (): InputError =>
      new InputError(
        `no file matches ${pattern}`,
        /[*?[{]/.test(pattern)
          ? "quote globs, so that the shell leaves them alone: --data 'logs/**/*.ndjson.gz'"
          : this.#hintFor(pattern),
      );
    for (const { folder, glob } of literalFolders(pattern, this.platform)) {
      if (!isFolder(folder)) continue;
      const links = new LinkedPaths();
      const list = (path: string): readonly Entry[] =>
        links.isLoop(path, keyAt(this.#opened(path))) ? [] : links.note(path, this.#list(path));
      const matches = matchGlob(folder, glob, list, this.platform);
      if (matches.length === 0) throw none();
      for (const match of matches.sort()) {
        const path = join(folder, match.replace(/\/$/, ''));
        const isLinked = links.has(path);
        if (match.endsWith('/')) this.#folders.push({ path, isLinked });
        else this.#candidate(path, isLinked, false);
      }
      return this.#walk();
    }
    throw none();
  }

  /** What may be meant by a path that does not exist. */
  #hintFor(path: string): string {
    const folder = dirname(path);
    if (!isFolder(folder)) return `there is no folder ${folder}`;
    const [near] = closestMatches(
      basename(path),
      this.#list(folder).map(({ name }) => name),
    );
    return near === undefined
      ? `there is no such file or folder in ${resolve(folder)}`
      : `did you mean ${join(folder, near)}?`;
  }

  /** What lies in a folder; nothing in a store. */
  #list(path: string): Entry[] {
    try {
      const opened = this.#opened(path);
      const entries = listFolder(opened);
      for (const { name, bytes } of entries) {
        if (bytes) this.#links.set(join(path, name), this.spool.link(within(resolve(opened), bytes), name));
        else if (opened !== path) this.#links.set(join(path, name), join(opened, name));
      }
      if (!entries.some(({ name }) => name === storeFile)) return entries;
      if (this.ownStore === undefined || resolve(this.ownStore) !== resolve(path)) this.#stores.add(path);
      return [];
    } catch (error) {
      this.#cannotRead(path, error);
      return [];
    }
  }

  readonly #visited = new Map<string, string>();

  /** Goes through the folders that wait, those behind links last. */
  async #walk(): Promise<void> {
    const endTurn = turns();
    for (;;) {
      const plain = this.#folders.findIndex(({ isLinked }) => !isLinked);
      const [folder] = this.#folders.splice(Math.max(0, plain), 1);
      if (!folder) return;
      this.#walkFolder(folder);
      await endTurn();
    }
  }

  #walkFolder({ path, isLinked }: Folder): void {
    const key = keyAt(this.#opened(path));
    const other = key === null ? undefined : this.#visited.get(key);
    if (other !== undefined) {
      this.#found += 1;
      if (resolve(other) !== resolve(path))
        this.notRead.push({ path, reason: `the same folder as ${other}`, cause: 'same' });
      return;
    }
    if (key !== null) this.#visited.set(key, path);
    const below: Folder[] = [];
    for (const { name, isFolder, isLink } of this.#list(path)) {
      const child = join(path, name);
      if (name.startsWith('.')) this.#hidden[isFolder ? 'folders' : 'files'] += 1;
      else if (isFolder) below.push({ path: child, isLinked: isLinked || isLink });
      else this.#candidate(child, isLinked || isLink, false);
    }
    this.#folders.unshift(...below);
  }

  #candidate(name: string, isLinked: boolean, isNamed: boolean): void {
    this.#found += 1;
    const path = resolve(this.#opened(name));
    const known = this.#candidates.get(path);
    if (!known || (isNamed && !known.isNamed)) this.#candidates.set(path, { path, name, isLinked, isNamed });
  }

  /** Files to read, in the order of their paths, and the names of what can be read only once. */
  async finish(): Promise<{ files: InputFile[]; once: string[] }> {
    const files: InputFile[] = [];
    const once: string[] = [];
    const known = new Map<string, string>();
    if (this.#standardInput === '-') {
      once.push('-');
      const key = keyOf(standardInputStats());
      if (key !== null) known.set(key, '-');
    }
    const order = (a: Candidate, b: Candidate): number =>
      Number(a.isLinked) - Number(b.isLinked) || (a.path < b.path ? -1 : 1);
    const endTurn = turns();
    for (const candidate of [...this.#candidates.values()].sort(order)) {
      this.#take(candidate, known, files, once);
      await endTurn();
    }
    return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), once };
  }

  #take({ path, name, isNamed }: Candidate, known: Map<string, string>, files: InputFile[], once: string[]): void {
    try {
      const stats = statSync(path, { bigint: true });
      const isFile = stats.isFile();
      const canSpool = stats.isFIFO() || stats.isCharacterDevice() || descriptorOf(name) !== null;
      if (!isFile && !(isNamed && canSpool)) {
        this.#unreadable(name, kindOf(stats));
        return;
      }
      const key = keyOf(stats);
      const other = key === null ? undefined : known.get(key);
      if (other !== undefined) {
        this.notRead.push({ path: name, reason: `the same file as ${other}`, cause: 'same' });
        return;
      }
      accessSync(path, constants.R_OK);
      if (key !== null) known.set(key, name);
      if (isFile && !(stats.size === 0n && this.#isOfKernel(path, stats) && hasContent(path)))
        files.push(inputFile(path, name, this.#links.has(name), stats));
      else once.push(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && isLink(path)) this.#unreadable(name, brokenLink);
      else this.#cannotRead(name, error);
    }
  }

  /** By device. */
  readonly #ofKernel = new Map<bigint, boolean>();

  /** Whether a file lies on no disk: those that the kernel makes while they are read seem to be empty. */
  #isOfKernel(path: string, { dev }: BigIntStats): boolean {
    const known = this.#ofKernel.get(dev) ?? statfsSync(path).blocks === 0;
    this.#ofKernel.set(dev, known);
    return known;
  }

  #cannotRead(path: string, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    this.#unreadable(path, code === 'ENOENT' ? 'gone since it was found' : fileErrorText(error as Error));
  }

  #unreadable(path: string, reason: string): void {
    this.#found += 1;
    this.notRead.push({ path, reason, cause: 'unreadable' });
  }

  notes(): string[] {
    const { files, folders } = this.#hidden;
    const parts = [
      ...(files > 0 ? [count(files, 'hidden file')] : []),
      ...(folders > 0 ? [count(folders, 'hidden folder')] : []),
    ];
    return [
      ...(parts.length === 0 ? [] : [`${parts.join(' and ')} passed over: name them to read them`]),
      ...[...this.#stores].map((path) => `${path} is a store, and was passed over: its events are read with --store`),
    ];
  }
}

const brokenLink = 'a link that leads nowhere';

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function hasContent(path: string): boolean {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return readSync(file, Buffer.alloc(1)) > 0;
  } finally {
    closeSync(file);
  }
}

function kindOf(stats: BigIntStats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a named pipe, which is read only when it is named itself';
  return stats.isDirectory() ? 'a folder' : 'a device';
}

function standardInputStats(): BigIntStats {
  try {
    return fstatSync(0, { bigint: true });
  } catch {
    throw new InputError('there is no standard input to read', 'pipe events into it, or name a file');
  }
}
