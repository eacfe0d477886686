import { expect, it } from 'vitest';
import { backfillHunts } from '../../src/app/backfill.ts';
import { checkOnData } from '../../src/app/check.ts';
import { coverHunts } from '../../src/app/coverage.ts';
import { eventsOfRow } from '../../src/app/events.ts';
import type { EventsRequest } from '../../src/app/events-request.ts';
import { type HuntJob, jobsOf } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { pivotOnProcess } from '../../src/app/pivot.ts';
import { runHunts } from '../../src/app/run-hunts.ts';
import { tuneHunts } from '../../src/app/tune.ts';
import type { Hunt } from '../../src/hunts/hunt.ts';
import { noOverrides } from '../../src/overrides/override.ts';
import { standBetween } from './between.ts';
import { eventsOfCluster, huntOf, servedEvents } from './served.ts';

/* A hunt that reads an alias says what it says of the indices behind it. */

const served = servedEvents(2000);

const signal = new AbortController().signal;

const grouped =
  '| WHERE @timestamp > NOW() - 2 days | STATS n = COUNT(*) BY process.name | WHERE n > 2 | SORT n DESC, process.name';
const overrides = noOverrides;
type Loop = (hunt: Hunt, jobs: readonly HuntJob[], events: EventsRequest) => Promise<unknown>;
const loop: readonly (readonly [string, string, Loop])[] = [
  ['runs', grouped, (_, jobs, events) => runHunts({ jobs, events }, silent, signal)],
  [
    'judges a hunt without hits',
    '| WHERE @timestamp > NOW() - 2 days AND event.action == "never"',
    (_, jobs, events) => runHunts({ jobs, events }, silent, signal),
  ],
  ['covers', grouped, (hunt, _, events) => coverHunts({ hunts: [hunt], events, overrides }, silent, signal)],
  [
    'tunes',
    grouped,
    (_, jobs, events) => tuneHunts({ jobs, events, overrides, threshold: null, at: [], hitsPerDay: 3 }, silent, signal),
  ],
  [
    'backfills',
    grouped,
    (_, jobs, events) =>
      backfillHunts({ jobs, events, overrides, from: null, to: null, step: 86_400_000 } as never, silent, signal),
  ],
  [
    'shows events',
    grouped,
    (_, [job], events) => {
      const shown = { row: 1, accepted: null, fields: ['*'], brief: false, limit: 5 };
      return eventsOfRow({ job: job!, events, overrides, ...shown }, silent, signal);
    },
  ],
  ['checks', '| WHERE nosuch == 1', (_, jobs, events) => checkOnData({ jobs, events }, silent, signal)],
  [
    'pivots',
    grouped,
    ({ queries }, _, events) => {
      const indices = { kind: 'hunt', queries: queries.map(({ text }) => text) } as const;
      const scope = { host: null, from: null, to: null };
      const request = { name: { kind: 'entity', id: 'nobody' }, scope, indices, events } as const;
      return pivotOnProcess({ ...request, depth: 1, children: 1, limit: 1 }, silent, signal).catch(
        ({ message, hint }) => [message, hint],
      );
    },
  ],
];

const pattern = 'logs-endpoint.events.network-*';
// As long, so that places in texts are the same.
const alias = 'all-of-the-endpoint-networks-x';
it.each(loop)('%s', async (_, pipeline, run) => {
  const cluster = await standBetween(served.address, { alias: { name: alias, of: pattern } });
  const said = async (from: string): Promise<string> => {
    const hunt = huntOf(`FROM ${from} ${pipeline}`);
    const found = await run(hunt, jobsOf(hunt), eventsOfCluster(cluster));
    const text = JSON.stringify(found, (key, value) => {
      if (key === 'tookMs') return undefined;
      if (value instanceof Map) return [...value];
      return typeof value === 'bigint' ? String(value) : value;
    });
    return text.replaceAll(alias, pattern);
  };
  expect(await said(alias)).toBe(await said(pattern));
});
