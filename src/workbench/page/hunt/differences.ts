import { tolerantTokens } from '../../../languages/esql/syntax/tolerant-tokens.ts';

/** A piece of a text beside another: in both, in the first alone, or in the second alone. */
export interface Piece {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Pairs of words that are compared at most; beyond it the texts stand one below the other. */
const mostPairs = 4_000_000;

/** What differs between two queries, word by word, with the white space of the second. */
export function differences(before: string, after: string): Piece[] {
  const [one, other] = [wordsOf(before), wordsOf(after)];
  if (one.length * other.length > mostPairs)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  // From the end on, so that a command that is added between two others is marked with the `|` before it.
  const [last, otherLast] = [one.reverse(), other.reverse()];
  const common = lengths(last, otherLast);
  const backwards: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < last.length || j < otherLast.length) {
    const [own, next] = [last[i], otherLast[j]];
    if (own && next && own.word === next.word) {
      backwards.push({ kind: 'same', text: next.text });
      i++;
      j++;
    } else if (next && (!own || common[i]![j + 1]! >= common[i + 1]![j]!)) {
      backwards.push({ kind: 'added', text: next.text });
      j++;
    } else {
      backwards.push({ kind: 'removed', text: own!.text });
      i++;
    }
  }
  return joined(backwards.reverse());
}

/** Neighbours of one kind as one piece. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const { kind, text } of pieces) {
    const before = found.at(-1);
    if (before?.kind === kind) found[found.length - 1] = { kind, text: before.text + text };
    else found.push({ kind, text });
  }
  return found;
}

interface Word {
  readonly word: string;
  /** With the white space before it. */
  readonly text: string;
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const { text: word, span } of tolerantTokens(text)) {
    words.push({ word, text: text.slice(end, span.end) });
    end = span.end;
  }
  return end < text.length ? [...words, { word: '', text: text.slice(end) }] : words;
}

/** For each pair of places, how many words the rests have in common in their order. */
function lengths(one: readonly Word[], other: readonly Word[]): number[][] {
  const table = Array.from({ length: one.length + 1 }, () => new Array<number>(other.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      table[i]![j] =
        one[i]!.word === other[j]!.word ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  return table;
}
