import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** `HARRIER_STOPS=100` for a thorough run. */
const stops = Number(process.env.HARRIER_STOPS ?? 4);

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
  readonly errors: () => string;
}

async function serve(folder: string): Promise<Server> {
  const child = spawn(process.execPath, ['dist/harrier.js', 'serve', '--store', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr!.on('data', (chunk) => {
    errors += chunk;
  });
  const [url] = (await once(createInterface(child.stdout!), 'line')) as [string];
  // Of its log, what is more than a start and a stop.
  return { process: child, url, errors: () => errors.replace(/^\S+ info .*\n/gm, '') };
}

/** What became of the requests of all clients. */
interface Outcomes {
  readonly acknowledged: Set<number>;
  readonly refused: Set<number>;
  /** Connections that were cut off while a request waited for its answer. */
  readonly cut: string[];
  readonly statuses: Map<number, number>;
}

/** Sends a request; null where nobody listens any more. */
async function send(
  { cut, statuses }: Outcomes,
  url: string,
  method: string,
  body?: string,
): Promise<{ status: number; text: string } | null> {
  try {
    const response = await fetch(url, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
    });
    const text = await response.text();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    return { status: response.status, text };
  } catch (error) {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    if (cause?.code !== 'ECONNREFUSED') cut.push(`${method} ${url}: ${cause?.code} ${cause?.message}`);
    return null;
  }
}

/** A client that repeats something until it is refused. */
type Client = (server: Server, outcomes: Outcomes, next: () => number) => Promise<void>;

const writer: Client = async ({ url }, outcomes, next) => {
  for (;;) {
    const numbers = Array.from({ length: 50 }, next);
    const body = numbers.map((n) => `{"create":{"_id":"d${n}"}}\n{"n":${n},"text":"event ${n}"}\n`).join('');
    const answer = await send(outcomes, `${url}/events/_bulk`, 'POST', body);
    if (!answer) return;
    const items =
      answer.status === 200
        ? (JSON.parse(answer.text) as { items: { create: { status: number } }[] }).items.map(
            (item) => item.create.status,
          )
        : numbers.map(() => answer.status);
    items.forEach((status, i) => {
      (status < 300 ? outcomes.acknowledged : outcomes.refused).add(numbers[i]!);
    });
    if (answer.status !== 200) return;
  }
};

const repeated =
  (method: string, path: string, body: (n: number) => string | undefined): Client =>
  async ({ url }, outcomes, next) => {
    for (;;) {
      const answer = await send(outcomes, `${url}${path.replace('#', String(next()))}`, method, body(next()));
      if (!answer || answer.status === 503) return;
    }
  };

const query = (text: string): string => JSON.stringify({ query: text });
const clients: readonly Client[] = [
  writer,
  writer,
  repeated('POST', '/_query', () => query('FROM events | STATS n = COUNT(*), m = MAX(n)')),
  repeated('POST', '/_query', () =>
    query('FROM events | EVAL k = n % 1000 | STATS COUNT_DISTINCT(text) BY k | SORT k'),
  ),
  // Longer than the test waits before it stops the server.
  repeated('POST', '/_query', () =>
    query('FROM events | EVAL x = REPEAT(text, 20) | INLINE STATS c = COUNT(*) BY x | SORT c, x | LIMIT 10'),
  ),
  repeated('POST', '/_query/async', () => query('FROM events | STATS COUNT(*) BY text | LIMIT 5')),
  repeated('PUT', '/made-#', () => '{"mappings":{"properties":{"a":{"type":"ip"}}}}'),
  repeated('GET', '/_cat/indices', () => undefined),
  repeated('GET', '/', () => undefined),
];

async function storedNumbers(url: string): Promise<Set<number>> {
  const found = new Set<number>();
  for (let from = 0; ; from += 10_000) {
    const response = await fetch(`${url}/_query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: query(`FROM events | KEEP n | SORT n | WHERE n >= ${from} AND n < ${from + 10_000} | LIMIT 10000`),
    });
    const { values } = (await response.json()) as { values: number[][] };
    for (const [n] of values) found.add(n!);
    if (values.length === 0) return found;
  }
}

it(
  `answers every request, loses nothing and ends well when it is stopped (${stops} stops)`,
  async () => {
    const folder = temporaryFolder();
    const outcomes: Outcomes = { acknowledged: new Set(), refused: new Set(), cut: [], statuses: new Map() };
    let number = 0;
    for (let stop = 0; stop < stops; stop++) {
      const server = await serve(folder);
      const ended = once(server.process, 'exit');
      const load = clients.map((client) => client(server, outcomes, () => number++));
      await sleep(100 + Math.random() * 500);
      server.process.kill(stop % 2 === 0 ? 'SIGTERM' : 'SIGINT');
      const [code, signal] = await ended;
      await Promise.all(load);
      expect({ stop, code, signal, errors: server.errors() }).toEqual({ stop, code: 0, signal: null, errors: '' });
      expect(outcomes.cut).toEqual([]);
    }
    const server = await serve(folder);
    const stored = await storedNumbers(server.url);
    server.process.kill('SIGTERM');
    await once(server.process, 'exit');
    expect([...outcomes.acknowledged].filter((n) => !stored.has(n))).toEqual([]);
    expect([...outcomes.refused].filter((n) => stored.has(n))).toEqual([]);
    expect(outcomes.acknowledged.size).toBeGreaterThan(0);
    if (process.env.HARRIER_STOPS) console.log(Object.fromEntries(outcomes.statuses), stored.size);
  },
  60_000 + 20_000 * stops,
);
