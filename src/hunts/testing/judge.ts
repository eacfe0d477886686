import { closestMatches } from '../../diagnostics/closest-match.ts';
import { parseDate } from '../../values/date.ts';
import { cellText } from '../../values/json.ts';
import { type CellValue, type EsqlType, isDate, isNumeric, type QueryResult } from '../../values/types.ts';
import { type FieldValue, fieldJson } from './fields.ts';
import type { Expectation } from './hunt-tests.ts';

type Rows = Pick<QueryResult, 'columns' | 'values'>;

/** `2 hits`, `no hits`. */
export const hitsText = (hits: number): string => `${hits === 0 ? 'no' : hits} ${hits === 1 ? 'hit' : 'hits'}`;

/** What is expected, in words. */
export function expectedText({ least, most }: Expectation): string {
  if (most === Number.POSITIVE_INFINITY) return `${hitsText(least)} or more`;
  return least === most ? hitsText(most) : `at most ${hitsText(most)}`;
}

/** What is wrong with a result, a line for each thing; none when it is as expected. */
export function judge(expected: Expectation, result: Rows): string[] {
  const hits = result.values.length;
  const counted = hits >= expected.least && hits <= expected.most;
  return [
    ...(counted ? [] : [`expected ${expectedText(expected)}, came ${hitsText(hits)}`]),
    ...missingRows(expected.rows, result),
  ];
}

function missingRows(rows: Expectation['rows'], { columns, values }: Rows): string[] {
  if (rows.length === 0 || values.length === 0) return [];
  const names = columns.map(({ name }) => name);
  const unknown = [...new Set(rows.flatMap((row) => [...row.keys()]))].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    return unknown.map((name) => {
      const [near] = closestMatches(name, names);
      return `the query has no column ${name}; ${near === undefined ? `it has ${names.join(', ')}` : `did you mean ${near}?`}`;
    });
  const fits = (row: ReadonlyMap<string, FieldValue>, cells: readonly CellValue[]): boolean =>
    [...row].every(([name, value]) => isSame(value, cells[names.indexOf(name)]!, columns[names.indexOf(name)]!.type));
  return unmatched(rows, values, fits).map((row) => `no row has ${rowText(row)}`);
}

/**
 * Those that find no partner when as many as possible get one each: an expected row that fits several must not take
 * the only one that fits another.
 */
function unmatched<A, B>(wanted: readonly A[], offered: readonly B[], fits: (a: A, b: B) => boolean): A[] {
  const takenBy = new Map<number, number>();
  const place = (at: number, tried: Set<number>): boolean =>
    offered.some((candidate, i) => {
      if (tried.has(i) || !fits(wanted[at]!, candidate)) return false;
      tried.add(i);
      const holder = takenBy.get(i);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(i, at);
      return true;
    });
  return wanted.filter((_, at) => !place(at, new Set()));
}

const rowText = (row: ReadonlyMap<string, FieldValue>): string =>
  [...row].map(([name, value]) => `${name} = ${fieldJson(value)}`).join(', ');

/** Whether a cell holds an expected value; several values in any order. */
function isSame(expected: FieldValue, cell: CellValue, type: EsqlType): boolean {
  if (!Array.isArray(expected)) return cell !== null && !Array.isArray(cell) && isSameScalar(expected, cell, type);
  const cells = (cell === null ? [] : Array.isArray(cell) ? cell : [cell]) as readonly CellValue[];
  const values = expected as readonly FieldValue[];
  return cells.length === values.length && unmatched(values, cells, (a, b) => isSameScalar(a, b, type)).length === 0;
}

/** Doubles are the same when they differ by less than arithmetic does. */
const nearly = 1e-9;

function isSameScalar(expected: FieldValue, cell: CellValue, type: EsqlType): boolean {
  const text = cellText(cell, type);
  if (isNumeric(type) && (typeof expected === 'number' || typeof expected === 'bigint')) {
    if (type !== 'double') return String(expected) === text;
    return Math.abs(Number(expected) - Number(cell)) <= nearly * Math.max(1, Math.abs(Number(cell)));
  }
  if (isDate(type)) {
    const time = parseDate(String(expected));
    return time === null ? String(expected) === text : time === parseDate(text);
  }
  return String(expected) === text;
}
