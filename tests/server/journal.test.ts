import { appendFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { serverOver, startServer, type TestServer } from './support.ts';

/** Documents without ids, as shippers send them. */
const create = (documents: readonly unknown[]): string =>
  documents.map((document) => `{"create":{}}\n${JSON.stringify(document)}\n`).join('');

interface Item {
  readonly _id: string;
  readonly _seq_no: number;
  readonly status: number;
}

async function write(server: TestServer, index: string, documents: readonly unknown[]): Promise<Item[]> {
  const { json } = await server.send('POST', `/${index}/_bulk`, create(documents));
  return json.items.map((item: Record<string, Item>) => Object.values(item)[0]);
}

async function values(server: TestServer, query: string): Promise<unknown[][]> {
  return (await server.send('POST', '/_query', { query })).json.values;
}

const journals = (server: TestServer): string[] => readdirSync(join(server.store.folder, 'journal'));

/** As if the process were killed: nothing more is written, and the store is opened by another. */
async function afterKill(server: TestServer, work: (server: TestServer) => Promise<void>): Promise<void> {
  server.store.duckdb.close();
  const store = await Store.open(server.store.folder);
  try {
    await work(await serverOver(store));
  } finally {
    await store.close();
  }
}

/** A server with an index of which all fields are known, so that documents go to the journal. */
async function withIndex(folder?: string): Promise<TestServer> {
  const server = await startServer(folder === undefined ? {} : { folder });
  await write(server, 'logs-a-b', [{ '@timestamp': '2026-03-10T12:00:00Z', n: -1, text: 'first' }]);
  return server;
}

const event = (n: number): unknown => ({ '@timestamp': '2026-03-10T12:00:00Z', n, text: `event ${n}` });
const events = (from: number, count: number): unknown[] => Array.from({ length: count }, (_, i) => event(from + i));

describe('documents without ids', () => {
  it('are in a journal when they are acknowledged, and in their table for the next query', async () => {
    const server = await withIndex();
    const items = await write(server, 'logs-a-b', events(0, 3));
    expect(items.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(items.map(({ _seq_no }) => _seq_no)).toEqual([1, 2, 3]);
    expect(journals(server)).toHaveLength(1);
    expect(await values(server, 'FROM logs-a-b | SORT n | KEEP n')).toEqual([[-1], [0], [1], [2]]);
    expect(journals(server)).toEqual([]);
    const { json } = await server.send('GET', `/logs-a-b/_doc/${items[1]!._id}`);
    expect([json._seq_no, json._source.n]).toEqual([2, 1]);
  });

  it('are found by their ids in every operation that follows', async () => {
    const server = await startServer();
    await write(server, 'plain', [event(0)]);
    const [one, two] = await write(server, 'plain', events(1, 2));
    expect((await server.send('POST', `/plain/_update/${one!._id}`, { doc: { n: 10 } })).json.result).toBe('updated');
    expect((await server.send('DELETE', `/plain/_doc/${two!._id}`)).json.result).toBe('deleted');
    const [again] = await write(server, 'plain', [event(3)]);
    expect((await server.send('PUT', `/plain/_create/${again!._id}`, event(4))).status).toBe(409);
    expect(await values(server, 'FROM plain | SORT n | KEEP n')).toEqual([[0], [3], [10]]);
  });

  it('are refused one by one', async () => {
    const server = await startServer();
    await server.send('PUT', '/typed', { mappings: { properties: { n: { type: 'long' }, at: { type: 'date' } } } });
    await write(server, 'typed', [{ n: 1, at: '2026-03-10' }]);
    const items = await write(server, 'typed', [{ n: 2 }, { n: 'many' }, { n: '3' }, { n: 4, at: 'never' }]);
    expect(items.map(({ status }) => status)).toEqual([201, 400, 201, 400]);
    expect(await values(server, 'FROM typed | SORT n | KEEP n')).toEqual([[1], [2], [3]]);
  });

  it('fill one journal after the other, and have each its id and number once', async () => {
    const server = await withIndex();
    const size = 13_000;
    const items: Item[] = [];
    for (let from = 0; from < 10 * size; from += size)
      items.push(...(await write(server, 'logs-a-b', events(from, size))));
    expect(new Set(items.map(({ _id }) => _id)).size).toBe(10 * size);
    expect(items.map(({ _seq_no }) => _seq_no)).toEqual(Array.from({ length: 10 * size }, (_, i) => i + 1));
    expect(await values(server, 'FROM logs-a-b | STATS COUNT(*), COUNT_DISTINCT(n), MAX(n)')).toEqual([
      [10 * size + 1, expect.any(Number), 10 * size - 1],
    ]);
    for (const n of [0, 61_438, 61_439, 61_440, 122_879, 122_880, 10 * size - 1])
      expect((await server.send('GET', `/logs-a-b/_doc/${items[n]!._id}`)).json._source.n).toBe(n);
  });

  it('of an index that is removed are gone with it', async () => {
    const server = await withIndex();
    await write(server, 'logs-a-b', events(0, 3));
    await server.send('DELETE', '/_data_stream/logs-a-b');
    await write(server, 'logs-a-b', [event(7)]);
    expect(await values(server, 'FROM logs-a-b | KEEP n')).toEqual([[7]]);
    expect(journals(server)).toEqual([]);
  });
});

describe('after a kill', () => {
  it('what was acknowledged is there, once', async () => {
    const server = await withIndex();
    const items = await write(server, 'logs-a-b', events(0, 100));
    await afterKill(server, async (next) => {
      expect(await values(next, 'FROM logs-a-b | STATS COUNT(*), MAX(n)')).toEqual([[101, 99]]);
      expect((await next.send('GET', `/logs-a-b/_doc/${items[42]!._id}`)).json._source.n).toBe(42);
      const [item] = await write(next, 'logs-a-b', [event(100)]);
      expect(item!._seq_no).toBe(101);
    });
  });

  it.each([
    ['a line without its end', (path: string) => appendFileSync(path, '{"n":1000,"text":"ev')],
    ['zeros where nothing was written', (path: string) => appendFileSync(path, Buffer.alloc(10))],
    ['lines that are damaged', (path: string) => appendFileSync(path, '\0\0\0\0\n{"n":\0\0\n')],
    ['a last line without its end', (path: string) => truncateSync(path, 3)],
  ])('%s does not keep the store from opening', async (what, damage) => {
    const server = await withIndex();
    await write(server, 'logs-a-b', events(0, 5));
    damage(join(server.store.folder, 'journal', journals(server)[0]!));
    await afterKill(server, async (next) => {
      const expected = what.startsWith('a last') ? 1 : 6;
      expect(await values(next, 'FROM logs-a-b | STATS COUNT(*)')).toEqual([[expected]]);
      await write(next, 'logs-a-b', [event(5)]);
      expect(await values(next, 'FROM logs-a-b | STATS COUNT(*)')).toEqual([[expected + 1]]);
    });
  });

  it('a journal that was written already is not written again', async () => {
    const folder = temporaryFolder();
    const server = await withIndex(folder);
    await write(server, 'logs-a-b', events(0, 5));
    const [name] = journals(server);
    const path = join(server.store.folder, 'journal', name!);
    await server.store.refresh('all');
    appendFileSync(
      path,
      `${events(0, 5)
        .map((one) => JSON.stringify(one))
        .join('\n')}\n`,
    );
    await afterKill(server, async (next) => {
      expect(await values(next, 'FROM logs-a-b | STATS COUNT(*)')).toEqual([[6]]);
      expect(journals(next)).toEqual([]);
    });
  });
});

/** What several clients do at once, each one thing after the other. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('put' as const), id: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), id: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('field' as const), name: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('count' as const) }) },
);

it('several clients at once lose nothing, whatever they do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 4 }), async (clients) => {
      const server = await startServer();
      await write(server, 'plain', [event(-1)]);
      const added: Item[] = [];
      let next = 0;
      const problems: string[] = [];
      const work = async (client: number, steps: readonly (typeof clients)[number][number][]): Promise<void> => {
        for (const one of steps) {
          if (one.kind === 'add') {
            const from = next;
            next += one.count;
            added.push(...(await write(server, 'plain', events(from, one.count))));
          } else if (one.kind === 'put')
            await server.send('PUT', `/plain/_doc/c${client}-${one.id}`, { own: `${client}-${one.id}` });
          else if (one.kind === 'remove') await server.send('DELETE', `/plain/_doc/c${client}-${one.id}`);
          else if (one.kind === 'field') {
            const from = next++;
            added.push(...(await write(server, 'plain', [{ n: from, [`new${one.name}`]: client }])));
          } else {
            const least = added.length;
            const [[count]] = (await values(server, 'FROM plain | WHERE n >= 0 | STATS COUNT(*)')) as [[number]];
            if (count < least) problems.push(`${count} of ${least} acknowledged documents are seen`);
          }
        }
      };
      await Promise.all(clients.map((steps, client) => work(client, steps)));
      expect(problems).toEqual([]);
      expect(added.every(({ status }) => status === 201)).toBe(true);
      const seen = await values(server, 'FROM plain METADATA _id | WHERE n >= 0 | KEEP _id | LIMIT 10000');
      expect(seen.flat().sort()).toEqual(added.map(({ _id }) => _id).sort());
      expect(new Set(added.map(({ _seq_no }) => _seq_no)).size).toBe(added.length);
      const numbers = await values(server, 'FROM plain | WHERE n >= 0 | KEEP n | SORT n | LIMIT 10000');
      expect(numbers.flat()).toEqual(Array.from({ length: next }, (_, n) => n));
    }),
    { numRuns: 25 },
  );
}, 120_000);
