import { randomBytes } from 'node:crypto';
import type { MadeFile } from '../contract/calls.ts';

/** A file that was made for a page. */
export interface HeldFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** Files of a page at most, and what they may hold together: the oldest goes first. */
const mostFiles = 20;
const mostBytes = 200 << 20;

/** Files that were made for pages, in memory: nothing of them is written on this machine. Their names cannot be guessed. */
export class MadeFiles {
  readonly #held = new Map<string, HeldFile>();

  keep(name: string, type: string, text: string): MadeFile {
    const file = randomBytes(18).toString('base64url');
    const content = Buffer.from(text);
    this.#held.set(file, { name, type, content });
    let bytes = [...this.#held.values()].reduce((sum, { content }) => sum + content.length, 0);
    for (const [old, one] of this.#held) {
      if (old === file || (this.#held.size <= mostFiles && bytes <= mostBytes)) break;
      this.#held.delete(old);
      bytes -= one.content.length;
    }
    return { file, name, bytes: content.length };
  }

  get(file: string): HeldFile | undefined {
    return this.#held.get(file);
  }
}
