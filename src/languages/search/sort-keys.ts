import { allOf, conditionOf, given } from '../../plan/build.ts';
import type { Column } from '../../plan/column.ts';
import type { ConstantScalar, Expression } from '../../plan/expression.ts';
import type { SortKey } from '../../plan/nodes.ts';
import { type EsqlType, isNumeric } from '../../values/types.ts';
import { valueIn } from '../filters/typed-condition.ts';
import { call, columnValue } from './calls.ts';
import type { Documents } from './documents.ts';
import { illegal, SearchError } from './search-error.ts';
import type { SortField, SortMode } from './search-request.ts';

/** A key of a sort over columns: what hits are ordered by, and how they show it. */
export interface KeyOfSort extends SortKey {
  /** How dates are written; null for milliseconds. */
  readonly format: string | null;
  /** Of the score: each hit has the same. */
  readonly isScore: boolean;
}

/** The keys that the fields of a sort stand for. Throws a SearchError for a field that cannot be sorted by. */
export function sortKeys(sort: readonly SortField[], documents: Documents, now: number): KeyOfSort[] {
  return sort.map((key): KeyOfSort => {
    const { descending } = key;
    const plain = { descending, nulls: 'last', format: null, isScore: false } as const;
    if (key.kind !== 'field')
      return key.kind === 'score'
        ? { ...plain, expression: given('double', 1), isScore: true }
        : { ...plain, expression: columnValue(documents.mark('_place')) };
    const column = documents.field(key.field);
    if (column === null && !key.ignoresUnmapped)
      throw new SearchError('query_shard_exception', `No mapping found for [${key.field}] in order to sort on`);
    const value = column === null ? given('null', null) : oneValue(column, key.mode ?? (descending ? 'max' : 'min'));
    return {
      ...plain,
      format: key.format,
      nulls: key.missing === 'first' ? 'first' : 'last',
      expression:
        typeof key.missing === 'object' && column !== null
          ? withValue(value, key.field, key.missing.value, now)
          : value,
    };
  });
}

/** Elasticsearch's answer to who sorts by a text, or counts its values. */
export const noFielddata = (field: string): SearchError =>
  illegal(
    `Fielddata is disabled on [${field}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead.`,
  );

/** Which of several values a document is sorted by. */
function oneValue(column: Column, mode: SortMode): Expression {
  if (column.type === 'text') throw noFielddata(column.name);
  const value = columnValue(column);
  if (!column.multi) return value;
  if (mode !== 'min' && mode !== 'max' && !isNumeric(column.type))
    throw illegal(`sort mode [${mode}] is not supported on field [${column.name}] of type [${column.type}]`);
  const isMean = mode === 'avg' || mode === 'median';
  return call(`MV_${mode.toUpperCase()}`, isMean ? 'double' : column.type, value);
}

function withValue(value: Expression, field: string, missing: unknown, now: number): Expression {
  return call('COALESCE', value.type, value, given(value.type, constantOf(value.type, missing, field, now)));
}

/** A value of a request as a constant of a field's type; throws a SearchError where it is none. */
export function constantOf(type: EsqlType, value: unknown, field: string, now: number): ConstantScalar {
  const constant = valueIn(type, value as ConstantScalar, now, false);
  if (constant === null) throw illegal(`Failed to parse value [${String(value)}] for field [${field}]`);
  return constant;
}

/** What Elasticsearch shows for a whole number or a date that is missing, which stands at an end of all of them. */
const beyond = 2 ** 63;

/**
 * True for rows that come behind one with these values: at the first key in which they differ they stand behind. The last
 * key distinguishes all rows only where it is the place of a document.
 */
export function standsBehind(keys: readonly KeyOfSort[], values: readonly unknown[], now: number): Expression {
  if (values.length !== keys.length)
    throw illegal(`search_after has ${values.length} value(s) but sort has ${keys.length}.`);
  const bounds = keys.map(({ expression }, i) => boundOf(expression.type, values[i], i, now));
  const alternatives = keys.flatMap((key, i) => {
    const after = behind(key, bounds[i]!);
    if (after === null) return [];
    const equal = keys.slice(0, i).map((before, j) => sameAs(before, bounds[j]!));
    return [allOf([...equal, after])!];
  });
  return alternatives.length === 0
    ? given('boolean', false)
    : alternatives.reduce((any, next) => conditionOf('OR', [any, next]));
}

type Bound = ConstantScalar | 'missing';

function boundOf(type: EsqlType, value: unknown, i: number, now: number): Bound {
  const isWhole = type === 'long' || type === 'integer' || type === 'date' || type === 'date_nanos';
  if (value === null || type === 'null' || value === 'Infinity' || value === '-Infinity') return 'missing';
  if (isWhole && Math.abs(Number(value)) >= beyond) return 'missing';
  return constantOf(type, value, `_search_after_${i}`, now);
}

function behind({ expression, descending, nulls, isScore }: KeyOfSort, bound: Bound): Expression | null {
  if (isScore || expression.type === 'null') return null;
  const isMissing = conditionOf('IS NULL', [expression]);
  if (bound === 'missing') return nulls === 'first' ? conditionOf('IS NOT NULL', [expression]) : null;
  const further = compared(expression, descending ? '<' : '>', bound);
  return nulls === 'last' ? conditionOf('OR', [further, isMissing]) : further;
}

function sameAs({ expression, isScore }: KeyOfSort, bound: Bound): Expression {
  if (isScore || expression.type === 'null') return given('boolean', true);
  return bound === 'missing' ? conditionOf('IS NULL', [expression]) : compared(expression, '==', bound);
}

const compared = (expression: Expression, operator: string, bound: ConstantScalar): Expression =>
  conditionOf(operator, [expression, given(expression.type, bound)]);
