import { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { Refusal } from '../store/refusal.ts';
import { whenClosed } from './when-closed.ts';

/** Bounds what answers hold together, from when they are known until their clients have taken them. */
export class AnswerMemory {
  #held = 0;

  constructor(private readonly most: number) {}

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Counts bytes of an answer until it is sent. Throws a Refusal where there is no room for them. */
  hold({ raw }: FastifyReply, bytes: number): void {
    // One answer alone always fits: how large it may be has a limit of its own.
    if (this.#held > 0 && this.#held + bytes > this.most)
      throw new Refusal(
        'circuit_breaking_exception',
        `answers that wait for their clients hold ${this.#held} bytes, and all together may hold ${this.most}: try again later`,
        429,
      );
    if (raw.destroyed || (raw instanceof ServerResponse && raw.writableFinished)) return;
    this.#held += bytes;
    whenClosed(raw, () => {
      this.#held -= bytes;
    });
  }
}
