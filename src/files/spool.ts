import { constants, createReadStream, createWriteStream, fstatSync, openSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import { InputError } from '../diagnostics/diagnostic.ts';
import { UnreadableFile } from '../diagnostics/file-error.ts';

/** Temporary copies of what can be read only once: standard input, pipes, devices. Only their owner can read them. */
export class Spool {
  #folder: string | null = null;
  #count = 0;
  readonly #removeAtExit = (): void => rmSync(this.#folder!, { recursive: true, force: true });

  constructor(private readonly signal?: AbortSignal) {}

  /** Copies an input until its end, and gives the path of the copy. */
  async copy(name: string): Promise<string> {
    const source = openStream(name);
    try {
      const path = await this.#newPath(fileNameOf(name));
      const file = createWriteStream(path, { mode: 0o600, flags: 'wx' });
      await pipeline(source, file, this.signal ? { signal: this.signal } : {});
      return path;
    } catch (error) {
      source.destroy();
      this.signal?.throwIfAborted();
      throw new UnreadableFile(name, error as NodeJS.ErrnoException);
    }
  }

  async #newPath(name: string): Promise<string> {
    if (this.#folder === null) {
      this.#folder = await mkdtemp(join(tmpdir(), 'harrier-input-'));
      process.once('exit', this.#removeAtExit);
    }
    const folder = join(this.#folder, String(this.#count++));
    await mkdir(folder, { mode: 0o700 });
    return join(folder, name);
  }

  /** Removes the copies before it returns: the process may be about to end. */
  async remove(): Promise<void> {
    if (this.#folder === null) return;
    rmSync(this.#folder, { recursive: true, force: true });
    process.off('exit', this.#removeAtExit);
    this.#folder = null;
  }
}

/** The number of the open file that a path such as `/dev/stdin` or `/dev/fd/63` stands for; null for other paths. */
export function descriptorOf(name: string): number | null {
  if (name === '-' || name === '/dev/stdin') return 0;
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}

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
