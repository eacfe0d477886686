import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MemoryGuard } from './memory-guard.ts';

/** A guard over 100 bytes that collects no garbage. */
const guardOf = (used: () => number): MemoryGuard => new MemoryGuard(100, used, () => undefined);

const forever = (until: AbortSignal): Promise<never> =>
  new Promise((_, reject) => until.addEventListener('abort', () => reject(new Error('interrupted'))));

it('ends the query that began last where garbage was not enough, and the others only while memory is short', async () => {
  let used = 0;
  let collected = 0;
  const guard = new MemoryGuard(
    100,
    () => used,
    () => (collected += 1),
  );
  const ended: string[] = [];
  const first = guard.watch(forever).catch((error) => ended.push(`first ${error.status}`));
  const last = guard.watch(forever).catch((error) => {
    used = 50;
    ended.push(`last ${error.status}`);
  });
  used = 101;
  await last;
  expect([collected, ended]).toEqual([1, ['last 429']]);
  await sleep(600);
  expect(ended).toHaveLength(1);
  used = 101;
  await first;
  expect(ended).toEqual(['last 429', 'first 429']);
});

it('takes what stands open where no query runs', async () => {
  let used = 101;
  const guard = guardOf(() => used);
  let open = 2;
  guard.reserves.add(() => {
    open -= 1;
    used -= 1;
    return true;
  });
  await sleep(1000);
  expect(open).toBe(1);
});

it('leaves a query room beside what stays when none runs', async () => {
  let used = 115;
  const guard = guardOf(() => used);
  await sleep(300);
  let isEnded = false;
  const query = guard.watch(forever).catch(() => {
    isEnded = true;
  });
  used = 124;
  await sleep(600);
  expect(isEnded).toBe(false);
  used = 126;
  await query;
  expect([isEnded, guard.ended]).toEqual([true, 1]);
});

it('takes what stands open before it ends a query, where no query that ends gives it back', async () => {
  let used = 115;
  const guard = guardOf(() => used);
  await sleep(300);
  let open = 2;
  guard.reserves.add(() => {
    if (open === 0) return false;
    open -= 1;
    used -= 10;
    return true;
  });
  const query = guard.watch(forever).catch(() => undefined);
  await sleep(1000);
  expect([open, guard.ended]).toEqual([0, 0]);
  used = 140;
  await query;
  expect(guard.ended).toBe(1);
});

it('collects garbage that may be much where half of the memory is taken', async () => {
  let heap = 10;
  let collected = 0;
  let used = 40;
  new MemoryGuard(
    100,
    () => used,
    () => {
      collected += 1;
      heap = 10;
    },
    () => heap,
  );
  heap = 30;
  await sleep(300);
  expect(collected).toBe(0);
  used = 60;
  await sleep(300);
  expect(collected).toBe(0);
  heap = 40;
  await sleep(300);
  expect(collected).toBe(1);
});
