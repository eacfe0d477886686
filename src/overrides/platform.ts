import type { Constant, Expression } from '../esql/plan/expression.ts';
import { scansOf } from '../esql/plan/nodes.ts';
import { conditionsOf } from '../esql/plan/time-bounds.ts';
import { insertCommand, type TextEdit } from './text-edit.ts';
import { eventPipelines, type TypedQuery, within } from './typed-query.ts';

/** `host.os.type` as ECS has it. */
export const platforms = ['linux', 'macos', 'windows'] as const;
export type Platform = (typeof platforms)[number];

/** The fields that say on which platform an event happened. */
const platformFields = ['host.os.type', 'host.os.family', 'host.os.platform'];

/**
 * Edits that make a query look at another platform. On Linux the family and platform of a host are those of its
 * distribution, so `host.os.type` is what is asked for.
 */
export function overridePlatform(typed: TypedQuery, platform: Platform): TextEdit[] {
  const conditions = conditionsOf(typed.plan).filter((condition) => platformAsked(condition, typed) !== null);
  return eventPipelines(typed.query)
    .filter(({ from }) => from.patterns.length > 0)
    .flatMap((pipeline) => {
      const own = conditions.filter(({ span }) => pipeline.conditions.some((condition) => within(span, condition)));
      const starts = new Map(own.map((condition) => [condition.span.start, condition]));
      const comparison = `host.os.type == "${platform}"`;
      if (starts.size === 0) return [insertCommand(pipeline.ends[0]!, `WHERE ${comparison}`)];
      return [...starts.values()].map(({ span }): TextEdit => ({ span, text: comparison }));
    });
}

/** The platforms that a query asks for as a condition of its own; null when it does not ask. */
export function platformAsked(condition: Expression, { plan }: Pick<TypedQuery, 'plan'>): readonly string[] | null {
  if (condition.kind !== 'call' || !/^(?:==|IN)$/.test(condition.function.name)) return null;
  const [first, ...others] = condition.args as [Expression, ...Expression[]];
  const turned = first.kind === 'constant' && others.length === 1;
  const [field, values] = turned ? [others[0]!, [first]] : [first, others];
  if (field.kind !== 'column' || !isPlatformField(field.column.id, plan)) return null;
  if (!values.every((value): value is Constant => value.kind === 'constant')) return null;
  return (values as Constant[]).map(({ value }) => String(value));
}

const isPlatformField = (id: number, plan: TypedQuery['plan']): boolean =>
  scansOf(plan).some(({ columns }) =>
    columns.some(
      ({ column, source }) => column.id === id && typeof source === 'object' && platformFields.includes(source.name),
    ),
  );
