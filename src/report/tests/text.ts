import pc from 'picocolors';
import {
  type HuntTestResults,
  type TestReport,
  type TestResult,
  tallyOf,
  untestedText,
} from '../../hunts/testing/results.ts';
import { visible } from '../../values/visible.ts';
import { shown } from '../findings.ts';
import type { Surface } from '../report.ts';
import { grid } from '../table-grid.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** The rows that are shown of a result that is not as expected. */
const mostRows = 10;

/** Results of tests for people: a line for each test, and below those that failed what came instead. */
export function* testsText(report: TestReport, { width, colour }: Surface): Iterable<string> {
  const colours = pc.createColors(colour);
  for (const hunt of report.hunts) {
    if (hunt.results.length === 0) continue;
    yield `${colours.bold(visible(hunt.hunt.name))}${hunt.hunt.uuid ? colours.dim(` ${visible(hunt.hunt.uuid.slice(0, 8))}`) : ''}\n`;
    for (const result of hunt.results) yield* resultText(result, hunt, width, colours);
    yield '\n';
  }
  yield* untested(report, colours);
  yield summary(report, colours);
}

function* resultText(
  result: TestResult,
  { hunt, file }: HuntTestResults,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  const { kind, name, query, outcome, faults, notes, line, result: rows } = result;
  const mark = outcome === 'ok' ? colours.green('ok    ') : colours.red(outcome.padEnd(6));
  const which = hunt.queries > 1 && query !== null ? `query ${query + 1}: ` : '';
  yield `  ${mark}  ${colours.dim(kind.padEnd(12))}  ${which}${visible(name)}\n`;
  if (outcome === 'ok') return;
  yield `    ${colours.dim(`${visible(shown(file!))}:${line}`)}\n`;
  for (const fault of faults) for (const part of fault.split('\n')) yield `    ${visible(part)}\n`;
  for (const note of notes) yield `    ${colours.yellow('note:')} ${visible(note)}\n`;
  if (!rows || rows.values.length === 0 || rows.columns.length === 0) return;
  const values = rows.values.slice(0, mostRows);
  for (const part of grid({ columns: rows.columns, values }, width === null ? null : width - 4, colours))
    yield `    ${part}`;
  if (rows.values.length > mostRows) yield `    … and ${rows.values.length - mostRows} more\n`;
}

function* untested({ hunts, testsRequired }: TestReport, colours: Colours): Iterable<string> {
  const told = hunts.flatMap((one) => {
    const what = untestedText(one);
    return what === null ? [] : [`  ${visible(shown(one.hunt.file))}: ${what}\n`];
  });
  if (told.length === 0) return;
  yield `${testsRequired ? colours.red('not tested:') : colours.yellow('not tested:')}\n`;
  yield* told;
  yield '\n';
}

function summary(report: TestReport, colours: Colours): string {
  const { tests, ok, failed, errors, untestedHunts } = tallyOf(report);
  const parts = [
    colours.green(`${ok} ok`),
    ...(failed > 0 ? [colours.red(`${failed} failed`)] : []),
    ...(errors > 0 ? [colours.red(`${errors} could not be run`)] : []),
  ];
  const bare = untestedHunts === 0 ? '' : `; ${count(untestedHunts, 'hunt')} not tested`;
  return `${count(tests, 'test')} of ${count(report.hunts.length, 'hunt')}: ${parts.join(', ')}${bare}\n`;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
