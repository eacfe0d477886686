import type pc from 'picocolors';
import { visible } from '../values/visible.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** Things of which the same is to be said. */
export interface Group<T> {
  readonly text: string;
  readonly items: readonly T[];
}

/** Things by what is to be said of them, the largest groups first. */
export function grouped<T>(items: readonly T[], textOf: (item: T) => string): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const text = textOf(item);
    const group = groups.get(text);
    if (group) group.push(item);
    else groups.set(text, [item]);
  }
  return [...groups].map(([text, items]) => ({ text, items })).sort((a, b) => b.items.length - a.items.length);
}

/** More groups than this are no summary. */
const mostGroups = 12;

/** A line for each group: how many, and what. `more`: what shows the rest. */
export function* groupLines(groups: readonly Group<unknown>[], colours: Colours, more: string): Iterable<string> {
  for (const { text, items } of groups.slice(0, mostGroups))
    yield `${items.length.toLocaleString('en').padStart(7)}  ${visible(text)}\n`;
  const left = groups.length - mostGroups;
  if (left > 0)
    yield `${' '.repeat(9)}… and ${left} other ${left === 1 ? 'reason' : 'reasons'}${colours.dim(`: ${more}`)}\n`;
}

const mostLines = 6;

/** Names, as many as go on a few lines. `more`: what shows the rest. */
export function* wrapped(names: readonly string[], width: number, colours: Colours, more: string): Iterable<string> {
  let line = ' ';
  let lines = 0;
  for (const [i, name] of names.entries()) {
    const word = ` ${name}${i < names.length - 1 ? ' ·' : ''}`;
    if (line.length + word.length > width && line.trim() !== '') {
      yield `${line}\n`;
      line = ' ';
      lines += 1;
      if (lines === mostLines) {
        yield `  … and ${names.length - i} more${colours.dim(`: ${more}`)}\n`;
        return;
      }
    }
    line += word;
  }
  if (line.trim() !== '') yield `${line}\n`;
}
