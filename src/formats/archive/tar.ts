import type { ByteSource } from '../../documents/line-batches.ts';
import { fill } from '../compression/open-decompressed.ts';
import type { ArchiveHooks } from './extract.ts';
import { blockBytes, longName, paxAttributes, type TarHeader, tarHeader } from './tar-header.ts';
import type { UnpackedFile, UnpackedFiles } from './unpacked-files.ts';

const files: ReadonlySet<string> = new Set(['0', '7']);
const folder = '5';
const passedOver: ReadonlyMap<string, string> = new Map([
  ['1', 'is a link'],
  ['2', 'is a link'],
  ['3', 'is a device'],
  ['4', 'is a device'],
  ['6', 'is a pipe'],
  ['S', 'is a sparse file'],
]);

/** The files of a tar archive; of one that ends early or is damaged, all that are whole and the beginning of a last one. */
export async function* tarFiles(
  source: ByteSource,
  unpacked: UnpackedFiles,
  { onPassedOver, onCut }: ArchiveHooks,
): AsyncGenerator<UnpackedFile, void> {
  const entries = new TarEntries(source, (what) => onCut?.(`its tar data ${what}`));
  for (let entry = await entries.next(); entry; entry = await entries.next()) {
    unpacked.count();
    const { name, type } = entry;
    const reason =
      files.has(type) || type === folder || name.endsWith('/') ? null : (passedOver.get(type) ?? 'is no file');
    if (reason) onPassedOver?.(name, reason);
    if (!files.has(type) || name.endsWith('/')) continue;
    const file = await unpacked.write(name, entries.content());
    yield { ...file, cut: file.bytes < entry.size ? 'it is cut off' : file.cut };
  }
}

const chunkBytes = 256 << 10;
/** Names and attributes are not longer. */
const mostMetaBytes = 1 << 20;

/** Goes through the entries of a tar archive. */
class TarEntries {
  readonly #block = Buffer.alloc(blockBytes);
  /** How much is left of the content of the entry, and of what fills its last block. */
  #content = 0;
  #padding = 0;
  /** What stood before the next entry. */
  #name: string | null = null;
  #attributes = new Map<string, string>();
  readonly #globals = new Map<string, string>();
  #hasEnd = false;
  #isDamaged = false;

  constructor(
    private readonly source: ByteSource,
    private readonly onCut: (what: string) => void,
  ) {}

  /** The next entry; null at the end. */
  async next(): Promise<TarHeader | null> {
    for (;;) {
      if (!(await this.#passContent())) return this.#end('ends early');
      const count = await fill(this.source, this.#block);
      if (count < blockBytes) return this.#end(count === 0 && this.#hasEnd ? null : 'ends early');
      if (this.#block.every((byte) => byte === 0)) {
        // The end, unless another archive is behind it.
        this.#hasEnd = true;
        continue;
      }
      const header = tarHeader(this.#block);
      if (!header) {
        if (!this.#isDamaged) this.onCut('is damaged');
        this.#isDamaged = true;
        continue;
      }
      this.#hasEnd = false;
      this.#begin(header.size);
      if (!(await this.#readMeta(header))) return this.#described(header);
    }
  }

  #end(what: string | null): null {
    if (what && !this.#isDamaged) this.onCut(what);
    return null;
  }

  #begin(size: number): void {
    this.#content = size;
    this.#padding = -size & (blockBytes - 1);
  }

  /** Passes what is left of an entry; false where the data ends before. */
  async #passContent(): Promise<boolean> {
    for await (const _ of this.content());
    const isWhole = this.#content === 0;
    const padding = await fill(this.source, Buffer.alloc(this.#padding));
    const isFilled = padding === this.#padding;
    this.#begin(0);
    return isWhole && isFilled;
  }

  /** The content of the entry. */
  async *content(): AsyncGenerator<Buffer, void> {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, this.#content));
    while (this.#content > 0) {
      const count = await this.source.read(chunk.subarray(0, this.#content));
      if (count === 0) return;
      this.#content -= count;
      yield chunk.subarray(0, count);
    }
  }

  /** Reads an entry that only says something of the next one, if it is one. */
  async #readMeta({ type, size }: TarHeader): Promise<boolean> {
    if (!'xgLK'.includes(type)) return false;
    if (size > mostMetaBytes) return true;
    const content = Buffer.alloc(size);
    this.#content -= await fill(this.source, content);
    if (type === 'L') this.#name = longName(content);
    if (type === 'x') this.#attributes = paxAttributes(content);
    if (type === 'g') for (const [name, value] of paxAttributes(content)) this.#globals.set(name, value);
    return true;
  }

  #described(header: TarHeader): TarHeader {
    const attributes = new Map([...this.#globals, ...this.#attributes]);
    const size = Number(attributes.get('size') ?? header.size);
    this.#begin(isBodiless(header.type) ? 0 : size);
    const name = attributes.get('path') ?? this.#name ?? header.name;
    const isSparse = [...attributes.keys()].some((key) => key.startsWith('GNU.sparse.'));
    this.#name = null;
    this.#attributes = new Map();
    return { name, size, type: isSparse ? 'S' : header.type };
  }
}

/** Links, devices, folders and pipes have no content, whatever size they give. */
const isBodiless = (type: string): boolean => '123456'.includes(type);
