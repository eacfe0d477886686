import type { Threshold } from '../overrides/thresholds.ts';
import { conditionOf, countWhere, filtered, freshColumns, given, grouped, hasValue } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import type { Expression } from '../plan/expression.ts';
import { inputOf, type Plan } from '../plan/nodes.ts';
import { conjuncts } from '../plan/time-bounds.ts';
import type { CellValue } from '../values/types.ts';
import { compared, isCutLast } from './last-rows.ts';
import { rowChain } from './row-chain.ts';
import { looserThan } from './thresholds.ts';

/** A question about the number of rows at several settings, and how its answer is read. */
export interface RowsBySetting {
  readonly plan: Plan;
  /** As many numbers as there are settings. */
  read(values: readonly (readonly CellValue[])[]): number[];
}

/**
 * How many rows a plan has at each of some ascending settings of a threshold, as one question: each row that comes to the
 * threshold is there once for each setting that it passes, and groups are made for each setting by itself. LIMIT at the
 * end is left out. Null where that does not count them: the threshold is one condition among others that decide together,
 * or some command after it looks at the rows of all settings.
 */
export function rowsBySetting(threshold: Threshold, settings: readonly number[], plan: Plan): RowsBySetting | null {
  if (!threshold.decides || looserThan(threshold.operator) === null || settings.length === 0) return null;
  const fresh = freshColumns(plan);
  const last = new Set<Plan>(isCutLast(plan) ? rowChain(plan).nodes : []);
  const found = spread(plan);
  if (!found) return null;
  return {
    plan: grouped(found.plan, [found.setting], [countWhere(fresh('rows', 'long'), null)], fresh),
    read(values) {
      const rows = new Map(values.map(([count, setting]) => [Number(setting), Number(count)]));
      return settings.map((_, i) => rows.get(i) ?? 0);
    },
  };

  function spread(node: Plan): { readonly plan: Plan; readonly setting: Column } | null {
    if (node.kind === 'filter' && conjuncts(node.condition).includes(threshold.comparison))
      return eachSetting(rowsBefore(threshold, node), node.output);
    const input = inputOf(node);
    const below = input && spread(input);
    if (!below) return null;
    const { plan: rows, setting } = below;
    switch (node.kind) {
      case 'filter':
      case 'compute':
      case 'project':
      case 'parse':
      case 'expand':
        return { plan: { ...node, input: rows, output: [...node.output, setting] }, setting };
      case 'sort':
        return below;
      case 'limit':
        return last.has(node) ? below : null;
      case 'aggregate': {
        // One row for all events is there even where no event is left.
        if (node.groups.length === 0) return null;
        const column = fresh('setting', 'integer');
        const groups = [...node.groups, { source: setting, column }];
        return { plan: { ...node, input: rows, groups, output: [...node.output, column] }, setting: column };
      }
      default:
        return null;
    }
  }

  /** Rows with the places of the settings that they pass, a row for each. */
  function eachSetting(rows: Plan, shown: readonly Column[]): { readonly plan: Plan; readonly setting: Column } {
    const passed = fresh('passed', 'integer', true);
    const setting = fresh('setting', 'integer');
    const places = settings.map((_, i) => BigInt(i));
    const isLower = looserThan(threshold.operator) === 'lower';
    // From the strictest setting on: a row that passes it passes all that are looser.
    const steps = settings.map((value, i): [Expression, Expression] => {
      const which = isLower ? places.slice(0, i + 1) : places.slice(i);
      return [compared(threshold, value), given('integer', which.length === 1 ? which[0]! : which)];
    });
    const expression: Expression = {
      ...conditionOf('CASE', (isLower ? steps.reverse() : steps).flat()),
      type: 'integer',
      multi: true,
    };
    const marked: Plan = {
      kind: 'compute',
      input: rows,
      definitions: [{ column: passed, expression }],
      output: [...rows.output, passed],
    };
    const input = filtered(marked, [hasValue(passed)]);
    return { plan: { kind: 'expand', input, source: passed, column: setting, output: [...shown, setting] }, setting };
  }
}

/** The rows that a threshold decides about in its node: those that meet what else stands there. */
export function rowsBefore({ comparison }: Threshold, node: Plan): Plan {
  const input = inputOf(node)!;
  if (node.kind !== 'filter') return input;
  const conditions = conjuncts(node.condition);
  return conditions.includes(comparison)
    ? filtered(
        input,
        conditions.filter((one) => one !== comparison),
      )
    : input;
}
