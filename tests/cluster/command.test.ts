import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loneJob } from '../../src/app/jobs.ts';
import { overrideJobs } from '../../src/app/override-jobs.ts';
import { type DataOptions, eventsOf } from '../../src/cli/options.ts';
import { type OverrideOptions, overridesOf } from '../../src/cli/override-options.ts';
import { createWaiting } from '../../src/cli/progress.ts';
import { files } from '../files/support.ts';
import { harrier, startHarrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fakeCluster, rows, running } from './fake-cluster.ts';

const hunt = (n: number, query: string): string =>
  `[hunt]\nname = "Hunt ${n}"\nuuid = "${String(n).repeat(8)}-2222-3333-4444-555555555555"\nquery = ['''\n${query}''']\n`;

const plain: DataOptions = {
  ...{ data: [], cache: true, strict: false, maxRows: 1000, insecure: false },
  ...{ engine: 'elasticsearch', url: 'https://cluster.example' },
};

describe('options that mean nothing where the events are', () => {
  it.each<readonly [Partial<DataOptions>, RegExp]>([
    [{ data: ['x.ndjson'] }, /^--data says where events are/],
    [{ store: 'events' }, /^--store says where events are/],
    [{ index: 'logs-x' }, /^--index is about reading files/],
    [{ cache: false }, /^--no-cache is about reading files/],
    [{ strict: true, cache: false }, /^--no-cache and --strict are about reading files/],
    [{ memory: '4GB' }, /^--memory is for the engine in this process/],
    [{ url: undefined as never }, /^--engine elasticsearch needs to know the cluster/],
    [{ engine: 'duckdb', data: ['x'], parallel: 2 }, /^--parallel is about queries on a cluster/],
    [
      { engine: 'duckdb', data: ['x'], timeout: { esql: '1 hour', milliseconds: 3_600_000 } },
      /^--timeout is about queries/,
    ],
  ])('%j is refused', (options, says) => {
    expect(() => eventsOf({ ...plain, ...options })).toThrow(says);
  });

  it('others are not', () => {
    eventsOf(plain);
    eventsOf({ ...plain, maxRows: 'all', parallel: 8, ca: 'ca.pem', insecure: true });
  });

  it.each([
    [['--parallel', '0'], 'a number from 1 to 64'],
    [['--parallel', 'many'], 'a number from 1 to 64'],
    [['--timeout', 'soon'], 'is no span of time, for example 90s or 10m'],
    [['--url', 'localhost:9200'], 'write --url https://localhost:9200'],
    [['--url', 'http://127.0.0.1:1'], 'nothing listens there'],
  ])('%j ends with exit code 2', async (args, says) => {
    const url = args[0] === '--url' ? [] : ['--url', 'http://127.0.0.1:1'];
    const { code, stderr } = await harrier(['query', 'ROW a = 1', '--engine', 'elasticsearch', ...url, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('overrides of a query that Harrier does not understand', () => {
  const newer = 'FROM logs-x-* | WHERE @timestamp > NOW() - 7 days | PARSE_AGENT d = user_agent.original | LIMIT 5\n';
  const enriched =
    'FROM ev | WHERE @timestamp > NOW() - 7 days | ENRICH libs-policy ON dll.name | STATS n = COUNT(*) BY vendor\n';
  const place = files({
    'newer.toml': hunt(1, newer),
    'enriched.toml': hunt(2, enriched),
    'both/1.toml': hunt(1, newer),
    'both/3.toml': hunt(
      3,
      'FROM logs-x-* | WHERE @timestamp > NOW() - 7 days | STATS n = COUNT(*) BY host.name | WHERE n > 3\n',
    ),
  });
  const overrides: readonly Partial<OverrideOptions>[] = [
    { window: '1h' },
    { from: new Date(0) },
    { set: ['n=5'] },
    { exclude: ['host.name == "h"'] },
    { only: ['host.name == "h"'] },
    { platform: 'linux' },
  ];

  it.each(overrides)('refuses %j', async (override) => {
    const overrides = await overridesOf({ set: [], exclude: [], only: [], ...override });
    await expect(overrideJobs([loneJob(newer)], overrides, null)).rejects.toThrow(
      /^the query: it cannot take the overrides\n[\s\S]*PARSE_AGENT/,
    );
  });

  it('sends no query, and says why', async () => {
    const cluster = await fakeCluster(() => rows([[1]]));
    const on = ['--engine', 'elasticsearch', '--url', cluster.url];
    const { code, stdout, stderr } = await harrier(['run', join(place, 'newer.toml'), ...on, '--window', '1h']);
    expect([code, stdout, cluster.asked.map(({ path }) => path)]).toEqual([2, '', ['/']]);
    expect(stderr).toMatch(/error: Hunt 1: it cannot take the overrides\n[\s\S]*PARSE_AGENT/);
  });

  it('runs the query as it is without them', async () => {
    const cluster = await fakeCluster(() => rows([[1]]));
    const { code } = await harrier([
      'run',
      join(place, 'newer.toml'),
      '--engine',
      'elasticsearch',
      '--url',
      cluster.url,
    ]);
    expect([code, cluster.asked.at(-1)!.body.query]).toEqual([0, newer]);
  });

  it('names the hunt that takes none, and runs the others', async () => {
    const cluster = await fakeCluster(() => rows([[1]]));
    const on = ['--engine', 'elasticsearch', '--url', cluster.url, '--format', 'json'];
    const { code, stdout } = await harrier(['run', join(place, 'both'), ...on, '--window', '1h', '--set', 'n=5']);
    const { results } = JSON.parse(stdout);
    expect([code, results.map(({ outcome }: { outcome: string }) => outcome)]).toEqual([1, ['failed', 'hits']]);
    expect(results[0].error).toContain('it cannot take the overrides');
    expect(cluster.asked.filter(({ method }) => method === 'POST').map(({ body }) => body.query)).toEqual([
      expect.stringMatching(/NOW\(\) - 1 hour[\s\S]*n > 5/),
    ]);
  });

  it.each(['newer', 'enriched'])('derives nothing from it, nor prints it: %s', async (name) => {
    const output = join(temporaryFolder(), 'derived.toml');
    const file = join(place, `${name}.toml`);
    for (const args of [
      ['hunts', 'derive', file, '-o', output],
      ['run', file, '--print-query'],
    ]) {
      const { code, stdout, stderr } = await harrier([...args, '--window', '1h']);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('it cannot take the overrides')]);
    }
    expect(existsSync(output)).toBe(false);
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends every query on the cluster, and says what it has', async (signal) => {
  const place = files(
    Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`h/${i}.toml`, hunt(i, `FROM q${i}\n`)])),
  );
  const cluster = await fakeCluster(({ body }) => (body.query!.startsWith('FROM q0') ? rows([[1]]) : running()));
  const command = startHarrier([
    'run',
    join(place, 'h'),
    '--engine',
    'elasticsearch',
    '--url',
    cluster.url,
    '-f',
    'json',
  ]);
  await command.until(
    () => cluster.running.size === 4 && cluster.asked.filter(({ method }) => method === 'GET').length > 4,
  );
  command.child.kill(signal);
  const { code, stdout } = await command.finished;
  expect([code, cluster.running.size]).toEqual([130, 0]);
  const { results, partial } = JSON.parse(stdout);
  expect(partial).toBe(true);
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['hits', ...Array(5).fill('interrupted')]);
});

describe('the line for those who wait', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    [true, ['\r\x1b[Khunt 3 of 60, 5 s; Ctrl-C ends it', '\r\x1b[Khunt 4 of 60, 6 s; Ctrl-C ends it', '\r\x1b[K']],
    [false, []],
  ])('on a terminal (%s) appears after 5 seconds', (isTTY, lines) => {
    const written: string[] = [];
    const waiting = createWaiting({ isTTY, write: (text: string) => written.push(text) } as never);
    waiting.update('hunt 3 of 60');
    vi.advanceTimersByTime(5000);
    waiting.update('hunt 4 of 60');
    vi.advanceTimersByTime(1000);
    waiting.done();
    vi.advanceTimersByTime(5000);
    expect(written).toEqual(lines);
  });
});
