import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { CallError } from '../api/client.ts';
import { questionKey } from './location.ts';
import { results, run } from './session.ts';

/** The newest answer to each query of each hunt, with whatever chips it was asked last. */
export function newestAnswers(all: ReadonlyMap<string, ResultInfo>): ResultInfo[] {
  const found = new Map<string, ResultInfo>();
  for (const result of all.values()) {
    const { hunt, query, text } = result.question;
    const name = JSON.stringify([hunt ?? text, query]);
    found.delete(name);
    found.set(name, result);
  }
  return [...found.values()];
}

/** Does something with the answers to questions. Those that were never asked, or are no longer kept, are asked first. */
export async function withAnswers<T>(
  questions: readonly Question[],
  use: (answers: readonly string[]) => Promise<T>,
): Promise<T> {
  const found = (): string[] => questions.flatMap((question) => results.value.get(questionKey(question))?.answer ?? []);
  const missing = questions.filter((question) => !results.value.has(questionKey(question)));
  if (missing.length > 0) await run(missing);
  try {
    return await use(found());
  } catch (error) {
    if (!(error instanceof CallError && error.status === 410)) throw error;
    await run(questions);
    return use(found());
  }
}
