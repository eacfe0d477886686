import type { DataInfo } from '../../contract/calls.ts';
import type { Workbench } from '../context.ts';

/** What the events are like now. Of a cluster only what it was asked for is known. */
export async function dataInfo(workbench: Workbench, signal: AbortSignal): Promise<DataInfo> {
  const { now: asked, options } = workbench;
  const nowIs = asked === 'latest' ? 'newest event' : asked === null ? 'clock' : 'given';
  const reading = options.reading();
  if (options.kind === 'cluster') {
    const now = asked instanceof Date ? asked : new Date();
    const rest = { events: null, first: null, last: null, indices: [], reading, faults: workbench.faults };
    return { revision: 0, now: now.getTime(), nowIs, ...rest };
  }
  return workbench.ask(
    [],
    async ({ engine, now, unread }) => {
      const { indices } = engine.catalogue;
      const firsts = indices.flatMap(({ firstTimestamp }) => firstTimestamp ?? []);
      const lasts = indices.flatMap(({ lastTimestamp }) => lastTimestamp ?? []);
      return {
        ...{ revision: workbench.revision, now: now.getTime(), nowIs, reading },
        events: indices.reduce((sum, { events }) => sum + events, 0),
        first: firsts.length > 0 ? Math.min(...firsts) : null,
        last: lasts.length > 0 ? Math.max(...lasts) : null,
        indices: indices.map(({ name, events }) => ({ name, events })),
        faults: [...(unread.text === null ? [] : [unread.text]), ...workbench.faults],
      };
    },
    signal,
  );
}
