import type { Field } from '../../catalogue/catalogue.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import type { AggregateFunction } from '../functions/definition.ts';
import type { Column } from './column.ts';
import type { Expression } from './expression.ts';

/** What a scanned column is read from: a field of the events, or one of FROM's METADATA. */
export interface ScanColumn {
  readonly column: Column;
  readonly source: Field | MetadataField;
}

/** What FROM's METADATA can ask for. */
export type MetadataField = '_index' | '_id' | '_version';

export interface Scan {
  readonly kind: 'scan';
  /** The indices to read; null when the patterns match every index there is. */
  readonly indices: readonly string[] | null;
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
  readonly function: AggregateFunction;
  readonly args: readonly Expression[];
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
  readonly output: readonly Column[];
}

export interface Limit {
  readonly kind: 'limit';
  readonly input: Plan;
  readonly count: bigint;
  readonly output: readonly Column[];
}

/** A typed logical plan: few kinds of nodes, however many commands the language has. */
export type Plan = Scan | OneRow | Filter | Compute | Project | Aggregate | Sort | Limit;

/** The plan a node reads from; null for the sources. */
export function inputOf(plan: Plan): Plan | null {
  return plan.kind === 'scan' || plan.kind === 'oneRow' ? null : plan.input;
}

/** The same node over another input. */
export function withInput(plan: Plan, input: Plan): Plan {
  return plan.kind === 'scan' || plan.kind === 'oneRow' || plan.input === input ? plan : { ...plan, input };
}

/** Rebuilds a plan from its source upwards; `change` sees each node after its input. */
export function rewritePlan(plan: Plan, change: (node: Plan) => Plan): Plan {
  const input = inputOf(plan);
  return change(input === null ? plan : withInput(plan, rewritePlan(input, change)));
}

/** A plan whose every expression went through `change`. */
export function mapExpressions(plan: Plan, change: (expression: Expression) => Expression): Plan {
  return rewritePlan(plan, (node) => {
    switch (node.kind) {
      case 'filter':
        return { ...node, condition: change(node.condition) };
      case 'compute':
        return {
          ...node,
          definitions: node.definitions.map((item) => ({ ...item, expression: change(item.expression) })),
        };
      case 'aggregate':
        return {
          ...node,
          aggregates: node.aggregates.map((item) => ({
            ...item,
            args: item.args.map(change),
            filter: item.filter && change(item.filter),
          })),
        };
      case 'sort':
        return { ...node, keys: node.keys.map((key) => ({ ...key, expression: change(key.expression) })) };
      default:
        return node;
    }
  });
}

/** The expressions that stand in a node itself. */
export function expressionsOf(node: Plan): readonly Expression[] {
  switch (node.kind) {
    case 'filter':
      return [node.condition];
    case 'compute':
      return node.definitions.map((item) => item.expression);
    case 'aggregate':
      return node.aggregates.flatMap((item) => [...item.args, ...(item.filter ? [item.filter] : [])]);
    case 'sort':
      return node.keys.map((key) => key.expression);
    default:
      return [];
  }
}
