import type { Column } from '../../../plan/column.ts';
import { NotInEsql } from './not-in-esql.ts';

/**
 * The names of columns in the text so far. Plans tell columns apart by ids, ES|QL by names: a column that another has
 * taken the place of has none. The columns of a field of several types, one for each type, share the field's name.
 */
export class Names {
  readonly #names: Map<number, string>;
  /** The names that columns have later on. */
  readonly #wished = new Map<number, string>();

  constructor(names: Iterable<readonly [number, string]> = []) {
    this.#names = new Map(names);
  }

  [Symbol.iterator](): IterableIterator<[number, string]> {
    return this.#names[Symbol.iterator]();
  }

  /** The name that a column has in the text. */
  of({ id, name }: Pick<Column, 'id' | 'name'>): string {
    const known = this.#names.get(id);
    if (known === undefined) throw new NotInEsql(`the column ${name}, which another has taken the place of`);
    return known;
  }

  /** The name that a new column should get. */
  wished({ id, name }: Column): string {
    return this.#wished.get(id) ?? name;
  }

  /** Notes a later name of a column. Commands are visited from the last one back, and the last name counts. */
  wish({ id, name }: Column): void {
    if (!this.#wished.has(id)) this.#wished.set(id, name);
  }

  /** From here on a name stands for this column alone. */
  take({ id }: Column, name: string): void {
    for (const [other, known] of this.#names) if (known === name) this.#names.delete(other);
    this.#names.set(id, name);
  }

  /** From here on these columns are all that there is. */
  replace(names: Iterable<readonly [number, string]>): void {
    this.#names.clear();
    for (const [id, name] of names) this.#names.set(id, name);
  }

  /** The names of the columns that are still needed. */
  held(needed: ReadonlySet<number>): Set<string> {
    return new Set([...this.#names].filter(([id]) => needed.has(id)).map(([, name]) => name));
  }

  /** A name for a new column: its own, unless a column has it that is still needed. */
  free(column: Column, needed: ReadonlySet<number>, taken: ReadonlySet<string> = new Set()): string {
    const held = this.held(needed);
    return unlike(this.wished(column), (name) => held.has(name) || taken.has(name));
  }

  /** Moves columns that are still needed from these names to others; gives the old and new ones. */
  makeRoom(names: readonly string[], needed: ReadonlySet<number>): [from: string, to: string][] {
    const held = this.held(needed);
    const all = new Set([...names, ...this.#names.values()]);
    const moved = names
      .filter((name) => held.has(name))
      .map((from): [string, string] => {
        const to = unlike(from, (name) => all.has(name));
        all.add(to);
        return [from, to];
      });
    for (const [from, to] of moved) this.rename(from, to);
    return moved;
  }

  rename(from: string, to: string): void {
    for (const [id, name] of [...this.#names]) if (name === to) this.#names.delete(id);
    for (const [id, name] of [...this.#names]) if (name === from) this.#names.set(id, to);
  }
}

/** A name with a number behind it where it is taken. */
export function unlike(name: string, isTaken: (name: string) => boolean): string {
  let other = name;
  for (let n = 2; isTaken(other); n++) other = `${name} ${n}`;
  return other;
}
