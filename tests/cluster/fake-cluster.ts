import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/*
 * A cluster that answers as a test says, written from the documented protocol: the product header on every answer,
 * `GET /`, `POST /_query/async`, `GET` and `DELETE /_query/async/{id}`.
 */

/** A request as the cluster got it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The body of a query; empty for requests without one. */
  readonly body: { readonly query?: string; readonly [name: string]: unknown };
}

/** What is sent back, as far as it is not the default. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON, unless it is a text. */
  readonly body?: unknown;
  /** The connection is cut: at once, or in the middle of the body. */
  readonly cut?: 'before' | 'within';
  /** Milliseconds before anything is sent. */
  readonly after?: number;
  /** The query goes on: what polls get, one after the other. */
  readonly polls?: readonly Reply[];
}

type Answers = (asked: Asked, count: number) => Reply;

const product = { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' };

export const columns = [{ name: 'n', type: 'long' }] as const;

/** An answer with rows. */
export const rows = (values: readonly (readonly unknown[])[], more: Readonly<Record<string, unknown>> = {}): Reply => ({
  body: { took: 1, is_partial: false, columns, values, ...more },
});

/** An error as Elasticsearch words it. */
export const refusal = (
  status: number,
  type: string,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({ status, headers, body: { error: { root_cause: [{ type, reason }], type, reason }, status } });

/** An answer that Elasticsearch did not give. */
export const foreign = (
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { 'content-type': type, ...headers },
  body,
});

/** A query that is running when its first request is answered. */
export const running = (...polls: readonly Reply[]): Reply => ({ polls });

export interface FakeCluster {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The ids of queries that were started and not deleted. */
  readonly running: ReadonlySet<string>;
  /** How many queries ran at the same time, at most. */
  readonly mostAtOnce: number;
}

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A cluster that answers queries by `query`, and `GET /` by `root`. Closed after the test. */
export async function fakeCluster(
  query: Answers,
  root: Answers = () => ({ body: { version: { number: '9.4.0' } } }),
  // Of what it holds it says nothing.
  fieldCaps: unknown = { indices: [], fields: {} },
): Promise<FakeCluster> {
  const asked: Asked[] = [];
  const left = new Map<string, Reply[]>();
  const counts = { root: 0, query: 0, atOnce: 0, most: 0 };

  const answer = async (request: Asked, response: ServerResponse): Promise<void> => {
    const id = /^\/_query\/async\/(.+)$/.exec(request.path)?.[1];
    if (request.path.endsWith('/_field_caps')) return send(response, { body: fieldCaps });
    if (request.path === '/') return send(response, root(request, counts.root++));
    if (id !== undefined && !left.has(id)) return send(response, refusal(404, 'resource_not_found_exception', id));
    if (id !== undefined && request.method === 'DELETE') {
      left.delete(id);
      return send(response, { body: { acknowledged: true } });
    }
    if (id !== undefined) return send(response, left.get(id)!.shift() ?? stub(id));
    counts.most = Math.max(counts.most, ++counts.atOnce);
    const reply = query(request, counts.query++);
    if (reply.polls) {
      const started = `id/${counts.query}==`;
      left.set(encodeURIComponent(started), [...reply.polls]);
      await send(response, { ...reply, ...stub(started) });
    } else await send(response, reply);
    counts.atOnce -= 1;
  };
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const { pathname, searchParams } = new URL(incoming.url!, 'http://cluster');
    const request = {
      ...{ method: incoming.method!, path: pathname, parameters: searchParams, headers: incoming.headers },
      body: text === '' ? {} : JSON.parse(text),
    };
    asked.push(request);
    await answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    running: {
      has: (id) => left.has(encodeURIComponent(id)),
      get size() {
        return left.size;
      },
    } as ReadonlySet<string>,
    get mostAtOnce() {
      return counts.most;
    },
  };
}

const stub = (id: string): Reply => ({
  body: { id: decodeURIComponent(id), is_running: true, columns: [], values: [] },
});

async function send(
  response: ServerResponse,
  { status = 200, headers = {}, body = {}, cut, after }: Reply,
): Promise<void> {
  if (after !== undefined) await new Promise((resolve) => setTimeout(resolve, after));
  if (cut === 'before') {
    response.destroy();
    return;
  }
  const isForeign = headers['content-type'] !== undefined && headers['content-type'] !== 'application/json';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(isForeign && status < 300 && headers['x-elastic-product'] === undefined ? {} : product),
    ...(headers as Record<string, string>),
    'content-length': Buffer.byteLength(text),
  });
  if (cut === undefined) response.end(text);
  else response.write(text.slice(0, text.length / 2), () => response.destroy());
}
