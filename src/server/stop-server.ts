import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './context.ts';
import { stopping } from './drain.ts';

/** Milliseconds that requests under way may go on, and that those cancelled then have for their answers. */
const patience = 10_000;
const lastPatience = 20_000;
/** Clients that send requests one after the other learn within this time that their connection ends: the busier, the later. */
const leastLinger = 250;
const longestLinger = 1500;
/** Connections that never sent anything are cut after this time. */
const silence = 1000;

/**
 * Stops a server so that nobody loses anything: new requests are refused, those under way get their answers, what was
 * accepted is written, and only then is the database closed. Throws where something under way does not end.
 */
export async function stopServer(app: FastifyInstance, context: ServerContext): Promise<void> {
  const { drain, writer, queries, retention, store } = context;
  const begun = performance.now();
  drain.refuseNew();
  drain.cancelled.addEventListener('abort', () => writer.refuseWaiting(stopping()));
  const settled = await drain.settle(patience, lastPatience);
  if (!settled) throw new Error('requests under way do not end; the store is left as after a kill');
  await writer.idle();
  await retention.stop();
  await queries.close();
  await store.close();
  // Refusals go on until here. Closed at once, a client would see its next request cut off instead.
  for (let isOpen = true; isOpen; ) {
    await setTimeout(25);
    const took = performance.now() - begun;
    isOpen = took < leastLinger || (took < longestLinger && (await connectionsOf(app)) > 0);
  }
  const silent = setTimer(() => app.server.closeAllConnections(), silence);
  await app.close();
  clearTimeout(silent);
}

const connectionsOf = (app: FastifyInstance): Promise<number> =>
  new Promise((resolve) => app.server.getConnections((_, count) => resolve(count ?? 0)));
