import type { LoadProgress } from '../files/options.ts';
import { humanBytes } from '../values/quantities.ts';

/** A progress bar that is not there unless a person looks: only on a terminal, and only for work that takes a while. */
export interface Progress {
  update(progress: LoadProgress): void;
  /** Takes the bar off the screen. */
  done(): void;
}

const delay = 400;

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update: () => undefined, done: () => undefined };
  const started = performance.now();
  let cliProgress: typeof import('cli-progress') | null = null;
  let bar: import('cli-progress').SingleBar | null = null;
  void import('cli-progress').then((loaded) => {
    cliProgress = loaded.default;
  });
  return {
    update({ phase, fraction, totalBytes }) {
      if (!cliProgress || performance.now() - started < delay) return;
      if (!bar) {
        bar = new cliProgress.SingleBar(
          {
            stream,
            format: '{phase} {bar} {percentage}% of {size}{left}',
            barCompleteChar: '█',
            barIncompleteChar: '░',
            barsize: 30,
            clearOnComplete: true,
            hideCursor: true,
            gracefulExit: false,
          },
          cliProgress.Presets.shades_classic,
        );
        bar.start(1000, 0, { phase, size: humanBytes(totalBytes), left: '' });
      }
      const left = timeLeft(fraction, performance.now() - started);
      bar.update(Math.round((fraction ?? 0) * 1000), { phase, size: humanBytes(totalBytes), left });
    },
    done() {
      bar?.stop();
      bar = null;
    },
  };
}

/** A line for work that shows nothing for long; only on a terminal. */
export interface Waiting {
  /** Says what is being done now. */
  update(text: string): void;
  /** Takes the line off the screen. */
  done(): void;
}

/** Seconds without output after which progress is shown. */
const silence = 5;

export function createWaiting(stream: NodeJS.WriteStream): Waiting {
  if (!stream.isTTY) return { update: () => undefined, done: () => undefined };
  const started = performance.now();
  let text = '';
  let isShown = false;
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    if (seconds < silence || text === '') return;
    isShown = true;
    stream.write(`\r\x1b[K${text}, ${seconds} s; Ctrl-C ends it`);
  }, 1000);
  timer.unref();
  return {
    update(now) {
      text = now;
    },
    done() {
      clearInterval(timer);
      if (isShown) stream.write('\r\x1b[K');
      isShown = false;
    },
  };
}

/** `, 12 s left`, once enough is done to estimate it. */
function timeLeft(fraction: number | null, elapsed: number): string {
  if (fraction === null || fraction < 0.03) return '';
  const seconds = Math.ceil((elapsed * (1 - fraction)) / fraction / 1000);
  return seconds < 60 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}
