import { eventKinds, streamOf } from '../catalogue/event-kinds.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import type { TypedQuery } from '../overrides/typed-query.ts';
import { simplify } from '../rewrite/rewrite.ts';
import { onlyOnWindows } from './gaps.ts';
import { requirementsOf } from './requirements.ts';
import { windowsOnly } from './windows-only.ts';

/**
 * What a query asks of Elastic Defend that it does not record on a platform: fields, and values of `event.action`. Other
 * data sources may have them all the same.
 */
export function notRecordedOn(platform: string, { query, plan, source }: TypedQuery): string[] {
  const streams = new Set(indexPatterns(query).flatMap((pattern) => streamOf(pattern) ?? []));
  const kinds = eventKinds.filter((kind) => streams.has(kind.stream) && kind.platform === platform);
  const where = `${[...streams].join(' and ')} events on ${platform}`;
  if (streams.size > 0 && kinds.length === 0) return [`Elastic Defend records no ${where}`];
  const messages: string[] = [];
  for (const { fields, selectors, events } of requirementsOf(simplify(plan), source)) {
    const unknown = fields.filter(({ name }) => {
      if (streams.size === 0) return false;
      const elsewhere = eventKinds.some((kind) => kind.fields.has(name));
      return elsewhere && !kinds.some((kind) => kind.fields.has(name));
    });
    if (unknown.length > 0)
      messages.push(`Elastic Defend records no ${unknown.map(({ name }) => name).join(', ')} in ${where}`);
    const names = new Map(fields.map(({ name, column }) => [column.id, name]));
    const columns = {
      nameOf: (column: number) => names.get(column),
      isAbsent: (column: number) => unknown.some((field) => field.column.id === column),
    };
    for (const condition of platform === 'windows' ? [] : events) {
      const parts = windowsOnly(condition.condition, columns);
      if (parts.length > 0) messages.push(onlyOnWindows(condition, parts, platform, source).message);
    }
    for (const { text } of selectors.flatMap(({ values }) => values)) {
      const action = /^event\.action == "([^"]*)"$/.exec(text)?.[1];
      if (streams.size > 0 && action !== undefined && !kinds.some((kind) => kind.actions.includes(action)))
        messages.push(`Elastic Defend records no event.action "${action}" in ${where}`);
    }
  }
  return [...new Set(messages)];
}
