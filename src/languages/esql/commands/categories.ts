import type { AggregateFunction, SingleValueFunction } from '../../../functions/definition.ts';
import { categoryFormat, categoryThreshold } from '../../../functions/grouping.ts';
import type { Column } from '../../../plan/column.ts';
import { type Call, reference } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { number, type Sql, sql, text } from '../../../sql/sql.ts';
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
    aggregates: [{ column: pairs, function: categories(call), args: [reference(tokens, span)], filter: null, span }],
    output: [pairs],
  };
  const each: Plan = { kind: 'expand', input: all, source: pairs, column: pair, output: [pair] };
  const [key, category] = [context.column('(tokens)', 'keyword', false), context.column(name, 'keyword', false)];
  const definitions = [key, category].map((column, i) => ({
    column,
    expression: {
      kind: 'call' as const,
      function: i === 0 ? before : after,
      args: [reference(pair, span)],
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

/** Each text with its category, a tab between them. */
const categories = ({ options }: Call): AggregateFunction => ({
  kind: 'aggregate',
  name: 'CATEGORIES',
  family: 'aggregate',
  parameters: [],
  returns: () => 'keyword',
  multi: true,
  duckdb([value]) {
    const counts = sql`to_json(histogram(${value!.single}) FILTER (WHERE ${value!.single} IS NOT NULL))::VARCHAR`;
    const given = sql`harrier_categories(${counts}, ${number(categoryThreshold(options))}::INTEGER, ${text(categoryFormat(options))})`;
    // A list even of one, for it is expanded at once, and named once, for it is costly.
    return { single: sql`NULL::VARCHAR`, list: sql`from_json(${given}, '["VARCHAR"]')` };
  },
  doc: '',
  example: '',
});

const part = (name: string, which: Sql): SingleValueFunction => ({
  kind: 'scalar',
  name,
  family: 'grouping',
  parameters: [],
  multivalue: 'null-and-warn',
  returns: () => 'keyword',
  duckdb: ([value]) => sql`split_part(${value!}, chr(9), ${which})`,
  doc: '',
  example: '',
});
const before = part('BEFORE TAB', sql`1`);
const after = part('AFTER TAB', sql`2`);
