import { expect, it } from 'vitest';
import { bulk, startServer } from './support.ts';

it.each<[string, unknown, unknown[][] | RegExp]>([
  ['ROW a = ?, b = ?', [1, 'x'], [[1, 'x']]],
  ['ROW a = ?2, b = ?1', [1, 'x'], [['x', 1]]],
  ['ROW a = ?n + ?m', [{ n: 2 }, { m: -3 }], [[-1]]],
  ['ROW a = ?n', [{ n: { value: 1.5 } }], [[1.5]]],
  ['ROW a = ?n', [{ n: [1, 2] }], [[[1, 2]]]],
  ['ROW a = ?n', [{ n: null }], [[null]]],
  ['ROW a = ?n', [{ n: true }], [[true]]],
  ['ROW a = ?n', [{ n: '"; DROP TABLE x; --' }], [['"; DROP TABLE x; --']]],
  ['FROM x | WHERE ??f == ? | KEEP ??', [{ f: 'n' }], /No parameter is defined for position 1/],
  ['FROM x | WHERE ??f > ?v | SORT ??f | KEEP ??f | LIMIT ?k', [{ f: 'n' }, { v: 1 }, { k: 1 }], [[2]]],
  ['FROM x | KEEP ?p | LIMIT 1', [{ p: { pattern: 'n*' } }], [[1]]],
  ['FROM x | STATS c = ??agg(n)', [{ agg: 'max' }], [[3]]],
  ['FROM x | WHERE s LIKE ?p | KEEP n', [{ p: 'b*' }], [[2]]],
  ['FROM x | WHERE n IN (?, ?) | SORT n | KEEP n', [1, 3], [[1], [3]]],
  ['FROM x | WHERE o.??k == 5 | KEEP n', [{ k: 'p' }], [[3]]],
  ['ROW a = ?n1', [{ n: 1 }], /^line 1:9: Unknown query parameter \[n1\], did you mean \[n\]\?/],
  ['ROW a = ?', [], /No parameter is defined for position 1/],
  ['ROW a = ?', [1, { n: 2 }], /Params cannot contain both named and unnamed parameters/],
  ['ROW a = ?9a', [1], /.+/],
  ['ROW a = ?n', [{ n: { x: 1 } }], /Failed to parse params/],
  ['ROW a = ?n', { n: 1 }, /Failed to parse params/],
])('%s with %j', async (query, params, expected) => {
  const server = await startServer();
  const mapping = {
    properties: { n: { type: 'integer' }, s: { type: 'keyword' }, o: { properties: { p: { type: 'long' } } } },
  };
  await server.send('PUT', '/x', { mappings: mapping });
  const documents = [
    { n: 1, s: 'a' },
    { n: 2, s: 'b' },
    { n: 3, s: 'c', o: { p: 5 } },
  ];
  await server.send('POST', '/x/_bulk', bulk(...documents.flatMap((document) => [{ index: {} }, document])));
  const { json } = await server.send('POST', '/_query', { query, params });
  if (expected instanceof RegExp) expect(json.error.reason).toMatch(expected);
  else expect(json.values ?? json).toEqual(expected);
});

it('keeps every digit of a long', async () => {
  const server = await startServer();
  const { text } = await server.send('POST', '/_query', '{"query":"ROW a = ?","params":[9007199254740993]}', {
    'content-type': 'application/json',
  });
  expect(text).toContain('"values":[[9007199254740993]]');
});

it('computes dates in the zone that a request names, unless the query sets another', async () => {
  const server = await startServer();
  const hour = async (query: string, zone?: string): Promise<unknown> => {
    const { json } = await server.send('POST', '/_query', { query, ...(zone !== undefined && { time_zone: zone }) });
    return json.values?.[0][0] ?? json.error.reason;
  };
  const query = 'ROW h = DATE_EXTRACT("hour_of_day", "2026-07-15T12:00:00Z"::date)';
  expect(await hour(query)).toBe(12);
  expect(await hour(query, 'Europe/Paris')).toBe(14);
  expect(await hour(`SET time_zone = "-02:00"; ${query}`, 'Europe/Paris')).toBe(10);
  expect(await hour(query, 'Nowhere/Land')).toContain('Unknown time-zone ID: Nowhere/Land');
});
