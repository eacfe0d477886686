import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { storeSize } from '../store/store-size.ts';
import { protocolVersion, type ServerContext } from './context.ts';
import { documentsOf } from './found-indices.ts';
import { authorize } from './security.ts';

const clusterName = 'harrier';
const roles = ['data', 'ingest', 'master'];

/** The one node that there is: what it is, and how it is. */
export function addNodes(app: FastifyInstance, context: ServerContext): void {
  const { store, queries, clusterUuid } = context;
  const answer = (node: Record<string, unknown>): Record<string, unknown> => ({
    _nodes: { total: 1, successful: 1, failed: 0 },
    cluster_name: clusterName,
    nodes: { [clusterUuid]: node },
  });
  const described = ({ host }: FastifyRequest): Record<string, unknown> =>
    answer({
      name: clusterName,
      transport_address: host,
      host: host.replace(/:\d+$/, ''),
      ip: host.replace(/:\d+$/, ''),
      version: protocolVersion,
      build_flavor: 'default',
      roles,
      attributes: {},
      http: { bound_address: [host], publish_address: host, max_content_length_in_bytes: context.limits.bodyBytes },
    });
  for (const url of ['/_nodes', '/_nodes/http', '/_nodes/_all/http', '/_nodes/_local'])
    app.get(url, async (request) => described(request));

  const stats = async (request: FastifyRequest): Promise<Record<string, unknown>> => {
    // How much there is belongs to no index.
    authorize(request, 'read', null);
    const { file, log, disk: space } = await storeSize(store);
    const { heapUsed, heapTotal, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const { running, waiting } = queries.load;
    const [load1, load5, load15] = loadavg();
    const disk = { total_in_bytes: space.total, free_in_bytes: space.free, available_in_bytes: space.free };
    return answer({
      timestamp: Date.now(),
      name: clusterName,
      transport_address: request.host,
      host: request.host.replace(/:\d+$/, ''),
      ip: request.host,
      roles,
      attributes: {},
      indices: { docs: { count: documentsOf(store.committed), deleted: 0 }, store: { size_in_bytes: file + log } },
      os: {
        timestamp: Date.now(),
        cpu: {
          percent: Math.min(100, Math.round((100 * load1!) / availableParallelism())),
          load_average: { '1m': load1, '5m': load5, '15m': load15 },
        },
        mem: { total_in_bytes: totalmem(), free_in_bytes: freemem(), used_in_bytes: totalmem() - freemem() },
      },
      process: {
        timestamp: Date.now(),
        cpu: { total_in_millis: Math.round((user + system) / 1000) },
        mem: { total_virtual_in_bytes: rss },
      },
      jvm: {
        timestamp: Date.now(),
        uptime_in_millis: Math.round(process.uptime() * 1000),
        mem: { heap_used_in_bytes: heapUsed, heap_committed_in_bytes: heapTotal, heap_max_in_bytes: heapTotal },
      },
      thread_pool: {
        search: {
          threads: queries.load.limits.concurrent,
          active: running,
          queue: waiting,
          rejected: 0,
          largest: running,
          completed: 0,
        },
      },
      fs: { timestamp: Date.now(), total: disk, data: [{ path: 'store', mount: '', type: '', ...disk }] },
    });
  };
  for (const url of ['/_nodes/stats', '/_nodes/stats/:metric', '/_nodes/:node/stats', '/_nodes/:node/stats/:metric'])
    app.get(url, (request) => stats(request));

  app.get('/_cluster/settings', async (request) => {
    const { include_defaults: defaults } = request.query as { include_defaults?: string };
    return { persistent: {}, transient: {}, ...(defaults !== undefined && defaults !== 'false' && { defaults: {} }) };
  });
}
