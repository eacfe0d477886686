import type { EventsRequest } from '../app/events-request.ts';
import { jobsOf } from '../app/jobs.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { findHunts } from '../hunts/library.ts';
import { visible } from '../report/visible.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import { type Hit, newHits } from '../runs/watch/new-hits.ts';
import { ndjsonFile, type Receiver, webhookReceiver } from '../runs/watch/receivers.ts';
import type { Due } from '../runs/watch/schedule.ts';
import type { Watch } from '../runs/watch/watch-config.ts';
import { readWatchState, type WatchRun, type WatchState, writeWatchState } from '../runs/watch/watch-state.ts';
import { own } from '../values/own.ts';
import { count } from '../values/quantities.ts';
import { terminalObserver } from './terminal-observer.ts';

/** What every run of a watch needs beside the watch itself. */
export interface WatchContext {
  /** The folder in which runs and known hits are remembered. */
  readonly state: string;
  readonly libraries: readonly string[];
  readonly memory?: string;
  readonly accepted: AcceptedList | null;
}

/** Reports to people what happens. */
const tell = (text: string): void => {
  process.stderr.write(`${visible(text)}\n`);
};

/** Makes one run of a watch, sends on what is new, and remembers it. What keeps it from running is thrown, and kept. */
export async function runWatch(watch: Watch, due: Due, context: WatchContext, signal: AbortSignal): Promise<WatchRun> {
  const before = await readWatchState(context.state, watch.name);
  const started = new Date();
  const about = { scheduled: due.at.toISOString(), started: started.toISOString(), missed: due.missed };
  const ended = (what: Pick<WatchRun, 'outcome' | 'error' | 'queries' | 'new' | 'undelivered'>): WatchRun => ({
    ...about,
    tookMs: Date.now() - started.getTime(),
    ...what,
  });
  if (due.missed > 0)
    tell(`${watch.name}: ${count(due.missed, 'run')} missed before ${about.scheduled}: this one makes up for them`);
  try {
    const receivers = receiversOf(watch);
    const results = await hunt(watch, due, context, signal);
    const forgotten = new Date(due.at.getTime() - watch.forgetAfter);
    const { hits, known, queries } = await newHits(watch.name, results, before.known, due.at, forgotten);
    const undelivered = await deliver(watch, receivers, hits, before.undelivered, signal);
    const run = ended({
      ...{ outcome: 'done', error: null, queries, new: hits.length },
      undelivered: Object.values(undelivered).reduce((sum, waiting) => sum + waiting.length, 0),
    });
    const history = [...before.history, run];
    await writeWatchState(context.state, watch.name, { last: about.scheduled, known, undelivered, history });
    tell(summary(watch, run));
    return run;
  } catch (error) {
    const outcome = signal.aborted ? 'interrupted' : 'failed';
    const reason = signal.aborted ? null : (error as Error).message;
    const run = ended({ outcome, error: reason, queries: [], new: 0, undelivered: 0 });
    await writeWatchState(context.state, watch.name, { ...before, history: [...before.history, run] });
    throw error;
  }
}

async function hunt(watch: Watch, due: Due, context: WatchContext, signal: AbortSignal) {
  if (watch.store === null && watch.data.length === 0)
    throw new InputError(
      `watch ${watch.name} has no events to search`,
      'give it store = "…" or data = ["…"], or give --store or --data on the command line',
    );
  const { hunts, problems } = await findHunts(watch.hunts, context.libraries);
  for (const problem of problems) tell(`${watch.name}: skipped: ${problem.message}`);
  const events: EventsRequest = {
    source:
      watch.store !== null
        ? { kind: 'store', folder: watch.store }
        : { kind: 'files', data: watch.data, cache: true, strict: false, copies: false },
    ...{ now: watch.now === 'latest' ? 'latest' : due.at, maxRows: watch.maxRows, outputs: [] },
    ...(context.memory !== undefined && { memory: context.memory }),
  };
  const { runWhole } = await import('../app/run-hunts.ts');
  const request = { jobs: hunts.flatMap(jobsOf), events, accepted: context.accepted };
  const { results } = await runWhole(request, terminalObserver(), signal);
  for (const { hunt, error, notes } of results) {
    if (error !== null) tell(`${watch.name}: error: ${hunt!.name}: ${error}`);
    for (const note of notes) tell(`${watch.name}: note: ${hunt!.name}: ${note}`);
  }
  return results;
}

function receiversOf(watch: Watch): Receiver[] {
  const { name, ndjson, webhook, index, store } = watch;
  if (index !== null && store === null)
    throw new InputError(`watch ${name} writes hits to the index ${index}, but there is no store`, 'give it a store');
  const receivers = [
    ...(ndjson === null ? [] : [ndjsonFile(ndjson)]),
    ...(webhook === null ? [] : [webhookReceiver(name, webhook)]),
    ...(index === null ? [] : [storeIndex(store!, index)]),
  ];
  return receivers.length > 0 ? receivers : [standardOutput];
}

/** The store is only loaded where hits go into one. */
const storeIndex = (store: string, index: string): Receiver => ({
  name: `index ${index}`,
  deliver: async (hits, signal) => {
    const { indexReceiver } = await import('../runs/watch/index-receiver.ts');
    return indexReceiver(store, index).deliver(hits, signal);
  },
});

const standardOutput: Receiver = {
  name: 'standard output',
  async deliver(hits) {
    process.stdout.write(hits.map(({ document }) => `${document}\n`).join(''));
    return [];
  },
};

/** Sends new hits, after those that did not arrive before; gives what did not arrive now. */
async function deliver(
  { name }: Watch,
  receivers: readonly Receiver[],
  hits: readonly Hit[],
  waiting: WatchState['undelivered'],
  signal: AbortSignal,
): Promise<WatchState['undelivered']> {
  const undelivered = new Map<string, readonly Hit[]>();
  for (const receiver of receivers) {
    const all = [...(own(waiting, receiver.name) ?? []), ...hits];
    if (all.length === 0) continue;
    try {
      for (const note of await receiver.deliver(all, signal)) tell(`${name}: ${receiver.name}: ${note}`);
    } catch (error) {
      signal.throwIfAborted();
      undelivered.set(receiver.name, all);
      const reason = (error as Error).message;
      tell(`${name}: ${count(all.length, 'hit')} did not reach ${receiver.name}: ${reason}; the next run tries again`);
    }
  }
  return Object.fromEntries(undelivered);
}

function summary({ name }: Watch, { scheduled, queries, tookMs, new: added }: WatchRun): string {
  const sum = (of: (query: WatchRun['queries'][number]) => number): number =>
    queries.reduce((total, query) => total + of(query), 0);
  const failed = queries.filter(({ outcome }) => outcome === 'failed').length;
  const hidden = sum((query) => query.hidden);
  const parts = [
    `${added} new`,
    `${sum(({ rows }) => rows) - added} known`,
    ...(hidden > 0 ? [`${hidden} accepted`] : []),
    ...(failed > 0 ? [`${count(failed, 'query', 'queries')} failed`] : []),
  ];
  return `${name} as of ${scheduled}: ${parts.join(', ')} (${(tookMs / 1000).toFixed(1)} s)`;
}
