import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { own } from '../../values/own.ts';
import type { Hit } from './new-hits.ts';
import type { Webhook } from './watch-config.ts';

/** Where new hits go. */
export interface Receiver {
  /** What it is called in messages, and what its undelivered hits are kept under. */
  readonly name: string;
  /** Sends hits; throws when they did not arrive and are to be sent again. Gives what else there is to report. */
  deliver(hits: readonly Hit[], signal: AbortSignal): Promise<readonly string[]>;
}

/** Appends hits to a file, a line each. */
export const ndjsonFile = (path: string): Receiver => ({
  name: `file ${path}`,
  async deliver(hits) {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, hits.map(({ document }) => `${document}\n`).join(''));
    return [];
  },
});

/** Maximum number of hits in one request. */
const batch = 500;
const firstPause = 500;
const longestPause = 30_000;

/** Sends hits to a webhook: `{"watch": …, "hits": […]}`. Throws an InputError when its header's variable is not set. */
export function webhookReceiver(
  watch: string,
  { url, header, timeout, retries }: Webhook,
  env = process.env,
): Receiver {
  const value = header && own(env, header.variable);
  if (header && !value)
    throw new InputError(
      `watch ${watch}: the environment variable ${header.variable} is not set`,
      `it holds the value of the header ${header.name}`,
    );
  const headers = { 'content-type': 'application/json', ...(header && { [header.name]: value! }) };
  const post = async (body: string, signal: AbortSignal): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const problem = await send(url, { headers, body, timeout }, signal);
      if (problem === null) return;
      signal.throwIfAborted();
      if (!problem.mayPass || attempt >= retries) throw new Error(problem.reason);
      await wait(Math.min(firstPause * 2 ** attempt, longestPause), undefined, { signal });
    }
  };
  return {
    // The rest of such an address is often a secret.
    name: `webhook ${new URL(url).origin}`,
    async deliver(hits, signal) {
      for (let from = 0; from < hits.length; from += batch) {
        const documents = hits.slice(from, from + batch).map(({ document }) => document);
        await post(`{"watch":${JSON.stringify(watch)},"hits":[${documents.join(',\n')}]}`, signal);
      }
      return [];
    },
  };
}

/** Sends one request; null when it was taken. Where it is moved to, a secret header must not follow. */
async function send(
  url: string,
  { headers, body, timeout }: { headers: Record<string, string>; body: string; timeout: number },
  signal: AbortSignal,
): Promise<{ reason: string; mayPass: boolean } | null> {
  // Node 20 holds a timer's signal weakly, and one that only another signal refers to may be collected before its time.
  const late = AbortSignal.timeout(timeout);
  const ends = AbortSignal.any([signal, late]);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: ends });
    await response.body?.cancel();
    if (response.ok) return null;
    const { status } = response;
    return { reason: `it answered ${status}`, mayPass: status >= 500 || status === 429 || status === 408 };
  } catch (error) {
    const { message, cause } = error as Error;
    const isLate = late.aborted && !signal.aborted;
    const reason = isLate ? `no answer within ${timeout / 1000} s` : ((cause as Error)?.message ?? message);
    return { reason, mayPass: true };
  }
}
