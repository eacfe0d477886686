import type { FastifyInstance } from 'fastify';
import { afterEach } from 'vitest';
import { IsolatedEngines } from '../../src/engines/duckdb/isolated-engines.ts';
import { ApiKeys } from '../../src/server/api-keys.ts';
import type { ServerLimits } from '../../src/server/context.ts';
import { type Log, silentLog } from '../../src/server/log.ts';
import { createServer, type ServerOptions } from '../../src/server/server.ts';
import { contextOver } from '../../src/server/server-context.ts';
import type { Retention } from '../../src/store/retention.ts';
import { Store, type StoreOptions } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A store that is closed after the test. */
export async function openStore(folder = temporaryFolder(), options: StoreOptions = {}): Promise<Store> {
  const store = await Store.open(folder, options);
  opened.push(() => store.close());
  return store;
}

export interface TestServer {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly keys: ApiKeys;
  readonly retention: Retention;
  readonly queries: StoreQueries;
  /** Sends a request without a socket; bodies that are no text are sent as JSON. */
  send(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>;
  /** Listens, and gives the address. */
  listen(): Promise<string>;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are as many as there are requests
  readonly json: any;
}

type TestServerOptions = Partial<Omit<ServerOptions, 'context'>> & {
  limits?: Partial<ServerLimits>;
  log?: Log;
  /** Whether patterns run in processes of their own, as they do in `harrier serve`; among the tests' own work otherwise. */
  isolated?: boolean;
};

/** A server over a new store, closed after the test. */
export async function startServer(
  options: TestServerOptions & { folder?: string; store?: StoreOptions } = {},
): Promise<TestServer> {
  const { folder, store: storeOptions, ...rest } = options;
  const server = await serverOver(await openStore(folder, storeOptions), rest);
  opened.push(() => server.app.close());
  return server;
}

/** A server over a store; whoever opens it closes it. */
export async function serverOver(
  store: Store,
  { limits, log = silentLog, isolated = false, ...security }: TestServerOptions = {},
): Promise<TestServer> {
  const keys = new ApiKeys(store.folder);
  const isolation = isolated
    ? new IsolatedEngines({ folder: store.incoming.folder, processes: 2, memoryLimit: '128MiB' })
    : null;
  const queries = new StoreQueries(store, { concurrent: 4, waiting: 100 }, null, null, isolation);
  const context = await contextOver({
    ...{ store, keys, queries, log },
    limits: {
      ...{ bodyBytes: 10 << 20, bodiesBytes: 4 * (limits?.bodyBytes ?? 10 << 20), queryTime: 60_000, rows: 10_000 },
      ...{ answerBytes: 100 << 20, answersBytes: 400 << 20, processBytes: Number.POSITIVE_INFINITY, slowQuery: 60_000 },
      ...limits,
    },
  });
  const app = createServer({
    context,
    keyRequired: false,
    hostNames: null,
    ...security,
  });
  return {
    app,
    store,
    keys,
    retention: context.retention,
    queries,
    async send(method, url, body, headers = {}) {
      const isText = typeof body === 'string' || Buffer.isBuffer(body);
      const response = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(body !== undefined && { 'content-type': isText ? 'application/x-ndjson' : 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: isText ? body : JSON.stringify(body) }),
      });
      const text = response.body;
      let json: unknown;
      try {
        json = text === '' ? undefined : JSON.parse(text);
      } catch {
        json = undefined;
      }
      return { status: response.statusCode, headers: response.headers, text, json };
    },
    listen: () => app.listen({ port: 0, host: '127.0.0.1' }),
  };
}

/** Lines of a bulk request. */
export const bulk = (...lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
