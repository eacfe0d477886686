import type { Session } from '../../../app/session/session.ts';
import { InputError, QueryError } from '../../../diagnostics/diagnostic.ts';
import { countEvents, eventRows } from '../../../investigate/event-rows.ts';
import { prefixCounts } from '../../../investigate/prefix-counts.ts';
import { outlineOf } from '../../../languages/esql/syntax/outline.ts';
import type { StepCount } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { Handler } from '../call.ts';
import { explain } from '../errors.ts';
import { beforeProblem, overridden } from '../overridden.ts';

/** How many rows a question has after each of its commands; as far as its text can be read. */
export const counts: Handler<'counts'> = async ({ question }, workbench, signal) => {
  const { text } = workbench.options.library.job(question).esql;
  const { revision } = workbench;
  const steps = await workbench.ask([text], (session) => countSteps(text, question, session, signal), signal);
  return { steps, revision };
};

async function countSteps(
  text: string,
  question: Question,
  session: Session,
  signal: AbortSignal,
): Promise<StepCount[]> {
  try {
    return await countText(text, question, session, signal);
  } catch (error) {
    if (!(error instanceof QueryError || error instanceof InputError)) throw error;
    const outline = outlineOf(text);
    const reason = error instanceof QueryError ? error.diagnostics[0]!.message : explain(error).message;
    const uncounted = outline.map(({ keyword, span }) => ({
      ...{ from: span.start, to: span.end, command: keyword, text: text.slice(span.start, span.end) },
      ...{ rows: null, reason },
    }));
    // The commands before the one that is wrong can be counted.
    const before = error instanceof QueryError ? beforeProblem(text, error) : null;
    if (before === null) return uncounted;
    const wrong = outlineOf(before).length;
    return [
      ...(await countSteps(before, question, session, signal)),
      ...uncounted.slice(wrong).map((step, i) => (i === 0 ? step : { ...step, reason: 'a step before it is wrong' })),
    ];
  }
}

async function countText(
  text: string,
  question: Question,
  session: Session,
  signal: AbortSignal,
): Promise<StepCount[]> {
  const { engine, now } = session;
  const { query, spanBefore } = await overridden(text, question, session);
  const { steps, text: ran } = await prefixCounts(query, engine, { now, signal });
  return steps.map(({ command, span, rows, reason }) => {
    const place = spanBefore(span);
    return {
      ...{ from: place?.start ?? null, to: place?.end ?? null, command, rows, reason },
      text: ran.slice(span.start, span.end),
    };
  });
}

/** How many events a condition leaves, of how many. */
export const conditionCount: Handler<'condition-count'> = ({ question, condition }, workbench, signal) => {
  const { text } = workbench.options.library.job(question).esql;
  return workbench.ask(
    [text],
    async (session) => {
      const { engine, now } = session;
      try {
        const countOf = async (asked: Question): Promise<number> => {
          const { query } = await overridden(text, asked, session);
          return countEvents(eventRows(query, engine, now), engine, signal);
        };
        const rows = await countOf({ ...question, only: [...question.only, condition] });
        return { rows, of: await countOf(question), reason: null };
      } catch (error) {
        if (!(error instanceof QueryError || error instanceof InputError)) throw error;
        const said = error instanceof QueryError ? error.diagnostics[0]!.message : error.message;
        // Options are those of the command line.
        return { rows: null, of: null, reason: said.replace(/^--(?:only|exclude): /, '') };
      }
    },
    signal,
  );
};
