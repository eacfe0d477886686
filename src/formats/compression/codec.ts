import type { ByteSource } from '../../documents/line-batches.ts';
import type { CompressedInput } from './compressed-input.ts';

/** Compressed data that ends early, is damaged or cannot be decompressed, as the message says; all before was delivered. */
export class BrokenData extends Error {}

/** Decompresses members (of gzip; frames of zstd, streams of bzip2 and xz) one after another. */
export interface Decoder {
  /** Begins a member; its first byte is in view. */
  start(): void;
  /** The next bytes of the member; 0 at its end, when no byte behind it was used. Throws BrokenData. */
  read(into: Buffer): Promise<number>;
  close(): void;
}

/** The compressed file, opened a second time. */
export interface OpenedAgain extends ByteSource {
  close(): Promise<void>;
}

/** Opens the compressed file a second time, from a byte on. */
export type Reopen = (at: number) => Promise<OpenedAgain>;

/** A compression format. */
export interface Codec {
  /** As people write it. */
  readonly name: string;
  /** Whether a member begins with these bytes; fewer than eight of them are all that is left of the data. */
  begins(head: Buffer): boolean;
  open(input: CompressedInput, reopen: Reopen): Decoder;
}
