import { describe, expect, it } from 'vitest';
import { coverHunts } from '../../src/app/coverage.ts';
import { jobsOf } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { runHunts } from '../../src/app/run-hunts.ts';
import { tuneHunts } from '../../src/app/tune.ts';
import { readFolder } from '../../src/hunts/library.ts';
import { noOverrides } from '../../src/overrides/override.ts';
import { now } from '../investigate/support.ts';
import { type Between, standBetween } from './between.ts';
import { eventsOfCluster, huntOf, servedEvents } from './served.ts';

/* What a cluster is asked, how often, and what waits for what. */

const served = servedEvents(3000);

const signal = new AbortController().signal;
const queriesTo = ({ passed }: Between): string[] => passed.flatMap(({ query }) => (query === '' ? [] : [query]));
const twenty = Array.from({ length: 20 }, (_, i) => (i + 1) * 100);

describe('tune', () => {
  const tuned = async (text: string, at: readonly number[]) => {
    const cluster = await standBetween(served.address);
    const request = { overrides: noOverrides, threshold: null, at, hitsPerDay: 5 };
    const jobs = jobsOf(huntOf(text));
    const report = await tuneHunts({ jobs, events: eventsOfCluster(cluster), ...request }, silent, signal);
    // The catalogue counts the events of each index.
    const asked = queriesTo(cluster).filter((query) => !/BY _index\b/.test(query));
    return { asked, studies: report.queries.flatMap(({ tuning }) => tuning?.studies ?? []) };
  };
  it.each([
    ['of events', 'INLINE STATS n = COUNT(*) BY process.name | WHERE n > 100'],
    [
      'of events, with an order and a limit',
      'INLINE STATS n = COUNT(*) BY agent.id | WHERE n >= 100 | SORT n | LIMIT 500',
    ],
    [
      'of events, the highest',
      'INLINE STATS n = AVG(source.bytes) BY process.name | KEEP @timestamp, n | WHERE n < 100',
    ],
    ['of groups', 'STATS n = SUM(source.bytes) BY process.name | WHERE n > 1000'],
    [
      'between two STATS',
      'STATS n = COUNT(*) BY process.name, agent.id | WHERE n > 2 | STATS k = COUNT(*) BY agent.id',
    ],
  ])('asks once for twenty thresholds %s', async (_, pipeline) => {
    const { asked, studies } = await tuned(`FROM logs-* | WHERE @timestamp > NOW() - 1 day | ${pipeline}`, twenty);
    expect(studies.map(({ hits }) => hits.length)).toEqual([20]);
    expect(studies[0]!.candidates).toBeGreaterThan(0);
    expect(asked).toHaveLength(1);
  });
});

describe('tune of a threshold before STATS', () => {
  it.each([
    'WHERE source.bytes > 1000 | STATS n = COUNT(*) BY process.name, agent.id',
    'WHERE event.action != "x" AND 5000 >= source.bytes | STATS n = COUNT(*), d = COUNT_DISTINCT(agent.id) BY process.name | WHERE d > 1 | STATS most = MAX(n) BY d | SORT d | LIMIT 5',
  ])('asks for what is compared, and then once for twenty: %s', async (pipeline) => {
    const cluster = await standBetween(served.address);
    const jobs = jobsOf(huntOf(`FROM logs-* | WHERE @timestamp > NOW() - 2 days | ${pipeline}`));
    const request = { overrides: noOverrides, threshold: 'source.bytes', at: twenty, hitsPerDay: 5 };
    const report = await tuneHunts({ jobs, events: eventsOfCluster(cluster), ...request }, silent, signal);
    expect(report.queries.flatMap(({ tuning }) => tuning!.studies.map(({ hits }) => hits.length))).toEqual([20]);
    expect(queriesTo(cluster).filter((query) => !/BY _index\b/.test(query))).toHaveLength(2);
  });
});

describe('coverage', () => {
  const covered = async (hunts: Parameters<typeof coverHunts>[0]['hunts']) => {
    const cluster = await standBetween(served.address);
    await coverHunts({ hunts, events: eventsOfCluster(cluster), overrides: noOverrides }, silent, signal);
    return cluster;
  };
  it('of the whole library takes few requests', async () => {
    const { hunts } = await readFolder('hunts');
    expect(hunts.length).toBeGreaterThan(60);
    expect((await covered(hunts)).passed.length).toBeLessThanOrEqual(60);
  });
  it('has searches counted by the cluster', async () => {
    const hunt = huntOf(
      'FROM logs-* | WHERE MATCH(process.name, "p1") AND NOT MATCH(process.executable, "x") | STATS n = COUNT(*) BY agent.id',
    );
    const queries = queriesTo(await covered([hunt]));
    expect(queries.filter((query) => query.includes('MATCH('))).toHaveLength(1);
    expect(queries.filter((query) => !query.includes('| STATS '))).toEqual([]);
  });
});

describe('fields that no index maps', () => {
  // Elasticsearch takes no search over a computed column, and no KQL or QSTR behind EVAL.
  it.each([
    ['MATCH(email.subject, "x") OR process.name == "p1"', '(process.name == "p1")'],
    ['email.subject:"x"', 'false'],
    ['NOT MATCH(email.subject, "x")', '(NOT false)'],
    ['KQL("email.subject: x or process.name: p1")', 'KQL("email.subject: x or process.name: p1")'],
    ['QSTR("NOT email.subject:x")', 'true'],
    ['email.subject == "x"', '(TO_STRING(null) == "x")'],
  ])('are asked for as nulls that no search looks into: %s', async (condition, sent) => {
    const cluster = await standBetween(served.address);
    const jobs = jobsOf(huntOf(`FROM logs-* | WHERE ${condition} | STATS n = COUNT(*) BY email.subject`));
    await runHunts({ jobs, events: eventsOfCluster(cluster) }, silent, signal);
    const asked = queriesTo(cluster).filter((query) => query.includes('BY email.subject'));
    expect(asked.map((query) => query.split('\n| ').slice(0, 3))).toEqual([
      [expect.stringMatching(/^FROM logs-/), `WHERE ${sent}`, 'EVAL email.subject = TO_STRING(null)'],
    ]);
  });
});

describe('the whole library', () => {
  it('asks nothing of data streams that the cluster does not have', async () => {
    const { hunts } = await readFolder('hunts');
    const cluster = await standBetween(served.address);
    const events = { ...eventsOfCluster(cluster), now: new Date(now) };
    const { results } = await runHunts({ jobs: hunts.flatMap(jobsOf), events }, silent, signal);
    const lacking = results.filter(({ coverage }) => (coverage?.missingIndices.length ?? 0) > 0);
    expect(lacking.length).toBeGreaterThan(40);
    expect(new Set(lacking.map(({ outcome }) => outcome))).toEqual(new Set(['cannot tell']));
    expect(queriesTo(cluster).filter((query) => /FROM logs-(?:aws|okta|azure|o365|zeek)/.test(query))).toEqual([]);
  });
});

describe('the own hunts over network events', async () => {
  const { hunts } = await readFolder('hunts/network');
  const jobs = hunts.flatMap(jobsOf);
  it.each([
    ['with hits', now],
    ['without any', now + 40 * 86_400_000],
  ])('waits for few answers one after the other, %s', async (_, at) => {
    const asks = (cluster: Between): Promise<unknown> =>
      runHunts({ jobs, events: { ...eventsOfCluster(cluster), now: new Date(at) } }, silent, signal);
    // Modules that are loaded when they are first needed are not what is waited for here.
    await asks(await standBetween(served.address));
    const cluster = await standBetween(served.address, { inRounds: true });
    await asks(cluster);
    // What there is; twice four hunts at a time; everything about the data where nothing was found.
    expect(cluster.rounds).toBe(4);
    expect(queriesTo(cluster).every((query) => query.startsWith('FROM logs-endpoint.events.network-*'))).toBe(true);
  });
});
