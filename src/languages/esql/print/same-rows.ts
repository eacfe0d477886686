import type { Column } from '../../../plan/column.ts';
import { planToJson } from '../../../plan/json.ts';
import {
  addsNoRows,
  type Compute,
  inputOf,
  type Join,
  type Parse,
  type Plan,
  type Project,
  type Scan,
  type Union,
  withInput,
} from '../../../plan/nodes.ts';
import { servesInQuery } from './in-queries.ts';

/*
 * Commands such as INLINE STATS and FORK use the same rows several times. Each use is a plan of its own, in which columns
 * may have been left out that nobody reads there. Ids tell that columns are the same.
 */

/** The rows that two plans have alike, with the columns of both; null where their rows are not the same. */
export function sameRows(a: Plan, b: Plan): Plan | null {
  if (a === b) return a;
  const [first, second] = [undress(a), undress(b)];
  const rows = sameCore(first.core, second.core);
  if (!rows) return null;
  // Each plan defines all that its own columns are made of.
  const known = new Set<number>();
  return [...first.dress, ...second.dress].reduce((input: Plan, node) => dressed(node, input, known), rows);
}

/** Takes off nodes that only add and name columns, the innermost first. */
function undress(plan: Plan): { readonly core: Plan; readonly dress: readonly Plan[] } {
  const dress: Plan[] = [];
  let core = plan;
  while (addsColumns(core)) {
    dress.unshift(core);
    core = core.input;
  }
  return { core, dress };
}

const addsColumns = (plan: Plan): plan is Compute | Project | Parse | Join =>
  !servesInQuery(plan) &&
  (plan.kind === 'compute' ||
    plan.kind === 'project' ||
    plan.kind === 'parse' ||
    (plan.kind === 'join' && addsNoRows(plan)));

/** The node over other rows, without what these have already. */
function dressed(node: Plan, input: Plan, known: Set<number>): Plan {
  const isNew = ({ id }: Column): boolean => !known.has(id) && Boolean(known.add(id));
  switch (node.kind) {
    case 'compute': {
      const definitions = node.definitions.filter(({ column }) => isNew(column));
      return definitions.length > 0 ? { ...node, input, definitions } : input;
    }
    case 'join': {
      const taken = node.taken.filter(({ column }) => isNew(column));
      return taken.length > 0 ? { ...node, input, taken } : input;
    }
    case 'parse':
      return node.columns.filter(isNew).length > 0 ? { ...node, input } : input;
    default:
      return withInput(node, input);
  }
}

function sameCore(a: Plan, b: Plan): Plan | null {
  if (a.kind !== b.kind || about(a) !== about(b)) return null;
  if (a.kind === 'scan') return sameScan(a, b as Scan);
  if (a.kind === 'union') return sameUnion(a, b as Union);
  const below = inputOf(a);
  if (!below) return a;
  const input = sameRows(below, inputOf(b)!);
  if (!input) return null;
  const output = byId(a.output, b.output, (column) => column);
  if (a.kind === 'aggregate' && b.kind === 'aggregate')
    return { ...a, input, output, aggregates: byId(a.aggregates, b.aggregates, ({ column }) => column) };
  if (a.kind === 'join' && b.kind === 'join') {
    const right = sameRows(a.right, b.right);
    return right && { ...a, input, right, output, taken: byId(a.taken, b.taken, ({ column }) => column) };
  }
  return { ...withInput(a, input), output };
}

/** What a node does, but for its columns and for what it reads from. */
const about = (plan: Plan): string =>
  planToJson({
    ...plan,
    ...{ input: 0, right: 0, branches: 0, columns: 0, taken: 0, aggregates: 0, output: 0 },
  } as never);

function sameScan(a: Scan, b: Scan): Scan | null {
  const columns = byId(a.columns, b.columns, ({ column }) => column);
  const isSame =
    a.columns.length === 0 || b.columns.length === 0 || columns.length < a.columns.length + b.columns.length;
  return isSame ? { ...a, columns, output: byId(a.output, b.output, (column) => column) } : null;
}

function sameUnion(a: Union, b: Union): Union | null {
  const output = byId(a.output, b.output, (column) => column);
  const branches = a.branches.map(({ plan, columns }, i) => {
    const other = b.branches[i];
    const rows = other && sameRows(plan, other.plan);
    return (
      rows && {
        plan: rows,
        columns: output.map(({ id }) => {
          const at = a.output.findIndex((column) => column.id === id);
          return at >= 0 ? columns[at]! : other.columns[b.output.findIndex((column) => column.id === id)]!;
        }),
      }
    );
  });
  const all = branches.filter((branch) => branch != null);
  return all.length === b.branches.length && all.length === branches.length ? { ...a, branches: all, output } : null;
}

function byId<T>(first: readonly T[], second: readonly T[], columnOf: (item: T) => Column): T[] {
  const known = new Set(first.map((item) => columnOf(item).id));
  return [...first, ...second.filter((item) => !known.has(columnOf(item).id))];
}
