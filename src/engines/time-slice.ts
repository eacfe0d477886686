/** Milliseconds of work between which others are served: an answer takes some ten rounds of others' work. */
const length = 5;

/** Those whose time is over, in the order in which they go on. */
const waiting: (() => void)[] = [];

function goOn(): void {
  waiting.shift()!();
  if (waiting.length > 0) setImmediate(goOn);
}

/**
 * The time that work on JavaScript's one thread may take before it lets others be served: whoever does much asks whether
 * it is over, and waits for the next. However many share the thread, others wait for one slice, not for one of each.
 */
export class TimeSlice {
  #end = performance.now() + length;

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(goOn);
    });
    this.#end = performance.now() + length;
  }
}
