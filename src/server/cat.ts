import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { patternMatcher } from '../catalogue/index-pattern.ts';
import { illegalArgument } from '../store/refusal.ts';
import { own } from '../values/own.ts';
import type { ServerContext } from './context.ts';
import { aliasesFor, documentsOf, foundIndices, type IndexParams } from './found-indices.ts';
import { healthReport } from './health.ts';

type Row = Readonly<Record<string, string>>;

interface CatQuery {
  readonly format?: string;
  readonly v?: string;
  readonly h?: string;
  readonly s?: string;
  readonly bytes?: string;
}

/** `_cat`: small tables for people, and as JSON for programs. */
export function addCat(app: FastifyInstance, context: ServerContext): void {
  const { store, queries } = context;
  for (const url of ['/_cat/indices', '/_cat/indices/:index']) {
    app.get<IndexParams>(url, async (request, reply) => {
      const { bytes } = request.query as CatQuery;
      const rows: Row[] = [];
      for (const index of foundIndices(store, request, 'read')) {
        const size = sizeText(await queries.size(index), bytes);
        rows.push({
          health: 'green',
          status: 'open',
          index: index.name,
          uuid: index.uuid,
          pri: '1',
          rep: '0',
          'docs.count': String(index.documents),
          'docs.deleted': '0',
          'store.size': size,
          'pri.store.size': size,
        });
      }
      return send(request as FastifyRequest, reply, rows, indexColumns);
    });
  }

  for (const url of ['/_cat/count', '/_cat/count/:index']) {
    app.get<IndexParams>(url, async (request, reply) => {
      const count = String(documentsOf(foundIndices(store, request, 'read')));
      return send(request as FastifyRequest, reply, [{ ...time(), count }], ['epoch', 'timestamp', 'count']);
    });
  }

  for (const url of ['/_cat/shards', '/_cat/shards/:index']) {
    app.get<IndexParams>(url, async (request, reply) => {
      const { bytes } = request.query as CatQuery;
      const rows: Row[] = [];
      for (const index of foundIndices(store, request, 'read')) {
        const size = sizeText(await queries.size(index), bytes);
        const docs = String(index.documents);
        rows.push({
          index: index.name,
          shard: '0',
          prirep: 'p',
          state: 'STARTED',
          docs,
          store: size,
          ...ownNode(request.host),
        });
      }
      const columns = ['index', 'shard', 'prirep', 'state', 'docs', 'store', 'ip', 'node'];
      return send(request as FastifyRequest, reply, rows, columns);
    });
  }

  app.get('/_cat/nodes', async (request, reply) => {
    const { heapUsed, heapTotal } = process.memoryUsage();
    const [load1, load5, load15] = loadavg().map((load) => load.toFixed(2));
    const percent = (part: number): string => String(Math.round(100 * part));
    const row: Row = {
      ip: ownNode(request.host).ip,
      'heap.percent': percent(heapUsed / heapTotal),
      'ram.percent': percent(1 - freemem() / totalmem()),
      cpu: percent(Math.min(1, loadavg()[0]! / availableParallelism())),
      load_1m: load1!,
      load_5m: load5!,
      load_15m: load15!,
      'node.role': 'dim',
      master: '*',
      name: ownNode(request.host).node,
    };
    return send(request, reply, [row], Object.keys(row));
  });

  app.get('/_cat/aliases', async (request, reply) => {
    const none = { filter: '-', 'routing.index': '-', 'routing.search': '-', is_write_index: '-' };
    const rows = [...aliasesFor(store, request as FastifyRequest, 'describe')].flatMap(([alias, indices]) =>
      indices.map((index): Row => ({ alias, index, ...none })),
    );
    return send(request, reply, rows, ['alias', 'index', ...Object.keys(none)]);
  });

  app.get('/_cat/health', async (request, reply) => {
    const { status } = await healthReport(context);
    const row = { ...time(), cluster: 'harrier', status, 'node.total': '1', 'node.data': '1' };
    return send(request, reply, [row], Object.keys(row));
  });
}

const ownNode = (host: string): { ip: string; node: string } => ({ ip: host.replace(/:\d+$/, ''), node: 'harrier' });

const indexColumns = [
  ...['health', 'status', 'index', 'uuid', 'pri', 'rep'],
  ...['docs.count', 'docs.deleted', 'store.size', 'pri.store.size'],
];

/** Columns whose values stand at the right. */
const isNumber = (column: string): boolean =>
  /^(?:pri|rep|count|epoch|shard|docs|store|cpu|.*\.percent|load_\d+m|.*\.(?:count|deleted|size|total|data))$/.test(
    column,
  );

function time(): Row {
  const now = new Date();
  return { epoch: String(Math.floor(now.getTime() / 1000)), timestamp: now.toISOString().slice(11, 19) };
}

function send(request: FastifyRequest, reply: FastifyReply, rows: readonly Row[], columns: readonly string[]): unknown {
  const { format, v = 'false', h, s } = request.query as CatQuery;
  const sorted = [...rows].sort(order(s, columns));
  const shown = h === undefined ? columns : h.split(',').flatMap((name) => columns.filter(patternMatcher(name)));
  if (format === 'json' || (format === undefined && /[/+]json\b/.test(request.headers.accept ?? '')))
    return sorted.map((row) => Object.fromEntries(shown.map((name) => [name, own(row, name)])));
  if (format !== undefined && format !== 'text' && format !== 'txt')
    throw illegalArgument(`format [${format}] is not supported here: ask for text or json`);
  const lines = sorted.map((row) => shown.map((name) => own(row, name)!));
  if (v !== 'false') lines.unshift([...shown]);
  const widths = shown.map((_, i) => Math.max(0, ...lines.map((line) => line[i]!.length)));
  const text = lines.map((line) =>
    line
      .map((cell, i) => (isNumber(shown[i]!) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join(' ')
      .trimEnd(),
  );
  return reply.type('text/plain; charset=UTF-8').send(text.map((line) => `${line}\n`).join(''));
}

/** The order that `s=column:desc,…` asks for. */
function order(keys: string | undefined, columns: readonly string[]): (a: Row, b: Row) => number {
  const wanted = (keys?.split(',') ?? []).map((key) => {
    const [name = '', direction] = key.split(':');
    if (!columns.includes(name)) throw illegalArgument(`Unable to sort by unknown sort key \`${name}\``);
    return { name, sign: direction === 'desc' ? -1 : 1 };
  });
  return (a, b) => {
    for (const { name, sign } of wanted) {
      const compared = own(a, name)!.localeCompare(own(b, name)!, 'en', { numeric: isNumber(name) });
      if (compared !== 0) return sign * compared;
    }
    return 0;
  };
}

const units = ['b', 'kb', 'mb', 'gb', 'tb'];

/** A size as people read it, or as a number of the unit that is asked for. */
function sizeText(bytes: number, unit: string | undefined): string {
  if (unit !== undefined) {
    const power = units.indexOf(unit);
    if (power < 0) throw illegalArgument(`bytes [${unit}] is not one of [${units.join(', ')}]`);
    return String(Math.floor(bytes / 1024 ** power));
  }
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1).replace(/\.0$/, '')}${units[power]}`;
}
