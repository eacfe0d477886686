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
import { serverOver } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The same events wherever they may lie, and an engine over each. */
export async function enginesOver(
  lines: readonly string[],
): Promise<{ readonly engines: ReadonlyMap<string, Engine>; close(): Promise<void> }> {
  const file = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const server = await serverOver(await Store.open(temporaryFolder()));
  await ingestFiles(server.store, { files: [file], copies: true });
  const queries = new StoreQueries(server.store, { concurrent: 1, waiting: 0 }, await FieldTypes.load());
  const catalogue = await queries.catalogue(server.store.duckdb.connection, () => true);
  const cluster = await ElasticsearchEngine.open({ url: await server.listen() });
  await cluster.learn({ patterns: [['logs-*']], enrich: false, everywhere: false }, new AbortController().signal);
  await cluster.known();
  const engines = new Map<string, Engine>([
    ['files', await engineOverFile(file)],
    ['store', new DuckDBEngine(server.store.duckdb, { catalogue, relation: catalogue.relation })],
    ['cluster', cluster],
  ]);
  const close = async (): Promise<void> => {
    await cluster.close();
    await server.app.close();
    await server.store.close();
    await engines.get('files')!.close();
  };
  return { engines, close };
}
