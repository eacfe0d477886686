import type { Client } from '@elastic/elasticsearch';
import { InputError, QueryError } from '../../diagnostics/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { QueryResult } from '../../values/types.ts';
import type { Engine, QueryOptions } from '../engine.ts';
import { type ClusterOptions, connect } from './connection.ts';
import { paramsOf } from './parameters.ts';
import { type QueryResponse, resultOf } from './results.ts';

/** How long one request waits for a query that goes on. */
const patience = '5s';

/** The user's cluster: queries go there as they are. */
export class ElasticsearchEngine implements Engine {
  readonly name = 'elasticsearch';

  private constructor(
    private readonly client: Client,
    private readonly url: string,
    private readonly onWait: () => void,
  ) {}

  /** `onWait` is called whenever a query turns out to need more time. */
  static async open(options: ClusterOptions, onWait: () => void = () => undefined): Promise<ElasticsearchEngine> {
    const url = options.url.replace(/\/\/[^@/]*@/, '//');
    return new ElasticsearchEngine(await connect(options), url, onWait);
  }

  /** The cluster's own clock and limits hold: `now` and `maxRows` do not reach it. */
  async query(text: string, { signal, parameters }: QueryOptions): Promise<QueryResult> {
    const warnings: string[] = [];
    const params = paramsOf(parameters);
    let id: string | undefined;
    const request = async (method: string, path: string, body?: unknown): Promise<QueryResponse> => {
      const response = await this.client.transport.request<QueryResponse>(
        { method, path, ...(body !== undefined && { body: body as Record<string, unknown> }) },
        { meta: true, ...(signal && { signal }), headers: { accept: 'application/json' } },
      );
      const header = response.headers.warning as string | string[] | undefined;
      warnings.splice(0, warnings.length, ...(header === undefined ? [] : [header].flat()));
      return response.body;
    };
    try {
      signal?.throwIfAborted();
      let response = await request('POST', '/_query/async', {
        query: text,
        ...(params && { params }),
        wait_for_completion_timeout: patience,
        keep_on_completion: false,
      });
      while (response.is_running) {
        id = response.id;
        this.onWait();
        response = await request(
          'GET',
          `/_query/async/${encodeURIComponent(id!)}?wait_for_completion_timeout=${patience}`,
        );
      }
      if (id !== undefined) await this.#forget(id);
      return resultOf(response, warnings);
    } catch (error) {
      if (id !== undefined) await this.#forget(id);
      if (signal?.aborted) throw error;
      throw this.#explained(error as Error, text);
    }
  }

  /** Ends a query on the cluster, or removes its answer there. */
  async #forget(id: string): Promise<void> {
    const path = `/_query/async/${encodeURIComponent(id)}`;
    await this.client.transport.request({ method: 'DELETE', path }, { ignore: [404] }).catch(() => undefined);
  }

  #explained(error: Error, text: string): Error {
    const { name } = error;
    if (name === 'ConnectionError' || name === 'NoLivingConnectionsError')
      return new InputError(
        `cannot reach ${this.url}: ${error.message}`,
        'check --url, and --ca where the certificate is your own',
      );
    if (name === 'TimeoutError')
      return new Error(`${this.url} did not answer in time: narrow the window of the query, or try again`);
    if (name === 'ProductNotSupportedError') return new InputError(`${this.url} is no Elasticsearch`);
    if (name !== 'ResponseError') return error;
    const { statusCode, body } = error as Error & { statusCode?: number; body?: ErrorResponse };
    const { type, reason } =
      typeof body?.error === 'object' ? body.error : { type: '', reason: String(body?.error ?? error.message) };
    if (statusCode === 401)
      return new InputError(`${this.url} asks who we are: ${reason}`, 'give --api-key, or set ELASTICSEARCH_API_KEY');
    if (statusCode === 403) return new Error(`no rights for this query: ${reason}`);
    if (type === 'parsing_exception' || type === 'verification_exception') return queryError(text, type, reason);
    if (statusCode === 404 && type === 'index_not_found_exception') return new Error(`missing index: ${reason}`);
    return new Error(`${statusCode ?? ''} ${type}: ${reason}`.trim());
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

interface ErrorResponse {
  readonly error?: { readonly type: string; readonly reason: string } | string;
}

/** The cluster's own words, shown at the places that they name. */
function queryError(text: string, type: string, reason: string): Error {
  const source = new SourceText(text);
  const found = [...reason.matchAll(/^line (\d+):(\d+): (.*)$/gm)];
  if (found.length === 0) return new Error(reason);
  const kind = type === 'parsing_exception' ? 'parsing' : 'verification';
  return new QueryError(
    source,
    found.map(([, line, column, message]) => {
      const start = source.offset({ line: Number(line), column: Number(column) });
      return { kind, message: message!, span: { start, end: Math.min(start + 1, text.length) } };
    }),
  );
}
