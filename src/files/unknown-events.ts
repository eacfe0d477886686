import type { FieldTypes } from '../catalogue/field-types.ts';
import { likelyTime } from '../ecs/guess-time.ts';
import { valuesByName } from '../ecs/raw-leaves.ts';
import { firstDocuments } from './first-documents.ts';
import type { UnknownCounts, UnknownEvents } from './load-report.ts';
import type { Source } from './read-inputs.ts';
import { type AnySource, asDocuments } from './table-source.ts';

/** How many events of a source are looked at, and of how many sources. */
const looked = { events: 20, sources: 500 };

/** Events of a source that the same is to be said of. */
export interface CountedEvents {
  readonly source: number;
  /** The place of their mapping among all; null where they have none. */
  readonly mapping: number | null;
  readonly saysEcs: boolean;
  readonly hasTime: boolean;
  readonly events: number;
}

/**
 * By source: its events that no mapping knows and that are not in the names of ECS; null where there are none. `isUnknown`:
 * whether a mapping leaves events with the names that they have; `folder`: for rows of tables.
 */
export async function unknownEvents(
  sources: readonly AnySource[],
  folder: string,
  types: FieldTypes,
  counted: readonly CountedEvents[],
  isUnknown: (mapping: number | null) => boolean,
): Promise<(UnknownEvents | null)[]> {
  const found: (UnknownEvents | null)[] = sources.map(() => null);
  const own = new Map<number, UnknownCounts>();
  for (const { source, mapping, saysEcs, hasTime, events } of counted) {
    if (saysEcs || !isUnknown(mapping)) continue;
    const all = own.get(source) ?? { events: 0, withoutTime: 0, timed: 0 };
    // A mapping that leaves events their names gives them a time.
    const timed = mapping === null ? 0 : events;
    const withoutTime = hasTime ? 0 : events - timed;
    own.set(source, {
      events: all.events + events,
      withoutTime: all.withoutTime + withoutTime,
      timed: all.timed + timed,
    });
  }
  for (const [source, counts] of [...own].slice(0, looked.sources)) {
    const documents = await asDocuments(sources[source]!, folder, { rows: looked.events });
    found[source] = await describeUnknown(documents, types, counts);
  }
  return found;
}

/** Unknown events of a source with what is to be said of them; null where most of their names are those of ECS. */
export async function describeUnknown(
  source: Pick<Source, 'path' | 'format'>,
  types: FieldTypes,
  counts: UnknownCounts,
): Promise<UnknownEvents | null> {
  // A file that cannot be read any more has been read before.
  const documents = await firstDocuments(source, looked.events).catch(() => []);
  const values = valuesByName(documents);
  if (isMostlyEcs([...values.keys()], types)) return null;
  return { ...counts, likelyTime: counts.withoutTime > 0 ? likelyTime(values, documents.length) : null };
}

/** Whether at least half of the names are those of fields that are known. */
const isMostlyEcs = (names: readonly string[], types: FieldTypes): boolean =>
  names.length > 0 && names.filter((name) => types.get(name) !== undefined).length * 2 >= names.length;
