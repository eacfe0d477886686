import { signal } from '@preact/signals';
import type { OpenedHunt } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { call } from '../api/client.ts';
import { sayError } from '../state/session.ts';

/** The hunt that is open, as it would run with its chips; null until it is known. */
export const opened = signal<OpenedHunt | null>(null);

/** The question that it is the answer for. */
const answered = signal('');
export const isOpened = (question: Question): boolean => answered.value === JSON.stringify(question);

let asked: AbortController | null = null;

/** Asks how a question would run. An answer that comes after the next question is dropped. */
export function refreshOpened(question: Question): void {
  asked?.abort();
  const own = new AbortController();
  asked = own;
  call('hunt/open', { question }, own.signal).then(
    (answer) => {
      if (asked !== own) return;
      opened.value = answer;
      answered.value = JSON.stringify(question);
    },
    (error) => {
      if (asked === own) sayError(error);
    },
  );
}
