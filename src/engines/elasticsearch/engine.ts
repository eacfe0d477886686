import { InputError, QueryError } from '../../diagnostics/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Parameters } from '../../esql/syntax/parameters.ts';
import type { CellValue, QueryResult } from '../../values/types.ts';
import { cutNote, type Engine, type QueryOptions } from '../engine.ts';
import { withoutSecrets } from './address.ts';
import { AsyncQueries } from './async-query.ts';
import { ClusterError } from './cluster-error.ts';
import { type ClusterOptions, connect } from './connection.ts';
import { type RowBounds, rowBounds } from './divisible-query.ts';
import { Exchange } from './exchange.ts';
import { type Ask, clusterLimit, inParts } from './in-parts.ts';
import { paramsOf } from './parameters.ts';
import { resultOf } from './results.ts';
import { retrying, starting } from './retry.ts';

export interface ElasticsearchOptions extends ClusterOptions {
  /** Milliseconds that a query may take; without end where nothing is said. */
  readonly timeout?: number;
  /** How many queries run at the same time. */
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  /** What people should know while they wait. */
  readonly onNote?: (text: string) => void;
}

const defaultParallel = 4;

/** The user's cluster: queries go there as they are. */
export class ElasticsearchEngine implements Engine {
  readonly name = 'elasticsearch';
  readonly parallel: number;
  readonly #queries: AsyncQueries;
  readonly #timeout: number | undefined;
  readonly #onNote: (text: string) => void;

  private constructor(
    private readonly exchange: Exchange,
    { timeout, parallel = defaultParallel, onNote = () => undefined }: ElasticsearchOptions,
  ) {
    this.parallel = parallel;
    this.#queries = new AsyncQueries(exchange);
    this.#timeout = timeout;
    this.#onNote = onNote;
  }

  /** Throws an InputError where nothing that answers is a cluster that lets us in: that is wrong for every query. */
  static async open(options: ElasticsearchOptions): Promise<ElasticsearchEngine> {
    const { url, apiKey, signal = new AbortController().signal } = options;
    const hasCredentials = apiKey !== undefined || withoutSecrets(url) !== url;
    const exchange = new Exchange(await connect(options), url, hasCredentials);
    const engine = new ElasticsearchEngine(exchange, options);
    try {
      await retrying(() => exchange.ask({ method: 'GET', path: '/', signal }), starting, {
        signal,
        onNote: engine.#onNote,
      });
    } catch (error) {
      if (isUsable(error)) return engine;
      await engine.close();
      throw error instanceof ClusterError ? new InputError(error.summary, error.details.hint) : error;
    }
    return engine;
  }

  /** The cluster's own clock holds: `now` does not reach it. */
  async query(text: string, { signal, parameters, maxRows }: QueryOptions): Promise<QueryResult> {
    const late = this.#timeout === undefined ? undefined : AbortSignal.timeout(this.#timeout);
    const stop = AbortSignal.any([signal, late].filter((one) => one !== undefined));
    try {
      return await this.#answer(text, parameters, maxRows, stop);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (late?.aborted)
        throw new Error(
          `it took longer than ${this.#timeout! / 1000} s and was ended on the cluster: narrow its window, or give it more with --timeout`,
        );
      throw explained(error as Error, text);
    }
  }

  async close(): Promise<void> {
    await this.exchange.close();
  }

  /** One row more than wanted shows whether there are more; more than the cluster gives at once comes in parts. */
  async #answer(
    text: string,
    parameters: Parameters | undefined,
    maxRows: number | null,
    signal: AbortSignal,
  ): Promise<QueryResult> {
    const params = paramsOf(parameters);
    const ask: Ask = async (query) =>
      resultOf(await this.#queries.run({ query, ...(params && { params }) }, { signal, onNote: this.#onNote }));
    const bounds = rowBounds(text, parameters);
    if (!bounds) return unreadAnswer(text, maxRows, ask);
    if (bounds.isLimited) {
      const most = bounds.lastLimit ?? Number.POSITIVE_INFINITY;
      const result = await whole(await ask(text), most, bounds, ask, signal);
      return { ...result, values: result.values.slice(0, most) };
    }
    const most = maxRows === null ? Number.POSITIVE_INFINITY : maxRows + 1;
    const first = await ask(`${text}\n| LIMIT ${Math.min(most, clusterLimit)}`);
    const result = await whole(first, most, bounds, ask, signal);
    if (maxRows === null) return result;
    return {
      ...result,
      values: result.values.slice(0, maxRows),
      warnings: [`No limit defined, adding default limit of [${maxRows}]`, ...result.warnings],
      notes: [...(result.values.length > maxRows ? [cutNote(maxRows)] : []), ...result.notes],
    };
  }
}

/** Errors of the first request after which queries may still succeed: it takes a right of its own, and may be blocked. */
const isUsable = (error: unknown): boolean =>
  error instanceof ClusterError &&
  error.details.failure === 'refused' &&
  error.details.status !== 401 &&
  error.details.status !== 407;

/** How many rows `--max-rows` and the cluster give where nothing is said. */
const defaultRows = 1000;

/** The answer to a query that Harrier cannot parse: whether it has a LIMIT is not known, and no more than the cluster gives comes. */
async function unreadAnswer(text: string, maxRows: number | null, ask: Ask): Promise<QueryResult> {
  const limit = Math.min(maxRows ?? clusterLimit, clusterLimit);
  const result = await ask(limit === defaultRows ? text : `${text}\n| LIMIT ${limit}`);
  const { length } = result.values;
  if (length < limit) return result;
  const more = 'Harrier cannot parse the query';
  return { ...result, notes: [...result.notes, length < clusterLimit ? mayBeCut(length) : clusterNote(more)] };
}

/** An answer with what the cluster's own limit left out, as far as it can be asked for in parts, up to `most` rows. */
async function whole(
  first: QueryResult,
  most: number,
  { division }: RowBounds,
  ask: Ask,
  signal: AbortSignal,
): Promise<QueryResult> {
  if (first.values.length < clusterLimit || most <= first.values.length) return first;
  if (!division) return { ...first, notes: [...first.notes, clusterNote('its rows cannot be asked for in parts')] };
  const values: (readonly CellValue[])[] = [];
  const warnings = new Set(first.warnings);
  const missing = new Set(first.missing);
  let { tookMs } = first;
  try {
    for await (const part of inParts(division, ask)) {
      for (const row of part.values) values.push(row);
      for (const warning of part.warnings) warnings.add(warning);
      for (const text of part.missing ?? []) missing.add(text);
      tookMs += part.tookMs;
      if (values.length >= most) break;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...first, notes: [...first.notes, clusterNote((error as Error).message)] };
  }
  return { ...first, values, warnings: [...warnings], ...(missing.size > 0 && { missing: [...missing] }), tookMs };
}

const clusterNote = (why: string): string =>
  `the cluster gives at most ${clusterLimit.toLocaleString('en')} rows to a query, and may have left out more (${why}): narrow the window, or aggregate with STATS`;

const mayBeCut = (rows: number): string =>
  `the cluster gave ${rows.toLocaleString('en')} rows, and may have left out more: raise --max-rows, or end the query with LIMIT`;

/** Errors about the query itself are shown at the places that they name. */
function explained(error: Error, text: string): Error {
  if (!(error instanceof ClusterError)) return error;
  const { type, reason } = error.details;
  if (type !== 'parsing_exception' && type !== 'verification_exception') return error;
  return queryError(text, type, reason ?? error.message) ?? error;
}

/** The cluster's own words at the places in the query; null where they name none. */
function queryError(text: string, type: string, reason: string): QueryError | null {
  const source = new SourceText(text);
  const found = [...reason.matchAll(/^line (\d+):(\d+): (.*)$/gm)];
  if (found.length === 0) return null;
  const kind = type === 'parsing_exception' ? 'parsing' : 'verification';
  return new QueryError(
    source,
    found.map(([, line, column, message]) => {
      const start = source.offset({ line: Number(line), column: Number(column) });
      return { kind, message: message!, span: { start, end: Math.min(start + 1, text.length) } };
    }),
  );
}
