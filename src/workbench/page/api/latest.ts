/** A question that is asked again and again: only the answer to the last one counts, and the others are ended. */
export class Latest {
  #controller: AbortController | null = null;

  ask<T>(
    question: (signal: AbortSignal) => Promise<T>,
    onAnswer: (answer: T) => void,
    onError: (error: unknown) => void = () => undefined,
  ): void {
    this.stop();
    const own = new AbortController();
    this.#controller = own;
    question(own.signal).then(
      (answer) => {
        if (this.#controller === own) onAnswer(answer);
      },
      (error) => {
        if (this.#controller === own) onError(error);
      },
    );
  }

  /** Ends the question that is under way. */
  stop(): void {
    this.#controller?.abort();
    this.#controller = null;
  }
}
