import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sql } from '../../src/sql/sql.ts';
import { countDocuments, timesOf } from '../../src/store/ends-of-tables.ts';
import { IndexTable } from '../../src/store/index-table.ts';
import type { Store } from '../../src/store/store.ts';
import { bulk, openStore, serverOver } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const names = ['logs-a-b', 'plain', 'typed'];

/** What the tables say of each index, asked of them. */
async function asked(store: Store): Promise<unknown[]> {
  const { connection } = store.duckdb;
  const fresh = names.flatMap((name) => {
    const index = store.index(name);
    return index ? [new IndexTable(index.current, store.types)] : [];
  });
  await countDocuments(connection, fresh);
  const times = await timesOf(
    connection,
    fresh.map((index) => index.snapshot()),
  );
  return fresh.map(({ name, documents }, i) => [name, documents, times[i]]).sort();
}

/** The same as the store opens with it, and what of it was written down. */
async function known(store: Store): Promise<unknown[]> {
  const timesNow = await timesOf(store.duckdb.connection, store.committed);
  return store.committed.map((index, i) => [index.name, index.documents, store.timesOf(index) ?? timesNow[i]]).sort();
}

const operation = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    index: fc.constantFrom(...names),
    id: fc.option(fc.nat(5)),
    day: fc.option(fc.integer({ min: 1, max: 28 })),
  }),
  fc.record({ kind: fc.constant('remove' as const), index: fc.constantFrom(...names), id: fc.nat(5) }),
  fc.record({ kind: fc.constant('drop' as const), index: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constant('map' as const), index: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);

it('what is written down of an index at the end is what its table says at the next start, whatever happens between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
      const folder = temporaryFolder();
      let store = await openStore(folder);
      let server = await serverOver(store);
      const reopen = async (): Promise<void> => {
        await server.app.close();
        await store.close();
        store = await openStore(folder);
        server = await serverOver(store);
        expect(store.committed.every((index) => store.timesOf(index) !== undefined)).toBe(true);
        expect(await known(store)).toEqual(await asked(store));
      };
      for (const operation of operations) {
        if (operation.kind === 'reopen') await reopen();
        else if (operation.kind === 'drop') await server.send('DELETE', `/${operation.index}`);
        else if (operation.kind === 'map')
          await server.send('PUT', `/${operation.index}/_mapping`, { properties: { later: { type: 'date' } } });
        else {
          const { index: _index, id } = operation;
          const _id = id === null ? undefined : String(id);
          const action = operation.kind === 'remove' ? 'delete' : _id === undefined ? 'create' : 'index';
          const time =
            operation.kind === 'add' && operation.day !== null
              ? { '@timestamp': `2026-03-${String(operation.day).padStart(2, '0')}T00:00:00Z` }
              : {};
          const lines = [{ [action]: { _index, ...(_id !== undefined && { _id }) } }];
          await server.send('POST', '/_bulk', bulk(...lines, ...(action === 'delete' ? [] : [{ ...time, n: 1 }])));
        }
      }
      await reopen();
      expect(await known(store)).toEqual(await asked(store));
    }),
    { numRuns: 15 },
  );
}, 120_000);

it('what is written down of an index is removed by the transaction that changes it', async () => {
  const store = await openStore();
  const server = await serverOver(store);
  const add = (_index: string): Promise<unknown> =>
    server.send('POST', '/_bulk', bulk({ index: { _index, _id: 'x' } }, { '@timestamp': '2026-03-10T12:00:00Z' }));
  for (const name of names) await add(name);
  const folder = store.folder;
  await store.close();
  const again = await openStore(folder);
  const left = async (): Promise<number> =>
    (await again.duckdb.connection.runAndReadAll(sql`SELECT uuid FROM harrier.ends`)).getRows().length;
  expect(await left()).toBe(names.length);
  await again.exclusively(async (connection) => {
    await again.createIndex(connection, 'new');
    await again.deleteIndex(connection, again.index('plain')!);
  });
  expect(await left()).toBe(names.length - 1);
});
