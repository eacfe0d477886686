import { cellJson } from '../values/json.ts';
import type { CellValue } from '../values/types.ts';
import type { History } from './backfill.ts';

/** A group of a hunt over time: when it was a hit first and last, and how often. Times are those of the runs. */
export interface Entity {
  readonly key: readonly CellValue[];
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** In how many windows it was a hit. */
  readonly windows: number;
}

/** The groups that were hits in some window, those that came last first. */
export function entitiesOf({ columns, windows, keys }: History): Entity[] {
  const found = new Map<string, { key: CellValue[]; firstSeen: number; lastSeen: number; windows: number }>();
  for (const { now, rows } of windows) {
    const inWindow = new Set<string>();
    for (const row of rows) {
      const key = keys.map((at) => row[at]!);
      const name = key.map((value, i) => cellJson(value, columns[keys[i]!]!.type)).join(' ');
      if (inWindow.has(name)) continue;
      inWindow.add(name);
      const known = found.get(name);
      if (!known) found.set(name, { key, firstSeen: now, lastSeen: now, windows: 1 });
      else {
        known.lastSeen = now;
        known.windows += 1;
      }
    }
  }
  return [...found.values()].sort((a, b) => b.firstSeen - a.firstSeen || b.lastSeen - a.lastSeen);
}
