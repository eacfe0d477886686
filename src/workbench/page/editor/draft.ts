import { computed, effect, signal } from '@preact/signals';
import type { StepCount, StepInfo } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { Edit, Problem } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import { Latest } from '../api/latest.ts';
import { go, place } from '../state/location.ts';
import { huntsById, sayError } from '../state/session.ts';

/** Milliseconds without a key after which what is written is kept in the address, and counted. */
const pause = 300;

const queryKey = ({ hunt, query }: Question): string => JSON.stringify([hunt, query]);

/** What is written and not in the address yet. `base`: the text that the address had then; another one takes its place. */
const draft = signal<{ readonly query: string; readonly base: string | null; readonly text: string } | null>(null);

/** The text of a query as its author wrote it; empty for one of no hunt. */
export function ownText({ hunt, query }: Question): string {
  return (hunt === null ? undefined : huntsById.value.get(hunt)?.queries[query]) ?? '';
}

/** The question that is open with the text as it is written now. */
export const written = computed<Question | null>(() => {
  const { question } = place.value;
  const now = draft.value;
  if (!question || !now || now.query !== queryKey(question) || now.base !== question.text) return question;
  return withText(question, now.text);
});

// What the address has is no draft any more: Back returns to what was there before.
effect(() => {
  const { question } = place.value;
  if (
    draft.value !== null &&
    (!question || draft.value.base !== question.text || written.value?.text === question.text)
  )
    draft.value = null;
});

/** The text that is written now. */
export const writtenText = computed(() => (written.value ? (written.value.text ?? ownText(written.value)) : ''));

const withText = (question: Question, text: string): Question => ({
  ...question,
  text: question.hunt !== null && text === ownText(question) ? null : text,
});

/** What is wrong with the text, and the columns after each of its commands. */
export const problems = signal<readonly Problem[]>([]);
export const steps = signal<readonly StepInfo[]>([]);
/** The rows after each command; null while they are counted. */
export const counts = signal<readonly StepCount[] | null>(null);
/** The place of the cursor in the text. */
export const cursor = signal(0);

/** The number of the command that the cursor is in. */
export const cursorStep = computed(() =>
  Math.max(
    0,
    steps.value.findLastIndex(({ from }) => from <= cursor.value),
  ),
);

const checking = new Latest();
const counting = new Latest();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes the text as it is written: problems are asked for at once, all else after a pause. */
export function write(text: string): void {
  const { question } = place.value;
  if (!question || text === writtenText.value) return;
  draft.value = { query: queryKey(question), base: question.text, text };
  counting.stop();
  counts.value = null;
  checkText(text);
  clearTimeout(timer);
  timer = setTimeout(keep, pause);
}

/** Puts what is written into the address; undo takes the whole of it back. */
export function keep(): void {
  clearTimeout(timer);
  const { question } = place.value;
  const next = written.value;
  if (!question || !next || next.text === question.text) return;
  go({ question: next }, { replace: question.text !== null });
}

/** Asks what is wrong with a text. */
export function checkText(text: string): void {
  checking.ask(
    (signal) => call('language/check', { text }, signal),
    (found) => {
      problems.value = found.problems;
      steps.value = found.steps;
    },
    sayError,
  );
}

/** Asks how many rows there are after each command. */
export function countSteps(question: Question): void {
  counts.value = null;
  counting.ask(
    (signal) => call('counts', { question }, signal),
    (found) => {
      counts.value = found.steps;
    },
    sayError,
  );
}

/** A text with edits made. */
export const edited = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, text: piece }) => done.slice(0, from) + piece + done.slice(to), text);

/** Puts each command on a line of its own. */
export async function format(): Promise<void> {
  const text = writtenText.value;
  const { edits } = await call('language/format', { text });
  if (writtenText.value === text) write(edited(text, edits));
}

/** The fix nearest to the cursor. */
export function nearestFix(): Edit | null {
  const distance = ({ from, to }: Problem): number =>
    Math.min(Math.abs(from - cursor.value), Math.abs(to - cursor.value));
  const fixable = problems.value.filter(({ fix }) => fix !== null);
  return [...fixable].sort((a, b) => distance(a) - distance(b))[0]?.fix ?? null;
}

/** Takes the nearest fix; the cursor goes behind it. */
export function takeFix(): void {
  const fix = nearestFix();
  if (!fix) return;
  cursor.value = fix.from + fix.text.length;
  write(edited(writtenText.value, [fix]));
}
