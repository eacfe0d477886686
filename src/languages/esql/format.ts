import type { Fix } from '../../diagnostics/diagnostic.ts';
import { commandWords } from './syntax/command-words.ts';
import { skipTrivia } from './syntax/lexer.ts';
import { type OutlinedCommand, outlineOf } from './syntax/outline.ts';

/**
 * Edits that put each command on a line of its own, with its words in capitals. Comments stay where they are, and so does
 * everything inside a command: unnamed columns are called as their expressions are written, spaces included. The text has
 * to be one that parses.
 */
export function formatEdits(text: string): Fix[] {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const commands = outlineOf(text);
  const edits = commands.flatMap((command, i) => [
    ...barEdits(text, commands[i - 1]?.span.end ?? null, command, end),
    ...keywordEdits(text, command),
  ]);
  const last = commands.at(-1)?.span.end ?? text.length;
  const isBlank = text.slice(last).trim() === '';
  if (isBlank && last < text.length) edits.push({ span: { start: last, end: text.length }, text: '' });
  return edits.filter(({ span, text: written }) => text.slice(span.start, span.end) !== written);
}

/** The `|` begins a line, and one space is behind it. */
function barEdits(text: string, before: number | null, { bar, span }: OutlinedCommand, end: string): Fix[] {
  if (bar === null || before === null) return [];
  const gap = text.slice(before, bar);
  const kept = gap.replace(/\s+$/, '');
  // A comment behind the command before it stays on its line, one behind the `|` stays there.
  const start = before + kept.length;
  const isPlain = text.slice(bar + 1, span.start).trim() === '';
  return [isPlain ? { span: { start, end: span.start }, text: `${end}| ` } : { span: { start, end: bar }, text: end }];
}

function keywordEdits(text: string, { span }: OutlinedCommand): Fix[] {
  const first = wordAt(text, span.start);
  const known = commandWords.get(first.toLowerCase());
  if (known === undefined) return [];
  const edits = [{ span: { start: span.start, end: span.start + first.length }, text: first.toUpperCase() }];
  if (known === null) return edits;
  const at = skipTrivia(text, span.start + first.length);
  const second = wordAt(text, at);
  return second.toLowerCase() === known
    ? [...edits, { span: { start: at, end: at + second.length }, text: second.toUpperCase() }]
    : edits;
}

const wordAt = (text: string, at: number): string => /^\w*/.exec(text.slice(at, at + 40))![0];
