import { defendSources } from '../catalogue/defend-source.ts';
import { coverHunt, type HuntCoverage } from '../coverage/hunt-coverage.ts';
import { conditionText } from '../ecs/condition-text.ts';
import { unmappedNames } from '../ecs/map-columns.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { leavesOf } from '../ecs/raw-leaves.ts';
import { recordedSources } from '../ecs/recorded-sources.ts';
import { shippedMappings } from '../ecs/shipped-mappings.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import type { FileReport, LoadReport } from '../files/load-report.ts';
import { type SampledSource, sampleDocuments } from '../files/sample-documents.ts';
import type { Hunt } from '../hunts/hunt.ts';
import type {
  InspectedEvents,
  InspectedFile,
  InspectedSource,
  InspectReport,
  SampleEvent,
} from '../report/inspect/inspect-report.ts';
import type { EventsRequest, FileSource } from './events-request.ts';
import { jobsOf } from './jobs.ts';
import { type MappedEvent, mapEvents } from './map-events.ts';
import { type Observer, silent } from './observer.ts';
import { loadFiles } from './session/files.ts';
import { mappingsOf } from './session/mappings.ts';
import { presentEngine } from './session/present.ts';

export interface InspectRequest {
  readonly source: FileSource;
  /** Hunts that the events might serve; null to ask none. */
  readonly hunts: readonly Hunt[] | null;
  /** Files are looked into where there are no more than this. */
  readonly mostLooked: number;
}

/** Events of a file that are looked at, and those that are shown. */
const looked = 50;
const shown = 3;

/** What files are, how their events were recognised and mapped, and what hunts can do with them. */
export async function inspectFiles(
  { source, hunts, mostLooked }: InspectRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<InspectReport> {
  signal.throwIfAborted();
  const duckdb = await openDuckDB();
  const events: EventsRequest = { source, now: 'latest', maxRows: null, outputs: [] };
  const queries = (hunts ?? []).flatMap(jobsOf).map(({ esql }) => esql);
  try {
    return await interruptible(duckdb.connection, signal, async () => {
      const mappings = (await mappingsOf(source.mappings ?? [], source.timeField)) ?? (await shippedMappings());
      const loaded = await loadFiles(duckdb, source, { events, queries, asked: Infinity }, observer, signal);
      const { report, files, catalogue, relation, release } = loaded;
      try {
        observer.note({ kind: 'loaded', report: withoutFiles(report) });
        const isFew = report.files.filter(({ read }) => read !== 'none').length <= mostLooked;
        const samples = isFew ? await sampleDocuments(files, looked, signal) : [];
        const inspected: InspectedFile[] = [];
        for (const file of report.files) inspected.push(await inspectFile(file, samples, mappings, signal));
        if (hunts === null || report.events === 0) return { load: report, files: inspected, hunts: null };
        const { engine, now } = await presentEngine(duckdb, { catalogue, relation }, 'latest', silent, signal);
        const covered: HuntCoverage[] = [];
        const sources = [...defendSources, ...recordedSources(mappings)];
        for (const hunt of hunts) {
          const texts = jobsOf(hunt).map(({ esql }) => esql);
          covered.push(await coverHunt(hunt, texts, engine, now, signal, sources));
        }
        return { load: report, files: inspected, hunts: covered };
      } finally {
        release();
      }
    });
  } finally {
    duckdb.close();
  }
}

/** What the report itself says of files need not be noted as well. */
const withoutFiles = (report: LoadReport): LoadReport => ({ ...report, files: [] });

async function inspectFile(
  file: FileReport,
  samples: readonly SampledSource[],
  mappings: readonly Mapping[],
  signal: AbortSignal,
): Promise<InspectedFile> {
  const sources = (file.mapped ?? []).flatMap(({ source, events }): InspectedSource[] => {
    const mapping = mappings.find(({ title }) => title === source);
    if (!mapping) return [];
    const { title, name, index, when } = mapping;
    return [{ title, name, index: index!, events, when: conditionText(when) }];
  });
  const sample = file.read === 'none' ? undefined : samples.find(({ path }) => path === file.path);
  const look = sample ? await lookInto(sample, file, mappings, signal) : null;
  return { file, sources, look };
}

async function lookInto(
  { documents }: SampledSource,
  { indices }: FileReport,
  mappings: readonly Mapping[],
  signal: AbortSignal,
): Promise<InspectedEvents> {
  const fallback = indices[0]?.[0] ?? 'events';
  const mapped = await mapEvents(documents, mappings, fallback, 'all', signal);
  const all = documents.flatMap((raw, i) => (mapped[i] ? [{ raw, event: mapped[i] }] : []));
  return {
    samples: choose(all).map(({ raw, event }) => sampleOf(raw, event)),
    looked: all.length,
    unmapped: unmappedOf(all, mappings),
  };
}

interface Looked {
  readonly raw: object;
  readonly event: MappedEvent;
}

/** The first event of each index, and then the first of all. */
function choose(all: readonly Looked[]): Looked[] {
  const first = all.filter(({ event }, i) => all.findIndex((other) => other.event.index === event.index) === i);
  const chosen = [...new Set([...first, ...all])].slice(0, shown);
  return all.filter((one) => chosen.includes(one));
}

/** Of a mapped event, only what the mapping gives: what it has of itself stands in the raw event. */
function sampleOf(raw: object, { mapping, index, fields }: MappedEvent): SampleEvent {
  const own = new Set([...leavesOf(raw)].map(([name]) => name));
  const shownFields = mapping === null ? fields : new Map([...fields].filter(([name]) => !own.has(name)));
  return { raw, source: mapping, index, fields: shownFields };
}

function unmappedOf(all: readonly Looked[], mappings: readonly Mapping[]): string[] {
  const found = new Set<string>();
  for (const mapping of mappings) {
    const own = all.filter(({ event }) => event.mapping === mapping.title);
    if (own.length === 0) continue;
    const names = new Set(own.flatMap(({ raw }) => [...leavesOf(raw)].map(([name]) => name)));
    for (const name of unmappedNames(mapping, [...names])) found.add(name);
  }
  return [...found];
}
