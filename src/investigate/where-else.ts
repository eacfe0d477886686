import type { Engine } from '../engines/engine.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { indexName } from '../languages/esql/print/tokens.ts';
import { aggregateCall, countWhere, filtered, freshColumns, grouped } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { reference } from '../plan/expression.ts';
import type { EsqlType, ScalarValue } from '../values/types.ts';
import { answerOf } from './event-rows.ts';
import { hasValue } from './row-events.ts';

/** A field of an index in which a value occurs: in how many events, on how many hosts, and from when to when. */
export interface Occurrence {
  readonly index: string;
  readonly field: string;
  /** Whether some event has several values in the field. */
  readonly isSeveral: boolean;
  readonly events: number;
  /** Null where the events name no host. */
  readonly hosts: number | null;
  /** In milliseconds; null where the events have no time. */
  readonly first: number | null;
  readonly last: number | null;
}

/** Types whose values are looked for, and those of the fields that can hold them. Numbers mean something else elsewhere. */
const alike: ReadonlyMap<EsqlType, ReadonlySet<EsqlType>> = new Map<EsqlType, ReadonlySet<EsqlType>>([
  ['keyword', new Set<EsqlType>(['keyword', 'text'])],
  ['text', new Set<EsqlType>(['keyword', 'text'])],
  ['ip', new Set<EsqlType>(['ip'])],
]);

export const canBeElsewhere = (type: EsqlType): boolean => alike.has(type);

const nowhere = { start: 0, end: 0 };

/** A value to look for, and the events to look in. */
export interface Sought {
  readonly value: ScalarValue;
  readonly type: EsqlType;
  readonly engine: Engine;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Every field in which a value occurs, over all events; those with the most events first. */
export async function whereElse(sought: Sought): Promise<Occurrence[]> {
  const found: Occurrence[] = [];
  for (const { name, events } of sought.engine.catalogue.indices)
    if (events > 0) found.push(...(await occurrencesIn(name, sought)));
  return found.sort((a, b) => b.events - a.events || (a.field < b.field ? -1 : 1));
}

async function occurrencesIn(index: string, { value, type, engine, now, signal }: Sought): Promise<Occurrence[]> {
  const compiled = new CompiledQuery(`FROM ${indexName(index)}`).withViews(engine.catalogue.views);
  const { plan } = compiled.plan(engine.catalogue, { now: now.getTime(), defaultLimit: null });
  const columns = plan.output.filter((column) => alike.get(type)?.has(column.type));
  if (columns.length === 0) return [];
  const fresh = freshColumns(plan);
  // All fields in one pass; what is found is looked at more closely, which is seldom much.
  const counts = columns.map((column) => countWhere(fresh('events', 'long'), hasValue(column, value)));
  const [row = []] = await answerOf(grouped(plan, [], counts, fresh), compiled, engine, signal);
  const named = (name: string, of: EsqlType): Column | undefined =>
    plan.output.find((column) => column.name === name && column.type === of);
  const [host, time] = [named('host.name', 'keyword'), named('@timestamp', 'date')];
  const found: Occurrence[] = [];
  for (const [i, column] of columns.entries()) {
    const events = Number(row[i]);
    if (events === 0) continue;
    const own = freshColumns(plan);
    const more = [
      ...(host ? [aggregateCall('COUNT_DISTINCT', own('hosts', 'long'), [reference(host, nowhere)], null)] : []),
      ...(time
        ? ['MIN', 'MAX'].map((name) => aggregateCall(name, own(name, 'date'), [reference(time, nowhere)], null))
        : []),
    ];
    const cells =
      more.length === 0
        ? []
        : ((
            await answerOf(grouped(filtered(plan, [hasValue(column, value)]), [], more, own), compiled, engine, signal)
          )[0] ?? []);
    const [first = null, last = null] = time ? cells.slice(host ? 1 : 0) : [];
    const millis = (cell: unknown): number | null => (cell === null ? null : Date.parse(String(cell)));
    found.push({
      ...{ index, field: column.name, isSeveral: column.multi, events },
      hosts: host ? Number(cells[0]) : null,
      ...{ first: millis(first), last: millis(last) },
    });
  }
  return found;
}
