import type { Client } from '@elastic/elasticsearch';
import { own } from '../../values/own.ts';
import { withoutSecrets } from './address.ts';
import { ClusterError } from './cluster-error.ts';
import { connectionError } from './connection-help.ts';

export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Milliseconds until an unanswered request is given up. */
  readonly timeout?: number;
}

/** A JSON object that a cluster answered with. */
export interface Answer {
  readonly body: Readonly<Record<string, unknown>>;
  /** Its Warning headers. */
  readonly warnings: readonly string[];
}

/** Statuses that are judged here, not by the client. */
const everyError = Array.from({ length: 200 }, (_, i) => 400 + i);
const defaultTimeout = 30_000;

/** One place to send requests to. Whatever is no good answer is a ClusterError; an interruption stays what it is. */
export class Exchange {
  readonly #url: string;

  constructor(
    private readonly client: Client,
    url: string,
    private readonly hasKey: boolean,
  ) {
    this.#url = withoutSecrets(url);
  }

  async ask({ method, path, body, signal, timeout = defaultTimeout }: ClusterRequest): Promise<Answer> {
    let answer: Received;
    try {
      answer = await this.client.transport.request<unknown>(
        { method, path, ...(body && { body }) },
        {
          ...{ meta: true, ignore: everyError, requestTimeout: timeout, headers: { accept: 'application/json' } },
          ...(signal && { signal }),
        },
      );
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.#thrown(error as Error & { meta?: Partial<Received> }, timeout);
    }
    return this.#judged(answer);
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  #thrown(error: Error & { meta?: Partial<Received> }, timeout: number): ClusterError {
    switch (error.name) {
      case 'TimeoutError':
        return new ClusterError(`${this.#url} did not answer within ${Math.round(timeout / 1000)} s`, {
          failure: 'time',
          hint: 'check that the cluster is well and that --url is its address',
        });
      case 'ProductNotSupportedError': {
        const type = header(error.meta?.headers, 'content-type') ?? 'no content type';
        return this.#unintelligible(
          `${this.#url} is no Elasticsearch: it answered with ${type.startsWith('text/html') ? 'a web page' : type}, without the header X-Elastic-Product`,
        );
      }
      default:
        return connectionError(this.#url, error.message);
    }
  }

  #judged({ statusCode = 0, headers, body }: Received): Answer {
    if (statusCode >= 300 && statusCode < 400) throw this.#redirected(statusCode, header(headers, 'location'));
    if (statusCode >= 400) throw this.#refused(statusCode, headers, body);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      const found = headers?.warning as string | readonly string[] | undefined;
      return { body: body as Answer['body'], warnings: found === undefined ? [] : [found].flat() };
    }
    if (typeof body !== 'string') throw this.#unintelligible(`${this.#url} answered with JSON that is no object`);
    const text = body.trim();
    const type = header(headers, 'content-type') ?? '';
    if (text === '') throw this.#unintelligible(`${this.#url} answered with nothing: an empty body`);
    if (/^application\/(?:vnd\.elasticsearch\+)?json/.test(type))
      throw this.#unintelligible(
        `the answer of ${this.#url} ends early or is no JSON: ${text.length.toLocaleString('en')} characters that end with ${quoted(text.slice(-shown))}`,
      );
    throw this.#unintelligible(`${this.#url} answered with ${described(text)}, not with JSON`);
  }

  #unintelligible(summary: string): ClusterError {
    return new ClusterError(summary, {
      failure: 'unintelligible',
      hint: 'check that --url is the address of Elasticsearch, not of Kibana, a proxy or a login page',
    });
  }

  #redirected(status: number, location: string | undefined): ClusterError {
    const to = location === undefined ? '' : ` to ${withoutSecrets(location)}`;
    const kibana = /\/(?:app|login|spaces|internal\/security)\b/.test(location ?? '');
    return new ClusterError(`${this.#url} answered with a redirect (${status})${to}`, {
      failure: 'unintelligible',
      status,
      hint: kibana
        ? 'this looks like Kibana or a login page: give --url the address of Elasticsearch itself'
        : 'redirects are not followed, for a key must not go elsewhere: give --url the address of the cluster itself',
    });
  }

  #refused(status: number, headers: Received['headers'], body: unknown): ClusterError {
    const { type, reason, causes } = errorOf(body, status);
    const details = { failure: 'refused', status, type, reason } as const;
    if (status === 401)
      return this.hasKey
        ? new ClusterError(`${this.#url} does not accept the key: ${reason}`, {
            ...details,
            hint: 'check ELASTICSEARCH_API_KEY or --api-key: the value "encoded" of a key of this cluster that is neither expired nor invalidated',
          })
        : new ClusterError(`${this.#url} requires an API key: ${reason}`, {
            ...details,
            hint: 'set ELASTICSEARCH_API_KEY, or give --api-key; POST /_security/api_key on the cluster creates one',
          });
    if (status === 403)
      return new ClusterError(`no rights for this query: ${reason}`, {
        ...details,
        hint: 'the key needs the index privileges read and view_index_metadata on all that the query reads',
      });
    if (status === 407)
      return new ClusterError(`the proxy requires a user and password: ${reason}`, {
        ...details,
        hint: 'put them into HTTPS_PROXY, as in http://user:password@proxy.example:3128',
      });
    if (/no handler found/.test(reason))
      return new ClusterError(`${this.#url} has no ES|QL: ${reason}`, {
        ...details,
        hint: 'Harrier needs Elasticsearch 8.14 or later',
      });
    const isBusy = status === 429 || [type, ...causes].some((name) => busy.has(name));
    const retryAfter = retryAfterOf(header(headers, 'retry-after'));
    const hint = isBusy ? { hint: 'try again later, or with --parallel 1' } : {};
    return new ClusterError(
      isBusy ? `the cluster is too busy (${status} ${type}): ${reason}` : named(status, type, reason),
      {
        ...details,
        ...hint,
        isBusy,
        ...(retryAfter !== undefined && { retryAfter }),
      },
    );
  }
}

/** What the client hands over of a response. */
interface Received {
  readonly statusCode?: number | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** Errors that say that there is no memory or no thread at the moment. */
const busy = new Set(['circuit_breaking_exception', 'es_rejected_execution_exception', 'too_many_requests']);

const header = (headers: Received['headers'], name: string): string | undefined => {
  const value = headers && own(headers, name);
  return value === undefined ? undefined : String(value);
};

interface ErrorBody {
  readonly type?: string;
  readonly reason?: string;
  readonly root_cause?: readonly ErrorBody[];
  readonly caused_by?: ErrorBody;
}

/** The error in a body, and the types of what caused it. */
function errorOf(body: unknown, status: number): { type: string; reason: string; causes: string[] } {
  const error = (body as { error?: ErrorBody | string } | null)?.error;
  if (typeof error === 'string') return { type: '', reason: error, causes: [] };
  if (typeof error === 'object' && error !== null)
    return { type: error.type ?? '', reason: error.reason ?? `status ${status}`, causes: causesOf(error) };
  const text = typeof body === 'string' ? body.trim() : '';
  return { type: '', reason: text === '' ? `status ${status}` : described(text), causes: [] };
}

const causesOf = ({ root_cause = [], caused_by }: ErrorBody, depth = 0): string[] =>
  depth > 20
    ? []
    : [...root_cause, ...(caused_by ? [caused_by] : [])].flatMap((cause) => [
        cause.type ?? '',
        ...causesOf(cause, depth + 1),
      ]);

const named = (status: number, type: string, reason: string): string =>
  `the cluster answered ${[status, type].filter((part) => part !== '').join(' ')}: ${reason}`;

/** How much of a text that should not be there is shown. */
const shown = 60;
const quoted = (text: string): string => JSON.stringify(text);

/** `a web page titled "Sign in"`, or how a text begins. */
function described(text: string): string {
  if (!/^<(?:!doctype|html|head|body)\b/i.test(text)) return `a text that begins with ${quoted(text.slice(0, shown))}`;
  const title = /<title[^>]*>\s*([^<]*?)\s*<\/title>/i.exec(text)?.[1];
  return title ? `a web page titled ${quoted(title.slice(0, shown))}` : 'a web page';
}

/** Seconds or a date, as seconds from now. */
function retryAfterOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
