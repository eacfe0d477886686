import { signal } from '@preact/signals';
import type { DiffItem, JobRequest } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { withAnswers } from '../state/answers.ts';
import { cancel, work } from '../state/session.ts';

/** A comparison as far as it has come. */
export interface Diffing {
  readonly items: readonly DiffItem[];
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  readonly error: string | null;
}

type Asked = Omit<Extract<JobRequest, { kind: 'diff' }>, 'kind' | 'answers'>;

/** What is compared now; null where nothing was asked. */
export const diffing = signal<Diffing | null>(null);

let job: string | null = null;
let turn = 0;

/** Compares a saved run with another one, or with the answers to questions, which are asked first where need be. */
export async function compare(asked: Asked, questions: readonly Question[]): Promise<void> {
  const own = ++turn;
  if (job !== null) await cancel(job).catch(() => undefined);
  const set = (change: Partial<Diffing>): void => {
    if (own === turn) diffing.value = { ...(diffing.value ?? empty), ...change };
  };
  diffing.value = empty;
  try {
    const state = await withAnswers(asked.after === null ? questions : [], (answers) =>
      work(
        { kind: 'diff', ...asked, answers },
        (item) => set({ items: [...(diffing.value?.items ?? []), item as DiffItem] }),
        (started) => {
          if (own === turn) job = started.job;
        },
      ),
    );
    set({ state: state === 'done' || state === 'failed' ? state : 'interrupted' });
  } catch (error) {
    set({ state: 'failed', error: (error as Error).message });
  }
}

const empty: Diffing = { items: [], state: 'running', error: null };
