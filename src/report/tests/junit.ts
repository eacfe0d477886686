import pc from 'picocolors';
import { type HuntTestResults, type TestReport, type TestResult, untestedText } from '../../hunts/testing/results.ts';
import { own } from '../../values/own.ts';
import { visible } from '../../values/visible.ts';
import { shown } from '../findings.ts';
import { grid } from '../table-grid.ts';

const mostRows = 20;

/**
 * Results of tests as JUnit's XML, in the form that both Ant's and Jenkins' schemas allow: a suite for each hunt, a case
 * for each test. A query without tests is a case that was skipped, or one that failed where tests are required.
 */
export function* testsJunit(report: TestReport): Iterable<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  for (const [id, hunt] of report.hunts.entries()) yield* suite(hunt, id, report);
  yield '</testsuites>\n';
}

function* suite(one: HuntTestResults, id: number, { started, testsRequired }: TestReport): Iterable<string> {
  const { hunt, file, results } = one;
  const bare = untestedText(one);
  const of = (outcome: TestResult['outcome']): number => results.filter((result) => result.outcome === outcome).length;
  const attributes = {
    id,
    name: nameOf(hunt.name),
    package: 'hunts',
    // The schema has no place for a time zone: the time is in UTC.
    timestamp: started.toISOString().slice(0, 19),
    hostname: 'localhost',
    tests: results.length + (bare === null ? 0 : 1),
    failures: of('failed') + (bare !== null && testsRequired ? 1 : 0),
    errors: of('error'),
    skipped: bare !== null && !testsRequired ? 1 : 0,
    time: seconds(results.reduce((sum, result) => sum + result.seconds, 0)),
  };
  yield `  <testsuite${written(attributes)}>\n    <properties>\n`;
  yield `      <property${written({ name: 'hunt', value: clean(shown(hunt.file)) })}/>\n`;
  if (file !== null) yield `      <property${written({ name: 'tests', value: clean(shown(file)) })}/>\n`;
  yield '    </properties>\n';
  for (const result of results) yield* testcase(result, one);
  if (bare !== null) {
    const inner = testsRequired ? `<failure${written({ message: bare, type: 'untested' })}/>` : '<skipped/>';
    yield `    <testcase${written({ name: bare, classname: nameOf(hunt.name), time: '0' })}>${inner}</testcase>\n`;
  }
  yield '    <system-out/>\n    <system-err/>\n  </testsuite>\n';
}

function* testcase(result: TestResult, { hunt, file }: HuntTestResults): Iterable<string> {
  const { kind, name, query, outcome, faults, line } = result;
  const which = hunt.queries > 1 && query !== null ? `, query ${query + 1}` : '';
  const attributes = {
    name: nameOf(`${kind}${which}: ${name}`),
    classname: nameOf(hunt.name),
    time: seconds(result.seconds),
  };
  if (outcome === 'ok') {
    yield `    <testcase${written(attributes)}/>\n`;
    return;
  }
  const element = outcome === 'failed' ? 'failure' : 'error';
  const message = clean(faults[0] ?? outcome);
  yield `    <testcase${written(attributes)}>\n      <${element}${written({ message, type: kind.replaceAll(' ', '_') })}>`;
  yield escaped(`${clean(shown(file!))}:${line}\n`);
  for (const text of [...faults, ...result.notes.map((note) => `note: ${note}`)])
    yield escaped(`${text.split('\n').map(clean).join('\n')}\n`);
  const rows = result.result;
  if (rows && rows.values.length > 0 && rows.columns.length > 0) {
    const values = rows.values.slice(0, mostRows);
    for (const part of grid({ columns: rows.columns, values }, null, pc.createColors(false)))
      yield escaped(wellFormed(part));
    if (rows.values.length > mostRows) yield escaped(`… and ${rows.values.length - mostRows} more\n`);
  }
  yield `</${element}>\n    </testcase>\n`;
}

const seconds = (amount: number): string => amount.toFixed(3);

/** A text without characters that XML cannot hold, not even escaped. */
const clean = (text: string): string => wellFormed(visible(text));
const wellFormed = (text: string): string => text.replace(/\p{Cs}|[\uFFFE\uFFFF]/gu, '\uFFFD');

/** A name is never empty, and has no blanks that a reader would take away. */
const nameOf = (text: string): string => clean(text).replace(/\s+/g, ' ').trim() || '-';

const written = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => own(entities, character)!);
