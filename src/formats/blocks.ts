import { addFindings, allMembers, type Conversion, type Converted } from '../documents/conversion.ts';
import type { ByteSource } from '../documents/line-batches.ts';
import { longestDocument } from '../documents/line-texts.ts';
import { fill } from './compression/open-decompressed.ts';
import type { DocumentHooks } from './format.ts';
import { convertBlock, findingTexts, importerOf } from './importers.ts';

/** Whole records of a file that is no JSON. */
export interface Block {
  /** In memory of their own. */
  readonly bytes: Uint8Array;
  /** How they become documents. */
  readonly conversion: Conversion;
}

/** Longer records are cut: what becomes of the parts is for their format to say. */
const longestRecord = longestDocument;

/** Cuts a file into blocks of whole records, each of about the given size. */
export async function* cutBlocks(
  source: ByteSource,
  { format, plan: first }: Conversion,
  size: number,
): AsyncGenerator<Block, void> {
  const cutter = importerOf(format).cutter(first);
  let room = size;
  let memory = Buffer.allocUnsafeSlow(room);
  let from = 0;
  let to = 0;
  for (let isEnd = false; ; ) {
    if (!isEnd) {
      const wanted = memory.length - to;
      const count = await fill(source, memory.subarray(to));
      to += count;
      isEnd = count < wanted;
    }
    while (from < to) {
      const held = memory.subarray(from, to);
      const taken = cutter.take(held, isEnd);
      // A cutter that takes nothing of the last bytes, or of very many, leaves a damaged record.
      const isStuck = taken.length === 0 && (isEnd || held.length >= longestRecord);
      const length = isStuck ? held.length : taken.length;
      if (length === 0) break;
      const conversion = { format, plan: taken.plan };
      const rest = held.subarray(length);
      if (from === 0 && length * 2 >= memory.length) {
        // Most of the memory goes with the block: the rest moves into new memory.
        const next = Buffer.allocUnsafeSlow(Math.max(size, rest.length));
        rest.copy(next);
        memory = next;
        to = rest.length;
        room = size;
        // Whoever takes it may give it to a worker: nothing here looks at it any more.
        yield { bytes: held.subarray(0, length), conversion };
      } else {
        const own = Buffer.allocUnsafeSlow(length);
        held.copy(own, 0, 0, length);
        yield { bytes: own, conversion };
        from += length;
      }
    }
    if (isEnd) return;
    if (from > 0) memory.copyWithin(0, from, to);
    to -= from;
    from = 0;
    if (to === memory.length) {
      // A record is longer than the room for it.
      room = Math.min(room * 2, longestRecord);
      const larger = Buffer.allocUnsafeSlow(room);
      memory.copy(larger);
      memory = larger;
    }
  }
}

/** Makes documents of a whole file that is small. */
export function convertWhole(bytes: Uint8Array, { format, plan: first }: Conversion): Converted {
  const cutter = importerOf(format).cutter(first);
  const parts: Uint8Array[] = [];
  const findings = new Map<string, number>();
  for (let rest = bytes; rest.length > 0; ) {
    const { length, plan } = cutter.take(rest, true);
    const taken = length === 0 ? rest.length : length;
    const converted = convertBlock(rest.subarray(0, taken), { format, plan }, allMembers);
    parts.push(converted.lines);
    addFindings(findings, converted.findings);
    rest = rest.subarray(taken);
  }
  return { lines: parts.length === 1 ? parts[0]! : Buffer.concat(parts), findings };
}

/** What is converted at once where nobody waits for other blocks. */
const blockBytes = 1 << 20;

/** The documents of a file that is no JSON, one a line. */
export class BlockSource implements ByteSource {
  readonly #blocks: AsyncIterator<Block>;
  readonly #findings = new Map<string, number>();
  #rest: Uint8Array = new Uint8Array(0);
  #isOver = false;

  constructor(
    source: ByteSource,
    private readonly conversion: Conversion,
    private readonly hooks: DocumentHooks,
  ) {
    this.#blocks = cutBlocks(source, conversion, blockBytes);
  }

  async read(into: Buffer): Promise<number> {
    while (this.#rest.length === 0) {
      if (this.#isOver) return 0;
      const { value: block, done } = await this.#blocks.next();
      if (done) {
        this.#isOver = true;
        reportFindings(this.conversion.format, this.#findings, this.hooks);
        return 0;
      }
      const { lines, findings } = convertBlock(block.bytes, block.conversion, allMembers);
      addFindings(this.#findings, findings);
      this.#rest = lines;
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }
}

/** Reports what was found in all blocks of a file. */
export function reportFindings(
  format: string,
  findings: ReadonlyMap<string, number>,
  { onCut, onNote }: Pick<DocumentHooks, 'onCut' | 'onNote'>,
): void {
  const { cuts, notes } = findingTexts(format, findings);
  for (const what of cuts) onCut?.(what);
  for (const note of notes) onNote?.(note);
}
