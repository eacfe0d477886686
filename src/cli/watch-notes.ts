import type { WatchEvent } from '../app/observer.ts';
import type { InputError } from '../diagnostics/diagnostic.ts';
import type { WatchRun } from '../runs/watch/watch-state.ts';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';

/** What happened to a watch, in words. */
export function watchNote(watch: string, event: WatchEvent): string {
  if (event.kind === 'failed') {
    const { message, hint } = event.error as InputError;
    return `error: ${watch}: ${visible(message)}\n${hint ? `help: ${visible(hint)}\n` : ''}`;
  }
  return `${visible(`${watch}${words(event)}`)}\n`;
}

function words(event: Exclude<WatchEvent, { kind: 'failed' }>): string {
  switch (event.kind) {
    case 'missed':
      return `: ${count(event.runs, 'run')} missed before ${event.before}: this one makes up for them`;
    case 'skipped':
      return `: skipped: ${event.reason}`;
    case 'query failed':
      return `: error: ${event.hunt}: ${event.error}`;
    case 'query note':
      return `: note: ${event.hunt}: ${event.note}`;
    case 'receiver note':
      return `: ${event.receiver}: ${event.note}`;
    case 'undelivered':
      return `: ${count(event.hits, 'hit')} did not reach ${event.receiver}: ${event.reason}; the next run tries again`;
    case 'ran':
      return ` as of ${event.run.scheduled}: ${summary(event.run)}`;
  }
}

function summary({ queries, tookMs, new: added }: WatchRun): string {
  const sum = (of: (query: WatchRun['queries'][number]) => number): number =>
    queries.reduce((total, query) => total + of(query), 0);
  const failed = queries.filter(({ outcome }) => outcome === 'failed').length;
  const hidden = sum((query) => query.hidden);
  const parts = [
    `${added} new`,
    `${sum(({ rows }) => rows) - added} known`,
    ...(hidden > 0 ? [`${hidden} accepted`] : []),
    ...(failed > 0 ? [`${count(failed, 'query', 'queries')} failed`] : []),
  ];
  return `${parts.join(', ')} (${(tookMs / 1000).toFixed(1)} s)`;
}
