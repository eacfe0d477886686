import type { FastifyInstance } from 'fastify';
import { protocolVersion, type ServerContext } from './context.ts';
import { healthReport } from './health.ts';

/** What clients and shippers ask before they begin: name and version, health, licence. */
export function addInfo(app: FastifyInstance, context: ServerContext): void {
  const { store, clusterUuid } = context;
  const name = 'harrier';
  app.get('/', () => ({
    name,
    cluster_name: name,
    cluster_uuid: clusterUuid,
    version: {
      number: protocolVersion,
      build_flavor: 'default',
      build_type: 'npm',
      build_hash: buildHash,
      build_date: '2026-01-01T00:00:00.000Z',
      build_snapshot: false,
      lucene_version: '10.3.0',
      minimum_wire_compatibility_version: '8.19.0',
      minimum_index_compatibility_version: '8.0.0',
    },
    tagline: 'You Know, for Search',
  }));

  const health = async (): Promise<Record<string, unknown>> => {
    const indices = store.committed.length;
    return {
      cluster_name: name,
      status: (await healthReport(context)).status,
      timed_out: false,
      number_of_nodes: 1,
      number_of_data_nodes: 1,
      active_primary_shards: indices,
      active_shards: indices,
      relocating_shards: 0,
      initializing_shards: 0,
      unassigned_shards: 0,
      delayed_unassigned_shards: 0,
      number_of_pending_tasks: 0,
      number_of_in_flight_fetch: 0,
      task_max_waiting_in_queue_millis: 0,
      active_shards_percent_as_number: 100,
    };
  };
  app.get('/_cluster/health', health);
  app.get('/_cluster/health/:index', health);
  const license = {
    license: {
      status: 'active',
      uid: clusterUuid,
      type: 'basic',
      issue_date: '2026-01-01T00:00:00.000Z',
      issue_date_in_millis: 1767225600000,
      max_nodes: 1000,
      issued_to: name,
      issuer: name,
      start_date_in_millis: -1,
    },
  };
  app.get('/_license', () => license);
  app.get('/_xpack', () => ({
    build: { hash: buildHash, date: '2026-01-01T00:00:00.000Z' },
    license: { uid: clusterUuid, type: 'basic', mode: 'basic', status: 'active' },
    features: { esql: { available: true, enabled: true } },
    tagline: 'You know, for X',
  }));
}

/** Stands where Elasticsearch has the hash of its build, in the form that its clients parse. */
export const buildHash = '0000000000000000000000000000000000000000';
