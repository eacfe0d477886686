import type { ConstantScalar } from './expression.ts';

/**
 * What a search asks of a document, typed: every value is one of its field's type. It holds or it does not; of a field with
 * several values it is enough that one fits, and nothing fits where there is no value.
 */
export type SearchCondition =
  | { readonly kind: 'all' | 'none' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SearchCondition[] }
  | { readonly kind: 'not'; readonly part: SearchCondition }
  /** Enough of the parts hold. */
  | { readonly kind: 'enough'; readonly parts: readonly SearchCondition[]; readonly least: number }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'anyValue'; readonly field: string; readonly test: ValueTest };

/** A test of one value. */
export type ValueTest =
  | { readonly kind: 'never' }
  | { readonly kind: 'allOf' | 'anyOf'; readonly tests: readonly ValueTest[] }
  | { readonly kind: 'in'; readonly values: readonly ConstantScalar[] }
  | { readonly kind: 'equals'; readonly value: ConstantScalar }
  | { readonly kind: 'between'; readonly low: ConstantScalar; readonly high: ConstantScalar }
  | { readonly kind: 'compare'; readonly operator: '>=' | '>' | '<=' | '<'; readonly value: ConstantScalar }
  /** Equal in lower case. */
  | { readonly kind: 'equalsIgnoringCase'; readonly value: string }
  | { readonly kind: 'startsWith'; readonly prefix: string }
  /** The whole text fits a pattern: of `*` and `?`, or a regular expression in Lucene's syntax. */
  | { readonly kind: 'wildcard' | 'regexp'; readonly pattern: string; readonly ignoreCase: boolean }
  /** Maximum number of letters to put in, take out, change or swap, and how many at the beginning must be the same. */
  | { readonly kind: 'similar'; readonly value: string; readonly distance: number; readonly prefix: number }
  | {
      readonly kind: 'words';
      readonly text: string;
      readonly how: WordOrder;
      /** Of a phrase: how many places its words may be away from where they stand in it, all together. */
      readonly slop?: number;
    };

/**
 * Words of a text: in their order (`phrase`; `prefix`: the last may be the beginning of a word), or all or any of them, the
 * last the beginning of a word where the name says so.
 */
export type WordOrder = 'phrase' | 'prefix' | 'all' | 'any' | 'allPrefix' | 'anyPrefix';
