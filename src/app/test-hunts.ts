import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { eventLines } from '../hunts/testing/event-template.ts';
import type { Expectation, HuntTests, NoiseBudget, Sample, TestCase } from '../hunts/testing/hunt-tests.ts';
import { judge } from '../hunts/testing/judge.ts';
import type { TestResult } from '../hunts/testing/results.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import type { EventsRequest } from './events-request.ts';
import { type Job, jobsOf } from './jobs.ts';
import { assessor } from './judges.ts';
import type { Observer } from './observer.ts';
import { runQueries } from './run-queries.ts';
import { openSession, type Session } from './session/session.ts';

/** A hunt with its tests. */
export interface TestedHunt {
  readonly hunt: Hunt;
  readonly tests: HuntTests;
}

type Head = Pick<TestResult, 'kind' | 'name' | 'query' | 'line'>;
type Judged = Pick<TestResult, 'outcome' | 'faults' | 'notes' | 'result'>;

/** Runs tests on the engine that runs hunts. Samples are read once for all the hunts that share them. */
export class TestRunner {
  readonly #samples = new Map<string, Promise<Session>>();

  /** `sampleFolder` gives the folder of a sample that Harrier makes. */
  constructor(
    private readonly all: readonly TestedHunt[],
    private readonly sampleFolder: (sample: Sample, signal: AbortSignal) => Promise<string>,
    private readonly observer: Observer,
    private readonly signal: AbortSignal,
  ) {}

  /** Runs the tests of one of the hunts. */
  async run({ hunt, tests }: TestedHunt): Promise<TestResult[]> {
    const results: TestResult[] = [];
    for (const one of tests.cases) results.push(await this.#case(one, jobsOf(hunt)[one.query]!));
    if (tests.noise) for (const job of jobsOf(hunt)) results.push(await this.#noise(tests.noise, job));
    return results;
  }

  async close(): Promise<void> {
    for (const session of this.#samples.values())
      await session.then(({ engine }) => engine.close()).catch(() => undefined);
  }

  #case(one: TestCase, job: Job): Promise<TestResult> {
    const { kind, name, query, line } = one;
    return this.#timed({ kind, name, query, line }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'harrier-hunt-test-'));
      try {
        const data = [...(await writeEvents(one, folder)), ...one.files];
        const session = await this.#open([job.esql], data, one.index);
        try {
          return fault(unreadEvents(session, folder)) ?? (await this.#judged(job, session, one.now, one.expected));
        } finally {
          await session.engine.close();
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  #noise(noise: NoiseBudget, job: Job): Promise<TestResult> {
    const { title, line, most } = noise;
    return this.#timed({ kind: 'noise', name: title, query: job.query, line }, async () => {
      const session = await this.#sample(noise);
      const now = noise.now === 'latest' ? session.now : noise.now;
      return this.#judged(job, session, now, { least: 0, most, rows: [] });
    });
  }

  /** An engine over a sample, with what every hunt needs that is tested on it. */
  #sample({ data, index }: NoiseBudget): Promise<Session> {
    const keyOf = (budget: Pick<NoiseBudget, 'data' | 'index'>): string => JSON.stringify([budget.data, budget.index]);
    const key = keyOf({ data, index });
    const known = this.#samples.get(key);
    if (known) return known;
    const sharing = this.all.filter(({ tests }) => tests.noise && keyOf(tests.noise) === key);
    const queries = sharing.flatMap(({ hunt }) => hunt.queries.map(({ text }) => text));
    const opened = (async () => {
      const files =
        typeof data === 'string' ? [join(await this.sampleFolder(data, this.signal), '*.{ndjson,log}')] : data;
      return this.#open(queries, files, index, true);
    })();
    this.#samples.set(key, opened);
    return opened;
  }

  #open(queries: readonly QueryText[], data: readonly string[], index: string | null, cache = false): Promise<Session> {
    const named = index === null ? {} : { index };
    const source = { kind: 'files', data, cache, strict: false, copies: false, ...named } as const;
    const events: EventsRequest = { source, now: 'latest', maxRows: null, outputs: [] };
    // What was not read of the events is a fault of the test.
    const observer: Observer = { ...this.observer, note: () => undefined };
    return openSession({ events, queries }, observer, this.signal);
  }

  async #judged(job: Job, session: Session, now: Date, expected: Expectation): Promise<Judged> {
    const [run] = await runQueries([job], session.engine, {
      now,
      maxRows: null,
      signal: this.signal,
      // Why a hunt finds nothing is worth a look where it should find something.
      assess: expected.least > 0 ? await assessor({ ...session, now }, { kind: 'none' }, this.signal) : null,
      unread: null,
    });
    this.signal.throwIfAborted();
    const { error, result, notes } = run!;
    if (result === null) return { outcome: 'error', faults: [error ?? 'the query did not run'], notes, result: null };
    const faults = judge(expected, result);
    return { outcome: faults.length === 0 ? 'ok' : 'failed', faults, notes, result };
  }

  /** One test that cannot be run does not keep the others from running. */
  async #timed(head: Head, test: () => Promise<Judged>): Promise<TestResult> {
    const started = performance.now();
    const judged = await test().catch((error: unknown) => {
      this.signal.throwIfAborted();
      const hint = error instanceof InputError ? error.hint : undefined;
      return fault(`${(error as Error).message}${hint === undefined ? '' : `; ${hint}`}`)!;
    });
    return { ...head, ...judged, seconds: (performance.now() - started) / 1000 };
  }
}

/** The result of a test that could not be run; null where nothing is wrong. */
const fault = (reason: string | null): Judged | null =>
  reason === null ? null : { outcome: 'error', faults: [reason], notes: [], result: null };

/** Writes the events that a case holds itself, and gives the files. */
async function writeEvents({ templates, ndjson, lines }: TestCase, folder: string): Promise<string[]> {
  const files: string[] = [];
  const write = async (name: string, lines: Iterable<string>): Promise<void> => {
    const file = join(folder, name);
    await writeFile(file, lines);
    files.push(file);
  };
  if (templates.length > 0) await write('event.ndjson', allLines(templates));
  if (ndjson !== null) await write('ndjson.ndjson', [ndjson.endsWith('\n') ? ndjson : `${ndjson}\n`]);
  // What they are is for the reader to find out, as with a file of anybody's.
  if (lines !== null) await write('lines.log', [lines.endsWith('\n') ? lines : `${lines}\n`]);
  return files;
}

function* allLines(templates: TestCase['templates']): Iterable<string> {
  for (const template of templates) yield* eventLines(template);
}

/** A test whose events were not all read proves nothing. */
function unreadEvents({ load, unread }: Session, folder: string): string | null {
  if (!load) return null;
  if (load.malformed.count > 0) {
    const [first] = load.malformed.first;
    const place = first
      ? `: ${first.file.replace(join(folder, '/'), '').replace(/\.(?:ndjson|log)$/, '')}, line ${first.line}: ${first.reason}`
      : '';
    return `${load.malformed.count} of the lines could not be read as events${place}`;
  }
  return unread.text;
}
