/** A query that is not understood; the message is for the client. */
export class QueryDslError extends Error {}

/** What a filter asks of a document. A field with several values fits when any of them does. */
export type Condition =
  | { readonly kind: 'all' | 'none' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  /** Enough of the parts hold. */
  | { readonly kind: 'enough'; readonly parts: readonly Condition[]; readonly least: number }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'ids'; readonly values: readonly string[] }
  | { readonly kind: 'equals'; readonly field: string; readonly values: readonly Value[]; readonly ignoreCase: boolean }
  | { readonly kind: 'range'; readonly field: string; readonly bounds: readonly Bound[] }
  | {
      readonly kind: 'wildcard' | 'regexp';
      readonly field: string;
      readonly pattern: string;
      readonly ignoreCase: boolean;
    }
  /** Words of a text: in their order, or all or any of them. */
  | {
      readonly kind: 'words';
      readonly field: string;
      readonly text: string;
      readonly how: 'phrase' | 'all' | 'any' | 'prefix';
    }
  /** In any of the fields that a pattern names. */
  | { readonly kind: 'anyField'; readonly fields: readonly string[]; readonly make: (field: string) => Condition };

export type Value = string | number | bigint | boolean;

export interface Bound {
  readonly operator: '>=' | '>' | '<=' | '<';
  readonly value: Value;
}

/** The conditions below a condition. */
export function partsOf(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'enough':
      return condition.parts;
    case 'not':
      return [condition.part];
    default:
      return [];
  }
}
