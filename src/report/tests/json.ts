import { type HuntTestResults, type TestReport, type TestResult, tallyOf } from '../../hunts/testing/results.ts';
import { cellJson } from '../../values/json.ts';
import { shown } from '../findings.ts';

/** Results of tests for programs: one JSON document. */
export function* testsJson(report: TestReport): Iterable<string> {
  const { tests, ok, failed, errors, untestedHunts } = tallyOf(report);
  const tally = { tests, ok, failed, errors, hunts: report.hunts.length, untested_hunts: untestedHunts };
  yield `{"started":${JSON.stringify(report.started.toISOString())},"tally":${JSON.stringify(tally)},"hunts":[`;
  yield report.hunts.map(huntJson).join(',');
  yield '\n]}\n';
}

function huntJson({ hunt: { name, uuid, file }, file: tests, results, untested }: HuntTestResults): string {
  const head = { hunt: { uuid, name, file: shown(file) }, tests: tests === null ? null : shown(tests) };
  const queries = untested.map((query) => query + 1);
  return `\n {${JSON.stringify(head).slice(1, -1)},"untested_queries":${JSON.stringify(queries)},"results":[${results.map(resultJson).join(',')}]}`;
}

function resultJson({ kind, name, query, line, outcome, faults, notes, result, seconds }: TestResult): string {
  const columns = result?.columns ?? [];
  const head = {
    kind: kind.replaceAll(' ', '_'),
    name,
    query: query === null ? null : query + 1,
    line,
    outcome,
    faults,
    notes,
    seconds: Number(seconds.toFixed(3)),
    hits: result?.values.length ?? null,
    columns,
  };
  const rows = (result?.values ?? []).map(
    (row) => `[${row.map((cell, i) => cellJson(cell, columns[i]!.type)).join(',')}]`,
  );
  return `\n  {${JSON.stringify(head).slice(1, -1)},"values":[${rows.join(',')}]}`;
}
