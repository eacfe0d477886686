import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { coverHunts } from '../../src/app/coverage.ts';
import { jobsOf } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { runHunts } from '../../src/app/run-hunts.ts';
import type { Hunt } from '../../src/hunts/hunt.ts';
import { readFolder } from '../../src/hunts/library.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import { indexPatterns } from '../../src/languages/esql/syntax/walk.ts';
import { noOverrides } from '../../src/overrides/override.ts';
import { oddEvents, writeEvent } from '../hunts/odd-events.ts';
import { now } from '../investigate/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { standBetween } from './between.ts';
import { eventsOf, eventsOfCluster, huntOf, servedFiles } from './served.ts';

/*
 * Coverage of a whole library by a cluster that has an index for each pattern that the library names: what is asked of
 * different indices is asked together, and answered as if it had been asked apart.
 */

let hunts: readonly Hunt[] = [];
const folder = temporaryFolder();

/** An index that a pattern fits, and no other pattern that ends before its star. */
const indexFor = (pattern: string): string => {
  const [type, ...rest] = pattern.replaceAll(/[-.]?\*/g, '').split('-');
  return `${type}-${rest.join('_') || 'all'}-default`;
};

const served = servedFiles(async () => {
  ({ hunts } = await readFolder('hunts'));
  const queries = hunts.flatMap((hunt) => hunt.queries.map(({ text }) => new CompiledQuery(text).query));
  const indices = [...new Set(queries.flatMap(indexPatterns).map(indexFor))];
  expect(indices.length).toBeGreaterThan(20);
  const events = oddEvents(indices.length * 40, 7, now).map((event, i) => {
    const { data_stream: _, ...source } = JSON.parse(writeEvent(event, i));
    return JSON.stringify({ _index: indices[i % indices.length], _id: String(i), _source: source });
  });
  const file = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(file, events.join('\n'));
  return [file];
}, folder);

const signal = new AbortController().signal;
const covered = async (events: Parameters<typeof coverHunts>[0]['events']) => {
  const report = await coverHunts({ hunts, events, overrides: noOverrides }, silent, signal);
  return report.hunts.map(({ hunt: { name }, verdict, queries, error }) => ({ name, verdict, queries, error }));
};

it.each([0.1, 2, 6])(
  'takes few requests where each answer takes %d s',
  async (takes) => {
    const cluster = await standBetween(served.address, { takes });
    await covered(eventsOfCluster(cluster));
    expect(cluster.passed.length).toBeLessThanOrEqual(takes < 2.5 ? 20 : 45);
  },
  120_000,
);

it('says what the same events in a store say', async () => {
  const said = await covered(eventsOfCluster({ url: served.address }));
  expect(said).toEqual(await covered(eventsOf({ kind: 'store', folder })));
  expect(new Set(said.map(({ verdict }) => verdict)).size).toBe(3);
}, 120_000);

it('warns at the places of the query where it asks a plan', async () => {
  // No index has the subject, so that the cluster is asked by plan.
  const text = [
    'from logs-system.auth-default',
    '| where email.subject is null and not (event.category == "driver") and to_integer(process.name) is null',
    '| stats n = count(*), total = sum(to_long(process.name)) by host.name | sort n desc | keep n, total',
  ].join('\n');
  const warningsOf = async (events: Parameters<typeof runHunts>[0]['events']) => {
    const { results } = await runHunts({ jobs: jobsOf(huntOf(text)), events }, silent, signal);
    return results.map(({ result }) => result?.warnings);
  };
  const own = await warningsOf(eventsOf({ kind: 'store', folder }));
  expect(own[0]?.join('\n')).toContain('Line 2:35: evaluation of [not (event.category == "driver")]');
  expect(own[0]?.join('\n')).toContain('Line 3:35: evaluation of [to_long(process.name)]');
  expect(await warningsOf(eventsOfCluster({ url: served.address }))).toEqual(own);
}, 60_000);
