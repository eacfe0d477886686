import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Future } from '../../catalogue/present-indices.ts';
import { InputError, QueryError, ResultTooLargeError } from '../../diagnostics/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { CompiledQuery, type QueryText, textOf } from '../../languages/esql/compiled-query.ts';
import { NotInEsql, printWithOrigins } from '../../languages/esql/print/print.ts';
import { eventPatterns, limitsRows, mentions } from '../../languages/esql/syntax/walk.ts';
import { inputOf, inputsOf, type Plan, type Scan, scansOf } from '../../plan/nodes.ts';
import { hasFeature, releaseOf } from '../../values/release.ts';
import type { CellValue, QueryResult } from '../../values/types.ts';
import { LoadedRows } from '../duckdb/loaded-rows.ts';
import { cutNote, type Engine, type MaterialisedRows, type QueryOptions } from '../engine.ts';
import { planNotes } from '../plan-notes.ts';
import { isFull, lastLimit, type PlannedQuery, planQuery, resultColumns, withoutKeys } from '../planned-query.ts';
import { Turns } from '../turns.ts';
import { isAboutNull } from './absent-fields.ts';
import { withoutSecrets } from './address.ts';
import { askCatalogue, type Wanted } from './ask-catalogue.ts';
import { AsyncQueries } from './async-query.ts';
import type { ClusterCatalogue } from './cluster-catalogue.ts';
import { ClusterError } from './cluster-error.ts';
import { forCluster, withLoaded } from './cluster-plan.ts';
import { type ClusterOptions, connect } from './connection.ts';
import { type RowBounds, rowBounds } from './divisible-query.ts';
import { Exchange } from './exchange.ts';
import { withNow } from './fixed-now.ts';
import { type Ask, clusterLimit, inParts } from './in-parts.ts';
import { paramsOf } from './parameters.ts';
import { resultOf } from './results.ts';
import { retrying, starting } from './retry.ts';
import { warningsOfQuery } from './warnings-of-plan.ts';

export interface ElasticsearchOptions extends ClusterOptions {
  /** Milliseconds that a query may take; without end where nothing is said. */
  readonly timeout?: number;
  /** How many queries run at the same time. */
  readonly parallel?: number;
  /** The moment for which the cluster's own clock may stand. */
  readonly clock?: number;
  readonly signal?: AbortSignal;
  /** What people should know while they wait. */
  readonly onNote?: (text: string) => void;
}

const defaultParallel = 4;

/** Rows of one part of a plan that are fetched at most, to go on with them here. */
const mostLoaded = 200_000;

/**
 * The user's cluster. A query goes there as it is, with a time in the place of NOW() where one was given, unless it needs what
 * the cluster does not have: then its plan goes, printed as ES|QL. What the cluster cannot say of a plan is done here, with the
 * rows of its largest parts that it can.
 */
export class ElasticsearchEngine implements Engine {
  readonly name = 'elasticsearch';
  readonly parallel: number;
  readonly #queries: AsyncQueries;
  readonly #timeout: number | undefined;
  readonly #clock: number | undefined;
  readonly #onNote: (text: string) => void;
  readonly #loaded = new LoadedRows();
  #catalogue: ClusterCatalogue | null = null;
  readonly #turns: Turns;
  #summaries: Promise<Future | null> = Promise.resolve(null);
  /** Of the cluster; null where it does not say, and where versions mean nothing. */
  #version: string | null = null;

  private constructor(
    private readonly exchange: Exchange,
    { timeout, clock, parallel = defaultParallel, onNote = () => undefined }: ElasticsearchOptions,
  ) {
    this.parallel = parallel;
    this.#turns = new Turns(parallel);
    this.#queries = new AsyncQueries(exchange);
    this.#timeout = timeout;
    this.#clock = clock;
    this.#onNote = onNote;
  }

  /**
   * Opens a cluster, and asks at the same time what queries may know of it. Throws an InputError where nothing that answers
   * is a cluster that lets us in: that is wrong for every query.
   */
  static async open(options: ElasticsearchOptions, wanted: Wanted | null = null): Promise<ElasticsearchEngine> {
    const { url, apiKey, signal = new AbortController().signal } = options;
    const hasCredentials = apiKey !== undefined || withoutSecrets(url) !== url;
    const exchange = new Exchange(await connect(options), url, hasCredentials);
    const engine = new ElasticsearchEngine(exchange, options);
    const inVain = new AbortController();
    const learning = wanted && engine.#learn(wanted, AbortSignal.any([signal, inVain.signal]));
    learning?.catch(() => undefined);
    try {
      const { body } = await retrying(() => exchange.ask({ method: 'GET', path: '/', signal }), starting, {
        signal,
        onNote: engine.#onNote,
      });
      engine.#version = versionOf(body);
    } catch (error) {
      if (!isUsable(error)) {
        inVain.abort();
        await engine.close();
        throw error instanceof ClusterError ? new InputError(error.summary, error.details.hint) : error;
      }
    }
    try {
      // What failed of a cluster that was just starting may not fail again.
      const refused = await learning?.catch(() => engine.#learn(wanted!, signal));
      if (refused && wanted?.fieldsOnly)
        throw new InputError(refused, 'the key needs view_index_metadata on the indices');
      if (refused) engine.#onNote(refused);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  /** What the cluster was asked for; nothing before. */
  get catalogue(): Catalogue {
    return this.#catalogue ?? nothingKnown;
  }

  /**
   * Asks the cluster what the queries may know of it, and goes on to ask how many events there are, and of when. Where it
   * refuses, queries go there as they are.
   */
  async learn(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const refused = await this.#learn(wanted, signal);
    if (refused) this.#onNote(refused);
  }

  /** Says why the cluster refuses; null where it does not. */
  async #learn(wanted: Wanted, signal: AbortSignal): Promise<string | null> {
    try {
      const learnt = await askCatalogue(wanted, {
        exchange: this.exchange,
        ask: (query) => this.#ask(query, undefined, signal),
        signal,
      });
      if (learnt.catalogue.indices.length === 0) return null;
      this.#catalogue = learnt.catalogue;
      this.#summaries = learnt.summaries.then(
        ({ indices, future }) => {
          this.#catalogue = learnt.catalogue.withIndices(indices);
          return future;
        },
        (error: Error) => {
          if (!signal.aborted) this.#onNote(`the cluster does not say how many events there are: ${error.message}`);
          return null;
        },
      );
      return null;
    } catch (error) {
      if (!(error instanceof ClusterError) || error.details.failure !== 'refused') throw error;
      return `the cluster does not say which fields there are: ${error.summary}`;
    }
  }

  /** Waits until it is known how many events there are, and of when; gives those from the future. */
  known(): Promise<Future | null> {
    return this.#summaries;
  }

  async query(asked: QueryText, options: QueryOptions): Promise<QueryResult> {
    const { signal, maxRows } = options;
    const planned = this.#planned(asked, options);
    this.#requireSeries(planned);
    const isPlan = planned !== null && !(planned instanceof QueryError);
    // A library asks for many data streams, of which a cluster has a few.
    if (planned instanceof QueryError && this.#lacksIndices(asked)) throw planned;
    if (!isPlan || !this.#takesPlan(planned)) {
      const result = await this.#within(signal, (stop) => this.#text(textOf(asked), options, planned, stop));
      return isPlan ? this.#withNotes(result, planned) : result;
    }
    const { analysis, query, source, whole, hiddenKeys } = planned;
    const limit = query.pipeline.some(limitsRows) ? null : maxRows;
    const rows = await this.#within(signal, (stop) => this.#rows(whole, source, oneMore(limit), stop));
    const result = cutTo(rows, limit);
    const warnings = [...new Set([...analysis.warnings, ...result.warnings])];
    return this.#withNotes(withoutKeys({ ...result, warnings }, hiddenKeys), planned);
  }

  /** Throws a NotInEsql where the rest is done here. */
  statement(query: QueryText, options: QueryOptions): string {
    const planned = this.#planned(query, options);
    if (planned === null || planned instanceof QueryError || !this.#takesPlan(planned))
      return options.now === this.#clock ? textOf(query) : withNow(textOf(query), options.now).text;
    return this.#printed(this.#sendable(planned.whole));
  }

  takes(plan: Plan): boolean {
    if (this.#loaded.holdsSome(plan)) return scansOf(plan).every((scan) => this.#loaded.holdsSome(scan));
    try {
      return this.#printed(this.#sendable(plan)) !== '';
    } catch (error) {
      if (error instanceof NotInEsql) return false;
      throw error;
    }
  }

  /** Only rows that are here have places. */
  hasPlaces(scan: Scan): boolean {
    return this.#loaded.holdsSome(scan);
  }

  run(plan: Plan, source: SourceText, signal?: AbortSignal): Promise<QueryResult> {
    return this.#within(signal, (stop) => this.#rows(plan, source, oneMore(null), stop));
  }

  async materialise(plans: readonly Plan[], source: SourceText, signal?: AbortSignal): Promise<MaterialisedRows> {
    const scans = await Promise.all(
      plans.map(async (plan) => this.#loaded.load(plan.output, (await this.run(plan, source, signal)).values)),
    );
    return { scans, engine: this, drop: () => this.#loaded.drop(scans) };
  }

  async close(): Promise<void> {
    await this.#queries.close();
    await Promise.all([this.exchange.close(), this.#loaded.close()]);
  }

  /** The plan of a query, or what is wrong with it; null for a query that Harrier cannot parse, and where nothing is known. */
  #planned(query: QueryText, options: QueryOptions): PlannedQuery | QueryError | null {
    if (this.#catalogue === null) return null;
    try {
      return planQuery(query, this.#catalogue, { ...options, maxRows: null });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return error.type === 'parsing_exception' ? null : error;
    }
  }

  /** Whether a query reads from where the cluster has no index: then there is nothing to ask it. */
  #lacksIndices(asked: QueryText): boolean {
    const { query } = CompiledQuery.of(asked).parsed;
    return query !== null && eventPatterns(query).some((patterns) => this.#catalogue!.fitsNone(patterns));
  }

  /** Refuses what reads time series where the version of the cluster cannot. */
  #requireSeries(planned: PlannedQuery | QueryError | null): void {
    if (planned === null || planned instanceof QueryError || !readsSeries(planned.query)) return;
    const release = this.#version === null ? null : releaseOf(this.#version);
    if (release === null || hasFeature(release, '9.2')) return;
    const message = 'TS needs Elasticsearch 9.2 or newer';
    throw new QueryError(planned.source, [{ kind: 'verification', message, span: planned.query.source.span }]);
  }

  /** Whether a query asks for what the cluster would not understand. */
  #takesPlan({ query, whole, rewritten, hiddenKeys }: PlannedQuery): boolean {
    // The two steps of an aggregate of series are no ES|QL.
    if (readsSeries(query)) return false;
    const isNewer = query.settings.length > 0 && this.#version !== null && !knowsSettings(this.#version);
    const isUnknown = (name: string, { indices }: Scan): boolean => !this.#catalogue!.isMapped(name, indices);
    // The cluster must know every name of the text, even where nothing comes of it: but for those that the query defines.
    const { defined } = mentions(query);
    const named = (scan: Scan): boolean => fieldsIn(scan).some((name) => !defined.has(name) && isUnknown(name, scan));
    const read = (scan: Scan): boolean => fieldsIn(scan).some((name) => isUnknown(name, scan));
    return hiddenKeys > 0 || isNewer || scansOf(whole).some(named) || scansOf(rewritten).some(read);
  }

  /** The answer to a text as it is. */
  async #text(
    text: string,
    { parameters, maxRows, now }: QueryOptions,
    planned: PlannedQuery | QueryError | null,
    stop: AbortSignal,
  ): Promise<QueryResult> {
    const fixed = withNow(text, now);
    const isFixed = now !== this.#clock;
    const sent = isFixed ? fixed.text : text;
    const params = paramsOf(parameters);
    const ask: Ask = (query) => this.#askInTurn(query, params, stop);
    const bounds = rowBounds(fixed.text, parameters);
    try {
      const result = bounds
        ? cutTo(await boundedRows(sent, bounds, oneMore(maxRows), ask, stop), bounds.isLimited ? null : maxRows)
        : await unreadAnswer(sent, maxRows, ask);
      return isFixed ? { ...result, warnings: result.warnings.map(fixed.warning) } : result;
    } catch (error) {
      if (!(error instanceof ClusterError) || !isRefusal(error)) throw error;
      throw planned instanceof QueryError ? planned : explained(error, sent);
    }
  }

  /** An answer with what is to be said of it. */
  async #withNotes(result: QueryResult, planned: PlannedQuery): Promise<QueryResult> {
    await this.#summaries;
    const notes = [...result.notes, ...planNotes(planned.rewritten, this.catalogue)];
    const isCut = result.isCut || isFull(lastLimit(planned.analysis.plan), result.values.length);
    return { ...result, notes, ...(isCut && { isCut }) };
  }

  /** Does work that ends when the user or the time says so. */
  async #within<T>(signal: AbortSignal | undefined, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const late = this.#timeout === undefined ? undefined : AbortSignal.timeout(this.#timeout);
    try {
      return await work(AbortSignal.any([signal, late].filter((one) => one !== undefined)));
    } catch (error) {
      if (signal?.aborted || !late?.aborted) throw error;
      throw new ClusterError(
        `it took longer than ${this.#timeout! / 1000} s and was ended on the cluster: narrow its window, or give it more with --timeout`,
        { failure: 'time' },
      );
    }
  }

  /** The rows of a plan: from the cluster as far as it can say them. */
  async #rows(plan: Plan, source: SourceText, wanted: number, stop: AbortSignal): Promise<QueryResult> {
    const sendable = this.#sendable(plan);
    const whole = await this.#sent(sendable, source, wanted, stop);
    if (!(whole instanceof Error)) return { ...whole, columns: resultColumns(plan.output) };
    const scans: Scan[] = [];
    const warnings = new Set<string>();
    try {
      const rest = await withLoaded(sendable, new Set(plan.output.map(({ id }) => id)), async (part) => {
        if (this.#loaded.holdsSome(part)) return null;
        const result = await this.#sent(part, source, mostLoaded + 1, stop);
        if (result instanceof Error) {
          if (scansOf(part).length > 0 && inputsOf(inputOf(part)!).length === 0) throw result;
          return null;
        }
        if (result.values.length > mostLoaded) throw new ResultTooLargeError(tooMany);
        for (const warning of result.warnings) warnings.add(warning);
        const scan = await this.#loaded.load(part.output, result.values);
        scans.push(scan);
        return scan;
      });
      const result = await this.#loaded.run(rest, source, stop);
      return { ...result, warnings: [...warnings, ...result.warnings] };
    } finally {
      if (scans.length > 0) await this.#loaded.drop(scans);
    }
  }

  /** The rows of a plan if the cluster can say them, else why it cannot. */
  async #sent(plan: Plan, source: SourceText, wanted: number, stop: AbortSignal): Promise<QueryResult | Error> {
    if (scansOf(plan).length === 0 || this.#loaded.holdsSome(plan)) return new NotInEsql('rows that are here');
    try {
      const { text, origins } = this.#print(plan);
      const ask: Ask = (query) => this.#askInTurn(query, undefined, stop);
      const result = await boundedRows(text, rowBounds(text)!, wanted, ask, stop);
      const warnings = result.warnings.filter((warning) => !isAboutNull(warning));
      return { ...result, warnings: warningsOfQuery(warnings, origins, source) };
    } catch (error) {
      if (error instanceof NotInEsql || (error instanceof ClusterError && isRefusal(error))) return error;
      throw error;
    }
  }

  #sendable(plan: Plan): Plan {
    return this.#catalogue ? forCluster(plan, this.#catalogue, (scan) => this.hasPlaces(scan)) : plan;
  }

  #printed(plan: Plan): string {
    return this.#print(plan).text;
  }

  #print(plan: Plan): ReturnType<typeof printWithOrigins> {
    return printWithOrigins(plan, this.#version === null ? {} : { version: this.#version });
  }

  /** Asks as soon as fewer queries run than may. */
  #askInTurn(query: string, params: unknown[] | undefined, signal: AbortSignal): Promise<QueryResult> {
    return this.#turns.take(() => this.#ask(query, params, signal), signal);
  }

  async #ask(query: string, params: unknown[] | undefined, signal: AbortSignal): Promise<QueryResult> {
    return resultOf(await this.#queries.run({ query, ...(params && { params }) }, { signal, onNote: this.#onNote }));
  }
}

const readsSeries = ({ source }: PlannedQuery['query']): boolean =>
  source.command === 'from' && source.isSeries === true;

const fieldsIn = ({ columns }: Scan): string[] =>
  columns.flatMap(({ source }) => (typeof source === 'object' ? source.name : []));

/** One row more than wanted shows whether there are more. */
const oneMore = (maxRows: number | null): number => (maxRows === null ? Number.POSITIVE_INFINITY : maxRows + 1);

/** The rows of a query, up to a number where it has no LIMIT; more than the cluster gives at once come in parts. */
async function boundedRows(
  text: string,
  bounds: RowBounds,
  wanted: number,
  ask: Ask,
  signal: AbortSignal,
): Promise<QueryResult> {
  if (!bounds.isLimited)
    return whole(await ask(`${text}\n| LIMIT ${Math.min(wanted, clusterLimit)}`), wanted, bounds, ask, signal);
  const limit = bounds.lastLimit ?? Number.POSITIVE_INFINITY;
  const result = await whole(await ask(text), limit, bounds, ask, signal);
  return { ...result, values: result.values.slice(0, limit) };
}

/** No more rows than wanted; one more shows that there are more. */
function cutTo(result: QueryResult, maxRows: number | null): QueryResult {
  if (maxRows === null) return result;
  const isCut = result.values.length > maxRows;
  return {
    ...result,
    values: result.values.slice(0, maxRows),
    warnings: [`No limit defined, adding default limit of [${maxRows}]`, ...result.warnings],
    notes: [...(isCut ? [cutNote(maxRows)] : []), ...result.notes],
    ...(isCut && { isCut }),
  };
}

const tooMany = `the rest of the question is answered here, and needs more than ${mostLoaded.toLocaleString('en')} rows of the cluster: narrow its window`;

/** Whether the cluster does not take a query as it is worded. */
const isRefusal = ({ details: { failure, status } }: ClusterError): boolean =>
  failure === 'refused' && (status === 400 || status === 404);

/** Whether a version has SET. */
function knowsSettings(version: string): boolean {
  const release = releaseOf(version);
  return release === null || hasFeature(release, '9.3');
}

const nothingKnown: Catalogue = { indices: [], field: () => undefined, fieldsOf: () => [], knownNames: [] };

function versionOf({ version }: Readonly<Record<string, unknown>>): string | null {
  const { number, build_flavor: flavor } = (version ?? {}) as { number?: unknown; build_flavor?: unknown };
  return typeof number === 'string' && flavor !== 'serverless' ? number : null;
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
