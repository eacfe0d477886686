import { type Signal, signal } from '@preact/signals';
import type { Calls } from '../../contract/calls.ts';
import type { Cell, ColumnInfo } from '../../contract/question.ts';
import type { Judgement } from '../../contract/states.ts';
import { CallError, call } from '../api/client.ts';

/** Rows that a table shows, of which some cells may still be on their way. */
export interface Rows {
  readonly columns: readonly ColumnInfo[];
  /** How many there are. */
  readonly count: number;
  /** Rises when cells have come. */
  readonly version: Signal<number>;
  /** Changes when cells of the row have come: a row is drawn again for its own cells alone. */
  versionOf(row: number): number;
  /** Undefined where it has not come. */
  cell(row: number, column: number): Cell | undefined;
  /** The place of a row in the whole answer; undefined where it has not come. */
  place(row: number): number | undefined;
  judgement(row: number): Judgement | null;
  /** Whether some row is judged, and whether some was something else when it was. */
  readonly judged: 'none' | 'some' | 'changed';
  isAccepted(row: number): boolean;
  /** Asks for cells; those that are wanted last come first. */
  want(from: number, to: number, columns: readonly number[]): void;
}

/** Rows that are all here. */
export class LoadedRows implements Rows {
  readonly version = signal(0);

  constructor(
    readonly columns: readonly ColumnInfo[],
    private readonly values: readonly (readonly Cell[])[],
  ) {}

  get count(): number {
    return this.values.length;
  }

  versionOf(): number {
    return 0;
  }

  cell(row: number, column: number): Cell | undefined {
    return this.values[row]?.[column];
  }

  place(row: number): number {
    return row;
  }

  judgement(): null {
    return null;
  }

  readonly judged = 'none';

  isAccepted(): boolean {
    return false;
  }

  want(): void {
    // Everything is here.
  }
}

export type Look = Pick<Calls['rows']['request'], 'sort' | 'filter' | 'hidden'>;

/** Rows that are asked for together, and the most in one call. */
const pageRows = 100;
const mostPages = 5;

interface Page {
  readonly version: number;
  readonly places: readonly number[];
  judgements: readonly (Judgement | null)[];
  readonly accepted: readonly boolean[];
  readonly columns: Map<number, readonly Cell[]>;
}

interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly columns: readonly number[];
}

/**
 * Rows of an answer that stays in the server. Pages hold the columns that were shown. One call is under way at a time;
 * what was wanted last is asked for next, so that a quick scroll asks for no page that it passes.
 */
export class PagedRows implements Rows {
  readonly version = signal(0);
  /** Set where the server no longer has the answer, or does not answer. */
  readonly failure = signal<string | null>(null);
  readonly isGone = signal(false);
  readonly #pages = new Map<number, Page>();
  /** What is being saved, by the place of its row: answers that were asked for before do not know it. */
  readonly #unsaved = new Map<number, Judgement | null>();
  #judged: { readonly version: number; readonly state: 'none' | 'some' | 'changed' } | null = null;
  /** How often judgements were asked for again. */
  #renewals = 0;
  #count: number;
  #wanted: Wanted | null = null;
  #asking = false;
  readonly #controller = new AbortController();

  constructor(
    readonly handle: string,
    readonly columns: readonly ColumnInfo[],
    count: number,
    readonly look: Look,
  ) {
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  versionOf(row: number): number {
    return this.#pages.get(Math.floor(row / pageRows))?.version ?? -1;
  }

  cell(row: number, column: number): Cell | undefined {
    return this.#pages.get(Math.floor(row / pageRows))?.columns.get(column)?.[row % pageRows];
  }

  place(row: number): number | undefined {
    return this.#pages.get(Math.floor(row / pageRows))?.places[row % pageRows];
  }

  judgement(row: number): Judgement | null {
    const unsaved = this.#unsaved.get(this.place(row) ?? -1);
    if (unsaved !== undefined) return unsaved;
    return this.#pages.get(Math.floor(row / pageRows))?.judgements[row % pageRows] ?? null;
  }

  isAccepted(row: number): boolean {
    return this.#pages.get(Math.floor(row / pageRows))?.accepted[row % pageRows] ?? false;
  }

  /** Shows a judgement of the row at a place at once, and the one before again where it cannot be saved. */
  setJudgement(place: number, judgement: Judgement | null, saving: Promise<unknown>): void {
    this.#unsaved.set(place, judgement);
    this.version.value += 1;
    const settle = (isSaved: boolean): void => {
      // Another one may have been given since.
      if (this.#unsaved.get(place) !== judgement) return;
      this.#unsaved.delete(place);
      if (isSaved)
        for (const page of this.#pages.values()) {
          const at = page.places.indexOf(place);
          if (at >= 0) page.judgements = page.judgements.with(at, judgement);
        }
      this.version.value += 1;
    };
    saving.then(
      () => settle(true),
      () => settle(false),
    );
  }

  /** Asks again for what was judged and accepted of the rows that have come. False where other rows are shown since. */
  async renewJudgements(): Promise<boolean> {
    const renewal = ++this.#renewals;
    for (const [number, page] of this.#pages) {
      const { of, places, judgements } = await this.read(number * pageRows, (number + 1) * pageRows, []);
      // A later one knows more.
      if (renewal !== this.#renewals) return true;
      if (of !== this.#count || places.join() !== page.places.join()) return false;
      page.judgements = judgements;
    }
    this.version.value += 1;
    return true;
  }

  /** Whether some row that has come is judged, and whether some was something else then. */
  get judged(): 'none' | 'some' | 'changed' {
    const version = this.version.value;
    // Every drawing asks, and there may be ten thousand rows.
    if (this.#judged?.version !== version) this.#judged = { version, state: this.#stateOfJudgements() };
    return this.#judged.state;
  }

  #stateOfJudgements(): 'none' | 'some' | 'changed' {
    let found: 'none' | 'some' = 'none';
    for (const page of [[...this.#unsaved.values()], ...[...this.#pages.values()].map((one) => one.judgements)])
      for (const judgement of page) {
        if (judgement === null) continue;
        if (judgement.givenFor.length > 0) return 'changed';
        found = 'some';
      }
    return found;
  }

  /** The row that has a place in the whole answer, among those that have come. */
  rowOf(place: number): number | null {
    for (const [page, { places }] of this.#pages) {
      const at = places.indexOf(place);
      if (at >= 0) return page * pageRows + at;
    }
    return null;
  }

  want(from: number, to: number, columns: readonly number[]): void {
    this.#wanted = { from, to, columns };
    void this.#ask();
  }

  close(): void {
    this.#controller.abort();
  }

  /** Cells from the server, whether or not a table shows them. */
  async read(from: number, to: number, columns: readonly number[]): Promise<Calls['rows']['answer']> {
    const { handle, look } = this;
    return call('rows', { handle, columns, from, to, ...look }, this.#controller.signal);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const { pages, columns } = next;
        const renewals = this.#renewals;
        const answer = await this.read(pages[0]! * pageRows, (pages.at(-1)! + 1) * pageRows, columns);
        this.#keep(pages, columns, answer);
        this.failure.value = null;
        // Somebody judged while these rows were on their way.
        if (renewals !== this.#renewals) void this.renewJudgements();
      }
    } catch (error) {
      this.#wanted = null;
      if (this.#controller.signal.aborted) return;
      this.isGone.value = error instanceof CallError && error.status === 410;
      this.failure.value = (error as Error).message;
    } finally {
      this.#asking = false;
    }
  }

  /** Pages side by side that lack the same columns. */
  #next(): { pages: number[]; columns: number[] } | null {
    if (!this.#wanted) return null;
    const { from, to, columns } = this.#wanted;
    const lacking = (page: number): number[] => {
      const known = this.#pages.get(page)?.columns;
      return known ? columns.filter((column) => !known.has(column)) : [...columns];
    };
    const last = Math.floor(Math.max(from, to - 1) / pageRows);
    for (let page = Math.floor(from / pageRows); page <= last; page++) {
      const missing = lacking(page);
      if (missing.length === 0 && this.#pages.has(page)) continue;
      const pages = [page];
      const same = missing.join();
      for (let next = page + 1; next <= last && pages.length < mostPages && lacking(next).join() === same; next++)
        pages.push(next);
      return { pages, columns: missing };
    }
    return null;
  }

  #keep(pages: readonly number[], columns: readonly number[], answer: Calls['rows']['answer']): void {
    this.#count = answer.of;
    pages.forEach((page, i) => {
      const part = <T>(all: readonly T[]): readonly T[] => all.slice(i * pageRows, (i + 1) * pageRows);
      const known = this.#pages.get(page)?.columns ?? new Map<number, readonly Cell[]>();
      columns.forEach((column, at) => {
        known.set(column, part(answer.columns[at]!));
      });
      const { places, judgements, accepted } = answer;
      const rest = { places: part(places), judgements: part(judgements), accepted: part(accepted) };
      this.#pages.set(page, { columns: known, version: this.version.peek() + 1, ...rest });
    });
    this.version.value += 1;
  }
}
