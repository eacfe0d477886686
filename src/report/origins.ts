import { originFields } from '../investigate/row-context.ts';
import type { CellValue, ScalarValue } from '../values/types.ts';
import type { HuntResult } from './report.ts';

/** Hits of one hunt. */
export interface HitsOf<H> {
  readonly hunt: H;
  readonly hits: number;
}

/** A host or a user, and the hunts that hit events of it. */
export interface Origin<H> {
  readonly name: string;
  readonly hits: number;
  /** Those with most hits first. */
  readonly hunts: readonly HitsOf<H>[];
}

/** Where hits come from, by one field. */
export interface Origins<H> {
  readonly kind: 'host' | 'user';
  /** Those of most hunts first, then of most hits. */
  readonly origins: readonly Origin<H>[];
  /** Hits whose events name no single host or user, or are not known. */
  readonly unknown: number;
}

/** The hosts and users behind the hits of a run, from columns of the answers and from the events behind their rows. */
export const originsOf = <H>(found: readonly (readonly [hunt: H, result: HuntResult])[]): Origins<H>[] =>
  (['host', 'user'] as const).map((kind) => {
    const alike = originFields[kind];
    const byName = new Map<string, Map<H, number>>();
    let unknown = 0;
    for (const [hunt, result] of found) {
      if (result.outcome !== 'hits') continue;
      for (const names of namesOfRows(result, alike)) {
        if (names.length === 0) unknown += 1;
        for (const name of names) {
          const hunts = byName.get(name) ?? new Map<H, number>();
          byName.set(name, hunts.set(hunt, (hunts.get(hunt) ?? 0) + 1));
        }
      }
    }
    return { kind, origins: [...byName].map(originOf).sort(byWeight), unknown };
  });

function originOf<H>([name, hunts]: readonly [string, ReadonlyMap<H, number>]): Origin<H> {
  const all = [...hunts].map(([hunt, hits]) => ({ hunt, hits })).sort((a, b) => b.hits - a.hits);
  return { name, hunts: all, hits: all.reduce((sum, { hits }) => sum + hits, 0) };
}

const byWeight = (a: Origin<unknown>, b: Origin<unknown>): number =>
  b.hunts.length - a.hunts.length || b.hits - a.hits || (a.name < b.name ? -1 : 1);

/** For each row the values of a field that goes by several names: of a column, else of the events behind the row. */
function namesOfRows({ result, context }: HuntResult, alike: readonly string[]): string[][] {
  if (!result) return [];
  const column = result.columns.findIndex(({ name }) => alike.includes(name));
  if (column >= 0) return result.values.map((row) => namesIn(row[column] ?? null));
  const at = context?.fields.findIndex((name) => alike.includes(name)) ?? -1;
  return result.values.map((_, row) => {
    const value = at < 0 ? null : (context!.rows[row]?.[at]?.value ?? null);
    return value === null ? [] : [value];
  });
}

const namesIn = (cell: CellValue): string[] => [
  ...new Set(
    (Array.isArray(cell) ? (cell as readonly ScalarValue[]) : [cell as ScalarValue | null])
      .filter((value) => value !== null && value !== '')
      .map(String),
  ),
];
