/** A half-open range of UTF-16 offsets in a source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place as people count it: both 1-based; the column counts code points, as Elasticsearch's messages do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function spanning(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}

/** A query text that can turn offsets into lines and columns. */
export class SourceText {
  readonly #lineStarts: readonly number[];

  constructor(readonly text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  position(offset: number): Position {
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
