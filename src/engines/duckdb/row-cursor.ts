import type { DuckDBConnection } from '@duckdb/node-api';
import { ResultTooLargeError } from '../../diagnostics/diagnostic.ts';
import type { CellValue } from '../../values/types.ts';
import { TimeSlice } from '../time-slice.ts';
import { interruptible } from './interrupt.ts';
import { bytesOf, rowsOf } from './results.ts';
import type { RowStream } from './row-stream.ts';
import type { Selected } from './runnable.ts';

/**
 * The rows of a plan that are read some at a time. The engine makes them as they are read: what it holds meanwhile is
 * bounded by its memory, and spills to disk.
 */
export class RowCursor {
  /** Rows that were read and that nobody has taken yet. */
  #left: Iterator<CellValue[]> = [][Symbol.iterator]();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly stream: RowStream,
    private readonly output: Selected,
  ) {}

  /**
   * The next rows, fewer only at the end. Throws a ResultTooLargeError where they hold more than `mostBytes`; they are then
   * the next rows still.
   */
  next(count: number, mostBytes: number, signal?: AbortSignal): Promise<CellValue[][]> {
    return interruptible(this.connection, signal, async () => {
      const rows: CellValue[][] = [];
      let bytes = 0;
      const slice = new TimeSlice();
      while (rows.length < count) {
        if (slice.isOver) await slice.next();
        const row = await this.#row();
        if (row === null) break;
        rows.push(row);
        for (const cell of row) bytes += bytesOf(cell);
        if (bytes <= mostBytes) continue;
        this.#left = followedBy(rows, this.#left);
        throw ResultTooLargeError.overBytes(mostBytes);
      }
      return rows;
    });
  }

  async #row(): Promise<CellValue[] | null> {
    const row = this.#left.next();
    if (!row.done) return row.value;
    const chunk = await this.stream.next();
    if (!chunk) return null;
    this.#left = rowsOf(chunk, this.output);
    return this.#row();
  }
}

function* followedBy<T>(items: readonly T[], rest: Iterator<T>): Generator<T> {
  yield* items;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}
