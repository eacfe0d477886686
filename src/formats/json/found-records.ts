import { parseObject } from '../../values/plain-json.ts';
import { type BulkAction, bulkAction, hitBegin, updatedDocument } from './bulk.ts';
import { type Envelope, errorText, gapInElement, gapsIn, isErrorAnswer, type ListPlace } from './envelope.ts';
import { type Columns, rowObject } from './esql-rows.ts';
import { byte, isBlank } from './values.ts';

/** What takes the documents that a splitter finds; bytes may not be kept behind the call. */
export interface DocumentSink {
  /** A document; `breaks` says whether line breaks stand between its values. */
  document(bytes: Buffer, breaks: boolean): void;
  /** Text that is no document: a damaged record, or no object. */
  damaged(bytes: Buffer): void;
}

/** What was found apart from documents. */
export interface SplitterFindings {
  documents: number;
  damaged: number;
  /** The first wrapper, as people call it: "search response", "ES|QL answer", "bulk body", "records in a member". */
  wrapper: string | null;
  hasArray: boolean;
  /** Actions of a bulk body that give no document. */
  deletes: number;
  scripts: number;
  /** Records longer than a document may be, which were passed over. */
  tooLong: number;
  /** Why a wrapper does not hold all that was asked for. */
  readonly gaps: Set<string>;
  /** Whether an answer has as many rows as columns, of types that do not say which is which. */
  isSquare: boolean;
  /** Where the text ends in the midst of something: in what, and how many bytes at its end were not read. */
  cut: { readonly inside: string; readonly bytes: number } | null;
}

/** Something whose elements are documents. */
export type Container =
  | { readonly kind: 'array' }
  | (ListPlace & {
      /** The brackets that are open around it in its wrapper. */
      readonly rest: readonly number[];
      /** The text of the wrapper up to its list; null where its envelope was looked at before. */
      readonly head: string | null;
      /** Of rows. */
      readonly columns: Columns;
    });

/** Elements of these are looked at, as they may say that something is not there. */
const longestGap = 64 << 10;

const hitEnd = Buffer.from('}');

/** Makes documents of records: of rows, of what action lines stand before, of all others just as they are. */
export class FoundRecords {
  readonly findings: SplitterFindings = {
    documents: 0,
    damaged: 0,
    wrapper: null,
    hasArray: false,
    deletes: 0,
    scripts: 0,
    tooLong: 0,
    gaps: new Set(),
    isSquare: false,
    cut: null,
  };
  /** Whether documents were found outside of wrappers, and whether some go over several lines. */
  hasPlain = false;
  hasSpread = false;
  #action: BulkAction | null = null;

  constructor(private readonly sink: DocumentSink) {}

  /** Whether the last record is an action line whose document is still to come. */
  get awaitsDocument(): boolean {
    return this.#action !== null;
  }

  /** The document of the last action line does not come. */
  forgetAction(): void {
    this.#action = null;
  }

  /** Takes a whole record, which is an element of a container or stands alone. */
  give(bytes: Buffer, from: number, to: number, breaks: boolean, container: Container | undefined): void {
    if (container?.kind === 'rows') {
      this.giveRow(rowObject(bytes, from, to, container.columns), bytes.subarray(from, to), breaks);
      return;
    }
    const action = this.#action;
    if (action) {
      this.#action = null;
      this.#giveToAction(action, bytes, from, to, breaks);
      return;
    }
    const begun = container ? null : bulkAction(bytes, from, to);
    if (!begun) {
      if (this.#isGap(bytes, from, to, container)) return;
      this.hasPlain ||= !container || container.kind === 'array';
      this.hasSpread ||= breaks;
      this.#put(bytes.subarray(from, to), breaks);
      return;
    }
    this.findings.wrapper ??= 'bulk body';
    if (begun.kind === 'delete') this.findings.deletes++;
    else this.#action = begun;
  }

  /** Takes a row of an answer; null where it does not fit the columns. */
  giveRow(row: Buffer | null, text: Buffer, breaks: boolean): void {
    if (row) this.#put(row, breaks);
    else this.damage(text, 0, text.length);
  }

  /** Takes what stands around a list of documents. */
  giveEnvelope(place: ListPlace, envelope: Envelope): void {
    for (const gap of gapsIn(place, envelope)) this.findings.gaps.add(gap);
  }

  /** Whether a record is no document, but says that something is not there. */
  #isGap(bytes: Buffer, from: number, to: number, container: Container | undefined): boolean {
    const list = container?.kind === 'records' ? container.keys[0]! : null;
    const mayBeGap = list === 'responses' || list === 'docs' || (!container && this.findings.wrapper !== null);
    if (!mayBeGap || to - from > longestGap) return false;
    const record = parseObject(bytes.toString('utf8', from, to));
    if (!record) return false;
    // An error between answers is one of them.
    const isError = list === null && isErrorAnswer(record);
    const gap =
      list !== null ? gapInElement(list, record) : isError ? `it holds an error: ${errorText(record.error)}` : null;
    if (gap !== null) this.findings.gaps.add(gap);
    return gap !== null;
  }

  #giveToAction(action: BulkAction, bytes: Buffer, from: number, to: number, breaks: boolean): void {
    const document = action.kind === 'update' ? updatedDocument(bytes, from, to) : { from, to };
    if (!document) {
      this.findings.scripts++;
      return;
    }
    const begin = Buffer.from(hitBegin(action));
    this.#put(Buffer.concat([begin, bytes.subarray(document.from, document.to), hitEnd]), breaks);
  }

  #put(document: Buffer, breaks: boolean): void {
    this.findings.documents++;
    this.sink.document(document, breaks);
  }

  /** Takes text that is no document, if there is any but separators. */
  damage(bytes: Buffer, from: number, to: number): void {
    let [begin, end] = [from, to];
    while (begin < end && isSeparator(bytes[begin]!)) begin++;
    while (end > begin && isSeparator(bytes[end - 1]!)) end--;
    if (begin === end) return;
    this.#action = null;
    this.findings.damaged++;
    this.sink.damaged(bytes.subarray(begin, end));
  }
}

const isSeparator = (value: number): boolean => isBlank(value) || value === byte.comma || value === 0;
