import pc from 'picocolors';
import { renderQueryError } from '../diagnostics/render.ts';
import { count } from '../values/quantities.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import { visible } from '../values/visible.ts';
import { hiddenText } from './hidden-text.ts';
import { librarySize, librarySummary, ranked } from './library-summary.ts';
import { noHitsInPart, outcomeText, ownNotes, saysOnce } from './outcomes.ts';
import { durationText, readText } from './read-summary.ts';
import type { Format, HuntResult, Outcome, RunReport, Surface } from './report.ts';
import { resultRows, rowNumber, shortIdsLegend } from './result-rows.ts';
import { SaidOnce } from './said-once.ts';
import { shortIdsOf } from './short-ids.ts';
import { shownWarnings } from './shown-warnings.ts';
import { contextLegend, withContext } from './with-context.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** Aligned columns for people. On a terminal long values are cut to its width; in a pipe nothing is. */
export const table: Format = function* (report, { width, colour, layout = 'auto' }, alone) {
  const colours = pc.createColors(colour);
  const isLibrary = !alone && report.results.length > librarySize;
  const shown = isLibrary ? ranked(report.results).filter(({ outcome }) => outcome === 'hits') : report.results;
  const ids = shortIdsOf(shown.flatMap(({ result }) => result ?? []));
  const legends = new Set<string>();
  const notes = new SaidOnce();
  for (const result of shown) {
    if (!alone) yield heading(result, report, colours);
    const own = { ...result, notes: ownNotes(result, report) };
    const said = yield* body(isLibrary && width !== null ? cutRows(own) : own, { width, layout, ids }, notes, colours);
    for (const legend of said) legends.add(legend);
    if (alone && result.result?.values.length === 0) yield colours.dim('0 rows\n');
    if (!alone) yield '\n';
  }
  for (const legend of legends) yield colours.dim(`${legend}\n`);
  if (legends.size > 0 && !alone) yield '\n';
  if (isLibrary) yield* librarySummary(report, width, colours);
  if (!alone) yield* summary(report, colours);
  if (report.partial) yield colours.red('interrupted: this is not all\n');
};

const mostLibraryRows = 10;

/** On a screen full of hunts the first rows of each will do. */
function cutRows(hit: HuntResult): HuntResult {
  const { result, notes } = hit;
  const more = (result?.values.length ?? 0) - mostLibraryRows;
  if (!result || more <= 0) return hit;
  const note = `${more.toLocaleString('en')} more rows: run the hunt alone, or write all to a file with --output`;
  return { ...hit, result: { ...result, values: result.values.slice(0, mostLibraryRows) }, notes: [...notes, note] };
}

function heading(result: HuntResult, report: RunReport, colours: Colours): string {
  const { hunt, query, outcome } = result;
  const siblings = report.results.filter((other) => hunt && other.hunt?.file === hunt.file).length;
  const name = visible(hunt?.name ?? 'query') + (siblings > 1 ? `, query ${query + 1}` : '');
  const uuid = hunt?.uuid ? colours.dim(` ${hunt.uuid.slice(0, 8)}`) : '';
  return `${colours.bold(name)}${uuid}  ${colours[outcomeColour[outcome]](outcomeText(result))}\n`;
}

const outcomeColour = {
  hits: 'yellow',
  none: 'green',
  'cannot tell': 'magenta',
  interrupted: 'red',
  failed: 'red',
} as const satisfies Record<Outcome, keyof Colours>;

function* body(
  { result, context, error, problem, notes, hidden, drillDown }: HuntResult,
  {
    width,
    layout,
    ids,
  }: Required<Pick<Surface, 'width' | 'layout'>> & { readonly ids: ReadonlyMap<CellValue, string> },
  said: SaidOnce,
  colours: Colours,
): Generator<string, string[]> {
  const legends: string[] = [];
  const words = { colour: colours.isColorSupported, width: width ?? 120 };
  if (problem) yield `${renderQueryError(problem.error, { ...problem, ...words })}\n`;
  else if (error !== null) yield `${error}\n`;
  const shown = withContext({ result, context });
  if (shown && shown.values.length > 0 && shown.columns.length > 0) {
    const shortened = yield* resultRows(drillDown === null ? shown : numbered(shown), { width, layout, ids }, colours);
    if (shortened) legends.push(shortIdsLegend);
  } else if (result && result.values.length > 0) yield `${result.values.length} rows without columns\n`;
  if (context) legends.push(contextLegend);
  const rowsHidden = hiddenText(hidden);
  if (rowsHidden !== null) yield colours.dim(`${rowsHidden}\n`);
  for (const warning of shownWarnings(result)) yield colours.dim(`warning: ${visible(warning)}\n`);
  if (drillDown !== null && (result?.values.length ?? 0) > 0)
    yield colours.dim(`events of a row: ${visible(drillDown)}\n`);
  for (const note of notes) yield `${colours.yellow('note:')} ${visible(said.text(note))}\n`;
  return legends;
}

/** Rows with their number in front, by which the drill-down asks for them. */
const numbered = ({
  columns,
  values,
}: Pick<QueryResult, 'columns' | 'values'>): Pick<QueryResult, 'columns' | 'values'> => ({
  columns: [{ name: rowNumber, type: 'integer' }, ...columns],
  values: values.map((row, i) => [i + 1, ...row]),
});

/** The last line: what came of the queries, what was read of the events, and how long it took. */
function* summary(report: RunReport, colours: Colours): Iterable<string> {
  const { results, unread, load, tookMs } = report;
  const of = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const outcomes = [
    colours.yellow(`${of('hits')} with hits`),
    colours.green(`${of('none')} without`),
    ...(of('cannot tell') > 0 ? [colours.magenta(`${of('cannot tell')} that cannot tell`)] : []),
    ...(of('failed') > 0 ? [colours.red(`${of('failed')} failed`)] : []),
    ...(of('interrupted') > 0 ? [colours.red(`${of('interrupted')} interrupted`)] : []),
  ];
  const parts = [
    `${count(results.length, 'query', 'queries')}: ${outcomes.join(', ')}`,
    ...(load ? [readText(load)] : []),
    ...(tookMs === undefined ? [] : [durationText(tookMs)]),
  ];
  yield `${parts.join('; ')}\n`;
  if (saysOnce(report)) yield `${colours.yellow('note:')} ${noHitsInPart}: ${visible(unread!)}\n`;
}
