import type { ConstantScalar, ConstantValue } from '../plan/expression.ts';
import type { Sql } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';

/** A set of types a parameter takes, with the words Elasticsearch's messages use for it. */
export interface TypeSet {
  readonly types: readonly EsqlType[];
  readonly text: string;
}

export interface Parameter {
  readonly name: string;
  readonly accepts: TypeSet;
  readonly optional?: boolean;
  /** Only on the last parameter: any number of further arguments of the same kind. */
  readonly variadic?: boolean;
  /** The argument must be known before any row is read. */
  readonly constant?: boolean;
}

/** An argument as the analyzer knows it. `value` is there for constants only. */
export interface Argument {
  readonly type: EsqlType;
  readonly multi: boolean;
  readonly value?: ConstantValue;
  /** The argument as written. */
  readonly text: string;
}

/** What a call has at hand when it is turned into SQL. */
export interface EmitContext {
  readonly args: readonly Argument[];
  readonly type: EsqlType;
  /** What the call says in braces behind its arguments. */
  readonly options?: CallOptions;
}

/** Options of a call (`{"name": value}`), by name. */
export type CallOptions = ReadonlyMap<string, ConstantScalar>;

/** An option that a function takes. */
export interface OptionDefinition {
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean';
  readonly doc: string;
}

/**
 * The SQL of a value. A row that cannot be evaluated gives null; `failure` tells, of rows whose value is null, which
 * failed although their arguments are there. The query then answers with a warning that gives the reason (Java's class
 * and message, as Elasticsearch has it). Rows with a value never pay for it.
 */
export interface Evaluation {
  readonly value: Sql;
  readonly failure?: { readonly when: Sql; readonly reason: Sql };
}

/**
 * How a value stands in SQL. `single` holds the value of rows that have exactly one; `list`, where a column may be
 * multivalued, the list of those that have more. Each is null where the other applies, so a function of single values
 * reads `single` and needs no code for lists.
 */
export interface Representation {
  readonly single: Sql;
  readonly list: Sql | null;
  /** All values as one list, null where there is none: set where that is how the value is made. */
  readonly all?: Sql;
}

/** Hands for functions that treat null or lists in a way of their own. */
export interface CustomEmit extends EmitContext {
  /** SQL that gives null and records a warning; `reason` must depend on the row. */
  warn(reason: Sql, outcome?: 'null' | 'false'): Sql;
}

interface ScalarBase {
  readonly kind: 'scalar';
  /** In capitals, as documentation writes it. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  readonly parameters: readonly Parameter[];
  /** The type of the result; a text is the verification error. Called with arguments that the parameters accept. */
  returns(args: readonly Argument[], text: string): EsqlType | { readonly error: string };
  /** What is wrong with the arguments, if their types depend on one another; asked before each is looked at alone. */
  refuses?(args: readonly Argument[], text: string): string | null;
  /** Set where a null argument does not make the result null. */
  readonly keepsNulls?: true;
  /** Set where such a call is its first argument and nothing else, lists included. */
  isIdentity?(args: readonly Argument[]): boolean;
  readonly options?: readonly OptionDefinition[];
  /** Set where the zone of SET time_zone matters; the call gets it as its option `time_zone`. */
  readonly inTimeZone?: true;
  /** What is wrong with the values of options, if anything is. */
  checkOptions?(options: CallOptions): string | null;
  /** Makes keys of STATS, and stands in BY only. */
  readonly isGrouping?: true;
  /** What the call is when every argument is constant; undefined leaves it to the engine. */
  fold?(values: readonly ConstantValue[], context: EmitContext): ConstantValue | undefined;
  /** One line for the reference. */
  readonly doc: string;
  readonly example: string;
}

/** A function of single values: null in, null out; several values give null and a warning. */
export interface SingleValueFunction extends ScalarBase {
  readonly multivalue: 'null-and-warn';
  /** The SQL gives a list of values instead of one. */
  readonly givesList?: true;
  duckdb(args: readonly Sql[], context: EmitContext): Evaluation | Sql;
}

/** Applied to each value of its first argument; values that fail are dropped with a warning. */
export interface ElementwiseFunction extends ScalarBase {
  readonly multivalue: 'each';
  duckdb(args: readonly Sql[], context: EmitContext): Evaluation | Sql;
}

/** Has rules of its own for nulls and lists, and so is not emptied by a null argument. */
export interface CustomFunction extends ScalarBase {
  readonly multivalue: 'custom';
  resultIsMulti(args: readonly Argument[]): boolean;
  /** Set where an argument may not be evaluated for rows that do not need it. */
  readonly isLazy?: true;
  duckdb(args: readonly Representation[], context: CustomEmit): Representation;
}

export type ScalarFunction = SingleValueFunction | ElementwiseFunction | CustomFunction;

export interface AggregateContext extends EmitContext {
  /** Empty, or the clause that every aggregate of SQL must carry. */
  readonly filter: Sql;
  /** SQL that gives null, of the result's type or of the given one, for a row and records a warning. */
  warn(reason: Sql, storage?: Sql): Sql;
}

/** An aggregate. `filter` is empty or a FILTER clause that every SQL aggregate it uses must carry. */
export interface AggregateFunction {
  readonly kind: 'aggregate';
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: 'aggregate';
  readonly parameters: readonly Parameter[];
  returns(args: readonly Argument[]): EsqlType;
  /** The result may hold several values. */
  readonly multi: boolean;
  /** The value over no rows is this instead of null. */
  readonly duckdb: (
    args: readonly Representation[],
    context: AggregateContext,
  ) => Representation & { readonly failure?: Evaluation['failure'] };
  /** What else must be right about the arguments; a text is the verification error. */
  check?(args: readonly Argument[], call: string): string | null;
  readonly doc: string;
  readonly example: string;
}

export type FunctionDefinition = ScalarFunction | AggregateFunction;
