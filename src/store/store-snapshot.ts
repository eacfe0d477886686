import type { Catalogue } from '../catalogue/catalogue.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { DuckDBEngine } from '../engines/duckdb/engine.ts';
import type { Plan } from '../plan/nodes.ts';
import { planText } from '../plan/text.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import { Refusal } from './refusal.ts';
import type { EndedQuery } from './store-queries.ts';

/** Bounds of what runs on a snapshot. */
export interface RunBounds {
  /** How much an answer may hold, in bytes. */
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
}

/** Rows that are read some at a time. */
export interface RowReader {
  next(count: number, bounds: RunBounds): Promise<CellValue[][]>;
}

/** Does work when one of the store's queries has its turn. */
export type InTurn = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

const closedMeanwhile = (): Refusal =>
  new Refusal('search_context_missing_exception', 'the search was closed while it was read', 404);

/** No text stands behind these plans. */
const noText = new SourceText('');

/**
 * A store as it was at one time: a transaction that only reads, on a connection of its own. Plans run one after the other,
 * each when the store's queries let it have a turn; between them it holds a connection and nothing else.
 */
export class StoreSnapshot {
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;

  constructor(
    private readonly engine: DuckDBEngine,
    private readonly inTurn: InTurn,
    private readonly hear: (ended: EndedQuery) => void,
    private readonly giveBack: () => Promise<void>,
  ) {}

  get catalogue(): Catalogue {
    return this.engine.catalogue;
  }

  async run(plan: Plan, { mostBytes, signal }: RunBounds): Promise<QueryResult> {
    const began = performance.now();
    let rows: number | null = null;
    try {
      const result = await this.#next(() => this.engine.run(plan, noText, signal, mostBytes), signal);
      rows = result.values.length;
      return result;
    } finally {
      // Large plans take a while to print, and hardly anybody looks.
      this.hear({ text: () => planText(plan), tookMs: performance.now() - began, rows });
    }
  }

  /** Begins to read the rows of a plan; nothing else may run on the snapshot from then on. */
  async read(plan: Plan, signal?: AbortSignal): Promise<RowReader> {
    const cursor = await this.#next(() => this.engine.cursor(plan, noText, signal), signal);
    return {
      next: (count, { mostBytes, signal: until }) => this.#next(() => cursor.next(count, mostBytes, until), until),
    };
  }

  /** Lets the store go, once what runs has ended. */
  close(): Promise<void> {
    this.#closing ??= this.#last.then(this.giveBack, this.giveBack);
    return this.#closing;
  }

  #next<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    // Its connection is that of another by then: who closes it may not know of all that is still to run.
    if (this.#closing) return Promise.reject(closedMeanwhile());
    const result = this.#last.then(() => this.inTurn(work, signal));
    this.#last = result.catch(() => undefined);
    return result;
  }
}
