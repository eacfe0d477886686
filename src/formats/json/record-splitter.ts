import { longestDocument } from '../../documents/line-texts.ts';
import { parseObject } from '../../values/plain-json.ts';
import { brokenElementEnd } from './broken-element.ts';
import { type Envelope, isWrapper, listKind } from './envelope.ts';
import { beginsWithRow, columnarRows, columnsOf, type Layout, layoutOf } from './esql-rows.ts';
import { type Container, type DocumentSink, FoundRecords, type SplitterFindings } from './found-records.ts';
import { byte, isBlank, isBreak, keyBefore, previous, skipBlank } from './values.ts';

/** An object inside a record at the beginning of a line, as records are: a record itself if the outer one is damaged. */
interface Mark {
  readonly from: number;
  to: number;
  readonly depth: number;
}

type Wrapper = Exclude<Container, { kind: 'array' }>;

/** A list that makes a wrapper of the record around it if nothing else in the record speaks against it. */
interface Held {
  readonly wrapper: Wrapper;
  /** Where the list begins and ends, counted from the beginning of the record. */
  readonly from: number;
  to: number;
}

const firstBytes = 1 << 20;
/** No event is as long: a record that has a list of objects and goes on is a wrapper. */
const longestHeld = 4 << 20;
/** More behind the list of a wrapper is not looked at. */
const longestTail = 64 << 20;
/** Damaged text is given in pieces of this size at most. */
const longestDamage = 1 << 20;
const deepestWrapper = 6;
const wrapperNames = { hits: 'search response', rows: 'ES|QL answer', records: 'records in a member', array: null };
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const scalar = /^(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)$/;

/** What a byte means in a record outside of strings. */
const [quote, open, close, lineBreak] = [1, 2, 3, 4];
const meanings = new Uint8Array(256);
meanings[byte.quote] = quote;
meanings[byte.openObject] = meanings[byte.openArray] = open;
meanings[byte.closeObject] = meanings[byte.closeArray] = close;
meanings[byte.lineFeed] = meanings[byte.carriageReturn] = lineBreak;

const closing = (bracket: number): number => (bracket === byte.openObject ? byte.closeObject : byte.closeArray);

/** What may stand behind a text. */
const mayFollowText = new Uint8Array(256);
for (const found of [byte.comma, byte.colon, byte.closeObject, byte.closeArray]) mayFollowText[found] = 1;
for (const found of [byte.space, byte.tab, byte.lineFeed, byte.carriageReturn]) mayFollowText[found] = 1;

/**
 * Cuts JSON text, given piece by piece, into its documents: objects one after another with anything usual between them,
 * elements of arrays, and the contents of wrappers, each of which is recognised where it stands. Only what is needed to
 * find where documents begin and end is looked at: a document that is cut out may still be malformed.
 */
export class RecordSplitter {
  readonly #found: FoundRecords;
  readonly #containers: Container[] = [];

  /** Text from what is not done with, to the end of what was given; how far it was looked at. */
  #bytes: Buffer;
  #from = 0;
  #at = 0;
  #to = 0;
  #isLast = false;

  /** Where the text at `at` stands: between documents, in one, behind the contents of a wrapper, in damaged text. */
  #state: 'between' | 'record' | 'tail' | 'brokenElement' | 'damagedLine' | 'damagedRecord' = 'between';
  /** How far the line is indented in which the last record began; whether only blanks were seen of a line so far. */
  #indent = 0;
  #isLineStart = true;

  /** In a record or the tail of a wrapper: open brackets, and where each stands, counted from the beginning. */
  #brackets: number[] = [];
  #places: number[] = [];
  #isInString = false;
  #hasBreaks = false;
  #marks: Mark[] = [];
  /** Whether a record is written without indentation, so that marks mean nothing; null if that is not known. */
  #isFlat: boolean | null = null;
  #held: Held | null = null;
  /** Whether what is around a list in the record showed that it is none of a wrapper. */
  #isEvent = false;
  /** The wrapper of which this is the tail; null for that of a record which is passed over. */
  #wrapper: Wrapper | null = null;
  /** Whether damaged text was given: one place is given once, however long it is. */
  #isDamageGiven = false;

  constructor(
    sink: DocumentSink,
    /** As much is taken at a time. */
    private readonly step = firstBytes,
  ) {
    this.#found = new FoundRecords(sink);
    this.#bytes = Buffer.allocUnsafeSlow(step);
  }

  get findings(): SplitterFindings {
    return this.#found.findings;
  }

  /** Room for more text; what is put there is taken by `take`. */
  room(): Buffer {
    if (this.#bytes.length - this.#to < this.step >> 2) {
      const held = this.#to - this.#from;
      const target = held > this.#bytes.length >> 1 ? Buffer.allocUnsafeSlow(this.#bytes.length * 2) : this.#bytes;
      this.#bytes.copy(target, 0, this.#from, this.#to);
      this.#bytes = target;
      this.#at -= this.#from;
      this.#to = held;
      this.#from = 0;
    }
    // No more than stays in the processor's cache.
    return this.#bytes.subarray(this.#to, this.#to + this.step);
  }

  /** Takes this many bytes of the room. */
  take(count: number): void {
    this.#to += count;
    this.#run();
  }

  /** All text was given. */
  finish(): void {
    this.#isLast = true;
    this.#run();
    if (this.#found.awaitsDocument) this.findings.cut ??= { inside: 'a bulk body, behind an action line', bytes: 0 };
  }

  /** Whether the text given so far ends in a record or list of records; whether that record has line breaks. */
  get openAt(): 'nothing' | 'line' | 'lines' | 'container' {
    if (this.#containers.length > 0 || this.#isWrapperSoFar() || this.#found.awaitsDocument) return 'container';
    if (this.#state !== 'record') return 'nothing';
    return this.#hasBreaks ? 'lines' : 'line';
  }

  /** The first wrapper, one included that has not ended yet. */
  get wrapperSoFar(): string | null {
    const held = this.#isWrapperSoFar() ? wrapperNames[this.#held!.wrapper.kind] : null;
    return this.findings.wrapper ?? held;
  }

  #run(): void {
    while (this.#step());
  }

  /** Goes on as far as it can; false where more text is needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'between':
        return this.#between();
      case 'record':
        return this.#record();
      case 'tail':
        return this.#tail();
      case 'brokenElement':
        return this.#brokenElement();
      case 'damagedLine':
        return this.#damagedLine();
      case 'damagedRecord':
        return this.#damagedRecord();
    }
  }

  /** Passes what separates documents. Like the other steps, false where more text is needed. */
  #between(): boolean {
    for (; this.#at < this.#to; this.#at++) {
      const found = this.#bytes[this.#at]!;
      if (isBreak(found)) {
        this.#indent = 0;
        this.#isLineStart = true;
      } else if (found === byte.space || found === byte.tab) {
        if (this.#isLineStart) this.#indent++;
      } else if (found !== 0 && found !== byte.comma && found !== byte.recordSeparator) {
        const isDone = this.#begin(found);
        if (isDone !== 'passed') return isDone === 'begun';
      }
      this.#from = this.#at + 1;
    }
    this.#from = this.#at;
    if (this.#isLast && this.#containers.length > 0) this.findings.cut ??= { inside: this.#containerName(), bytes: 0 };
    return false;
  }

  #begin(found: number): 'passed' | 'begun' | 'more' {
    this.#from = this.#at;
    const container = this.#containers.at(-1);
    if (found === byteOrderMark[0]) {
      const left = this.#to - this.#at;
      if (left < 3 && !this.#isLast) return 'more';
      if (byteOrderMark.compare(this.#bytes, this.#at, Math.min(this.#to, this.#at + 3)) === 0) {
        this.#at += 2;
        return 'passed';
      }
      return this.#enter('damagedLine');
    }
    this.#isLineStart = false;
    if (found === byte.openObject || (found === byte.openArray && container?.kind === 'rows'))
      return this.#enter('record');
    if (found === byte.openArray) {
      this.#containers.push({ kind: 'array' });
      this.findings.hasArray = true;
      return 'passed';
    }
    if (found === byte.closeArray && container) {
      this.#containers.pop();
      if (container.kind === 'array') return 'passed';
      this.#enter('tail');
      this.#at++;
      this.#brackets = [...container.rest];
      this.#wrapper = container;
      return 'begun';
    }
    return container ? this.#beginScalar() : this.#enter('damagedLine');
  }

  #enter(state: 'record' | 'tail' | 'brokenElement' | 'damagedLine'): 'begun' {
    this.#state = state;
    this.#brackets = [];
    this.#places = [];
    this.#isInString = false;
    this.#hasBreaks = false;
    this.#marks = [];
    this.#isFlat = null;
    this.#held = null;
    this.#isEvent = false;
    this.#isDamageGiven = false;
    return 'begun';
  }

  /** A number, text or the like as an element of an array is no document, but no damage to what stands behind it either. */
  #beginScalar(): 'passed' | 'begun' | 'more' {
    const isText = this.#bytes[this.#at] === byte.quote;
    let end = this.#at + 1;
    for (; end < this.#to; end++) {
      const found = this.#bytes[end]!;
      if (isBreak(found)) break;
      if (isText && found === byte.quote && this.#bytes[end - 1] !== byte.backslash) break;
      if (!isText && (found === byte.comma || found === byte.closeArray || isBlank(found))) break;
    }
    if (isText) end++;
    const next = skipBlank(this.#bytes, end, this.#to);
    if (next >= this.#to && !this.#isLast && next - this.#at < longestDamage) return 'more';
    const isElement = next >= this.#to || this.#bytes[next] === byte.comma || this.#bytes[next] === byte.closeArray;
    if (!isElement || !scalar.test(this.#bytes.toString('utf8', this.#at, end))) return this.#enter('brokenElement');
    this.#damage(this.#at, end);
    this.#at = end - 1;
    return 'passed';
  }

  /** Goes on to the end of a record. */
  #record(): boolean {
    const bytes = this.#bytes;
    const to = this.#to;
    let at = this.#at;
    let isInString = this.#isInString;
    for (;;) {
      if (isInString) {
        while (at < to) {
          const found = bytes[at]!;
          if (found === byte.quote) break;
          if (found < byte.space && isBreak(found)) return this.#fail(at);
          if (found !== byte.backslash) at++;
          else if (at + 1 === to) break;
          else if (isBreak(bytes[at + 1])) return this.#fail(at + 1);
          else at += 2;
        }
        if (at >= to || bytes[at] === byte.backslash) break;
        // What follows shows whether the text ends here.
        if (at + 1 === to && !this.#isLast) break;
        isInString = false;
        at++;
        if (at < to && mayFollowText[bytes[at]!] === 0) return this.#fail(at);
      }
      while (at < to && meanings[bytes[at]!] === 0) at++;
      if (at >= to) break;
      const found = bytes[at]!;
      const meaning = meanings[found];
      if (meaning === quote) isInString = true;
      else if (meaning === lineBreak) this.#hasBreaks = true;
      else {
        if (meaning === close && !this.#mayClose(found)) return this.#fail(at);
        if (meaning === open && !this.#mayOpen(found, at)) return this.#fail(at);
        this.#holdContents(found, at);
        if (meaning === open) {
          this.#places.push(at - this.#from);
          this.#brackets.push(found);
        } else {
          this.#brackets.pop();
          if (this.#places.pop() === this.#held?.from) this.#held!.to = at + 1 - this.#from;
          if (this.#marks.length > 0) this.#closeMark(at + 1);
          if (this.#brackets.length === 0) return this.#complete(at + 1);
        }
      }
      at++;
    }
    this.#at = at;
    this.#isInString = isInString;
    return this.#wait();
  }

  #mayClose(found: number): boolean {
    return found === closing(this.#brackets.at(-1)!);
  }

  /** Whether a bracket may open here, by what stands before; notes where that is at the beginning of a line. */
  #mayOpen(found: number, at: number): boolean {
    const outer = this.#brackets.at(-1);
    if (outer === undefined) return true;
    const before = previous(this.#bytes, at, this.#from);
    const last = this.#bytes[before];
    if (outer === byte.openObject ? last !== byte.colon : last !== byte.comma && last !== byte.openArray) return false;
    if (found === byte.openObject && this.#hasBreaks && at - before > 1 && this.#isAtLineOfRecords(before, at))
      this.#marks.push({ from: at - this.#from, to: -1, depth: this.#brackets.length });
    return true;
  }

  /** Whether an object that begins at `at`, with only blanks before it from `before` on, begins a line as records do. */
  #isAtLineOfRecords(before: number, at: number): boolean {
    let begin = at;
    while (begin > before + 1 && !isBreak(this.#bytes[begin - 1])) begin--;
    if (!isBreak(this.#bytes[begin - 1]) || at - begin > this.#indent) return false;
    this.#isFlat ??= this.#isWrittenFlat();
    return !this.#isFlat;
  }

  /** Whether the record's first line holds nothing but its bracket, and the next one is not further indented. */
  #isWrittenFlat(): boolean {
    const first = skipBlank(this.#bytes, this.#from + 1, this.#to);
    let begin = first;
    while (begin > this.#from && !isBreak(this.#bytes[begin - 1])) begin--;
    return begin > this.#from && first - begin <= this.#indent;
  }

  #closeMark(end: number): void {
    const n = this.#marks.findLastIndex(({ to, depth }) => to < 0 && depth === this.#brackets.length);
    if (n < 0) return;
    this.#marks[n]!.to = end - this.#from;
    this.#marks.length = n + 1;
  }

  /** At the first element of an array, or the end of an empty one: notes whether the array may be that of a wrapper. */
  #holdContents(found: number, at: number): void {
    const depth = this.#brackets.length;
    if (this.#held || this.#isEvent || depth < 2 || depth > deepestWrapper) return;
    if (this.#brackets[depth - 1] !== byte.openArray || this.#found.awaitsDocument) return;
    const array = this.#from + this.#places[depth - 1]!;
    if (previous(this.#bytes, at, array) !== array) return;
    const kind = this.#containers.at(-1)?.kind;
    if (kind === 'hits' || kind === 'rows') return;
    if (this.#brackets.slice(0, -1).some((bracket) => bracket !== byte.openObject)) return;
    const wrapper = this.#wrapperAt(found, array);
    if (!wrapper) return;
    this.#held = { wrapper, from: array - this.#from, to: -1 };
    if (this.#envelope(this.#held) !== null) return;
    this.#held = null;
    this.#isEvent = true;
  }

  #wrapperAt(found: number, array: number): Wrapper | null {
    const keys: string[] = [];
    for (const place of this.#places.slice(1)) {
      const key = keyBefore(this.#bytes, this.#from + place, this.#from);
      if (key === null) return null;
      keys.push(key);
    }
    const kind = listKind(keys);
    if (kind === null || (found === byte.openArray) !== (kind === 'rows' && found !== byte.closeArray)) return null;
    if (kind === 'records' && this.#containers.at(-1)?.kind === 'records') return null;
    const columns = kind === 'rows' ? columnsOf(this.#bytes, this.#from + this.#places.at(-2)!, array) : [];
    if (!columns || (kind === 'rows' && columns.length === 0 && found !== byte.closeArray)) return null;
    const head = this.#bytes.toString('utf8', this.#from, array + 1);
    return { kind, keys, columns, head, rest: this.#brackets.slice(0, -1) };
  }

  /** What is around a list, as far as it is known up to `end`; null where that is no wrapper. */
  #envelope({ wrapper, to }: Held, end = 0): Envelope | null {
    const isWhole = end > 0 && to >= 0;
    const rest = isWhole ? this.#bytes.toString('utf8', this.#from + to - 1, end) : closersOf(wrapper);
    const envelope = parseObject(wrapper.head + rest);
    return envelope && isWrapper(wrapper, envelope, isWhole) ? envelope : null;
  }

  /** The record is a wrapper: its list is gone through from its beginning. */
  #enterHeld(envelope: Envelope | null = null): true {
    const { wrapper, from } = this.#held!;
    this.findings.wrapper ??= wrapperNames[wrapper.kind];
    const known = envelope ?? this.#envelope(this.#held!);
    if (known) this.#found.giveEnvelope(wrapper, known);
    this.#containers.push(envelope ? { ...wrapper, head: null } : wrapper);
    this.#from = this.#at = this.#from + from + 1;
    this.#state = 'between';
    this.#held = null;
    return true;
  }

  #complete(end: number): boolean {
    const held = this.#held;
    const envelope = held && this.#envelope(held, end);
    if (envelope) {
      const layout = this.#layout(held);
      if (layout !== 'columns') {
        if (layout === 'either' && envelope.hunt === undefined) this.findings.isSquare = true;
        return this.#enterHeld(envelope);
      }
      this.findings.wrapper ??= wrapperNames.rows;
      this.#found.giveEnvelope(held.wrapper, envelope);
      const [from, to] = [this.#from + held.from, this.#from + held.to];
      for (const row of columnarRows(this.#bytes, from, to, held.wrapper.columns))
        this.#found.giveRow(row, row, this.#hasBreaks);
    } else this.#give(this.#from, end);
    this.#from = this.#at = end;
    this.#state = 'between';
    return true;
  }

  #layout({ wrapper: { kind, columns }, from, to }: Held): Layout {
    return kind === 'rows' ? layoutOf(this.#bytes, this.#from + from, this.#from + to, columns) : 'rows';
  }

  /** Whether a list may be gone through before its end is known: that of an answer, where it is one of rows. */
  #isEnterable({ wrapper: { kind, columns }, from }: Held): boolean {
    return kind !== 'rows' || beginsWithRow(this.#bytes, this.#from + from, this.#to, columns);
  }

  /** Needs more of a record, unless that is all there is. */
  #wait(): boolean {
    const length = this.#to - this.#from;
    if (this.#held && length > longestHeld && this.#isEnterable(this.#held)) return this.#enterHeld();
    if (length > longestDocument) return this.#passOver();
    if (!this.#isLast) return false;
    if (this.#isWrapperSoFar()) return this.#enterHeld();
    // Records that were one a line so far, and now one that has such lines inside: it is damaged, and they are records.
    if (this.#marks.length > 0 && this.findings.documents > 0 && !this.#found.hasSpread) return this.#fail(this.#to);
    this.findings.cut ??= { inside: this.#containers.length > 0 ? this.#containerName() : 'a record', bytes: length };
    this.#from = this.#at = this.#to;
    this.#state = 'between';
    this.#containers.length = 0;
    this.#found.forgetAction();
    return false;
  }

  /** Goes on to the end of a record that is too long. */
  #passOver(): true {
    this.findings.tooLong++;
    this.#found.forgetAction();
    this.#from = this.#at;
    this.#state = 'tail';
    this.#wrapper = null;
    return true;
  }

  /** A damaged record that holds a list is taken for a wrapper; one of records, unless those before it are none. */
  #isWrapperSoFar(): boolean {
    return this.#held !== null && (this.#held.wrapper.kind !== 'records' || !this.#found.hasPlain);
  }

  #give(from: number, to: number): void {
    this.#found.give(this.#bytes, from, to, this.#hasBreaks, this.#containers.at(-1));
  }

  #damage(from: number, to: number): void {
    this.#found.damage(this.#bytes, from, to);
  }

  #containerName(): string {
    const { kind } = this.#containers.findLast(({ kind }) => kind !== 'array') ?? this.#containers[0]!;
    return { array: 'an array', records: 'a list of records', hits: 'a search response', rows: 'an ES|QL answer' }[
      kind
    ];
  }

  /** The record cannot go on as it does at `at`. Records inside that are whole are kept, the rest is damaged text. */
  #fail(at: number): boolean {
    if (this.#isWrapperSoFar()) return this.#enterHeld();
    const begin = this.#from;
    const isFirstLineBare = isBreak(this.#bytes[begin + 1]) || (this.#hasBreaks && this.#isFirstLineBare());
    for (const { from, to } of this.#marks) {
      this.#damage(this.#from, begin + from);
      if (to >= 0) this.#give(begin + from, begin + to);
      this.#from = begin + Math.max(from, to);
    }
    this.#held = null;
    this.#isDamageGiven = false;
    if (this.#containers.length > 0 && !this.#hasBreaks) {
      this.#at = this.#from;
      this.#state = 'brokenElement';
      return true;
    }
    const isNextRecord = this.#bytes[at] === byte.openObject && this.#isAtLineStart(at);
    if (isNextRecord) {
      this.#damage(this.#from, at);
      this.#from = this.#at = at;
      this.#state = 'between';
      this.#isLineStart = true;
      this.#indent = this.#indentOf(at);
      return true;
    }
    this.#at = at;
    this.#state = isFirstLineBare ? 'damagedRecord' : 'damagedLine';
    return true;
  }

  #isFirstLineBare(): boolean {
    const next = skipBlank(this.#bytes, this.#from + 1, this.#to);
    return this.#bytes.subarray(this.#from + 1, next).some(isBreak);
  }

  #indentOf(at: number): number {
    let begin = at;
    while (begin > 0 && isBlank(this.#bytes[begin - 1]) && !isBreak(this.#bytes[begin - 1])) begin--;
    return at - begin;
  }

  #isAtLineStart(at: number): boolean {
    const indent = this.#indentOf(at);
    return isBreak(this.#bytes[at - indent - 1]) && indent <= this.#indent;
  }

  /** Passes an element of a list that is malformed, or the garbage between two, on one line. */
  #brokenElement(): boolean {
    const bytes = this.#bytes;
    const end = brokenElementEnd(bytes, this.#from, this.#to, this.#isLast, (behind) => this.#mayEndList(behind));
    if (end >= 0) {
      this.#at = end;
      return this.#endDamage();
    }
    const isOver = this.#isLast || this.#to - this.#from > longestDamage;
    if (!isOver && !bytes.subarray(this.#from, this.#to).some(isBreak)) return false;
    this.#state = 'damagedLine';
    return true;
  }

  /** Whether the list that is open may end before what stands at `behind`. */
  #mayEndList(behind: number): boolean {
    const container = this.#containers.at(-1)!;
    const found = behind < this.#to ? this.#bytes[behind]! : 0;
    if (container.kind !== 'array') return found === byte.closeObject || found === byte.comma;
    const isClosed = found === byte.closeArray || found === byte.comma;
    return this.#containers.length > 1 ? isClosed : !isClosed && found !== byte.closeObject;
  }

  /** Passes damaged text to the end of its line. */
  #damagedLine(): boolean {
    for (; this.#at < this.#to; this.#at++) {
      if (isBreak(this.#bytes[this.#at])) return this.#endDamage();
      if (this.#at - this.#from >= longestDamage) this.#givePiece();
    }
    return this.#isLast && this.#endDamage();
  }

  /** Passes a damaged record of several lines, to a line that begins or ends a record. */
  #damagedRecord(): boolean {
    while (this.#at < this.#to) {
      if (!isBreak(this.#bytes[this.#at])) {
        if (this.#at - this.#from >= longestDamage) this.#givePiece();
        this.#at++;
        continue;
      }
      const next = skipBlank(this.#bytes, this.#at, this.#to);
      if (next >= this.#to && !this.#isLast) return false;
      const found = this.#bytes[next];
      const mayBe = next < this.#to && this.#isAtLineStart(next);
      if (mayBe && found === byte.openObject) return this.#endDamage();
      this.#at = Math.max(next, this.#at + 1);
      // The bracket that closes the record.
      if (mayBe && found === byte.closeObject) {
        this.#at = next + 1;
        return this.#endDamage();
      }
    }
    return this.#isLast && this.#endDamage();
  }

  /** Gives damaged text, of which one piece is enough to say what is wrong. */
  #givePiece(): void {
    if (!this.#isDamageGiven) this.#damage(this.#from, this.#at);
    this.#isDamageGiven = true;
    this.#from = this.#at;
  }

  #endDamage(): boolean {
    this.#givePiece();
    this.#state = 'between';
    return true;
  }

  /** Passes what stands behind the list of a wrapper, or the rest of a record that is too long. */
  #tail(): boolean {
    for (; this.#at < this.#to; this.#at++) {
      const found = this.#bytes[this.#at]!;
      if (this.#isInString) {
        if (found === byte.backslash) {
          if (this.#at + 1 === this.#to) break;
          this.#at++;
        } else if (found === byte.quote) this.#isInString = false;
        continue;
      }
      const meaning = meanings[found];
      if (meaning === quote) this.#isInString = true;
      else if (meaning === open) this.#brackets.push(found);
      else if (meaning === close) {
        if (!this.#mayClose(found)) {
          this.#isDamageGiven = false;
          this.#state = 'damagedLine';
          return true;
        }
        this.#brackets.pop();
        if (this.#brackets.length === 0) {
          this.#endTail(++this.#at);
          this.#from = this.#at;
          this.#state = 'between';
          return true;
        }
      }
    }
    if (this.#wrapper?.head == null) this.#from = this.#at;
    else if (this.#at - this.#from > longestTail) {
      this.findings.gaps.add(`more than ${longestTail >> 20} MB stand behind its records, which were not looked at`);
      this.#wrapper = null;
    }
    if (this.#isLast) {
      this.#from = this.#at;
      this.findings.cut ??= { inside: 'a wrapper, behind its records', bytes: 0 };
    }
    return false;
  }

  /** Looks at what stands around a list of which the end was not known at its beginning. */
  #endTail(end: number): void {
    const wrapper = this.#wrapper;
    if (wrapper?.head == null) return;
    const envelope = parseObject(wrapper.head + this.#bytes.toString('utf8', this.#from, end));
    if (!envelope) return;
    this.#found.giveEnvelope(wrapper, envelope);
    if (!isWrapper(wrapper, envelope, true))
      this.findings.gaps.add('what stands beside its records is not only what wrappers have, and was not read');
  }
}

/** What closes a wrapper that ends with its list. */
const closersOf = ({ rest }: Wrapper): string => `]${rest.map(() => '}').join('')}`;
