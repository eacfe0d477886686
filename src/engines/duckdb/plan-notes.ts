import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Expression } from '../../esql/plan/expression.ts';
import { inputOf, type Plan, type Scan } from '../../esql/plan/nodes.ts';
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
  const timestamp = scan.columns.find(
    ({ source }) => typeof source === 'object' && source.name === '@timestamp',
  )?.column;
  if (!timestamp) return [];
  const window = { from: null as bigint | null, to: null as bigint | null };
  for (const condition of conditions.flatMap(conjuncts)) narrow(window, condition, timestamp.id);
  const read = catalogue.indices.filter(({ name }) => scan.indices === null || scan.indices.includes(name));
  const first = Math.min(...read.flatMap(({ firstTimestamp }) => firstTimestamp ?? []));
  const last = Math.max(...read.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (!Number.isFinite(first) || !Number.isFinite(last)) return [];
  const { from, to } = window;
  const outside = (from !== null && from > BigInt(last)) || (to !== null && to < BigInt(first));
  if (!outside) return [];
  const asked = [from === null ? '' : `from ${formatDate(from)}`, to === null ? '' : `until ${formatDate(to)}`]
    .filter(Boolean)
    .join(' ');
  return [
    `the query looks at events ${asked}, but the data covers ${formatDate(first)} to ${formatDate(last)}: run it as of the newest event with --now latest, or as of a time with --now`,
  ];
}

function conjuncts(condition: Expression): Expression[] {
  return condition.kind === 'call' && condition.function.name === 'AND'
    ? condition.args.flatMap(conjuncts)
    : [condition];
}

const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' };

function narrow(window: { from: bigint | null; to: bigint | null }, condition: Expression, timestamp: number): void {
  if (condition.kind !== 'call' || condition.args.length !== 2) return;
  const [left, right] = condition.args as [Expression, Expression];
  const name = condition.function.name;
  const [operator, column, value] = left.kind === 'constant' ? [flipped[name], right, left] : [name, left, right];
  if (column.kind !== 'column' || column.column.id !== timestamp) return;
  if (value.kind !== 'constant' || typeof value.value !== 'bigint') return;
  const bound = value.value;
  if (operator === '>' || operator === '>=' || operator === '==')
    window.from = window.from === null || bound > window.from ? bound : window.from;
  if (operator === '<' || operator === '<=' || operator === '==')
    window.to = window.to === null || bound < window.to ? bound : window.to;
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
