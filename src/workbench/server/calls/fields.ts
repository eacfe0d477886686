import type { Session } from '../../../app/session/session.ts';
import { InputError, QueryError } from '../../../diagnostics/diagnostic.ts';
import { columnValues, presenceIn } from '../../../investigate/field-values.ts';
import { shownColumns } from '../../../languages/esql/analyze/shown-columns.ts';
import type { CompiledQuery } from '../../../languages/esql/compiled-query.ts';
import { outlineOf } from '../../../languages/esql/syntax/outline.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { Question } from '../../contract/question.ts';
import type { Handler } from '../call.ts';

import { explain } from '../errors.ts';
import { overridden } from '../overridden.ts';

/** Values of a field that the panel shows. */
const mostValues = 10;

/** The fields of a step: type, and in how many of its rows they have a value. The most frequent first. */
export const fields: Handler<'fields'> = ({ question, step }, workbench, signal) => {
  const { text } = workbench.options.library.job(question).esql;
  return workbench.ask(
    [text],
    async (session) => {
      try {
        const { plan, compiled } = await stepPlan(text, question, step, session);
        const { rows, present } = await presenceIn(plan, compiled, session.engine, signal);
        const found = plan.output.map(({ name, type }, i) => ({ name, type, present: present[i]!, rows }));
        return { fields: found.sort((a, b) => b.present - a.present || (a.name < b.name ? -1 : 1)), reason: null };
      } catch (error) {
        if (!(error instanceof QueryError || error instanceof InputError)) throw error;
        const reason = error instanceof QueryError ? error.diagnostics[0]!.message : explain(error).message;
        return { fields: [], reason };
      }
    },
    signal,
  );
};

/** What a field holds at a step. */
export const fieldValues: Handler<'field-values'> = ({ question, step, field }, workbench, signal) => {
  const { text } = workbench.options.library.job(question).esql;
  return workbench.ask(
    [text],
    async (session) => {
      const { plan, compiled } = await stepPlan(text, question, step, session);
      const column = plan.output.findLast(({ name }) => name === field);
      if (!column) throw new InputError(`there is no field ${field} at this step`);
      const found = await columnValues(plan, column, mostValues, compiled, session.engine, signal);
      return {
        ...found,
        ...{ least: wireCell(found.least), most: wireCell(found.most) },
        top: found.top.map(({ value, rows }) => ({ value: wireCell(value), rows })),
      };
    },
    signal,
  );
};

/** The plan of a question up to one of the commands of its text, with its chips. */
async function stepPlan(
  text: string,
  question: Question,
  step: number,
  session: Session,
): Promise<{ plan: Plan; compiled: CompiledQuery }> {
  const { engine, now } = session;
  const end = outlineOf(text)[step]?.span.end ?? text.length;
  const { query } = await overridden(text.slice(0, end), question, session);
  const compiled = query.withViews(engine.catalogue.views);
  const { plan } = compiled.plan(engine.catalogue, { now: now.getTime(), defaultLimit: null });
  return { plan: { kind: 'project', input: plan, output: shownColumns(plan.output) }, compiled };
}
