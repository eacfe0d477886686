import type { Engine } from '../engines/engine.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { aggregateCall, countWhere, filtered, freshColumns, grouped, hasValue } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { reference } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { CellValue, EsqlType, ScalarValue } from '../values/types.ts';
import { answerOf } from './event-rows.ts';

/** A value, and how many rows have it. A row with several values has each of them. */
export interface ValueCount {
  readonly value: ScalarValue;
  readonly rows: number;
}

/** What a column holds. */
export interface ColumnValues {
  readonly rows: number;
  /** How many of the rows have a value. */
  readonly present: number;
  readonly distinct: number | null;
  readonly least: CellValue;
  readonly most: CellValue;
  readonly top: readonly ValueCount[];
}

/** Types whose values can be compared and ordered. */
const comparable: ReadonlySet<EsqlType> = new Set([
  ...(['boolean', 'integer', 'long', 'unsigned_long', 'double', 'keyword', 'text'] as const),
  ...(['ip', 'version', 'date', 'date_nanos'] as const),
]);

const nowhere = { start: 0, end: 0 };

/** How many rows a plan has, and how many of them have a value in each column. */
export async function presenceIn(
  plan: Plan,
  compiled: CompiledQuery,
  engine: Engine,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly present: readonly number[] }> {
  const fresh = freshColumns(plan);
  const counts = plan.output.map((column) => {
    const rows = fresh('rows', 'long');
    // Of several values each counts, so that their rows are asked for by a condition, which takes longer.
    return column.multi
      ? countWhere(rows, hasValue(column))
      : aggregateCall('COUNT', rows, [reference(column, nowhere)], null);
  });
  const all = [countWhere(fresh('rows', 'long'), null), ...counts];
  const [row = []] = await answerOf(grouped(plan, [], all, fresh), compiled, engine, signal);
  const [rows = 0, ...present] = row.map(Number);
  return { rows, present };
}

/** The most frequent values of a column. */
export async function topValues(
  plan: Plan,
  column: Column,
  most: number,
  compiled: CompiledQuery,
  engine: Engine,
  signal: AbortSignal,
): Promise<ValueCount[]> {
  if (!comparable.has(column.type)) return [];
  const values = await answerOf(topPlan(plan, column, most), compiled, engine, signal);
  return values.map(([rows, value]) => ({ value: value as ScalarValue, rows: Number(rows) }));
}

function topPlan(plan: Plan, column: Column, most: number): Plan {
  const groups = groupsOf(plan, column);
  const [rows, value] = groups.output as [Column, Column];
  const order = (key: Column, descending: boolean) => ({
    expression: reference(key, nowhere),
    ...{ descending, nulls: 'last' as const },
  });
  const sorted: Plan = {
    kind: 'sort',
    input: groups,
    keys: [order(rows, true), order(value, false)],
    output: groups.output,
  };
  return { kind: 'limit', input: sorted, count: BigInt(most), output: groups.output };
}

/** The values of a column with their numbers of rows. */
function groupsOf(plan: Plan, column: Column) {
  const fresh = freshColumns(plan);
  const carrying = filtered(plan, [hasValue(column)]);
  return grouped(carrying, [column], [countWhere(fresh('rows', 'long'), null)], fresh);
}

/** What a column holds, exactly. */
export async function columnValues(
  plan: Plan,
  column: Column,
  most: number,
  compiled: CompiledQuery,
  engine: Engine,
  signal: AbortSignal,
): Promise<ColumnValues> {
  const fresh = freshColumns(plan);
  const isComparable = comparable.has(column.type);
  const value = reference(column, nowhere);
  const ends = isComparable
    ? ['MIN', 'MAX'].map((name) => aggregateCall(name, fresh(name, endType(column.type)), [value], null))
    : [];
  const counts = [null, hasValue(column)].map((condition) => countWhere(fresh('rows', 'long'), condition));
  const [whole = []] = await answerOf(grouped(plan, [], [...counts, ...ends], fresh), compiled, engine, signal);
  const [rows, present, smallest = null, largest = null] = whole;
  const base = { rows: Number(rows), present: Number(present), least: smallest, most: largest };
  if (!isComparable) return { ...base, distinct: null, top: [] };
  const groups = groupsOf(plan, column);
  const freshOfGroups = freshColumns(groups);
  const distinct = grouped(groups, [], [countWhere(freshOfGroups('values', 'long'), null)], freshOfGroups);
  const [[values] = []] = await answerOf(distinct, compiled, engine, signal);
  return { ...base, distinct: Number(values), top: await topValues(plan, column, most, compiled, engine, signal) };
}

const endType = (type: EsqlType): EsqlType => (type === 'text' ? 'keyword' : type);
