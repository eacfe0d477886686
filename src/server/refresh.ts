import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/store.ts';

/**
 * Routes that only write documents, those about the server (probes and scrapes come every second), and those that go on
 * with what an earlier request began: pages of a scroll see the store as it was then.
 */
const writes = /\/_(?:bulk|doc|create|update)(?:\/|$)/;
const aboutServer = /^\/(?:$|metrics|_cluster|_nodes|_license|_xpack|_health_report|_cat\/(?:health|nodes)(?:\/|$))/;
const begunBefore = /^\/(?:_search\/scroll|_query\/async\/:id|_pit$)/;

/** Lets requests see documents that were acknowledged before they came. */
export function addRefresh(app: FastifyInstance, store: Store): void {
  app.addHook('preHandler', async ({ method, routeOptions: { url = '' } }) => {
    const reads = method === 'GET' || method === 'HEAD' || !writes.test(url);
    if (reads && !aboutServer.test(url) && !begunBefore.test(url)) await store.refresh();
  });
}
