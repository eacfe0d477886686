import { InputError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import type { TypedQuery } from '../overrides/typed-query.ts';
import { aggregateCall, freshColumns } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { reference } from '../plan/expression.ts';
import { type Aggregate, inputsOf, type Plan, type Scan, withInputs } from '../plan/nodes.ts';
import { cellText } from '../values/json.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import { traceable } from './row-events.ts';

/** Where the events of a row come from: the value that all of them share. */
export interface ContextValue {
  /** Null where no event says one, and where they say several. */
  readonly value: string | null;
  readonly several: boolean;
}

/** The hosts and users of the events behind the rows of an answer. */
export interface RowContext {
  /** Fields that no column of the answer shows. */
  readonly fields: readonly string[];
  /** For each row, in the order of the fields; null for a row that could not be traced back. */
  readonly rows: readonly (readonly ContextValue[] | null)[];
}

/** The fields that say where an event comes from, in the order in which they are shown; of each, the first that there is. */
export const originFields = { host: ['host.name', 'host.hostname'], user: ['user.name'] } as const;

/** A query that names these fields. */
export const contextFields = `FROM * | KEEP ${Object.values(originFields).flat().join(', ')}`;

/** Rows whose events are looked for; more of them nobody reads in a table. */
const mostRows = 1000;

interface Asked {
  readonly engine: Engine;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the hosts and users behind rows of a query: the query again, which carries the fields along. `places`: where the
 * rows of `shown` stand among its rows, from zero. Null where there is nothing to add, or rows cannot be traced back.
 */
export async function contextOfRows(
  text: QueryText,
  shown: QueryResult,
  places: readonly number[],
  { engine, now, signal }: Asked,
): Promise<RowContext | null> {
  const first = places.slice(0, mostRows);
  if (first.length === 0) return null;
  try {
    const query = await traceable(text, engine, now);
    const names = new Set(shown.columns.map(({ name }) => name));
    const fields = Object.values(originFields).filter((alike) => !alike.some((name) => names.has(name)));
    const carried = carriedAlong(query, fields);
    if (carried.ends.size === 0) return null;
    const { output } = query.plan;
    const input: Plan = { kind: 'limit', input: carried.plan, count: BigInt(Math.max(...first) + 1), output };
    const columns = [...carried.ends.values()].flat();
    const wide: Plan = { kind: 'project', input, output: [...output, ...columns] };
    const { values } = await engine.run(wide, query.source, signal);
    const rows = first.map((place, i) => {
      const row = values[place];
      // A query that answers otherwise each time, such as one with SAMPLE, has no such row.
      if (!row || !isSame(row.slice(0, output.length), shown.values[i]!, shown)) return null;
      return [...carried.ends.keys()].map((_, field) => {
        const at = output.length + field * 2;
        return contextValue(row[at]!, row[at + 1]!);
      });
    });
    const hasSome = rows.some((row) => row?.some(({ value, several }) => value !== null || several));
    return hasSome ? { fields: [...carried.ends.keys()], rows } : null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function isSame(row: readonly CellValue[], shown: readonly CellValue[], { columns }: QueryResult): boolean {
  const textOf = (cells: readonly CellValue[]): string =>
    JSON.stringify(cells.map((cell, i) => (cell === null ? null : cellText(cell, columns[i]!.type))));
  return row.length === shown.length && textOf(row) === textOf(shown);
}

function contextValue(least: CellValue, most: CellValue): ContextValue {
  if (least === null || most === null) return { value: null, several: false };
  const isOne = !Array.isArray(least) && String(least) === String(most);
  return isOne ? { value: String(least), several: false } : { value: null, several: true };
}

/** The least and the greatest value of a field, which are the same where all events have the same. */
type Ends = readonly [least: Column, greatest: Column];

/** A plan that carries fields of its events up to its rows: through STATS as the least and the greatest value. */
function carriedAlong(
  { plan, catalogue }: TypedQuery,
  fields: readonly (readonly string[])[],
): { plan: Plan; ends: ReadonlyMap<string, Ends> } {
  const fresh = freshColumns(plan);
  const ends = new Map<string, Ends>();

  function carry(node: Plan): Plan {
    if (node.kind === 'scan') return ofScan(node);
    const [input, ...others] = inputsOf(node);
    // Rows of several branches are of no one plan.
    if (!input || node.kind === 'union') return node;
    const carried = withInputs(node, [carry(input), ...others]);
    return carried.kind === 'aggregate' ? ofAggregate(carried) : showing(carried);
  }

  /** The same node with what is carried among its columns. */
  function showing<N extends Plan>(node: N): N {
    const shown = new Set(node.output.map(({ id }) => id));
    const columns = new Map([...ends.values()].flat().map((column) => [column.id, column]));
    return { ...node, output: [...node.output, ...[...columns.values()].filter(({ id }) => !shown.has(id))] };
  }

  function ofScan(scan: Scan): Scan {
    const indices = scan.indices ?? catalogue.indices.map(({ name }) => name);
    const columns = [...scan.columns];
    for (const alike of fields) {
      for (const name of alike) {
        const field = catalogue.field(name, indices);
        // Of a field that no event carries there is nothing to show.
        if (!field || (field.column === null && field.listColumn === null)) continue;
        if (field.type !== 'keyword' && field.type !== 'text') continue;
        const there = columns.find(({ source }) => typeof source === 'object' && source.name === name);
        const column = there?.column ?? fresh(name, field.type, field.listColumn !== null);
        if (!there) columns.push({ column, source: field });
        ends.set(name, [column, column]);
        break;
      }
    }
    return showing({ ...scan, columns });
  }

  function ofAggregate(node: Aggregate): Aggregate {
    const aggregates = [...node.aggregates];
    const extreme = (name: 'MIN' | 'MAX', of: Column): Column => {
      const column = fresh(name, 'keyword');
      aggregates.push(aggregateCall(name, column, [reference(of, { start: 0, end: 0 })], null));
      return column;
    };
    for (const [name, [least, greatest]] of ends) ends.set(name, [extreme('MIN', least), extreme('MAX', greatest)]);
    return showing({ ...node, aggregates });
  }

  return { plan: carry(plan), ends };
}
