import { checkText } from '../../../app/check.ts';
import { CompiledQuery } from '../../../languages/esql/compiled-query.ts';
import { formatEdits } from '../../../languages/esql/format.ts';
import { queryRules } from '../../../languages/esql/lint/lint.ts';
import { stepsOf } from '../../../languages/esql/steps.ts';
import type { Problem } from '../../contract/states.ts';
import type { Handler } from '../call.ts';
import { columnsOf } from '../cells.ts';
import { problemsOf } from '../problems.ts';

/** What is wrong with a text, and the columns after each of its commands. */
export const check: Handler<'language/check'> = async ({ text }, workbench, signal) => {
  const { catalogue, now } = await workbench.known.of(text, signal);
  const { queries } = workbench.known;
  const { error, lints } = await checkText(queries.of(text, catalogue), catalogue, now);
  const steps = stepsOf(text, catalogue, now.getTime(), queries);
  const remarks = lints.map(
    ({ rule, message, hint, span }): Problem => ({
      ...{ from: span.start, to: span.end, message, hint: hint ?? null, fix: null },
      severity: queryRules[rule].severity === 'warning' ? 'warning' : 'info',
    }),
  );
  return {
    problems: [...(error ? problemsOf(error) : []), ...remarks],
    steps: steps.map(({ command, span, columns }) => ({
      ...{ from: span.start, to: span.end, command },
      columns: columns && columnsOf(columns),
    })),
  };
};

/** Edits that put each command on a line of its own; none for a text that does not parse. */
export const format: Handler<'language/format'> = async ({ text }) => ({
  edits: new CompiledQuery(text).parsed.query
    ? formatEdits(text).map(({ span, text }) => ({ from: span.start, to: span.end, text }))
    : [],
});
