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
  const end = text.includes('\r\n') ? '\r\n' : text.trim().includes('\n') ? '\n' : ' ';
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start);
  let done = '';
  let at = 0;
  for (const { span, text: replacement } of ordered) {
    if (span.start < at) throw new Error('edits overlap');
    done += text.slice(at, span.start) + replacement.replaceAll('\n', end);
    at = span.end;
  }
  return done + text.slice(at);
}

/** A further command at a place between commands, on a line of its own. */
export const insertCommand = (at: number, command: string): TextEdit => ({
  span: { start: at, end: at },
  text: `\n| ${command}`,
});
