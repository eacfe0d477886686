import type { Span } from '../../../diagnostics/source-text.ts';
import { wildcardMatcher } from '../../../values/wildcard.ts';

/** A column name in KEEP, DROP or RENAME; `*` outside backquotes stands for any run of characters, dots included. */
export interface NamePattern {
  /** The name with backquotes resolved, wildcards as written. */
  readonly text: string;
  /** A test for names; null for an exact name. */
  readonly wildcard: ((name: string) => boolean) | null;
  readonly span: Span;
}

/** Builds a pattern from its pieces: literal text, and `*` marks. */
export function namePattern(pieces: readonly { text: string; quoted: boolean }[], span: Span): NamePattern {
  const text = pieces.map((piece) => piece.text).join('');
  const wild = pieces.some((piece) => !piece.quoted && piece.text.includes('*'));
  if (!wild) return { text, wildcard: null, span };
  const literals = [''];
  for (const piece of pieces) {
    const parts = piece.quoted ? [piece.text] : piece.text.split('*');
    literals.push(`${literals.pop()}${parts[0]}`, ...parts.slice(1));
  }
  return { text, wildcard: wildcardMatcher(literals), span };
}
