import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { storeSize } from '../store/store-size.ts';
import type { ServerContext } from './context.ts';
import { errorBody } from './errors.ts';
import { authorize } from './security.ts';

/** Seconds, from a small bulk request to a query that reads a year. */
const buckets = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300];

/**
 * `GET /metrics`, in the text format of Prometheus. Every label is one of a few: routes appear as their patterns, never
 * as addresses, so that no client can make the list long. Must be added before the routes that it counts.
 */
export function addMetrics(app: FastifyInstance, context: ServerContext): void {
  const { store, writer, queries, retention, log, limits } = context;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    registers,
    name: 'harrier_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
  });
  const durations = new Histogram({
    registers,
    name: 'harrier_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets,
  });
  const refusals = new Counter({
    registers,
    name: 'harrier_refusals_total',
    help: 'Requests that were refused as a whole, by type of error.',
    labelNames: ['type'],
  });
  const queryDurations = new Histogram({
    registers,
    name: 'harrier_query_duration_seconds',
    help: 'Time of ES|QL queries, waiting included.',
    labelNames: ['outcome'],
    buckets,
  });
  const slow = new Counter({
    registers,
    name: 'harrier_slow_queries_total',
    help: 'Queries that took longer than --slow.',
  });
  new Counter({
    registers,
    name: 'harrier_documents_total',
    help: 'Operations on documents, by result or type of refusal. Shippers repeat what is refused.',
    labelNames: ['result'],
    collect() {
      this.reset();
      for (const [result, n] of writer.totals) this.inc({ result }, n);
    },
  });
  new Counter({
    registers,
    name: 'harrier_ingested_bytes_total',
    help: 'JSON of documents that the writer has taken.',
    collect() {
      this.reset();
      this.inc(writer.bytes);
    },
  });
  /** Values that are looked up when they are read. */
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      registers,
      name,
      help,
      collect() {
        this.set(value());
      },
    });
  };
  gauge('harrier_queries_running', 'Queries that run now.', () => queries.load.running);
  gauge('harrier_queries_waiting', 'Queries that wait for their turn.', () => queries.load.waiting);
  gauge('harrier_writes_waiting', 'Write requests that wait for their turn.', () => writer.queue.requests);
  gauge('harrier_writes_waiting_bytes', 'Documents that wait to be written.', () => writer.queue.bytes);
  gauge('harrier_store_writable', '0 after a write failed, until one succeeds.', () => (writer.failure ? 0 : 1));
  gauge('harrier_indices', 'Indices and data streams.', () => store.committed.length);
  gauge('harrier_documents', 'Documents in all indices.', () =>
    store.committed.reduce((sum, { documents }) => sum + documents, 0),
  );
  new Gauge({
    registers,
    name: 'harrier_store_bytes',
    help: 'The store on disk: its file, what of it is free to be used again, and the log since the last checkpoint.',
    labelNames: ['part'],
    async collect() {
      const { file, free, log } = await storeSize(store);
      for (const [part, bytes] of Object.entries({ file, free, log })) this.set({ part }, bytes);
    },
  });
  new Gauge({
    registers,
    name: 'harrier_disk_free_bytes',
    help: 'Room on the disk of the store.',
    async collect() {
      this.set((await storeSize(store)).disk.free);
    },
  });
  new Gauge({
    registers,
    name: 'harrier_engine_memory_bytes',
    help: 'Memory that the engine holds outside the heap of the process.',
    async collect() {
      this.set(await store.engineMemory());
    },
  });

  new Counter({
    registers,
    name: 'harrier_retention_deleted_total',
    help: 'Events deleted because they were older than their index keeps.',
    collect() {
      this.reset();
      this.inc(retention.deleted);
    },
  });
  gauge(
    'harrier_retention_failing_indices',
    'Indices to which the last run of retention could not be applied.',
    () => retention.last?.failed.size ?? 0,
  );
  gauge(
    'harrier_retention_last_run_timestamp_seconds',
    'When retention was last applied.',
    () => (retention.last?.at ?? 0) / 1000,
  );

  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    requests.inc({ method, route, status: String(reply.statusCode) });
    durations.observe({ method, route }, reply.elapsedTime / 1000);
  });
  app.addHook('onError', async (_request, _reply, error) => {
    refusals.inc({ type: errorBody(error).error.type });
  });
  queries.listeners.add(({ text, tookMs, rows }) => {
    queryDurations.observe({ outcome: rows === null ? 'failed' : 'answered' }, tookMs / 1000);
    if (tookMs < limits.slowQuery) return;
    slow.inc();
    log.write('warn', 'slow-query', `a query took ${(tookMs / 1000).toFixed(1)} s`, {
      'event.duration': Math.round(tookMs * 1e6),
      'event.outcome': rows === null ? 'failure' : 'success',
      'harrier.rows': rows ?? undefined,
      'harrier.query': text(),
    });
  });

  app.get('/metrics', async (request, reply) => {
    authorize(request, 'describe', null);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
