import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.ts';
import { stopping } from './drain.ts';

/** Milliseconds that requests under way may go on, and that those cancelled then have for their answers. */
const patience = 10_000;
const lastPatience = 20_000;
/**
 * Rounds of milliseconds in which clients that send requests one after the other learn that their connection ends. Where the
 * machine is busy, clients are later, and so are the rounds.
 */
const round = 25;
const leastRounds = 10;
const mostRounds = 60;
/** Connections that never sent anything are cut after this time. */
const silence = 1000;

/**
 * Stops a server so that nobody loses anything: new requests are refused, those under way get their answers, what was
 * accepted is written, and only then is the database closed. Throws where something under way does not end.
 */
export async function stopServer(app: FastifyInstance, context: ServerContext): Promise<void> {
  const { drain, writer, queries, retention, store } = context;
  drain.refuseNew();
  drain.cancelled.addEventListener('abort', () => writer.refuseWaiting(stopping()));
  const settled = await drain.settle(patience, lastPatience);
  if (!settled) throw new Error('requests under way do not end; the store is left as after a kill');
  await writer.idle();
  await retention.stop();
  await queries.close();
  await store.close();
  // Refusals go on until here. Closed at once, a client would see its next request cut off instead.
  for (let rounds = 0; rounds < mostRounds; rounds++) {
    await setTimeout(round);
    if (rounds >= leastRounds && (await connectionsOf(app)) === 0) break;
  }
  const silent = setTimer(() => app.server.closeAllConnections(), silence);
  await app.close();
  clearTimeout(silent);
}

const connectionsOf = (app: FastifyInstance): Promise<number> =>
  new Promise((resolve) => app.server.getConnections((_, count) => resolve(count ?? 0)));
