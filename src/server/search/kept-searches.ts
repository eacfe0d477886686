import type { FastifyRequest } from 'fastify';
import { illegalArgument, Refusal } from '../../store/refusal.ts';
import { newUuid } from '../../store/store.ts';
import { timeSpan } from '../time-span.ts';

/** What stands open between requests. */
export interface Kept {
  close(): Promise<void>;
}

interface Entry<T> {
  readonly value: T;
  /** The id of the key that opened it; null where the server asks for none. */
  readonly owner: string | null;
  timer: NodeJS.Timeout;
}

/** As many as Elasticsearch's search.max_open_scroll_context. */
const mostOpen = 500;

/** Searches that go on from request to request until they are closed, or expire. */
export class KeptSearches<T extends Kept> {
  readonly #open = new Map<string, Entry<T>>();

  /** `what`: scroll or point in time, for errors. */
  constructor(private readonly what: string) {}

  get size(): number {
    return this.#open.size;
  }

  /** Throws a Refusal where no more may be open. */
  checkRoom(): void {
    if (this.#open.size >= mostOpen)
      throw new Refusal(
        'es_rejected_execution_exception',
        `Trying to create too many ${this.what} contexts. Must be less than or equal to: [${mostOpen}].`,
        429,
      );
  }

  /** Keeps a search until it was unused for this many milliseconds; returns its id. */
  keep(value: T, request: FastifyRequest, milliseconds: number): string {
    const id = newUuid();
    this.#open.set(id, { value, owner: ownerOf(request), timer: this.#expiry(id, milliseconds) });
    return id;
  }

  /** The search of that id, kept for longer; throws a Refusal where the key of the request has none. */
  use(id: string, request: FastifyRequest, milliseconds: number | null): T {
    const entry = this.#open.get(id);
    if (!entry || entry.owner !== ownerOf(request)) throw noContext(id);
    if (milliseconds !== null) {
      clearTimeout(entry.timer);
      entry.timer = this.#expiry(id, milliseconds);
    }
    return entry.value;
  }

  /** Closes those of some ids that the key of the request has opened; returns how many there were. */
  async close(ids: readonly string[], request: FastifyRequest): Promise<number> {
    return this.#close(ids.filter((id) => this.#open.get(id)?.owner === ownerOf(request)));
  }

  /** Closes the one that was opened last, and of which least is lost; false where none is open. */
  closeNewest(): boolean {
    const id = [...this.#open.keys()].at(-1);
    if (id === undefined) return false;
    void this.#close([id]).catch(() => undefined);
    return true;
  }

  closeOwn(request: FastifyRequest): Promise<number> {
    return this.close([...this.#open.keys()], request);
  }

  async closeAll(): Promise<void> {
    await this.#close([...this.#open.keys()]);
  }

  async #close(ids: readonly string[]): Promise<number> {
    let closed = 0;
    for (const id of ids) {
      const entry = this.#open.get(id);
      if (!entry) continue;
      this.#open.delete(id);
      clearTimeout(entry.timer);
      await entry.value.close();
      closed += 1;
    }
    return closed;
  }

  #expiry(id: string, milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.#close([id]), milliseconds).unref();
  }
}

const ownerOf = (request: FastifyRequest): string | null => request.apiKey?.id ?? null;

const noContext = (id: string): Refusal =>
  new Refusal('search_context_missing_exception', `No search context found for id [${id}]`, 404);

/** As Elasticsearch's search.max_keep_alive. */
const longest = 86_400_000;

/** How long something is to be kept, such as `1m`, in milliseconds; null where a request does not say. */
export function keepAliveOf(value: unknown, parameter: string): number | null {
  const milliseconds = timeSpan(value, parameter);
  if (milliseconds !== null && milliseconds > longest)
    throw illegalArgument(
      `Keep alive for request (${String(value)}) is too large. It must be less than (1d). This limit can be set by changing the [search.max_keep_alive] cluster level setting.`,
    );
  return milliseconds;
}
