import type { Span } from '../../../diagnostics/source-text.ts';
import { readToken, SyntaxFailure, type Token } from './lexer.ts';

/** A piece of text that is no token. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly text: string;
  readonly span: Span;
}

/** The tokens of a text that may be half written: what is no token is passed over, and the next one is looked for. */
export function* tolerantTokens(text: string, offset = 0): Generator<Token | Unreadable> {
  let at = offset;
  for (;;) {
    let token: Token;
    try {
      token = readToken(text, at);
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      const { start, end } = passedOver(text, error.span);
      yield { kind: 'unreadable', text: text.slice(start, end), span: { start, end } };
      at = end;
      continue;
    }
    if (token.kind === 'end') return;
    yield token;
    at = token.span.end;
  }
}

/** A comment without an end takes all that follows. */
const passedOver = (text: string, { start, end }: Span): Span => ({
  start,
  end: text.startsWith('/*', start) ? text.length : Math.max(end, start + 1),
});
