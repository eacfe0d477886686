import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Expression } from '../../esql/plan/expression.ts';
import { inputOf, type Plan, type Scan } from '../../esql/plan/nodes.ts';
import { conjuncts, timeBounds, timestampsOf, windowOf } from '../../esql/plan/time-bounds.ts';
import { formatDate } from '../../values/date.ts';

/** What a plan shows of a query that the data cannot answer as it is meant. */
export function planNotes(plan: Plan, catalogue: Catalogue): string[] {
  const nodes: Plan[] = [];
  for (let node: Plan | null = plan; node; node = inputOf(node)) nodes.push(node);
  const scan = nodes.at(-1);
  if (scan?.kind !== 'scan') return [];
  const conditions = nodes.flatMap((node) => (node.kind === 'filter' ? [node.condition] : []));
  return [...windowNote(scan, conditions, catalogue), ...absentFieldsNote(scan)];
}

/** Nothing can be found in a window that the data does not reach. */
function windowNote(scan: Scan, conditions: readonly Expression[], catalogue: Catalogue): string[] {
  const read = catalogue.indices.filter(({ name }) => scan.indices === null || scan.indices.includes(name));
  const first = Math.min(...read.flatMap(({ firstTimestamp }) => firstTimestamp ?? []));
  const last = Math.max(...read.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (!Number.isFinite(first) || !Number.isFinite(last)) return [];
  const ids = timestampsOf(scan);
  const { from, to } = windowOf(conditions.flatMap(conjuncts).flatMap((condition) => timeBounds(condition, ids)));
  const outside = (from !== null && from > BigInt(last)) || (to !== null && to < BigInt(first));
  if (!outside) return [];
  const asked = [from === null ? '' : `from ${formatDate(from)}`, to === null ? '' : `until ${formatDate(to)}`]
    .filter(Boolean)
    .join(' ');
  return [
    `the query looks at events ${asked}, but the data covers ${formatDate(first)} to ${formatDate(last)}: run it as of the newest event with --now latest, or as of a time with --now`,
  ];
}

/** A field that is known but that no event carries is null everywhere: the query runs, and may find nothing for it. */
function absentFieldsNote(scan: Scan): string[] {
  const names = scan.columns.flatMap(({ source }) =>
    typeof source === 'object' && source.column === null ? [source.name] : [],
  );
  if (names.length === 0) return [];
  return [
    `no event carries ${names.join(', ')}: ${names.length === 1 ? 'it reads' : 'they read'} as null, so the answer may be "cannot tell" rather than "none"`,
  ];
}
