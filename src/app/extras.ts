import type { EventFacts } from '../coverage/event-facts.ts';
import { everyIndex, indicesOf, patternsOf, processStreams } from '../investigate/indices.ts';
import type { HuntResult, RunReport } from '../report/report.ts';
import type { Job } from './jobs.ts';
import type { RunOptions } from './run-queries.ts';
import type { Session } from './session/session.ts';

/** What a report shows beyond the rows of its queries. */
export interface Extras {
  /** What the events are like: for a whole library. */
  readonly facts: boolean;
  /** Pictures and process trees of the hits. */
  readonly evidence: boolean;
  /** What the data can answer, of hunts with hits too. */
  readonly coverage: boolean;
  /** Hosts and users of the events behind rows; `here`: where these are, for a cluster would run each hunt twice. */
  readonly context: 'always' | 'here' | 'never';
}

export const noExtras: Extras = { facts: false, evidence: false, coverage: false, context: 'never' };

/** Queries that name the fields that the extras need, so that reading files brings them. */
export async function extraFields({ facts, evidence, context }: Extras): Promise<string[]> {
  return [
    ...(facts ? [(await import('../coverage/event-facts.ts')).eventFactFields] : []),
    ...(evidence ? (await import('../investigate/gather-evidence.ts')).evidenceFields() : []),
    ...(context !== 'never' ? [(await import('../investigate/row-context.ts')).contextFields] : []),
  ];
}

/** Patterns of indices that the extras read beside those of the queries, where there are any. */
export const extraIndices = ({ evidence }: Extras, jobs: readonly Job[]): string[] =>
  evidence ? processStreams(patternsOf(jobs.map(({ esql }) => esql))) : [];

/** What the events of a run are like, where that is asked for and something is known of them. */
export async function factsOf(
  { engine, now }: Session,
  jobs: readonly Job[],
  { facts }: Extras,
  signal: AbortSignal,
): Promise<EventFacts | null> {
  if (!facts || engine.catalogue.indices.length === 0) return null;
  const queries = jobs.map(({ esql }) => esql);
  const pattern = indicesOf(patternsOf(queries), [], engine.catalogue);
  if (!pattern) return null;
  const { gatherEventFacts } = await import('../coverage/event-facts.ts');
  return gatherEventFacts(engine, pattern, queries, now, signal);
}

/**
 * Adds what is shown beyond rows. Nothing is added to an interrupted run, and where nothing is known of the events.
 * `asked`: what the events are like, where that was asked for beside the queries.
 */
export async function withExtras(
  report: RunReport,
  session: Session,
  jobs: readonly Job[],
  extras: Extras,
  { assess, signal }: Pick<RunOptions, 'assess' | 'signal'>,
  asked: Promise<EventFacts | null> | null = null,
): Promise<RunReport> {
  const { evidence, coverage, context } = extras;
  const { engine, now } = session;
  if (signal.aborted || engine.catalogue.indices.length === 0) return report;
  const { catalogue } = engine;
  const illustrated: HuntResult[] = [];
  if (evidence || coverage) {
    const { gatherEvidence } = await import('../investigate/gather-evidence.ts');
    for (const [i, result] of report.results.entries()) {
      const { esql, hunt } = jobs[i]!;
      const sources = patternsOf(hunt ? hunt.queries.map(({ text }) => text) : [esql]);
      const pattern = evidence ? indicesOf(sources, processStreams(sources), catalogue) : null;
      const asked = { engine, pattern: pattern ?? everyIndex, now, signal };
      const places = result.places ?? (result.result?.values ?? []).map((_, place) => place);
      illustrated.push({
        ...result,
        coverage: result.coverage ?? (await assess?.(esql).catch(() => null)) ?? null,
        evidence: pattern && places.length > 0 ? await gatherEvidence(esql, places, asked) : null,
      });
    }
  }
  const hasContext = context === 'always' || (context === 'here' && session.isHere);
  const looked = evidence || coverage ? illustrated : report.results;
  return {
    ...report,
    results: hasContext ? await withContext(looked, jobs, session, signal) : looked,
    eventFacts: await (asked ?? factsOf(session, jobs, extras, signal)),
  };
}

/** Results with the hosts and users of the events behind their rows. */
async function withContext(
  results: readonly HuntResult[],
  jobs: readonly Job[],
  { engine, now }: Session,
  signal: AbortSignal,
): Promise<HuntResult[]> {
  const { contextOfRows } = await import('../investigate/row-context.ts');
  const found: HuntResult[] = [];
  for (const [i, one] of results.entries()) {
    const places = one.places ?? (one.result?.values ?? []).map((_, place) => place);
    const hasRows = one.result !== null && one.hunt !== null && places.length > 0;
    if (!hasRows) {
      found.push(one);
      continue;
    }
    try {
      const context = await contextOfRows(jobs[i]!.esql, one.result!, places, { engine, now, signal });
      found.push({ ...one, context });
    } catch (error) {
      if (signal.aborted) throw error;
      // The rows are right without it.
      const reason = (error as Error).message.split('\n')[0];
      found.push({ ...one, notes: [...one.notes, `the hosts of the rows could not be looked up: ${reason}`] });
    }
  }
  return found;
}
