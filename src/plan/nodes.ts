import type { Field, Precision } from '../catalogue/catalogue.ts';
import type { ListMatch } from '../catalogue/lookup-list.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { GrokType } from '../values/grok.ts';
import type { LocationProperty } from '../values/ip-location.ts';
import type { UserAgentPart } from '../values/user-agent.ts';
import type { Column } from './column.ts';
import type { CallOptions, Expression } from './expression.ts';
import { mapList } from './map-list.ts';

/** What a scanned column is read from: a field of the events, or what an event has beside its fields. */
export interface ScanColumn {
  readonly column: Column;
  readonly source: Field | EventMark;
}

/** What FROM's METADATA can ask for. */
export type MetadataField = '_index' | '_id' | '_version' | '_source' | '_ignored' | '_score' | '_index_mode';

/** What an event has beside its fields. Its place, a number no other event has, orders rows that nothing else does. */
export type EventMark = MetadataField | '_place';

export interface Scan {
  readonly kind: 'scan';
  /** The indices to read; null when the patterns match every index there is. */
  readonly indices: readonly string[] | null;
  /** Set where the rows are read as time series. */
  readonly mode?: 'time_series';
  readonly columns: readonly ScanColumn[];
  readonly output: readonly Column[];
}

/** One row without columns: what ROW computes its columns on. */
export interface OneRow {
  readonly kind: 'oneRow';
  readonly output: readonly Column[];
}

export interface Filter {
  readonly kind: 'filter';
  readonly input: Plan;
  readonly condition: Expression;
  readonly output: readonly Column[];
}

/** Adds columns. None of its definitions refers to another. */
export interface Compute {
  readonly kind: 'compute';
  readonly input: Plan;
  readonly definitions: readonly { readonly column: Column; readonly expression: Expression }[];
  readonly output: readonly Column[];
}

/** Chooses, orders and renames columns; the values stay where they are. */
export interface Project {
  readonly kind: 'project';
  readonly input: Plan;
  readonly output: readonly Column[];
}

export interface AggregateCall {
  readonly column: Column;
  /** By its name in the table of functions. */
  readonly function: string;
  readonly args: readonly Expression[];
  readonly options?: CallOptions;
  /** Only rows for which it is true count for this aggregate. */
  readonly filter: Expression | null;
  readonly span: Span;
}

/** Groups rows by columns of its input. A key with several values puts its row in the group of each. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly input: Plan;
  readonly groups: readonly { readonly source: Column; readonly column: Column }[];
  readonly aggregates: readonly AggregateCall[];
  readonly output: readonly Column[];
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
}

export interface Sort {
  readonly kind: 'sort';
  readonly input: Plan;
  readonly keys: readonly SortKey[];
  /** The command; nothing for an order that was added. */
  readonly span?: Span;
  readonly output: readonly Column[];
}

export interface Limit {
  readonly kind: 'limit';
  readonly input: Plan;
  readonly count: bigint;
  readonly output: readonly Column[];
}

/** The first N rows of each group, in the order given, or any. */
export interface LimitBy {
  readonly kind: 'limitBy';
  readonly input: Plan;
  readonly count: bigint;
  readonly keys: readonly Expression[];
  readonly order: readonly SortKey[];
  readonly output: readonly Column[];
}

/** A column with the value that the row before has, in an order and within a group. */
export interface Previous {
  readonly kind: 'previous';
  readonly input: Plan;
  readonly value: Expression;
  readonly column: Column;
  readonly groups: readonly Expression[];
  readonly order: readonly SortKey[];
  readonly output: readonly Column[];
}

/** A row for each value of a column; rows without one stay. */
export interface Expand {
  readonly kind: 'expand';
  readonly input: Plan;
  readonly source: Column;
  readonly column: Column;
  /** The place of the value among those of its row, from 0, where somebody reads it. */
  readonly place?: Column;
  readonly output: readonly Column[];
}

/** Keeps each row with a probability. */
export interface Sample {
  readonly kind: 'sample';
  readonly input: Plan;
  readonly probability: number;
  readonly output: readonly Column[];
}

/** Finds in the values of each group, in an order, where they change, and marks that row. */
export interface ChangePoint {
  readonly kind: 'changePoint';
  readonly input: Plan;
  readonly value: Expression;
  readonly order: readonly SortKey[];
  readonly groups: readonly Expression[];
  /** The command, which warnings name. */
  readonly span: Span;
  /** The kind of the change, and how likely it is chance. */
  readonly type: Column;
  readonly pvalue: Column;
  readonly output: readonly Column[];
}

/** Numbers the rows of each group from one on, in the order in which they come. */
export interface Rank {
  readonly kind: 'rank';
  readonly input: Plan;
  readonly by: Column;
  readonly column: Column;
  readonly output: readonly Column[];
}

/** Takes texts apart into several columns. */
export interface Parse {
  readonly kind: 'parse';
  readonly input: Plan;
  readonly value: Expression;
  readonly parser: TextParser;
  readonly columns: readonly Column[];
  /** What warnings name; the value where there is nothing. */
  readonly warns?: Span;
  readonly output: readonly Column[];
}

/** How a text is taken apart. */
export type TextParser =
  | { readonly name: 'dissect'; readonly pattern: string; readonly separator: string }
  | {
      readonly name: 'grok';
      readonly patterns: readonly string[];
      /** What the patterns name, one for each column of the node. */
      readonly fields: readonly { readonly name: string; readonly type: GrokType; readonly several: boolean }[];
    }
  | { readonly name: 'uri_parts' | 'registered_domain' }
  | { readonly name: 'user_agent'; readonly parts: readonly UserAgentPart[] }
  | {
      readonly name: 'ip_location';
      /** What queries call it. */
      readonly database: string;
      /** Null where another engine has it. */
      readonly file: string | null;
      readonly properties: readonly LocationProperty[];
      /** Of several addresses the first counts; otherwise there is nothing. */
      readonly firstOnly: boolean;
    };

/** Every row of the input with the rows of another plan that fit it; with nulls where none does. */
export interface Join {
  readonly kind: 'join';
  readonly input: Plan;
  readonly right: Plan;
  /** Columns that must be equal. Several values equal nothing, and null equals null only where `nullsMatch` says so. */
  readonly on: readonly {
    readonly left: Column;
    readonly right: Column;
    /** The left value is rounded to what the field of the right side can hold. */
    readonly precision?: Precision;
  }[];
  readonly nullsMatch: boolean;
  /** What else must hold, in terms of the columns of both. */
  readonly condition: Expression | null;
  /** Rows are never multiplied: columns of several fitting rows hold the values of all. */
  readonly collect: boolean;
  /** What the warning names when a key has several values; null where that is nothing to warn of. */
  readonly warns: Span | null;
  /** How rows of a list fit the one pair of `on`; where it is not there, they are equal. */
  readonly match?: {
    readonly by: ListMatch;
    /** The column of the right side that numbers its rows: of several reasons to fit, a row fits once. */
    readonly place: Column;
  };
  /** The enrich policy that finds the same, for engines that have it. */
  readonly policy?: string;
  /** The columns taken from the right side; with `collect` their own copies, which may hold several values. */
  readonly taken: readonly { readonly source: Column; readonly column: Column }[];
  readonly output: readonly Column[];
}

/** The rows of several plans, one after the other. */
export interface Union {
  readonly kind: 'union';
  /** For each column of the output the column of the branch, or null where it has none. */
  readonly branches: readonly { readonly plan: Plan; readonly columns: readonly (Column | null)[] }[];
  /** What puts its rows in order, where anything does: columns of its output. */
  readonly order?: readonly {
    readonly column: Column;
    readonly descending: boolean;
    readonly nulls: SortKey['nulls'];
  }[];
  readonly output: readonly Column[];
}

/** A typed logical plan: few kinds of nodes, however many commands the language has. */
export type Plan =
  | Scan
  | OneRow
  | Filter
  | Compute
  | Project
  | Aggregate
  | Sort
  | Limit
  | LimitBy
  | Previous
  | Expand
  | Sample
  | ChangePoint
  | Rank
  | Parse
  | Join
  | Union;

type Kind = Plan['kind'];
type NodeOf<K extends Kind> = Extract<Plan, { kind: K }>;
type Change<T> = (value: T) => T;

/** What a kind of node reads from, and the expressions that stand in it. A node of which nothing changes stays the same object. */
interface Children<N extends Plan> {
  inputs(node: N): readonly Plan[];
  mapInputs(node: N, change: Change<Plan>): N;
  expressions(node: N): readonly Expression[];
  /** Changes them in the order of `expressions`. */
  mapExpressions(node: N, change: Change<Expression>): N;
}

const none: readonly never[] = [];
const bare = { expressions: () => none, mapExpressions: <N>(node: N) => node };
const source = { inputs: () => none, mapInputs: <N>(node: N) => node };
const unary = {
  inputs: ({ input }: { readonly input: Plan }) => [input],
  mapInputs<N extends { readonly input: Plan }>(node: N, change: Change<Plan>): N {
    const input = change(node.input);
    return input === node.input ? node : { ...node, input };
  },
};

const ofKeys = (keys: readonly SortKey[]): readonly Expression[] => keys.map(({ expression }) => expression);

/** The same for what holds an expression. */
const within =
  (change: Change<Expression>) =>
  <T extends { readonly expression: Expression }>(holder: T): T => {
    const expression = change(holder.expression);
    return expression === holder.expression ? holder : { ...holder, expression };
  };

/** A value of each group, in an order. */
const ofGroups = {
  expressions: ({ value, groups, order }: Previous | ChangePoint) => [value, ...groups, ...ofKeys(order)],
  mapExpressions<N extends Previous | ChangePoint>(node: N, change: Change<Expression>): N {
    const value = change(node.value);
    const groups = mapList(node.groups, change);
    const order = mapList(node.order, within(change));
    const isSame = value === node.value && groups === node.groups && order === node.order;
    return isSame ? node : { ...node, value, groups, order };
  },
};

function mapCall(call: AggregateCall, change: Change<Expression>): AggregateCall {
  const args = mapList(call.args, change);
  const filter = call.filter && change(call.filter);
  return args === call.args && filter === call.filter ? call : { ...call, args, filter };
}

const children: { readonly [K in Kind]: Children<NodeOf<K>> } = {
  scan: { ...source, ...bare },
  oneRow: { ...source, ...bare },
  filter: {
    ...unary,
    expressions: ({ condition }) => [condition],
    mapExpressions(node, change) {
      const condition = change(node.condition);
      return condition === node.condition ? node : { ...node, condition };
    },
  },
  compute: {
    ...unary,
    expressions: ({ definitions }) => definitions.map(({ expression }) => expression),
    mapExpressions(node, change) {
      const definitions = mapList(node.definitions, within(change));
      return definitions === node.definitions ? node : { ...node, definitions };
    },
  },
  project: { ...unary, ...bare },
  aggregate: {
    ...unary,
    expressions: ({ aggregates }) => aggregates.flatMap(({ args, filter }) => (filter ? [...args, filter] : args)),
    mapExpressions(node, change) {
      const aggregates = mapList(node.aggregates, (call) => mapCall(call, change));
      return aggregates === node.aggregates ? node : { ...node, aggregates };
    },
  },
  sort: {
    ...unary,
    expressions: ({ keys }) => ofKeys(keys),
    mapExpressions(node, change) {
      const keys = mapList(node.keys, within(change));
      return keys === node.keys ? node : { ...node, keys };
    },
  },
  limit: { ...unary, ...bare },
  limitBy: {
    ...unary,
    expressions: ({ keys, order }) => [...keys, ...ofKeys(order)],
    mapExpressions(node, change) {
      const keys = mapList(node.keys, change);
      const order = mapList(node.order, within(change));
      return keys === node.keys && order === node.order ? node : { ...node, keys, order };
    },
  },
  previous: { ...unary, ...ofGroups },
  expand: { ...unary, ...bare },
  sample: { ...unary, ...bare },
  changePoint: { ...unary, ...ofGroups },
  rank: { ...unary, ...bare },
  parse: {
    ...unary,
    expressions: ({ value }) => [value],
    mapExpressions(node, change) {
      const value = change(node.value);
      return value === node.value ? node : { ...node, value };
    },
  },
  join: {
    inputs: ({ input, right }) => [input, right],
    mapInputs(node, change) {
      const input = change(node.input);
      const right = change(node.right);
      return input === node.input && right === node.right ? node : { ...node, input, right };
    },
    expressions: ({ condition }) => (condition ? [condition] : []),
    mapExpressions(node, change) {
      const condition = node.condition && change(node.condition);
      return condition === node.condition ? node : { ...node, condition };
    },
  },
  union: {
    ...bare,
    inputs: ({ branches }) => branches.map(({ plan }) => plan),
    mapInputs(node, change) {
      const branches = mapList(node.branches, (branch) => {
        const plan = change(branch.plan);
        return plan === branch.plan ? branch : { ...branch, plan };
      });
      return branches === node.branches ? node : { ...node, branches };
    },
  },
};

const childrenOf = (plan: Plan): Children<Plan> => children[plan.kind];

/** The plan whose rows a node works on; null for sources and unions. */
export const inputOf = (plan: Plan): Plan | null => ('input' in plan ? plan.input : null);

/** Every plan that a node reads from. */
export const inputsOf = (plan: Plan): readonly Plan[] => childrenOf(plan).inputs(plan);

/** The same node over what each of its inputs becomes. */
export const mapInputs = (plan: Plan, change: (input: Plan) => Plan): Plan => childrenOf(plan).mapInputs(plan, change);

/** The same node over other inputs. */
export function withInputs(plan: Plan, inputs: readonly Plan[]): Plan {
  let at = 0;
  return mapInputs(plan, () => inputs[at++]!);
}

/** The same node over another input. */
export function withInput(plan: Plan, input: Plan): Plan {
  return inputOf(plan) === null ? plan : withInputs(plan, [input, ...inputsOf(plan).slice(1)]);
}

/** Rebuilds a plan from its sources upwards; `change` sees each node after its inputs. */
export function rewritePlan(plan: Plan, change: (node: Plan) => Plan): Plan {
  const rebuilt = (node: Plan): Plan => change(mapInputs(node, rebuilt));
  return rebuilt(plan);
}

/** A plan whose every expression went through `change`. Nodes of which nothing changes stay the same objects. */
export const mapExpressions = (plan: Plan, change: (expression: Expression) => Expression): Plan =>
  rewritePlan(plan, (node) => childrenOf(node).mapExpressions(node, change));

/** The expressions that stand in a node itself. */
export const expressionsOf = (node: Plan): readonly Expression[] => childrenOf(node).expressions(node);

/** Every scan of a plan. */
export const scansOf = (plan: Plan): Scan[] => (plan.kind === 'scan' ? [plan] : inputsOf(plan).flatMap(scansOf));

/** The sort that put the rows of a plan in order, if nothing has undone it since. */
export function sortOf(plan: Plan): Sort | null {
  switch (plan.kind) {
    case 'sort':
      return plan;
    case 'filter':
    case 'compute':
    case 'project':
    case 'limit':
    case 'limitBy':
    case 'sample':
    case 'parse':
      return sortOf(plan.input);
    case 'scan':
    case 'oneRow':
    case 'aggregate':
    case 'expand':
    case 'changePoint':
    case 'rank':
    case 'previous':
    case 'join':
    case 'union':
      return null;
  }
}

/** The order that the query gave to the rows of a plan. */
export const orderOf = (plan: Plan): readonly SortKey[] => sortOf(plan)?.keys ?? [];

/** Whether a join gives each row once: the other side is collected, or has one row for each key. */
export function addsNoRows({ right, on, collect, match }: Join): boolean {
  if (match) return false;
  let node = right;
  while (node.kind === 'project' || node.kind === 'compute') node = node.input;
  const isKey = ({ id }: Column): boolean => on.some((key) => key.right.id === id);
  return collect || (node.kind === 'aggregate' && node.groups.every(({ column }) => isKey(column)));
}
