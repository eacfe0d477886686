import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFolder } from '../../src/hunts/library.ts';
import { fittingEvents } from '../hunts/fitting-events.ts';
import { now } from '../investigate/support.ts';
import { harrier, type Running, startHarrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * Hunts over events made for them give the same over a store and over a cluster, byte for byte. HARRIER_HUNTS names a folder
 * of any hunts, such as Elastic's public ones; else it is one of our own.
 */

const hunts = process.env.HARRIER_HUNTS ?? 'hunts/linux';
const folder = temporaryFolder();
const store = join(folder, 'store');
let server: Running;
let url = '';

beforeAll(async () => {
  const found = (await readFolder(hunts)).hunts.flatMap(({ queries }) => queries);
  const events = await Promise.all(found.map(({ text }, i) => fittingEvents(text, 120, i + 1, now)));
  const file = join(folder, 'events.ndjson');
  writeFileSync(
    file,
    events
      .flat()
      .map((event) => JSON.stringify(event))
      .join('\n'),
  );
  await harrier(['ingest', file, '--store', store]);
  // Two processes cannot open one store.
  cpSync(store, join(folder, 'served'), { recursive: true });
  server = startHarrier(['serve', '--store', join(folder, 'served'), '--port', '0']);
  await server.until(({ stdout }) => {
    url = /http\S+(?=\s)/.exec(stdout)?.[0] ?? '';
    return url !== '';
  });
}, 300_000);

afterAll(async () => {
  server.child.kill();
  await server.finished;
});

const place = (text: string): string =>
  text
    .replaceAll(`--store ${store}`, 'EVENTS')
    .replaceAll(`--engine elasticsearch --url ${url}`, 'EVENTS')
    .replace(/"took_ms": ?\d+/g, '')
    .replace(/"engine": ?"\w+"/, '');

it.each([['run', '--hosts'], ['coverage'], ['tune'], ['backfill', '--step', '48h']])(
  '%s',
  async (command, ...options) => {
    const asked = [command, hunts, ...options, '--format', 'json', '--now', new Date(now).toISOString()];
    const here = await harrier([...asked, '--store', store]);
    const there = await harrier([...asked, '--engine', 'elasticsearch', '--url', url]);
    expect(place(there.stdout)).toBe(place(here.stdout));
    expect(there.code, there.stderr).toBe(here.code);
    if (command !== 'run') return;
    const { results } = JSON.parse(here.stdout) as { results: readonly { readonly values: readonly unknown[] }[] };
    const withRows = results.filter(({ values }) => values.length > 0).length;
    console.info(`${withRows} of ${results.length} queries have rows`);
    expect(withRows).toBeGreaterThan(results.length / 3);
  },
  600_000,
);
