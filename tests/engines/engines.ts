import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FieldTypes } from '../../src/catalogue/field-types.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { ElasticsearchEngine } from '../../src/engines/elasticsearch/engine.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { engineOverFile } from '../investigate/support.ts';
import { serverOver, type TestServer } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The same events in a file of lines, and in a server over a store. */
interface Events {
  readonly file: string;
  readonly server: TestServer;
}

/** How each engine is opened over the same events. The first is what the others are held against. */
const engines: readonly (readonly [name: string, open: (events: Events) => Promise<Engine>])[] = [
  ['files', ({ file }) => engineOverFile(file)],
  ['store', overStore],
  ['cluster', overCluster],
];

/** Their names. */
export const engineNames: readonly string[] = engines.map(([name]) => name);

async function overStore({ server: { store } }: Events): Promise<Engine> {
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 }, await FieldTypes.load());
  const catalogue = await queries.catalogue(store.duckdb.connection, () => true);
  return new DuckDBEngine(store.duckdb, { catalogue, relation: catalogue.relation });
}

async function overCluster({ server }: Events): Promise<Engine> {
  const wanted = { patterns: [['logs-*']], enrich: false, everywhere: false };
  const cluster = await ElasticsearchEngine.open({ url: await server.listen() }, wanted);
  await cluster.known();
  return cluster;
}

/** The same events wherever they may lie, and an engine over each. */
export async function enginesOver(
  lines: readonly string[],
): Promise<{ readonly engines: ReadonlyMap<string, Engine>; close(): Promise<void> }> {
  const file = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const server = await serverOver(await Store.open(temporaryFolder()));
  await ingestFiles(server.store, { files: [file], copies: true });
  const opened = new Map<string, Engine>();
  for (const [name, open] of engines) opened.set(name, await open({ file, server }));
  const close = async (): Promise<void> => {
    // The store is closed with its server.
    for (const [name, engine] of opened) if (name !== 'store') await engine.close();
    await server.app.close();
    await server.store.close();
  };
  return { engines: opened, close };
}
