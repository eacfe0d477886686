import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { readEvents } from '../investigate/read-events.ts';
import {
  type EventsOfRows,
  eventOfRow,
  eventsOfGroups,
  type GroupKey,
  groupColumns,
  keysOfRows,
  keyText,
  traceable,
} from '../investigate/row-events.ts';
import type { Overrides } from '../overrides/override.ts';
import type { TypedQuery } from '../overrides/typed-query.ts';
import type { RunReport } from '../report/report.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import { count } from '../values/quantities.ts';
import { withColumns } from './event-columns.ts';
import type { EventsRequest } from './events-request.ts';
import type { HuntJob } from './jobs.ts';
import { noteLaterEvents } from './later-events.ts';
import { missingIndices, reasonsForNoHits } from './no-hits.ts';
import type { Observer } from './observer.ts';
import { overrideJobs } from './override-jobs.ts';
import { resultOf } from './run-queries.ts';
import { openSession, type Session } from './session/session.ts';

/** A row of a hunt, and how its events are shown. */
export interface RowEventsRequest {
  readonly job: HuntJob;
  readonly events: EventsRequest;
  readonly overrides: Overrides;
  /** Its number, from 1, in what the allow-list leaves; or values of columns that the hunt groups by, as `name=value`. */
  readonly row: number | readonly string[];
  readonly accepted: AcceptedList | null;
  /** The columns to show, `*` for all; none for those that some event has. */
  readonly fields: readonly string[];
  /** Of the columns that some event has, only those are shown that the hunt is about. */
  readonly brief: boolean;
  /** The most events to show. */
  readonly limit: number;
}

/** The events of a row. */
export interface RowEvents {
  readonly report: RunReport;
  /** What identifies the group that the row stands for, and its number of events; null for a row that is an event. */
  readonly group: { readonly key: string; readonly events: number } | null;
}

/** The events behind a row of a hunt. */
export async function eventsOfRow(
  request: RowEventsRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<RowEvents> {
  const { events, overrides, limit, brief, fields } = request;
  // Every field is shown, so every field is read.
  const session = await openSession(
    { events, queries: [request.job.esql], fields: ['FROM *'], asked: Infinity },
    observer,
    signal,
  );
  try {
    const { engine } = session;
    const [job] = (await overrideJobs([request.job], overrides, session)) as [HuntJob];
    const row = await rowInAnswer(job, session, request, signal);
    await noteLaterEvents([job], session, { events, canBound: true }, observer, signal);
    const { found, key } = await findEvents(job, session, row, request, signal);
    const isEvent = typeof row === 'number' && key === null;
    const { result, total } = await readEvents(found, engine, isEvent ? Math.max(limit, row) : limit, signal);
    const chosen = withColumns(result, fields, brief ? found.query : null);
    const shown = isEvent ? { ...chosen, values: chosen.values.slice(row - 1) } : chosen;
    if (typeof row === 'number' && shown.values.length === 0)
      throw await noSuchRow(result.values.length, job, session, request, signal);
    const isCut = total > shown.values.length && key !== null;
    const cut = isCut ? [`${total.toLocaleString('en')} events in all: raise --limit to see more`] : [];
    const outcome = shown.values.length > 0 ? 'hits' : 'none';
    const reasons = outcome === 'none' ? await reasonsForNoHits(job, session, events, signal) : [];
    const notes = [...cut, ...found.notes, ...reasons];
    const results = [resultOf({ ...job, hunt: null }, { outcome, result: shown, notes })];
    return {
      report: {
        ...{ now: session.now, engine: engine.name, results, partial: false },
        ...{ load: null, unread: null, eventFacts: null, provenance: null },
      },
      group: key === null ? null : { key, events: total },
    };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const reasons = await missingIndices(request.job, session, events, signal);
    if (reasons.length === 0) throw error;
    throw new InputError('there are no rows: the data cannot tell', reasons.join('\n'));
  } finally {
    await session.engine.close();
  }
}

/** The error for a number beyond the rows that there are; without any it says why, as `run` does. */
async function noSuchRow(
  rows: number,
  job: HuntJob,
  session: Session,
  { events }: RowEventsRequest,
  signal: AbortSignal,
): Promise<InputError> {
  const reasons = rows === 0 ? await reasonsForNoHits(job, session, events, signal) : [];
  const hint = reasons.length > 0 ? reasons.join('\n') : 'run numbers them from 1';
  return new InputError(`the query has ${count(rows, 'row')}`, hint);
}

/** The row that is asked for as the query gives it: run numbers what the allow-list leaves. */
async function rowInAnswer(
  job: HuntJob,
  { engine, now }: Session,
  { row, accepted, events }: RowEventsRequest,
  signal: AbortSignal,
): Promise<RowEventsRequest['row']> {
  if (typeof row !== 'number' || !accepted) return row;
  const result = await engine.query(job.esql, { now: now.getTime(), maxRows: events.maxRows, signal });
  const [left] = applyAccepted([resultOf(job, { outcome: 'hits', result })], accepted, new Date());
  if (!left?.places) return row;
  const place = left.places[row - 1];
  if (place === undefined)
    throw new InputError(
      `the query has ${count(left.places.length, 'row')} that the allow-list does not hide`,
      'run numbers them from 1; --show-accepted counts all',
    );
  return place + 1;
}

/** The events of the row or key that was asked for, and how to call it; no key for a row that is an event itself. */
async function findEvents(
  job: HuntJob,
  session: Session,
  row: RowEventsRequest['row'],
  request: RowEventsRequest,
  signal: AbortSignal,
): Promise<{ found: EventsOfRows; key: string | null }> {
  const { engine, now } = session;
  const query = await traceable(job.esql, engine, now);
  const asked = { query, engine, signal };
  if (typeof row !== 'number') {
    const given = givenKey(row, query, groupColumns(query) ?? []);
    return { found: await eventsOfGroups(asked, [given]), key: keyText(given) };
  }
  const groups = groupColumns(query);
  if (groups === null) return { found: eventOfRow(query, row), key: null };
  const keys = await keysOfRows(asked, row);
  if (keys.length < row) throw await noSuchRow(keys.length, job, session, request, signal);
  const wanted = keys[row - 1]!;
  return { found: await eventsOfGroups(asked, [wanted]), key: keyText(wanted) || `row ${row}` };
}

/** `process.entity_id=abc` in terms of the columns that the query groups by. */
function givenKey(
  texts: readonly string[],
  { plan }: TypedQuery,
  groups: readonly { readonly id: number; readonly name: string }[],
): GroupKey {
  return texts.map((text) => {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim();
    const called = plan.output.find((column) => column.name === name)?.id;
    const column = groups.find((group) => group.name === name || group.id === called);
    if (at < 1 || !column)
      throw new InputError(
        at < 1 ? `--key ${text} is not NAME=VALUE` : `the query does not group by ${name}`,
        `it groups by ${groups.map((group) => group.name).join(', ') || 'nothing: use --row'}`,
      );
    const value = text.slice(at + 1);
    return { column, value: value === 'null' ? null : value } as GroupKey[number];
  });
}
