import pc from 'picocolors';
import type { History } from '../../investigate/backfill.ts';
import { entitiesOf } from '../../investigate/entities.ts';
import { cellText } from '../../values/json.ts';
import { visible } from '../../values/visible.ts';
import { shortIdsLegend } from '../result-rows.ts';
import { shortIdsOf, withShortIds } from '../short-ids.ts';
import { sparkline } from '../sparkline.ts';
import type { HistoryWriter } from './history-report.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** A strip of hits over time for each query, and its groups with when they were first and last a hit. */
export const table: HistoryWriter = function* ({ queries }, { colour, width }) {
  const colours = pc.createColors(colour);
  for (const { hunt, query, history, error, notes } of queries) {
    const which = hunt.queries.length > 1 ? `, query ${query + 1}` : '';
    yield `${colours.bold(visible(hunt.name) + which)}${hunt.uuid ? colours.dim(` ${hunt.uuid.slice(0, 8)}`) : ''}\n`;
    if (history) yield* historyLines(history, width, colours);
    else if (error === null) yield `  ${colours.yellow('cannot tell')}\n`;
    else yield `  ${colours.red('the query cannot run')}\n`;
    for (const note of notes) yield `${colours.yellow('note:')} ${visible(note)}\n`;
    yield '\n';
  }
};

const mostEntities = 20;

function* historyLines(history: History, width: number | null, colours: Colours): Iterable<string> {
  const counts = history.windows.map(({ rows }) => rows.length);
  const hit = counts.filter((n) => n > 0).length;
  const room = Math.max(20, (width ?? 120) - 2);
  for (let at = 0; at < counts.length; at += room) {
    yield `  ${colours.yellow(sparkline(counts.slice(at, at + room)))}\n`;
    const last = Math.min(at + room, counts.length) - 1;
    yield `  ${colours.dim(`${minute(history.windows[at]!.now)} … ${minute(history.windows[last]!.now)}`)}\n`;
  }
  yield `  hits in ${hit} of ${counts.length} windows, at most ${Math.max(0, ...counts)}\n`;
  const entities = entitiesOf(history);
  if (entities.length === 0) return;
  const names = history.keys.map((at) => history.columns[at]!);
  yield `\n  ${colours.cyan(`first seen        last seen         windows  ${names.map(({ name }) => visible(name)).join(' · ')}`)}\n`;
  const keys = { columns: names, values: entities.slice(0, mostEntities).map(({ key }) => key) };
  // A file has room for ids in full.
  const { rows, shortened } = withShortIds(keys, width === null ? new Map() : shortIdsOf([keys]));
  for (const [at, { firstSeen, lastSeen, windows }] of entities.slice(0, mostEntities).entries()) {
    const words = rows.values[at]!.map((value, i) =>
      value === null ? 'null' : visible(cellText(value, names[i]!.type)),
    );
    yield `  ${minute(firstSeen)}  ${minute(lastSeen)}  ${String(windows).padStart(7)}  ${words.join(' · ')}\n`;
  }
  if (entities.length > mostEntities) yield `  … and ${entities.length - mostEntities} more\n`;
  if (shortened) yield `  ${colours.dim(shortIdsLegend)}\n`;
}

const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
