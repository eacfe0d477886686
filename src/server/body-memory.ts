import { Transform } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../store/refusal.ts';
import { whenClosed } from './when-closed.ts';

/**
 * Bounds what the bodies of all requests together hold, from the first byte that arrives until the answer is out: beyond
 * it requests are refused with 429, and shippers try again later.
 */
export class BodyMemory {
  #held = 0;
  readonly #holders = new WeakMap<FastifyRequest, (bytes: number) => void>();

  constructor(private readonly most: number) {}

  /** Counts bodies while they arrive; those that have not when `cancelled` aborts are refused with its reason. */
  watch(app: FastifyInstance, cancelled: AbortSignal): void {
    app.addHook('preParsing', async (request, reply, payload) => {
      const hold = this.#holder(reply);
      this.#holders.set(request, hold);
      const counting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          try {
            hold(chunk.length);
            done(null, chunk);
          } catch (error) {
            done(error as Error);
          }
        },
      });
      payload.once('error', (error) => counting.destroy(error));
      const cancel = (): void => {
        counting.destroy(cancelled.reason as Error);
      };
      cancelled.addEventListener('abort', cancel);
      whenClosed(reply.raw, () => cancelled.removeEventListener('abort', cancel));
      // A body that nobody reads any more may still break off.
      counting.on('error', () => undefined);
      return payload.pipe(counting);
    });
  }

  /**
   * Counts further bytes of a request, such as those of its body once unpacked, or of what is made of it. Throws a Refusal
   * without room for them.
   */
  hold(request: FastifyRequest, bytes: number): void {
    this.#holders.get(request)?.(bytes);
  }

  #holder(reply: FastifyReply): (bytes: number) => void {
    let own = 0;
    whenClosed(reply.raw, () => {
      this.#held -= own;
    });
    return (bytes) => {
      if (own + bytes > this.most)
        throw new Refusal(
          'content_too_long_exception',
          `the request takes more than ${this.most} bytes of memory: send its documents in several`,
          413,
        );
      if (this.#held + bytes > this.most)
        throw new Refusal(
          'es_rejected_execution_exception',
          `the bodies of requests hold ${this.#held} bytes, and all together may hold ${this.most}: try again later`,
          429,
        );
      this.#held += bytes;
      own += bytes;
    };
  }
}
