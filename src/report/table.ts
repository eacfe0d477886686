import pc from 'picocolors';
import { renderQueryError } from '../diagnostics/render.ts';
import { cellText } from '../values/json.ts';
import { isNumeric, type QueryResult } from '../values/types.ts';
import { hiddenText } from './hidden-text.ts';
import { librarySize, librarySummary, ranked } from './library-summary.ts';
import { noHitsInPart, outcomeText, ownNotes, saysOnce } from './outcomes.ts';
import type { Format, HuntResult, Outcome, RunReport } from './report.ts';
import { shownWarnings } from './shown-warnings.ts';
import { textWidth } from './text-width.ts';
import { visible } from './visible.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** Aligned columns for people. On a terminal long values are cut to its width; in a pipe nothing is. */
export const table: Format = function* (report, { width, colour }, alone) {
  const colours = pc.createColors(colour);
  const isLibrary = !alone && report.results.length > librarySize;
  const shown = isLibrary ? ranked(report.results).filter(({ outcome }) => outcome === 'hits') : report.results;
  for (const result of shown) {
    if (!alone) yield heading(result, report, colours);
    const own = { ...result, notes: ownNotes(result, report) };
    yield* body(isLibrary && width !== null ? cutRows(own) : own, width, colours);
    if (alone && result.result?.values.length === 0) yield colours.dim('0 rows\n');
    if (!alone) yield '\n';
  }
  if (isLibrary) yield* librarySummary(report, width, colours);
  else if (!alone && report.results.length > 1) yield* summary(report, colours);
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
  { result, error, problem, notes, hidden, drillDown }: HuntResult,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  const words = { colour: colours.isColorSupported, width: width ?? 120 };
  if (problem) yield `${renderQueryError(problem.error, { ...problem, ...words })}\n`;
  else if (error !== null) yield `${error}\n`;
  if (result && result.values.length > 0 && result.columns.length > 0)
    yield* grid(drillDown === null ? result : numbered(result), width, colours);
  else if (result && result.values.length > 0) yield `${result.values.length} rows without columns\n`;
  const rowsHidden = hiddenText(hidden);
  if (rowsHidden !== null) yield colours.dim(`${rowsHidden}\n`);
  for (const warning of shownWarnings(result)) yield colours.dim(`warning: ${visible(warning)}\n`);
  if (drillDown !== null && (result?.values.length ?? 0) > 0)
    yield colours.dim(`events of a row: ${visible(drillDown)}\n`);
  for (const note of notes) yield `${colours.yellow('note:')} ${visible(note)}\n`;
}

/** Rows with their number in front, by which the drill-down asks for them. */
const numbered = ({ columns, values }: QueryResult): Pick<QueryResult, 'columns' | 'values'> => ({
  columns: [{ name: '#', type: 'integer' }, ...columns],
  values: values.map((row, i) => [i + 1, ...row]),
});

const gap = '  ';

/** Rows under their names, as wide as they are or as `width` allows. */
export function* grid(
  { columns, values }: Pick<QueryResult, 'columns' | 'values'>,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  const rows = values.map((row) =>
    row.map((value, i) => (value === null ? '' : visible(cellText(value, columns[i]!.type)))),
  );
  const names = columns.map(({ name }) => visible(name));
  const natural = names.map((name, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i]!)), textWidth(name)),
  );
  const right = columns.map(({ type }) => isNumeric(type));
  const widths = width === null ? natural : fit(natural, leastWidths(rows, natural, right), width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cut(cell, widths[i]!), widths[i]!, right[i]!))
      .join(gap)
      .trimEnd();
  yield `${colours.cyan(line(names))}\n`;
  yield `${colours.dim(widths.map((n) => '─'.repeat(n)).join(gap))}\n`;
  for (const row of rows) yield `${line(row)}\n`;
}

const narrowest = 8;
const legible = 14;

/** How narrow columns may get, in turn: first texts, then the names above numbers, and numbers themselves last. */
function leastWidths(rows: readonly string[][], natural: readonly number[], right: readonly boolean[]): number[][] {
  const texts = natural.map((own, i) => (right[i] ? own : Math.min(own, legible)));
  const numbers = texts.map((least, i) =>
    right[i] ? rows.reduce((widest, row) => Math.max(widest, textWidth(row[i]!)), narrowest) : least,
  );
  return [texts, numbers, natural.map((own) => Math.min(own, narrowest))];
}

/** Takes width from the widest columns, as far as each may get, until the line fits. */
function fit(natural: readonly number[], leasts: readonly number[][], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, n) => sum + n, 0) + gap.length * (widths.length - 1) - width;
  for (const least of leasts) {
    while (excess > 0) {
      const open = widths.map((n, i) => (n > least[i]! ? n : 0));
      const widest = Math.max(...open);
      if (widest === 0) break;
      widths[open.lastIndexOf(widest)]! -= 1;
      excess -= 1;
    }
  }
  return widths;
}

/** Cuts a text to a width of columns. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let out = '';
  for (const character of text) {
    if (textWidth(out + character) > width - 1) break;
    out += character;
  }
  return `${out}…`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}

function* summary(report: RunReport, colours: Colours): Iterable<string> {
  const { results, unread } = report;
  const of = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const parts = [
    colours.yellow(`${of('hits')} with hits`),
    colours.green(`${of('none')} without`),
    ...(of('cannot tell') > 0 ? [colours.magenta(`${of('cannot tell')} that cannot tell`)] : []),
    ...(of('failed') > 0 ? [colours.red(`${of('failed')} failed`)] : []),
    ...(of('interrupted') > 0 ? [colours.red(`${of('interrupted')} interrupted`)] : []),
  ];
  yield `${results.length} queries: ${parts.join(', ')}\n`;
  if (saysOnce(report)) yield `${colours.yellow('note:')} ${noHitsInPart}: ${visible(unread!)}\n`;
}
