import type { Column } from '../../../plan/column.ts';
import { type Call, constant, reference } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import type { AnalysisContext } from './command.ts';

/*
 * CATEGORIZE needs all texts before it can say what any belongs to. Its call gives the tokens of a text; the different
 * ones are put into categories together, and every row gets the category of its own by a join.
 */

/** Rows with the categories of their texts as a column; a row with several texts becomes one for each. */
export function categorized(
  call: Call,
  name: string,
  input: Plan,
  context: AnalysisContext,
): { readonly plan: Plan; readonly column: Column } {
  const { span } = call;
  const rows = withTokens(call, input, context);
  const tokens = rows.column;
  const pairs = context.column('(categories)', 'keyword', true);
  const pair = { ...context.column('(category)', 'keyword', false) };
  const all: Plan = {
    kind: 'aggregate',
    input: rows.plan,
    groups: [],
    aggregates: [
      {
        column: pairs,
        function: 'CATEGORIES',
        args: [reference(tokens, span)],
        ...(call.options && { options: call.options }),
        filter: null,
        span,
      },
    ],
    output: [pairs],
  };
  const each: Plan = { kind: 'expand', input: all, source: pairs, column: pair, output: [pair] };
  const [key, category] = [context.column('(tokens)', 'keyword', false), context.column(name, 'keyword', false)];
  const definitions = [key, category].map((column, i) => ({
    column,
    expression: {
      kind: 'call' as const,
      function: 'PART',
      args: [reference(pair, span), constant('integer', BigInt(i + 1), span)],
      type: 'keyword' as const,
      multi: false,
      span,
    },
  }));
  const right: Plan = { kind: 'compute', input: each, definitions, output: [pair, key, category] };
  const column = context.column(name, 'keyword', false);
  const plan: Plan = {
    kind: 'join',
    input: rows.plan,
    right,
    on: [{ left: tokens, right: key }],
    nullsMatch: false,
    condition: null,
    collect: false,
    warns: null,
    taken: [{ source: category, column }],
    output: [...rows.plan.output, column],
  };
  return { plan, column };
}

function withTokens(call: Call, input: Plan, context: AnalysisContext): { plan: Plan; column: Column } {
  const tokens = context.column('(tokens)', 'keyword', call.multi);
  const output = [...input.output, tokens];
  const computed: Plan = { kind: 'compute', input, definitions: [{ column: tokens, expression: call }], output };
  if (!call.multi) return { plan: computed, column: tokens };
  const one = context.column('(tokens)', 'keyword', false);
  return {
    plan: { kind: 'expand', input: computed, source: tokens, column: one, output: [...input.output, one] },
    column: one,
  };
}
