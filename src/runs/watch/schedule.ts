import { Cron } from 'croner';

/** A run that is to be made. */
export interface Due {
  readonly at: Date;
  /** Earlier times that passed without a run; this one makes up for them. */
  readonly missed: number;
}

/** More missed times than this are not counted. */
const most = 1000;

/** Times by a cron expression, of five fields, or of six with seconds first. Throws when it is none. */
export class Schedule {
  readonly #cron: Cron;

  constructor(
    readonly expression: string,
    timezone?: string,
  ) {
    if (timezone !== undefined) checkTimeZone(timezone);
    this.#cron = new Cron(expression, {
      paused: true,
      mode: '5-or-6-parts',
      ...(timezone !== undefined && { timezone }),
    });
  }

  /** The newest time that has come since the last run; null when there is none. Without a last run the newest counts. */
  due(last: Date | null, now: Date): Due | null {
    // Times before a time leave out that time itself.
    const at = this.#cron.previousRuns(2, new Date(now.getTime() + 1000)).find((time) => time <= now);
    if (!at || (last && at <= last)) return null;
    if (!last) return { at, missed: 0 };
    const between = this.#cron.nextRuns(most, last).filter((time) => time < at);
    return { at, missed: between.length };
  }

  /** The next time after one; null when there is none. */
  next(after: Date): Date | null {
    return this.#cron.nextRun(after);
  }
}

function checkTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    throw new Error(`there is no time zone ${name}`);
  }
}
