import { describe, expect, it } from 'vitest';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { rowBounds } from '../../src/engines/elasticsearch/divisible-query.ts';
import { ElasticsearchEngine } from '../../src/engines/elasticsearch/engine.ts';
import { withNow } from '../../src/engines/elasticsearch/fixed-now.ts';
import type { QueryResult } from '../../src/values/types.ts';
import { bulk, startServer } from '../server/support.ts';
import { fakeCluster, refusal, rows } from './fake-cluster.ts';

/** Asks for the rows of a query, `maxRows` where it has no LIMIT. */
async function ask(url: string, query: string, maxRows: number | null): Promise<QueryResult> {
  const engine = await ElasticsearchEngine.open({ url });
  try {
    return await engine.query(query, { now: 0, maxRows });
  } finally {
    await engine.close();
  }
}

const numbers = Array.from({ length: 10_500 }, (_, n) => n);

describe('more rows than the cluster gives', () => {
  it('come in parts over the protocol, each exactly once', async () => {
    const server = await startServer();
    const url = await server.listen();
    const time = (n: number): string => new Date(Date.parse('2026-03-10') + n * n).toISOString();
    const lines = numbers.flatMap((n) => [{ index: { _index: 'events' } }, { '@timestamp': time(n), n }]);
    await server.send('POST', '/_bulk?refresh=true', bulk(...lines));
    const all = await ask(url, 'FROM events | KEEP n', null);
    expect([all.notes, new Set(all.values.map(([n]) => n)).size]).toEqual([[], numbers.length]);
    const some = await ask(url, 'FROM events', 10_200);
    expect([some.notes, some.values.length]).toEqual([[expect.stringContaining('more than 10200 rows')], 10_200]);
  });

  it.each([
    ['FROM events | SORT n', 'its rows cannot be asked for in parts'],
    ['FROM events | STATS c = COUNT(*) BY n', 'its rows cannot be asked for in parts'],
    ['FROM events | SORT @timestamp | EVAL x = 1', 'its rows cannot be asked for in parts'],
    ['FROM events, (FROM others)', 'its rows cannot be asked for in parts'],
    ['FROM events | DEDUP', 'its rows cannot be asked for in parts'],
    ['PROMQL events | STATS x', 'Harrier cannot parse the query'],
  ])('are reported where parts would not mean the same: %s', async (query, why) => {
    const cluster = await fakeCluster(() => rows(numbers.slice(0, 10_000).map((n) => [n])));
    const { notes, values } = await ask(cluster.url, query, null);
    expect([values.length, notes]).toEqual([10_000, [expect.stringContaining(why)]]);
    expect(cluster.asked.map(({ body }) => body.query)).toEqual([undefined, `${query}\n| LIMIT 10000`]);
  });

  it('are reported where the cluster cannot count them', async () => {
    const cluster = await fakeCluster((_, count) =>
      count === 0
        ? rows(numbers.slice(0, 10_000).map((n) => [n]))
        : refusal(400, 'illegal_argument_exception', 'no such function'),
    );
    const { notes, values } = await ask(cluster.url, 'FROM events', 20_000);
    expect([values.length, notes]).toEqual([10_000, [expect.stringContaining('no such function')]]);
  });
});

describe('--max-rows', () => {
  const answer = (n: number) => () => rows(numbers.slice(0, n).map((one) => [one]));
  it.each([
    ['FROM a | WHERE x == 1 // end', 1000, 'FROM a | WHERE x == 1 // end\n| LIMIT 1001', 1000, 0],
    ['FROM a', 1000, 'FROM a\n| LIMIT 1001', 1001, 1],
    ['FROM a', 5, 'FROM a\n| LIMIT 6', 6, 1],
    ['FROM a | LIMIT 2000', 5, 'FROM a | LIMIT 2000', 2000, 0],
    ['PROMQL a', 1000, 'PROMQL a', 999, 0],
    ['PROMQL a', 1000, 'PROMQL a', 1000, 1],
    ['PROMQL a', 50, 'PROMQL a\n| LIMIT 50', 50, 1],
  ])('%s with %i asks %j', async (query, maxRows, asked, given, notes) => {
    const cluster = await fakeCluster(answer(given));
    const result = await ask(cluster.url, query, maxRows);
    expect(cluster.asked.at(-1)!.body.query).toBe(asked);
    expect(result.values).toHaveLength(query.includes('LIMIT') ? given : Math.min(given, maxRows));
    expect(result.notes).toHaveLength(notes);
  });
});

it('places of warnings are those of the query, whatever was put into it', () => {
  const text = 'FROM a METADATA _index | WHERE @timestamp > NOW() - 1 day AND b > 1 / 0\n| EVAL c = 1 / 0, d = NOW()';
  const fixed = withNow(text, Date.parse('2026-03-10T00:00:00.000Z'));
  const part = rowBounds(fixed.text)!.division!.about({ text: 'n == 1', usesId: true });
  const about = part.text;
  const warning = (told: string): string => fixed.warning(part.warning(told));
  expect(about).toBe(
    'FROM a METADATA _index, _id | WHERE n == 1 | DROP _id | WHERE @timestamp > TO_DATETIME("2026-03-10T00:00:00.000Z") - 1 day AND b > 1 / 0\n| EVAL c = 1 / 0, d = TO_DATETIME("2026-03-10T00:00:00.000Z")',
  );
  const placeIn = (within: string, part: string): string => {
    const { line, column } = new SourceText(within).position(within.indexOf(part));
    return `Line ${line}:${column}: evaluation failed`;
  };
  for (const part of ['FROM', '1 day', '1 / 0', 'c = 1', 'd = '])
    expect(warning(placeIn(about, part))).toBe(placeIn(text, part));
});
