import { randomBytes } from 'node:crypto';
import type { JobInfo, JobKind } from '../contract/calls.ts';
import type { JobState } from '../contract/states.ts';
import type { Stream } from './stream.ts';

/** Long work, an item at a time. */
export interface Work {
  readonly kind: JobKind;
  /** How many items there will be. */
  readonly of: number;
  items(signal: AbortSignal): AsyncGenerator<unknown, void>;
}

interface Job extends Work {
  readonly id: string;
  readonly controller: AbortController;
  readonly began: number;
  state: JobState;
  done: number;
  tookMs: number;
  error: string | null;
  readonly generator: AsyncGenerator<unknown, void>;
}

/** Whose turn it is first: somebody waits for what comes early in a list. Each list goes on beside the others. */
const lanes: readonly (readonly JobKind[])[] = [['pivot'], ['run', 'diff', 'backfill', 'report'], ['coverage']];
const [, runs, coverage] = lanes as [readonly JobKind[], readonly JobKind[], readonly JobKind[]];
const laneOf = (kind: JobKind): readonly JobKind[] => lanes.find((lane) => lane.includes(kind))!;
/** Jobs that are remembered after their end, so that a page that was loaded again finds them. */
const mostEnded = 100;

/**
 * Long work, which goes on in the server whether a page listens or not. One item is worked on at a time: several at once
 * gain nothing on one machine (docs/performance.md). Between items the most urgent job has its turn. A process, which
 * somebody looks at, waits for nothing; coverage, of which one step may take long, begins none while something else runs.
 */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #working = new Map<readonly JobKind[], Promise<void>>();

  /** `reasonOf`: what an error says to whoever looks at the page. */
  constructor(
    private readonly stream: Stream,
    private readonly reasonOf: (error: unknown) => string,
  ) {}

  get all(): JobInfo[] {
    return [...this.#jobs.values()].map(infoOf);
  }

  /** Whether something is under way. */
  get isBusy(): boolean {
    return this.#working.size > 0;
  }

  start(work: Work): JobInfo {
    const controller = new AbortController();
    const job: Job = {
      ...{ id: randomBytes(6).toString('base64url'), controller, began: performance.now() },
      ...{ kind: work.kind, of: work.of, items: work.items },
      ...{ state: 'queued', done: 0, tookMs: 0, error: null },
      generator: work.items(controller.signal),
    };
    this.#jobs.set(job.id, job);
    for (const [id, { state }] of this.#jobs) if (this.#jobs.size > mostEnded && isOver(state)) this.#jobs.delete(id);
    this.#say(job);
    this.#goOn(laneOf(work.kind));
    return infoOf(job);
  }

  /** Ends a job early; it says `stopping` until it has stopped. */
  cancel(id: string): JobInfo | null {
    const job = this.#jobs.get(id);
    if (!job) return null;
    if (isOver(job.state)) return infoOf(job);
    const waits = job.state === 'queued';
    job.controller.abort();
    if (waits) this.#end(job, 'interrupted');
    else {
      job.state = 'stopping';
      this.#say(job);
      this.#goOn(laneOf(job.kind));
    }
    return infoOf(job);
  }

  async close(): Promise<void> {
    for (const id of this.#jobs.keys()) this.cancel(id);
    while (this.isBusy) await Promise.all(this.#working.values());
  }

  /** Does the work of a lane, unless that is being done. */
  #goOn(lane: readonly JobKind[]): void {
    if (this.#working.has(lane) || !this.#next(lane)) return;
    const done = this.#work(lane).finally(() => {
      this.#working.delete(lane);
      // What came at the last moment, and coverage, which waits for runs.
      for (const next of [lane, coverage]) this.#goOn(next);
    });
    this.#working.set(lane, done);
  }

  async #work(lane: readonly JobKind[]): Promise<void> {
    for (let job = this.#next(lane); job; job = this.#next(lane)) await this.#step(job);
  }

  #next(lane: readonly JobKind[]): Job | undefined {
    // What was cancelled has its end at once.
    const waits = lane === coverage && this.#next(runs) !== undefined;
    const waiting = [...this.#jobs.values()].filter(
      ({ kind, state }) => lane.includes(kind) && (waits ? state === 'stopping' : !isOver(state)),
    );
    return waiting.sort((a, b) => lane.indexOf(a.kind) - lane.indexOf(b.kind))[0];
  }

  async #step(job: Job): Promise<void> {
    if (job.state === 'queued') {
      job.state = 'running';
      this.#say(job);
    }
    try {
      const { value, done } = await job.generator.next();
      if (done) return this.#end(job, job.controller.signal.aborted ? 'interrupted' : 'done');
      const { id, kind } = job;
      this.stream.say({ kind: 'item', job: id, of: kind, place: job.done, item: value });
      job.done += 1;
      job.tookMs = performance.now() - job.began;
      this.#say(job);
    } catch (error) {
      if (job.controller.signal.aborted) return this.#end(job, 'interrupted');
      job.error = this.reasonOf(error);
      this.#end(job, 'failed');
    }
  }

  #end(job: Job, state: JobState): void {
    job.state = state;
    job.tookMs = performance.now() - job.began;
    this.#say(job);
  }

  #say(job: Job): void {
    this.stream.say({ kind: 'job', job: infoOf(job) });
  }
}

const isOver = (state: JobState): boolean => state === 'done' || state === 'failed' || state === 'interrupted';

const infoOf = ({ id, kind, state, done, of, tookMs, error }: Job): JobInfo => ({
  ...{ job: id, kind, state, done, of },
  ...{ tookMs: Math.round(tookMs), error },
});
