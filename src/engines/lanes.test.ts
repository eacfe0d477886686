import { expect, it } from 'vitest';
import type { WorkKey } from './known-lengths.ts';
import { Lanes } from './lanes.ts';

const named = (hash: string): WorkKey => ({ hash, size: 0 });

/** Work that ends when it is said so, or when its signal is given; counts how often it began. */
function held(name: string): { work: (until: AbortSignal) => Promise<string>; end: () => void; begun: () => number } {
  let end!: () => void;
  let begun = 0;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async (until: AbortSignal): Promise<string> => {
    begun += 1;
    const given = new Promise<never>((_, reject) => until.addEventListener('abort', () => reject(until.reason)));
    await Promise.race([ended, given]);
    return name;
  };
  return { work, end, begun: () => begun };
}

it('moves what takes long, so that what comes later does not wait for it', async () => {
  const lanes = new Lanes({ short: 1, long: 1, shortTime: 1, clock: () => performance.now() });
  const long = held('long');
  const first = lanes.take(long.work);
  expect(await lanes.take(async () => 'short')).toBe('short');
  expect([lanes.running, lanes.waiting, long.begun()]).toEqual([1, 0, 1]);
  long.end();
  expect(await first).toBe('long');
  await lanes.idle();
});

it('begins again, once, what takes long while other long work goes on', async () => {
  const lanes = new Lanes({ short: 1, long: 1, shortTime: 1, clock: () => performance.now() });
  const [one, other] = [held('one'), held('other')];
  const first = lanes.take(one.work);
  const second = lanes.take(other.work);
  expect(await lanes.take(async () => 'short')).toBe('short');
  expect([one.begun(), other.begun(), lanes.running, lanes.waiting]).toEqual([1, 1, 1, 1]);
  one.end();
  expect(await first).toBe('one');
  other.end();
  expect([await second, other.begun()]).toEqual(['other', 2]);
});

it('ends what was given up, wherever it is, and says why', async () => {
  const lanes = new Lanes({ short: 1, long: 1, shortTime: 1, clock: () => performance.now() });
  const [one, other] = [held('one'), held('other')];
  const gone = new AbortController();
  const first = lanes.take(one.work, gone.signal);
  const second = lanes.take(other.work, gone.signal);
  await lanes.take(async () => 'short');
  gone.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await expect(second).rejects.toThrow('gone');
  expect([lanes.running, lanes.waiting]).toEqual([0, 0]);
});

it('lets what cannot begin again wait for its turn among what takes long', async () => {
  const lanes = new Lanes({ short: 1, long: 1, shortTime: 60_000 });
  const [one, other] = [held('one'), held('other')];
  const first = lanes.takeLong(one.work, undefined);
  const second = lanes.takeLong(other.work, undefined);
  expect(await lanes.take(async () => 'short')).toBe('short');
  expect([other.begun(), lanes.waiting]).toEqual([0, 1]);
  one.end();
  other.end();
  expect([await first, await second]).toEqual(['one', 'other']);
});

it('lets what was short before go first, and what was long begin among long work', async () => {
  let time = 0;
  const lanes = new Lanes({ short: 1, long: 1, shortTime: 1000, clock: () => time });
  await lanes.take(async () => undefined, undefined, named('short'));
  await lanes.take(
    async () => {
      time += 20_000;
    },
    undefined,
    named('long'),
  );
  const [held1, long] = [held('held'), held('long')];
  const went: string[] = [];
  const note = (name: string) => async (): Promise<void> => {
    went.push(name);
  };
  const first = lanes.take(held1.work);
  const again = lanes.take(long.work, undefined, named('long'));
  const rest = [lanes.take(note('new')), lanes.take(note('short'), undefined, named('short'))];
  expect([lanes.running, lanes.waiting]).toEqual([2, 2]);
  held1.end();
  await Promise.all([first, ...rest]);
  expect(went).toEqual(['short', 'new']);
  long.end();
  expect(await again).toBe('long');
});

it('still lets pass what was short before and took longer beside others, but not for ever', async () => {
  let time = 0;
  const lanes = new Lanes({ short: 1, long: 1, shortTime: 1000, clock: () => time });
  const work = (length: number) => async (): Promise<void> => {
    time += length;
  };
  /** Whether it goes before other work that waits. */
  const passes = async (): Promise<boolean> => {
    const before = held('before');
    const went: string[] = [];
    const note = (name: string) => async (): Promise<void> => {
      went.push(name);
    };
    const first = lanes.take(before.work);
    const rest = [lanes.take(note('other')), lanes.take(note('own'), undefined, named('own'))];
    before.end();
    await Promise.all([first, ...rest]);
    return went[0] === 'own';
  };
  await lanes.take(work(1), undefined, named('own'));
  await lanes.take(work(5000), undefined, named('own'));
  expect(await passes()).toBe(true);
  for (let i = 0; i < 8; i++) await lanes.take(work(5000), undefined, named('own'));
  expect(await passes()).toBe(false);
});

it('does not count as long what others took that worked meanwhile', async () => {
  let time = 0;
  const lanes = new Lanes({ short: 1, long: 3, shortTime: 1000, clock: () => time });
  const beside = [held('one'), held('two'), held('three')];
  const others = beside.map(({ work }) => lanes.takeLong(work, undefined));
  // Of what four worked together, a fourth is its own.
  const own = async (): Promise<void> => {
    time += 3600;
  };
  await lanes.take(own, undefined, named('own'));
  const before = held('before');
  const first = lanes.take(before.work);
  const went: string[] = [];
  const rest = ['new', 'own'].map((name) =>
    lanes.take(
      async () => {
        went.push(name);
      },
      undefined,
      named(name),
    ),
  );
  before.end();
  for (const { end } of beside) end();
  await Promise.all([first, ...others, ...rest]);
  expect(went).toEqual(['own', 'new']);
});

it('lets what was brief go on beside what is short, and only what was brief wait before it', async () => {
  const lanes = new Lanes({ short: 1, long: 1, brief: 1, shortTime: 1000, clock: () => 0 });
  const brief = named('brief');
  await lanes.take(async () => undefined, undefined, brief);
  const [short, first] = [held('short'), held('first')];
  const [holding, going] = [lanes.take(short.work), lanes.take(first.work, undefined, brief)];
  const went: string[] = [];
  const note = (name: string) => async (): Promise<void> => {
    went.push(name);
  };
  const [other, next] = [lanes.take(note('new')), lanes.take(note('brief'), undefined, brief)];
  expect([lanes.running, lanes.waiting]).toEqual([2, 2]);
  first.end();
  await Promise.all([going, next]);
  expect(went).toEqual(['brief']);
  short.end();
  await Promise.all([holding, other]);
  expect(went).toEqual(['brief', 'new']);
});
