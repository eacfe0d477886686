import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { findProcess, type ProcessName } from '../investigate/find-process.ts';
import { everyQuestion, type Pivot, type PivotOptions, pivot } from '../investigate/pivot.ts';
import { asker, fieldsOf } from '../investigate/question.ts';
import type { Scope } from '../investigate/subject.ts';
import type { EventsRequest } from './events-request.ts';
import type { Observer } from './observer.ts';
import { notFound, notOne } from './pivot-errors.ts';
import { openSession } from './session/session.ts';

/** The process that is asked about, and how much of it. */
export interface PivotRequest extends PivotOptions {
  readonly name: ProcessName;
  readonly scope: Scope;
  readonly events: EventsRequest;
}

/** Everything that the events record about a process. Throws an InputError where they know none, or several. */
export async function pivotOnProcess(
  { name, scope, events, ...extent }: PivotRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Pivot> {
  const queries = [fieldsOf(everyQuestion(scope.pattern))];
  const session = await openSession({ events, queries, asked: Infinity }, observer, signal);
  try {
    const warnings = new Set<string>();
    const ask = asker(session.engine, { now: session.now, signal, onWarning: (warning) => warnings.add(warning) });
    observer.progress({ kind: 'process' });
    const found = await findProcess(name, scope, ask);
    if (found.kind === 'none') throw notFound(name, scope, found);
    if (found.kind === 'several') throw notOne(name, found);
    const facts = await pivot(found.subject, ask, extent);
    return { ...facts, notes: [...facts.notes, ...[...warnings].map((warning) => `warning: ${warning}`)] };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new InputError(
      `the events cannot be asked: ${error.message}`,
      'check --index-pattern, which may also leave indices out; a cluster must know SET unmapped_fields',
    );
  } finally {
    observer.progress({ kind: 'idle' });
    await session.engine.close();
  }
}
