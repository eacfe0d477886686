import type { CallOptions, ConstantValue } from '../plan/expression.ts';
import type { Since } from '../values/release.ts';
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

export type Parameters = readonly Parameter[];

/** What stands for the arguments of such parameters: one for each, or none where it may be left out, or several. */
export type ArgumentsOf<P extends Parameters, T> = P extends readonly []
  ? readonly []
  : P extends readonly [infer First, ...infer Rest extends Parameters]
    ? First extends { readonly variadic: true }
      ? First extends { readonly optional: true }
        ? readonly T[]
        : readonly [T, ...T[]]
      : First extends { readonly optional: true }
        ? readonly [T?, ...ArgumentsOf<Rest, T>]
        : readonly [T, ...ArgumentsOf<Rest, T>]
    : readonly (T | undefined)[];

/** An argument as the analyzer knows it. `value` is there for constants only. */
export interface Argument {
  readonly type: EsqlType;
  readonly multi: boolean;
  readonly value?: ConstantValue;
  /** The argument as written. */
  readonly text: string;
}

/** An option that a function takes. */
export interface OptionDefinition {
  readonly name: string;
  /** A `distance` is a number, a text or a span of time, whichever the other arguments ask for. */
  readonly type: 'text' | 'number' | 'boolean' | 'distance';
  readonly doc: string;
}

/** What the reference shows; a function that no query can call has none. */
interface Documentation {
  /** One line for the reference. */
  readonly doc: string;
  readonly example: string;
}

interface Entry<P extends Parameters> extends Documentation {
  readonly aliases?: readonly string[];
  readonly parameters: P;
  readonly options?: readonly OptionDefinition[];
}

/** What all functions of single rows have in common, whatever they do with several values. */
export interface ScalarEntry<P extends Parameters = Parameters> extends Entry<P> {
  /** The type of the result; a text is the verification error. Called with arguments that the parameters accept. */
  returns(args: ArgumentsOf<P, Argument>, text: string): EsqlType | { readonly error: string };
  /** What is wrong with the arguments, if their types depend on one another; asked before each is looked at alone. */
  refuses?(args: ArgumentsOf<P, Argument>, text: string): string | null;
  /** Set where a null argument does not make the result null. */
  readonly keepsNulls?: true;
  /** Set where such a call is its first argument and nothing else, lists included. */
  isIdentity?(args: ArgumentsOf<P, Argument>): boolean;
  /** Set where the zone of SET time_zone matters; the call gets it as its option `time_zone`. */
  readonly inTimeZone?: true;
  /** What is wrong with the values of options, if anything is. */
  checkOptions?(options: CallOptions): string | null;
  /** Makes keys of STATS, and stands in BY only. */
  readonly isGrouping?: true;
  /** What the call is when every argument is constant; undefined leaves it to the engine. */
  fold?(
    values: ArgumentsOf<P, ConstantValue>,
    context: { readonly args: ArgumentsOf<P, Argument>; readonly type: EsqlType },
  ): ConstantValue | undefined;
  /** Set on a condition that a single value cannot make fail. */
  readonly neverFails?: true;
  /** Set on a condition that few rows meet, as a rule. */
  readonly isSelective?: true;
}

/** A function of single values: null in, null out; several values give null and a warning. */
export interface SingleValueEntry<P extends Parameters = Parameters> extends ScalarEntry<P> {
  readonly multivalue: 'null-and-warn';
  /** The result may be a list of values instead of one. */
  readonly givesList?: true;
  /** A list that it gives always holds a value. */
  readonly givesSome?: true;
}

/** Applied to each value of its first argument; values that fail are dropped with a warning. */
export interface ElementwiseEntry<P extends Parameters = Parameters> extends ScalarEntry<P> {
  readonly multivalue: 'each';
}

/** Has rules of its own for nulls and lists, and so is not emptied by a null argument. */
export interface CustomEntry<P extends Parameters = Parameters> extends ScalarEntry<P> {
  readonly multivalue: 'custom';
  resultIsMulti(args: ArgumentsOf<P, Argument>): boolean;
  /** Set where an argument may not be evaluated for rows that do not need it. */
  readonly isLazy?: true;
}

/** A function of many rows. Over no rows it is null, unless it is said what it is. */
export interface AggregateEntry<P extends Parameters = Parameters> extends Entry<P> {
  returns(args: ArgumentsOf<P, Argument>): EsqlType;
  /** The result may hold several values. */
  readonly multi?: boolean;
  /** What else must be right about the arguments; a text is the verification error. */
  check?(args: ArgumentsOf<P, Argument>, call: string): string | null;
  /** What it is over no rows. */
  readonly overNothing?: bigint | boolean;
  /** Set where it is of one time series: the aggregate that it comes to there, or its own name where none does. */
  readonly overTime?: string;
  /** The aggregate that puts the results of parts together. */
  readonly combinedBy?: string;
}

interface Named {
  /** In capitals, as documentation writes it. */
  readonly name: string;
  readonly family: string;
  /** The release of Elasticsearch that it came with; none where every release has it. */
  readonly since?: Since;
}

export type ScalarFunction = { readonly kind: 'scalar' } & Named & (SingleValueEntry | ElementwiseEntry | CustomEntry);
export type AggregateFunction = { readonly kind: 'aggregate' } & Named & AggregateEntry;
export type FunctionDefinition = ScalarFunction | AggregateFunction;

/* An entry keeps the type of its parameters, from which its arguments and those of its SQL have theirs. */

type Without<E> = Omit<E, 'multivalue'>;

export const singleValue = <const P extends Parameters>(entry: Without<SingleValueEntry<P>>) => ({
  kind: 'scalar' as const,
  multivalue: 'null-and-warn' as const,
  ...entry,
});

export const eachValue = <const P extends Parameters>(entry: Without<ElementwiseEntry<P>>) => ({
  kind: 'scalar' as const,
  multivalue: 'each' as const,
  ...entry,
});

export const allValues = <const P extends Parameters>(
  entry: Omit<CustomEntry<P>, 'multivalue' | 'resultIsMulti'> & Partial<Pick<CustomEntry<P>, 'resultIsMulti'>>,
) => ({
  kind: 'scalar' as const,
  multivalue: 'custom' as const,
  resultIsMulti: () => false,
  ...entry,
});

export const aggregate = <const P extends Parameters>(entry: AggregateEntry<P>) => ({
  kind: 'aggregate' as const,
  ...entry,
});

type Entries = Readonly<Record<string, object>>;
type NamedEntries<T extends Entries> = { readonly [N in keyof T]: T[N] & Named };

/** Functions that the reference shows together, each by its name. */
export const family = <T extends Entries>(name: string, entries: T): NamedEntries<T> => familySince(name, {}, entries);

/** The same, where some of them came with later releases of Elasticsearch. */
export function familySince<T extends Entries>(
  name: string,
  since: { readonly [R in Since]?: readonly (keyof T)[] },
  entries: T,
): NamedEntries<T> {
  const releases = new Map<keyof T, Since>();
  for (const [release, names] of Object.entries(since) as [Since, readonly (keyof T)[]][])
    for (const one of names) releases.set(one, release);
  const named = Object.entries(entries).map(([key, entry]) => {
    const release = releases.get(key);
    return [key, { name: key, family: name, ...(release && { since: release }), ...entry }];
  });
  return Object.fromEntries(named) as NamedEntries<T>;
}
