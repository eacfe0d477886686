import pc from 'picocolors';
import type { ActivityOverTime } from '../../investigate/timeline.ts';
import { visible } from '../../values/visible.ts';
import { fittingGrid } from '../fitting-grid.ts';
import { cut } from '../table-grid.ts';
import { factsOf, focusOf } from './facts.ts';
import type { PivotFormat } from './formats.ts';
import { type List, listsOf, strip } from './lists.ts';
import { treeLines } from './tree-lines.ts';
import { duration, isDoubtful, moment, nameOf } from './words.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** For people at a terminal, where long values are cut to its width; in a pipe nothing is. */
export const text: PivotFormat = function* (pivot, { width, colour }) {
  const colours = pc.createColors(colour);
  const cutTo = (value: string, room: number): string => (width === null ? value : cut(value, Math.max(8, room)));
  const host = pivot.process?.host.name;
  yield `${colours.bold(visible(nameOf(focusOf(pivot.tree))))}${host ? ` on ${visible(host)}` : ''}\n`;
  const facts = factsOf(pivot).flatMap(([term, fact]) => (fact === null ? [] : [[term, visible(fact)] as const]));
  const widest = Math.max(...facts.map(([term]) => term.length));
  for (const [term, fact] of facts) {
    const doubtful = term === 'signature' && isDoubtful(fact);
    yield `  ${colours.cyan(term.padEnd(widest))}  ${doubtful ? colours.red(fact) : cutTo(fact, (width ?? 0) - widest - 4)}\n`;
  }
  if (pivot.overTime) yield* overTime(pivot.overTime, widest, colours);
  for (const note of pivot.notes) yield `${colours.yellow('note:')} ${visible(note)}\n`;
  yield `\n${colours.bold('Processes')}\n`;
  for (const line of treeLines(pivot.tree, colours, width)) yield `${line}\n`;
  for (const list of listsOf(pivot)) yield* section(list, width, colours);
};

/** When its events were, in one strip for each kind. */
function* overTime({ start, span, kinds }: ActivityOverTime, widest: number, colours: Colours): Iterable<string> {
  const length = Math.max(...kinds.map(({ counts }) => counts.length));
  if (length < 2) return;
  const end = new Date(start + span * length).toISOString();
  for (const { kind, counts } of kinds) yield `  ${colours.cyan(kind.padEnd(widest))}  ${strip(counts)}\n`;
  const words = `${moment(new Date(start).toISOString())} to ${moment(end)}, ${duration(span / 1000)} each`;
  yield `  ${' '.repeat(widest)}  ${colours.dim(words)}\n`;
}

function* section(list: List, width: number | null, colours: Colours): Iterable<string> {
  const blind = list.summary.startsWith('cannot tell');
  const summary = blind ? colours.yellow(list.summary) : colours.dim(list.summary);
  yield `\n${colours.bold(list.title)}  ${summary}\n`;
  if (list.rows.length === 0) return;
  const columns = list.columns.map(({ name, isNumber }) => ({
    name,
    type: isNumber ? ('long' as const) : isTime.has(name) ? ('date' as const) : ('keyword' as const),
  }));
  yield* fittingGrid({ columns, values: list.rows }, width, colours, {
    less: ['sha256', 'pauses', 'until', 'first seen', 'direction', 'type', 'last seen', 'kind'],
    more: '--format json has all',
  });
  if (list.left > 0) yield colours.dim(`… and ${list.left.toLocaleString('en')} more: raise --limit\n`);
}

/** Columns of times: a part of one is none. */
const isTime: ReadonlySet<string> = new Set(['time', 'first seen', 'last seen', 'until']);
