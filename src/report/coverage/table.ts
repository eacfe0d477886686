import pc from 'picocolors';
import type { Verdict } from '../../coverage/coverage.ts';
import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import { count } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { grouped, groupLines, wrapped } from '../groups.ts';
import { librarySize, nearMisses } from '../library-summary.ts';
import type { CoverageWriter } from './coverage-report.ts';

type Colours = ReturnType<typeof pc.createColors>;

/**
 * A line for each hunt, with what it lacks below it; those that the data can answer come first. A library is summed up, unless
 * each of its hunts is asked for.
 */
export const table: CoverageWriter = function* ({ hunts, timeFaults }, { colour, width, isVerbose = false }) {
  const colours = pc.createColors(colour);
  if (hunts.length > librarySize && !isVerbose) yield* summary(hunts, width ?? 120, colours);
  else yield* each(hunts, colours);
  if (timeFaults.length > 0) {
    yield `${colours.bold('Times that look wrong')}\n`;
    for (const { message } of timeFaults.slice(0, mostFaults)) yield `  ${visible(message)}\n`;
    if (timeFaults.length > mostFaults) yield `  … and ${timeFaults.length - mostFaults} more\n`;
    yield '\n';
  }
  yield `${hunts.length} hunt${hunts.length === 1 ? '' : 's'}: ${counts(hunts, colours)}\n`;
};

/** What the data can answer, and what most of the others lack. */
function* summary(hunts: readonly HuntCoverage[], width: number, colours: Colours): Iterable<string> {
  const of = (group: ReturnType<typeof groupOf>): HuntCoverage[] => hunts.filter((hunt) => groupOf(hunt) === group);
  const more = '--verbose lists each hunt';
  const ready = of('ready');
  yield `${colours.green(`${ready.length} ready`)}\n`;
  yield* wrapped(
    ready.map(({ hunt }) => visible(hunt.name)),
    width,
    colours,
    more,
  );
  for (const group of ['partial', 'blind'] as const) {
    const those = of(group);
    if (those.length === 0) continue;
    yield `\n${colours[group === 'partial' ? 'yellow' : 'red'](`${those.length} ${group}`)}\n`;
    yield* groupLines(
      grouped(those, (hunt) => firstGap(hunt, group)),
      colours,
      more,
    );
  }
  const near = hunts.flatMap(({ hunt, queries }) =>
    queries.flatMap(nearMisses).map((text) => `${visible(hunt.name)}: ${visible(text)}`),
  );
  if (near.length > 0) yield `\n${colours.yellow(count(near.length, 'near miss', 'near misses'))}\n`;
  for (const line of near.slice(0, mostFaults)) yield `  ${line}\n`;
  if (near.length > mostFaults) yield `  … and ${near.length - mostFaults} more: ${more}\n`;
  const wrong = of('wrong');
  if (wrong.length > 0) yield `\n${colours.red(`${wrong.length} with a wrong query`)}\n`;
  for (const { hunt, error } of wrong.slice(0, mostFaults))
    yield `  ${visible(hunt.name)}: ${visible(error!.split('\n')[0]!)}\n`;
  if (wrong.length > mostFaults) yield `  … and ${wrong.length - mostFaults} more\n`;
  yield '\n';
}

/** The gap that decides the verdict on a hunt. */
const firstGap = ({ queries }: HuntCoverage, group: Verdict): string => {
  const gaps = queries.flatMap((query) => query.gaps);
  return (gaps.find(({ verdict }) => verdict === group) ?? gaps[0])?.message ?? 'nobody knows why';
};

function* each(hunts: readonly HuntCoverage[], colours: Colours): Iterable<string> {
  const said = new Set<string>();
  const rank = (hunt: HuntCoverage): number => ['ready', 'partial', 'blind', 'wrong'].indexOf(groupOf(hunt));
  for (const hunt of [...hunts].sort((a, b) => rank(a) - rank(b))) yield* huntLines(hunt, said, colours);
}

const mostFaults = 10;

/** A hunt whose query is wrong is blind too, but no data fixes it. */
const groupOf = ({ verdict, error }: HuntCoverage): Verdict | 'wrong' => (error === null ? verdict : 'wrong');

/** `said`: what to do, as far as it was said of hunts before. */
function* huntLines(coverage: HuntCoverage, said: Set<string>, colours: Colours): Iterable<string> {
  const { hunt, queries, error } = coverage;
  const uuid = hunt.uuid ? colours.dim(`  ${hunt.uuid.slice(0, 8)}`) : '';
  yield `${badge(groupOf(coverage), colours)}  ${colours.bold(visible(hunt.name))}${uuid}\n`;
  if (error !== null) yield `         ${visible(error.replaceAll('\n', ' '))}\n`;
  const remarks = queries.flatMap(({ gaps, notes = [] }, i) =>
    [...gaps, ...notes].map((remark) => ({ remark, query: i + 1 })),
  );
  for (const { text, items } of grouped(remarks, ({ remark }) => remark.message)) {
    const isOfAll = new Set(items.map(({ query }) => query)).size === queries.length;
    const which = isOfAll ? '' : `query ${[...new Set(items.map(({ query }) => query))].join(', ')}: `;
    yield `         ${which}${visible(text)}\n`;
    const { remedy } = items[0]!.remark;
    if (remedy === null || said.has(remedy)) continue;
    said.add(remedy);
    yield `         ${colours.dim(`→ ${visible(remedy)}`)}\n`;
  }
}

function badge(group: ReturnType<typeof groupOf>, colours: Colours): string {
  switch (group) {
    case 'ready':
      return colours.green('ready  ');
    case 'partial':
      return colours.yellow('partial');
    case 'blind':
      return colours.red('blind  ');
    default:
      return colours.red('wrong  ');
  }
}

function counts(hunts: readonly HuntCoverage[], colours: Colours): string {
  const of = (group: ReturnType<typeof groupOf>): number => hunts.filter((hunt) => groupOf(hunt) === group).length;
  const wrong = of('wrong');
  return [
    colours.green(`${of('ready')} ready`),
    colours.yellow(`${of('partial')} partial`),
    colours.red(`${of('blind')} blind`),
    ...(wrong > 0 ? [colours.red(`${wrong} with a wrong query`)] : []),
  ].join(', ');
}
