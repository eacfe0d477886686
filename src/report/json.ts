import type { LoadReport } from '../files/load-report.ts';
import { cellJson } from '../values/json.ts';
import type { Format, HuntResult, RunReport } from './report.ts';
import { contextJson } from './with-context.ts';

/** One JSON document; for a single query, the one result. */
export const json: Format = function* (report, _surface, alone) {
  if (alone) {
    for (const result of report.results) yield* resultJson(result, wholeJson(report));
    yield '\n';
    return;
  }
  yield `{"now":${JSON.stringify(report.now.toISOString())},"engine":${JSON.stringify(report.engine)},"results":[`;
  let first = true;
  for (const result of report.results) {
    yield first ? '\n ' : ',\n ';
    first = false;
    yield* resultJson(result);
  }
  yield `]${wholeJson(report)}${report.partial ? ',"partial":true' : ''}}\n`;
};

/** What was not read, in words, and what became of the files; null where nothing is missing, and where no files were read. */
const wholeJson = ({ unread, load }: RunReport): string =>
  `,"unread":${JSON.stringify(unread)},"load":${load === null ? 'null' : loadJson(load)}`;

function loadJson(load: LoadReport): string {
  const { files, events, malformed, ignored, duplicates, notes } = load;
  const shown = files.map(({ path, format, read, events, indices, mapped = [], unknown = null, reason }) => ({
    ...{ path, format, read, events },
    ...{ indices: indices.map(([name, events]) => ({ name, events })), reason },
    // Which mappings gave events the names of ECS, and how many events no mapping knows.
    ...{ sources: mapped.map(({ source, events }) => ({ source, events })), unknown_events: unknown?.events ?? 0 },
  }));
  const { members, ...repeated } = duplicates;
  const named = { ...repeated, members: members.map(([name, events]) => ({ name, events })) };
  return JSON.stringify({ files: shown, events, malformed, ignored, duplicates: named, notes });
}

/** `more` is what stands behind the members of every result. */
function* resultJson(
  { hunt, query, outcome, result, error, notes, coverage, context, hidden, drillDown, unread }: HuntResult,
  more = '',
): Iterable<string> {
  const columns = result?.columns ?? [];
  const reference = hunt && { uuid: hunt.uuid, name: hunt.name, file: hunt.file };
  yield `{"hunt":${JSON.stringify(reference)},"query":${query},"columns":${JSON.stringify(columns)},"values":[`;
  let first = true;
  for (const row of result?.values ?? []) {
    const cells = row.map((value, i) => cellJson(value, columns[i]!.type));
    yield `${first ? '' : ',\n  '}[${cells.join(',')}]`;
    first = false;
  }
  const warnings = [...(result?.warnings ?? []), ...notes];
  const reasons = [...(coverage?.gaps.map(({ message }) => message) ?? []), ...(unread === undefined ? [] : [unread])];
  yield `]${context ? `,"context":${contextJson(context)}` : ''},"took_ms":${result?.tookMs ?? 0},"warnings":${JSON.stringify(warnings)},"error":${JSON.stringify(error)},"outcome":${JSON.stringify(outcome)},"reasons":${JSON.stringify(reasons)},"hidden":${JSON.stringify(hidden)},"drill_down":${JSON.stringify(drillDown)}${more}}`;
}
