import pc from 'picocolors';
import type { Verdict } from '../../coverage/coverage.ts';
import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import { visible } from '../visible.ts';
import type { CoverageWriter } from './coverage-report.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** A line for each hunt, with what it lacks below it; those that the data can answer come first. */
export const table: CoverageWriter = function* ({ hunts, timeFaults }, { colour }) {
  const colours = pc.createColors(colour);
  const rank = (hunt: HuntCoverage): number => ['ready', 'partial', 'blind', 'wrong'].indexOf(groupOf(hunt));
  for (const hunt of [...hunts].sort((a, b) => rank(a) - rank(b))) yield* huntLines(hunt, colours);
  if (timeFaults.length > 0) {
    yield `${colours.bold('Times that look wrong')}\n`;
    for (const { message } of timeFaults.slice(0, mostFaults)) yield `  ${visible(message)}\n`;
    if (timeFaults.length > mostFaults) yield `  … and ${timeFaults.length - mostFaults} more\n`;
    yield '\n';
  }
  yield `${hunts.length} hunt${hunts.length === 1 ? '' : 's'}: ${counts(hunts, colours)}\n`;
};

const mostFaults = 10;

/** A hunt whose query is wrong is blind too, but no data fixes it. */
const groupOf = ({ verdict, error }: HuntCoverage): Verdict | 'wrong' => (error === null ? verdict : 'wrong');

function* huntLines(coverage: HuntCoverage, colours: Colours): Iterable<string> {
  const { hunt, queries, error } = coverage;
  const uuid = hunt.uuid ? colours.dim(`  ${hunt.uuid.slice(0, 8)}`) : '';
  yield `${badge(groupOf(coverage), colours)}  ${colours.bold(visible(hunt.name))}${uuid}\n`;
  if (error !== null) yield `         ${visible(error.replaceAll('\n', ' '))}\n`;
  const several = queries.length > 1;
  for (const [i, { gaps }] of queries.entries()) {
    for (const { message, remedy } of gaps) {
      yield `         ${several ? `query ${i + 1}: ` : ''}${visible(message)}\n`;
      yield `         ${colours.dim(`→ ${visible(remedy)}`)}\n`;
    }
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
