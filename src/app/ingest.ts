import { type IngestReport, ingestFiles } from '../store/ingest-files.ts';
import { Store } from '../store/store.ts';
import type { Observer } from './observer.ts';
import { mappingsOf } from './session/mappings.ts';
import { timeFieldNotes } from './time-field-notes.ts';

/** Files whose events go into a store. */
export interface IngestRequest {
  /** Files, globs and folders. */
  readonly files: readonly string[];
  /** The folder of the store; it is made where there is none. */
  readonly store: string;
  /** The index of events that do not name their own. */
  readonly index?: string;
  /** Files and folders of mappings that come before those of the package. */
  readonly mappings?: readonly string[];
  /** The field of raw events from which those that say no `@timestamp` have it. */
  readonly timeField?: string;
  /** Files that hold the same as others are added too. */
  readonly copies: boolean;
  /** Memory of the engine, such as 4GB. */
  readonly memory?: string;
}

/** Adds the events of files to a store, but those that are there already. */
export async function ingestEvents(
  { store: folder, memory, mappings: own = [], timeField, ...request }: IngestRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<IngestReport> {
  const mappings = await mappingsOf(own, timeField);
  const store = await Store.open(folder, memory === undefined ? {} : { memoryLimit: memory });
  const started = performance.now();
  try {
    const report = await ingestFiles(store, {
      ...request,
      ...(mappings && { mappings }),
      signal,
      onProgress: ({ events, bytes, totalBytes }) => {
        const rate = Math.round((events / (performance.now() - started)) * 1000).toLocaleString('en');
        const phase = `ingesting, ${rate} events/s`;
        observer.progress({ kind: 'files', phase, fraction: bytes / totalBytes, totalBytes });
      },
    });
    const notes = timeField === undefined ? [] : timeFieldNotes(timeField, report.reports);
    return { ...report, notes: [...report.notes, ...notes] };
  } finally {
    observer.progress({ kind: 'idle' });
    await store.close();
  }
}
