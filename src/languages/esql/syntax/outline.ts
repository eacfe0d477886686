import type { Span } from '../../../diagnostics/source-text.ts';
import { commandName, commandWords } from './command-words.ts';
import { tolerantTokens } from './tolerant-tokens.ts';

/** A command of a pipeline, whether it can be read or not. */
export interface OutlinedCommand {
  /** Its words in capitals, such as `WHERE` or `INLINE STATS`; empty where there is none yet. */
  readonly keyword: string;
  /** From its first token to its last, without the `|` before it. */
  readonly span: Span;
  /** Where the `|` before it stands; null for the first command. */
  readonly bar: number | null;
}

/** The commands of a text that may be half written. What stands in parentheses belongs to the command around it. */
export function outlineOf(text: string): OutlinedCommand[] {
  const commands: OutlinedCommand[] = [];
  let depth = 0;
  let bar: number | null = null;
  let open: { keyword: string; start: number; end: number; words: number } | null = null;
  const close = (at: number): void => {
    const { keyword = '', start = at, end = at } = open ?? {};
    commands.push({ keyword, span: { start, end }, bar });
    open = null;
  };
  const tokens = [...tolerantTokens(text)];
  const unclosed = unclosedIn(tokens);
  for (const { kind, text: word, span } of tokens) {
    if (kind === 'symbol' && depth === 0 && word === '|') {
      close(span.start);
      bar = span.start;
      continue;
    }
    // SET stands before the query.
    if (kind === 'symbol' && depth === 0 && word === ';' && bar === null) {
      open = null;
      continue;
    }
    if (kind === 'symbol' && /^[([{]$/.test(word) && !unclosed.has(span.start)) depth += 1;
    if (kind === 'symbol' && /^[)\]}]$/.test(word)) depth = Math.max(0, depth - 1);
    if (!open)
      open = { keyword: kind === 'identifier' ? word.toUpperCase() : '', start: span.start, end: span.end, words: 1 };
    else {
      if (open.words === 1 && commandWords.get(open.keyword.toLowerCase()) === word.toLowerCase())
        open.keyword = commandName(open.keyword);
      open.words += 1;
      open.end = span.end;
    }
  }
  if (open || bar !== null) close(text.length);
  return commands;
}

/** Where brackets stand that nothing closes: they do not take the commands behind them in. */
function unclosedIn(
  tokens: Iterable<{ readonly kind: string; readonly text: string; readonly span: Span }>,
): Set<number> {
  const open: number[] = [];
  for (const { kind, text, span } of tokens) {
    if (kind !== 'symbol') continue;
    if (/^[([{]$/.test(text)) open.push(span.start);
    else if (/^[)\]}]$/.test(text)) open.pop();
  }
  return new Set(open);
}
