import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.ts';

/** How a request is made again that failed for a reason that may pass. */
export interface RetryPolicy {
  /** Tries beyond the first while the cluster says that it is too busy. */
  readonly busy: number;
  /** The same for lost connections, failing proxies and nodes, and answers that make no sense. */
  readonly faults: number;
}

/** A query that may not have begun: it costs the cluster something, so faults are not insisted on. */
export const starting: RetryPolicy = { busy: 8, faults: 2 };

/** A query that is running goes on whether it is asked for or not. */
export const polling: RetryPolicy = { busy: 8, faults: 8 };

/** What a server without a node to ask, or a proxy without a server, answers. */
const unavailable = new Set([502, 503, 504]);

/**
 * Makes a request until it succeeds or its policy gives up. `onNote` is called with what is waited for. The time between
 * tries is what the cluster asks for, else it grows, with jitter so that many clients do not come back at once.
 */
export async function retrying<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  { signal, onNote }: { signal: AbortSignal; onNote: (text: string) => void },
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ClusterError) || signal.aborted) throw error;
      const most = error.details.isBusy ? policy.busy : isFault(error, policy) ? policy.faults : 0;
      if (tries > most) throw tries === 1 ? error : givenUp(error, tries);
      const seconds = delay(tries, error.details.retryAfter);
      const wait = seconds < 1 ? 'in a moment' : `in ${Math.round(seconds)} s`;
      onNote(`${error.summary}; trying again ${wait} (${tries} of ${most})`);
      await sleep(seconds * 1000, undefined, { signal });
    }
  }
}

function isFault({ details: { failure, status = 0 } }: ClusterError, policy: RetryPolicy): boolean {
  switch (failure) {
    case 'connection':
      return true;
    case 'refused':
      return policy === polling ? status >= 500 : unavailable.has(status);
    case 'time':
    case 'unintelligible':
      return policy === polling;
  }
}

const longest = 30;

/** Half of the time is certain, half random. */
function delay(tries: number, asked: number | undefined): number {
  if (asked !== undefined) return Math.min(asked, 2 * longest);
  const most = Math.min(longest, 0.5 * 2 ** (tries - 1));
  return most / 2 + (Math.random() * most) / 2;
}

const givenUp = ({ summary, details }: ClusterError, tries: number): ClusterError =>
  new ClusterError(`${summary} (asked ${tries} times)`, details);
