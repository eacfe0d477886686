import { SourceText } from '../../diagnostics/source-text.ts';
import { readToken, SyntaxFailure, skipTrivia } from '../../languages/esql/syntax/lexer.ts';
import { formatDate } from '../../values/date.ts';
import { type Edit, type EditedText, edited } from './edited-text.ts';

/**
 * A query with a time in the place of NOW(), so that all questions of a run mean the same by it, whatever clock the cluster
 * has. What is no text of tokens stays as it is.
 */
export function withNow(text: string, now: number): EditedText {
  const time = `TO_DATETIME("${formatDate(BigInt(now))}")`;
  const calls = callsOfNow(text);
  const [first] = calls;
  const { text: fixed, warning } = edited(
    new SourceText(text),
    calls.map((span) => ({ ...span, text: time })),
  );
  return {
    text: fixed,
    warning: (reported) => (first ? warning(reported).replaceAll(time, text.slice(first.start, first.end)) : reported),
  };
}

function callsOfNow(text: string): Omit<Edit, 'text'>[] {
  const found: Omit<Edit, 'text'>[] = [];
  try {
    for (let token = readToken(text, 0); token.kind !== 'end'; token = readToken(text, token.span.end)) {
      if (token.kind !== 'identifier' || token.text.toLowerCase() !== 'now') continue;
      const open = skipTrivia(text, token.span.end);
      const close = skipTrivia(text, open + 1);
      if (text[open] === '(' && text[close] === ')') found.push({ start: token.span.start, end: close + 1 });
    }
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return [];
  }
  return found;
}
