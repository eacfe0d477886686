import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Expression } from '../plan/expression.ts';
import { inputOf, type Plan, type Scan } from '../plan/nodes.ts';
import { conjuncts, timeBounds, timestampsOf, windowOf } from '../plan/time-bounds.ts';
import { formatDate } from '../values/date.ts';

/** What a plan shows of a query that the data cannot answer as it is meant. */
export function planNotes(plan: Plan, catalogue: Catalogue): string[] {
  const readings = readingsOf(plan, []);
  const windows = readings.map((reading) => windowNote(reading, catalogue));
  // One branch that can find something is enough.
  const window = windows.includes(null) ? null : windows[0];
  return [...(window ? [window] : []), ...absentFields(readings.map(({ scan }) => scan))];
}

/** Events that are read, and what they must fulfil. */
interface Reading {
  readonly scan: Scan;
  readonly conditions: readonly Expression[];
}

function readingsOf(plan: Plan, above: readonly Expression[]): Reading[] {
  if (plan.kind === 'scan') return [{ scan: plan, conditions: above }];
  if (plan.kind === 'union') return plan.branches.flatMap((branch) => readingsOf(branch.plan, above));
  const input = inputOf(plan);
  return input ? readingsOf(input, plan.kind === 'filter' ? [...above, ...conjuncts(plan.condition)] : above) : [];
}

/** Nothing can be found in a window that the data does not reach. */
function windowNote({ scan, conditions }: Reading, catalogue: Catalogue): string | null {
  const read = catalogue.indices.filter(({ name }) => scan.indices === null || scan.indices.includes(name));
  const first = Math.min(...read.flatMap(({ firstTimestamp }) => firstTimestamp ?? []));
  const last = Math.max(...read.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (!Number.isFinite(first) || !Number.isFinite(last)) return null;
  const ids = timestampsOf(scan);
  const { from, to } = windowOf(conditions.flatMap((condition) => timeBounds(condition, ids)));
  const outside = (from !== null && from > BigInt(last)) || (to !== null && to < BigInt(first));
  if (!outside) return null;
  const asked = [from === null ? '' : `from ${formatDate(from)}`, to === null ? '' : `until ${formatDate(to)}`]
    .filter(Boolean)
    .join(' ');
  return `the query looks at events ${asked}, but the data covers ${formatDate(first)} to ${formatDate(last)}: run it as of the newest event with --now latest, or as of a time with --now`;
}

/** A field that is known but that no event carries is null everywhere: the query runs, and may find nothing for it. */
export function absentFields(scans: readonly Scan[]): string[] {
  const absent = scans.flatMap(({ columns }) =>
    columns.flatMap(({ source }) => (typeof source === 'object' && source.column === null ? [source.name] : [])),
  );
  const names = [...new Set(absent)];
  if (names.length === 0) return [];
  return [
    `no event carries ${names.join(', ')}: ${names.length === 1 ? 'it reads' : 'they read'} as null, so the answer may be "cannot tell" rather than "none"`,
  ];
}
