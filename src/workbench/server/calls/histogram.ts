import type { Session } from '../../../app/session/session.ts';
import { InputError, QueryError } from '../../../diagnostics/diagnostic.ts';
import { eventRows } from '../../../investigate/event-rows.ts';
import { eventsInTime } from '../../../investigate/events-in-time.ts';
import { conditionsOf, timeBounds, timestampsOf, windowOf } from '../../../plan/time-bounds.ts';
import type { Calls } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import { explain } from '../errors.ts';
import { beforeProblem, overridden } from '../overridden.ts';

/** When the events of a question happened, also outside of its window; as far as its text can be read. */
export const histogram: Handler<'histogram'> = ({ question, bars, by }, workbench, signal) => {
  const { text } = workbench.options.library.job(question).esql;
  return workbench.ask([text], (session) => inTime(text, { question, bars, by }, session, signal), signal);
};

async function inTime(
  text: string,
  request: Calls['histogram']['request'],
  session: Session,
  signal: AbortSignal,
): Promise<Calls['histogram']['answer']> {
  const { engine, now } = session;
  const { question, bars, by } = request;
  try {
    const { query } = await overridden(text, question, session);
    const { plan } = eventRows(query, engine, now);
    const times = timestampsOf(plan);
    const { from, to } = windowOf(conditionsOf(plan).flatMap((condition) => timeBounds(condition, times)));
    const window = { from: millis(from), to: millis(to) };
    const found = await eventsInTime(query, engine, { now, bars: Math.max(1, bars), by, signal });
    const reason = found.bars.length === 0 ? 'no event of these indices has a time' : null;
    return { ...found, window, now: now.getTime(), reason };
  } catch (error) {
    if (!(error instanceof QueryError || error instanceof InputError)) throw error;
    const before = error instanceof QueryError ? beforeProblem(text, error) : null;
    if (before !== null) return inTime(before, request, session, signal);
    const reason = error instanceof QueryError ? error.diagnostics[0]!.message : explain(error).message;
    const none = { bars: [], series: [], step: 0, first: null, last: null, now: now.getTime() };
    return { ...none, window: { from: null, to: null }, reason };
  }
}

const millis = (time: bigint | null): number | null => (time === null ? null : Number(time));
