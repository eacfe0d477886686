import type { LoadProgress } from '../files/options.ts';
import { humanBytes } from '../values/quantities.ts';

/** A progress bar that is not there unless a person looks: only on a terminal, and only for work that takes a while. */
export interface Progress {
  update(progress: LoadProgress): void;
  /** Takes the bar off the screen. */
  done(): void;
}

const delay = 400;

export async function createProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return { update: () => undefined, done: () => undefined };
  const { default: cliProgress } = await import('cli-progress');
  const started = performance.now();
  let bar: InstanceType<typeof cliProgress.SingleBar> | null = null;
  return {
    update({ phase, fraction, totalBytes }) {
      if (performance.now() - started < delay) return;
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

/** A line that shows how long a remote system has been at work; only on a terminal. */
export function createWaiting(stream: NodeJS.WriteStream, what: string): { tick(): void; done(): void } {
  if (!stream.isTTY) return { tick: () => undefined, done: () => undefined };
  let started: number | null = null;
  return {
    tick() {
      started ??= performance.now();
      const seconds = Math.round((performance.now() - started) / 1000) + 5;
      stream.write(`\r\x1b[K${what}, ${seconds} s; Ctrl-C ends the query there`);
    },
    done() {
      if (started !== null) stream.write('\r\x1b[K');
      started = null;
    },
  };
}

/** `, 12 s left`, once enough is done to estimate it. */
function timeLeft(fraction: number | null, elapsed: number): string {
  if (fraction === null || fraction < 0.03) return '';
  const seconds = Math.ceil((elapsed * (1 - fraction)) / fraction / 1000);
  return seconds < 60 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}
