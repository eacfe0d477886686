import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { IndexSummary } from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { indicesByDataset } from '../ecs/mappings.ts';
import { formatText } from '../formats/formats.ts';
import { ident, type Sql, sql } from '../sql/sql.ts';
import { type FieldColumns, readColumns, type WrittenColumns, writeColumns } from '../tables/field-columns.ts';
import { type IndexColumns, indexColumns } from '../tables/index-columns.ts';
import type { Wanted } from '../tables/names-of-index.ts';
import { count } from '../values/quantities.ts';
import { type Change, changeOf, refreshed } from './changed-inputs.ts';
import { type Content, digestOfDocuments, isSampledWhole } from './content.ts';
import { findCopies } from './copies.ts';
import { nameOfFile } from './index-names.ts';
import type { InputFile } from './input-file.ts';
import { type InputSources, sourcesOf } from './input-sources.ts';
import {
  type Counted,
  type FileReport,
  type IgnoredValue,
  type RepeatedMembers,
  readReport,
  type UnknownEvents,
} from './load-report.ts';
import type { EventFileOptions } from './options.ts';
import { placeColumns } from './place-columns.ts';
import type { ReadSources, SourceRead } from './read-inputs.ts';
import { type MappedEvents, type MappedSources, readMapped } from './read-mapped.ts';
import { firstMistyped, type SegmentTable, writeSegment } from './segment.ts';
import { identityOf } from './segment-cache.ts';
import { type AnySource, formatOf } from './table-source.ts';
import type { SourceLine } from './tally.ts';

/** What is remembered of a file whose events a segment holds. Paths in it are those of entries of archives, else empty. */
export interface SegmentInput {
  readonly identity: string;
  /** Where it lies. */
  readonly path: string;
  /** Whether it stayed as it was while it was read: what changed is not read from the segment again. */
  readonly isStable: boolean;
  readonly sources: readonly SegmentSource[];
  /** Entries that were not read. */
  readonly notRead: readonly FileReport[];
  readonly notes: readonly string[];
}

/** What is remembered of what was read of a file: of all of it, or of an entry. */
export interface SegmentSource {
  /** Its place among all sources, which is how rows say where they come from. */
  readonly place: number;
  readonly report: FileReport;
  readonly malformed: Counted<SourceLine>;
  readonly ignored: Counted<Omit<IgnoredValue, 'file'>>;
  readonly duplicates: Counted<SourceLine>;
  readonly members: RepeatedMembers;
  readonly content: Content;
}

/** What stands beside the events of a segment, as plain data. */
export interface SegmentAbout {
  readonly inputs: readonly SegmentInput[];
  readonly columns: readonly (readonly [string, WrittenColumns])[];
  readonly indices: readonly { readonly summary: IndexSummary; readonly shape: number }[];
  /** Which columns have values in the indices of each shape. */
  readonly shapes: readonly (readonly (readonly [string, WrittenColumns])[])[];
}

/** The columns of a segment and of its indices. Indices of one shape have one map. */
export function writtenAbout({ columns, indices, shapes }: SegmentAbout): {
  readonly columns: ReadonlyMap<string, FieldColumns>;
  readonly indices: IndexColumns[];
} {
  const read = (written: SegmentAbout['columns']): Map<string, FieldColumns> =>
    new Map(written.map(([name, own]) => [name, readColumns(own)]));
  const shaped = shapes.map(read);
  return {
    columns: read(columns),
    indices: indices.map(({ summary, shape }) => ({ summary, columns: shaped[shape]! })),
  };
}

export interface SegmentOptions extends Pick<EventFileOptions, 'index' | 'onProgress' | 'signal'> {
  /** Where columns are put, and whether they may stay there as long as queries are asked. */
  readonly folder: string;
  readonly stays: boolean;
}

/** Files that change while they are read are read again, but not for ever. */
const mostTries = 3;

/** Reads files into a table, with an account of everything that could not be read. */
export async function readSegment(
  connection: DuckDBConnection,
  table: Sql,
  files: readonly InputFile[],
  wanted: Wanted,
  types: FieldTypes,
  mappings: readonly Mapping[],
  options: SegmentOptions,
): Promise<{ readonly about: SegmentAbout; readonly isView: boolean }> {
  const { signal, folder } = options;
  let inputs = [...files];
  for (let attempt = 1; ; attempt++) {
    const own = join(folder, String(attempt));
    const found: InputSources[] = [];
    for (const input of inputs) {
      signal?.throwIfAborted();
      found.push(await sourcesOf(input, join(own, 'entries', String(found.length)), signal));
    }
    const sources = found.flatMap((one) => one.sources);
    const stop = watchProgress(sources, options);
    let read: MappedSources;
    try {
      const hooks = { ...stop.hooks, ...(signal && { signal }) };
      read = await readMapped(connection, sources, wanted, types, mappings, join(own, 'columns'), hooks);
    } finally {
      stop.end();
    }
    const changes = inputs.map(changeOf);
    if (changes.includes('changed') && attempt < mostTries) {
      inputs = inputs.flatMap((input, i) => (changes[i] === 'changed' ? (refreshed(input) ?? []) : [input]));
      continue;
    }
    const fallbacks = sources.map(({ input, entry }) => options.index ?? nameOfFile(entry || input.path));
    // Rows may come in any order: that is what lets both cores write.
    await connection.run(sql`SET preserve_insertion_order = false`);
    // What mappings make stands in columns of its own where it is used again. To look for it all the same took 40 s of
    // planning for 2,000 fields of twenty sources: each part of an expression is compared as a whole.
    if (read.isMapped) await connection.run(sql`SET disabled_optimizers = 'common_subexpressions'`);
    let written: SegmentTable;
    try {
      const stays = options.stays ? join(own, 'columns') : null;
      written = await writeSegment(connection, table, read, types, fallbacks, stays, indicesByDataset(mappings));
    } finally {
      await connection.run(sql`SET preserve_insertion_order = true`);
      await connection.run(sql`RESET disabled_optimizers`);
    }
    const indices = await indexColumns(connection, table, written.columns, written.isCommon);
    await countBySource(connection, table, read, indices, written.isCommon);
    // To look for them is to make all values once more.
    const someMistyped = read.sources.some(({ tally }) => tally.ignored.count > 0);
    const mistyped =
      read.relation !== null && someMistyped ? await firstMistyped(connection, written.plan, read.relation) : [];
    for (const [place, value] of mistyped) read.sources[place]!.tally.ignored.first.push(value);
    await compare(sources, read, signal);
    let place = 0;
    const about = inputs.map((input, i): SegmentInput => {
      const change = changes[i]!;
      const { notRead, sources: own } = found[i]!;
      const notes: string[] = [];
      const remembered = own.map((source): SegmentSource => {
        const about = sourceAbout(
          place,
          source,
          read.sources[place]!,
          read.mapped[place]!,
          read.unknown[place]!,
          change,
        );
        const { isCut, notes: said } = read.sources[place]!;
        if (!isCut) notes.push(...said.map((note) => `${source.entry}: ${note}`));
        place += 1;
        return about;
      });
      if (change === 'grown') notes.push(': grew while it was read; what was there at the start was read');
      const isStable = change !== 'changed';
      return { identity: identityOf(input), path: input.path, isStable, sources: remembered, notRead, notes };
    });
    return { about: { inputs: about, ...writtenColumns(written.columns, indices) }, isView: written.isView };
  }
}

function sourceAbout(
  place: number,
  source: AnySource,
  { tally, content, isCut, notes }: SourceRead,
  mapped: readonly MappedEvents[],
  unknown: UnknownEvents | null,
  change: Change,
): SegmentSource {
  const { events, indices, malformed, ignored, duplicates, members } = tally;
  const damage = [...(change === 'changed' ? ['changed while it was read'] : []), ...(isCut ? notes : [])];
  const lines = malformed.count > 0 ? `${count(malformed.count, 'line')} could not be read as an event` : null;
  return {
    place,
    report: readReport(
      { path: source.entry, format: formatText(formatOf(source)), events, indices: [...indices], mapped, unknown },
      damage,
      lines,
    ),
    malformed,
    ignored,
    duplicates,
    members: [...members],
    content,
  };
}

/** Finds out what is the same while entries of archives are there. */
async function compare(sources: readonly AnySource[], read: ReadSources, signal?: AbortSignal): Promise<void> {
  const files = sources.map(({ path, entry, input }, place) => ({
    ...{ path, entry, content: read.sources[place]!.content },
    isTemporary: path !== input.path,
  }));
  for (const { path, isTemporary, content } of files)
    if (isTemporary && !isSampledWhole(content))
      content.digest = await digestOfDocuments(path, content, signal).catch(() => null);
  await findCopies(files, signal);
}

/** Counts the events of each source by index, and values that do not fit. */
async function countBySource(
  connection: DuckDBConnection,
  table: Sql,
  { sources }: ReadSources,
  indices: readonly IndexColumns[],
  isCommon: boolean,
): Promise<void> {
  const [only] = indices;
  if (isCommon && indices.length <= 1) {
    for (const { tally } of sources) if (only && tally.events > 0) tally.indices.set(only.summary.name, tally.events);
    return;
  }
  const rows = await connection.runAndReadAll(
    sql`SELECT ${ident(placeColumns.file)}, "_index", count(*), coalesce(sum(len("_ignored")), 0) FROM ${table} GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  for (const [file, index, events, mistyped] of rows.getRows()) {
    const { tally } = sources[Number(file)]!;
    tally.indices.set(String(index), Number(events));
    tally.ignored.count += Number(mistyped);
  }
}

function writtenColumns(
  columns: ReadonlyMap<string, FieldColumns>,
  indices: readonly IndexColumns[],
): Pick<SegmentAbout, 'columns' | 'indices' | 'shapes'> {
  const write = (own: ReadonlyMap<string, FieldColumns>): SegmentAbout['columns'] =>
    [...own].map(([name, there]) => [name, writeColumns(there)] as const);
  const shapes = new Map<string, number>();
  const placed = indices.map(({ summary, columns: own }) => {
    const key = JSON.stringify(write(own));
    const shape = shapes.get(key) ?? shapes.size;
    shapes.set(key, shape);
    return { summary, shape };
  });
  return {
    columns: write(columns),
    indices: placed,
    shapes: [...shapes.keys()].map((key) => JSON.parse(key) as SegmentAbout['columns']),
  };
}

/** Reports progress while reading goes on. */
function watchProgress(
  sources: readonly AnySource[],
  { onProgress }: SegmentOptions,
): { readonly hooks: { onRead?(source: number, bytes: number): void }; end(): void } {
  if (!onProgress) return { hooks: {}, end: () => undefined };
  const totalBytes = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = sources.map(() => 0);
  let total = 0;
  const onRead = (source: number, bytes: number): void => {
    total += bytes - read[source]!;
    read[source] = bytes;
  };
  const timer = setInterval(() => {
    const fraction = Math.min(0.99, total / totalBytes);
    onProgress({ phase: 'reading', fraction: fraction > 0 ? fraction : null, totalBytes });
  }, 100);
  return { hooks: { onRead }, end: () => clearInterval(timer) };
}
