import type { ServerResponse } from 'node:http';
import type { StreamLine } from '../contract/calls.ts';

type WithoutNumber<T> = T extends unknown ? Omit<T, 'seq'> : never;
/** A line before it has its number. */
export type Said = WithoutNumber<StreamLine>;

/** Lines that a page which was away can still have; one that was away for longer asks for everything again. */
const mostKept = 5000;
/** Milliseconds between signs of life, by which pages and proxies know that the server is there. */
const pulse = 15_000;

/** What happens in the server, as lines of JSON to every page that listens. */
export class Stream {
  #seq = 0;
  readonly #kept: { readonly seq: number; readonly line: string }[] = [];
  readonly #listeners = new Set<ServerResponse>();
  readonly #timer = setInterval(
    () => this.#write(`${JSON.stringify({ seq: this.#seq, kind: 'alive' })}\n`),
    pulse,
  ).unref();

  /** Pages that listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  say(said: Said): void {
    const seq = ++this.#seq;
    const line = `${JSON.stringify({ seq, ...said })}\n`;
    this.#kept.push({ seq, line });
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#write(line);
  }

  /** Sends all lines after a number, and those that come. */
  open(response: ServerResponse, after: number): void {
    response.write(`${JSON.stringify({ seq: this.#seq, kind: 'alive' })}\n`);
    for (const { seq, line } of this.#kept) if (seq > after) response.write(line);
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const response of this.#listeners) response.end();
    this.#listeners.clear();
  }

  #write(line: string): void {
    for (const response of this.#listeners) response.write(line);
  }
}
