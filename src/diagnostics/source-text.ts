/** A half-open range of UTF-16 offsets in a source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place as people count it: both 1-based; the column counts code points, as Elasticsearch's messages do. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** The view whose text has the place, where it is not that of the query itself. */
  readonly view?: string;
}

/** A place in words, as Elasticsearch's messages have it behind `line`. */
export const placeText = ({ line, column, view }: Position): string =>
  `${line}:${column}${view === undefined ? '' : ` (in view [${view}])`}`;

export function spanning(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}

/** A text that follows that of a query: the text of a view. */
interface Part {
  readonly start: number;
  readonly view: string;
}

/** A query text that can turn offsets into lines and columns. */
export class SourceText {
  readonly #lineStarts: readonly number[];

  constructor(
    readonly text: string,
    private readonly parts: readonly Part[] = [],
  ) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** The same with the text of a view behind it, and where that begins. */
  followedBy(text: string, view: string): { source: SourceText; start: number } {
    const start = this.text.length + 1;
    return { source: new SourceText(`${this.text}\n${text}`, [...this.parts, { start, view }]), start };
  }

  /** Counted from the beginning of the query, or of the view that has the place. */
  position(offset: number): Position {
    const part = this.parts.findLast(({ start }) => start <= offset);
    const place = this.#placed(offset);
    if (!part) return place;
    const { line } = this.#placed(part.start);
    return { line: place.line - line + 1, column: place.column, view: part.view };
  }

  /** The line that has an offset, without its line break. */
  lineAt(offset: number): string {
    return this.line(this.#placed(offset).line);
  }

  #placed(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const column = [...this.text.slice(this.#lineStarts[low]!, offset)].length + 1;
    return { line: low + 1, column };
  }

  /** The offset of a place; the end of the text for one beyond it. */
  offset({ line, column }: Position): number {
    const start = this.#lineStarts[line - 1] ?? this.text.length;
    return start + [...this.line(line)].slice(0, column - 1).join('').length;
  }

  /** The text of a 1-based line, without its line break. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1] ?? this.text.length;
    const end = this.#lineStarts[number] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, '');
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }
}
