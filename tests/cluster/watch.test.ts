import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silent } from '../../src/app/observer.ts';
import { runWatch, type WatchContext } from '../../src/app/watch/run-watch.ts';
import type { Hit } from '../../src/runs/watch/new-hits.ts';
import { readWatches } from '../../src/runs/watch/watch-config.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { now } from '../investigate/support.ts';
import { serverOver } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { standBetween } from './between.ts';

const place = temporaryFolder();
const signal = new AbortController().signal;
const at = (minutes: number): Date => new Date(now + minutes * 60_000);

const eventsOf = (names: readonly string[], minutes: number): string => {
  const file = join(place, `${names.join('-')}.ndjson`);
  const events = names.map((name) => ({
    '@timestamp': at(minutes).toISOString(),
    data_stream: { type: 'logs', dataset: 'test', namespace: 'default' },
    process: { name },
  }));
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return file;
};

/** A watch with a memory of its own, and what came of its runs. */
function watched(source: Readonly<Record<string, unknown>>): { hits: Hit[]; run(minutes: number): Promise<unknown> } {
  const file = join(place, 'hunt.md');
  writeFileSync(
    file,
    '# Rare\n\n```esql\nFROM logs-* | WHERE @timestamp > NOW() - 1 hour | STATS n = COUNT(*) BY process.name\n```\n',
  );
  const table = { name: 'rare', schedule: '*/10 * * * *', hunts: [file], ...source };
  const [watch] = readWatches([table as never], join(place, 'harrier.toml'));
  const hits: Hit[] = [];
  const context: WatchContext = {
    ...{ state: temporaryFolder(), libraries: [], accepted: null },
    variable: (name) => (name === 'KEY' ? 'aWQ6a2V5' : undefined),
    otherwise: {
      name: 'here',
      deliver: async (found) => {
        hits.push(...found);
        return [];
      },
    },
  };
  const run = async (minutes: number): Promise<unknown> => {
    const {
      outcome,
      queries,
      new: fresh,
    } = await runWatch(watch!, { at: at(minutes), missed: 0 }, context, silent, signal);
    return { outcome, queries, fresh };
  };
  return { hits, run };
}

it('watches a cluster as it watches a store', async () => {
  const [folder, served] = [temporaryFolder(), temporaryFolder()];
  const server = await serverOver(await Store.open(served));
  const ingest = async (file: string): Promise<void> => {
    const store = await Store.open(folder);
    await ingestFiles(store, { files: [file], copies: true });
    await store.close();
    await ingestFiles(server.store, { files: [file], copies: true });
  };
  const cluster = await standBetween(await server.listen());
  const here = watched({ store: folder });
  const there = watched({ engine: 'elasticsearch', url: cluster.url, api_key_env: 'KEY' });
  await ingest(eventsOf(['a', 'b', 'b'], 0));
  for (const [minutes, added] of [
    [10, []],
    [20, ['b', 'c']],
    // What was known comes back within the time it is remembered for.
    [30, ['a']],
  ] as const) {
    if (added.length > 0) await ingest(eventsOf(added, minutes - 1));
    const expected = await here.run(minutes);
    expect(await there.run(minutes)).toEqual(expected);
    expect(there.hits).toEqual(here.hits);
  }
  expect(here.hits.length).toBeGreaterThan(2);
  await server.app.close();
  await server.store.close();
});

it('knows no hits of a run that failed, and goes on when the cluster is back', async () => {
  const server = await serverOver(await Store.open(temporaryFolder()));
  await ingestFiles(server.store, { files: [eventsOf(['x'], 0)], copies: true });
  const address = await server.listen();
  let isDown = true;
  const cluster = await standBetween(address, { isDown: () => isDown });
  const { hits, run } = watched({ engine: 'elasticsearch', url: cluster.url, api_key_env: 'KEY' });
  expect(await run(10)).toMatchObject({ queries: [{ outcome: 'failed' }], fresh: 0 });
  isDown = false;
  expect(await run(20)).toMatchObject({ outcome: 'done', fresh: 1 });
  expect(hits).toHaveLength(1);
  await server.app.close();
  await server.store.close();
});

it('names the variable that holds no key', async () => {
  const { run } = watched({ engine: 'elasticsearch', url: 'http://127.0.0.1:1', api_key_env: 'NONE' });
  await expect(run(10)).rejects.toMatchObject({ message: 'watch rare: the variable NONE is not set' });
});
