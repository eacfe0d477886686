import type { TrailEntry } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import type { Place } from '../state/location.ts';
import { placeLink, questionKey } from '../state/location.ts';

/** A step on its way to the trail. */
export type NewStep = Omit<TrailEntry, 'at'>;

type NameOf = (question: Question) => string;

const step = (kind: TrailEntry['kind'], text: string, link: string): NewStep => ({ kind, text, link, starred: false });

/** What a change of place did: other chips, or a row that was opened. Null for what only moves about. */
export function stepBetween(before: Place, after: Place, nameOf: NameOf): NewStep | null {
  const { question } = after;
  if (after.view !== 'hunt' || !question) return null;
  const name = nameOf(question);
  const link = placeLink({ ...after, options: {} });
  const isSame = before.question?.hunt === question.hunt && before.question.query === question.query;
  const own = isSame
    ? before.question!
    : { ...question, text: null, window: null, platform: null, set: [], only: [], exclude: [] };
  const changes = changesOf(own, question);
  if (changes.length > 0) return step('chip', `${name}: ${changes.join(', ')}`, link);
  const isOther = before.row !== after.row || before.panel !== after.panel;
  if (after.row === null || !isOther) return null;
  return step('drill', `${name}: row ${after.row + 1}${after.panel === null ? '' : `, ${after.panel}`}`, link);
}

/** What is different about a question, in words. */
function changesOf(before: Question, after: Question): string[] {
  const said: string[] = [];
  if (before.text !== after.text) said.push(after.text === null ? 'the text of its author again' : 'edited text');
  if (before.window !== after.window)
    said.push(after.window === null ? 'its own window again' : `window ${after.window}`);
  if (before.platform !== after.platform)
    said.push(after.platform === null ? 'every platform again' : `platform ${after.platform}`);
  const settings = ({ set }: Question): Map<string, string> => new Map(set.map(({ name, value }) => [name, value]));
  const [old, now] = [settings(before), settings(after)];
  for (const [name, value] of now) if (old.get(name) !== value) said.push(`${name} = ${value}`);
  for (const name of old.keys()) if (!now.has(name)) said.push(`${name} as its author set it`);
  for (const [word, of] of [
    ['only', (question: Question) => question.only],
    ['exclude', (question: Question) => question.exclude],
  ] as const) {
    for (const condition of of(after)) if (!of(before).includes(condition)) said.push(`${word} ${condition}`);
    for (const condition of of(before)) if (!of(after).includes(condition)) said.push(`no longer ${word} ${condition}`);
  }
  return said;
}

/** What came of a run: of one query its outcome, of several their tally. */
export function runStep(results: readonly ResultInfo[], nameOf: NameOf): NewStep | null {
  const [first] = results;
  if (!first) return null;
  if (results.length === 1)
    return step(
      'run',
      `${nameOf(first.question)}: ${first.outcome}${first.outcome === 'hits' ? ` ${first.rows}` : ''}`,
      questionKey(first.question),
    );
  const tally = new Map<string, number>();
  for (const { outcome } of results) tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
  const words = [...tally].map(([outcome, n]) => `${outcome} in ${n}`).join(', ');
  return step('run', `${results.length} queries: ${words}`, '#/');
}

/** What a call that succeeded did; null for calls that only ask. */
export function stepOfCall(name: string, request: unknown, nameOf: NameOf): NewStep | null {
  switch (name) {
    case 'judge': {
      const { question, row, verdict, note } = request as {
        question: Question;
        row: number;
        verdict: string | null;
        note: string | null;
      };
      const link = placeLink({ view: 'hunt', question, row, panel: null, options: {} });
      const about = `${nameOf(question)}: row ${row + 1}`;
      if (verdict !== null)
        return step('verdict', `${about} is ${verdict}${note === null ? '' : `: ${short(note)}`}`, link);
      return note === null
        ? step('verdict', `${about}: no verdict`, link)
        : step('note', `${about}: ${short(note)}`, link);
    }
    case 'accept/save': {
      const { question, conditions, reason } = request as {
        question: Question;
        conditions: readonly { column: string; value: string }[];
        reason: string;
      };
      const what = conditions.map(({ column, value }) => `${column} = ${value}`).join(', ');
      return step('accept', `${nameOf(question)}: accepted ${short(what)}: ${short(reason)}`, questionKey(question));
    }
    case 'runs/save': {
      const { name: saved } = request as { name: string };
      return step('save', `saved the run as ${saved}`, '#/runs');
    }
    default:
      return null;
  }
}

const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)} …` : text);
