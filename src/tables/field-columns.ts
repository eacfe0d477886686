import type { Kind } from '../documents/columns.ts';
import { type FilledKinds, mergeKinds } from '../documents/document-reader.ts';

/*
 * Which columns a table has of a field, by the names of documents/columns.ts. A typed field has those of its type. A field
 * that no mapping knows has columns by the kinds of its values, so nothing in a table changes when its type widens.
 */

export type FieldColumns = TypedColumns | DynamicColumns;

export interface TypedColumns {
  readonly kind: 'typed';
  readonly single: boolean;
  /** Whether some document has several values. */
  readonly list: boolean;
}

export interface DynamicColumns extends FilledKinds {
  readonly kind: 'dynamic';
  /** Whether some whole number is negative, as far as that was asked: it only matters beside unsigned ones. */
  readonly hasNegative: boolean;
}

/** The kinds that a part of a dynamic field's columns holds. */
const kindOfPart = (part: string): Kind | null => {
  const kind = part.replace('[]', '');
  return kind === 'mixed' ? null : (kind as Kind);
};

/** The kinds of all values of a dynamic field. */
export function kindsOf({ columns, mixed, more }: FilledKinds): ReadonlySet<Kind> {
  const ofColumns = [...columns].flatMap((part) => kindOfPart(part) ?? []);
  return new Set([...ofColumns, ...mixed, ...more]);
}

/** Whether all that some columns have is there already. */
export function isWithin(columns: FieldColumns, all: FieldColumns | undefined): boolean {
  if (all?.kind === 'typed' && columns.kind === 'typed')
    return (all.single || !columns.single) && (all.list || !columns.list);
  if (all?.kind !== 'dynamic' || columns.kind !== 'dynamic') return false;
  const holds = <T>(own: ReadonlySet<T>, more: ReadonlySet<T>): boolean => [...own].every((one) => more.has(one));
  return (
    holds(columns.columns, all.columns) &&
    holds(columns.mixed, all.mixed) &&
    holds(columns.more, all.more) &&
    (all.moreHasLists || !columns.moreHasLists) &&
    (all.hasNegative || !columns.hasNegative)
  );
}

/** The columns that a field has in either of two places. */
export function mergeColumns(a: FieldColumns, b: FieldColumns): FieldColumns {
  if (a.kind === 'typed' && b.kind === 'typed')
    return { kind: 'typed', single: a.single || b.single, list: a.list || b.list };
  if (a.kind === 'typed' || b.kind === 'typed') return b;
  return { kind: 'dynamic', ...mergeKinds(a, b), hasNegative: a.hasNegative || b.hasNegative };
}

/** Columns as plain JSON, to be written beside a table; and back. */
export type WrittenColumns =
  | { readonly single: boolean; readonly list: boolean }
  | {
      readonly parts: readonly string[];
      readonly mixed: readonly Kind[];
      readonly more: readonly Kind[];
      readonly moreHasLists: boolean;
      readonly hasNegative: boolean;
    };

export function writeColumns(columns: FieldColumns): WrittenColumns {
  if (columns.kind === 'typed') return { single: columns.single, list: columns.list };
  const { mixed, more, moreHasLists, hasNegative } = columns;
  return { parts: [...columns.columns], mixed: [...mixed], more: [...more], moreHasLists, hasNegative };
}

export function readColumns(written: WrittenColumns): FieldColumns {
  if ('single' in written) return { kind: 'typed', ...written };
  const { parts, mixed, more, moreHasLists, hasNegative } = written;
  return {
    kind: 'dynamic',
    columns: new Set(parts) as FilledKinds['columns'],
    mixed: new Set(mixed),
    more: new Set(more),
    moreHasLists,
    hasNegative,
  };
}
