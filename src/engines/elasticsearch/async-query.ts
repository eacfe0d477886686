import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.ts';
import type { Answer, ClusterRequest, Exchange } from './exchange.ts';
import { polling, retrying, starting } from './retry.ts';

/**
 * How long a request waits for a query, in milliseconds: the first briefly, for only its answer brings the id by which a
 * query can be ended, and not for two seconds sharp, at which the answer of many a query would just be missed.
 */
const firstWait = 2500;
const nextWait = 25_000;
/** A poll that is answered earlier, in milliseconds, did not wait. */
const soon = 1000;

/** Milliseconds for the network, beyond what a request waits. */
const slack = 25_000;

/** How long an interruption waits for the id of a query that was just sent, and for the query's end. */
const graceForId = 3000;
const graceForEnd = 5000;

/** What versions have learnt to be asked for, newest first: what a cluster does not know is left out from then on. */
type Extra = 'allow_partial_results' | 'include_ccs_metadata';

export interface AsyncOptions {
  readonly signal: AbortSignal;
  /** What people should know meanwhile. */
  readonly onNote: (text: string) => void;
}

/** ES|QL queries of a cluster, each ended there when it is interrupted here. */
export class AsyncQueries {
  readonly #unknown = new Set<Extra>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(private readonly exchange: Exchange) {}

  /** Runs a query to its end. `body` is that of the request. */
  async run(body: Readonly<Record<string, unknown>>, options: AsyncOptions): Promise<Answer> {
    const { signal } = options;
    let id: string | undefined;
    try {
      let answer = await this.#start(body, options);
      for (let hasty = 0; answer.body.is_running; ) {
        id = idOf(answer);
        signal.throwIfAborted();
        const asked = performance.now();
        answer = await this.#poll(id, options);
        // What answers at once whatever it is asked to wait, as some proxies do, is not asked all the time.
        hasty = performance.now() - asked < soon ? hasty + 1 : 0;
        if (answer.body.is_running && hasty > 0) await sleep(Math.min(soon, 10 * 2 ** hasty), undefined, { signal });
      }
      // The cluster would keep the answer for days; nobody has to wait until it is gone.
      if (id !== undefined) this.#leave(this.#end(id, options));
      return answer;
    } catch (error) {
      if (id !== undefined) await this.#end(id, options);
      throw error;
    }
  }

  /** Waits until nothing is left on the cluster. */
  async close(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  #leave(ending: Promise<void>): void {
    this.#leaving.add(ending);
    void ending.finally(() => this.#leaving.delete(ending));
  }

  async #start(body: Readonly<Record<string, unknown>>, options: AsyncOptions): Promise<Answer> {
    const { signal } = options;
    signal.throwIfAborted();
    const asked = new Set(
      (['allow_partial_results', 'include_ccs_metadata'] as const).filter((one) => !this.#unknown.has(one)),
    );
    const request = (cut: AbortSignal): ClusterRequest => ({
      method: 'POST',
      path: `/_query/async${asked.has('allow_partial_results') ? '?allow_partial_results=false' : ''}`,
      body: {
        ...body,
        ...(asked.has('include_ccs_metadata') && { include_ccs_metadata: true }),
        wait_for_completion_timeout: `${firstWait}ms`,
        keep_on_completion: false,
      },
      signal: cut,
      timeout: firstWait + slack,
    });
    try {
      return await retrying(() => cutLate(signal, (cut) => this.exchange.ask(request(cut))), starting, options);
    } catch (error) {
      const extra = [...asked].find((one) => isUnknown(one, error));
      if (extra === undefined) throw error;
      this.#unknown.add(extra);
      return this.#start(body, options);
    }
  }

  async #poll(id: string, options: AsyncOptions): Promise<Answer> {
    const path = `${pathOf(id)}?wait_for_completion_timeout=${nextWait}ms`;
    const timeout = nextWait + slack;
    const { signal } = options;
    try {
      return await retrying(() => this.exchange.ask({ method: 'GET', path, signal, timeout }), polling, options);
    } catch (error) {
      if (!(error instanceof ClusterError) || error.details.status !== 404) throw error;
      throw new ClusterError('the cluster no longer has the query', {
        ...error.details,
        hint: 'it was cancelled there, or its node was lost: run it again',
      });
    }
  }

  /** Ends a query, or removes its answer. Says so where the query may go on. */
  async #end(id: string, { onNote }: AsyncOptions): Promise<void> {
    const signal = AbortSignal.timeout(graceForEnd);
    try {
      await retrying(() => this.exchange.ask({ method: 'DELETE', path: pathOf(id), signal }), polling, {
        signal,
        onNote: () => undefined,
      });
    } catch (error) {
      if (error instanceof ClusterError && error.details.status === 404) return;
      onNote(`a query may still be running on the cluster; DELETE ${pathOf(id)} ends it`);
    }
  }
}

const pathOf = (id: string): string => `/_query/async/${encodeURIComponent(id)}`;

function idOf({ body: { id } }: Answer): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new ClusterError('the cluster reports a running query without its id', { failure: 'unintelligible' });
}

/** Whether an error says that the cluster does not know what it was asked for. */
function isUnknown(extra: Extra, error: unknown): boolean {
  if (!(error instanceof ClusterError) || error.details.status !== 400) return false;
  const reason = error.details.reason ?? '';
  return /unrecognized parameter|unknown field/.test(reason) && reason.includes(`[${extra}]`);
}

/** Makes a request that an interruption cuts only after a while, so that its answer can still arrive. */
async function cutLate<T>(signal: AbortSignal, ask: (cut: AbortSignal) => Promise<T>): Promise<T> {
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    timer = setTimeout(() => cut.abort(), graceForId);
  };
  signal.addEventListener('abort', soon, { once: true });
  try {
    return await ask(cut.signal);
  } finally {
    signal.removeEventListener('abort', soon);
    clearTimeout(timer);
  }
}
