import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { KnownNames } from '../documents/names.ts';
import { mapColumns, namesToMap, ownNames, recognise, recognisingNames } from '../ecs/map-columns.ts';
import { mappingColumn } from '../ecs/mapped-columns.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { ident, sql } from '../sql/sql.ts';
import { alwaysRead, namesInFiles, type Wanted } from '../tables/names-of-index.ts';
import type { UnknownEvents } from './load-report.ts';
import { placeColumns } from './place-columns.ts';
import { type ReadingOptions, type ReadSources, readSources } from './read-inputs.ts';
import type { AnySource } from './table-source.ts';
import { type CountedEvents, unknownEvents } from './unknown-events.ts';

/** How much of the beginning of each file is looked at first. */
const sampleBytes = 64 << 10;
/** How many files. What only others hold is found when all was read, which is then read again. */
const mostSampled = 200;

/** Files that were read, with the fields of each event under the names that the mapping of its source gives them. */
export interface MappedSources extends ReadSources {
  /** Whether some event has fields by a mapping. */
  readonly isMapped: boolean;
  /** By source: how many of its events have their fields by which mapping. */
  readonly mapped: readonly (readonly MappedEvents[])[];
  /** By source: events that keep their own names, though these are not of ECS; null where there are none. */
  readonly unknown: readonly (UnknownEvents | null)[];
}

export interface MappedEvents {
  /** The title of the mapping. */
  readonly source: string;
  readonly events: number;
}

/** Reads files into columns in a folder; only those fields that are wanted, and what these are made of. */
export async function readMapped(
  connection: DuckDBConnection,
  sources: readonly AnySource[],
  wanted: Wanted,
  types: FieldTypes,
  mappings: readonly Mapping[],
  folder: string,
  options: ReadingOptions,
): Promise<MappedSources> {
  const fields = wanted === 'all' ? wanted : new Set([...alwaysRead, ...wanted]);
  let used: readonly Mapping[] = [];
  if (mappings.length > 0) {
    const names: KnownNames = { ...namesInFiles(new Set(), types), fields: recognisingNames(mappings) };
    const some = sources.length > mostSampled ? everyNth(sources, mostSampled) : sources;
    const begin = await readSources(some, names, join(folder, 'sample'), { ...pick(options), sampleBytes });
    used = withFamilies(mappings, among(mappings, await countMapped(connection, mappings, begin)));
    await rm(join(folder, 'sample'), { recursive: true, force: true });
  }
  for (let attempt = 1; ; attempt++) {
    const own = join(folder, String(attempt));
    const read = await readSources(
      sources,
      namesToMap(namesInFiles(wanted, types), mappings, used, fields),
      own,
      options,
    );
    const counted = await countMapped(connection, mappings, read);
    const found = counted.filter((one) => one.mapping !== null);
    const all = among(mappings, counted);
    if (all.some((mapping) => !used.includes(mapping))) {
      used = withFamilies(mappings, [...used, ...all]);
      await rm(own, { recursive: true, force: true });
      continue;
    }
    const { relation } = read;
    const keepsNames = (at: number | null): boolean => at === null || mappings[at]!.index === null;
    const looked = join(folder, 'unknown');
    const unknown = await unknownEvents(sources, looked, types, counted, keepsNames);
    await rm(looked, { recursive: true, force: true });
    const mapped = relation === null ? read : mapColumns(all, { ...read, relation }, fields, types);
    return {
      ...mapped,
      sources: read.sources,
      isMapped: all.length > 0,
      mapped: sources.map((_, place) =>
        found
          .filter((one) => one.source === place && mappings[one.mapping!]!.index !== null)
          .map(({ mapping, events }) => ({ source: mappings[mapping!]!.title, events })),
      ),
      unknown,
    };
  }
}

const pick = ({ signal }: ReadingOptions): ReadingOptions => (signal ? { signal } : {});

const everyNth = <T>(all: readonly T[], most: number): T[] =>
  all.filter((_, i) => Math.floor((i * most) / all.length) !== Math.floor(((i - 1) * most) / all.length));

const among = (mappings: readonly Mapping[], counted: readonly CountedEvents[]): Mapping[] => {
  const found = new Set(counted.map(({ mapping }) => mapping));
  return mappings.filter((_, i) => found.has(i));
};

/**
 * Some mappings and all others of their families, whose sources often stand in one file: logs of Windows that were forwarded,
 * all logs of a sensor. So the file is not read again for a source that its beginning does not show.
 */
function withFamilies(mappings: readonly Mapping[], some: readonly Mapping[]): Mapping[] {
  const families = new Set(some.map(({ family }) => family));
  return mappings.filter(
    (mapping) => some.includes(mapping) || (mapping.family !== null && families.has(mapping.family)),
  );
}

/** How many events of each source have which mapping, and say of themselves what those that have none need not. */
async function countMapped(
  connection: DuckDBConnection,
  mappings: readonly Mapping[],
  read: ReadSources,
): Promise<CountedEvents[]> {
  if (read.relation === null) return [];
  const recognised = recognise(mappings, { ...read, relation: read.relation });
  const mapping = recognised === null ? sql`NULL::BIGINT` : ident(mappingColumn);
  const { saysEcs, hasTime } = ownNames(read);
  const rows = await connection.runAndReadAll(
    sql`SELECT ${ident(placeColumns.file)}, ${mapping} AS mapping, ${saysEcs} AS ecs, ${hasTime} AS timed, count(*) FROM ${recognised ?? read.relation} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2`,
  );
  return rows.getRows().map(([source, at, ecs, timed, events]) => ({
    source: Number(source),
    mapping: at === null ? null : Number(at) - 1,
    saysEcs: Boolean(ecs),
    hasTime: Boolean(timed),
    events: Number(events),
  }));
}
