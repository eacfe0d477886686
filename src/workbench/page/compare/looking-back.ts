import { signal } from '@preact/signals';
import type { BackfillItem } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { questionKey } from '../state/location.ts';
import { cancel, isOver, jobs, work } from '../state/session.ts';

/** A look back as far as it has come. */
export interface Past {
  readonly key: string;
  readonly job: string | null;
  readonly item: BackfillItem | null;
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  readonly error: string | null;
}

/** The look back at the question that is open; null where nobody asked. */
export const past = signal<Past | null>(null);

/** Asks a question of the past. The same question is asked once; another one ends what is under way. */
export function lookBack(question: Question, most: number): void {
  const key = `${most} ${questionKey(question)}`;
  const before = past.value;
  if (before?.key === key && before.state !== 'failed' && before.state !== 'interrupted') return;
  const running = before?.job == null ? undefined : jobs.value.get(before.job);
  if (running && !isOver(running)) void cancel(running.job).catch(() => undefined);
  past.value = { key, job: null, item: null, state: 'running', error: null };
  const set = (change: Partial<Past>): void => {
    if (past.value?.key === key) past.value = { ...past.value, ...change };
  };
  work(
    { kind: 'backfill', question, step: null, most },
    (item) => set({ item: item as BackfillItem }),
    ({ job }) => set({ job }),
  ).then(
    (state) => set({ state: state === 'done' || state === 'failed' ? state : 'interrupted' }),
    (error: Error) => set({ state: 'failed', error: error.message }),
  );
}
