import pc from 'picocolors';
import { looserThan } from '../../investigate/thresholds.ts';
import type { ThresholdStudy } from '../../investigate/tune.ts';
import { count } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import type { TuningReport, TuningWriter } from './tuning-report.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** For each threshold: what it is compared with, and a line for each value tried, with a bar for its hits. */
export const table: TuningWriter = function* (report, { colour }) {
  const colours = pc.createColors(colour);
  for (const { hunt, query, tuning, error, notes } of report.queries) {
    const which = hunt.queries.length > 1 ? `, query ${query + 1}` : '';
    yield `${colours.bold(visible(hunt.name) + which)}${hunt.uuid ? colours.dim(` ${hunt.uuid.slice(0, 8)}`) : ''}\n`;
    if (error !== null) yield `  ${colours.red('the query cannot run')}\n`;
    else if (tuning === null) yield `  ${colours.yellow('cannot tell')}\n`;
    for (const note of notes) yield `${colours.yellow('note:')} ${visible(note)}\n`;
    if (tuning?.studies.length === 0) yield '  no threshold on numbers\n';
    for (const study of tuning?.studies ?? []) yield* studyLines(study, tuning!.days, report, colours);
    yield '\n';
  }
};

function* studyLines(
  study: ThresholdStudy,
  days: number | null,
  report: TuningReport,
  colours: Colours,
): Iterable<string> {
  const { threshold, literal, candidates, quantiles, hits, suggestion } = study;
  yield `\n  ${colours.cyan(visible(threshold.name))} ${threshold.operator} ${number(literal)}${colours.dim(`   compared in ${number(candidates)} rows`)}\n`;
  if (quantiles.length > 0) {
    const shown = quantiles.filter(({ share }) => [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1].includes(share));
    const words = shown.map(({ share, value }) => `${shareName(share)} ${number(value)}`);
    yield `    ${colours.dim(words.join('   '))}\n`;
  }
  const most = Math.max(...hits.map((one) => one.hits), 1);
  const width = Math.max(...hits.map((one) => number(one.threshold).length));
  for (const { threshold: at, hits: n, isCut } of hits) {
    const bar = '█'.repeat(Math.round((n / most) * barWidth)) || (n > 0 ? '▏' : '');
    const here = at === literal ? colours.yellow(' ← current') : '';
    const rate = days === null || n === 0 ? '' : colours.dim(` ${perDay(n / days)} a day`);
    yield `    ${threshold.operator} ${number(at).padStart(width)}  ${colours.green(bar)} ${count(n, 'hit')}${isCut ? byLimit : ''}${rate}${here}\n`;
  }
  const bearable = `at most ${number(report.hitsPerDay)} a day`;
  if (suggestion) {
    const what = suggestion.threshold === literal ? 'as it is' : colours.bold(`--set '${suggestion.set}'`);
    yield `    ${bearable}: ${what} (${count(suggestion.hits, 'hit')}${suggestion.isCut ? byLimit : ''})\n`;
  } else if (days !== null && hits.some((one) => one.hits > 0) && looserThan(threshold.operator) !== null)
    yield `    no threshold gives some hits and ${bearable}\n`;
}

const barWidth = 30;
/** Follows a number of hits that may be less than what passes the threshold. */
const byLimit = ', cut by LIMIT';

const number = (value: number): string =>
  Number.isInteger(value)
    ? value.toLocaleString('en')
    : Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 });
const perDay = (value: number): string => (value >= 10 ? String(Math.round(value)) : value.toFixed(value < 1 ? 2 : 1));
const shareName = (share: number): string =>
  share === 0 ? 'least' : share === 1 ? 'most' : share === 0.5 ? 'median' : `${share * 100}%`;
