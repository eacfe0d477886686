import type { Column } from '../../../plan/column.ts';
import { orderOf, type Plan } from '../../../plan/nodes.ts';
import type { InlineStatsCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { seriesIn } from './series.ts';
import { isCategorizeCall, parseStats, StatsAnalysis } from './stats.ts';

export const inlineStats: ProcessingDefinition<InlineStatsCommand> = {
  kind: 'processing',
  keyword: 'inline',
  since: '9.2',
  doc: 'Gives every row the aggregates of its group.',
  example: 'ROW a = 1, b = "x" | INLINE STATS total = SUM(a) BY b',

  parse(parser, span) {
    // INLINESTATS is how it was written at first.
    if (!/^inlinestats$/i.test(parser.source.slice(span))) parser.expectWord('stats');
    return { command: 'inline', ...parseStats(parser), span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    if (/^inlinestats\b/i.test(context.text(command.span)))
      context.warn('INLINESTATS is deprecated, use INLINE STATS instead', command.span);
    if (seriesIn(input))
      context.report(
        `INLINE STATS [${context.text(command.span)}] can only be used after STATS when used with TS command`,
        command.span,
      );
    const limit = limitBefore(input);
    if (limit)
      context.report(
        `INLINE STATS cannot be used after an explicit or implicit LIMIT command, but was [${context.text(command.span)}] after [LIMIT ${limit.count}]`,
        command.span,
      );
    const categorizes = command.groupings.find(({ expression }) => isCategorizeCall(expression));
    if (categorizes)
      context.report(
        `CATEGORIZE [${context.text(categorizes.expression.span)}] is not yet supported with INLINE STATS [${context.text(command.span)}]`,
        categorizes.expression.span,
      );
    const stats = new StatsAnalysis({ ...command, command: 'stats' }, input, context);
    const right = stats.plan(true);
    const keys = stats.keys;
    const collect = keys.some(({ source }) => source.multi);
    const isKey = (column: Column): boolean => keys.some((key) => key.column.id === column.id);
    const taken = right.output
      .filter((column) => !isKey(column))
      .map((source) => ({ source, column: collect ? context.column(source.name, source.type, true) : source }));
    const joined: Plan = {
      kind: 'join',
      input: stats.inputWithKeys,
      right,
      on: keys.map(({ source, column }) => ({ left: source, right: column })),
      nullsMatch: true,
      condition: null,
      collect,
      warns: null,
      taken,
      output: [...stats.inputWithKeys.output, ...taken.map(({ column }) => column)],
    };
    const order = orderOf(input);
    const sorted: Plan =
      order.length > 0 ? { kind: 'sort', input: joined, keys: order, output: joined.output } : joined;
    const made = [
      ...taken.map(({ column }) => column),
      ...stats.namedKeys.map(({ name, source }) => ({ ...source, name })),
    ];
    const kept = input.output.filter((column) => !made.some(({ name }) => name === column.name));
    return { kind: 'project', input: sorted, output: [...kept, ...made] };
  },
};

/** A limit whose rows would be taken for all. */
function limitBefore(plan: Plan): (Plan & { kind: 'limit' }) | null {
  if (plan.kind === 'limit') return plan;
  return plan.kind === 'scan' || plan.kind === 'oneRow' || plan.kind === 'union' ? null : limitBefore(plan.input);
}
