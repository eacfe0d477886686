import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Runnable } from '../engines/duckdb/runnable.ts';
import { KnownLengths } from '../engines/known-lengths.ts';
import { receivedError } from '../engines/sent-error.ts';
import { SmallestFirst } from '../engines/smallest-first.ts';
import { packageFolder } from '../package/package-folder.ts';
import type { PlanAnswer, PlanTask, PlanWorkerData, ready } from './plan-worker.ts';
import type { Planner, PlanRequest } from './planner.ts';
import { Refusal } from './refusal.ts';
import { SeenSender } from './seen-changes.ts';
import type { SeenStore } from './seen-store.ts';

/**
 * Workers; the last of them alone takes long queries, so that short ones never wait for these, and the first takes those that
 * were planned quickly before, so that these never wait for what nobody knows yet.
 */
const workers = 3;
/** Milliseconds in which a query is planned that others hardly wait for. */
const knownTime = 100;
/** Characters of a short query. Hunts have some thousand. */
const shortText = 8192;
/** Milliseconds in which a worker must be ready. */
const loadingTime = 60_000;
/**
 * Milliseconds that planning may take: ordinary queries take some, wide ones some hundred, and many times that where the
 * machine is busy. A query that takes more than `quickTime` while others wait is planned among the long ones.
 */
const quickTime = 1500;
const longTime = 10_000;
/** Megabytes of a worker's memory, unless it is to have less. */
const usualMemory = 512;

interface Job {
  readonly seen: SeenStore;
  readonly request: PlanRequest;
  isShort: boolean;
  isKnown: boolean;
  began: number;
  /** Whether a worker plans it, or it still waits. */
  slot: Slot | null;
  resolve(planned: Runnable): void;
  reject(error: unknown): void;
}

/** A place for a worker. One that was ended is replaced at once, for it takes a while to begin. */
interface Slot {
  readonly takesLong: boolean;
  readonly onlyKnown: boolean;
  /** Null after one that failed before it was ready. */
  worker: Worker | null;
  sender: SeenSender;
  /** A worker is given nothing before it is ready, so that what ends meanwhile does not end the worker. */
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
  readonly #known = new KnownLengths(knownTime);
  readonly #order = new SmallestFirst();
  readonly #orderOfKnown = new SmallestFirst();
  #isClosed = false;

  /** `memory`: megabytes of JavaScript's memory in each worker. */
  constructor(private readonly memory = usualMemory) {
    for (let i = 0; i < workers; i++) {
      const slot = {
        takesLong: i === workers - 1,
        onlyKnown: i === 0,
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
        if (job.slot) this.#end(job.slot);
        else this.#waiting.splice(this.#waiting.indexOf(job), 1);
        job.reject(signal!.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener('abort', leave);
          settle(value);
        };
      const job: Job = {
        ...{ seen, request, slot: null, began: 0 },
        isShort: request.text.length <= shortText,
        isKnown: ['brief', 'short'].includes(this.#known.of(request.key)!),
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
      if (this.#waiting.length === 0 || this.#isClosed) return;
      slot.worker ??= this.#start(slot);
      // What waits keeps the process going, until a worker is ready for it.
      if (!slot.isReady) slot.worker.ref();
      if (slot.job || !slot.isReady) continue;
      const known = this.#nextKnown();
      const at = known >= 0 || slot.onlyKnown ? known : this.#nextOther(slot.takesLong);
      if (at >= 0) this.#give(slot, this.#waiting.splice(at, 1)[0]!);
    }
  }

  /** The place of the next request that was planned quickly before; -1 without any. */
  #nextKnown(): number {
    const known = this.#waiting.filter(({ isKnown }) => isKnown);
    if (known.length === 0) return -1;
    const [next] = this.#orderOfKnown.order(known, ({ request }) => this.#known.timeOf(request.key));
    return this.#waiting.indexOf(next!);
  }

  /** The place of the next request that such a worker takes; -1 where none does. */
  #nextOther(takesLong: boolean): number {
    const fit = this.#waiting.filter(({ isShort }) => isShort || takesLong);
    const [next] = this.#order.order(fit, ({ request }) => request.key.size);
    return next ? this.#waiting.indexOf(next) : -1;
  }

  #give(slot: Slot, job: Job): void {
    slot.job = job;
    job.slot = slot;
    job.began = performance.now();
    const { request } = job;
    slot.timer = slot.takesLong
      ? setTimeout(() => this.#fail(slot, tooLong()), longTime)
      : setInterval(() => this.#displace(slot, job), quickTime);
    slot.worker!.ref();
    try {
      const task: PlanTask = { changes: slot.sender.changes(job.seen), request };
      slot.worker!.postMessage(task);
    } catch (error) {
      this.#fail(slot, error);
    }
  }

  /** Has a query that takes long planned elsewhere, from its beginning, where others wait for its worker. */
  #displace(slot: Slot, job: Job): void {
    if (!this.#waiting.some(({ isShort }) => isShort)) return;
    job.isShort = false;
    job.isKnown = false;
    job.slot = null;
    this.#waiting.push(job);
    this.#end(slot);
  }

  #done(slot: Slot): Job | null {
    const { job } = slot;
    clearTimeout(slot.timer);
    slot.job = null;
    slot.worker?.unref();
    return job;
  }

  /** Ends what a worker does, with the worker. */
  #end(slot: Slot): void {
    this.#done(slot);
    void slot.worker?.removeAllListeners().terminate();
    slot.worker = this.#isClosed ? null : this.#start(slot);
    this.#next();
  }

  #fail(slot: Slot, reason: unknown): void {
    slot.job?.reject(reason);
    this.#end(slot);
  }

  #start(slot: Slot): Worker {
    const workerData: PlanWorkerData = { takesLong: slot.takesLong };
    const worker = new Worker(join(packageFolder(), 'dist', 'plan-worker.mjs'), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: this.memory },
    });
    worker.unref();
    slot.sender = new SeenSender();
    slot.isReady = false;
    slot.timer = setTimeout(
      () => this.#failToStart(slot, new Error(`a planner was not ready within ${loadingTime / 1000} s`)),
      loadingTime,
    ).unref();
    worker.on('message', (answer: PlanAnswer | typeof ready) => {
      const job = this.#done(slot);
      if (answer === 'ready') slot.isReady = true;
      else if ('planned' in answer) {
        this.#known.learn(job!.request.key, performance.now() - job!.began);
        job!.resolve(answer.planned);
      } else job!.reject(receivedError(answer.error, job!.request.text));
      this.#next();
    });
    worker.on('error', (error) => {
      if (!slot.isReady) return this.#failToStart(slot, error);
      const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#fail(slot, isMemory ? tooMuch(this.memory) : error);
    });
    // Nobody ends a worker without taking these listeners off first.
    worker.on('exit', () => {
      const error = new Error('a planner ended by itself');
      if (slot.isReady) this.#fail(slot, error);
      else this.#failToStart(slot, error);
    });
    return worker;
  }

  /** A worker that cannot begin is not tried again before the next query; where there is none, what waits has failed. */
  #failToStart(slot: Slot, error: Error): void {
    this.#done(slot);
    void slot.worker?.removeAllListeners().terminate();
    slot.worker = null;
    if (this.#slots.every(({ worker }) => worker === null))
      for (const job of this.#waiting.splice(0)) job.reject(error);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      this.#slots.map((slot) => {
        clearTimeout(slot.timer);
        return slot.worker?.removeAllListeners().terminate();
      }),
    );
  }
}

const tooLong = (): Refusal =>
  new Refusal('illegal_argument_exception', `the query takes longer to plan than ${longTime / 1000} s`, 400);
const tooMuch = (memory: number): Refusal =>
  new Refusal('circuit_breaking_exception', `the query needs more than ${memory} MB to plan`, 429);
