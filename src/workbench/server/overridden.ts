import { standardSurroundings } from '../../app/override-jobs.ts';
import { type Session, surroundingsOf } from '../../app/session/session.ts';
import { CompiledQuery } from '../../languages/esql/compiled-query.ts';
import { hasOverrides, type Overridden, override } from '../../overrides/override.ts';
import type { Question } from '../contract/question.ts';
import { overridesOf } from './questions.ts';

/** A text with the chips of a question, and where its pieces stand without them. */
export async function overridden(
  text: string,
  question: Question,
  session: Session,
): Promise<Pick<Overridden, 'query' | 'spanBefore'>> {
  const overrides = overridesOf(question);
  if (!hasOverrides(overrides)) return { query: new CompiledQuery(text), spanBefore: (span) => span };
  return override(text, overrides, surroundingsOf(session) ?? standardSurroundings());
}
