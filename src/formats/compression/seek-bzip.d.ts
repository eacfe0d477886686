declare module 'seek-bzip' {
  /** Where compressed bytes come from. */
  interface BlockInput {
    read(into: Uint8Array, from: number, length: number): number;
    readByte(): number;
    seek(at: number): void;
  }
  const Bunzip: {
    /** Decompresses the block that begins at a bit of the input, whose first four bytes are the header of a stream. */
    decodeBlock(input: BlockInput, bit: number, output: { writeByte(byte: number): void }): void;
  };
  export default Bunzip;
}
