import { given } from '../../plan/build.ts';
import type { Column } from '../../plan/column.ts';
import { columnsIn } from '../../plan/expression.ts';
import {
  expressionsOf,
  inputsOf,
  type Plan,
  rewritePlan,
  type Scan,
  type SortKey,
  scansOf,
  withInputs,
} from '../../plan/nodes.ts';
import { foldConstants } from '../../rewrite/fold-constants.ts';
import { pruneColumns } from '../../rewrite/prune-columns.ts';
import { stableOrder } from '../../rewrite/stable-order.ts';
import type { ClusterCatalogue } from './cluster-catalogue.ts';

/**
 * A plan in terms of what the cluster has: it reads the indices by the patterns of the query, and fields that no index maps
 * are nulls. `isHere`: whether rows of a scan are no longer the cluster's.
 */
export const forCluster = (plan: Plan, catalogue: ClusterCatalogue, isHere: (scan: Scan) => boolean): Plan =>
  rewritePlan(pruneColumns(withoutPlaces(stableOrder(foldConstants(plan)), isHere)), (node) =>
    node.kind === 'scan' && !isHere(node) ? mappedScan(node, catalogue) : node,
  );

/** A plan that asks for no order by the places of events: a cluster has none. */
function withoutPlaces(plan: Plan, isHere: (scan: Scan) => boolean): Plan {
  const places = new Set(
    scansOf(plan)
      .filter((scan) => !isHere(scan))
      .flatMap(({ columns }) => columns.flatMap(({ column, source }) => (source === '_place' ? [column.id] : []))),
  );
  const rest = (keys: readonly SortKey[]): SortKey[] =>
    keys.filter(({ expression }) => !columnsIn(expression).some(({ id }) => places.has(id)));
  return rewritePlan(plan, (node) => {
    switch (node.kind) {
      case 'sort': {
        const keys = rest(node.keys);
        return keys.length === 0 ? node.input : { ...node, keys };
      }
      case 'limitBy':
        return { ...node, order: rest(node.order) };
      case 'join': {
        const [taken, dropped] = [true, false].map((kept) =>
          node.taken.filter(({ source }) => places.has(source.id) !== kept),
        );
        for (const { column } of dropped!) places.add(column.id);
        return { ...node, taken: taken! };
      }
      default:
        return node;
    }
  });
}

function mappedScan(scan: Scan, catalogue: ClusterCatalogue): Plan {
  const isThere = ({ source }: Scan['columns'][number]): boolean =>
    typeof source === 'string' ? source !== '_place' : catalogue.isMapped(source.name, scan.indices);
  const columns = scan.columns.filter(isThere);
  const indices = catalogue.from(scan.indices);
  const mapped: Scan = { ...scan, indices, columns, output: columns.map(({ column }) => column) };
  const absent = scan.columns.filter((column) => !isThere(column));
  if (absent.length === 0) return { ...mapped, output: scan.output };
  return {
    kind: 'compute',
    input: mapped,
    definitions: absent.map(({ column }) => ({ column, expression: given(column.type, null) })),
    output: scan.output,
  };
}

/** The columns that a node needs of each of its inputs, when these columns of its own are needed. */
export function neededBelow(plan: Plan, needed: ReadonlySet<number>): ReadonlySet<number>[] {
  const own = expressionsOf(plan).flatMap(columnsIn);
  const ids = (columns: readonly (Column | null)[]): number[] => columns.flatMap((column) => column?.id ?? []);
  const all = new Set([...needed, ...ids(own)]);
  switch (plan.kind) {
    case 'aggregate':
      return [new Set(ids([...own, ...plan.groups.map(({ source }) => source)]))];
    case 'union':
      return plan.branches.map(({ columns }) => new Set(ids(columns)));
    case 'join': {
      const { on, taken } = plan;
      return [
        new Set([...all, ...ids(on.map(({ left }) => left))]),
        new Set([...all, ...ids([...on.map(({ right }) => right), ...taken.map(({ source }) => source)])]),
      ];
    }
    case 'expand':
      return [new Set([...all, plan.source.id])];
    case 'rank':
      return [new Set([...all, plan.by.id])];
    default:
      return inputsOf(plan).map(() => all);
  }
}

/** The columns that can be read of a plan, those that it does not show among them. */
function columnsOf(plan: Plan): readonly Column[] {
  switch (plan.kind) {
    case 'scan':
      return plan.columns.map(({ column }) => column);
    case 'aggregate':
    case 'union':
    case 'oneRow':
      return plan.output;
    case 'join':
      return [...columnsOf(plan.input), ...plan.taken.map(({ column }) => column)];
    case 'compute':
      return [...columnsOf(plan.input), ...plan.definitions.map(({ column }) => column)];
    case 'parse':
      return [...columnsOf(plan.input), ...plan.columns];
    case 'expand':
    case 'rank':
      return [...columnsOf(plan.input), plan.column];
    case 'changePoint':
      return [...columnsOf(plan.input), plan.type, plan.pvalue];
    default:
      return columnsOf(plan.input);
  }
}

/** Runs those parts of a plan elsewhere that can run there, the largest first, and scans their rows instead. */
export async function withLoaded(
  plan: Plan,
  needed: ReadonlySet<number>,
  load: (part: Plan) => Promise<Scan | null>,
): Promise<Plan> {
  if (plan.kind === 'oneRow') return plan;
  const below = neededBelow(plan, needed);
  const inputs: Plan[] = [];
  for (const [i, input] of inputsOf(plan).entries()) {
    const known = [...new Map(columnsOf(input).map((column) => [column.id, column])).values()];
    const wanted = known.filter(({ id }) => below[i]!.has(id));
    // Rows have some column, even where only their number counts.
    const output = wanted.length > 0 ? wanted : known.slice(0, 1);
    const scan = await load({ kind: 'project', input, output });
    inputs.push(scan ?? (await withLoaded(input, below[i]!, load)));
  }
  return withInputs(plan, inputs);
}
