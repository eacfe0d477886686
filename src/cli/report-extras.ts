import { relative } from 'node:path';
import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import { descriptorOf } from '../files/spool.ts';
import { ownLibrary } from '../hunts/library.ts';
import type { HuntResult, RunReport } from '../report/report.ts';
import { shelfSize } from '../report/shelf.ts';
import type { DataOptions, OutputOptions } from './options.ts';
import { quoted } from './quoted.ts';
import type { Job, RunOptions } from './run-queries.ts';
import type { Session } from './session.ts';

/** What a report shows beyond the rows of its queries, by its format and the number of its queries. */
interface Extras {
  /** What the events are like: for a whole library. */
  readonly facts: boolean;
  /** Pictures and process trees of the hits. */
  readonly evidence: boolean;
  /** What the data can answer, of hunts with hits too. */
  readonly coverage: boolean;
}

function extrasOf({ format, navigator }: OutputOptions, jobs: readonly Job[], alone: boolean): Extras {
  const isPage = format === 'html';
  return {
    facts: !alone && (isPage || jobs.length > shelfSize),
    evidence: isPage && !alone,
    coverage: !alone && (isPage || navigator !== undefined),
  };
}

/** Queries that name the fields that the extras need, so that reading files brings them. */
export async function extraFields(output: OutputOptions, jobs: readonly Job[], alone: boolean): Promise<string[]> {
  const { facts, evidence } = extrasOf(output, jobs, alone);
  return [
    ...(facts ? [(await import('../coverage/event-facts.ts')).eventFactFields] : []),
    ...(evidence ? (await import('../investigate/gather-evidence.ts')).evidenceFields() : []),
  ];
}

/** Adds what the format shows beyond rows. Nothing is added to an interrupted run, and nothing that a cluster holds. */
export async function withExtras(
  report: RunReport,
  session: Session,
  jobs: readonly Job[],
  output: OutputOptions,
  { assess, signal }: RunOptions,
): Promise<RunReport> {
  const { engine, now } = session;
  if (signal.aborted || !(engine instanceof DuckDBEngine) || engine.catalogue.indices.length === 0) return report;
  const { facts, evidence, coverage } = extrasOf(output, jobs, false);
  const asked = { engine, now, signal };
  const illustrated: HuntResult[] = [];
  if (evidence || coverage) {
    const { gatherEvidence } = await import('../investigate/gather-evidence.ts');
    for (const result of report.results) {
      const places = result.places ?? (result.result?.values ?? []).map((_, place) => place);
      illustrated.push({
        ...result,
        coverage: result.coverage ?? (await assess?.(result.text).catch(() => null)) ?? null,
        evidence: evidence && places.length > 0 ? await gatherEvidence(result.text, places, asked) : null,
      });
    }
  }
  const texts = jobs.map(({ text }) => text);
  return {
    ...report,
    results: evidence || coverage ? illustrated : report.results,
    eventFacts: facts
      ? await (await import('../coverage/event-facts.ts')).gatherEventFacts(engine, texts, now, signal)
      : null,
  };
}

/** The command that leads from a row of a hunt to its events: `N` stands for the row. */
export function drillDown(
  { hunt, query }: Job,
  { data, store, now, index }: DataOptions,
  overrides: string,
): string | null {
  if (!hunt || (data.length === 0 && store === undefined)) return null;
  // What came through a pipe is gone.
  if (data.some((pattern) => descriptorOf(pattern) !== null)) return null;
  const time = now === undefined ? '' : ` --now ${now instanceof Date ? now.toISOString() : now}`;
  const isOwn = hunt.file.startsWith(ownLibrary) && hunt.uuid !== null;
  const name = isOwn ? hunt.uuid!.slice(0, 8) : quoted(relative(process.cwd(), hunt.file));
  return [
    `harrier events ${name} --row N`,
    hunt.queries.length > 1 ? `--query ${query + 1}` : '',
    ...data.map((pattern) => `--data ${quoted(pattern)}`),
    store === undefined ? '' : `--store ${quoted(store)}`,
    index === undefined ? '' : `--index ${quoted(index)}`,
    overrides,
  ]
    .filter((part) => part !== '')
    .join(' ')
    .concat(time);
}
