import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package/package-folder.ts';
import { crc32 } from './checksum.ts';
import { BrokenData, type Codec, type Decoder } from './codec.ts';
import type { CompressedInput } from './compressed-input.ts';

const magic = Buffer.from('\xfd7zXZ\0', 'latin1');

export const xz: Codec = {
  name: 'xz',
  begins: (head) => magic.subarray(0, Math.max(2, head.length)).equals(head.subarray(0, magic.length)),
  open: (input) => new XzDecoder(input),
};

/** XZ Embedded as a module of WebAssembly: addresses are places in its memory. */
interface Library {
  readonly memory: WebAssembly.Memory;
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, bytes: number): void;
  get_next_output(context: number): number;
}

let module: WebAssembly.Module | null = null;

/** A library with memory of its own, which is gone with it: dictionaries are large. */
function loaded(): Library {
  module ??= new WebAssembly.Module(readFileSync(join(packageFolder(), 'dist', 'xz.wasm')));
  return new WebAssembly.Instance(module, {}).exports as unknown as Library;
}

/** Answers of the library. */
const answers = { ok: 0, streamEnd: 1, noMemory: 3, dictionaryTooLarge: 4, options: 6 } as const;
/** What is beyond the library, or this machine. */
const unsupported: Readonly<Record<number, string>> = {
  [answers.noMemory]: 'there is no memory left to decompress its xz data',
  [answers.dictionaryTooLarge]: 'its xz data takes a dictionary of more than 64 MB',
  [answers.options]: 'its xz data uses a filter or checksum that is not supported',
};
/** Places in a context, in numbers of four bytes: the size of both buffers; address, position and size of each. */
const places = { size: 0, input: 1, used: 2, given: 3, output: 4, made: 5 } as const;

/**
 * Decompresses xz stream by stream. The library would go on over the end of a stream and take what stands behind it for
 * damage: so the end is looked for here, and nothing behind it is given.
 */
class XzDecoder implements Decoder {
  readonly #library = loaded();
  #context = 0;
  #begin = 0;
  #fetched = 0;
  /** What the library was given: all of the stream, and the news that there is no more. */
  #given: 'part' | 'all' | 'end' = 'part';
  #isOver = false;
  #error: Error | null = null;

  constructor(private readonly input: CompressedInput) {}

  start(): void {
    this.close();
    this.#context = this.#library.create_context();
    this.#begin = this.input.position;
    this.#fetched = 0;
    this.#given = 'part';
    this.#isOver = false;
  }

  async read(into: Buffer): Promise<number> {
    while (this.#fetched === this.#state()[places.made]) {
      if (this.#error) throw this.#error;
      if (this.#isOver) return 0;
      await this.#decompress();
    }
    const state = this.#state();
    const address = state[places.output]! + this.#fetched;
    const count = Buffer.from(this.#library.memory.buffer, address, state[places.made]! - this.#fetched).copy(into);
    this.#fetched += count;
    return count;
  }

  async #decompress(): Promise<void> {
    const [size, , used, given, , made] = this.#state();
    // Where the output was full, there may be more of it.
    if (used === given && made !== size) await this.#refill();
    const before = this.#state()[places.used]!;
    this.#state()[places.made] = 0;
    this.#fetched = 0;
    const answer = this.#library.get_next_output(this.#context);
    this.input.skip(this.#state()[places.used]! - before);
    this.#isOver = answer === answers.streamEnd;
    // What was made before the damage is delivered first.
    if (!this.#isOver && (answer !== answers.ok || this.#given === 'end'))
      this.#error = new BrokenData(unsupported[answer] ?? 'its xz data is damaged');
  }

  async #refill(): Promise<void> {
    if (this.#given !== 'part') {
      this.#given = 'end';
      this.#library.supply_input(this.#context, 0);
      return;
    }
    const most = this.#state()[places.size]!;
    await this.input.has(most + footerBytes);
    const { view } = this.input;
    if (view.length === 0) throw new BrokenData('its xz data ends early');
    const end = footerEnd(view, this.input.position - this.#begin);
    if (end !== null && end <= most) this.#given = 'all';
    // A footer that does not fit in whole is left for the next piece.
    const piece = view.subarray(
      0,
      end !== null && end > most ? Math.min(most, end - footerBytes) : Math.min(most, end ?? most),
    );
    piece.copy(Buffer.from(this.#library.memory.buffer, this.#state()[places.input], piece.length));
    this.#library.supply_input(this.#context, piece.length);
  }

  /** The context; its memory moves when it grows. */
  #state(): Uint32Array {
    return new Uint32Array(this.#library.memory.buffer, this.#context, 7);
  }

  close(): void {
    if (this.#context !== 0) this.#library.destroy_context(this.#context);
    this.#context = 0;
  }
}

const footerBytes = 12;

/**
 * Where the first stream footer among bytes ends, of which the first stands at `position` in its stream: it ends with
 * "YZ", at a multiple of four bytes, and begins with a checksum of what is between.
 */
function footerEnd(bytes: Buffer, position: number): number | null {
  for (let at = bytes.indexOf('YZ', 10); at >= 0; at = bytes.indexOf('YZ', at + 1)) {
    const end = at + 2;
    if ((position + end) % 4 === 0 && bytes.readUInt32LE(end - footerBytes) === crc32(bytes.subarray(at - 6, at)))
      return end;
  }
  return null;
}
