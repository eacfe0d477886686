import { describe, expect, it } from 'vitest';
import { SourceText } from '../diagnostics/source-text.ts';
import { analyze } from '../languages/esql/analyze/analyze.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { parse } from '../languages/esql/parse.ts';
import { scansOf } from '../plan/nodes.ts';
import { withoutFields } from './null-fields.ts';

/** Which of the fields, being null everywhere, keep every row from coming out; and what is empty in the result. */
async function without(
  text: string,
  ...fields: readonly string[]
): Promise<{ empty: string[] | null; null: string[] }> {
  const source = new SourceText(text);
  const { query } = parse(source);
  const { plan } = analyze(query!, source, await OpenCatalogue.of(['a'], query), { now: 0, defaultLimit: null });
  const columns = scansOf(plan!).flatMap((scan) => scan.columns.map(({ column }) => column));
  const absent = new Set(columns.filter(({ name }) => fields.includes(name)).map(({ id }) => id));
  const { emptyFor, emptyColumns } = withoutFields(plan!, absent);
  const names = emptyFor && [...new Set(columns.filter(({ id }) => emptyFor.has(id)).map(({ name }) => name))];
  return { empty: names, null: [...emptyColumns] };
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
    ['both of OR', 'FROM a | WHERE source.bytes > 1 OR destination.bytes > 1', ['source.bytes', 'destination.bytes']],
  ])('%s: nothing can come out', async (_, text, fields) => {
    const { empty } = await without(text, ...fields);
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
    ['nothing is absent', 'FROM a | WHERE source.bytes > 1', []],
    ['an aggregate without keys', 'FROM a | WHERE source.bytes > 1 | STATS n = COUNT(*)', ['source.bytes']],
  ])('%s: something can', async (_, text, fields) => {
    expect((await without(text, ...fields)).empty).toBeNull();
  });
  it('columns of the result may be empty', async () => {
    const text = 'FROM a | STATS s = SUM(source.bytes), n = COUNT(*) BY user.name | EVAL t = s + 1';
    expect((await without(text, 'source.bytes', 'user.name')).null).toEqual(['s', 'user.name', 't']);
  });
});
