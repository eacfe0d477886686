import { InputError, QueryError } from '../../diagnostics/diagnostic.ts';
import { OpenCatalogue } from '../../languages/esql/analyze/open-catalogue.ts';
import { indexPatterns } from '../../languages/esql/syntax/walk.ts';
import { overrideCondition } from '../../overrides/conditions.ts';
import { fieldsOfColumns } from '../../overrides/lineage.ts';
import { type TypedQuery, typed } from '../../overrides/typed-query.ts';
import { inputOf, type Plan } from '../../plan/nodes.ts';
import { rowKeys } from '../../plan/row-keys.ts';
import type { ResultColumn } from '../../values/types.ts';
import type { Origin } from '../contract/states.ts';

const unknown: Origin = { kind: 'aggregate', field: null };

/** Where the columns of an answer come from. Of a query that cannot be read nothing is known. */
export async function originsOf(text: string, columns: readonly ResultColumn[]): Promise<Origin[]> {
  try {
    const catalogue = (query: TypedQuery['query']) => OpenCatalogue.of(indexPatterns(query), query);
    const query = await typed(text, { catalogue, now: Date.now() });
    const fields = fieldsOfColumns(query.plan);
    const groups = groupsOf(query.plan);
    const keys = new Map((rowKeys(query.plan) ?? []).map((column) => [column.id, column]));
    const output = new Map(query.plan.output.map((column) => [column.name, column.id]));
    return columns.map(({ name }): Origin => {
      const id = output.get(name);
      // What FROM alone gives is a field of the events.
      if (id === undefined) return groups === null ? { kind: 'event', field: name } : unknown;
      if (groups !== null && !keys.has(id)) return unknown;
      const source = groups?.get(id) ?? name;
      const field = fields.get(id) ?? (isOfEvents(source, query) ? source : null);
      return { kind: groups === null ? 'event' : 'key', field };
    });
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return columns.map(() => unknown);
  }
}

/** By the column of a key of the last STATS, the name of what it groups by; null for a query without STATS. */
function groupsOf(plan: Plan): ReadonlyMap<number, string> | null {
  for (let node: Plan | null = plan; node; node = inputOf(node))
    if (node.kind === 'aggregate') return new Map(node.groups.map(({ column, source }) => [column.id, source.name]));
  return null;
}

/** Whether a condition on events can be about a name. */
function isOfEvents(name: string, query: TypedQuery): boolean {
  try {
    return (
      overrideCondition(query, { keeps: true, condition: `\`${name.replaceAll('`', '``')}\` IS NOT NULL` }).length > 0
    );
  } catch (error) {
    if (error instanceof InputError || error instanceof QueryError) return false;
    throw error;
  }
}
