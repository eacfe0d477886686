import { matchIndices } from '../../catalogue/index-pattern.ts';
import type { WordOrder } from '../../plan/search.ts';
import type { EsqlType } from '../../values/types.ts';

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
  /** A value, or a word of a text, that is nearly this one. */
  | {
      readonly kind: 'fuzzy';
      readonly field: string;
      readonly value: string;
      readonly distance: number;
      /** How many letters at the beginning must be the same. */
      readonly prefix: number;
    }
  /** Words of a text. `strict`: a text that no value of the field's type can have is an error. */
  | {
      readonly kind: 'words';
      readonly field: string;
      readonly text: string;
      readonly how: WordOrder;
      /** Of a phrase: how many places its words may be away from where they stand in it. */
      readonly slop?: number;
      /** Of what is no text: upper and lower case are alike. */
      readonly ignoreCase?: true;
      readonly strict?: true;
    }
  /** In any of the fields that a pattern names: what is asked of each, whatever field it names itself. */
  | { readonly kind: 'anyField'; readonly fields: readonly string[]; readonly test: FieldTest };

/** A condition on one field. */
export type FieldTest = Extract<Condition, { readonly field: string }>;

export type Value = string | number | bigint | boolean;

export interface Bound {
  readonly operator: '>=' | '>' | '<=' | '<';
  readonly value: Value;
}

/** A field that a pattern of names may name. */
export interface SearchableField {
  readonly name: string;
  readonly type: EsqlType;
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

/** The condition with field patterns written out over the fields there are. */
export function writtenOut(condition: Condition, fields: readonly SearchableField[]): Condition {
  const resolve = (part: Condition): Condition => writtenOut(part, fields);
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'enough':
      return { ...condition, parts: condition.parts.map(resolve) };
    case 'not':
      return { ...condition, part: resolve(condition.part) };
    case 'anyField': {
      const texts = fields.filter(({ type }) => type === 'keyword' || type === 'text' || type === 'ip');
      const wild = condition.fields.some((field) => field.includes('*'));
      const exact = condition.fields.filter((field) => !field.includes('*'));
      const all = [...new Set([...texts.map(({ name }) => name), ...exact])];
      const names = wild ? matchIndices(condition.fields, all) : condition.fields;
      return { kind: 'or', parts: names.map((name) => ({ ...condition.test, field: name })) };
    }
    default:
      return condition;
  }
}

/** Whether a condition looks into fields that it does not name. */
export const asksAnyField = (condition: Condition): boolean =>
  condition.kind === 'anyField' || partsOf(condition).some(asksAnyField);

/** The fields that a condition names. */
export function fieldsOf(condition: Condition): Set<string> {
  const own = condition.kind === 'ids' ? ['_id'] : 'field' in condition ? [condition.field] : [];
  return new Set([...own, ...partsOf(condition).flatMap((part) => [...fieldsOf(part)])]);
}
