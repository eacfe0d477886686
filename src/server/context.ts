import type { Retention } from '../store/retention.ts';
import type { Store } from '../store/store.ts';
import type { StoreQueries } from '../store/store-queries.ts';
import type { Writer } from '../store/writer.ts';
import type { AnswerMemory } from './answer-memory.ts';
import type { ApiKeys } from './api-keys.ts';
import type { BodyMemory } from './body-memory.ts';
import type { Drain } from './drain.ts';
import type { Log } from './log.ts';
import type { MemoryGuard } from './memory-guard.ts';

/** Server limits. */
export interface ServerLimits {
  /** Bytes of a request's body, unpacked, and of all bodies together. */
  readonly bodyBytes: number;
  readonly bodiesBytes: number;
  /** Milliseconds of a query. */
  readonly queryTime: number;
  /** Rows of an answer. */
  readonly rows: number;
  /** What the values of an answer hold, in bytes. */
  readonly answerBytes: number;
  /** Bytes of all answers together that their clients have not taken yet. */
  readonly answersBytes: number;
  /** Bytes that the process may take before queries are ended. */
  readonly processBytes: number;
  /** Milliseconds from which a query is slow, and logged. */
  readonly slowQuery: number;
}

/** What the handlers of requests work with. */
export interface ServerContext {
  readonly store: Store;
  readonly writer: Writer;
  readonly queries: StoreQueries;
  readonly retention: Retention;
  readonly keys: ApiKeys;
  readonly drain: Drain;
  readonly log: Log;
  readonly limits: ServerLimits;
  readonly bodies: BodyMemory;
  readonly answers: AnswerMemory;
  readonly guard: MemoryGuard;
  readonly clusterUuid: string;
}

/** The version of Elasticsearch whose protocol is spoken; clients refuse to talk to older ones. */
export const protocolVersion = '9.4.0';
