import type { Span } from '../diagnostics/source-text.ts';
import type { Constant, Expression } from '../plan/expression.ts';
import { conditionsOf } from '../plan/time-bounds.ts';
import { fieldsOfColumns } from './lineage.ts';
import { insertCommand, type TextEdit } from './text-edit.ts';
import { eventPipelines, type TypedQuery, within } from './typed-query.ts';

/** `host.os.type` as ECS has it. */
export const platforms = ['linux', 'macos', 'windows'] as const;
export type Platform = (typeof platforms)[number];

/** Platforms as people write them. */
const written: Record<Platform, string> = { linux: 'Linux', macos: 'macOS', windows: 'Windows' };

/** The name of a hunt for another platform: it takes the place of the one in brackets or behind `on`, or stands at the end. */
export function nameOnPlatform(name: string, platform: Platform): string {
  const changed = name.replace(
    /([([]|\b(?:on|for|in)\s+)(?:linux|macos|windows)(?=[)\]]|\s*$)/gi,
    (_, before: string) => before + written[platform],
  );
  return changed.includes(written[platform]) ? changed : `${name} (${written[platform]})`;
}

/** What a description says first that was written for another platform; as it is where it names none. */
export function describedFor(description: string, platform: Platform): string {
  const others = platforms.filter((one) => one !== platform && new RegExp(`\\b${one}\\b`, 'i').test(description));
  if (others.length === 0) return description;
  const names = others.map((one) => written[one]).join(' and ');
  return `For ${written[platform]}. What follows was written for ${names}:\n${description.trimStart()}`;
}

/** The fields that say on which platform an event happened. */
const platformFields = ['host.os.type', 'host.os.family', 'host.os.platform'];

/**
 * Edits that make a query look at another platform. On Linux the family and platform of a host are those of its
 * distribution, so `host.os.type` is what is asked for.
 */
export function overridePlatform(typed: TypedQuery, platform: Platform): TextEdit[] {
  const fields = fieldsOfColumns(typed.plan);
  const asked = conditionsOf(typed.plan).filter((condition) => platformsIn(condition, fields) !== null);
  const comparison = `host.os.type == "${platform}"`;
  return eventPipelines(typed.query).flatMap(({ pipeline, from, ends, conditions, later }) => {
    const standing = (spans: readonly Span[]): Map<number, Span> =>
      new Map(
        asked
          .filter(({ span }) => spans.some((condition) => within(span, condition)))
          .map(({ span }) => [span.start, span]),
      );
    // Behind these the field may have another name, or be gone.
    const renamed = pipeline.pipeline.find(({ command }) => ['rename', 'keep', 'drop'].includes(command));
    const spans = [...standing(conditions).values()];
    const own = spans.filter(({ start }) => !renamed || start < renamed.span.start);
    const isPast = own.length > 0 || from.patterns.length > 0;
    return [
      ...spans.map((span): TextEdit => ({ span, text: isPast && !own.includes(span) ? 'true' : comparison })),
      // Behind STATS the field may be gone, and its events are of the platform already.
      ...[...standing(later.flat()).values()].map((span): TextEdit => ({ span, text: 'true' })),
      ...(own.length === 0 && from.patterns.length > 0 ? [insertCommand(ends[0]!, `WHERE ${comparison}`)] : []),
    ];
  });
}

/** The platforms that a condition asks for; null when it asks for anything else. */
function platformsIn(condition: Expression, fields: ReadonlyMap<number, string>): readonly string[] | null {
  if (condition.kind !== 'call') return null;
  if (condition.function === 'OR') {
    const either = condition.args.map((part) => platformsIn(part, fields));
    return either.every((names) => names !== null) ? either.flat() : null;
  }
  if (!/^(?:==|IN)$/.test(condition.function)) return null;
  const [first, ...others] = condition.args as [Expression, ...Expression[]];
  const turned = first.kind === 'constant' && others.length === 1;
  const [field, values] = turned ? [others[0]!, [first]] : [first, others];
  if (field.kind !== 'column' || !platformFields.includes(fields.get(field.column.id) ?? '')) return null;
  if (!values.every((value): value is Constant => value.kind === 'constant')) return null;
  return (values as Constant[]).map(({ value }) => String(value));
}
