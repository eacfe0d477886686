import { remarksOf } from '../coverage/coverage.ts';
import { noHitsInPart } from '../report/outcomes.ts';
import type { EventsRequest } from './events-request.ts';
import type { HuntJob } from './jobs.ts';
import { judges } from './judges.ts';
import type { Session } from './session/session.ts';

/** Which indices a query names that the data does not have, with what would bring them; empty where the data has all. */
export async function missingIndices(
  job: HuntJob,
  session: Session,
  { source }: Pick<EventsRequest, 'source'>,
  signal: AbortSignal,
): Promise<string[]> {
  const { assess } = await judges(session, source, [job], signal);
  const coverage = (await assess?.(job.esql).catch(() => null)) ?? null;
  return coverage === null || coverage.missingIndices.length === 0 ? [] : remarksOf(coverage);
}

/** Why a query found nothing, as `run` says it: what the data lacks, and what of it was not read; empty where nothing is missing. */
export async function reasonsForNoHits(
  job: HuntJob,
  session: Session,
  { source }: Pick<EventsRequest, 'source'>,
  signal: AbortSignal,
): Promise<string[]> {
  const { assess, unread } = await judges(session, source, [job], signal);
  const coverage = (await assess?.(job.esql)) ?? null;
  const part = (await unread?.(job.esql)) ?? null;
  return [...(coverage ? remarksOf(coverage) : []), ...(part === null ? [] : [`${noHitsInPart}: ${part}`])];
}
