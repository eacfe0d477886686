import { standardSurroundings } from '../../app/override-jobs.ts';
import { type Session, surroundingsOf } from '../../app/session/session.ts';
import type { QueryError } from '../../diagnostics/diagnostic.ts';
import { CompiledQuery } from '../../languages/esql/compiled-query.ts';
import { outlineOf } from '../../languages/esql/syntax/outline.ts';
import { hasOverrides, type Overridden, override } from '../../overrides/override.ts';
import type { Question } from '../contract/question.ts';
import { overridesOf } from './questions.ts';

/** The commands before the one that is wrong; null where it is the first, or the text is not what is wrong. */
export function beforeProblem(text: string, { source, diagnostics }: QueryError): string | null {
  if (source.text !== text) return null;
  const outline = outlineOf(text);
  const place = diagnostics.reduce((least, { span }) => Math.min(least, span.start), text.length);
  const wrong = outline.findLastIndex(({ bar, span }) => (bar ?? span.start) <= place);
  return wrong <= 0 ? null : text.slice(0, outline[wrong - 1]!.span.end);
}

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
