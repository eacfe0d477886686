import type { FieldTypes } from '../catalogue/field-types.ts';
import { likelyTime } from '../ecs/guess-time.ts';
import { valuesByName } from '../ecs/raw-leaves.ts';
import { firstDocuments } from './first-documents.ts';
import type { UnknownEvents } from './load-report.ts';
import type { Source } from './read-inputs.ts';

/** How many events of a source are looked at, and of how many sources. */
const looked = { events: 20, sources: 500 };

interface Counted {
  readonly source: number;
  readonly mapping: number | null;
  readonly saysEcs: boolean;
  readonly hasTime: boolean;
  readonly events: number;
}

/**
 * By source: its events that no mapping knows and that are not in the names of ECS; null where there are none. `isUnknown`:
 * whether a mapping leaves events with the names that they have.
 */
export async function unknownEvents(
  sources: readonly Source[],
  types: FieldTypes,
  counted: readonly Counted[],
  isUnknown: (mapping: number | null) => boolean,
): Promise<(UnknownEvents | null)[]> {
  const found: (UnknownEvents | null)[] = sources.map(() => null);
  const own = new Map<number, { events: number; withoutTime: number }>();
  for (const { source, mapping, saysEcs, hasTime, events } of counted) {
    if (saysEcs || !isUnknown(mapping)) continue;
    const all = own.get(source) ?? { events: 0, withoutTime: 0 };
    // What a field named for it gives is a time.
    const isTimed = hasTime || mapping !== null;
    own.set(source, { events: all.events + events, withoutTime: all.withoutTime + (isTimed ? 0 : events) });
  }
  for (const [source, counts] of [...own].slice(0, looked.sources)) {
    // A file that cannot be read any more has been read before.
    const documents = await firstDocuments(sources[source]!, looked.events).catch(() => []);
    const values = valuesByName(documents);
    if (isMostlyEcs([...values.keys()], types)) continue;
    found[source] = { ...counts, likelyTime: counts.withoutTime > 0 ? likelyTime(values, documents.length) : null };
  }
  return found;
}

/** Whether at least half of the names are those of fields that are known. */
const isMostlyEcs = (names: readonly string[], types: FieldTypes): boolean =>
  names.length > 0 && names.filter((name) => types.get(name) !== undefined).length * 2 >= names.length;
