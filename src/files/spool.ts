import {
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import { InputError } from '../diagnostics/diagnostic.ts';
import { UnreadableFile } from '../diagnostics/file-error.ts';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import { detect } from '../formats/formats.ts';
import { makeTemporaryFolder, otherDisk, removeTemporaryFolder } from '../temporary/temporary-folder.ts';
import { humanBytes } from '../values/quantities.ts';
import { descriptorOf } from './descriptor.ts';

/** After as many bytes, and then again and again, a copy is looked at: whether it may go on. */
const step = 64 << 20;
/** A copy leaves as much room on the disk, for others and for the reading itself. */
const leastRoom = 1 << 30;

/** Systems allow names of 255 bytes. */
const longestName = 200;

/**
 * Temporary copies of what can be read only once: standard input, pipes, devices; and paths for files whose names are no
 * text. Only their owner can read them.
 */
export class Spool {
  #folder: string | null = null;
  #count = 0;

  constructor(private readonly signal?: AbortSignal) {}

  /**
   * Copies an input until its end, and gives the path of the copy. What turns out to hold no documents is copied no
   * further than it takes to know that: devices may have no end.
   */
  async copy(name: string): Promise<string> {
    const source = openStream(name);
    try {
      const path = this.#newPath(fileNameOf(name));
      const file = createWriteStream(path, { mode: 0o600, flags: 'wx' });
      await pipeline(
        source,
        (chunks: AsyncIterable<Buffer>) => watched(chunks, name, path),
        file,
        this.signal ? { signal: this.signal } : {},
      );
      return path;
    } catch (error) {
      source.destroy();
      this.signal?.throwIfAborted();
      if (isFullDisk(error)) throw noRoom(name, this.#folder!);
      throw error instanceof InputError ? error : new UnreadableFile(name, error as NodeJS.ErrnoException);
    }
  }

  /** Makes a path for a file or folder that has none which is a text. */
  link(target: Buffer, name: string): string {
    const path = this.#newPath(name);
    symlinkSync(target, path);
    return path;
  }

  #newPath(name: string): string {
    this.#folder ??= makeTemporaryFolder('input');
    const folder = join(this.#folder, String(this.#count++));
    mkdirSync(folder, { mode: 0o700 });
    return join(folder, Buffer.from(name).toString('utf8', 0, longestName));
  }

  /** Removes the copies before it returns: the process may be about to end. */
  async remove(): Promise<void> {
    if (this.#folder === null) return;
    removeTemporaryFolder(this.#folder);
    this.#folder = null;
  }
}

/** Passes on what is copied to a path as long as the copy may go on. */
async function* watched(chunks: AsyncIterable<Buffer>, name: string, path: string): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  for await (const chunk of chunks) {
    yield chunk;
    const steps = Math.floor(bytes / step);
    bytes += chunk.length;
    if (Math.floor(bytes / step) === steps) continue;
    const { bavail, bsize } = statfsSync(path);
    if (bavail * bsize < leastRoom) throw noRoom(name, dirname(path));
    if (steps > 0) continue;
    const { kind } = await detect(path, Date.now());
    if (kind === 'empty') throw new InputError(`${name} holds nothing but blanks in its first ${humanBytes(bytes)}`);
    if (kind === 'foreign' || kind === 'broken') return;
  }
}

const noRoom = (name: string, folder: string): InputError =>
  new InputError(`cannot copy ${name} to ${folder}: less than ${humanBytes(leastRoom)} would be left there`, otherDisk);

/** What the copy is called: the name of a file names the index of its events. */
function fileNameOf(name: string): string {
  const descriptor = descriptorOf(name);
  if (descriptor === null) return basename(name);
  return descriptor === 0 ? 'stdin' : 'pipe';
}

function openStream(name: string): Readable {
  const descriptor = descriptorOf(name);
  if (descriptor !== null) return openDescriptor(name, descriptor);
  try {
    const stream = openSync(name, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (isatty(stream)) throw terminal(name);
    // To open a named pipe otherwise waits for its writer, and nothing can interrupt that.
    return fstatSync(stream).isFIFO()
      ? new Socket({ fd: stream, readable: true, writable: false })
      : createReadStream(name, { fd: stream });
  } catch (error) {
    throw error instanceof InputError ? error : new UnreadableFile(name, error as NodeJS.ErrnoException);
  }
}

function openDescriptor(name: string, descriptor: number): Readable {
  if (isatty(descriptor)) throw terminal(name);
  if (descriptor === 0) return process.stdin;
  const stats = fstatSync(descriptor);
  return stats.isFIFO() || stats.isSocket()
    ? new Socket({ fd: descriptor, readable: true, writable: false })
    : createReadStream(name, { fd: descriptor });
}

const terminal = (name: string): InputError =>
  new InputError(
    `${name === '-' ? 'standard input' : name} is a terminal`,
    'pipe events into it, such as: zcat events.ndjson.gz | harrier query … --data -',
  );
