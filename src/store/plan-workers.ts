import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Runnable } from '../engines/duckdb/runnable.ts';
import { receivedError } from '../engines/sent-error.ts';
import { packageFolder } from '../package/package-folder.ts';
import type { PlanAnswer, PlanTask, ready } from './plan-worker.ts';
import type { Planner, PlanRequest } from './planner.ts';
import { Refusal } from './refusal.ts';
import { SeenSender } from './seen-changes.ts';
import type { SeenStore } from './seen-store.ts';

/** Workers; the first of them takes short queries alone, so that these never wait for long ones. */
const workers = 2;
/** Characters of a short query. Hunts have some thousand. */
const shortText = 8192;
/** Milliseconds in which a worker must be ready. */
const loadingTime = 60_000;
/**
 * Milliseconds that planning may take, once the worker is ready: ordinary queries take some, wide ones some hundred, and many
 * times that where the machine is busy.
 */
const shortTime = 5000;
const longTime = 10_000;
/** Megabytes of a worker's memory, unless it is to have less. */
const usualMemory = 512;

interface Job {
  readonly seen: SeenStore;
  readonly request: PlanRequest;
  readonly isShort: boolean;
  /** Whether a worker plans it, or it still waits. */
  slot: Slot | null;
  resolve(planned: Runnable): void;
  reject(error: unknown): void;
}

/** A place for a worker. One that was ended is replaced at once, for it takes a while to begin. */
interface Slot {
  readonly takesLong: boolean;
  /** Null after one that failed before it was ready. */
  worker: Worker | null;
  sender: SeenSender;
  isReady: boolean;
  job: Job | null;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Plans queries in worker threads: no text keeps the thread that answers others from doing so, and a plan that takes too
 * long, or whose client leaves, is ended.
 */
export class PlanWorkers implements Planner {
  readonly #slots: Slot[] = [];
  readonly #waiting: Job[] = [];
  #isClosed = false;

  /** `memory`: megabytes of JavaScript's memory in each worker. */
  constructor(private readonly memory = usualMemory) {
    for (let i = 0; i < workers; i++) {
      const slot = {
        takesLong: i > 0,
        sender: new SeenSender(),
        isReady: false,
        job: null,
        timer: undefined,
      } as unknown as Slot;
      slot.worker = this.#start(slot);
      this.#slots.push(slot);
    }
  }

  plan(seen: SeenStore, request: PlanRequest, signal?: AbortSignal): Promise<Runnable> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(job), job.slot ? 0 : 1);
        if (job.slot) this.#end(job.slot, signal!.reason);
        else reject(signal!.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener('abort', leave);
          settle(value);
        };
      const job: Job = {
        ...{ seen, request, slot: null },
        isShort: request.text.length <= shortText,
        resolve: settled(resolve),
        reject: settled(reject),
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  #next(): void {
    for (const slot of this.#slots) {
      if (slot.job || this.#isClosed) continue;
      const at = this.#waiting.findIndex(({ isShort }) => isShort || slot.takesLong);
      if (at >= 0) this.#give(slot, this.#waiting.splice(at, 1)[0]!);
    }
  }

  #give(slot: Slot, job: Job): void {
    slot.job = job;
    job.slot = slot;
    const { request } = job;
    slot.worker ??= this.#start(slot);
    this.#limitTime(slot);
    slot.worker.ref();
    try {
      const task: PlanTask = { changes: slot.sender.changes(job.seen), request };
      slot.worker.postMessage(task);
    } catch (error) {
      this.#end(slot, error);
    }
  }

  #limitTime(slot: Slot): void {
    clearTimeout(slot.timer);
    const planning = slot.job!.isShort ? shortTime : longTime;
    const time = slot.isReady ? planning : loadingTime;
    slot.timer = setTimeout(() => this.#end(slot, tooLong(time)), time);
  }

  #done(slot: Slot): Job | null {
    const { job } = slot;
    clearTimeout(slot.timer);
    slot.job = null;
    slot.worker?.unref();
    return job;
  }

  /** Ends what a worker does, with the worker. */
  #end(slot: Slot, reason: unknown): void {
    const job = this.#done(slot);
    void slot.worker?.removeAllListeners().terminate();
    slot.sender = new SeenSender();
    slot.worker = slot.isReady && !this.#isClosed ? this.#start(slot) : null;
    job?.reject(reason);
    this.#next();
  }

  #start(slot: Slot): Worker {
    const worker = new Worker(join(packageFolder(), 'dist', 'plan-worker.js'), {
      resourceLimits: { maxOldGenerationSizeMb: this.memory },
    });
    worker.unref();
    slot.isReady = false;
    worker.on('message', (answer: PlanAnswer | typeof ready) => {
      if (answer === 'ready') {
        slot.isReady = true;
        if (slot.job) this.#limitTime(slot);
        return;
      }
      const job = this.#done(slot)!;
      if ('planned' in answer) job.resolve(answer.planned);
      else job.reject(receivedError(answer.error, job.request.text));
      this.#next();
    });
    worker.on('error', (error) => {
      const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#end(slot, isMemory ? tooMuch(this.memory) : error);
    });
    return worker;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#slots.map(({ worker }) => worker?.removeAllListeners().terminate()));
  }
}

const tooLong = (milliseconds: number): Refusal =>
  new Refusal('illegal_argument_exception', `the query takes longer to plan than ${milliseconds / 1000} s`, 400);
const tooMuch = (memory: number): Refusal =>
  new Refusal('circuit_breaking_exception', `the query needs more than ${memory} MB to plan`, 429);
