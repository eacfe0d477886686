import { InputError } from '../../diagnostics/diagnostic.ts';
import type { ListSource } from '../../files/lists/lists.ts';
import { findHunts } from '../../hunts/library.ts';
import type { HuntResult } from '../../report/report.ts';
import type { AcceptedList } from '../../runs/accepted/entry.ts';
import { type Hit, newHits } from '../../runs/watch/new-hits.ts';
import { ndjsonFile, type Receiver, webhookReceiver } from '../../runs/watch/receivers.ts';
import type { Due } from '../../runs/watch/schedule.ts';
import type { Watch } from '../../runs/watch/watch-config.ts';
import { readWatchState, type WatchRun, type WatchState, writeWatchState } from '../../runs/watch/watch-state.ts';
import { own } from '../../values/own.ts';
import type { EventSource, EventsRequest } from '../events-request.ts';
import { jobsOf } from '../jobs.ts';
import type { Observer, WatchEvent } from '../observer.ts';
import { runWhole } from '../run-hunts.ts';

/** What every run of a watch needs beside the watch itself. */
export interface WatchContext {
  /** The folder in which runs and known hits are remembered. */
  readonly state: string;
  readonly libraries: readonly string[];
  readonly memory?: string;
  /** How raw events in files get the names of ECS. */
  readonly mappings?: readonly string[];
  readonly timeField?: string;
  /** Files that queries over files and stores look rows up in. */
  readonly lists?: readonly ListSource[];
  readonly accepted: AcceptedList | null;
  /** The value of an environment variable: keys of clusters are never in a configuration. */
  variable(name: string): string | undefined;
  /** Takes the hits of watches that name no receiver. */
  readonly otherwise: Receiver;
}

type Tell = (event: WatchEvent) => void;

/** Makes one run of a watch, sends on what is new, and remembers it. What keeps it from running is thrown, and kept. */
export async function runWatch(
  watch: Watch,
  due: Due,
  context: WatchContext,
  observer: Observer,
  signal: AbortSignal,
): Promise<WatchRun> {
  const tell = (event: WatchEvent): void => observer.note({ kind: 'watch', watch: watch.name, event });
  const before = await readWatchState(context.state, watch.name);
  const started = new Date();
  const about = { scheduled: due.at.toISOString(), started: started.toISOString(), missed: due.missed };
  const ended = (what: Pick<WatchRun, 'outcome' | 'error' | 'queries' | 'new' | 'undelivered'>): WatchRun => ({
    ...about,
    tookMs: Date.now() - started.getTime(),
    ...what,
  });
  if (due.missed > 0) tell({ kind: 'missed', runs: due.missed, before: about.scheduled });
  try {
    const receivers = receiversOf(watch, context);
    const results = await hunt(watch, due, context, tell, observer, signal);
    const forgotten = new Date(due.at.getTime() - watch.forgetAfter);
    const { hits, known, queries } = await newHits(watch.name, results, before.known, due.at, forgotten);
    const undelivered = await deliver(receivers, hits, before.undelivered, tell, signal);
    const run = ended({
      ...{ outcome: 'done', error: null, queries, new: hits.length },
      undelivered: Object.values(undelivered).reduce((sum, waiting) => sum + waiting.length, 0),
    });
    const history = [...before.history, run];
    await writeWatchState(context.state, watch.name, { last: about.scheduled, known, undelivered, history });
    tell({ kind: 'ran', run });
    return run;
  } catch (error) {
    const outcome = signal.aborted ? 'interrupted' : 'failed';
    const reason = signal.aborted ? null : (error as Error).message;
    const run = ended({ outcome, error: reason, queries: [], new: 0, undelivered: 0 });
    await writeWatchState(context.state, watch.name, { ...before, history: [...before.history, run] });
    throw error;
  }
}

/** The results of the hunts of a watch, without the rows that are accepted. */
async function hunt(
  watch: Watch,
  due: Due,
  context: WatchContext,
  tell: Tell,
  observer: Observer,
  signal: AbortSignal,
): Promise<readonly HuntResult[]> {
  if (watch.cluster === null && watch.store === null && watch.data.length === 0)
    throw new InputError(
      `watch ${watch.name} has no events to search`,
      'give it store = "…", data = ["…"] or a cluster (engine and url), or give --store or --data on the command line',
    );
  const { hunts, problems } = await findHunts(watch.hunts, context.libraries);
  for (const { message } of problems) tell({ kind: 'skipped', reason: message });
  const events: EventsRequest = {
    source: sourceOf(watch, context),
    ...{ now: watch.now === 'latest' ? 'latest' : due.at, maxRows: watch.maxRows, outputs: [] },
    ...(context.memory !== undefined && { memory: context.memory }),
    ...(context.lists && watch.cluster === null && { lists: context.lists }),
  };
  const request = { jobs: hunts.flatMap(jobsOf), events, accepted: context.accepted };
  const { results } = await runWhole(request, observer, signal);
  for (const { hunt, error, notes } of results) {
    if (error !== null) tell({ kind: 'query failed', hunt: hunt!.name, error });
    for (const note of notes) tell({ kind: 'query note', hunt: hunt!.name, note });
  }
  return results;
}

function sourceOf({ name, cluster, store, data }: Watch, context: WatchContext): EventSource {
  if (cluster === null) {
    if (store !== null) return { kind: 'store', folder: store };
    const { mappings = [], timeField } = context;
    const reading = { mappings, ...(timeField !== undefined && { timeField }) };
    return { kind: 'files', data, cache: true, strict: false, copies: false, ...reading };
  }
  const { url, variable } = cluster;
  const apiKey = variable === null ? undefined : context.variable(variable);
  if (variable !== null && apiKey === undefined)
    throw new InputError(`watch ${name}: the variable ${variable} is not set`, 'it should hold the key of the cluster');
  return { kind: 'cluster', url, insecure: false, ...(apiKey !== undefined && { apiKey }) };
}

function receiversOf(watch: Watch, { otherwise }: WatchContext): Receiver[] {
  const { name, ndjson, webhook, index, store } = watch;
  if (index !== null && store === null)
    throw new InputError(`watch ${name} writes hits to the index ${index}, but there is no store`, 'give it a store');
  const receivers = [
    ...(ndjson === null ? [] : [ndjsonFile(ndjson)]),
    ...(webhook === null ? [] : [webhookReceiver(name, webhook)]),
    ...(index === null ? [] : [storeIndex(store!, index)]),
  ];
  return receivers.length > 0 ? receivers : [otherwise];
}

/** The store is only loaded where hits go into one. */
const storeIndex = (store: string, index: string): Receiver => ({
  name: `index ${index}`,
  deliver: async (hits, signal) => {
    const { indexReceiver } = await import('../../runs/watch/index-receiver.ts');
    return indexReceiver(store, index).deliver(hits, signal);
  },
});

/** Sends new hits, after those that did not arrive before; gives what did not arrive now. */
async function deliver(
  receivers: readonly Receiver[],
  hits: readonly Hit[],
  waiting: WatchState['undelivered'],
  tell: Tell,
  signal: AbortSignal,
): Promise<WatchState['undelivered']> {
  const undelivered = new Map<string, readonly Hit[]>();
  for (const receiver of receivers) {
    const all = [...(own(waiting, receiver.name) ?? []), ...hits];
    if (all.length === 0) continue;
    try {
      for (const note of await receiver.deliver(all, signal))
        tell({ kind: 'receiver note', receiver: receiver.name, note });
    } catch (error) {
      signal.throwIfAborted();
      undelivered.set(receiver.name, all);
      const reason = (error as Error).message;
      tell({ kind: 'undelivered', receiver: receiver.name, hits: all.length, reason });
    }
  }
  return Object.fromEntries(undelivered);
}
