import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backfillHunts } from '../../src/app/backfill.ts';
import { coverHunts } from '../../src/app/coverage.ts';
import { eventsOfRow } from '../../src/app/events.ts';
import type { EventSource, EventsRequest } from '../../src/app/events-request.ts';
import { type HuntJob, jobsOf } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { pivotOnProcess } from '../../src/app/pivot.ts';
import { runHunts } from '../../src/app/run-hunts.ts';
import { tuneHunts } from '../../src/app/tune.ts';
import { ElasticsearchEngine } from '../../src/engines/elasticsearch/engine.ts';
import type { Hunt } from '../../src/hunts/hunt.ts';
import { noOverrides as overrides } from '../../src/overrides/override.ts';
import { oddEvents, writeEvent } from '../hunts/odd-events.ts';
import { now } from '../investigate/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { standBetween } from './between.ts';
import { eventsOf, huntOf, servedFiles } from './served.ts';

/*
 * Releases that lack what plans would be printed with: the loop says over them what it says over a store, with older forms
 * or with what is done here. A hunt's own words go there as they are, and are no older than the release.
 */

const first = [
  ...[/^SET\b/, /\bINLINE STATS\b/, /\bFORK\b/, /\bLOOKUP JOIN\b/, /\b(?:TOP|LAST|FIRST|MV_CONTAINS|BIT_LENGTH)\(/],
  ...[/\b(?:COUNT|MIN|MAX|SUM)\([^()]*\) WHERE\b/, /\b_ignored\b/, /\(FROM\b/],
];
const releases = [
  { number: '8.14.3', lacks: first },
  { number: '8.18.0', lacks: [/^SET\b/, /\bINLINE STATS\b/, /\bFORK\b/, /\b(?:LAST|FIRST|MV_CONTAINS)\(/, /\(FROM\b/] },
  { number: '9.2.1', lacks: [/^SET\b/, /\b(?:LAST|FIRST)\(/, /\(FROM\b/] },
] as const;

const folder = temporaryFolder();
const store = join(folder, 'store');
const many = 21_000;
let entity: string;
const served = servedFiles(() => {
  const file = join(folder, 'events.ndjson');
  const lines = oddEvents(2000, 1, now).map(writeEvent);
  entity = JSON.parse(lines.find((line) => /"entity_id":"/.test(line))!).process.entity_id;
  writeFileSync(file, lines.join('\n'));
  const big = join(folder, 'many.ndjson');
  const events = Array.from({ length: many }, (_, i) => ({
    '@timestamp': new Date(now - (i % 5000) * 1000).toISOString(),
    data_stream: { type: 'metrics', dataset: 'many', namespace: 'default' },
    labels: { number: String(i) },
  }));
  writeFileSync(big, events.map((event) => JSON.stringify(event)).join('\n'));
  return [file, big];
}, store);

const signal = new AbortController().signal;
const network = 'FROM logs-endpoint.events.network-*';
const grouped = `${network} | WHERE @timestamp > NOW() - 2 days | STATS n = COUNT(*) BY process.name | WHERE n > 2 | SORT n DESC, process.name`;

type Loop = (hunt: Hunt, jobs: readonly HuntJob[], events: EventsRequest) => Promise<unknown>;
const loop: readonly (readonly [string, string, Loop])[] = [
  ['runs', grouped, (_, jobs, events) => runHunts({ jobs, events }, silent, signal)],
  [
    'judges a hunt without hits',
    `${network} | WHERE @timestamp > NOW() - 2 days AND event.action == "never"`,
    (_, jobs, events) => runHunts({ jobs, events }, silent, signal),
  ],
  ['covers', grouped, (hunt, _, events) => coverHunts({ hunts: [hunt], events, overrides }, silent, signal)],
  [
    'tunes',
    grouped,
    (_, jobs, events) =>
      tuneHunts({ jobs, events, overrides, threshold: null, at: [1, 3, 9], hitsPerDay: 3 }, silent, signal),
  ],
  [
    'backfills',
    grouped,
    (_, jobs, events) =>
      backfillHunts({ jobs, events, overrides, from: null, to: null, step: 86_400_000 }, silent, signal),
  ],
  [
    'shows events',
    grouped,
    (_, [job], events) =>
      eventsOfRow(
        { job: job!, events, overrides, row: 1, accepted: null, fields: ['*'], brief: false, limit: 5 },
        silent,
        signal,
      ),
  ],
  [
    'pivots',
    grouped,
    ({ queries }, _, events) => {
      const indices = { kind: 'hunt', queries: queries.map(({ text }) => text) } as const;
      const scope = { host: null, from: null, to: null };
      const request = { name: { kind: 'entity', id: entity }, scope, indices, events } as const;
      return pivotOnProcess({ ...request, depth: 2, children: 3, limit: 5 }, silent, signal);
    },
  ],
];

const written = (found: unknown): string =>
  JSON.stringify(found, (key, value) => {
    if (key === 'tookMs' || key === 'engine' || key === 'bytes') return undefined;
    // Warnings of a query that is worded anew have other places.
    if (key === 'notes') return (value as string[]).filter((note) => !note.startsWith('warning: '));
    if (value instanceof Map) return [...value];
    return typeof value === 'bigint' ? String(value) : value;
  });

describe.each(releases)('over $number', (version) => {
  it.each(loop)('%s', async (_, text, run) => {
    const cluster = await standBetween(served.address, { version });
    const hunt = huntOf(text);
    const ask = (source: EventSource): Promise<unknown> => run(hunt, jobsOf(hunt), eventsOf(source));
    const expected = await ask({ kind: 'store', folder: store });
    const found = await ask({ kind: 'cluster', url: cluster.url, insecure: false });
    expect(JSON.parse(written(found))).toEqual(JSON.parse(written(expected)));
  });

  it('gives more rows than a cluster gives to one query', async () => {
    const cluster = await standBetween(served.address, { version });
    const engine = await ElasticsearchEngine.open({ url: cluster.url });
    const { values, notes } = await engine.query('FROM metrics-many-* | KEEP labels.number', { now, maxRows: null });
    await engine.close();
    expect([new Set(values.flat()).size, values.length, notes]).toEqual([many, many, []]);
  });
});
