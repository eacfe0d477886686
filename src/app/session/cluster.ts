import { ElasticsearchEngine } from '../../engines/elasticsearch/engine.ts';
import type { ClusterSource } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { allRead, type Session } from './session.ts';

/** The user's cluster. Its own clock is what its queries take for now. */
export async function openCluster(
  { kind: _, ...cluster }: ClusterSource,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const engine = await ElasticsearchEngine.open({ ...cluster, signal, onNote: noteOnce(observer) });
  return { engine, events: null, now: new Date(), load: null, unread: allRead, inputs: [] };
}

/** What several queries wait for is said once. */
function noteOnce(observer: Observer): (text: string) => void {
  let last = '';
  return (text) => {
    if (text === last) return;
    last = text;
    observer.note({ kind: 'engine', text });
  };
}
