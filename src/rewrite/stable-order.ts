import { freshColumns } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { columnsIn, reference } from '../plan/expression.ts';
import type { Join, Plan, Scan, SortKey } from '../plan/nodes.ts';
import { addsNoRows, inputOf, inputsOf, rewritePlan, withInput, withInputs } from '../plan/nodes.ts';
import { isSpatial } from '../values/types.ts';

/**
 * Gives rows an order of their own where the query leaves it open: groups by their keys, events by their place. Two runs
 * over the same data then list the same rows in the same order, and a LIMIT cuts the same ones, whatever else they read.
 */
export function stableOrder(plan: Plan): Plan {
  return settle(ordered(withPlaces(plan)));
}

/** The columns that tell the rows of a plan apart. */
const identityOf = (plan: Plan): readonly Column[] =>
  orderOf(plan, false).flatMap(({ expression }) => columnsIn(expression));

/** A plan whose scans read the places of events, and whose joins take them over from rows that may fit one row. */
function withPlaces(plan: Plan): Plan {
  const fresh = freshColumns(plan);
  const placed = (scan: Scan): Scan =>
    scan.columns.some(({ source }) => source === '_place')
      ? scan
      : { ...scan, columns: [...scan.columns, { column: fresh('_place', 'long'), source: '_place' }] };
  const taking = (join: Join): Join => {
    const places = addsNoRows(join) ? [] : identityOf(join.right);
    const taken = places.map((source) => ({ source, column: fresh(source.name, source.type) }));
    return { ...join, taken: [...join.taken, ...taken] };
  };
  return rewritePlan(plan, (node) =>
    node.kind === 'scan' ? placed(node) : node.kind === 'join' ? taking(node) : node,
  );
}

/** Below a LIMIT and at the end, rows must have an order. */
function ordered(plan: Plan): Plan {
  switch (plan.kind) {
    case 'limit':
      return { ...plan, input: settle(ordered(plan.input)) };
    case 'limitBy':
      return {
        ...plan,
        input: ordered(plan.input),
        order: withTies(plan.order, identityOf(plan.input).map(ascending)),
      };
    default:
      return withInputs(plan, inputsOf(plan).map(ordered));
  }
}

/**
 * Adds the order that is missing: to the SORT of the query, behind its own keys, or on top of filters, which leave fewer
 * rows to sort.
 */
function settle(plan: Plan): Plan {
  const decisive = firstBelow(plan);
  if (decisive?.kind === 'limit') return plan;
  if (decisive?.kind === 'sort') return withKeys(plan, orderOf(decisive));
  const keys = orderOf(plan);
  return keys.length === 0 ? plan : { kind: 'sort', input: plan, keys, output: plan.output };
}

/** Kinds of nodes that decide the order of rows: the others leave it as it is. A limit has been settled itself. */
const decides: Readonly<Record<Plan['kind'], boolean>> = {
  ...{ scan: true, oneRow: true, aggregate: true, sort: true, limit: true, limitBy: true, expand: true },
  ...{ changePoint: true, rank: true, join: true, union: true },
  ...{ filter: false, compute: false, project: false, parse: false, sample: false },
};

function firstBelow(plan: Plan): Plan | null {
  let node: Plan | null = plan;
  while (node && !decides[node.kind]) node = inputOf(node);
  return node;
}

const withKeys = (plan: Plan, keys: readonly SortKey[]): Plan =>
  plan.kind === 'sort' ? { ...plan, keys } : withInput(plan, withKeys(inputOf(plan)!, keys));

/** The total order of the rows of a plan; where branches meet, it is open. `isSorted`: SORT of the query counts. */
export function orderOf(plan: Plan, isSorted = true): readonly SortKey[] {
  switch (plan.kind) {
    case 'scan':
      return plan.columns.flatMap(({ column, source }) => (source === '_place' ? [ascending(column)] : []));
    case 'oneRow':
    case 'union':
      return [];
    case 'aggregate':
      return plan.groups.flatMap(({ column }) => (isSpatial(column.type) ? [] : [ascending(column)]));
    case 'sort':
      return isSorted ? withTies(plan.keys, orderOf(plan.input, false)) : orderOf(plan.input, false);
    case 'expand':
      return withTies(orderOf(plan.input, isSorted), [ascending(plan.column)]);
    case 'join': {
      const right = new Set(identityOf(plan.right).map(({ id }) => id));
      const taken = plan.taken.flatMap(({ source, column }) => (right.has(source.id) ? [ascending(column)] : []));
      return withTies(orderOf(plan.input, isSorted), taken);
    }
    case 'filter':
    case 'compute':
    case 'project':
    case 'limit':
    case 'limitBy':
    case 'sample':
    case 'changePoint':
    case 'rank':
    case 'parse':
      return orderOf(plan.input, isSorted);
  }
}

/** An order, and what puts the rows in order that it holds equal. */
function withTies(keys: readonly SortKey[], ties: readonly SortKey[]): readonly SortKey[] {
  const sorted = new Set(keys.flatMap(({ expression }) => (expression.kind === 'column' ? expression.column.id : [])));
  return [...keys, ...ties.filter(({ expression }) => columnsIn(expression).some(({ id }) => !sorted.has(id)))];
}

const ascending = (column: Column): SortKey => ({
  expression: reference(column, { start: 0, end: 0 }),
  descending: false,
  nulls: 'last',
});
