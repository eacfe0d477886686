import { describe, expect, it } from 'vitest';
import { type Job, loneJob } from '../../src/app/jobs.ts';
import { runQueries } from '../../src/app/run-queries.ts';
import { exitCode } from '../../src/cli/exit-code.ts';
import { ElasticsearchEngine, type ElasticsearchOptions } from '../../src/engines/elasticsearch/engine.ts';
import { formats } from '../../src/report/formats.ts';
import type { HuntResult, Outcome, RunReport } from '../../src/report/report.ts';
import { type FakeCluster, fakeCluster, foreign, type Reply, refusal, rows, running } from './fake-cluster.ts';

const jobOf = (text: string, query = 0): Job => ({ ...loneJob(text), query });

interface Ran {
  readonly results: readonly HuntResult[];
  readonly code: number;
  readonly notes: readonly string[];
}

/** Runs queries as the command does. */
async function run(
  cluster: FakeCluster,
  texts: readonly string[],
  options: Partial<ElasticsearchOptions> & { maxRows?: number | null } = {},
): Promise<Ran> {
  const notes: string[] = [];
  const signal = options.signal ?? new AbortController().signal;
  const engine = await ElasticsearchEngine.open({ url: cluster.url, onNote: (text) => notes.push(text), ...options });
  const { maxRows = 1000 } = options;
  try {
    const asked = { now: new Date(), maxRows, signal, assess: null, unread: null };
    const results = await runQueries(texts.map(jobOf), engine, asked);
    return { results, code: exitCode({ results, partial: signal.aborted }, false), notes };
  } finally {
    await engine.close();
  }
}

const login = '<!doctype html><html><head><title>Sign in</title></head></html>';
const elastic = { 'x-elastic-product': 'Elasticsearch' };
const remote = (status: string, more: object = {}): Reply =>
  rows([], {
    is_partial: true,
    _clusters: {
      total: 2,
      successful: 1,
      details: { '(local)': { status: 'successful', indices: 'logs' }, eu: { status, indices: 'logs', ...more } },
    },
  });
const unreachable = {
  failures: [
    { shard: -1, index: null, reason: { type: 'connect_transport_exception', reason: '[eu] connect_timeout' } },
  ],
};

/** What a cluster answers a query, and what must come of it. */
const cases: readonly (readonly [name: string, answer: Reply, outcome: Outcome, says: RegExp, code: number])[] = [
  ['rows', rows([[1]]), 'hits', /^$/, 0],
  ['no rows', rows([]), 'none', /^$/, 0],
  ...[301, 302, 303, 307, 308].map(
    (status) =>
      [
        `a redirect ${status}`,
        foreign(status, 'text/html', '', { location: 'https://elsewhere.example/' }),
        ...[
          'failed',
          new RegExp(`redirect \\(${status}\\) to https://elsewhere\\.example/.*address of the cluster itself`),
          1,
        ],
      ] as unknown as (typeof cases)[number],
  ),
  [
    'a redirect to Kibana',
    foreign(302, 'text/html', '', { location: '/login?next=%2F' }),
    'failed',
    /looks like Kibana or a login page/,
    1,
  ],
  ['a redirect to nowhere', foreign(304, 'text/plain', ''), 'failed', /redirect \(304\)/, 1],
  ['a web page', foreign(200, 'text/html', login), 'failed', /is no Elasticsearch: it answered with a web page/, 1],
  [
    'a web page with the mark',
    foreign(200, 'text/html', login, elastic),
    'failed',
    /a web page titled "Sign in", not with JSON/,
    1,
  ],
  ['a text', foreign(200, 'text/plain', 'ok', elastic), 'failed', /a text that begins with "ok", not with JSON/, 1],
  ['an empty body', foreign(200, 'application/json', ''), 'failed', /answered with nothing: an empty body/, 1],
  [
    'cut-off JSON',
    foreign(200, 'application/json', '{"columns":[{"name":"n","ty'),
    'failed',
    /ends early or is no JSON: 27 characters/,
    1,
  ],
  ['a list', { body: '[]' }, 'failed', /answered with JSON that is no object/, 1],
  ['an object without rows', { body: {} }, 'failed', /rows and columns of the cluster's answer do not match/, 1],
  [
    'rows that do not fit their columns',
    rows([[1, 2]]),
    'failed',
    /rows and columns of the cluster's answer do not match/,
    1,
  ],
  [
    'is_partial without a reason',
    rows([], { is_partial: true }),
    'cannot tell',
    /answered in part, without a reason/,
    0,
  ],
  [
    'a skipped remote',
    remote('skipped', unreachable),
    'cannot tell',
    /the remote cluster eu \(logs\) was skipped: \[eu\] connect_timeout/,
    0,
  ],
  ['a failed remote', remote('failed'), 'cannot tell', /the remote cluster eu \(logs\) failed/, 0],
  [
    'a remote with failed shards',
    remote('partial', { _shards: { total: 3, failed: 2 } }),
    'cannot tell',
    /eu \(logs\) answered in part \(2 of 3 shards failed\)/,
    0,
  ],
  [
    'a skipped remote that is not called partial',
    rows([], { _clusters: { total: 2, skipped: 1 } }),
    'cannot tell',
    /1 of 2 clusters answered in part or not at all/,
    0,
  ],
  [
    'a partial answer with hits',
    rows([[1]], { is_partial: true }),
    'hits',
    /rows may be missing, and counts too low/,
    0,
  ],
  [
    'no rights',
    refusal(403, 'security_exception', 'action [indices:data/read/esql] is unauthorized'),
    'failed',
    /no rights for this query.*index privileges read and view_index_metadata/,
    1,
  ],
  [
    'a key that is gone',
    refusal(401, 'security_exception', 'api key has expired'),
    'failed',
    /requires an API key: api key has expired.*ELASTICSEARCH_API_KEY/,
    1,
  ],
  [
    'an old cluster',
    { status: 400, body: { error: 'no handler found for uri [/_query/async] and method [POST]', status: 400 } },
    'failed',
    /has no ES\|QL.*8\.14/,
    1,
  ],
  ['an error of a proxy', foreign(400, 'text/html', login), 'failed', /400: a web page titled "Sign in"/, 1],
  [
    'a proxy that wants a password',
    foreign(407, 'text/html', ''),
    'failed',
    /the proxy requires a user and password.*HTTPS_PROXY/,
    1,
  ],
  [
    'a fault of the cluster',
    refusal(500, 'illegal_state_exception', 'oops'),
    'failed',
    /500 illegal_state_exception: oops/,
    1,
  ],
  [
    'a query that is gone',
    running(refusal(404, 'resource_not_found_exception', 'id')),
    'failed',
    /no longer has the query.*run it again/,
    1,
  ],
];

describe('what a cluster answers', () => {
  it.each(cases)('%s', async (_, answer, outcome, says, code) => {
    const cluster = await fakeCluster(() => answer);
    const ran = await run(cluster, ['FROM logs']);
    const [result] = ran.results;
    expect([result!.outcome, ran.code]).toEqual([outcome, code]);
    expect([result!.error ?? '', ...result!.notes].join('\n')).toMatch(says);
    expect(cluster.running.size).toBe(0);
  });

  /** Answers that no second request could change. */
  const lasting = cases.filter(
    ([, { polls, headers, status, body }]) =>
      !polls && headers?.['content-type'] === undefined && status !== 500 && typeof body !== 'string',
  );
  it.each(lasting)('%s, from a query that was running first', async (_, answer, outcome, says, code) => {
    const cluster = await fakeCluster(() => running({ body: { id: 'id/1==', is_running: true } }, answer));
    const ran = await run(cluster, ['FROM logs']);
    expect([ran.results[0]!.outcome, ran.code]).toEqual([outcome, code]);
    expect([ran.results[0]!.error ?? '', ...ran.results[0]!.notes].join('\n')).toMatch(says);
    expect(cluster.running.size).toBe(0);
  });

  it.each(['table', 'json', 'md', 'html'] as const)(
    'shows in %s which cluster was skipped, and why',
    async (format) => {
      const cluster = await fakeCluster(() => remote('skipped', unreachable));
      const { results } = await run(cluster, ['FROM logs']);
      const report: RunReport = {
        ...{ now: new Date(), engine: 'elasticsearch', results, load: null, unread: null },
        ...{ eventFacts: null, partial: false, provenance: null },
      };
      const write = await formats[format]();
      const text = [...write(report, { width: null, colour: false }, false)].join('').replace(/\\([[\]()_])/g, '$1');
      expect(text).toMatch(
        /the remote cluster (?:<[^>]*>)?eu(?:<[^>]*>)? \(logs\) was skipped: \[eu\] connect_timeout/,
      );
      expect(text).toMatch(/cannot tell/i);
      if (format === 'json') {
        const [result] = JSON.parse(text).results;
        expect([result.outcome, result.reasons]).toEqual([
          'cannot tell',
          [expect.stringContaining('eu (logs) was skipped')],
        ]);
      }
    },
  );

  it('asks for whole answers, and not again for what the cluster does not know', async () => {
    const cluster = await fakeCluster(({ parameters, body }) => {
      if (body.include_ccs_metadata !== undefined)
        return refusal(
          400,
          'x_content_parse_exception',
          '[1:99] [esql/async_query] unknown field [include_ccs_metadata]',
        );
      if (parameters.has('allow_partial_results'))
        return refusal(
          400,
          'illegal_argument_exception',
          'request [/_query/async] contains unrecognized parameter: [allow_partial_results]',
        );
      return rows([[1]]);
    });
    const { results } = await run(cluster, ['FROM a', 'FROM b'], { parallel: 1 });
    expect(results.map(({ outcome }) => outcome)).toEqual(['hits', 'hits']);
    const queries = cluster.asked.filter(({ method }) => method === 'POST');
    expect(
      queries.map(({ parameters, body }) => [parameters.get('allow_partial_results'), body.include_ccs_metadata]),
    ).toEqual([
      ['false', true],
      ['false', undefined],
      [null, undefined],
      [null, undefined],
    ]);
  });
});

describe('what passes', () => {
  const soon = { 'retry-after': '0' };
  it.each<readonly [string, Reply, RegExp]>([
    [
      '429',
      refusal(429, 'es_rejected_execution_exception', 'queue is full', soon),
      /too busy \(429 es_rejected.*queue is full; trying again in a moment \(1 of 8\)/,
    ],
    [
      'a circuit breaker',
      refusal(429, 'circuit_breaking_exception', '[parent] Data too large', soon),
      /circuit_breaking_exception.*Data too large; trying again/,
    ],
    [
      'a circuit breaker behind another error',
      {
        ...refusal(500, 'search_phase_execution_exception', 'all shards failed', soon),
        body: {
          error: {
            type: 'search_phase_execution_exception',
            reason: 'all shards failed',
            caused_by: { type: 'circuit_breaking_exception', reason: 'x' },
          },
          status: 500,
        },
      },
      /too busy \(500 search_phase.*trying again/,
    ],
    [
      '503',
      refusal(503, 'cluster_block_exception', 'no master', soon),
      /503 cluster_block_exception: no master; trying again/,
    ],
    [
      'a proxy without a server',
      foreign(502, 'text/html', '<html><title>Bad gateway</title>'),
      /502: a web page titled "Bad gateway"; trying again/,
    ],
    ['a broken connection', { cut: 'before' }, /cannot reach .*; trying again/],
    ['an answer cut off', { ...rows([[1]]), cut: 'within' }, /; trying again/],
  ])('waits for %s', async (_, answer, says) => {
    const cluster = await fakeCluster((__, count) => (count < 2 ? answer : rows([[1]])));
    const { results, notes } = await run(cluster, ['FROM logs']);
    expect(results[0]!.outcome).toBe('hits');
    expect(notes.join('\n')).toMatch(says);
    expect(notes).toHaveLength(2);
  });

  it.each<readonly [string, Reply]>([
    ['500', refusal(500, 'x', 'y', soon)],
    ['503', refusal(503, 'x', 'y', soon)],
    ['429', refusal(429, 'x', 'y', soon)],
    ['a broken connection', { cut: 'before' }],
    ['a web page', foreign(200, 'text/html', login)],
    ['an empty body', foreign(200, 'application/json', '')],
  ])('goes on with a running query through %s', async (_, fault) => {
    const cluster = await fakeCluster(() => running(fault, fault, rows([[7]], { is_running: false })));
    const { results } = await run(cluster, ['FROM logs']);
    expect(results[0]!.result?.values).toEqual([[7n]]);
    expect(cluster.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(cluster.running.size).toBe(0);
  });

  it('pauses where polls are answered at once, whatever they are asked to wait', async () => {
    const still: Reply = { body: { id: 'id/1==', is_running: true, columns: [], values: [] } };
    const polls = [...Array.from({ length: 6 }, () => still), rows([[7]], { is_running: false })];
    const cluster = await fakeCluster(() => running(...polls));
    const started = performance.now();
    const { results } = await run(cluster, ['FROM logs']);
    expect(results[0]!.result?.values).toEqual([[7n]]);
    // 20 + 40 + … + 640 + 1000 ms between seven.
    expect(performance.now() - started).toBeGreaterThan(1200);
  });

  it('gives up after some tries, and ends the query', async () => {
    const fault = refusal(500, 'x', 'the node is down', soon);
    const cluster = await fakeCluster(() => running(...Array.from({ length: 20 }, () => fault)));
    const { results } = await run(cluster, ['FROM logs']);
    expect(results[0]!.error).toMatch(/the node is down \(asked 9 times\)/);
    expect(cluster.running.size).toBe(0);
  });
});

describe('several queries', () => {
  it('keeps what others found when one connection breaks', async () => {
    const cluster = await fakeCluster(({ body }) =>
      body.query!.startsWith('FROM q3') ? { cut: 'before' } : rows([[1]]),
    );
    const { results, code } = await run(
      cluster,
      Array.from({ length: 6 }, (_, i) => `FROM q${i}`),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['hits', 'hits', 'hits', 'failed', 'hits', 'hits']);
    expect(results[3]!.error).toMatch(/cannot reach .*\(asked 3 times\)/);
    expect(code).toBe(1);
  });

  it.each([
    [undefined, 4],
    [1, 1],
    [3, 3],
  ])('runs %s at once, and gives their answers in order', async (parallel, most) => {
    const cluster = await fakeCluster(({ body }) => {
      const n = Number(/q(\d+)/.exec(body.query!)![1]);
      return { ...rows([[n]]), after: 40 - 3 * n };
    });
    const texts = Array.from({ length: 9 }, (_, i) => `FROM q${i}`);
    const { results } = await run(cluster, texts, { ...(parallel !== undefined && { parallel }) });
    expect(results.map(({ result }) => result!.values[0]![0])).toEqual(texts.map((_, i) => BigInt(i)));
    expect(cluster.mostAtOnce).toBe(most);
  });

  it('ends every query on the cluster when it is interrupted, those just sent among them', async () => {
    const interruption = new AbortController();
    const cluster = await fakeCluster((_, count) => {
      if (count === 3) setTimeout(() => interruption.abort(), 30);
      return { ...running(), after: count === 3 ? 100 : 0 };
    });
    const texts = Array.from({ length: 7 }, (_, i) => `FROM q${i}`);
    const { results, code } = await run(cluster, texts, { signal: interruption.signal });
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['interrupted']));
    expect([code, cluster.running.size]).toEqual([130, 0]);
    expect(cluster.asked.filter(({ method }) => method === 'DELETE')).toHaveLength(4);
  });

  it('ends a query that takes longer than it may, and no other', async () => {
    const cluster = await fakeCluster(({ body }) => (body.query!.startsWith('FROM slow') ? running() : rows([[1]])));
    const { results } = await run(cluster, ['FROM slow', 'FROM quick'], { timeout: 300 });
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'hits']);
    expect(results[0]!.error).toMatch(/took longer than 0\.3 s and was ended on the cluster.*--timeout/);
    expect(cluster.running.size).toBe(0);
  });
});
