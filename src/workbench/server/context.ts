import type { EventsRequest, Moment } from '../../app/events-request.ts';
import { FieldFacts } from '../../app/field-facts.ts';
import { type Note, type Observer, silent } from '../../app/observer.ts';
import { openSession, type Session } from '../../app/session/session.ts';
import { Turns } from '../../engines/turns.ts';
import type { Attack } from '../../hunts/attack.ts';
import type { AcceptedList } from '../../runs/accepted/entry.ts';
import type { RunRequest } from '../../runs/saved-run.ts';
import { Trail } from '../../runs/trail.ts';
import { Judgements } from '../../runs/verdicts/judgements.ts';
import type { DataInfo, Link } from '../contract/calls.ts';
import { explain } from './errors.ts';
import { Handles } from './handles.ts';
import { KnownCoverage } from './jobs/coverage.ts';
import { Jobs } from './jobs.ts';
import { KnownEvents } from './known-events.ts';
import type { Library } from './library.ts';
import { MadeFiles } from './made-files.ts';
import { PageAccess } from './one-time-code.ts';
import { Stream } from './stream.ts';
import { Tunings } from './tunings.ts';

/** What the page works on, as the command line opened it. */
export interface WorkbenchOptions {
  /** Where the events are; held open for files and stores. */
  readonly events: Omit<EventsRequest, 'now'>;
  readonly now: Moment | null;
  readonly kind: 'files' | 'store' | 'cluster';
  /** How people know the events: as they were given on the command line. */
  readonly source: string;
  /** The arguments of the command line that name the events, such as `--data 'logs/**'`. */
  readonly dataArguments: string;
  /** The same for saved runs, which ask again. */
  readonly request: RunRequest;
  readonly library: Library;
  readonly attack: Attack;
  /** The folder of saved runs, judgements, notes and the trail. */
  readonly state: string;
  readonly user: string;
  readonly acceptedFile: string;
  readonly accepted: () => Promise<AcceptedList | null>;
  /** Where hunts may be written; null without --write. */
  readonly write: { readonly hunts: string | null } | null;
  readonly version: string;
  /** Pages elsewhere on which values can be looked up. */
  readonly links: readonly Link[];
  /** What is known while files are read; null for what needs no reading. */
  readonly reading: () => DataInfo['reading'];
}

/** Short questions that are answered at the same time: more would take the processors from each other. */
const shortAtOnce = 2;

/** Everything that the calls of a page share. */
export class Workbench {
  readonly access = new PageAccess();
  readonly stream = new Stream();
  readonly jobs = new Jobs(this.stream, (error) => this.withoutAddress(explain(error).message));
  readonly handles = new Handles();
  readonly coverage = new KnownCoverage();
  readonly known = new KnownEvents(this);
  readonly fieldFacts = new FieldFacts((queries, work, signal) => this.ask(queries, work, signal));
  readonly judgements: Judgements;
  readonly tunings = new Tunings();
  readonly files = new MadeFiles();
  readonly trail: Trail;
  readonly #short = new Turns(shortAtOnce);
  readonly #faults = new Set<string>();
  #asked = 0;
  #sent = 0;
  #now: Moment | null;

  constructor(readonly options: WorkbenchOptions) {
    this.#now = options.now;
    this.judgements = new Judgements(options.state);
    this.trail = new Trail(options.state);
  }

  /** A message without the address of the cluster, which no page needs to know. */
  withoutAddress(text: string): string {
    const { source } = this.options.events;
    if (source.kind !== 'cluster' || !URL.canParse(source.url)) return text;
    const { origin, host } = new URL(source.url);
    return text.replaceAll(source.url, 'the cluster').replaceAll(origin, 'the cluster').replaceAll(host, 'the cluster');
  }

  /** What queries take for now: null for the clock. */
  get now(): Moment | null {
    return this.#now;
  }

  set now(now: Moment | null) {
    this.#now = now;
  }

  /** Rises with every change of the events. */
  get revision(): number {
    const { source } = this.options.events;
    return source.kind === 'held' ? source.events.revision : 0;
  }

  /** The events as use cases ask for them. */
  get events(): EventsRequest {
    return { ...this.options.events, now: this.#now };
  }

  /** Answers a short question over the events. */
  ask<T>(queries: readonly string[], work: (session: Session) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#short.take(() => this.look(queries, work, signal), signal);
  }

  /** Looks at what is known of the events, and asks them nothing: it waits for no question. */
  async look<T>(queries: readonly string[], work: (session: Session) => Promise<T>, signal: AbortSignal): Promise<T> {
    const session = await this.open(queries, signal);
    try {
      return await work(session);
    } finally {
      await session.engine.close();
    }
  }

  /** A session for whoever closes it. */
  open(queries: readonly string[], signal: AbortSignal): Promise<Session> {
    return openSession({ events: this.events, queries, asked: Infinity }, this.observer, signal);
  }

  /** Hears what use cases have to say of the events. */
  readonly observer: Observer = { ...silent, note: (note) => this.#hear(note) };

  /** What there is to know of the events. */
  get faults(): readonly string[] {
    return [...this.#faults];
  }

  addFault(text: string): void {
    this.#faults.add(text);
  }

  /** Lets every page know what the events are like now. */
  async tellData(): Promise<void> {
    const { dataInfo } = await import('./calls/data-info.ts');
    const turn = ++this.#asked;
    // What cannot be said now is said the next time.
    const data = await dataInfo(this, new AbortController().signal).catch(() => null);
    // An answer that took longer than a later one is old.
    if (!data || turn < this.#sent) return;
    this.#sent = turn;
    this.stream.say({ kind: 'data', data });
  }

  #hear(note: Note): void {
    if (note.kind === 'future')
      this.addFault(
        `${note.events.toLocaleString('en')} events are dated later than now, the latest ${note.latest.toISOString()}: a clock was wrong`,
      );
    if (note.kind === 'engine') this.addFault(note.text);
  }

  async close(): Promise<void> {
    await this.jobs.close();
    await this.tunings.close();
    this.stream.close();
  }
}
