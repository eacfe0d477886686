import { expect, it } from 'vitest';
import {
  capacityHealth,
  diskHealth,
  queryQueueHealth,
  storeHealth,
  writeQueueHealth,
} from '../../src/server/health.ts';
import { createLog } from '../../src/server/log.ts';
import { bulk, startServer } from './support.ts';

/** The samples of a text of Prometheus, by name and labels. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^(\S+?(?:\{.*\})?) (\S+)$/.exec(line)!;
    found.set(name!, Number(value));
  }
  return found;
}

it('shows requests, ingest, queues, sizes and refusals as metrics', async () => {
  const server = await startServer();
  await server.send('POST', '/events/_bulk', bulk({ create: {} }, { n: 1 }, { create: { _id: 'a' } }, { n: 2 }));
  await server.send('POST', '/events/_bulk', bulk({ create: { _id: 'a' } }, { n: 3 }));
  await server.send('POST', '/_query', { query: 'FROM events' });
  for (let i = 0; i < 20; i++) await server.send('GET', `/made-up-${i}/_mapping`);
  const { text, headers } = await server.send('GET', '/metrics');
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  const found = samples(text);
  const expected: Record<string, number> = {
    'harrier_http_requests_total{method="POST",route="/:index/_bulk",status="200"}': 2,
    'harrier_http_requests_total{method="POST",route="/_query",status="200"}': 1,
    'harrier_http_request_duration_seconds_count{method="POST",route="/_query"}': 1,
    'harrier_query_duration_seconds_count{outcome="answered"}': 1,
    'harrier_documents_total{result="created"}': 2,
    'harrier_documents_total{result="version_conflict_engine_exception"}': 1,
    'harrier_refusals_total{type="index_not_found_exception"}': 20,
    harrier_documents: 2,
    harrier_indices: 1,
    harrier_store_writable: 1,
    harrier_queries_running: 0,
    harrier_writes_waiting: 0,
  };
  for (const [name, value] of Object.entries(expected)) expect([name, found.get(name)]).toEqual([name, value]);
  for (const name of ['harrier_disk_free_bytes', 'harrier_ingested_bytes_total', 'process_resident_memory_bytes'])
    expect(found.get(name)).toBeGreaterThan(0);
  expect(found.get('harrier_store_bytes{part="file"}')).toBeGreaterThan(0);
  // What clients call is in no label.
  expect(text).not.toContain('made-up');
});

it('reports health in the shape of Elasticsearch', async () => {
  const server = await startServer();
  await server.send('POST', '/events/_bulk', bulk({ create: {} }, { n: 1 }));
  const { json } = await server.send('GET', '/_health_report');
  expect(Object.keys(json.indicators).sort()).toEqual(
    ['data_stream_lifecycle', 'disk', 'query_queue', 'shards_capacity', 'store', 'write_queue'].sort(),
  );
  for (const indicator of Object.values(json.indicators))
    expect(indicator).toMatchObject({ status: expect.any(String), symptom: expect.any(String) });
  expect((await server.send('GET', '/_health_report/store')).json.indicators.store.status).toBe('green');
  expect((await server.send('GET', '/_health_report/__proto__')).status).toBe(404);
  expect((await server.send('GET', '/_cluster/health')).json.status).toBe(json.status);
});

const GB = 1024 ** 3;
it.each([
  [diskHealth({ total: 1000 * GB, free: 500 * GB }), 'green'],
  [diskHealth({ total: 1000 * GB, free: 25 * GB }), 'green'],
  [diskHealth({ total: 1000 * GB, free: 15 * GB }), 'yellow'],
  [diskHealth({ total: 1000 * GB, free: GB / 2 }), 'red'],
  [diskHealth({ total: 10 * GB, free: 2 * GB }), 'green'],
  [diskHealth({ total: 10 * GB, free: GB }), 'yellow'],
  [diskHealth({ total: 10 * GB, free: GB / 4 }), 'red'],
  [storeHealth(null), 'green'],
  [storeHealth(new Error('IO Error: No space left on device')), 'red'],
  [writeQueueHealth({ requests: 3, bytes: 10 }, 100), 'green'],
  [writeQueueHealth({ requests: 3, bytes: 100 }, 100), 'yellow'],
  [queryQueueHealth({ running: 4, waiting: 4, limits: { concurrent: 4, waiting: 100 } }), 'green'],
  [queryQueueHealth({ running: 4, waiting: 50, limits: { concurrent: 4, waiting: 100 } }), 'yellow'],
  [queryQueueHealth({ running: 4, waiting: 100, limits: { concurrent: 4, waiting: 100 } }), 'red'],
  [capacityHealth(800, 1000), 'green'],
  [capacityHealth(950, 1000), 'yellow'],
  [capacityHealth(1000, 1000), 'red'],
])('judges case %#', (indicator, status) => {
  expect(indicator.status).toBe(status);
  expect(indicator.diagnosis === undefined).toBe(status === 'green');
});

it('logs slow queries with their text, on a line, and never a key', async () => {
  const lines: string[] = [];
  const log = createLog('json', (line) => lines.push(line));
  const server = await startServer({ log, limits: { slowQuery: 0 }, keyRequired: true });
  const { encoded } = await server.keys.create('reader', ['read'], ['*']);
  const query = 'ROW a = 1 // \u001b[31m\n | LIMIT 1';
  const headers = { authorization: `ApiKey ${encoded}` };
  expect((await server.send('POST', '/_query', { query }, headers)).status).toBe(200);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    'event.action': 'slow-query',
    'harrier.query': query,
    'harrier.rows': 1,
    'event.outcome': 'success',
  });
  expect(lines[0]).not.toContain(encoded);
  expect((await server.send('GET', '/metrics')).status).toBe(401);
});
