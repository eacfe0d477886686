import { newline } from '../documents/bytes.ts';
import { LineBatch } from '../documents/line-batches.ts';
import type { FileInTurn, Layout } from './file-in-turn.ts';
import type { FileState } from './known-files.ts';

/** The lines of a file in a batch. */
export interface Share {
  readonly file: FileInTurn;
  /** The number of the first of them in the batch, and how many there are. */
  readonly first: number;
  readonly size: number;
  /** How many lines of the file come before. */
  readonly before: number;
  /** Whether the file ends with these. */
  readonly last: boolean;
}

/** New lines of a small file. */
export interface SmallFile {
  readonly file: FileInTurn;
  readonly bytes: Buffer;
  readonly before: number;
  readonly size: number;
  /** What is known of the file once these are written; null where that is nothing new. */
  readonly state: FileState | null;
  /** Called when they are in a batch. */
  onEnd(): void;
}

/** Small files that wait to be written together: a transaction for each would take longer than its events. */
export class SmallFiles {
  #files: SmallFile[] = [];
  #layout: Layout = 'lines';
  bytes = 0;
  lines = 0;

  /** Whether a file of a layout can wait with those that are there. */
  takes(layout: Layout): boolean {
    return this.#files.length === 0 || this.#layout === layout;
  }

  add(file: SmallFile, layout: Layout): void {
    this.#files.push(file);
    this.#layout = layout;
    this.bytes += file.bytes.length + 1;
    this.lines += file.size;
  }

  /** Hands over all. */
  take(): { readonly files: readonly SmallFile[]; readonly layout: Layout } {
    const files = this.#files;
    this.#files = [];
    this.bytes = this.lines = 0;
    return { files, layout: this.#layout };
  }
}

/** The lines of small files one behind the other. */
export function inOnePiece(files: readonly SmallFile[]): {
  readonly shares: readonly Share[];
  readonly lines: LineBatch;
} {
  const room = files.reduce((sum, { bytes }) => sum + bytes.length + 1, 0);
  const memory = Buffer.allocUnsafeSlow(room);
  const shares: Share[] = [];
  let at = 0;
  let first = 0;
  for (const { file, bytes, before, size } of files) {
    at += bytes.copy(memory, at);
    if (bytes.length > 0 && bytes.at(-1) !== newline) memory[at++] = newline;
    shares.push({ file, first, size, before, last: true });
    first += size;
  }
  return { shares, lines: new LineBatch(memory, 0, at, first, 0, false, () => undefined) };
}

/** How many lines there are, the last one with its end or without. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = -1; at < bytes.length - 1; count++) {
    at = bytes.indexOf(newline, at + 1);
    if (at < 0) return count + 1;
  }
  return count;
}
