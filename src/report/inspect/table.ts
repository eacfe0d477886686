import pc from 'picocolors';
import type { Verdict } from '../../coverage/coverage.ts';
import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import { cellText } from '../../values/json.ts';
import { count } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { fittingGrid } from '../fitting-grid.ts';
import type { Surface } from '../report.ts';
import { cut } from '../table-grid.ts';
import { textWidth } from '../text-width.ts';
import type { InspectedEvents, InspectedFile, InspectReport, SampleEvent } from './inspect-report.ts';
import { indexOf, titlesOf } from './json.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** Files are listed one by one where there are no more than this; else those that are alike share a line. */
const mostLines = 40;

/** What files are for people: a line each, then what is in those that were looked into, and what hunts can do with it. */
export function* inspectTable(
  { files, hunts }: InspectReport,
  { width, colour }: Surface,
  all: boolean,
): Iterable<string> {
  const colours = pc.createColors(colour);
  yield* fileRows(files, all, width, colours);
  const read = files.filter(({ file }) => file.read !== 'none');
  const events = files.reduce((sum, { file }) => sum + file.events, 0);
  yield `${count(events, 'event')} in ${count(read.length, 'file')}${read.length < files.length ? ` of ${files.length.toLocaleString('en')}` : ''}\n`;
  for (const { file, sources, look } of files) {
    if (look === null) continue;
    yield '\n';
    const several = files.filter((one) => one.look !== null).length > 1;
    if (several) yield `${colours.bold(visible(file.path))}\n`;
    for (const { title, name, index, events, when } of sources)
      yield `${colours.green(visible(title))} (${name}), ${count(events, 'event')} in ${visible(index)}: ${visible(when)}\n`;
    yield* unknownLines(file);
    yield* lookLines(look, width, colours);
  }
  if (hunts !== null) {
    yield '\n';
    yield* huntLines(hunts, colours);
  }
}

function fileRows(
  files: readonly InspectedFile[],
  all: boolean,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  const rows = files.map((one): Row => {
    const { format, events, read, reason } = one.file;
    return { files: [one], cells: [format, sourceText(one), indexOf(one.file)], events, end: [read, reason] };
  });
  const shown = all || rows.length <= mostLines ? rows : alike(rows);
  const names = ['file', 'format', 'source', 'index', 'events', 'read', 'reason'];
  const columns = names.map((name) => ({ name, type: name === 'events' ? ('long' as const) : ('keyword' as const) }));
  const values = shown.map(({ files: own, cells, events, end }) => [nameOf(own), ...cells, BigInt(events), ...end]);
  // A column that says nothing takes the room of those that do.
  const isFilled = columns.map((_, i) => i < 2 || values.some((row) => row[i] !== null && row[i] !== ''));
  return fittingGrid(
    { columns: columns.filter((_, i) => isFilled[i]), values: values.map((row) => row.filter((_, i) => isFilled[i])) },
    width,
    colours,
    { less: ['format', 'read', 'source'], more: '--format json has all' },
  );
}

interface Row {
  readonly files: readonly InspectedFile[];
  readonly cells: readonly (string | null)[];
  readonly events: number;
  readonly end: readonly (string | null)[];
}

/** Files of which the same is to be said, as one row, with the first few of their indices. */
function alike(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.cells[0], row.cells[1], row.end]);
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  const together = [...found.values()].map((all): Row => {
    const [first] = all as [Row];
    const indices = [...new Set(all.flatMap(({ cells }) => cells[2] ?? []))];
    const shown = [...indices.slice(0, mostIndices), ...(indices.length > mostIndices ? ['…'] : [])].join(',');
    return {
      files: all.flatMap(({ files }) => files),
      cells: [first.cells[0]!, first.cells[1]!, shown === '' ? null : shown],
      events: all.reduce((sum, { events }) => sum + events, 0),
      end: first.end,
    };
  });
  return together.sort((a, b) => b.events - a.events || b.files.length - a.files.length);
}

const mostIndices = 3;

/** `logs/a.ndjson`, or `212 files: logs/a.ndjson, …`. */
const nameOf = (files: readonly InspectedFile[]): string =>
  files.length === 1 ? files[0]!.file.path : `${count(files.length, 'file')}: ${files[0]!.file.path}, …`;

/** What knows the events: mappings, ECS itself, or nothing. */
function sourceText({ file, sources }: InspectedFile): string | null {
  if (file.read === 'none') return null;
  const mapped = sources.reduce((sum, { events }) => sum + events, 0);
  const unknown = file.unknown?.events ?? 0;
  const parts = [
    titlesOf(sources),
    file.events > mapped + unknown ? 'ECS' : null,
    unknown > 0 ? (mapped + unknown === file.events && mapped === 0 ? 'unknown' : `${unknown} unknown`) : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function* unknownLines({ path, unknown }: InspectedFile['file']): Iterable<string> {
  if (!unknown) return;
  yield `No mapping knows ${count(unknown.events, 'event')}: queries use ${unknown.events === 1 ? 'its' : 'their'} own field names. To give ${unknown.events === 1 ? 'it' : 'them'} ECS names: harrier mapping new ${visible(path)}\n`;
  if (unknown.withoutTime === 0) return;
  const without = `${count(unknown.withoutTime, 'event')} ${unknown.withoutTime === 1 ? 'has' : 'have'} no @timestamp`;
  const { likelyTime } = unknown;
  yield likelyTime === null
    ? `${without}, and no field looks like a time\n`
    : `${without}: --time-field ${visible(likelyTime.field)} would take it from there (${visible(likelyTime.example)})\n`;
}

function* lookLines(
  { samples, unmapped, looked }: InspectedEvents,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  for (const [i, sample] of samples.entries()) {
    yield `\n${colours.cyan(`event ${i + 1} as the file has it`)}\n`;
    yield `  ${cut(visible(JSON.stringify(sample.raw)), (width ?? longest) - 2)}\n`;
    if (sample.source !== null) yield* fieldLines(sample, sample.source, i + 1, width, colours);
  }
  if (unmapped.length > 0) {
    const names = unmapped.slice(0, mostNames).map(visible).join(', ');
    const more = unmapped.length > mostNames ? `, and ${unmapped.length - mostNames} more` : '';
    yield `\n${colours.yellow('not mapped')} (of ${count(looked, 'event')}; they keep their own names): ${names}${more}\n`;
  }
}

/** Longer raw events are cut, wherever they go: --format json has all of them. */
const longest = 2000;
const mostNames = 30;

function* fieldLines(
  { index, fields }: SampleEvent,
  source: string,
  number: number,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  yield `${colours.cyan(`event ${number} as ${visible(source)}, in ${visible(index)}`)}\n`;
  // The index says these.
  const shown = [...fields].filter(([name]) => !name.startsWith('data_stream.'));
  const widest = Math.max(0, ...shown.map(([name]) => textWidth(name)));
  for (const [name, value] of shown) {
    const text = visible(cellText(value, 'keyword'));
    yield `  ${visible(name)}${' '.repeat(widest - textWidth(name) + 2)}${cut(text, Math.max(20, (width ?? longest) - widest - 4))}\n`;
  }
}

/** Which hunts of the library the events serve. */
function* huntLines(hunts: readonly HuntCoverage[], colours: Colours): Iterable<string> {
  const of = (verdict: Verdict): HuntCoverage[] =>
    hunts.filter((hunt) => hunt.error === null && hunt.verdict === verdict);
  const named = (some: readonly HuntCoverage[]): string => {
    const names = some.slice(0, mostHunts).map(({ hunt }) => visible(hunt.name));
    return [...names, ...(some.length > mostHunts ? [`and ${some.length - mostHunts} more`] : [])].join(', ');
  };
  const [ready, partial] = [of('ready'), of('partial')];
  if (ready.length + partial.length === 0) {
    yield `none of ${count(hunts.length, 'hunt')} of the library can use these events; harrier coverage says why\n`;
    return;
  }
  if (ready.length > 0)
    yield `${colours.green(`${ready.length} of ${count(hunts.length, 'hunt')} can use these events`)}: ${named(ready)}\n`;
  if (partial.length > 0)
    yield `${colours.yellow(`${partial.length}${ready.length === 0 ? ` of ${count(hunts.length, 'hunt')} can use these events` : ''} in part`)}: ${named(partial)}; harrier coverage says why\n`;
}

const mostHunts = 8;
