import { randomBytes } from 'node:crypto';
import type { HuntJob, Job } from '../../app/jobs.ts';
import type { HuntResult } from '../../report/report.ts';
import { applyAccepted } from '../../runs/accepted/apply.ts';
import type { AcceptedList } from '../../runs/accepted/entry.ts';
import type { CellValue, ResultColumn } from '../../values/types.ts';
import type { Question } from '../contract/question.ts';
import { Stale } from './errors.ts';

/** An answer that the page looks through. */
export interface KeptResult {
  readonly handle: string;
  readonly question: Question;
  readonly job: Job | HuntJob;
  /** With every row, also those that the allow-list hides. */
  readonly whole: HuntResult;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly CellValue[])[];
  readonly now: Date;
  /** What of the data the run did not search. */
  readonly unread: string | null;
  readonly revision: number;
}

/** Milliseconds that an answer is kept after it was looked at last, and how much all of them may hold. */
const idleTime = 10 * 60_000;
const mostBytes = 100 << 20;
/** What a cell takes, about, where nobody counted. */
const cellBytes = 40;

/** Answers that pages look through a part at a time. The one that was not looked at for longest goes first. */
export class Handles {
  readonly #kept = new Map<string, { result: KeptResult; bytes: number; used: number }>();

  keep(result: Omit<KeptResult, 'handle'>): string {
    const handle = randomBytes(9).toString('base64url');
    const { rows, columns, whole } = result;
    const bytes = whole.result?.bytes ?? rows.length * columns.length * cellBytes;
    this.#kept.set(handle, { result: { ...result, handle }, bytes, used: Date.now() });
    this.#forget();
    return handle;
  }

  /** Throws Stale for an answer that is gone. */
  get(handle: string): KeptResult {
    const found = this.#kept.get(handle);
    if (!found) throw new Stale('this answer is no longer kept');
    // The last in the map is the last that was used.
    this.#kept.delete(handle);
    this.#kept.set(handle, { ...found, used: Date.now() });
    return found.result;
  }

  /** Every answer that is kept, the one that was looked at last at the end. */
  get all(): readonly KeptResult[] {
    return [...this.#kept.values()].map(({ result }) => result);
  }

  #forget(): void {
    const now = Date.now();
    let held = [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [handle, { bytes, used }] of this.#kept) {
      if (this.#kept.size === 1 || (held <= mostBytes && now - used < idleTime)) continue;
      this.#kept.delete(handle);
      held -= bytes;
    }
  }
}

/** The rows that an allow-list leaves, or all of them, with their places in the whole answer. */
export function shownPlaces(
  { whole }: KeptResult,
  accepted: AcceptedList | null,
  withHidden: boolean,
): readonly number[] {
  const all = (whole.result?.values ?? []).map((_, place) => place);
  if (withHidden || !accepted) return all;
  return applyAccepted([whole], accepted, new Date())[0]?.places ?? all;
}
