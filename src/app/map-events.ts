import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FieldTypes } from '../catalogue/field-types.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import { EventFiles } from '../files/event-files.ts';
import type { CellValue } from '../values/types.ts';

/** What became of a raw event. */
export interface MappedEvent {
  /** The title of the mapping that knows it; null where none does. */
  readonly mapping: string | null;
  readonly index: string;
  /** The fields that it has a value of, in the order of their names. */
  readonly fields: ReadonlyMap<string, CellValue>;
}

/** Says in each event which of all it is. */
const numberField = 'harrier_event_number';

/**
 * Reads raw events by mappings, each by itself; null for one that cannot be read. `index`: that of unknown ones. Some
 * fields are there for those alone who name them, and are not among `all`.
 */
export async function mapEvents(
  events: readonly object[],
  mappings: readonly Mapping[],
  index: string,
  wanted: ReadonlySet<string> | 'all',
  signal: AbortSignal,
): Promise<(MappedEvent | null)[]> {
  if (events.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'harrier-events-'));
  const duckdb = await openDuckDB();
  try {
    const nameOf = (at: number): string => `${String(at).padStart(8, '0')}.ndjson`;
    for (const [at, event] of events.entries())
      await writeFile(join(folder, nameOf(at)), `${JSON.stringify({ ...event, [numberField]: at })}\n`);
    const source = { data: [folder], index, cache: false, strict: false, copies: true, mappings, signal };
    const files = await EventFiles.open(duckdb.connection, source);
    try {
      const { catalogue, relation, report, release } = await files.load(
        wanted === 'all' ? 'all' : new Set([...wanted, numberField]),
      );
      try {
        const engine = new DuckDBEngine(duckdb, { catalogue, relation });
        const now = Date.now();
        const { columns, values } = await engine.query('FROM * METADATA _index', { now, maxRows: null, signal });
        const types = await FieldTypes.load();
        const numberAt = columns.findIndex(({ name }) => name === numberField);
        const indexAt = columns.findIndex(({ name }) => name === '_index');
        const found: (MappedEvent | null)[] = events.map(() => null);
        for (const row of values) {
          const at = Number(row[numberAt]);
          const fields = columns.flatMap(({ name }, i): [string, CellValue][] => {
            const isShown = row[i] !== null && name !== '_index' && !name.endsWith(numberField);
            // What another field shows once more says nothing new.
            return isShown && !types.get(name)?.of ? [[name, row[i]!]] : [];
          });
          fields.sort(([a], [b]) => (a < b ? -1 : 1));
          const [mapped] = report.files.find(({ path }) => path.endsWith(nameOf(at)))?.mapped ?? [];
          found[at] = { mapping: mapped?.source ?? null, index: String(row[indexAt]), fields: new Map(fields) };
        }
        return found;
      } finally {
        release();
      }
    } finally {
      await files.close();
    }
  } finally {
    duckdb.close();
    await rm(folder, { recursive: true, force: true });
  }
}
