import type { Argument, ArgumentsOf, Parameters } from '../../../functions/definition.ts';
import type { CallOptions } from '../../../plan/expression.ts';
import type { EsqlType } from '../../../values/types.ts';
import { join, type Sql, sql, text } from '../../sql.ts';
import type { Representation } from '../representation.ts';
import { storageType } from '../storage-type.ts';

/**
 * The SQL of a value. A row that cannot be evaluated gives null; `failure` tells, of rows whose value is null, which
 * failed although their arguments are there. The query then answers with a warning that gives the reason (Java's class
 * and message, as Elasticsearch has it). Rows with a value never pay for it.
 */
export interface Evaluation {
  readonly value: Sql;
  readonly failure?: { readonly when: Sql; readonly reason: Sql };
}

/** What a call has at hand when it is turned into SQL. */
export interface EmitContext<P extends Parameters = Parameters> {
  readonly args: ArgumentsOf<P, Argument>;
  readonly type: EsqlType;
  /** What the call says in braces behind its arguments. */
  readonly options?: CallOptions;
}

/** Hands for functions that treat null or lists in a way of their own. */
export interface CustomContext<P extends Parameters = Parameters> extends EmitContext<P> {
  /**
   * SQL that gives null, of the result's type or of the given one, and records a warning; `reason` must depend on the row.
   */
  warn(reason: Sql, outcome?: 'null' | 'false', storage?: Sql): Sql;
  /** A value made of the single ones of some arguments; null and a warning where one of them has several. */
  ofSingles(args: readonly Representation[], value: Sql): Sql;
}

export interface AggregateContext<P extends Parameters = Parameters> extends EmitContext<P> {
  /** Empty, or the clause that every aggregate of SQL must carry. */
  readonly filter: Sql;
  /** SQL that gives null, of the result's type or of the given one, for a row and records a warning. */
  warn(reason: Sql, storage?: Sql): Sql;
}

export type AggregateValue = Representation & { readonly failure?: Evaluation['failure'] };

/** A function that has no SQL of its own, and why. */
export interface Unsupported {
  readonly unsupported: string;
}
export const unsupported = (why: string): Unsupported => ({ unsupported: why });

/** The SQL of single values. */
export type ValueSql<P extends Parameters = Parameters> = Method<ArgumentsOf<P, Sql>, EmitContext<P>, Evaluation | Sql>;
/** The SQL of a function with rules of its own for nulls and lists. */
export type CustomSql<P extends Parameters = Parameters> = Method<
  ArgumentsOf<P, Representation>,
  CustomContext<P>,
  Representation
>;
export type AggregateSql<P extends Parameters = Parameters> = Method<
  ArgumentsOf<P, Representation>,
  AggregateContext<P>,
  AggregateValue
>;

/** What TypeScript compares as a method: the table of all functions calls each with a list of arguments. */
type Method<A, C, R> = { call(args: A, context: C): R }['call'];

type Entry = { readonly parameters: Parameters };
type SqlOf<D> = D extends Entry & { readonly kind: 'aggregate' }
  ? AggregateSql<D['parameters']>
  : D extends Entry & { readonly multivalue: 'custom' }
    ? CustomSql<D['parameters']>
    : D extends Entry
      ? ValueSql<D['parameters']>
      : never;

/** The SQL of every function of a table, by name: one that is missing does not compile. */
export type SqlFor<T> = { readonly [N in keyof T]: SqlOf<T[N]> | Unsupported };

/** Why a row with several values has none where one is asked for. */
export const severalValues: Sql = text(
  'java.lang.IllegalArgumentException: single-value function encountered multi-value',
);

/** A value of a parameter that takes one value only: null and a warning where there are several. */
export const oneOf = ({ single, list }: Representation, type: EsqlType, warn: CustomContext['warn']): Sql =>
  list
    ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(severalValues, 'null', storageType(type))} ELSE ${single} END`
    : single;

/** A constant that is there. */
const isConstant = (value: Sql): boolean => /^(?:'(?:[^']|'')*'|-?[0-9]+)$/.test(value);

/** A value that is null where one of these is: some functions of the engine pass over nulls (`greatest`, `CASE`). */
export function withAll(present: readonly Sql[], value: Sql): Sql {
  const asked = present.filter((one) => !isConstant(one));
  if (asked.length === 0) return value;
  return sql`(CASE WHEN ${join(
    asked.map((one) => sql`(${one}) IS NOT NULL`),
    ' AND ',
  )} THEN ${value} END)`;
}
