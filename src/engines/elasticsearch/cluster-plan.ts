import { given } from '../../plan/build.ts';
import { knownColumns, neededBelow } from '../../plan/needed-columns.ts';
import { inputsOf, type Plan, rewritePlan, type Scan, type ScanColumn, withInputs } from '../../plan/nodes.ts';
import { foldConstants } from '../../rewrite/fold-constants.ts';
import { pruneColumns } from '../../rewrite/prune-columns.ts';
import { stableOrder } from '../../rewrite/stable-order.ts';
import { nullsBehindFilters, withoutAbsent } from './absent-fields.ts';
import type { ClusterCatalogue } from './cluster-catalogue.ts';

/**
 * A plan in terms of what the cluster has: it reads the indices by the patterns of the query, and fields that no index maps
 * are nulls. `isHere`: whether rows of a scan are no longer the cluster's.
 */
export function forCluster(plan: Plan, catalogue: ClusterCatalogue, isHere: (scan: Scan) => boolean): Plan {
  const ordered = stableOrder(plan, isHere);
  const isAbsent = (column: ScanColumn, scan: Scan): boolean => !isHere(scan) && !isThere(column, scan, catalogue);
  const nulls = new Set<Plan>();
  const mapped = rewritePlan(pruneColumns(foldConstants(withoutAbsent(ordered, isAbsent))), (node) => {
    if (node.kind !== 'scan' || isHere(node)) return node;
    const scan = mappedScan(node, catalogue);
    if (scan.kind === 'compute') nulls.add(scan);
    return scan;
  });
  return nullsBehindFilters(mapped, nulls);
}

const isThere = ({ source }: ScanColumn, { indices }: Scan, catalogue: ClusterCatalogue): boolean =>
  typeof source === 'string' || catalogue.isMapped(source.name, indices);

function mappedScan(scan: Scan, catalogue: ClusterCatalogue): Plan {
  const there = (column: ScanColumn): boolean => isThere(column, scan, catalogue);
  const columns = scan.columns.filter(there);
  const indices = catalogue.from(scan.indices);
  const mapped: Scan = { ...scan, indices, columns, output: columns.map(({ column }) => column) };
  const absent = scan.columns.filter((column) => !there(column));
  if (absent.length === 0) return { ...mapped, output: scan.output };
  return {
    kind: 'compute',
    input: mapped,
    definitions: absent.map(({ column }) => ({ column, expression: given(column.type, null) })),
    output: scan.output,
  };
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
    const known = [...new Map(knownColumns(input).map((column) => [column.id, column])).values()];
    const wanted = known.filter(({ id }) => below[i]!.has(id));
    // Rows have some column, even where only their number counts.
    const output = wanted.length > 0 ? wanted : known.slice(0, 1);
    const scan = await load({ kind: 'project', input, output });
    inputs.push(scan ?? (await withLoaded(input, below[i]!, load)));
  }
  return withInputs(plan, inputs);
}
