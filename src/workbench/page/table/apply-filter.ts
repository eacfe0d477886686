import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { opened } from '../hunt/opened.ts';
import { change } from '../state/location.ts';
import { run, sayError } from '../state/session.ts';
import { type Effect, withLimit, withWhere } from './filters.ts';

/** The question with a filter. A text of its own takes conditions on rows at its end. */
export function filteredQuestion({ question }: ResultInfo, effect: Effect, own: string): Question {
  switch (effect.kind) {
    case 'events': {
      const { only, exclude } = question;
      return effect.keeps
        ? { ...question, only: added(only, effect.condition) }
        : { ...question, exclude: added(exclude, effect.condition) };
    }
    case 'rows':
      return { ...question, text: withWhere(question.text ?? own, effect.condition) };
    case 'window':
      return { ...question, window: effect.window };
    case 'threshold': {
      const { name, value } = effect;
      return { ...question, set: [...question.set.filter((setting) => setting.name !== name), { name, value }] };
    }
  }
}

const added = (conditions: readonly string[], condition: string): readonly string[] =>
  conditions.includes(condition) ? conditions : [...conditions, condition];

/** Changes the question, a step that undo takes back, and runs it. */
export function applyFilter(result: ResultInfo, effect: Effect): void {
  ask(filteredQuestion(result, effect, ownText(result)));
}

/** Runs the question for more rows than its LIMIT lets through. */
export const askForMore = (result: ResultInfo, rows: number): void => {
  const { question } = result;
  ask({ ...question, text: withLimit(question.text ?? ownText(result), rows) });
};

function ask(question: Question): void {
  change(question);
  void run([question]).catch(sayError);
}

/** The text as its author wrote it, before chips. */
const ownText = ({ question, text }: ResultInfo): string => question.text ?? opened.value?.own ?? text;
