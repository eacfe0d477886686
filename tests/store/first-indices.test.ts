import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QueryOptions } from '../../src/engines/engine.ts';
import { LocalPlanner, type Planner } from '../../src/store/planner.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { bulk, startServer, type TestServer } from '../server/support.ts';

const options: QueryOptions = { now: Date.parse('2026-01-02T00:00:00Z'), maxRows: 1000 };
const indices = Array.from({ length: 8 }, (_, i) => `logs-${'hgfedcba'[i]}`);

describe('the first events of many indices', () => {
  let server: TestServer;
  const opened: StoreQueries[] = [];
  /** The tables that the last statement named. */
  let tables = 0;

  const queriesWith = (before: () => Promise<void> = async () => {}): StoreQueries => {
    const local = new LocalPlanner();
    const planner: Planner = {
      plan: async (seen, request) => {
        const planned = await local.plan(seen, request);
        tables = new Set(planned.sql.match(/"index [^"]*"/g)).size;
        await before();
        return planned;
      },
      close: () => local.close(),
    };
    const queries = new StoreQueries(server.store, { concurrent: 1, waiting: 10 }, null, planner);
    opened.push(queries);
    return queries;
  };

  beforeEach(async () => {
    server = await startServer();
    for (const [i, index] of indices.entries()) {
      const documents = Array.from({ length: 3 }, (_, n) => ({
        n: i * 3 + n,
        host: `h${n}`,
        '@timestamp': i * 1000,
      }));
      await server.send(
        'POST',
        `/${index}/_bulk?refresh=true`,
        bulk(...documents.flatMap((document) => [{ create: { _id: `${document.n}` } }, document])),
      );
    }
  });
  afterEach(async () => {
    for (const queries of opened.splice(0)) await queries.close();
  });

  it('are the beginning of all, read from as few tables as hold them', async () => {
    const queries = queriesWith();
    const bodies = [
      'FROM logs-*',
      'FROM logs-* METADATA _index, _id',
      'FROM logs-c, logs-a, logs-g METADATA _index',
      'FROM logs-* | EVAL x = host | DROP host',
      'FROM logs-* | LIMIT 100 | KEEP n',
    ];
    for (const body of bodies) {
      const { values: all } = await queries.run(`${body} | LIMIT 10000`, options);
      for (const count of [0, 1, 3, 4, 7, 24, 30]) {
        const { values } = await queries.run(`${body} | LIMIT ${count}`, options);
        expect([body, count, values]).toEqual([body, count, all.slice(0, count)]);
        expect(tables).toBeLessThanOrEqual(Math.max(1, Math.ceil(count / 3)));
      }
    }
  });

  it('are looked for in all tables where a condition, an order or a warning determines them', async () => {
    const queries = queriesWith();
    const bodies = ['WHERE n > 20', 'SORT n DESC', 'EVAL x = 1 / (n - 23)', 'STATS n = COUNT(*) BY host', 'SAMPLE 0.9'];
    for (const body of bodies) {
      await queries.run(`FROM logs-* | ${body} | LIMIT 2`, options);
      expect([body, tables]).toEqual([body, indices.length]);
    }
    expect((await queries.run('FROM logs-* | WHERE n > 20 | LIMIT 2', options)).values).toHaveLength(2);
  });

  it('are looked for again where some were deleted between planning and running', async () => {
    const ids = [...'hgfedcba'].sort().flatMap((letter) => {
      const place = indices.indexOf(`logs-${letter}`);
      return [0, 1, 2].map((n) => ({ index: `logs-${letter}`, id: `${place * 3 + n}` }));
    });
    let left = 1;
    const queries = queriesWith(async () => {
      if (left-- <= 0) return;
      const gone = ids.slice(0, 2).map(({ index, id }) => ({ delete: { _index: index, _id: id } }));
      await server.send('POST', '/_bulk?refresh=true', bulk(...gone));
    });
    const { values } = await queries.run('FROM logs-* METADATA _id | KEEP _id | LIMIT 3', options);
    expect(values).toEqual(ids.slice(2, 5).map(({ id }) => [id]));
  });
});
