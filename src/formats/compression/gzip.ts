import { crc32 } from './checksum.ts';
import { BrokenData, type Codec, type Decoder, type OpenedAgain, type Reopen } from './codec.ts';
import type { CompressedInput } from './compressed-input.ts';
import { type DeflateData, Inflate } from './inflate.ts';

export const gzip: Codec = {
  name: 'gzip',
  begins: (head) => head[0] === 0x1f && head[1] === 0x8b && (head.length < 3 || head[2] === 8),
  open: (input, reopen) => new GzipDecoder(input, reopen),
};

/** How much is given to zlib at a time; less is slower. */
const pieceBytes = 256 << 10;
/** How much of a piece that holds damage is given to it at a time, to rescue what comes before: first less, then a byte. */
const rescueBytes: readonly number[] = [2048, 1];

const endsEarly = (): BrokenData => new BrokenData('its gzip data ends early');
const isDamaged = (): BrokenData => new BrokenData('its gzip data is damaged');

/**
 * Decompresses gzip (RFC 1952). The headers are read here and zlib is given bare deflate data: so it says where they end,
 * and bytes behind them are not an error that costs the last data.
 */
class GzipDecoder implements Decoder {
  #inflate: Inflate | null = null;
  /** Where the deflate data of the member begins in the file; how much was delivered of it. */
  #begin = 0;
  #length = 0;
  #checksum = 0;
  /** The file, opened once more to rescue the last data before damage; how often that was; what is sound of the data. */
  #again: OpenedAgain | null = null;
  #rescues = 0;
  #sound = 0;

  constructor(
    private readonly input: CompressedInput,
    private readonly reopen: Reopen,
  ) {}

  start(): void {
    this.#length = 0;
    this.#checksum = 0;
  }

  async read(into: Buffer): Promise<number> {
    if (!this.#inflate) {
      await this.#passHeader();
      this.#begin = this.input.position;
      this.#inflate = new Inflate(this.#data());
    }
    const count = await this.#read(into);
    this.#length += count;
    this.#checksum = crc32(into.subarray(0, count), this.#checksum);
    if (count === 0) await this.#passTrailer();
    return count;
  }

  async #read(into: Buffer): Promise<number> {
    for (;;) {
      try {
        return await this.#inflate!.read(into);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'Z_BUF_ERROR') throw endsEarly();
        if (code !== 'Z_DATA_ERROR') throw error;
        const bytes = rescueBytes[this.#rescues++];
        if (bytes === undefined) throw isDamaged();
        await this.#rescue(bytes);
      }
    }
  }

  /**
   * Damage costs all that zlib made of the piece that holds it. So the member is read once more, that piece in smaller
   * ones, and what was delivered before is passed over.
   */
  async #rescue(bytes: number): Promise<void> {
    this.#inflate!.close();
    await this.#again?.close();
    this.#again = await this.reopen(this.#begin);
    this.#inflate = new Inflate(this.#dataOnceMore(this.#again, this.#sound, bytes));
    const passed = Buffer.allocUnsafe(pieceBytes);
    for (let left = this.#length; left > 0; ) left -= await this.#inflate.read(passed.subarray(0, left));
  }

  #data(): DeflateData {
    return {
      next: async () => {
        this.#sound = this.input.position - this.#begin;
        // A copy: zlib reads in a thread of its own.
        return (await this.input.has(1)) ? Buffer.from(this.input.view.subarray(0, pieceBytes)) : null;
      },
      used: (bytes) => this.input.skip(bytes),
    };
  }

  #dataOnceMore(source: OpenedAgain, sound: number, bytes: number): DeflateData {
    let given = 0;
    return {
      next: async () => {
        this.#sound = given;
        const piece = Buffer.alloc(given < sound ? Math.min(pieceBytes, sound - given) : bytes);
        const count = await source.read(piece);
        given += count;
        return count > 0 ? piece.subarray(0, count) : null;
      },
      used: () => undefined,
    };
  }

  async #passHeader(): Promise<void> {
    const fixed = await this.#need(10);
    const flags = fixed[3]!;
    if (!gzip.begins(fixed) || flags & 0xe0) throw isDamaged();
    this.input.skip(10);
    if (flags & 4) {
      const length = 2 + (await this.#need(2)).readUInt16LE();
      await this.#need(length);
      this.input.skip(length);
    }
    // The name of the file, and a comment.
    if (flags & 8) await this.#passText();
    if (flags & 16) await this.#passText();
    // A checksum of the header.
    if (flags & 2) {
      await this.#need(2);
      this.input.skip(2);
    }
  }

  /** Passes a text that a zero ends. */
  async #passText(): Promise<void> {
    for (;;) {
      const view = await this.#need(1);
      const end = view.indexOf(0);
      this.input.skip(end < 0 ? view.length : end + 1);
      if (end >= 0) return;
    }
  }

  async #passTrailer(): Promise<void> {
    const trailer = await this.#need(8);
    const [checksum, length] = [trailer.readUInt32LE(0), trailer.readUInt32LE(4)];
    this.input.skip(8);
    this.close();
    if (length !== this.#length % 2 ** 32 || checksum !== this.#checksum) throw isDamaged();
  }

  async #need(bytes: number): Promise<Buffer> {
    if (!(await this.input.has(bytes))) throw endsEarly();
    return this.input.view;
  }

  close(): void {
    this.#inflate?.close();
    this.#inflate = null;
    void this.#again?.close();
    this.#again = null;
  }
}
