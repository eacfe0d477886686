import { ElasticsearchEngine } from '../../engines/elasticsearch/engine.ts';
import { CompiledQuery } from '../../languages/esql/compiled-query.ts';
import type { ProcessingCommand, Subquery } from '../../languages/esql/syntax/ast.ts';
import { eventPatterns, innerQueries, lookupIndices } from '../../languages/esql/syntax/walk.ts';
import type { ClusterSource } from '../events-request.ts';
import type { Observer } from '../observer.ts';
import { momentOf } from './present.ts';
import { allRead, type Session, type SessionRequest } from './session.ts';

/** The user's cluster, with what it says of the indices that the queries name. */
export async function openCluster(
  { kind: _, ...cluster }: ClusterSource,
  { events: { now }, queries, besides = [], everywhere = false, asked }: SessionRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<Session> {
  const began = new Date();
  const clock = now === null ? { clock: began.getTime() } : {};
  const parsed = queries.flatMap((query) => CompiledQuery.of(query).parsed.query ?? []);
  const patterns = parsed.flatMap(patternsOf);
  // The newest event may be of any index.
  const wanted = {
    ...{ patterns, besides, enrich: parsed.some(enriches) },
    everywhere: everywhere || now === 'latest',
    fieldsOnly: asked === 0,
  };
  const engine = await ElasticsearchEngine.open(
    { ...cluster, ...clock, signal, onNote: noteOnce(observer) },
    patterns.length > 0 || wanted.everywhere ? wanted : null,
  );
  try {
    const known = engine.known().then((future) => {
      if (future) observer.note({ kind: 'future', ...future, passedOver: now === 'latest' });
    });
    // Who asks once can begin at once.
    if (wanted.everywhere || asked === Infinity) await known;
    return {
      engine,
      now: now === null ? began : momentOf(engine.catalogue.indices, now),
      isHere: false,
      load: null,
      unread: allRead,
      inputs: [],
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** What each FROM and LOOKUP JOIN of a query names. */
const patternsOf = (query: Subquery): string[][] => [
  ...eventPatterns(query),
  ...lookupIndices(query).map((name) => [name]),
];

function enriches(query: Subquery): boolean {
  const within = (commands: readonly ProcessingCommand[]): boolean =>
    commands.some(
      (command) => command.command === 'enrich' || (command.command === 'fork' && command.branches.some(within)),
    );
  return within(query.pipeline) || innerQueries(query).some(enriches);
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
