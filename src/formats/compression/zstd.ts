import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package/package-folder.ts';
import { BrokenData, type Codec, type Decoder } from './codec.ts';
import type { CompressedInput } from './compressed-input.ts';

export const zstd: Codec = {
  name: 'zstd',
  // A file may begin with a frame to skip, as pzstd's do.
  begins: (head) => head.length >= 4 && (head.readUInt32LE() === 0xfd2fb528 || head.readUInt32LE() >>> 4 === 0x184d2a5),
  open: (input) => new ZstdDecoder(input),
};

/** What is used of zstd's own library as a module of WebAssembly: addresses are places in its memory. */
interface Library {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

let library: Library | null = null;

function loaded(): Library {
  if (library) return library;
  const module = new WebAssembly.Module(readFileSync(join(packageFolder(), 'dist', 'zstd.wasm')));
  // Memory that grows is noticed by itself: nothing keeps a view of it.
  const { exports } = new WebAssembly.Instance(module, { env: { emscripten_notify_memory_growth: () => undefined } });
  library = exports as unknown as Library;
  return library;
}

/** No block is longer without compression, and what is compressed comes in about such pieces too. */
const bufferBytes = 128 << 10;
/** The header of a block. */
const headerBytes = 3;
/** Answers of the library from here on are errors, counted backwards from 2^32. */
const errors = 2 ** 32 - 120;
/** What is beyond the library, or this machine. */
const unsupported: Readonly<Record<number, string>> = {
  16: 'its zstd data takes a window of more than 128 MB',
  32: 'its zstd data takes a dictionary',
  64: 'there is no memory left to decompress its zstd data',
};

/** Decompresses zstd frame by frame; a frame to skip is one without bytes. */
class ZstdDecoder implements Decoder {
  readonly #library = loaded();
  readonly #context = this.#library.ZSTD_createDCtx();
  readonly #input = this.#library.malloc(bufferBytes);
  readonly #output = this.#library.malloc(bufferBytes);
  /** Address, size and position of the input, then of the output. */
  readonly #buffers = this.#library.malloc(24);
  /** How much stands in the library's input, and how much of it is used. */
  #given = 0;
  #used = 0;
  /** How much stands in the output, and how much of it was fetched. */
  #made = 0;
  #fetched = 0;
  /** How many bytes the library asks for next; 0 behind a frame. */
  #wanted = 1;

  constructor(private readonly input: CompressedInput) {}

  start(): void {
    this.#wanted = 1;
  }

  async read(into: Buffer): Promise<number> {
    while (this.#fetched === this.#made) {
      if (this.#wanted === 0) return 0;
      if (this.#used === this.#given) await this.#refill();
      this.#decompress();
    }
    const ready = this.#memory(this.#output + this.#fetched, this.#made - this.#fetched);
    const count = ready.copy(into);
    this.#fetched += count;
    return count;
  }

  async #refill(): Promise<void> {
    if (!(await this.input.has(1))) throw new BrokenData('its zstd data ends early');
    this.#used = 0;
    this.#given = this.input.view.copy(this.#memory(this.#input, bufferBytes));
  }

  /**
   * Decompresses the next block. The library asks for it together with the header of the one behind it, and is given them
   * one after the other: what it has made when it comes upon damage, it keeps to itself.
   */
  #decompress(): void {
    const { memory, ZSTD_decompressStream } = this.#library;
    const given = Math.min(this.#given, this.#used + Math.max(this.#wanted - headerBytes, headerBytes));
    const before = [this.#input, given, this.#used, this.#output, bufferBytes, 0];
    new Uint32Array(memory.buffer, this.#buffers, 6).set(before);
    const answer = ZSTD_decompressStream(this.#context, this.#buffers + 12, this.#buffers) >>> 0;
    if (answer >= errors) throw new BrokenData(unsupported[2 ** 32 - answer] ?? 'its zstd data is damaged');
    const [, , used, , , made] = new Uint32Array(memory.buffer, this.#buffers, 6);
    this.input.skip(used! - this.#used);
    this.#used = used!;
    this.#made = made!;
    this.#fetched = 0;
    this.#wanted = answer;
  }

  #memory(address: number, length: number): Buffer {
    return Buffer.from(this.#library.memory.buffer, address, length);
  }

  /** Gives the memory back. */
  close(): void {
    this.#library.ZSTD_freeDCtx(this.#context);
    for (const address of [this.#input, this.#output, this.#buffers]) this.#library.free(address);
  }
}
