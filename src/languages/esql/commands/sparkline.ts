import { bucketStarts, bucketsOf } from '../../../functions/buckets.ts';
import * as types from '../../../functions/types.ts';
import { conditionOf } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { type Call, constant, type Expression, reference, rewriteExpression } from '../../../plan/expression.ts';
import type { AggregateCall } from '../../../plan/nodes.ts';
import { parseDate } from '../../../values/date.ts';
import { type EsqlType, isWholeNumber, messageName } from '../../../values/types.ts';
import type { SyntaxExpression } from '../syntax/ast.ts';
import type { AnalysisContext } from './command.ts';

/*
 * SPARKLINE(aggregate, key, buckets, from, to): the aggregate of each bucket of time, zero where it has no rows. It comes
 * to an aggregate a bucket, of the rows whose dates lie there.
 */

type SyntaxCall = Extract<SyntaxExpression, { kind: 'call' }>;

/** Maximum number of buckets that may be asked for, as in Elasticsearch, and that they may come to: years have no end. */
const [mostAsked, mostBuckets] = [100, 1000];

/** The buckets of a sparkline: what all sparklines of a STATS share. */
export interface SparklineBuckets {
  /** The arguments as written. */
  readonly text: string;
  /** The start of the bucket that a row is in. */
  readonly definition: { readonly column: Column; readonly expression: Call };
  readonly starts: readonly bigint[];
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Reads the last four arguments of a SPARKLINE; null where a problem was reported. */
export function sparklineBuckets(
  node: SyntaxCall,
  scope: readonly Column[],
  context: AnalysisContext,
): SparklineBuckets | null {
  const text = context.text(node.span);
  const refuse = (message: string): null => {
    context.report(message, node.span);
    return null;
  };
  if (node.args.length !== 5)
    return refuse(`error building [sparkline]: function [sparkline] expects exactly five arguments`);
  const args = node.args.slice(1).map((arg) => context.resolve(arg, scope));
  if (args.some(({ kind }) => kind === 'invalid')) return null;
  const wanted = [types.date.text, types.wholeNumber.text, 'date or keyword or text', 'date or keyword or text'];
  for (const [i, arg] of args.entries()) {
    const written = context.text(arg.span);
    const argument = `${ordinals[i + 1]} argument of [${text}]`;
    if (arg.type === 'null') return refuse(`${argument} cannot be null, received [${written}]`);
    const fits = i === 0 ? arg.type === 'date' : i === 1 ? isWholeNumber(arg.type) : isBound(arg.type);
    if (!fits)
      return refuse(
        `${argument} must be [${i === 0 ? 'date' : wanted[i]}], found value [${written}] type [${messageName(arg.type)}]`,
      );
    if (i > 0 && arg.kind !== 'constant') return refuse(`${argument} must be a constant, received [${written}]`);
  }
  const [key, size, ...bounds] = args as [Expression, Expression, Expression, Expression];
  const asked = size.kind === 'constant' ? Number(size.value) : 0;
  if (asked < 1) return refuse(`third argument of [${text}] must be greater than [0], received [${asked}]`);
  if (asked > mostAsked) return refuse(`The buckets argument of SPARKLINE must not exceed ${mostAsked}`);
  const times = bounds.map((bound) => timeOf(bound));
  const wrong = times.indexOf(null);
  if (wrong >= 0) {
    const bound = bounds[wrong]!;
    const value = bound.kind === 'constant' ? bound.value : '';
    return refuse(
      `Cannot convert string [${value}] to [DATETIME], error [failed to parse date field [${value}] with format [strict_date_optional_time]]`,
    );
  }
  const [from, to] = times.map((value) => ({ type: 'date', multi: false, value: value!, text: '' }) as const);
  const zone = context.timeZone;
  const { interval, range } = bucketsOf(true, { ...from!, type: 'integer', value: BigInt(asked) }, from, to, zone);
  if (range!.count > mostBuckets)
    return refuse(`[${text}] comes to ${range!.count} buckets, more than ${mostBuckets}: it needs a shorter range`);
  const { span } = node;
  const isPeriod = interval!.months > 0 || interval!.days > 0;
  const expression: Call = {
    ...{ kind: 'call', function: 'DATE_TRUNC', type: 'date', multi: false, span },
    args: [constant(isPeriod ? 'date_period' : 'time_duration', interval!, span), key],
    ...(zone !== null && { options: [{ name: 'time_zone', value: zone }] }),
  };
  return {
    text: node.args
      .slice(1)
      .map((arg) => context.text(arg.span))
      .join(', '),
    definition: { column: context.column('(bucket)', 'date', false), expression },
    starts: bucketStarts(interval!, range!.from, range!.to, zone),
  };
}

const isBound = (type: EsqlType): boolean => type === 'date' || type === 'keyword' || type === 'text';

function timeOf(bound: Expression): bigint | null {
  const value = bound.kind === 'constant' ? bound.value : null;
  return typeof value === 'bigint' ? value : typeof value === 'string' ? parseDate(value) : null;
}

/** A value made of aggregates in each of the buckets, as one list, and the aggregates that it takes. */
export function inBuckets(
  value: Expression,
  calls: readonly AggregateCall[],
  { definition, starts }: SparklineBuckets,
  context: AnalysisContext,
): { readonly expression: Expression; readonly calls: readonly AggregateCall[] } {
  const { span } = value;
  const type = value.type === 'null' ? 'long' : value.type;
  const zero = constant(type, type === 'double' ? 0 : 0n, span);
  const made: AggregateCall[] = [];
  const values = starts.map((start) => {
    const isHere = conditionOf('==', [reference(definition.column, span), constant('date', start, span)], span);
    const own = new Map(
      calls.map((call) => {
        const column = context.column(call.column.name, call.column.type, call.column.multi);
        const filter = call.filter ? conditionOf('AND', [isHere, call.filter], span) : isHere;
        made.push({ ...call, column, filter });
        return [call.column.id, column];
      }),
    );
    const here = rewriteExpression(value, (node) => {
      const column = node.kind === 'column' ? own.get(node.column.id) : undefined;
      return column ? reference(column, node.span) : node;
    });
    return value.type === 'null' ? zero : context.coalesce(here, zero);
  });
  return { expression: appended(values, type, span), calls: made };
}

/** Values as one list: a tree, for the engine bounds how deep an expression may be. */
function appended(values: readonly Expression[], type: EsqlType, span: Expression['span']): Expression {
  if (values.length === 0) return constant(type, null, span);
  if (values.length === 1) return values[0]!;
  const half = Math.ceil(values.length / 2);
  const args = [values.slice(0, half), values.slice(half)].map((part) => appended(part, type, span));
  return { kind: 'call', function: 'MV_APPEND', args, type, multi: true, span };
}
