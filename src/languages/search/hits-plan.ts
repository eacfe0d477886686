import { patternMatcher } from '../../catalogue/index-pattern.ts';
import type { Column } from '../../plan/column.ts';
import type { Plan, SortKey } from '../../plan/nodes.ts';
import { columnValue, computed } from './calls.ts';
import type { Documents, Rows } from './documents.ts';
import type { HitsRequest } from './search-request.ts';
import { type KeyOfSort, sortKeys } from './sort-keys.ts';

/** A field that hits show, and how its dates are written. */
export interface ShownField {
  readonly name: string;
  readonly column: Column;
  readonly format: string | null;
}

/** What the columns of a row are. In this order: `marks`, sort keys, fields. */
export interface HitColumns {
  readonly marks: readonly Column[];
  readonly keys: readonly KeyOfSort[];
  readonly fields: readonly ShownField[];
}

/** Names the columns that hits of a request need. Throws a SearchError for a sort that cannot be. */
export function hitColumns(request: HitsRequest, documents: Documents, now: number): HitColumns {
  const { source, version } = request.form;
  const marks = [
    ...(['_index', '_id', '_place', '_ignored'] as const),
    ...(source.shown ? (['_source'] as const) : []),
    ...(version ? (['_version'] as const) : []),
  ];
  return {
    marks: marks.map((mark) => documents.mark(mark)),
    keys: sortKeys(request.sort, documents, now),
    fields: shownFields(request, documents),
  };
}

function shownFields({ form: { fields } }: HitsRequest, documents: Documents): ShownField[] {
  const shown = new Map<string, ShownField>();
  for (const { pattern, format } of fields) {
    const names = pattern.includes('*') ? documents.fieldNames.filter(patternMatcher(pattern)) : [pattern];
    for (const name of names) {
      const column = documents.field(name);
      if (column) shown.set(name, { name, column, format });
    }
  }
  return [...shown.values()];
}

/** The order of hits: by the keys of the sort, then by their place. */
export function orderOfHits({ keys, marks }: HitColumns): readonly SortKey[] {
  const place = marks.find(({ name }) => name === '_place')!;
  const byPlace = keys.some(({ expression }) => expression.kind === 'column' && expression.column.id === place.id);
  return byPlace ? keys : [...keys, { expression: columnValue(place), descending: false, nulls: 'last' }];
}

/** The first hits of rows in the order of a search. */
export function hitsInOrder(rows: Plan, columns: HitColumns, count: number): Plan {
  const sorted: Plan = { kind: 'sort', input: rows, keys: orderOfHits(columns), output: rows.output };
  return { kind: 'limit', input: sorted, count: BigInt(count), output: rows.output };
}

/** What rows of hits show. */
export function shownHits(hits: Plan, columns: HitColumns, fresh: Rows['fresh']): Plan {
  const values = columns.keys.map(({ expression }, i) =>
    expression.kind === 'column'
      ? { column: expression.column, expression: null }
      : { column: fresh(`sort ${i}`, expression.type), expression },
  );
  const input = computed(
    hits,
    values.flatMap(({ column, expression }) => (expression ? [{ column, expression }] : [])),
  );
  const output = [
    ...columns.marks,
    ...values.map(({ column }) => column),
    ...columns.fields.map(({ column }) => column),
  ];
  return { kind: 'project', input, output };
}
