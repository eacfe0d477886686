import type { Span } from '../diagnostics/source-text.ts';

/** A piece of a text and what stands there instead; an empty span inserts. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/**
 * A text with its edits made, all in terms of the text as it was. Everything else stays as it is: lines end as the
 * text's own do, and a text of one line stays one.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let done = '';
  let at = 0;
  for (const { span, text: replacement } of written(text, edits)) {
    if (span.start < at) throw new Error('edits overlap');
    done += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return done + text.slice(at);
}

/** Edits in the order of their places, with line ends as the text has them. */
function written(text: string, edits: readonly TextEdit[]): TextEdit[] {
  const end = text.includes('\r\n') ? '\r\n' : text.trim().includes('\n') ? '\n' : ' ';
  return [...edits]
    .sort((a, b) => a.span.start - b.span.start)
    .map(({ span, text: replacement }) => ({ span, text: replacement.replaceAll('\n', end) }));
}

/** Where a piece of an edited text stands in the text before these edits; null for what an edit has put there. */
export function spanBefore(span: Span, text: string, edits: readonly TextEdit[]): Span | null {
  const ordered = written(text, edits);
  const start = placeBefore(span.start, ordered, 'start');
  const end = placeBefore(span.end, ordered, 'end');
  return start === null || end === null ? null : { start, end };
}

/** A place within a replacement is nowhere in the text before; one at its border is that of the edit. */
function placeBefore(place: number, edits: readonly TextEdit[], side: 'start' | 'end'): number | null {
  let longer = 0;
  for (const { span, text } of edits) {
    const begin = span.start + longer;
    const end = begin + text.length;
    if (side === 'start' ? place < begin : place <= begin) break;
    if (place < end) return side === 'start' && place === begin && span.start < span.end ? span.start : null;
    longer += text.length - (span.end - span.start);
  }
  return place - longer;
}

/** A further command at a place between commands, on a line of its own. */
export const insertCommand = (at: number, command: string): TextEdit => ({
  span: { start: at, end: at },
  text: `\n| ${command}`,
});
