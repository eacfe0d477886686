import { effect } from '@preact/signals';
import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { call, onAnswer } from '../api/client.ts';
import { type Place, place, placeLink } from '../state/location.ts';
import { huntsById, isOver, jobs, results, waiting } from '../state/session.ts';
import { type NewStep, runStep, stepBetween, stepOfCall } from './steps.ts';
import { trail } from './trail.ts';

/** Milliseconds for which a place is left alone before it is a step: a slider that moves takes one. */
const pause = 1200;

const nameOf = ({ hunt, query }: Question): string => {
  if (hunt === null) return 'query';
  const card = huntsById.value.get(hunt);
  return card ? `${card.name}${card.queries.length > 1 ? `, query ${query + 1}` : ''}` : hunt;
};

/** Writes down what is done: watches where the page goes, what comes of questions, and what is saved. */
export function recordTrail(): void {
  watchPlaces();
  watchResults();
  watchReports();
  onAnswer((name, request) => add(stepOfCall(name, request, nameOf)));
}

/** A step that cannot be written down keeps nobody from their work. */
function add(step: NewStep | null): void {
  if (!step) return;
  call('trail/add', { entry: { ...step, text: step.text.slice(0, 2000) } }).then(
    ({ at }) => {
      if (trail.value) trail.value = [...trail.value.filter((one) => one.at !== at), { ...step, at }];
    },
    () => undefined,
  );
}

function watchPlaces(): void {
  let settled: Place = place.value;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const next = place.value;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const before = settled;
      settled = next;
      if (placeLink(before) !== placeLink(next)) add(stepBetween(before, next, nameOf));
    }, pause);
  });
}

/** The answers of one job are one step. */
function watchResults(): void {
  let known: ReadonlyMap<string, ResultInfo> = results.value;
  let fresh: ResultInfo[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const all = results.value;
    for (const [key, result] of all) if (known.get(key) !== result) fresh.push(result);
    known = all;
    const isWaiting = waiting.value.size > 0;
    clearTimeout(timer);
    if (fresh.length === 0 || isWaiting) return;
    timer = setTimeout(() => {
      add(runStep(fresh, nameOf));
      fresh = [];
    }, 200);
  });
}

/** Reports that were made while the page was open. */
function watchReports(): void {
  const open = new Set<string>();
  effect(() => {
    for (const job of jobs.value.values()) {
      if (job.kind !== 'report') continue;
      if (!isOver(job)) open.add(job.job);
      else if (open.delete(job.job) && job.state === 'done')
        add({ kind: 'report', text: 'made a report', link: placeLink(place.peek()), starred: false });
    }
  });
}
