import Bunzip from 'seek-bzip';
import { BrokenData, type Codec, type Decoder } from './codec.ts';
import type { CompressedInput } from './compressed-input.ts';

export const bzip2: Codec = {
  name: 'bzip2',
  begins: (head) => isBegun(head) && (head.length <= headerBytes || magicBegins.has(head[headerBytes]!)),
  open: (input) => new Bzip2Decoder(input),
};

const isBegun = (head: Buffer): boolean => /^BZh?$|^BZh[1-9]/.test(head.toString('latin1'));

const headerBytes = 4;
/** More than any block takes: 900,000 symbols of 20 bits and its tables. */
const mostBlockBytes = 2_400_000;
/** What a block and the end of a stream begin with: 48 bits, at any bit. */
const blockMagic = 0x314159265359n;
const endMagic = 0x177245385090n;
const magicBegins: ReadonlySet<number> = new Set([0x31, 0x17]);
const magicBits = 48;
const checksumBits = 32;
const endBits = magicBits + checksumBits;

const endsEarly = (): BrokenData => new BrokenData('its bzip2 data ends early');
const isDamaged = (): BrokenData => new BrokenData('its bzip2 data is damaged');

/** Decompresses bzip2 block by block; the library checks the checksum of each, and here is checked that none is missing. */
class Bzip2Decoder implements Decoder {
  #header = Buffer.alloc(0);
  /** The bit of the first byte in view at which the next block begins. */
  #bit = 0;
  #output = new Output();
  /** What the checksums of the blocks so far make together. */
  #checksum = 0;

  constructor(private readonly input: CompressedInput) {}

  start(): void {
    this.#header = Buffer.alloc(0);
  }

  async read(into: Buffer): Promise<number> {
    if (this.#header.length === 0) await this.#passHeader();
    while (this.#output.isFetched) if (!(await this.#decompress())) return 0;
    return this.#output.fetch(into);
  }

  async #passHeader(): Promise<void> {
    if (!(await this.input.has(headerBytes))) throw endsEarly();
    this.#header = Buffer.from(this.input.view.subarray(0, headerBytes));
    if (!isBegun(this.#header)) throw isDamaged();
    this.input.skip(headerBytes);
    this.#bit = 0;
    this.#checksum = 0;
  }

  /** Decompresses the next block; false at the end of the stream. */
  async #decompress(): Promise<boolean> {
    await this.input.has(mostBlockBytes);
    const { view } = this.input;
    const magic = bitsAt(view, this.#bit, magicBits);
    const checksum = Number(bitsAt(view, this.#bit + magicBits, checksumBits));
    if (magic === null) throw endsEarly();
    if (magic === endMagic) {
      const bytes = Math.ceil((this.#bit + endBits) / 8);
      if (view.length < bytes) throw endsEarly();
      this.input.skip(bytes);
      if (checksum !== this.#checksum) throw isDamaged();
      return false;
    }
    if (magic !== blockMagic) throw isDamaged();
    const source = new BlockSource(this.#header, view);
    this.#output.begin();
    try {
      Bunzip.decodeBlock(source, headerBytes * 8 + this.#bit, this.#output);
    } catch (error) {
      this.#output.begin();
      throw error instanceof BrokenData ? error : isDamaged();
    }
    this.#checksum = (((this.#checksum << 1) | (this.#checksum >>> 31)) ^ checksum) >>> 0;
    this.#passBlock(view, source.used);
    return true;
  }

  /** The block ends within the last byte that was used of it; the bit is where the next thing begins. */
  #passBlock(view: Buffer, used: number): void {
    for (let bit = used * 8 - 7; bit <= used * 8; bit++) {
      const magic = bitsAt(view, bit, magicBits);
      if (magic !== blockMagic && magic !== endMagic) continue;
      this.input.skip(bit >> 3);
      this.#bit = bit & 7;
      return;
    }
    this.input.skip(used);
    this.#bit = 0;
  }

  close(): void {}
}

/** Some bits from a bit on, 48 at most; null where the data ends before. */
function bitsAt(bytes: Buffer, bit: number, count: number): bigint | null {
  const at = bit >> 3;
  const end = Math.ceil((bit + count) / 8);
  if (end > bytes.length) return null;
  const length = Math.min(6, end - at);
  let found = BigInt(bytes.readUIntBE(at, length));
  if (at + length < end) found = (found << 8n) | BigInt(bytes[end - 1]!);
  return BigInt.asUintN(count, found >> BigInt(end * 8 - bit - count));
}

/** What the library reads a block from: the header of the stream, then the bytes in view. */
class BlockSource {
  #at = 0;

  constructor(
    private readonly header: Buffer,
    private readonly view: Buffer,
  ) {}

  /** How many of the bytes in view were used. */
  get used(): number {
    return this.#at - headerBytes;
  }

  read(into: Uint8Array, from: number, length: number): number {
    for (let n = 0; n < length; n++) into[from + n] = this.readByte();
    return length;
  }

  readByte(): number {
    const at = this.#at++;
    if (at < headerBytes) return this.header[at]!;
    if (at - headerBytes >= this.view.length) throw endsEarly();
    return this.view[at - headerBytes]!;
  }

  seek(at: number): void {
    this.#at = at;
  }
}

/** The bytes of a block. */
class Output {
  #bytes = Buffer.allocUnsafeSlow(1 << 20);
  #length = 0;
  #fetched = 0;

  begin(): void {
    this.#length = 0;
    this.#fetched = 0;
  }

  get isFetched(): boolean {
    return this.#fetched === this.#length;
  }

  writeByte(byte: number): void {
    // Runs make a block longer than its 900,000 symbols.
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#length * 2);
    this.#bytes[this.#length++] = byte;
  }

  fetch(into: Buffer): number {
    const count = this.#bytes.copy(into, 0, this.#fetched, this.#length);
    this.#fetched += count;
    return count;
  }
}
