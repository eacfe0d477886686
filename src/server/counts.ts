import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Condition } from '../languages/filters/condition.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import type { ServerContext } from './context.ts';
import { documentsOf, foundIndices, type IndexParams } from './found-indices.ts';
import { filterOf, goneSignal } from './query.ts';
import { inQueryTime } from './query-time.ts';
import { jsonObject } from './request-body.ts';
import { warnOfUnseen } from './warning-headers.ts';

/** How many documents there are, and how much they take. */
export function addCounts(app: FastifyInstance, context: ServerContext): void {
  const { store, queries } = context;
  for (const url of ['/_count', '/:index/_count']) {
    app.route<IndexParams>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        warnOfUnseen(reply as FastifyReply, store);
        const { q } = request.query as { q?: string };
        const { query, ...more } = jsonObject(request.body);
        const [unknown] = Object.keys(more);
        if (unknown !== undefined) throw new Refusal('parsing_exception', `request does not support [${unknown}]`, 400);
        if (q !== undefined) throw illegalArgument('[q] is not supported: give a [query] in the body');
        const indices = foundIndices(store, request, 'read');
        const filter = filterOf(query);
        const count =
          filter === null ? documentsOf(indices) : await counted(indices, filter, goneSignal(reply as FastifyReply));
        return { count, _shards: { total: 1, successful: 1, skipped: 0, failed: 0 } };
      },
    });
  }

  const counted = async (
    indices: readonly { readonly name: string }[],
    filter: Condition,
    gone: AbortSignal,
  ): Promise<number> => {
    const names = new Set(indices.map(({ name }) => name));
    if (names.size === 0) return 0;
    const { values } = await inQueryTime(context, gone, (signal) =>
      queries.run('FROM * | STATS COUNT(*)', { now: Date.now(), maxRows: 1, filter, signal }, (name) =>
        names.has(name),
      ),
    );
    return Number(values[0]![0]);
  };

  for (const url of ['/_stats', '/_stats/:metric', '/:index/_stats', '/:index/_stats/:metric']) {
    app.get<IndexParams>(url, async (request) => {
      const each: [string, Stats][] = [];
      for (const index of foundIndices(store, request, 'read')) {
        const docs = { count: index.documents, deleted: 0 };
        each.push([index.name, { docs, store: { size_in_bytes: await queries.size(index) } }]);
      }
      const sum = (of: (stats: Stats) => number): number => each.reduce((total, [, stats]) => total + of(stats), 0);
      const all: Stats = {
        docs: { count: sum(({ docs }) => docs.count), deleted: 0 },
        store: { size_in_bytes: sum((stats) => stats.store.size_in_bytes) },
      };
      return {
        _shards: { total: each.length, successful: each.length, failed: 0 },
        _all: { primaries: all, total: all },
        indices: Object.fromEntries(each.map(([name, stats]) => [name, { primaries: stats, total: stats }])),
      };
    });
  }
}

interface Stats {
  readonly docs: { readonly count: number; readonly deleted: number };
  readonly store: { readonly size_in_bytes: number };
}
