import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Lifecycle, parseLifecycle } from '../store/lifecycle.ts';
import type { ServerContext } from './context.ts';
import { foundIndices, type IndexParams } from './found-indices.ts';
import { jsonObject } from './request-body.ts';

/**
 * `_data_stream/…/_lifecycle`: how long documents are kept. Unlike in Elasticsearch, indices that are no data streams may
 * have one as well.
 */
export function addLifecycle(app: FastifyInstance, { store, retention }: ServerContext): void {
  const url = '/_data_stream/:index/_lifecycle';
  const set = async (request: FastifyRequest<IndexParams>, lifecycle: Lifecycle | null): Promise<unknown> => {
    const names = foundIndices(store, request, 'write').map(({ name }) => name);
    await store.exclusively(async () => {
      for (const name of names) {
        const index = store.index(name);
        if (!index) continue;
        index.lifecycle = lifecycle;
        store.saveRecord(index);
      }
    });
    // What is too old by now need not wait for the next run.
    void retention.run();
    return { acknowledged: true };
  };
  app.put<IndexParams>(url, (request) => set(request, parseLifecycle(jsonObject(request.body))));
  app.delete<IndexParams>(url, (request) => set(request, null));
  app.get<IndexParams>(url, async (request) => ({
    data_streams: foundIndices(store, request, 'describe').map(({ name, lifecycle }) => ({
      name,
      ...(lifecycle && { lifecycle: shownLifecycle(lifecycle) }),
    })),
  }));
}

/** A lifecycle as the API shows it. */
export const shownLifecycle = ({ enabled, data_retention: retention }: Lifecycle): Record<string, unknown> => ({
  enabled,
  ...(retention !== undefined && {
    data_retention: retention,
    effective_retention: retention,
    retention_determined_by: 'data_stream_configuration',
  }),
});
