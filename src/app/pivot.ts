import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { findProcess, type ProcessName } from '../investigate/find-process.ts';
import {
  everyIndex,
  type IndexPattern,
  indicesOf,
  indicesOfProcesses,
  patternsOf,
  processStreams,
} from '../investigate/indices.ts';
import {
  everyQuestion,
  gathered,
  type Pivot,
  type PivotHead,
  type PivotOptions,
  type PivotPart,
  pivotParts,
} from '../investigate/pivot.ts';
import { asker, fieldsOf } from '../investigate/question.ts';
import type { Scope } from '../investigate/subject.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import type { EventsRequest } from './events-request.ts';
import type { Observer } from './observer.ts';
import { notFound, notOne } from './pivot-errors.ts';
import { openSession } from './session/session.ts';

/** The process that is asked about, and how much of it. */
export interface PivotRequest extends PivotOptions {
  readonly name: ProcessName;
  readonly scope: Omit<Scope, 'pattern'>;
  readonly indices: PivotIndices;
  readonly events: EventsRequest;
}

/** The indices to read: those of a pattern, those that the queries of a hunt name, or whichever record processes. */
export type PivotIndices =
  | { readonly kind: 'pattern'; readonly pattern: IndexPattern }
  | { readonly kind: 'hunt'; readonly queries: readonly QueryText[] }
  | { readonly kind: 'any' };

/** Everything that the events record about a process. Throws an InputError where they know none, or several. */
export async function pivotOnProcess(request: PivotRequest, observer: Observer, signal: AbortSignal): Promise<Pivot> {
  return gathered(streamPivot(request, observer, signal));
}

/**
 * The same part by part: the process and its tree come first. What the answers warn of stands in the notes of the head, which
 * comes again at the end where later parts have added some. Events are closed when the last part is taken, or none is any
 * more.
 */
export async function* streamPivot(
  { name, scope: { host, from, to }, indices, events, ...extent }: PivotRequest,
  observer: Observer,
  signal: AbortSignal,
): AsyncGenerator<PivotPart, void> {
  const sources = sourcesOf(indices);
  const besides = indices.kind === 'hunt' ? processStreams(sources) : [];
  const questions = everyQuestion(everyIndex);
  const queries = sources.map((patterns) => fieldsOf(questions, patterns.join(',')));
  const session = await openSession({ events, queries, besides, asked: Infinity }, observer, signal);
  try {
    const { catalogue } = session.engine;
    const pattern =
      indices.kind === 'any'
        ? indicesOfProcesses(catalogue)
        : (indicesOf(sources, besides, catalogue) ?? sources.flat().join(','));
    const scope = { pattern, host, from, to };
    const warnings = new Set<string>();
    const ask = asker(session.engine, { now: session.now, signal, onWarning: (warning) => warnings.add(warning) });
    observer.progress({ kind: 'process' });
    const found = await findProcess(name, scope, ask);
    if (found.kind === 'none') throw notFound(name, scope, found);
    if (found.kind === 'several') throw notOne(name, found);
    let head: PivotHead | null = null;
    let said = 0;
    const withWarnings = (value: PivotHead): PivotPart => {
      said = warnings.size;
      const notes = [...value.notes, ...[...warnings].map((warning) => `warning: ${warning}`)];
      return { part: 'head', value: { ...value, notes } };
    };
    for await (const part of pivotParts(found.subject, ask, extent)) {
      if (part.part === 'head') head = part.value;
      yield part.part === 'head' ? withWarnings(part.value) : part;
    }
    if (head && warnings.size > said) yield withWarnings(head);
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

/** The patterns to read, as each FROM names them. */
function sourcesOf(indices: PivotIndices): string[][] {
  if (indices.kind === 'any') return [[everyIndex]];
  if (indices.kind === 'pattern') return [indices.pattern.split(',').map((pattern) => pattern.trim())];
  const sources = patternsOf(indices.queries);
  if (sources.length === 0) throw new InputError('the hunt reads no indices', 'give --index-pattern');
  return sources;
}
