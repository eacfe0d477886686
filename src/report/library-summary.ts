import type pc from 'picocolors';
import type { QueryCoverage } from '../coverage/coverage.ts';
import { filesRead } from '../files/load-report.ts';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { grouped, groupLines, wrapped } from './groups.ts';
import { byUrgency, weightOf } from './outcomes.ts';
import type { HuntResult, RunReport } from './report.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** More results than this are summed up: what matters then is what hit, and why the others did not. */
export const librarySize = 12;

/** Results in the order in which they deserve a look. */
export const ranked = (results: readonly HuntResult[]): HuntResult[] =>
  [...results].sort((a, b) => byUrgency(weightOf([a]), weightOf([b])));

/** One screen: what hit, what is clean, what the data cannot tell and why, and what the events are like. */
export function* librarySummary(report: RunReport, width: number | null, colours: Colours): Iterable<string> {
  const { results, now } = report;
  const of = (outcome: HuntResult['outcome']): HuntResult[] => results.filter((one) => one.outcome === outcome);
  yield `${colours.bold(`${results.length} queries as of ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`)}\n`;
  const hits = ranked(of('hits'));
  yield `\n${colours.yellow(`${hits.length} with hits`)}${hits.length > 1 ? colours.dim(', the rarest first') : ''}\n`;
  for (const hit of hits) {
    const rows = hit.result!.values.length.toLocaleString('en').padStart(7);
    yield `${rows}  ${nameOf(hit)}${hit.hunt?.uuid ? colours.dim(`  ${hit.hunt.uuid.slice(0, 8)}`) : ''}\n`;
  }
  const blind = of('cannot tell');
  if (blind.length > 0) {
    yield `\n${colours.magenta(`${blind.length} that cannot tell`)}\n`;
    yield* reasons(blind, colours);
  }
  const failed = of('failed');
  if (failed.length > 0) {
    yield `\n${colours.red(`${failed.length} failed`)}\n`;
    for (const one of failed) yield `  ${nameOf(one)}: ${visible(firstLine(one))}\n`;
  }
  const clean = of('none');
  const inPart = clean.filter(({ coverage }) => coverage?.verdict === 'partial').length;
  const caution = inPart > 0 ? colours.yellow(`, ${inPart} of them over part of what they ask for`) : '';
  yield `\n${colours.green(`${clean.length} without hits`)}${caution}\n`;
  yield* wrapped(clean.map(nameOf), width ?? 120, colours, '--format html or json has all');
  const near = results.flatMap((result) =>
    nearMisses(result.coverage).map((text) => `${nameOf(result)}: ${visible(text)}`),
  );
  if (near.length > 0) yield `\n${colours.yellow(count(near.length, 'near miss', 'near misses'))}\n`;
  for (const line of near.slice(0, mostNear)) yield `  ${line}\n`;
  if (near.length > mostNear) yield `  … and ${near.length - mostNear} more: --format html or json has all\n`;
  const interrupted = of('interrupted');
  if (interrupted.length > 0) yield `\n${colours.red(`${interrupted.length} not finished`)}\n`;
  yield* eventLines(report);
}

const nameOf = ({ hunt, query }: HuntResult): string =>
  visible(hunt?.name ?? 'query') + ((hunt?.queries.length ?? 1) > 1 ? ` (query ${query + 1})` : '');

/** An error in a line: the first of its problems. */
const firstLine = ({ error, problem }: HuntResult): string =>
  problem?.error.diagnostics[0]?.message ?? (error ?? '').split('\n')[0]!;

/** What is missing, and for how many queries; what most of them lack comes first. */
function* reasons(blind: readonly HuntResult[], colours: Colours): Iterable<string> {
  yield* groupLines(grouped(blind, reasonOf), colours, 'harrier coverage lists each');
}

/** The reason that decides why a query cannot tell. */
export function reasonOf({ coverage, unread }: HuntResult): string {
  const decisive =
    coverage?.gaps.find(({ verdict }) => verdict === 'blind') ??
    coverage?.gaps.find(({ isDoubtful }) => isDoubtful) ??
    null;
  return decisive?.message ?? unread ?? coverage?.gaps[0]?.message ?? 'nobody knows why';
}

const mostNear = 6;

/** What events of a query miss by little. */
export const nearMisses = (coverage: QueryCoverage | null): string[] =>
  (coverage?.notes ?? []).filter(({ isNear }) => isNear).map(({ message }) => message);

/** What reading the events found. */
function* eventLines({ load, unread, eventFacts }: RunReport): Iterable<string> {
  if (!load && !eventFacts) return;
  const number = (n: number): string => n.toLocaleString('en');
  const parts = [
    ...(load
      ? [`${number(load.malformed.count)} malformed`, `${number(load.ignored.count)} values of a wrong type`]
      : []),
    ...(eventFacts
      ? [`${number(eventFacts.duplicate)} duplicate`, `${number(eventFacts.future)} from the future`]
      : []),
    ...(eventFacts?.outsideEveryWindow != null
      ? [`${number(eventFacts.outsideEveryWindow)} outside every window`]
      : []),
  ];
  const events = number(load?.events ?? eventFacts?.events ?? 0);
  yield `\n${events} events${load ? ` in ${count(filesRead(load), 'file')}` : ''}: ${parts.join(', ')}\n`;
  if (unread !== null) yield `  ${visible(unread)}\n`;
  for (const note of load?.notes ?? []) yield `  ${visible(note)}\n`;
}
