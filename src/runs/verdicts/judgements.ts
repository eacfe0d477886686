import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { appendLine } from '../state-folder.ts';
import { type Judgement, subjectOf } from './judgement.ts';
import { decodeJudgement, encodeJudgement } from './lines.ts';

const fileName = 'judgements.jsonl';
const newline = 0x0a;

/**
 * Verdicts and notes in the state folder: lines that are appended and never rewritten, so that several processes may write
 * at once. The last line about a group counts. Only what was appended since is read again.
 */
export class Judgements {
  readonly #file: string;
  readonly #last = new Map<string, Judgement>();
  /** Bytes that were read, and the bytes of the line that had not ended then. */
  #read = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** Reading goes on from where it stopped, so one reads at a time. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(state: string) {
    this.#file = join(state, fileName);
  }

  /** Adds a judgement at the end. Throws an InputError where the file cannot be written. */
  async append(judgement: Judgement): Promise<void> {
    await appendLine(this.#file, encodeJudgement(judgement));
  }

  /** The last judgement of each group that has a verdict or a note, by `subjectOf`. */
  async all(): Promise<ReadonlyMap<string, Judgement>> {
    const read = this.#reading.then(() => this.#readOn());
    this.#reading = read.catch(() => undefined);
    await read;
    return this.#last;
  }

  async #readOn(): Promise<void> {
    const file = await open(this.#file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw new InputError(`cannot read ${this.#file}: ${error.message}`);
    });
    const size = file ? (await file.stat()).size : 0;
    try {
      // Somebody has taken the file away, or begun another.
      if (size < this.#read) this.#forget();
      if (!file || size === this.#read) return;
      const added = Buffer.alloc(size - this.#read);
      const { bytesRead } = await file.read(added, 0, added.length, this.#read);
      this.#read += bytesRead;
      const whole = Buffer.concat([this.#rest, added.subarray(0, bytesRead)]);
      const end = whole.lastIndexOf(newline) + 1;
      this.#rest = whole.subarray(end);
      for (const line of whole.subarray(0, end).toString().split('\n')) this.#take(line);
    } finally {
      await file?.close();
    }
  }

  #take(line: string): void {
    const judgement = line === '' ? null : decodeJudgement(line);
    if (!judgement) return;
    const subject = subjectOf(judgement);
    if (judgement.verdict === null && judgement.note === null) this.#last.delete(subject);
    else this.#last.set(subject, judgement);
  }

  #forget(): void {
    this.#last.clear();
    this.#read = 0;
    this.#rest = Buffer.alloc(0);
  }
}
