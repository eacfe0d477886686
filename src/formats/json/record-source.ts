import type { ByteSource } from '../../documents/line-batches.ts';
import type { DocumentSink, SplitterFindings } from './found-records.ts';
import { RecordSplitter } from './record-splitter.ts';
import { byte } from './values.ts';

/** The documents of JSON text, one a line. What is damaged is a line too, which no reader takes for a document. */
export class RecordSource implements ByteSource {
  readonly #lines: Lines = new Lines();
  readonly #splitter = new RecordSplitter(this.#lines);
  #isOver = false;

  constructor(
    private readonly source: ByteSource,
    /** Hears at the end what was found. */
    private readonly onEnd: (findings: SplitterFindings) => void,
  ) {}

  async read(into: Buffer): Promise<number> {
    while (this.#lines.isEmpty) {
      if (this.#isOver) return 0;
      const count = await this.source.read(this.#splitter.room());
      if (count > 0) this.#splitter.take(count);
      else {
        this.#isOver = true;
        this.#splitter.finish();
        this.onEnd(this.#splitter.findings);
      }
    }
    return this.#lines.fetch(into);
  }
}

/** Lines that nobody has fetched yet. */
class Lines implements DocumentSink {
  #bytes = Buffer.allocUnsafeSlow(2 << 20);
  #from = 0;
  #to = 0;

  get isEmpty(): boolean {
    return this.#from === this.#to;
  }

  fetch(into: Buffer): number {
    const count = this.#bytes.copy(into, 0, this.#from, this.#to);
    this.#from += count;
    if (this.isEmpty) this.#from = this.#to = 0;
    return count;
  }

  document(bytes: Buffer, breaks: boolean): void {
    const from = this.#add(bytes);
    if (breaks) this.#join(from);
  }

  damaged(bytes: Buffer): void {
    this.#join(this.#add(bytes));
  }

  #add(line: Buffer): number {
    const needed = this.#to + line.length + 1;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#bytes.copy(larger, 0, 0, this.#to);
      this.#bytes = larger;
    }
    const from = this.#to;
    line.copy(this.#bytes, from);
    this.#bytes[needed - 1] = byte.lineFeed;
    this.#to = needed;
    return from;
  }

  /** Makes one line of what stands from `from` on. */
  #join(from: number): void {
    for (let at = from; at < this.#to - 1; at++) {
      const found = this.#bytes[at];
      if (found === byte.lineFeed || found === byte.carriageReturn) this.#bytes[at] = byte.space;
    }
  }
}
