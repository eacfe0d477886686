import { cellJson } from '../values/json.ts';
import type { Format, HuntResult } from './report.ts';

/** One JSON document; for a single query, the one result. */
export const json: Format = function* (report, _surface, alone) {
  if (alone) {
    for (const result of report.results) yield* resultJson(result);
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
  yield report.partial ? '],"partial":true}\n' : ']}\n';
};

function* resultJson({
  hunt,
  query,
  outcome,
  result,
  error,
  notes,
  coverage,
  hidden,
  drillDown,
}: HuntResult): Iterable<string> {
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
  const reasons = coverage?.gaps.map(({ message }) => message) ?? [];
  yield `],"took_ms":${result?.tookMs ?? 0},"warnings":${JSON.stringify(warnings)},"error":${JSON.stringify(error)},"outcome":${JSON.stringify(outcome)},"reasons":${JSON.stringify(reasons)},"hidden":${JSON.stringify(hidden)},"drill_down":${JSON.stringify(drillDown)}}`;
}
