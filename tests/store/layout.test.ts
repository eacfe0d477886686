import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { storeFile } from '../../src/files/store-file.ts';
import { number, sql } from '../../src/sql/sql.ts';
import { currentLayout } from '../../src/store/layout.ts';
import { bulk, openStore, serverOver } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Statements = readonly ReturnType<typeof sql>[];

/** Changes a store with nothing but SQL. */
async function change(folder: string, statements: Statements): Promise<void> {
  const duckdb = await openDuckDB({ file: join(folder, storeFile) });
  for (const statement of statements) await duckdb.connection.run(statement);
  duckdb.close();
}

/** A store with two indices, as layout 3 had it. */
async function storeOfLayout3(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder);
  const server = await serverOver(store);
  const lines = ['logs-a-b', 'plain'].flatMap((_index) =>
    [1, 2, 3].flatMap((n) => [{ create: { _index } }, { '@timestamp': '2026-03-10T12:00:00Z', n, text: `event ${n}` }]),
  );
  await server.send('POST', '/_bulk', bulk(...lines));
  await server.send('PUT', '/_index_template/x', { index_patterns: ['x-*'] });
  await store.close();
  await change(folder, [
    sql`ALTER TABLE harrier.indices DROP COLUMN lifecycle`,
    sql`ALTER TABLE harrier.indices DROP COLUMN next_sequence`,
    sql`DROP TABLE harrier.files`,
    sql`DROP TABLE harrier.paths`,
    sql`DROP TABLE harrier.unread`,
    sql`DROP TABLE harrier.ends`,
    sql`UPDATE harrier.meta SET layout = 3`,
  ]);
  return folder;
}

it('brings a store of layout 3 forward, with all that is in it', async () => {
  const folder = await storeOfLayout3();
  const store = await openStore(folder);
  expect(store.layoutFound).toBe(3);
  const server = await serverOver(store);
  const { json } = await server.send('POST', '/_query', {
    query: 'FROM logs-*,plain | STATS c = COUNT(*), s = SUM(n)',
  });
  expect(json.values).toEqual([[6, 12]]);
  expect((await server.send('GET', '/_index_template/x')).status).toBe(200);
  expect((await server.send('PUT', '/_data_stream/logs-a-b/_lifecycle', { data_retention: '1d' })).status).toBe(200);
  expect((await server.send('POST', '/plain/_doc', { n: 4 })).json._seq_no).toBe(3);
  await store.close();
  const again = await openStore(folder);
  expect(again.layoutFound).toBe(currentLayout);
});

it.each([
  [currentLayout + 1, /has layout 6, and this version of Harrier knows layouts up to 5/],
  [2, /has layout 2, and this version of Harrier brings layouts from 3 forward/],
])('refuses a store of layout %i, and leaves it as it is', async (layout, message) => {
  const folder = temporaryFolder();
  await (await openStore(folder)).close();
  await change(folder, [sql`UPDATE harrier.meta SET layout = ${number(layout)}`]);
  await expect(openStore(folder)).rejects.toThrow(message);
  await expect(openStore(folder)).rejects.toThrow(message);
});
