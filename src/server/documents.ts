import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql, text } from '../sql/sql.ts';
import type { Operation } from '../store/operations.ts';
import { illegalArgument, indexNotFound } from '../store/refusal.ts';
import { sourceOf } from '../store/synthetic-source.ts';
import { outcomeItem } from './bulk.ts';
import type { ServerContext } from './context.ts';
import { filterText } from './filter-path.ts';
import { oneLine } from './request-body.ts';
import { authorize } from './security.ts';
import { isExternal, refusalToWrite, type WriteOptions, wholeNumber } from './write-options.ts';

/** Sends a JSON text that is no object here, so that no digit is lost. */
function sendText(
  request: { readonly query: { readonly filter_path?: string } },
  reply: FastifyReply,
  text: string,
): unknown {
  const { filter_path: path } = request.query;
  return reply.send(path === undefined ? text : filterText(text, path));
}

interface DocumentRoute {
  readonly Params: { readonly index: string; readonly id?: string };
  readonly Querystring: WriteOptions & {
    readonly op_type?: string;
    readonly refresh?: string;
    readonly filter_path?: string;
    readonly if_seq_no?: string;
    readonly version?: string;
    readonly version_type?: string;
  };
}

/** Single documents: `_doc`, `_create`, `_update`, and reading one back. */
export function addDocuments(app: FastifyInstance, { store, writer, queries }: ServerContext): void {
  const write = async (
    request: FastifyRequest<DocumentRoute>,
    reply: FastifyReply,
    action: Operation['action'],
  ): Promise<unknown> => {
    const { index, id = null } = request.params;
    authorize(request as FastifyRequest, 'write', index);
    const { refresh, if_seq_no, version, version_type: versionType } = request.query;
    const sequence = wholeNumber(if_seq_no, 'if_seq_no');
    const external = isExternal(versionType) ? wholeNumber(version, 'version') : undefined;
    const refusal = action === 'delete' ? null : refusalToWrite(request.query, index, store);
    if (refusal) throw refusal;
    const body = request.body as Buffer | undefined;
    if (action !== 'delete' && !body?.length) throw illegalArgument('request body is required');
    const operation: Operation = {
      action,
      index,
      id,
      line: action === 'delete' ? null : oneLine(body!),
      ...(sequence !== undefined && { ifSequence: sequence }),
      ...(external !== undefined && { externalVersion: external }),
    };
    const [outcome] = await writer.apply([operation]);
    if ('refusal' in outcome!) throw outcome.refusal;
    const forced = refresh !== undefined && refresh !== 'false';
    if (forced) await store.refresh('all');
    const { status, ...answer } = outcomeItem(outcome!, action, forced);
    if (status === 201) reply.header('location', `/${index}/_doc/${encodeURIComponent(outcome!.id)}`);
    reply.code(status as number);
    return answer;
  };
  const indexing = (request: FastifyRequest<DocumentRoute>): Operation['action'] =>
    request.query.op_type === 'create' ? 'create' : 'index';
  app.post<DocumentRoute>('/:index/_doc', (request, reply) => {
    // Without an id both mean the same, and data streams only know the one.
    return write(
      request,
      reply,
      store.index(request.params.index)?.record.isDataStream || store.templateFor(request.params.index)?.isDataStream
        ? 'create'
        : indexing(request),
    );
  });
  for (const method of ['PUT', 'POST'] as const) {
    app.route<DocumentRoute>({
      method,
      url: '/:index/_doc/:id',
      handler: (request, reply) => write(request, reply, indexing(request)),
    });
    app.route<DocumentRoute>({
      method,
      url: '/:index/_create/:id',
      handler: (request, reply) => write(request, reply, 'create'),
    });
  }
  app.post<DocumentRoute>('/:index/_update/:id', (request, reply) => write(request, reply, 'update'));
  app.delete<DocumentRoute>('/:index/_doc/:id', (request, reply) => write(request, reply, 'delete'));

  const find = async (request: FastifyRequest<DocumentRoute>): Promise<unknown[] | undefined> => {
    const { index, id } = request.params;
    authorize(request as FastifyRequest, 'read', index);
    const found = store.committed.find(({ name }) => name === index);
    if (!found) throw indexNotFound(index);
    const rows = await queries.rows(
      sql`SELECT "_version", "_seq_no", ${sourceOf(found)}, to_json("_ignored")::VARCHAR FROM ${found.table} WHERE "_id" = ${text(id!)}`,
    );
    return rows[0];
  };
  app.get<DocumentRoute>('/:index/_doc/:id', async (request, reply) => {
    const row = await find(request);
    const { index, id } = request.params;
    const head = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}`;
    reply.type('application/json');
    if (!row) return reply.code(404).send(`{${head},"found":false}`);
    const [version, sequence, source, ignored] = row;
    const names = ignored === null ? '' : `,"_ignored":${ignored}`;
    // Where it is kept, the document goes out as it came in, every digit of it.
    return sendText(
      request,
      reply,
      `{${head},"_version":${version},"_seq_no":${sequence},"_primary_term":1${names},"found":true,"_source":${source}}`,
    );
  });
  app.get<DocumentRoute>('/:index/_source/:id', async (request, reply) => {
    const row = await find(request);
    if (!row) throw indexNotFound(`${request.params.index}/${request.params.id}`);
    return sendText(request, reply.type('application/json'), String(row[2]));
  });
}
