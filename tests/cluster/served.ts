import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { EventSource, EventsRequest } from '../../src/app/events-request.ts';
import type { Hunt } from '../../src/hunts/hunt.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { oddEvents, writeEvent } from '../hunts/odd-events.ts';
import { now } from '../investigate/support.ts';
import { serverOver, type TestServer } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A server that stands for a cluster with random events, while the tests of a file run. */
export const servedEvents = (count: number): { readonly address: string } =>
  servedFiles(() => {
    const file = join(temporaryFolder(), 'events.ndjson');
    writeFileSync(file, oddEvents(count, 1, now).map(writeEvent).join('\n'));
    return [file];
  });

/** A server that stands for a cluster with the events of files; `beside`: a folder for a store that has the same. */
export function servedFiles(
  write: () => readonly string[] | Promise<readonly string[]>,
  beside: string | null = null,
): { readonly address: string } {
  let server: TestServer;
  const served = { address: '' };
  beforeAll(async () => {
    const files = await write();
    if (beside !== null) {
      const store = await Store.open(beside);
      await ingestFiles(store, { files, copies: true });
      await store.close();
    }
    server = await serverOver(await Store.open(temporaryFolder()));
    await ingestFiles(server.store, { files, copies: true });
    served.address = await server.listen();
  }, 120_000);
  afterAll(async () => {
    await server.app.close();
    await server.store.close();
  });
  return served;
}

/** A request for events of a source, as of the time of the tests. */
export const eventsOf = (source: EventSource): EventsRequest => ({
  ...{ source, now: new Date(now), maxRows: 1000, outputs: [] },
});

export const eventsOfCluster = ({ url }: { readonly url: string }): EventsRequest =>
  eventsOf({ kind: 'cluster', url, insecure: false });

/** A hunt of one query. */
export const huntOf = (text: string): Hunt => ({
  ...{ uuid: null, name: 'hunt', author: null, description: null, license: null, file: '/hunt.toml' },
  ...{ integration: [], language: [], notes: [], mitre: [], references: [], queries: [{ text, line: 1 }] },
});
