import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { findBadLines, findIgnoredValues, shown } from './bad-input.ts';
import type { Compression } from './decompress.ts';
import { detectFormat, type FileFormat } from './detect.ts';
import { alwaysRead, type LoadedField } from './event-row.ts';
import type { InputFile } from './input-files.ts';
import { divisions, pathKey } from './json-paths.ts';
import type { BadLine, IgnoredValue, LoadReport } from './load-report.ts';
import { loadTable, type Reading } from './load-table.ts';
import { discover, type Observed, sample } from './observe-files.ts';
import type { EventFileOptions, Wanted } from './options.ts';
import { type ColumnFolder, type Findings, quickLoad } from './quick-load.ts';
import { isPlain } from './read-files.ts';
import { type FileGroup, objectSizes } from './records.ts';
import { RewrittenFiles } from './rewritten-files.ts';
import { isTruncated } from './truncation.ts';

/** A file on its way into the table: where DuckDB finds it, which may be a rewritten copy. */
interface OpenFile {
  readonly input: InputFile;
  path: string;
  format: FileFormat;
  /** How the file itself is compressed, and whether it was found to end early when it was rewritten. */
  readonly compression: Compression;
  isCut: boolean;
}

/** What was read: the fields of the table, and what else there was to find, if it was found on the way. */
interface Loaded {
  readonly fields: readonly LoadedField[];
  readonly names: readonly string[];
  readonly observed: Observed;
  readonly reading: Reading | null;
  readonly findings: Findings | null;
}

interface FileCounts {
  readonly path: string;
  readonly events: number;
  readonly malformed: number;
  readonly ignored: number;
  readonly bytes: number;
}

export interface ReadResult {
  readonly fields: readonly LoadedField[];
  readonly lookedFor: readonly string[];
  readonly everyField: boolean;
  readonly knownNames: readonly string[];
  readonly report: LoadReport;
  /** Whether every field is known to have values in some event, and several where it may. */
  readonly areFilled: boolean;
  /** Whether there is no table but a view of the columns in their folder. */
  readonly isView: boolean;
}

/** Reads a set of files into a table, once, with an account of everything that could not be read. */
export class FileReader {
  readonly #rewritten: RewrittenFiles;
  readonly #notes: string[] = [];
  #open: OpenFile[] = [];
  #objectSize = 0;
  /** How much of each file was read, where the engine does not count. */
  readonly #read = new Map<string, number>();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly files: readonly InputFile[],
    private readonly types: FieldTypes,
    private readonly options: EventFileOptions,
    private readonly columns: ColumnFolder,
  ) {
    this.#rewritten = new RewrittenFiles(options.signal);
  }

  /** Removes temporary copies. */
  close(): Promise<void> {
    return this.#rewritten.remove();
  }

  async read(table: Sql, wanted: Wanted): Promise<ReadResult> {
    const { connection } = this;
    await this.#detect();
    // Rows may come in any order: that is what lets both cores write.
    await connection.run(sql`SET preserve_insertion_order = false`);
    const stopProgress = await this.#watchProgress();
    try {
      const loaded = await this.#load(table, wanted);
      const { fields, observed, names } = loaded;
      stopProgress();
      const report = await this.#account(table, loaded);
      return {
        fields: fields.map(({ name, type, column, hasLists }) => ({ name, type, column, hasLists })),
        lookedFor: names,
        everyField: wanted === 'all',
        knownNames: [...observed.names],
        report,
        areFilled: loaded.findings?.areCommon ?? false,
        isView: loaded.findings?.isView ?? false,
      };
    } finally {
      stopProgress();
      await connection.run(sql`SET preserve_insertion_order = true`);
    }
  }

  async #detect(): Promise<void> {
    for (const input of this.files) {
      this.options.signal?.throwIfAborted();
      if (input.bytes === 0) {
        this.#notes.push(`${input.path} is empty`);
        continue;
      }
      const format = await detectFormat(input);
      const file: OpenFile = { input, path: input.path, format, compression: format.compression, isCut: false };
      if (format.shape === 'empty') {
        this.#notes.push(`${input.path} holds no events`);
        continue;
      }
      if (format.encoding !== 'utf-8') {
        file.path = await this.#rewritten.asUtf8(input, format, () => {
          file.isCut = true;
        });
        file.format = { ...format, compression: 'none', encoding: 'utf-8' };
        if (format.encoding !== 'utf-8-bom')
          this.#notes.push(`${input.path} is ${format.encoding.toUpperCase()}; it was read as UTF-8 from a copy`);
      }
      this.#open.push(file);
    }
  }

  #groups(): FileGroup[] {
    const groups = new Map<string, { format: FileFormat; paths: string[] }>();
    for (const { path, format } of this.#open) {
      const key = JSON.stringify(format);
      const group = groups.get(key);
      if (group) group.paths.push(path);
      else groups.set(key, { format, paths: [path] });
    }
    return [...groups.values()];
  }

  /** Tries again where a line is longer than allowed for, or an array turns out damaged. */
  async #load(table: Sql, wanted: Wanted): Promise<Loaded> {
    for (;;) {
      try {
        return await this.#loadOnce(table, wanted);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        const { message } = error as Error;
        if (/maximum_object_size/.test(message) && this.#objectSize < objectSizes.length - 1) this.#objectSize += 1;
        else if (!(await this.#salvage(message))) throw this.#explained(error as Error);
      }
    }
  }

  async #loadOnce(table: Sql, wanted: Wanted): Promise<Loaded> {
    const { connection, types, options } = this;
    const groups = this.#groups();
    const size = objectSizes[this.#objectSize]!;
    const asked = wanted === 'all' ? new Set<string>() : wanted;
    const sampled = await sample(connection, groups, new Set([...alwaysRead, ...asked]));
    const observed = wanted === 'all' ? merged(await discover(connection, groups, size), sampled) : sampled;
    const found = wanted === 'all' ? [...observed.names].map((name) => this.#fieldOf(name)) : [];
    const names = [...new Set([...alwaysRead, ...asked, ...found])];
    if (wanted === 'all')
      for (const name of names) if (types.get(name)?.type === 'geo_point') seenAsValue(name, observed);
    if (groups.length === 0) {
      await connection.run(
        sql`CREATE OR REPLACE TABLE ${table} ("_index" VARCHAR, "_id" VARCHAR, "_path" VARCHAR, "_malformed" BOOLEAN, "_bytes" BIGINT, "_ignored" VARCHAR[], "_surprises" VARCHAR[])`,
      );
      return { fields: [], names, observed, reading: null, findings: null };
    }
    const plan = { names, types, observed, index: options.index };
    if (groups.every(isPlain)) {
      const findings = await quickLoad(connection, table, groups, plan, this.columns, options.signal, (path, bytes) => {
        this.#read.set(path, bytes);
      });
      if (findings) return { fields: findings.fields, names, observed, reading: null, findings };
    }
    const reading = await loadTable(connection, table, groups, size, plan);
    return { fields: reading.fields, names, observed, reading, findings: null };
  }

  /** The parts of a point are no fields of their own. */
  #fieldOf(name: string): string {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    return this.types.get(parent)?.type === 'geo_point' ? parent : name;
  }

  /** Takes the whole objects out of a damaged array; false when that is not what is wrong. */
  async #salvage(message: string): Promise<boolean> {
    const damaged = this.#open.find((file) => file.format.shape !== 'lines' && message.includes(file.path));
    if (!damaged) return false;
    const { path, objects, rest } = await this.#rewritten.wholeObjects(damaged.input, damaged.format);
    this.#notes.push(
      `${damaged.input.path} is damaged or cut off: ${objects} whole records were read${rest > 0 ? `, the last ${rest} bytes were not` : ''}`,
    );
    damaged.path = path;
    damaged.format = { ...damaged.format, shape: 'lines', compression: 'none', encoding: 'utf-8' };
    return true;
  }

  #explained(error: Error): Error {
    if (error instanceof InputError) return error;
    const file = this.#open.find(({ path }) => error.message.includes(path));
    if (/maximum_object_size/.test(error.message)) {
      return new InputError(
        `${file?.input.path ?? 'a file'} has a line or record of more than ${objectSizes.at(-1)! >> 20} MB`,
      );
    }
    if (file && /IO Error|gzip|zstd|ZSTD|decompress|ENOENT|EACCES|EISDIR|EIO/i.test(error.message)) {
      return new InputError(`cannot read ${file.input.path}: ${error.message.split('\n')[0]}`);
    }
    return error;
  }

  /** What was read of each file. */
  async #counts(table: Sql, findings: Findings | null): Promise<FileCounts[]> {
    if (findings?.areCommon)
      return [...findings.events].map(([path, events]) => ({
        path,
        events,
        malformed: findings.malformed.get(path)!,
        ignored: 0,
        bytes: findings.bytes.get(path)!,
      }));
    const rows = await this.connection.runAndReadAll(
      sql`SELECT "_path", count(*) FILTER (NOT "_malformed"), count(*) FILTER ("_malformed"), coalesce(sum(len("_ignored")), 0), sum("_bytes") FROM ${table} GROUP BY "_path" ORDER BY "_path"`,
    );
    const counts = rows.getRows().map(([path, events, malformed, ignored, bytes]) => ({
      path: String(path),
      events: Number(events),
      malformed: findings?.malformed.get(String(path)) ?? Number(malformed),
      ignored: Number(ignored),
      bytes: findings?.bytes.get(String(path)) ?? Number(bytes ?? 0),
    }));
    for (const [path, malformed] of findings?.malformed ?? [])
      if (!counts.some((count) => count.path === path))
        counts.push({ path, events: 0, malformed, ignored: 0, bytes: findings!.bytes.get(path)! });
    return counts;
  }

  async #account(table: Sql, { reading, findings }: Loaded): Promise<LoadReport> {
    const { connection } = this;
    const counts = await this.#counts(table, findings);
    const total = (pick: (count: FileCounts) => number): number => counts.reduce((sum, count) => sum + pick(count), 0);
    if (reading && total((count) => count.malformed) > 0)
      await connection.run(sql`DELETE FROM ${table} WHERE "_malformed"`);
    await this.#noteTruncated(counts, findings);
    return {
      files: this.files.length,
      bytes: this.files.reduce((sum, file) => sum + file.bytes, 0),
      events: total((count) => count.events),
      fromCache: false,
      malformed: {
        count: total((count) => count.malformed),
        first: findings ? this.#inOriginals(findings.badLines) : await this.#badLines(counts),
      },
      ignored: {
        count: total((count) => count.ignored),
        first: reading ? await this.#ignoredValues(counts, reading) : this.#inOriginals(findings?.ignored ?? []),
      },
      notes: this.#notes,
    };
  }

  async #badLines(counts: readonly { path: string; malformed: number }[]): Promise<BadLine[]> {
    const found: BadLine[] = [];
    for (const { path } of counts.filter((count) => count.malformed > 0)) {
      if (found.length >= shown) break;
      const lines = await findBadLines(this.connection, this.#groupOf(path), path, objectSizes[this.#objectSize]!);
      found.push(...lines.map((line) => ({ ...line, file: this.#original(path) })));
    }
    return found.slice(0, shown);
  }

  async #ignoredValues(
    counts: readonly { path: string; ignored: number }[],
    reading: Reading,
  ): Promise<IgnoredValue[]> {
    const found: IgnoredValue[] = [];
    for (const { path } of counts.filter((count) => count.ignored > 0)) {
      if (found.length >= shown) break;
      const values = await findIgnoredValues(
        this.connection,
        this.#groupOf(path),
        path,
        objectSizes[this.#objectSize]!,
        reading,
      );
      found.push(...values.map((value) => ({ ...value, file: this.#original(path) })));
    }
    return found.slice(0, shown);
  }

  async #noteTruncated(
    counts: readonly { path: string; events: number; malformed: number; bytes: number }[],
    findings: Findings | null,
  ): Promise<void> {
    const { signal } = this.options;
    for (const { input, path, format, compression, isCut } of this.#open) {
      signal?.throwIfAborted();
      const count = counts.find((candidate) => candidate.path === path);
      const exact =
        count && count.malformed === 0 && format.wrapper === 'none' && format.shape === 'lines' ? count.bytes : null;
      if (isCut || (findings?.cut.get(path) ?? (await isTruncated(input, format.compression, exact, signal)))) {
        this.#notes.push(
          `${input.path} is cut off: its ${compression} data ends early; ${count?.events ?? 0} events were read from it`,
        );
      }
    }
  }

  #groupOf(path: string): FileGroup {
    const file = this.#open.find((candidate) => candidate.path === path)!;
    return { format: file.format, paths: [path] };
  }

  #inOriginals<T extends { readonly file: string }>(found: readonly T[]): T[] {
    return found.map((one) => ({ ...one, file: this.#original(one.file) }));
  }

  #original(path: string): string {
    return this.#open.find((candidate) => candidate.path === path)?.input.path ?? path;
  }

  async #watchProgress(): Promise<() => void> {
    const { onProgress } = this.options;
    const totalBytes = this.files.reduce((sum, file) => sum + file.bytes, 0);
    if (!onProgress) return () => undefined;
    // DuckDB keeps count only while it believes somebody looks.
    await this.connection.run(sql`SET enable_progress_bar = true`);
    await this.connection.run(sql`SET enable_progress_bar_print = false`);
    const tell = (): void => {
      const { percentage } = this.connection.progress;
      const read = [...this.#read.values()].reduce((sum, bytes) => sum + bytes, 0);
      const fraction = percentage > 0 ? percentage / 100 : Math.min(0.99, read / totalBytes);
      onProgress({ phase: 'reading', fraction: fraction > 0 ? fraction : null, totalBytes });
    };
    const timer = setInterval(tell, 100);
    return () => clearInterval(timer);
  }
}

/** What every event has, with what the sample tells of texts that are dates. */
function merged(discovered: Observed, sampled: Observed): Observed {
  for (const [name, kinds] of discovered.kinds) {
    const inSample = sampled.kinds.get(name);
    const datesOnly = kinds.size === 1 && kinds.has('text') && inSample?.size === 1 && inSample.has('date');
    if (datesOnly) discovered.kinds.set(name, new Set(['date']));
  }
  return discovered;
}

/** A structure shows a point as an object; it is read as one value, in whichever way its name is divided. */
function seenAsValue(name: string, { seen }: Observed): void {
  for (const keys of divisions(name)) if (seen.objects.has(pathKey(keys))) seen.leaves.add(pathKey(keys));
}
