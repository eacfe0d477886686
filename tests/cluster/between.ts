import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach } from 'vitest';

/*
 * Stands between Harrier and a server of ours: it counts what is asked, and makes the server slower or older than it is.
 */

/** A request as it came. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  /** The text of a query; empty for other requests. */
  readonly query: string;
  /** Which of the rounds it belongs to, from 1: what is asked in one waits for no answer of the same. */
  readonly round: number;
}

export interface Between {
  readonly url: string;
  readonly passed: readonly Passed[];
  /** How many rounds of answers were waited for, one after the other. */
  readonly rounds: number;
}

interface Manner {
  /** Answers in rounds: all that is asked before any of it is answered. */
  readonly inRounds?: boolean;
  /** Another name for some indices. */
  readonly alias?: { readonly name: string; readonly of: string };
  /** How long each query seems to take, in seconds: answers that take longer than a request waits are to be asked for again. */
  readonly takes?: number;
  /** Whether it is down for a request, after those before. */
  isDown?(passed: readonly Passed[]): boolean;
  /** The version that `GET /` names, and what its ES|QL does not know. */
  readonly version?: { readonly number: string; readonly lacks: readonly RegExp[] };
}

/**
 * For so long nothing must be asked before a round is over, in milliseconds, while the round before is answered and whoever
 * asks, in this process, is idle.
 */
const quiet = 400;
const idle = 0.1;

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** Stands before a server until the test ends. */
export async function standBetween(
  target: string,
  { inRounds = false, alias, takes, version, isDown }: Manner = {},
): Promise<Between> {
  const passed: Passed[] = [];
  let round = 1;
  let held: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let underWay = 0;
  const release = (since: ReturnType<typeof performance.eventLoopUtilization>): void => {
    if (underWay > held.length || performance.eventLoopUtilization(since).utilization > idle) {
      wait();
      return;
    }
    round += 1;
    for (const go of held.splice(0)) go();
  };
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(release, quiet, performance.eventLoopUtilization());
  };
  const turn = (): Promise<void> => {
    if (!inRounds) return Promise.resolve();
    wait();
    return new Promise((resolve) => held.push(resolve));
  };
  const meant = (text: string): string => (alias ? text.replaceAll(alias.name, alias.of) : text);
  // A query that is asked for again, since the machine is busy, would be a round of its own.
  const patient = (text: string): string =>
    inRounds || takes !== undefined ? text.replace(/("wait_for_completion_timeout":)"\w+"/, '$1"60s"') : text;
  const running = new Map<string, { readonly answer: Response; left: number }>();
  /** The answer of a query, or that it is still running: nobody waits for the time that it seems to take. */
  const afterWaiting = (id: string, query: { answer: Response; left: number }, waits: string): Response => {
    query.left -= Number(/^(\d+)ms$/.exec(waits)![1]);
    if (query.left <= 0) return query.answer;
    running.set(id, query);
    return json(200, { id, is_running: true, columns: [], values: [] });
  };
  const answerTo = async ({ method, url }: IncomingMessage, body: string): Promise<Response> => {
    const query = body === '' ? '' : String(JSON.parse(body).query ?? '');
    const number = passed.push({ method: method!, path: url!.split('?')[0]!, query, round });
    await turn();
    if (isDown?.(passed)) return json(503, { error: { type: 'unavailable', reason: 'down' }, status: 503 });
    const lacking = version?.lacks.find((form) => form.test(query));
    if (lacking) return refusal(`line 1:1: mismatched input, expecting no ${lacking.source}`);
    const { pathname, searchParams } = new URL(url!, target);
    const id = pathname.split('/')[3];
    const polled = running.get(id ?? '');
    if (polled && method === 'DELETE') return json(200, { acknowledged: running.delete(id!) });
    if (polled) return afterWaiting(id!, polled, searchParams.get('wait_for_completion_timeout')!);
    const response = await fetch(new URL(meant(url!), target), {
      method: method!,
      headers: { 'content-type': 'application/json' },
      ...(body !== '' && { body: patient(meant(body)) }),
    });
    if (takes !== undefined && query !== '')
      return afterWaiting(
        String(number),
        { answer: response, left: takes * 1000 },
        JSON.parse(body).wait_for_completion_timeout,
      );
    if (!version || url !== '/') return response;
    const info = (await response.json()) as { version: object };
    return json(200, { ...info, version: { ...info.version, number: version.number } });
  };
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    underWay += 1;
    const response = await answerTo(incoming, body);
    const text = await response.text();
    underWay -= 1;
    outgoing.writeHead(response.status, {
      'x-elastic-product': 'Elasticsearch',
      'content-type': response.headers.get('content-type') ?? 'application/json',
    });
    outgoing.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    clearTimeout(timer);
    held = [];
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    get rounds() {
      return new Set(passed.map((one) => one.round)).size;
    },
  };
}

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const refusal = (reason: string): Response => {
  const cause = { type: 'parsing_exception', reason };
  return json(400, { error: { root_cause: [cause], ...cause }, status: 400 });
};
