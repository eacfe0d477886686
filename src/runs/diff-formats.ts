import pc from 'picocolors';
import { grouped, groupLines, wrapped } from '../report/groups.ts';
import { librarySize } from '../report/library-summary.ts';
import { harmless } from '../report/markdown.ts';
import type { Surface } from '../report/report.ts';
import { resultRows, shortIdsLegend } from '../report/result-rows.ts';
import { SaidOnce } from '../report/said-once.ts';
import { withJudgements } from '../report/with-judgements.ts';
import { cellJson, cellText } from '../values/json.ts';
import { count } from '../values/quantities.ts';
import type { CellValue, QueryResult, ResultColumn } from '../values/types.ts';
import { visible } from '../values/visible.ts';
import type { ResultDiff } from './diff.ts';
import type { QueryChange } from './query-change.ts';
import type { QueryDiff, RunDiff, RunSide } from './run-diff.ts';

/** Writes a comparison in one format, piece by piece. */
export type DiffFormat = (diff: RunDiff, surface: Surface) => Iterable<string>;

const table: DiffFormat = function* (diff, { width, colour, isVerbose = false }) {
  const colours = pc.createColors(colour);
  const isSummary = diff.queries.length > librarySize && !isVerbose;
  const shown = isSummary ? diff.queries.filter(differs) : diff.queries;
  yield `${colours.dim(`from ${sideText(diff.before)} to ${sideText(diff.after)}`)}\n\n`;
  let isShortened = false;
  const notes = new SaidOnce();
  for (const query of shown) {
    yield `${colours.bold(visible(nameOf(query, diff)))}  ${
      query.diff
        ? (isSame(query.diff) ? colours.green : colours.yellow)(countsText(query.diff))
        : colours.red('not compared')
    }\n`;
    if (query.reason !== null) yield `${visible(query.reason)}\n`;
    if (query.diff && !isSame(query.diff) && (yield* rows(changedRows(query), isSummary, width, colours)))
      isShortened = true;
    for (const note of notesOf(query)) yield `${colours.yellow('note:')} ${visible(notes.text(note))}\n`;
    yield '\n';
  }
  if (isSummary) {
    const same = diff.queries.filter(({ diff: one }) => one && isSame(one));
    const open = diff.queries.filter(({ diff: one }) => !one);
    if (open.length > 0) yield `${colours.red(`${open.length} not compared`)}\n`;
    yield* groupLines(
      grouped(open, ({ reason }) => reason?.split('\n')[0] ?? 'nobody knows why'),
      colours,
      seeAll,
    );
    yield `${colours.green(`${same.length} unchanged`)}\n`;
    yield* wrapped(
      same.map((query) => visible(nameOf(query, diff))),
      width ?? 120,
      colours,
      seeAll,
    );
    yield '\n';
  }
  if (isShortened) yield colours.dim(`${shortIdsLegend}\n`);
  if (diff.queries.length > 1) yield `${summary(diff)}\n`;
};

const seeAll = '--verbose lists each query';

const differs = ({ diff }: QueryDiff): boolean => diff !== null && !isSame(diff);

const mostRows = 10;

/** Rows of a difference; on a screen full of queries the first of each will do. */
function* rows(
  all: Pick<QueryResult, 'columns' | 'values'>,
  isSummary: boolean,
  width: number | null,
  colours: ReturnType<typeof pc.createColors>,
): Generator<string, boolean> {
  const more = isSummary ? all.values.length - mostRows : 0;
  const shortened = yield* resultRows(
    more > 0 ? { ...all, values: all.values.slice(0, mostRows) } : all,
    { width, layout: 'auto' },
    colours,
  );
  if (more > 0)
    yield colours.dim(`… and ${more.toLocaleString('en')} more rows: --verbose or --format json has them\n`);
  return shortened;
}

const markdown: DiffFormat = function* (diff) {
  yield `From ${harmless(sideText(diff.before))} to ${harmless(sideText(diff.after))}: ${harmless(summary(diff))}.\n\n`;
  for (const query of diff.queries) {
    yield `## ${harmless(nameOf(query, diff))}\n\n`;
    if (query.reason !== null) yield `**Not compared:** ${harmless(query.reason)}\n\n`;
    if (query.diff) yield `${countsText(query.diff)}\n\n`;
    if (query.diff && !isSame(query.diff)) {
      const { columns, values } = changedRows(query);
      yield `| ${columns.map(({ name }) => harmless(name)).join(' | ')} |\n|${columns.map(() => ' --- |').join('')}\n`;
      for (const row of values) yield `| ${row.map((cell) => harmless(String(cell))).join(' | ')} |\n`;
      yield '\n';
    }
    for (const note of notesOf(query)) yield `> ${harmless(note)}\n\n`;
  }
};

const json: DiffFormat = function* ({ before, after, queries }) {
  yield `{"before":${sideJson(before)},"after":${sideJson(after)},"results":[`;
  for (const [i, query] of queries.entries()) {
    const { hunt, query: place } = (query.after ?? query.before)!;
    const reference = hunt && { uuid: hunt.uuid, name: hunt.name, file: hunt.file };
    yield `${i === 0 ? '\n ' : ',\n '}{"hunt":${JSON.stringify(reference)},"query":${place},"error":${JSON.stringify(query.reason)}`;
    if (query.diff) yield* diffJson(query.diff, query.judged);
    yield `,"notes":${JSON.stringify(notesOf(query))}}`;
  }
  yield ']}\n';
};

/** The formats by name. */
export const diffFormats = { table, json, md: markdown } as const;
export type DiffFormatName = keyof typeof diffFormats;

function* diffJson(
  { keys, columns, added, gone, changed, unchanged, beyond, unknown }: ResultDiff,
  judged: QueryDiff['judged'],
): Iterable<string> {
  const rowJson = (row: readonly CellValue[]): string =>
    `[${row.map((value, i) => cellJson(value, columns[i]!.type)).join(',')}]`;
  yield `,"keys":${JSON.stringify(keys)},"columns":${JSON.stringify(columns)}`;
  yield `,"new":[${added.map(rowJson).join(',\n  ')}],"gone":[${gone.map(rowJson).join(',\n  ')}],"changed":[`;
  yield changed
    .map(({ before, after, places }) => {
      const names = places.map((at) => columns[at]!.name);
      return `{"before":${rowJson(before)},"after":${rowJson(after)},"columns":${JSON.stringify(names)}}`;
    })
    .join(',\n  ');
  yield `],"unchanged":${unchanged},"beyond_limit":[${beyond.map(rowJson).join(',\n  ')}]`;
  yield `,"not_known":[${unknown.map(rowJson).join(',\n  ')}]`;
  const differing = [...added, ...gone, ...changed.map(({ after }) => after), ...beyond, ...unknown];
  const said = differing.flatMap((row) => {
    const found = judged.get(row);
    if (!found) return [];
    const { verdict, note, by, at, givenFor } = found;
    const rest = JSON.stringify({ verdict, note, by, at: at.toISOString(), given_for: givenFor });
    return `{"row":${rowJson(row)},${rest.slice(1)}`;
  });
  yield `,"judged":[${said.join(',\n  ')}]`;
}

const sideJson = ({ name, now }: RunSide): string => JSON.stringify({ name, now: now.toISOString() });

const sideText = ({ name, now }: RunSide): string => `${name ?? 'a new run'} (as of ${now.toISOString()})`;

/** True when nothing happened between two answers. */
export const isSame = ({ added, gone, changed, unknown }: ResultDiff): boolean =>
  added.length + gone.length + changed.length + unknown.length === 0;

const countsText = ({ added, gone, changed, unchanged, unknown }: ResultDiff): string =>
  `${added.length} new, ${gone.length} gone, ${changed.length} changed, ${unchanged} unchanged${unknown.length > 0 ? `, ${unknown.length} not known` : ''}`;

function nameOf(query: QueryDiff, { queries }: RunDiff): string {
  const { hunt, query: place } = (query.after ?? query.before)!;
  const siblings = queries.filter((other) => hunt && (other.after ?? other.before)!.hunt?.file === hunt.file).length;
  return (hunt?.name ?? 'query') + (siblings > 1 ? `, query ${place + 1}` : '');
}

/**
 * Every row that is not the same, with what became of it in front; old values before new ones.
 */
function changedRows({ diff, judged }: QueryDiff): Pick<QueryResult, 'columns' | 'values'> {
  const { columns, added, gone, changed, unknown } = diff!;
  const text = (row: readonly CellValue[]): string[] => row.map((value, i) => textOf(value, columns[i]!));
  const rows: { readonly change: string; readonly row: readonly CellValue[]; readonly cells: readonly string[] }[] = [
    ...added.map((row) => ({ change: '+ new', row, cells: text(row) })),
    ...changed.map(({ before, after, places }) => {
      const [old, now] = [text(before), text(after)];
      const cells = now.map((cell, at) => (places.includes(at) ? `${old[at]} → ${cell}` : cell));
      return { change: '~ changed', row: after, cells };
    }),
    ...gone.map((row) => ({ change: '- gone', row, cells: text(row) })),
    ...unknown.map((row) => ({ change: '? not known', row, cells: text(row) })),
  ];
  const shown = withJudgements(
    { columns, values: rows.map(({ cells }) => cells) },
    rows.map(({ row }) => judged.get(row) ?? null),
  );
  return {
    columns: [{ name: 'change', type: 'keyword' }, ...shown.columns],
    values: shown.values.map((cells, i) => [rows[i]!.change, ...cells.map((cell) => cell ?? '')]),
  };
}

const textOf = (value: CellValue, { type }: ResultColumn): string => (value === null ? '' : cellText(value, type));

const changeTexts: Readonly<Record<QueryChange, string>> = {
  window: 'the windows of the two runs do not begin alike',
  options: 'the two runs changed the hunt differently (--set, --exclude, --only, --platform)',
  query: 'the query is not the same in the two runs',
};

function notesOf({ before, after, diff, change, unread }: QueryDiff): string[] {
  const notes: string[] = [];
  if (before?.outcome === 'cannot tell' && diff && diff.added.length > 0)
    notes.push('the data of the earlier run could not tell: what is new here may have been there');
  if (unread.before !== null && diff && diff.added.length > 0)
    notes.push(`the earlier run did not search all of its data: ${unread.before}; what is new here may stand there`);
  if (unread.after !== null && diff && diff.unknown.length > 0)
    notes.push(
      `the later run did not search all of its data: ${unread.after}; ${count(diff.unknown.length, 'row')} of the earlier one may stand there, and ${diff.unknown.length === 1 ? 'is' : 'are'} not called gone`,
    );
  if (before?.result?.isCut && diff && diff.added.length > 0)
    notes.push('a LIMIT cut the earlier run: what is new here may have been beyond it');
  if (diff && diff.beyond.length > 0)
    notes.push(
      `a LIMIT cut the later run: ${count(diff.beyond.length, 'row')} of the earlier one may be beyond it, and ${diff.beyond.length === 1 ? 'is' : 'are'} not called gone`,
    );
  if (change !== null) notes.push(changeTexts[change]);
  if (diff && diff.columnsAdded.length > 0) notes.push(`only the later run has ${diff.columnsAdded.join(', ')}`);
  if (diff && diff.columnsGone.length > 0) notes.push(`only the earlier run has ${diff.columnsGone.join(', ')}`);
  return [...notes, ...(after?.notes ?? [])];
}

function summary({ queries }: RunDiff): string {
  const sum = (of: (diff: ResultDiff) => number): number =>
    queries.reduce((total, { diff }) => total + (diff ? of(diff) : 0), 0);
  const open = queries.filter(({ diff }) => !diff).length;
  const rows = `${count(
    sum(({ added }) => added.length),
    'row',
  )} new, ${sum(({ gone }) => gone.length)} gone, ${sum(({ changed }) => changed.length)} changed, ${sum(({ unchanged }) => unchanged)} unchanged`;
  return `${queries.length === 1 ? '1 query' : `${queries.length} queries`}: ${rows}${open > 0 ? `; ${open} not compared` : ''}`;
}
