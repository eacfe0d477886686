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
let lastAsked = '';

/**
 * Compares a saved run with another one, or with the answers to questions, which are asked first where need be. What the
 * same comparison came to before stays until there is more.
 */
export async function compare(asked: Asked, questions: readonly Question[]): Promise<void> {
  const own = ++turn;
  if (job !== null) await cancel(job).catch(() => undefined);
  const set = (change: Partial<Diffing>): void => {
    if (own === turn) diffing.value = { ...(diffing.value ?? empty), ...change };
  };
  const key = JSON.stringify([asked, questions]);
  diffing.value = key === lastAsked && diffing.value ? { ...diffing.value, state: 'running', error: null } : empty;
  lastAsked = key;
  const items: DiffItem[] = [];
  try {
    const state = await withAnswers(asked.after === null ? questions : [], (answers) =>
      work(
        { kind: 'diff', ...asked, answers },
        (item) => {
          items.push(item as DiffItem);
          set({ items: [...items] });
        },
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
