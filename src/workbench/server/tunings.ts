import { randomBytes } from 'node:crypto';
import type { Session } from '../../app/session/session.ts';
import { Turns } from '../../engines/turns.ts';
import type { OpenTuning } from '../../investigate/open-tuning.ts';
import type { Question } from '../contract/question.ts';
import { Stale } from './errors.ts';

/** Queries whose thresholds are moved, with the rows before them kept on a connection each. */
const mostOpen = 2;
/** Milliseconds after which rows that nobody asked for are dropped. */
const idleTime = 10 * 60_000;

/** A query open for its thresholds to be moved. */
export interface Tuned {
  readonly question: Question;
  readonly tuning: OpenTuning;
  /** Answers one question after the other: they share a connection. */
  ask<T>(work: (tuning: OpenTuning) => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Held extends Tuned {
  readonly session: Session;
  readonly turns: Turns;
  timer: NodeJS.Timeout;
}

/** Keeps the rows before thresholds while somebody moves them. The query that was opened first makes room. */
export class Tunings {
  readonly #held = new Map<string, Held>();

  /** Makes room for another query, so that no more connections are taken than there should be. */
  async makeRoom(): Promise<void> {
    const old = [...this.#held.keys()].slice(0, Math.max(0, this.#held.size - mostOpen + 1));
    await Promise.all(old.map((handle) => this.#drop(handle)));
  }

  /** Keeps an open query and the session that it lives on. */
  keep(question: Question, tuning: OpenTuning, session: Session): string {
    const handle = randomBytes(9).toString('base64url');
    const turns = new Turns(1);
    this.#held.set(handle, {
      ...{ question, tuning, session, turns },
      timer: this.#timer(handle),
      ask: (work, signal) => turns.take(() => work(tuning), signal),
    });
    return handle;
  }

  /** Throws Stale for one that is gone. */
  get(handle: string): Tuned {
    const found = this.#held.get(handle);
    if (!found) throw new Stale('the rows before the thresholds are no longer kept');
    clearTimeout(found.timer);
    found.timer = this.#timer(handle);
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((handle) => this.#drop(handle)));
  }

  #timer(handle: string): NodeJS.Timeout {
    return setTimeout(() => void this.#drop(handle).catch(() => undefined), idleTime).unref();
  }

  async #drop(handle: string): Promise<void> {
    const found = this.#held.get(handle);
    if (!found) return;
    this.#held.delete(handle);
    clearTimeout(found.timer);
    // What is being asked has its answer first.
    await found.turns.take(async () => {
      try {
        await found.tuning.close();
      } finally {
        await found.session.engine.close();
      }
    }, new AbortController().signal);
  }
}
