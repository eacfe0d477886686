import { realpathSync, statSync } from 'node:fs';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { type DuckDB, openDuckDB } from '../../engines/duckdb/connection.ts';
import { interruptible } from '../../engines/duckdb/interrupt.ts';
import { EventFiles, type LoadedEvents } from '../../files/event-files.ts';
import type { InputFile } from '../../files/input-file.ts';
import { withLists } from '../../files/lists/lists.ts';
import { filesRead } from '../../files/load-report.ts';
import { nothingReadable, unreadOf } from '../../files/unread.ts';
import type { EventsRequest, FileSource } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { timeFieldNotes } from '../time-field-notes.ts';
import { listsFor } from './lists.ts';
import { mappingsOf } from './mappings.ts';
import { presentEngine } from './present.ts';
import type { Session, SessionRequest } from './session.ts';
import { wantedBy } from './wanted-fields.ts';

type FilesRequest = Required<Pick<SessionRequest, 'events' | 'queries' | 'asked'>>;

/** An engine over the fields of files that queries ask for. */
export async function openFiles(
  source: FileSource,
  request: FilesRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const duckdb = await openDuckDB(memoryOf(request.events));
  try {
    return await interruptible(duckdb.connection, signal, () => readFiles(duckdb, source, request, observer, signal));
  } catch (error) {
    duckdb.close();
    throw error;
  }
}

async function readFiles(
  duckdb: DuckDB,
  source: FileSource,
  request: FilesRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const { files, relation, catalogue, report, release } = await loadFiles(duckdb, source, request, observer, signal);
  try {
    if (filesRead(report) === 0) throw nothingReadable(report);
    const lists = await listsFor(request.events, duckdb.connection, observer, signal);
    // From here on no query can reach a file: what was attached stays, nothing else opens.
    await duckdb.connection.run('SET enable_external_access = false');
    const close = (): void => {
      duckdb.close();
      release();
    };
    const { now } = request.events;
    const present = await presentEngine(
      { ...duckdb, close },
      withLists({ catalogue, relation }, lists),
      now,
      observer,
      signal,
    );
    return { ...present, isHere: true, load: report, unread: unreadOf(report), inputs: files };
  } catch (error) {
    release();
    throw error;
  }
}

/** Loads files into the engine; `release` removes what queries read besides, and the copies of pipes. */
export async function loadFiles(
  duckdb: DuckDB,
  { kind: _, mappings: own = [], timeField, ...source }: FileSource,
  { events, queries, asked }: FilesRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<LoadedEvents & { readonly files: readonly InputFile[] }> {
  try {
    const mappings = await mappingsOf(own, timeField);
    const files = await EventFiles.open(duckdb.connection, {
      ...source,
      ...(mappings && { mappings }),
      asked,
      onProgress: (state) => observer.progress({ kind: 'files', ...state }),
      signal,
    });
    try {
      for (const output of events.outputs) refuseInput(output, files.files);
      const { wanted, sought } = wantedBy(queries);
      const read = await files.load(wanted, sought);
      const notes = timeField === undefined ? [] : timeFieldNotes(timeField, read.report.files);
      const loaded = { ...read, report: { ...read.report, notes: [...read.report.notes, ...notes] } };
      const release = (): void => {
        loaded.release();
        files.close();
      };
      return { ...loaded, files: files.files, release };
    } catch (error) {
      files.close();
      throw error;
    }
  } finally {
    observer.progress({ kind: 'idle' });
  }
}

/** Refuses to write over a file that is read: the output would take the place of the evidence. */
function refuseInput(output: string, inputs: readonly InputFile[]): void {
  const there = statSync(output, { throwIfNoEntry: false, bigint: true });
  if (!there?.isFile()) return;
  const isSame = ({ path, inode, device }: InputFile): boolean =>
    there.ino === 0n
      ? path === realpathSync(output)
      : inode === there.ino.toString() && device === there.dev.toString();
  const input = inputs.find(isSame);
  if (input)
    throw new InputError(
      `${output} is one of the files to read${input.name === output ? '' : ` (${input.name})`}, and would be lost`,
      'write the output to another file',
    );
}

const memoryOf = ({ memory }: EventsRequest): { memoryLimit?: string } =>
  memory === undefined ? {} : { memoryLimit: memory };
