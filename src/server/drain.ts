import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../store/refusal.ts';
import { whenClosed } from './when-closed.ts';

/** Milliseconds that the body of a refused request may still take to arrive: an answer before its end may get lost. */
const restOfBody = 2000;

/**
 * The requests under way, and how they come to an end when the server stops: new ones are refused, those under way are
 * finished or, after a while, cancelled. Every one of them gets an answer.
 */
export class Drain {
  #underWay = 0;
  #stopping = false;
  #settled: (() => void) | null = null;
  readonly #cancel = new AbortController();

  constructor() {
    // As many as there are requests.
    setMaxListeners(0, this.cancelled);
  }

  /** Aborts when what is still under way must end. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Counts requests from their headers to the end of their answers. Its hooks must come before all others. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', async (request, reply) => {
      this.#underWay += 1;
      whenClosed(reply.raw, () => {
        this.#underWay -= 1;
        if (this.#underWay === 0) this.#settled?.();
      });
      if (!this.#stopping) return;
      await bodyOf(request.raw);
      throw stopping();
    });
    app.addHook('onSend', async (_request, reply) => {
      if (this.#stopping) reply.header('connection', 'close');
    });
  }

  /** From now on requests are refused, and connections end with the answer that they wait for. */
  refuseNew(): void {
    this.#stopping = true;
  }

  /**
   * Waits for the requests under way, and cancels those that take longer than `patience` milliseconds. Whether all of
   * them had their answers `lastPatience` milliseconds after that.
   */
  async settle(patience: number, lastPatience: number): Promise<boolean> {
    const inTime = await this.#idle(patience);
    // Queries that run for nobody end here as well.
    this.#cancel.abort(stopping());
    return inTime || this.#idle(lastPatience);
  }

  #idle(patience: number): Promise<boolean> {
    if (this.#underWay === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience, false);
      this.#settled = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/** Elasticsearch's answer of a node that goes away; clients take another node, shippers try again. */
export const stopping = (): Refusal => new Refusal('node_closed_exception', 'the server is stopping', 503);

function bodyOf(request: IncomingMessage): Promise<void> {
  if (request.complete) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, restOfBody);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', done);
    request.once('close', done);
    request.resume();
  });
}
