import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLine } from './state-folder.ts';

/** What a step of a hunt was. */
export type StepKind = 'run' | 'chip' | 'drill' | 'verdict' | 'note' | 'accept' | 'save' | 'report';

/** A step that is to be remembered. */
export interface NewStep {
  readonly kind: StepKind;
  readonly text: string;
  /** The fragment of the page's address that leads back to it. */
  readonly link: string;
  readonly starred: boolean;
}

/** A step that was taken. Its time, in milliseconds, is also its name: no two have the same. */
export interface Step extends NewStep {
  readonly at: number;
}

type Line = Step | { readonly star: number; readonly starred: boolean };

/** Steps that are read: earlier ones stay in the file. */
const mostSteps = 2000;
/** Milliseconds in which the same step again is the same step: two tabs hear of one run. */
const echo = 5000;

/** The steps of hunts in the order in which they were taken: lines of JSON in the state folder, appended and never rewritten. */
export class Trail {
  readonly #file: string;
  #last: Step | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(state: string) {
    this.#file = join(state, 'trail.jsonl');
  }

  /** Remembers a step, and gives its time. */
  add(step: NewStep, now = Date.now()): Promise<number> {
    return this.#inTurn(async () => {
      const last = this.#last ?? (await this.#read()).at(-1) ?? null;
      const isEcho = last && now - last.at < echo && last.kind === step.kind && last.link === step.link;
      if (isEcho && last.text === step.text) return last.at;
      const { kind, text, link, starred } = step;
      const taken: Step = { at: Math.max(now, (last?.at ?? 0) + 1), kind, text, link, starred };
      await appendLine(this.#file, JSON.stringify(taken));
      this.#last = taken;
      return taken.at;
    });
  }

  /** Marks a step, or takes the mark away. */
  star(at: number, starred: boolean): Promise<void> {
    return this.#inTurn(() => appendLine(this.#file, JSON.stringify({ star: at, starred })));
  }

  /** The steps, newest last. */
  steps(): Promise<readonly Step[]> {
    return this.#inTurn(() => this.#read());
  }

  async #read(): Promise<readonly Step[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const steps = new Map<number, Step>();
    for (const line of text.split('\n').flatMap(parsed)) {
      if (!('star' in line)) steps.set(line.at, line);
      else {
        const step = steps.get(line.star);
        if (step) steps.set(line.star, { ...step, starred: line.starred });
      }
    }
    return [...steps.values()].slice(-mostSteps);
  }

  /** One after the other: a time is given out once. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** A line of the file; none for one that was cut off or that a later version wrote. */
function parsed(text: string): Line[] {
  try {
    const line = JSON.parse(text) as Partial<Step> & { star?: unknown };
    if (typeof line !== 'object' || line === null) return [];
    if (typeof line.star === 'number') return [{ star: line.star, starred: line.starred === true }];
    const isStep = typeof line.at === 'number' && typeof line.text === 'string' && typeof line.link === 'string';
    return isStep ? [line as Step] : [];
  } catch {
    return [];
  }
}
