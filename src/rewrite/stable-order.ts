import { freshColumns, given } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { columnsIn, reference } from '../plan/expression.ts';
import type { Join, Plan, Scan, SortKey, Union } from '../plan/nodes.ts';
import { addsNoRows, inputOf, mapInputs, rewritePlan, scansOf, withInput } from '../plan/nodes.ts';
import { isSpatial } from '../values/types.ts';

/**
 * Gives rows an order of their own where the query leaves it open: groups by their keys, events by their place, where
 * branches meet one after the other. Two runs over the same data then list the same rows in the same order, and a LIMIT
 * cuts the same ones, whatever else they read. `hasPlaces`: whether the events of a scan have places.
 */
export function stableOrder(plan: Plan, hasPlaces: (scan: Scan) => boolean = () => true): Plan {
  return settle(ordered(withPlaces(plan, hasPlaces)));
}

/** The columns that tell the rows of a plan apart. */
const identityOf = (plan: Plan): readonly Column[] =>
  orderOf(plan, false).flatMap(({ expression }) => columnsIn(expression));

/**
 * A plan whose scans read the places of events, whose MV_EXPAND the places of values, whose joins take them over from rows that may fit one row, and whose unions
 * take the order of each branch.
 */
function withPlaces(plan: Plan, hasPlaces: (scan: Scan) => boolean): Plan {
  const fresh = freshColumns(plan);
  const placed = (scan: Scan): Scan =>
    !hasPlaces(scan) || scan.columns.some(({ source }) => source === '_place')
      ? scan
      : { ...scan, columns: [...scan.columns, { column: fresh('_place', 'long'), source: '_place' }] };
  const taking = (join: Join): Join => {
    const places = addsNoRows(join) ? [] : identityOf(join.right);
    const taken = places.map((source) => ({ source, column: fresh(source.name, source.type) }));
    return { ...join, taken: [...join.taken, ...taken] };
  };
  const lined = (union: Union): Plan => {
    if (union.order || !scansOf(union).every(hasPlaces)) return union;
    const branch = fresh('_branch', 'integer');
    const keys = union.branches.flatMap(({ plan: own }, at) =>
      orderOf(own).flatMap((key) => {
        const { column } = key.expression.kind === 'column' ? key.expression : { column: null };
        if (!column || column.type === 'unsupported' || column.type === 'null') return [];
        return [{ ...key, at, source: column, column: fresh(column.name, column.type, column.multi) }];
      }),
    );
    const branches = union.branches.map(({ plan: own, columns }, at) => {
      const mark = fresh('_branch', 'integer');
      const definitions = [{ column: mark, expression: given('integer', BigInt(at)) }];
      const marked: Plan = { kind: 'compute', input: own, definitions, output: [...own.output, mark] };
      return { plan: marked, columns: [...columns, mark, ...keys.map((key) => (key.at === at ? key.source : null))] };
    });
    const input: Union = {
      kind: 'union',
      branches,
      order: [
        { column: branch, descending: false, nulls: 'last' },
        ...keys.map(({ column, descending, nulls }) => ({ column, descending, nulls })),
      ],
      output: [...union.output, branch, ...keys.map(({ column }) => column)],
    };
    return { kind: 'project', input, output: union.output };
  };
  return rewritePlan(plan, (node) => {
    if (node.kind === 'scan') return placed(node);
    if (node.kind === 'join') return taking(node);
    if (node.kind === 'expand' && !node.place) return { ...node, place: fresh('_place', 'integer') };
    return node.kind === 'union' ? lined(node) : node;
  });
}

/** Below a LIMIT and at the end, rows must have an order. */
function ordered(plan: Plan): Plan {
  switch (plan.kind) {
    case 'limit':
      return { ...plan, input: settle(ordered(plan.input)) };
    case 'limitBy':
    case 'previous':
      return {
        ...plan,
        input: ordered(plan.input),
        order: withTies(plan.order, identityOf(plan.input).map(ascending)),
      };
    default:
      return mapInputs(plan, ordered);
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
  ...{ changePoint: true, rank: true, previous: true, join: true, union: true },
  ...{ filter: false, compute: false, project: false, parse: false, sample: false },
};

function firstBelow(plan: Plan): Plan | null {
  let node: Plan | null = plan;
  while (node && !decides[node.kind]) node = inputOf(node);
  return node;
}

const withKeys = (plan: Plan, keys: readonly SortKey[]): Plan =>
  plan.kind === 'sort' ? { ...plan, keys } : withInput(plan, withKeys(inputOf(plan)!, keys));

/** The total order of the rows of a plan, as far as it has one. `isSorted`: SORT of the query counts. */
export function orderOf(plan: Plan, isSorted = true): readonly SortKey[] {
  switch (plan.kind) {
    case 'scan':
      return plan.columns.flatMap(({ column, source }) => (source === '_place' ? [ascending(column)] : []));
    case 'oneRow':
      return [];
    case 'union':
      return (plan.order ?? []).map(({ column, ...key }) => ({ ...key, expression: reference(column, nowhere) }));
    case 'aggregate':
      return plan.groups.flatMap(({ column }) => (isSpatial(column.type) ? [] : [ascending(column)]));
    case 'sort':
      return isSorted ? withTies(plan.keys, orderOf(plan.input, false)) : orderOf(plan.input, false);
    case 'expand':
      return withTies(orderOf(plan.input, isSorted), [ascending(plan.place ?? plan.column)]);
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
    case 'previous':
    case 'parse':
      return orderOf(plan.input, isSorted);
  }
}

/** An order, and what puts the rows in order that it holds equal. */
function withTies(keys: readonly SortKey[], ties: readonly SortKey[]): readonly SortKey[] {
  const sorted = new Set(keys.flatMap(({ expression }) => (expression.kind === 'column' ? expression.column.id : [])));
  return [...keys, ...ties.filter(({ expression }) => columnsIn(expression).some(({ id }) => !sorted.has(id)))];
}

const nowhere = { start: 0, end: 0 };

const ascending = (column: Column): SortKey => ({
  expression: reference(column, nowhere),
  descending: false,
  nulls: 'last',
});
