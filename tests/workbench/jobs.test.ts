import { expect, it } from 'vitest';
import type { JobKind } from '../../src/workbench/contract/calls.ts';
import { explain } from '../../src/workbench/server/errors.ts';
import { Jobs } from '../../src/workbench/server/jobs.ts';
import { type Said, Stream } from '../../src/workbench/server/stream.ts';

/** Jobs, and what is said of them, a word a line: `coverage:0` for an item, `run done` for an end. */
function watched() {
  const said: string[] = [];
  const kinds = new Map<string, JobKind>();
  const stream = new Stream();
  const say = stream.say.bind(stream);
  stream.say = (line: Said) => {
    if (line.kind === 'job') {
      kinds.set(line.job.job, line.job.kind);
      const { kind, state } = line.job;
      if (said.at(-1) !== `${kind} ${state}`) said.push(`${kind} ${state}`);
    }
    if (line.kind === 'item') said.push(`${line.of}:${line.place}`);
    say(line);
  };
  return { said, jobs: new Jobs(stream, (error) => explain(error).message), stream };
}

/** Work of some steps, which wait for their turn; each step can be held up. */
function steps(kind: JobKind, of: number, gate: (step: number) => Promise<void> = async () => undefined) {
  return {
    kind,
    of,
    async *items(signal: AbortSignal) {
      for (let i = 0; i < of; i++) {
        await gate(i);
        signal.throwIfAborted();
        yield i;
      }
    },
  };
}

const settled = async (jobs: Jobs): Promise<void> => {
  while (jobs.isBusy) await new Promise((resolve) => setImmediate(resolve));
};

const itemsOf = (said: readonly string[]): string[] => said.filter((word) => word.includes(':'));

it('does a run before the rest of coverage that began earlier', async () => {
  const { said, jobs } = watched();
  jobs.start(
    steps('coverage', 3, async (step) => {
      if (step === 0) jobs.start(steps('run', 2));
    }),
  );
  await settled(jobs);
  // The step that it was at goes on beside the run; no other begins.
  const items = itemsOf(said);
  expect(items.slice(-3)).toEqual(['run:1', 'coverage:1', 'coverage:2']);
  expect(items.slice(0, 2).sort()).toEqual(['coverage:0', 'run:0']);
});

it('shows a process while a run goes on', async () => {
  const { said, jobs } = watched();
  let goOn!: () => void;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  jobs.start(steps('run', 1, () => held));
  const pivot = new Promise<void>((resolve) => {
    jobs.start(
      steps('pivot', 1, async () => {
        resolve();
      }),
    );
  });
  await pivot;
  while (!said.includes('pivot done')) await new Promise((resolve) => setImmediate(resolve));
  expect(itemsOf(said)).toEqual(['pivot:0']);
  goOn();
  await settled(jobs);
  expect(itemsOf(said)).toEqual(['pivot:0', 'run:0']);
});

it('says stopping until a job has stopped, and keeps what it found', async () => {
  const { said, jobs } = watched();
  let reached!: () => void;
  const second = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let goOn!: () => void;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { job } = jobs.start(
    steps('run', 3, async (step) => {
      if (step !== 1) return;
      reached();
      await held;
    }),
  );
  await second;
  expect(jobs.cancel(job)).toMatchObject({ state: 'stopping', done: 1 });
  goOn();
  await settled(jobs);
  expect(said).toEqual(['run queued', 'run running', 'run:0', 'run running', 'run stopping', 'run interrupted']);
  expect(jobs.cancel(job)).toMatchObject({ state: 'interrupted' });
});

it('ends a job that was not begun at once', async () => {
  const { jobs } = watched();
  let goOn!: () => void;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  jobs.start(steps('run', 1, () => held));
  const { job } = jobs.start(steps('run', 1));
  expect(jobs.cancel(job)).toMatchObject({ state: 'interrupted', done: 0 });
  goOn();
  await settled(jobs);
  expect(jobs.all.map(({ state }) => state)).toEqual(['done', 'interrupted']);
});

it('says why a job failed, and does the next', async () => {
  const { said, jobs } = watched();
  jobs.start(
    steps('diff', 1, async () => {
      throw new Error('no disk\nat somewhere');
    }),
  );
  jobs.start(steps('run', 1));
  await settled(jobs);
  expect(jobs.all[0]).toMatchObject({ state: 'failed', error: expect.stringContaining('no disk') });
  expect(jobs.all[0]!.error).not.toContain('somewhere');
  expect(said.at(-1)).toBe('run done');
});
