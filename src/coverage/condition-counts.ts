import { allOf, conditionOf, countWhere, type freshColumns } from '../plan/build.ts';
import type { Expression } from '../plan/expression.ts';
import type { AggregateCall } from '../plan/nodes.ts';
import { loosened, type NearMiss, relaxations } from './near-misses.ts';
import type { Requirements, TextCondition } from './requirements.ts';

/** What one condition does to the events that fulfil all others. */
export interface ConditionCounts extends TextCondition {
  /** Events that fulfil all others, and those of them for which this one comes to null: a field that it asks is not there. */
  readonly others: number;
  readonly unanswered: number;
  /** Whether it leaves out what it names, so that nobody expects it to drop events without the field. */
  readonly isExclusion: boolean;
  /** Events that would fulfil it if it asked for a little less, the nearest first. */
  readonly nearly: readonly { readonly miss: NearMiss; readonly condition: Expression; readonly events: number }[];
}

/** What the conditions on events let through, alone and together. */
export interface Passing {
  /** All events that are read, and those that fulfil every condition. */
  readonly all: number;
  readonly strict: number;
  /** Events that would fulfil every condition if each asked for a little less. */
  readonly nearly: number;
  readonly conditions: readonly ConditionCounts[];
}

/** Conditions that are looked at one by one: with more, questions take long. */
const mostConditions = 12;

/** What is to be counted for `Passing`, and how it is read from a row that begins with these counts. */
export function passingCounts(
  { events, bounds }: Pick<Requirements, 'events' | 'bounds'>,
  fresh: ReturnType<typeof freshColumns>,
): { readonly calls: readonly AggregateCall[]; read(row: readonly number[]): Passing } {
  const window = [...new Set(bounds.map(({ condition }) => condition))];
  const calls: AggregateCall[] = [];
  const counting = (conditions: readonly (Expression | null)[]): number => {
    const all = allOf(conditions.filter((one) => one !== null));
    return calls.push(countWhere(fresh('n', 'long'), all)) - 1;
  };
  const strict = events.map(({ condition }) => condition);
  // What one exclusion drops for want of a field must not hide what another does.
  const lenient = events.map(({ condition }) => (isExclusion(condition) ? orUnanswered(condition) : condition));
  const all = counting([]);
  const every = counting([...strict, ...window]);
  const loose = strict.map(loosened);
  const together = loose.some((one, i) => one !== strict[i]) ? counting([...loose, ...window]) : null;
  const each = events.slice(0, mostConditions).map((one, i) => {
    const { condition } = one;
    const but = (list: readonly Expression[]): Expression[] => [...list.filter((_, j) => j !== i), ...window];
    const isExcluding = isExclusion(condition);
    return {
      ...one,
      isExclusion: isExcluding,
      others: counting(but(isExcluding ? lenient : strict)),
      unanswered: isExcluding ? counting([...but(lenient), conditionOf('IS NULL', [condition])]) : null,
      nearly: relaxations(condition).map((relaxed) => ({
        ...relaxed,
        at: counting([...but(strict), relaxed.condition]),
      })),
    };
  });
  return {
    calls,
    read: (row) => ({
      all: row[all]!,
      strict: row[every]!,
      nearly: together === null ? row[every]! : row[together]!,
      conditions: each.map(({ others, unanswered, nearly, ...one }) => ({
        ...one,
        others: row[others]!,
        unanswered: unanswered === null ? 0 : row[unanswered]!,
        nearly: nearly.map(({ at, ...relaxed }) => ({ ...relaxed, events: row[at]! - row[every]! })),
      })),
    }),
  };
}

const orUnanswered = (condition: Expression): Expression =>
  conditionOf('OR', [condition, conditionOf('IS NULL', [condition])]);

/** Whether a condition leaves out what it names: `NOT x == "a"`, `x != "a"`. A value that is not empty asks for one. */
export function isExclusion(condition: Expression): boolean {
  if (condition.kind !== 'call') return false;
  const { function: name, args } = condition;
  if (name === 'AND' || name === 'OR') return args.every(isExclusion);
  if (name === '!=') return !args.some(isEmptyText);
  if (name !== 'NOT') return false;
  const [negated] = args;
  if (negated?.kind !== 'call') return negated?.kind === 'inRanges';
  if (negated.function === 'IS NULL' || negated.function === 'IS NOT NULL') return false;
  return !(negated.function === '==' && negated.args.some(isEmptyText));
}

const isEmptyText = (one: Expression): boolean => one.kind === 'constant' && one.value === '';
