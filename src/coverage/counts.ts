import type { Column } from '../plan/column.ts';
import { type Call, type Expression, walkExpression } from '../plan/expression.ts';
import type { Aggregate, AggregateCall, Plan, Scan, ScanColumn } from '../plan/nodes.ts';
import type { QueryResult } from '../values/types.ts';

/*
 * Questions about how many events fulfil conditions, as they wait to be asked with others.
 */

/** Counts of events under conditions, perhaps in groups. */
export interface Counts {
  readonly scan: Scan;
  readonly among: readonly Expression[];
  readonly groups: Aggregate['groups'];
  readonly calls: readonly AggregateCall[];
  readonly meanings: Meanings;
}

/** A question that somebody waits for. */
export interface Waiting extends Counts {
  ask(plan: Plan): Promise<QueryResult>;
  resolve(result: QueryResult): void;
  reject(error: unknown): void;
}

/** A plan as counts; null for one that asks for anything else. */
export function countsOf(plan: Plan): Counts | null {
  if (plan.kind !== 'aggregate') return null;
  const { input, groups, aggregates: calls } = plan;
  const scan = input.kind === 'filter' ? input.input : input;
  // The number of all events of a group shows whether there is such a group.
  const isKnown = groups.length === 0 || isCountOfAll(calls[0]);
  if (scan.kind !== 'scan' || !isKnown) return null;
  return { scan, among: input.kind === 'filter' ? [input.condition] : [], groups, calls, meanings: new Meanings(scan) };
}

const isCountOfAll = (call: AggregateCall | undefined): boolean =>
  call?.function === 'COUNT' && call.args.length === 0 && call.filter === null;

export const nameOf = ({ source }: ScanColumn): string =>
  typeof source === 'string' ? source : `${source.name}\n${source.type}`;

/** What expressions mean in terms of fields: alike for those that come to the same. */
export class Meanings {
  readonly #known = new WeakMap<Expression, string>();
  readonly #fields: ReadonlyMap<number, string>;

  constructor({ columns }: Scan) {
    this.#fields = new Map(columns.map((one) => [one.column.id, nameOf(one)]));
  }

  of(expression: Expression): string {
    const before = this.#known.get(expression);
    if (before !== undefined) return before;
    const meaning = isConnective(expression)
      ? `${expression.function}(${expression.args.map((arg) => this.of(arg)).join(',')})`
      : JSON.stringify(expression, (key, value: unknown) => {
          if (key === 'span') return undefined;
          if (key === 'column') return this.#fields.get((value as Column).id);
          return typeof value === 'bigint' ? `${value}n` : value;
        });
    this.#known.set(expression, meaning);
    return meaning;
  }

  /** What a call counts of the events that are counted. */
  ofCall({ function: name, args, filter }: AggregateCall, among: readonly Expression[]): string {
    const texts = [...args, ...among, ...(filter ? [filter] : [])].map((one) => this.of(one));
    return `${name}(${texts.join(';')})`;
  }
}

/** Whether an expression puts conditions together. */
export const isConnective = (expression: Expression): expression is Call =>
  expression.kind === 'call' &&
  (/^(?:AND|OR|NOT)$/.test(expression.function) ||
    (expression.function === 'IS NULL' && expression.args[0]?.type === 'boolean'));

export function searches(expression: Expression): boolean {
  let does = false;
  walkExpression(expression, (part) => {
    if (part.kind === 'search') does = true;
  });
  return does;
}
