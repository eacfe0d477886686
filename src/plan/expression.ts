import type { Span } from '../diagnostics/source-text.ts';
import type { EsqlType } from '../values/types.ts';
import type { Column } from './column.ts';
import { mapList } from './map-list.ts';
import type { SearchCondition } from './search.ts';

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

/** What a call says in braces behind its arguments (`{"name": value}`). */
export type CallOptions = readonly { readonly name: string; readonly value: ConstantScalar }[];

/** The value of an option; undefined where the call says nothing of it. */
export const optionOf = (options: CallOptions | undefined, name: string): ConstantScalar | undefined =>
  options?.find((option) => option.name === name)?.value;

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

/** A call of a function or an operator, by its name in the table of functions. */
export interface Call extends Typed {
  readonly kind: 'call';
  readonly function: string;
  readonly args: readonly Expression[];
  readonly options?: CallOptions;
}

/** `CIDR_MATCH` with constant blocks after rewriting: sorted ranges of addresses that do not touch, bounds included. */
export interface InRanges extends Typed {
  readonly kind: 'inRanges';
  readonly value: Expression;
  readonly ranges: readonly { readonly low: bigint; readonly high: bigint }[];
}

/** A full-text function, or the filter of a request: what it asks of the fields that it looks into. */
export interface Search extends Typed {
  readonly kind: 'search';
  readonly function: string;
  /** What was searched for, as the query has it; null for a filter, which no query can say. */
  readonly query: Constant | null;
  readonly options?: CallOptions;
  readonly condition: SearchCondition;
  /** The fields that the condition names. */
  readonly fields: readonly { readonly name: string; readonly value: Expression }[];
}

/** Stands where an error was reported, so that nothing around it is reported as well. */
export interface Invalid extends Typed {
  readonly kind: 'invalid';
}

/** A typed expression. */
export type Expression = Constant | ColumnReference | Call | InRanges | Search | Invalid;

export function constant(type: EsqlType, value: ConstantValue, span: Span): Constant {
  return { kind: 'constant', type, value, multi: Array.isArray(value), span };
}

export function reference(column: Column, span: Span): Expression {
  if (column.invalid) return invalid(span);
  return { kind: 'column', column, type: column.type, multi: column.multi, span };
}

export const invalid = (span: Span): Invalid => ({ kind: 'invalid', type: 'null', multi: false, span });

type Kind = Expression['kind'];

/** What stands inside each kind of expression, and the same with each operand changed; itself where none changes. */
const children: { readonly [K in Kind]: Children<Extract<Expression, { kind: K }>> } = {
  constant: leaf(),
  column: leaf(),
  invalid: leaf(),
  call: {
    operands: ({ args }) => args,
    map(call, change) {
      const args = mapList(call.args, change);
      return args === call.args ? call : { ...call, args };
    },
  },
  inRanges: {
    operands: ({ value }) => [value],
    map(test, change) {
      const value = change(test.value);
      return value === test.value ? test : { ...test, value };
    },
  },
  search: {
    operands: ({ fields }) => fields.map(({ value }) => value),
    map(search, change) {
      const fields = mapList(search.fields, (field) => {
        const value = change(field.value);
        return value === field.value ? field : { ...field, value };
      });
      return fields === search.fields ? search : { ...search, fields };
    },
  },
};

interface Children<E extends Expression> {
  operands(expression: E): readonly Expression[];
  map(expression: E, change: (operand: Expression) => Expression): E;
}

function leaf<E extends Expression>(): Children<E> {
  return { operands: () => none, map: (expression) => expression };
}
const none: readonly Expression[] = [];

const childrenOf = (expression: Expression): Children<Expression> => children[expression.kind];

/** The expressions directly inside one. */
export const operands = (expression: Expression): readonly Expression[] => childrenOf(expression).operands(expression);

/** Rebuilds an expression bottom-up; `change` sees each node after its operands. */
export function rewriteExpression(expression: Expression, change: (node: Expression) => Expression): Expression {
  const rebuilt = (node: Expression): Expression => change(childrenOf(node).map(node, rebuilt));
  return rebuilt(expression);
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
