import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** Work that ends when it is said so. */
function held(): { work: () => Promise<void>; end: () => void; isBegun: () => boolean } {
  let end!: () => void;
  let isBegun = false;
  const until = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = (): Promise<void> => {
    isBegun = true;
    return until;
  };
  return { work, end, isBegun: () => isBegun };
}
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets some go on, and the others in the order in which they came', async () => {
  const turns = new Turns(2);
  const all = Array.from({ length: 4 }, held);
  const done = all.map(({ work }) => turns.take(work));
  await soon();
  expect([all.map(({ isBegun }) => isBegun()), turns.running, turns.waiting, turns.isFull]).toEqual([
    [true, true, false, false],
    ...[2, 2, true],
  ]);
  all[1]!.end();
  await done[1];
  await soon();
  expect([all.map(({ isBegun }) => isBegun()), turns.waiting]).toEqual([[true, true, true, false], 1]);
  let isIdle = false;
  const idle = turns.idling.then(() => {
    isIdle = true;
  });
  for (const { end } of all) end();
  await Promise.all([...done, idle]);
  expect([isIdle, turns.running, turns.waiting]).toEqual([true, 0, 0]);
});

it('passes over those who gave up, and those whose work failed', async () => {
  const turns = new Turns(1);
  const [first, last] = [held(), held()];
  const given = new AbortController();
  const running = turns.take(async () => {
    await first.work();
    throw new Error('failed');
  });
  const waiting = turns.take(async () => 'never', given.signal);
  const next = turns.take(last.work);
  given.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(turns.waiting).toBe(1);
  first.end();
  await expect(running).rejects.toThrow('failed');
  await soon();
  expect(last.isBegun()).toBe(true);
  last.end();
  await next;
  await turns.idling;
});

it('lets those that go first pass, but not all of them before the others', async () => {
  const turns = new Turns(1);
  const went: string[] = [];
  const leave = await turns.enter();
  const enter = (name: string, first: boolean): Promise<void> =>
    turns.enter(undefined, { first }).then((leaveNow) => {
      went.push(name);
      leaveNow();
    });
  const all = [
    ...['a', 'b'].map((name) => enter(name, false)),
    ...Array.from({ length: 10 }, (_, i) => enter(String(i), true)),
  ];
  expect(turns.waiting).toBe(12);
  leave();
  await Promise.all(all);
  expect(went.join('')).toBe('01234567a89b');
  expect(turns.running).toBe(0);
});

it('lets small work pass large work, but not for ever', async () => {
  const turns = new Turns(1);
  const went: number[] = [];
  const leave = await turns.enter();
  const all = [9, 1, 2, 3, 4, 5].map((size) =>
    turns.enter(undefined, { size }).then((leaveNow) => {
      went.push(size);
      leaveNow();
    }),
  );
  leave();
  await Promise.all(all);
  expect(went).toEqual([1, 2, 3, 9, 4, 5]);
});

it('lets the shortest of what goes first go before the rest, but not for ever', async () => {
  const turns = new Turns(1);
  const went: number[] = [];
  const leave = await turns.enter();
  const enter = (size: number): Promise<void> =>
    turns.enter(undefined, { first: true, size }).then((leaveNow) => {
      went.push(size);
      leaveNow();
    });
  const times = [900, ...Array.from({ length: 20 }, (_, i) => 30 + (i % 2 ? i : -i))];
  const all = times.map(enter);
  leave();
  await Promise.all(all);
  expect(went.slice(0, 15)).toEqual(times.toSorted((a, b) => a - b).slice(0, 15));
  expect(went[15]).toBe(900);
});
