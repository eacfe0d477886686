import { expect, it } from 'vitest';
import { bulk, startServer } from '../server/support.ts';

it('reads the rows of many indices alike where a query asks for them twice', async () => {
  const server = await startServer();
  const indices = Array.from({ length: 60 }, (_, k) => `small-${k}`);
  for (const [k, index] of indices.entries()) {
    const documents = [1, 2, 3].flatMap((n) => [{ create: {} }, { k, n, id: `${k}-${n}` }]);
    await server.send('POST', `/${index}/_bulk?refresh=true`, bulk(...documents));
  }
  const values = async (query: string): Promise<unknown> =>
    JSON.parse((await server.send('POST', '/_query', { query })).text).values;
  for (let time = 0; time < 3; time++) {
    expect(await values('FROM small-* | LIMIT 1 BY k | STATS COUNT(*), SUM(k)')).toEqual([[60, 1770]]);
    expect(await values('FROM small-* | LIMIT 2 BY k, n | STATS COUNT(*), MAX(k)')).toEqual([[180, 59]]);
    expect(await values('FROM small-* | INLINE STATS c = COUNT(*) BY k | WHERE c == 3 | STATS COUNT(*)')).toEqual([
      [180],
    ]);
  }
}, 60_000);
