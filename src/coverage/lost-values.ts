import type { Engine, QueryOptions } from '../engines/engine.ts';
import { planQuery } from '../engines/planned-query.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import { indexPattern } from '../languages/esql/print/tokens.ts';
import { decidingColumns } from '../plan/needed-columns.ts';
import { type Plan, scansOf } from '../plan/nodes.ts';
import { count } from '../values/quantities.ts';

/** How many events of an index lost a value of a field, because it does not fit. */
interface Loss {
  readonly index: string;
  readonly field: string;
  readonly events: number;
}

/**
 * Says of a query which values its rows depend on that events hold and queries cannot see: those that do not fit their
 * field, and those behind another of the same name (`members`, with the number of events). `pattern`: the indices that
 * queries read; null for none.
 */
export function lostValues(
  engine: Engine,
  pattern: string | null,
  members: readonly (readonly [name: string, events: number])[],
  now: Date,
  signal?: AbortSignal,
): (query: QueryText) => Promise<string[]> {
  const options = { now: now.getTime(), maxRows: null, ...(signal && { signal }) };
  let losses: Promise<Loss[]> | null = null;
  return async (query) => {
    losses ??= pattern === null ? Promise.resolve([]) : lossesIn(engine, pattern, options);
    const mistyped = await losses;
    if (mistyped.length + members.length === 0) return [];
    const fields = decidingFields(planQuery(query, engine.catalogue, options).rewritten);
    return [
      ...summed(
        'values that do not fit their field were left out',
        mistyped
          .filter((loss) => fields.some((field) => readsIndex(field, loss) && showsValue(field, loss, engine)))
          .map(({ field, events }) => [field, events]),
      ),
      ...summed(
        'only the first value was read of members that stand twice',
        members.filter(([member]) => fields.some(({ name }) => isWithin(name, member) || isWithin(member, name))),
      ),
    ];
  };
}

async function lossesIn(engine: Engine, pattern: string, options: QueryOptions): Promise<Loss[]> {
  if (engine.catalogue.indices.length === 0) return [];
  const { values } = await engine.query(
    `FROM ${indexPattern(pattern)} METADATA _index, _ignored | WHERE _ignored IS NOT NULL | STATS events = COUNT(*) BY _index, _ignored | SORT _ignored, _index`,
    options,
  );
  return values.map(([events, index, field]) => ({
    index: String(index),
    field: String(field),
    events: Number(events),
  }));
}

interface ReadField {
  readonly name: string;
  /** Null for every index there is. */
  readonly indices: readonly string[] | null;
}

/** The fields of events on which it depends whether rows come out, rather than what stands in them. */
function decidingFields(plan: Plan): ReadField[] {
  const used = new Set(decidingColumns(plan).map(({ id }) => id));
  return scansOf(plan).flatMap(({ columns, indices }) =>
    columns.flatMap(({ column, source }) =>
      typeof source === 'object' && used.has(column.id) ? [{ name: source.name, indices }] : [],
    ),
  );
}

const readsIndex = ({ indices }: ReadField, { index }: Loss): boolean => indices === null || indices.includes(index);

/** A multi-field shows the values of its parent. Texts are left out for their length, which each field judges itself. */
function showsValue({ name }: ReadField, { field }: Loss, { catalogue }: Engine): boolean {
  if (name === field) return true;
  const type = catalogue.field(field)?.type;
  return isWithin(name, field) && type !== 'keyword' && type !== 'text';
}

/** Whether a field is another one, or lies below it. */
const isWithin = (name: string, other: string): boolean => name === other || name.startsWith(`${other}.`);

/** What became of values, with the number of events for each name; nothing where there are none. */
function summed(what: string, counts: readonly (readonly [name: string, events: number])[]): string[] {
  if (counts.length === 0) return [];
  const events = new Map<string, number>();
  for (const [name, n] of counts) events.set(name, (events.get(name) ?? 0) + n);
  return [`${what}: ${[...events].map(([name, n]) => `${name} (${count(n, 'event')})`).join(', ')}`];
}
