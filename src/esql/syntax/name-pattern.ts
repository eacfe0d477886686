import type { Span } from '../../diagnostics/source-text.ts';

/** A column name in KEEP, DROP or RENAME; `*` outside backquotes stands for any run of characters, dots included. */
export interface NamePattern {
  /** The name with backquotes resolved, wildcards as written. */
  readonly text: string;
  /** Null for an exact name. */
  readonly wildcard: RegExp | null;
  readonly span: Span;
}

/** Builds a pattern from its pieces: literal text, and `*` marks. */
export function namePattern(pieces: readonly { text: string; quoted: boolean }[], span: Span): NamePattern {
  const text = pieces.map((piece) => piece.text).join('');
  const wild = pieces.some((piece) => !piece.quoted && piece.text.includes('*'));
  if (!wild) return { text, wildcard: null, span };
  const source = pieces
    .map(({ text, quoted }) => (quoted ? escapeRegExp(text) : text.split('*').map(escapeRegExp).join('.*')))
    .join('');
  return { text, wildcard: new RegExp(`^${source}$`, 's'), span };
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
