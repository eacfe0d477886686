import { computed, signal } from '@preact/signals';
import type {
  DataInfo,
  Hello,
  HuntCard,
  JobInfo,
  JobKind,
  JobRequest,
  StreamLine,
  TacticInfo,
} from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { CoverageInfo, ResultInfo } from '../../contract/states.ts';
import { CallError, call, cancelJob, ServerGone, startJob } from '../api/client.ts';
import { questionKey } from './location.ts';

/** What the server said at the start, and what the events are like now. */
export const hello = signal<Hello | null>(null);
export const data = signal<DataInfo | null>(null);
export const hunts = signal<readonly HuntCard[]>([]);
/** The tactics of ATT&CK, in the order of an attack. */
export const tactics = signal<readonly TacticInfo[]>([]);
export const huntsById = computed(() => new Map(hunts.value.map((hunt) => [hunt.id, hunt])));
/** By the id of the hunt; a hunt that is not in it was not looked at yet. */
export const coverage = signal<ReadonlyMap<string, CoverageInfo>>(new Map());
/** By the key of the question: the newest answer to it. */
export const results = signal<ReadonlyMap<string, ResultInfo>>(new Map());
export const jobs = signal<ReadonlyMap<string, JobInfo>>(new Map());
/** Questions that were asked and are not answered yet, by their keys: the job that will, and their place in it. */
export const waiting = signal<ReadonlyMap<string, { readonly job: string; readonly place: number }>>(new Map());
/** Rises when somebody has judged or accepted rows. */
export const judged = signal(0);
/** Whether the server answers. */
export const connection = signal<'open' | 'lost' | 'ended' | 'no access'>('open');
/** Said to whoever looks, and to screen readers, for a while. */
export const message = signal<{ readonly text: string; readonly isError: boolean } | null>(null);

/** Who waits for the items of a job, by its id; and items that came before the answer to the start of their job. */
const followers = new Map<string, (item: unknown, place: number) => void>();
const early = new Map<string, { readonly item: unknown; readonly place: number }[]>();

/** Says something in the line at the foot. */
export function say(text: string, isError = false): void {
  message.value = { text, isError };
}

/** Says what went wrong, unless whoever asked no longer waits. */
export function sayError(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (error instanceof ServerGone) connection.value = 'lost';
  const hint = error instanceof CallError && error.hint !== null ? `: ${error.hint}` : '';
  say(`${(error as Error).message}${hint}`, true);
}

/** Reads all there is to know at the start, and again after the server was away. */
export async function load(): Promise<void> {
  const before = data.value;
  const [first, listed, running] = await Promise.all([call('hello', {}), call('hunts', {}), call('jobs', {})]);
  hello.value = first;
  // What the stream said meanwhile is newer.
  if (data.value === before) data.value = first.data;
  hunts.value = listed.hunts;
  tactics.value = listed.tactics;
  jobs.value = new Map(running.jobs.map((job) => [job.job, job]));
}

/** Takes a line of the stream. */
export function hear(line: StreamLine): void {
  switch (line.kind) {
    case 'data':
      if (data.value && data.value.reading !== null && line.data.reading === null) onAllRead();
      data.value = line.data;
      return;
    case 'job':
      jobs.value = new Map(jobs.value).set(line.job.job, stillStopping(line.job));
      if (isOver(line.job)) endOf(line.job);
      return;
    case 'item':
      takeItem(line.job, line.of, line.place, line.item);
      return;
    case 'judged':
      judged.value += 1;
      return;
    case 'alive':
      return;
  }
}

export const isOver = ({ state }: JobInfo): boolean =>
  state === 'done' || state === 'failed' || state === 'interrupted';

function takeItem(job: string, kind: JobKind, at: number, item: unknown): void {
  if (kind === 'coverage') {
    const found = item as CoverageInfo;
    coverage.value = new Map(coverage.value).set(found.hunt, found);
  }
  if (kind === 'run') {
    const found = item as ResultInfo;
    const key = questionKey(found.question);
    // An end before the end takes nothing away that an earlier run found; the strip says when that was.
    if (found.outcome !== 'interrupted' || !results.value.has(key))
      results.value = new Map(results.value).set(key, found);
    forget([key]);
  }
  const follower = followers.get(job);
  if (follower) follower(item, at);
  else early.set(job, [...(early.get(job) ?? []), { item, place: at }]);
}

/** Questions of a job that ended early were not answered. */
function endOf({ job, state, error }: JobInfo): void {
  const left = [...waiting.value].flatMap(([key, one]) => (one.job === job ? [key] : []));
  if (left.length > 0) forget(left);
  if (state === 'failed' && error !== null) say(error, true);
  for (const end of ends.get(job) ?? []) end(state);
  ends.delete(job);
  followers.delete(job);
}

function forget(keys: readonly string[]): void {
  const rest = new Map(waiting.value);
  for (const key of keys) rest.delete(key);
  waiting.value = rest;
}

const ends = new Map<string, ((state: JobInfo['state']) => void)[]>();

/** Starts long work, hears its items as they come, and resolves when it is over. */
export async function work(
  request: JobRequest,
  onItem: (item: unknown, place: number) => void = () => undefined,
  onStart: (job: JobInfo) => void = () => undefined,
): Promise<JobInfo['state']> {
  const starts = startJob(request);
  starting.add(starts);
  const started = await starts.finally(() => starting.delete(starts));
  const { job } = started;
  onStart(started);
  const known = jobs.value.get(job);
  for (const { item, place } of early.get(job) ?? []) onItem(item, place);
  early.delete(job);
  if (known && isOver(known)) {
    endOf(known);
    return known.state;
  }
  followers.set(job, onItem);
  if (!known) jobs.value = new Map(jobs.value).set(job, started);
  return new Promise((resolve) => ends.set(job, [...(ends.get(job) ?? []), resolve]));
}

/** Hunts whose coverage is asked for. */
const covering = new Set<string>();

/** Asks whether the data can answer hunts, in the order in which they are looked at. */
export async function cover(ids: readonly string[]): Promise<void> {
  const asked = ids.filter((id) => !coverage.value.has(id) && !covering.has(id));
  if (asked.length === 0) return;
  for (const id of asked) covering.add(id);
  try {
    await work({ kind: 'coverage', hunts: asked });
  } finally {
    for (const id of asked) covering.delete(id);
  }
}

/** Runs questions; each answer is there as soon as it is known. */
export async function run(questions: readonly Question[]): Promise<void> {
  if (questions.length === 0) return;
  const done = new Set<number>();
  await work(
    { kind: 'run', questions, keep: true },
    (_item, at) => done.add(at),
    ({ job }) => {
      for (const { place: at } of early.get(job) ?? []) done.add(at);
      const next = new Map(waiting.value);
      questions.forEach((question, at) => {
        if (!done.has(at)) next.set(questionKey(question), { job, place: at });
      });
      waiting.value = next;
    },
  );
}

/** Work that was asked for, and of which the server has said nothing yet. */
const starting = new Set<Promise<JobInfo>>();

/** What the server said of a job before it heard that the job is to stop does not have it run again. */
function stillStopping(job: JobInfo): JobInfo {
  const isStopping = !isOver(job) && jobs.value.get(job.job)?.state === 'stopping';
  return isStopping ? { ...job, state: 'stopping' } : job;
}

/**
 * Ends every job that is under way, or one, and shows so at once. What is just being started is ended as well. What the
 * server was not reached for goes on as it was.
 */
export async function cancel(job?: string): Promise<void> {
  const early = job === undefined ? [...starting] : [];
  const open = [...jobs.value.values()].filter((one) => !isOver(one) && (job === undefined || one.job === job));
  jobs.value = new Map([...jobs.value, ...open.map((one) => [one.job, { ...one, state: 'stopping' }] as const)]);
  await Promise.all([
    ...open.map((one) => cancelJob(one.job).catch((error: unknown) => goesOn(one, error))),
    ...early.map((starts) => starts.then((one) => cancelJob(one.job))),
  ]);
}

/** A job that could not be ended is shown as it was; gives the error on. */
function goesOn(one: JobInfo, error: unknown): never {
  if (jobs.value.get(one.job)?.state === 'stopping') jobs.value = new Map(jobs.value).set(one.job, one);
  throw error;
}

/** Verdicts on half of the files are asked for again when all are read. */
function onAllRead(): void {
  const soFar = [...coverage.value.values()].filter((one) => one.soFar).map(({ hunt }) => hunt);
  if (soFar.length === 0) return;
  coverage.value = new Map([...coverage.value].filter(([id]) => !soFar.includes(id)));
  void cover(soFar).catch(sayError);
}
