import type { FastifyReply, FastifyRequest } from 'fastify';
import { workKey } from '../../engines/known-lengths.ts';
import { checkWindow } from '../../languages/search/read-hits.ts';
import type { SearchRequest } from '../../languages/search/search-request.ts';
import { illegalArgument, Refusal } from '../../store/refusal.ts';
import type { StoreSnapshot } from '../../store/store-snapshot.ts';
import { allows } from '../api-keys.ts';
import type { ServerContext } from '../context.ts';
import { foundIndices, type IndexParams, isTrue } from '../found-indices.ts';
import { inQueryTime } from '../query-time.ts';
import { textBytes } from '../text-bytes.ts';
import { KeptSearches, keepAliveOf } from './kept-searches.ts';
import { runSearch, type SearchAnswer } from './run-search.ts';
import { Scroll } from './scroll.ts';

/** A point in time: a snapshot of some indices. */
export class PointInTime {
  constructor(
    readonly snapshot: StoreSnapshot,
    readonly indices: readonly string[],
  ) {}

  close(): Promise<void> {
    return this.snapshot.close();
  }
}

/** An answer, and how many indices it is about. */
export interface Searched {
  readonly answer: SearchAnswer;
  readonly indices: number;
  readonly took: number;
}

/** Searches of a server, and those that stand open between its requests. */
export class Searcher {
  readonly scrolls = new KeptSearches<Scroll>('scroll');
  readonly pointsInTime = new KeptSearches<PointInTime>('point in time');

  constructor(private readonly context: ServerContext) {
    context.guard.reserves.add(() => this.scrolls.closeNewest());
  }

  /** Answers a search over the indices that the request may read, or over a point in time. */
  async search(
    search: SearchRequest,
    named: readonly string[],
    request: FastifyRequest<IndexParams>,
    signal: AbortSignal,
  ): Promise<Searched> {
    const typedKeys = isTrue((request.query as { typed_keys?: string }).typed_keys);
    checkHits(search);
    const { pointInTime } = search;
    if (pointInTime === null)
      return this.#timed(named, signal, (until) =>
        this.context.queries.inSnapshot(
          visibleTo(request as FastifyRequest),
          (snapshot, ends) => runSearch(search, { snapshot, indices: named, typedKeys }, this.#bounds(ends)),
          until,
          workKey(request.url, Buffer.isBuffer(request.body) ? request.body : ''),
        ),
      );
    if (request.params.index !== undefined)
      throw illegalArgument(
        '[indices] cannot be used with point in time. Do not specify any index with point in time.',
      );
    const kept = this.pointsInTime.use(
      pointInTime.id,
      request as FastifyRequest,
      keepAliveOf(pointInTime.keepAlive, 'keep_alive'),
    );
    const { snapshot, indices } = kept;
    return this.#timed(indices, signal, (until) =>
      runSearch(withTieBreak(search), { snapshot, indices, typedKeys }, this.#bounds(until)),
    );
  }

  /** The indices that the path of a request names, all without one, as far as its key may read them. */
  indicesOf(request: FastifyRequest<IndexParams>): string[] {
    return foundIndices(this.context.store, request, 'read').map(({ name }) => name);
  }

  /** Takes a snapshot of indices that a request may read. */
  async open(indices: readonly string[], request: FastifyRequest, signal: AbortSignal): Promise<PointInTime> {
    const snapshot = await this.inTime(signal, (until) => this.context.queries.snapshot(visibleTo(request), until));
    return new PointInTime(snapshot, indices);
  }

  /** Begins a scroll, which goes on over the snapshot that it takes. */
  async scroll(
    search: SearchRequest,
    named: readonly string[],
    request: FastifyRequest,
    signal: AbortSignal,
  ): Promise<Scroll> {
    this.scrolls.checkRoom();
    if (this.scrolls.size > 0 && this.context.guard.isNearlyFull)
      throw new Refusal(
        'circuit_breaking_exception',
        `the server has no memory left for a scroll beside the ${this.scrolls.size} that are open: close one, or try again later`,
        429,
      );
    const { snapshot, indices } = await this.open(named, request, signal);
    try {
      return await this.inTime(signal, (until) => Scroll.begin(search, { snapshot, indices }, this.#bounds(until)));
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  }

  /** The next hits of a scroll. */
  next(scroll: Scroll, signal: AbortSignal): Promise<SearchAnswer> {
    return this.inTime(signal, (until) => scroll.next(this.#bounds(until)));
  }

  inTime<T>(signal: AbortSignal, work: (until: AbortSignal) => Promise<T>): Promise<T> {
    return inQueryTime(this.context, signal, work);
  }

  async close(): Promise<void> {
    await this.scrolls.closeAll();
    await this.pointsInTime.closeAll();
  }

  #bounds(signal: AbortSignal): { mostBytes: number; signal: AbortSignal } {
    return { mostBytes: this.context.limits.answerBytes, signal };
  }

  async #timed(
    { length: indices }: readonly string[],
    signal: AbortSignal,
    work: (until: AbortSignal) => Promise<SearchAnswer>,
  ): Promise<Searched> {
    const started = performance.now();
    const answer = await this.inTime(signal, work);
    return { answer, indices, took: Math.round(performance.now() - started) };
  }
}

const visibleTo =
  ({ apiKey }: FastifyRequest) =>
  (index: string): boolean =>
    apiKey === null || allows(apiKey, 'read', index);

function checkHits({ hits, searchAfter }: SearchRequest): void {
  checkWindow(hits);
  if (searchAfter === null) return;
  if (hits.from !== 0) throw illegalArgument('[from] parameter must be set to 0 when [search_after] is used');
  if (hits.sort.length === 0) throw illegalArgument('Sort must contain at least one field.');
}

/** Over a point in time, hits that the keys of a sort hold equal go by their place, which they show. */
function withTieBreak(search: SearchRequest): SearchRequest {
  const { sort } = search.hits;
  if (sort.length === 0 || sort.some(({ kind }) => kind === 'place')) return search;
  return { ...search, hits: { ...search.hits, sort: [...sort, { kind: 'place', descending: false }] } };
}

/** Sends JSON whose parts come one after the other. */
export async function sendJson(
  { answers, limits }: Pick<ServerContext, 'answers' | 'limits'>,
  reply: FastifyReply,
  parts: Iterable<string>,
): Promise<FastifyReply> {
  const body = await textBytes(parts);
  if (body.length > 2 * limits.answerBytes)
    throw new Refusal('circuit_breaking_exception', `the answer holds more than ${limits.answerBytes} bytes`, 429);
  answers.hold(reply, body.length);
  return reply.type('application/json').send(body);
}
