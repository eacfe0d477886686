import type { Span } from '../diagnostics/source-text.ts';
import type { CallOptions, ScalarFunction } from '../functions/definition.ts';
import type { EsqlType } from '../values/types.ts';
import type { Column } from './column.ts';

/** An amount of time: calendar parts for a `date_period`, milliseconds for a `time_duration`. */
export interface TimeSpan {
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
}

/**
 * A constant as the engine knows it: whole numbers as bigint, doubles as number, dates as bigint milliseconds, ips as
 * the bigint of their 16 bytes.
 */
export type ConstantScalar = bigint | number | string | boolean;
export type ConstantValue = ConstantScalar | readonly ConstantScalar[] | TimeSpan | null;

interface Typed {
  readonly type: EsqlType;
  readonly multi: boolean;
  /** Where the expression stands in the query; warnings point there. */
  readonly span: Span;
}

export interface Constant extends Typed {
  readonly kind: 'constant';
  readonly value: ConstantValue;
  /** What a call comes to: no literal of the query, and so not taken for a value of another type. */
  readonly folded?: true;
}

export interface ColumnReference extends Typed {
  readonly kind: 'column';
  readonly column: Column;
}

export interface Call extends Typed {
  readonly kind: 'call';
  readonly function: ScalarFunction;
  readonly args: readonly Expression[];
  readonly options?: CallOptions;
}

/** `CIDR_MATCH` with constant blocks after rewriting: sorted ranges of addresses that do not touch, bounds included. */
export interface InRanges extends Typed {
  readonly kind: 'inRanges';
  readonly value: Expression;
  readonly ranges: readonly { readonly low: bigint; readonly high: bigint }[];
}

/** Stands where an error was reported, so that nothing around it is reported as well. */
export interface Invalid extends Typed {
  readonly kind: 'invalid';
}

/** A typed expression. */
export type Expression = Constant | ColumnReference | Call | InRanges | Invalid;

export function constant(type: EsqlType, value: ConstantValue, span: Span): Constant {
  return { kind: 'constant', type, value, multi: Array.isArray(value), span };
}

export function reference(column: Column, span: Span): Expression {
  if (column.invalid) return invalid(span);
  return { kind: 'column', column, type: column.type, multi: column.multi, span };
}

export const invalid = (span: Span): Invalid => ({ kind: 'invalid', type: 'null', multi: false, span });

/** The expressions directly inside one. */
export function operands(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.args;
    case 'inRanges':
      return [expression.value];
    default:
      return [];
  }
}

/** Rebuilds an expression bottom-up; `change` sees each node after its operands. */
export function rewriteExpression(expression: Expression, change: (node: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'call': {
      const args = expression.args.map((arg) => rewriteExpression(arg, change));
      const same = args.every((arg, i) => arg === expression.args[i]);
      return change(same ? expression : { ...expression, args });
    }
    case 'inRanges': {
      const value = rewriteExpression(expression.value, change);
      return change(value === expression.value ? expression : { ...expression, value });
    }
    default:
      return change(expression);
  }
}

/** Calls `visit` for an expression and everything inside it. */
export function walkExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression);
  for (const operand of operands(expression)) walkExpression(operand, visit);
}

/** The columns that an expression reads, as often as it does. */
export function columnsIn(expression: Expression): Column[] {
  const columns: Column[] = [];
  walkExpression(expression, (part) => {
    if (part.kind === 'column') columns.push(part.column);
  });
  return columns;
}
