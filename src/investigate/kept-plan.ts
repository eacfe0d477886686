import type { SourceText } from '../diagnostics/source-text.ts';
import type { Engine } from '../engines/engine.ts';
import { columnsIn } from '../plan/expression.ts';
import { inputsOf, type Plan, withInputs } from '../plan/nodes.ts';
import { orderOf, stableOrder } from '../rewrite/stable-order.ts';

/** A plan over rows that are kept, and the engine that reads them. */
export interface KeptPlan {
  readonly plan: Plan;
  readonly engine: Engine;
  drop(): Promise<void>;
}

/**
 * Reads the events once for many variants of a plan: what does not depend on the nodes that vary is computed and kept,
 * and scanned in its place.
 */
export async function keepBelow(
  query: { readonly plan: Plan; readonly source: SourceText },
  varies: (node: Plan) => boolean,
  engine: Engine,
  signal?: AbortSignal,
): Promise<KeptPlan> {
  // The order of rows comes from what is about to be kept; a LIMIT must cut the same ones.
  const plan = stableOrder(query.plan, (scan) => engine.hasPlaces(scan));
  const kept: Plan[] = [];
  const collect = (node: Plan): void => {
    if (reaches(node, varies)) for (const input of inputsOf(node)) collect(input);
    else if (node.kind !== 'scan' && node.kind !== 'oneRow' && !kept.includes(node)) kept.push(node);
  };
  collect(plan);
  const rows = await engine.materialise(kept.map(withOrder), query.source, signal);
  const replaced = (node: Plan): Plan => {
    const place = kept.indexOf(node);
    return place >= 0 ? rows.scans[place]! : withInputs(node, inputsOf(node).map(replaced));
  };
  return { plan: replaced(plan), engine: rows.engine, drop: rows.drop };
}

/** A plan with the columns that put its rows in order, which it need not show. */
function withOrder(input: Plan): Plan {
  const columns = new Map(input.output.map((column) => [column.id, column]));
  for (const { expression } of orderOf(input))
    for (const column of columnsIn(expression)) columns.set(column.id, column);
  return columns.size === input.output.length ? input : { kind: 'project', input, output: [...columns.values()] };
}

const reaches = (node: Plan, wanted: (node: Plan) => boolean): boolean =>
  wanted(node) || inputsOf(node).some((input) => reaches(input, wanted));
