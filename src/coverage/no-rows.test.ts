import { describe, expect, it } from 'vitest';
import { SourceText } from '../diagnostics/source-text.ts';
import { analyze } from '../languages/esql/analyze/analyze.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { parse } from '../languages/esql/parse.ts';
import type { Column } from '../plan/column.ts';
import { constant } from '../plan/expression.ts';
import { scansOf } from '../plan/nodes.ts';
import { noRowsFor } from './no-rows.ts';

/** Which of the fields, being null everywhere, keep every row from coming out; null where some can. */
async function without(text: string, ...fields: readonly string[]): Promise<string[] | null> {
  const source = new SourceText(text);
  const { query } = parse(source);
  const { plan } = analyze(query!, source, await OpenCatalogue.of(['a'], query), { now: 0, defaultLimit: null });
  const lacks = scansOf(plan!).map(({ columns }) => ({
    absent: new Map(columns.flatMap(({ column }) => (fields.includes(column.name) ? [[column.id, column]] : []))),
    standIns: new Map(
      columns.flatMap(({ column }) =>
        column.name === '_score'
          ? [[column.id, { value: constant('double', 0, { start: 0, end: 0 }), lack: column }] as const]
          : [],
      ),
    ),
    unfulfilled: new Map(),
  }));
  const found = noRowsFor(plan!, lacks);
  return found && [...new Set([...found].map((column) => (column as Column).name))];
}

describe('without a field', () => {
  it.each<[string, string, string[]]>([
    ['a sum above a threshold', 'FROM a | STATS s = SUM(source.bytes) BY host.name | WHERE s > 5', ['source.bytes']],
    ['through EVAL', 'FROM a | STATS s = SUM(source.bytes) | EVAL mb = ROUND(s / 2) | WHERE mb > 5', ['source.bytes']],
    ['a comparison', 'FROM a | WHERE source.bytes >= 1 AND host.name == "x"', ['source.bytes']],
    ['its negation', 'FROM a | WHERE NOT source.bytes >= 1', ['source.bytes']],
    ['not null', 'FROM a | WHERE NOT source.bytes IS NULL', ['source.bytes']],
    ['a count of nothing', 'FROM a | STATS n = COUNT(source.bytes) BY host.name | WHERE n >= 1', ['source.bytes']],
    ['a count with a condition', 'FROM a | STATS n = COUNT(*) WHERE source.bytes > 1 | WHERE n > 1', ['source.bytes']],
    ['an address', 'FROM a | WHERE CIDR_MATCH(destination.ip, "10.0.0.0/8")', ['destination.ip']],
    ['its negation', 'FROM a | WHERE NOT CIDR_MATCH(destination.ip, "10.0.0.0/8")', ['destination.ip']],
    ['CASE', 'FROM a | EVAL x = CASE(source.bytes > 1, 1, null) | WHERE x == 1', ['source.bytes']],
    ['COALESCE', 'FROM a | WHERE COALESCE(source.bytes, destination.bytes) > 1', ['source.bytes', 'destination.bytes']],
    ['GROK', 'FROM a | GROK process.command_line "%{WORD:w}" | WHERE w == "x"', ['process.command_line']],
    ['FORK', 'FROM a | FORK (WHERE source.bytes > 1) (WHERE source.bytes < 1)', ['source.bytes']],
    ['INLINE STATS', 'FROM a | INLINE STATS s = SUM(source.bytes) BY host.name | WHERE s > 1', ['source.bytes']],
    ['IN', 'FROM a | WHERE NOT source.bytes IN (1, 2)', ['source.bytes']],
    ['both of OR', 'FROM a | WHERE source.bytes > 1 OR destination.bytes > 1', ['source.bytes', 'destination.bytes']],
  ])('%s: nothing can come out', async (_, text, fields) => {
    const empty = await without(text, ...fields);
    expect(empty?.length).toBeGreaterThan(0);
    for (const name of empty!) expect(fields).toContain(name);
  });
  it.each<[string, string, string[]]>([
    ['one of OR', 'FROM a | WHERE source.bytes > 1 OR destination.bytes > 1', ['source.bytes']],
    ['null is asked for', 'FROM a | WHERE source.bytes IS NULL', ['source.bytes']],
    ['COALESCE', 'FROM a | WHERE COALESCE(source.bytes, 5) > 1', ['source.bytes']],
    [
      'a count of nothing that is small enough',
      'FROM a | STATS n = COUNT(source.bytes) | WHERE n <= 1',
      ['source.bytes'],
    ],
    ['the negation of a conjunction', 'FROM a | WHERE NOT (source.bytes > 1 AND host.name == "x")', ['source.bytes']],
    ['a key', 'FROM a | STATS n = COUNT(*) BY user.name | WHERE n > 1', ['user.name']],
    ['one branch', 'FROM a | FORK (WHERE source.bytes > 1) (WHERE host.name == "x")', ['source.bytes']],
    ['CASE', 'FROM a | EVAL x = CASE(source.bytes > 1, "big", "small") | WHERE x == "small"', ['source.bytes']],
    ['ABSENT', 'FROM a | STATS x = ABSENT(user.name) BY host.name | WHERE x', ['user.name']],
    ['PRESENT', 'FROM a | STATS x = PRESENT(user.name) BY host.name | WHERE NOT x', ['user.name']],
    ['MV_CONTAINS', 'FROM a | WHERE NOT MV_CONTAINS(user.name, "x")', ['user.name']],
    ['MV_INTERSECTS', 'FROM a | WHERE NOT MV_INTERSECTS(user.name, "x")', ['user.name']],
    ['MV_UNION', 'FROM a | WHERE MV_UNION(user.name, "x") == "x"', ['user.name']],
    ['MV_ZIP', 'FROM a | WHERE MV_ZIP(user.name, "x") == "x"', ['user.name']],
    ['null among the values of IN', 'FROM a | WHERE host.name IN ("x", user.name)', ['user.name']],
    ['nothing is absent', 'FROM a | WHERE source.bytes > 1', []],
    ['an aggregate without keys', 'FROM a | WHERE source.bytes > 1 | STATS n = COUNT(*)', ['source.bytes']],
  ])('%s: something can', async (_, text, fields) => {
    expect(await without(text, ...fields)).toBeNull();
  });
});

describe('where _score is 0 in every event', () => {
  const asked = (text: string): Promise<string[] | null> => without(`FROM a METADATA _score | ${text}`);
  it.each([
    'WHERE _score > 0',
    'WHERE 0 < _score AND host.name == "x"',
    'WHERE _score != 0',
    'WHERE NOT _score <= 0',
    'WHERE NOT (_score == 0 OR host.name == "x")',
    'WHERE _score IN (1, 2)',
    'WHERE NOT _score IN (0, 2)',
    'EVAL s = _score | WHERE s > 1',
    'EVAL s = COALESCE(_score, 5) | WHERE s > 1',
    'EVAL s = CASE(_score > 1, "high", "low") | WHERE s == "high"',
    'STATS m = MAX(_score) BY host.name | WHERE m > 1',
    'STATS s = SUM(_score) BY host.name | WHERE s >= 0.5',
    'STATS n = COUNT(*) WHERE _score > 1 BY host.name | WHERE n > 0',
    'STATS n = COUNT(*) BY _score | WHERE _score > 1',
    'FORK (WHERE _score > 1) (WHERE _score > 2)',
  ])('%s: nothing can come out', async (text) => expect(await asked(text)).toEqual(['_score']));
  it.each([
    'WHERE _score >= 0',
    'WHERE NOT _score > 0',
    'WHERE _score > 0 OR host.name == "x"',
    'WHERE _score IS NOT NULL',
    'WHERE NOT (_score > 0 AND host.name == "x")',
    'STATS m = MAX(_score) BY host.name | WHERE m < 1',
    'STATS m = MAX(_score) BY host.name | WHERE m IS NULL',
    'STATS s = SUM(_score), n = COUNT(_score) BY host.name | WHERE s == 0 AND n > 3',
    'SORT _score DESC | LIMIT 10',
    'KEEP _score',
  ])('%s: something can', async (text) => expect(await asked(text)).toBeNull());
});
