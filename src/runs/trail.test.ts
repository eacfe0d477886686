import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { Trail } from './trail.ts';

const run = { kind: 'run', text: 'Beaconing: hits 3', link: '#/hunt/1', starred: false } as const;
const drill = { kind: 'drill', text: 'row 2', link: '#/hunt/1?row=1', starred: false } as const;

it('keeps steps in order, also for the next start, in a file of the owner alone', async () => {
  const folder = join(temporaryFolder(), 'state');
  const trail = new Trail(folder);
  await Promise.all([trail.add(run, 1000), trail.add(drill, 1000)]);
  const steps = await new Trail(folder).steps();
  expect(steps).toEqual([
    { ...run, at: 1000 },
    { ...drill, at: 1001 },
  ]);
  expect(statSync(join(folder, 'trail.jsonl')).mode & 0o777).toBe(0o600);
  expect(await new Trail(folder).add(run, 500), 'a clock that was set back').toBe(1002);
});

it('takes the same step from a second tab for the first, but not a step taken again later', async () => {
  const trail = new Trail(temporaryFolder());
  const first = await trail.add(run, 1000);
  expect(await trail.add({ ...run }, 1200)).toBe(first);
  expect(await trail.add({ ...run, text: 'Beaconing: hits 4' }, 1300)).not.toBe(first);
  expect(await trail.add(run, 60_000)).toBe(60_000);
  expect(await trail.steps()).toHaveLength(3);
});

it('stars steps by another line, and the last one counts', async () => {
  const folder = temporaryFolder();
  const trail = new Trail(folder);
  const at = await trail.add(run, 1000);
  await trail.star(at, true);
  await trail.star(4711, true);
  expect((await trail.steps()).map(({ starred }) => starred)).toEqual([true]);
  await trail.star(at, false);
  expect((await new Trail(folder).steps()).map(({ starred }) => starred)).toEqual([false]);
  expect(readFileSync(join(folder, 'trail.jsonl'), 'utf8').trim().split('\n')).toHaveLength(4);
});

it('passes over lines that were cut off', async () => {
  const folder = temporaryFolder();
  const trail = new Trail(folder);
  await trail.add(run, 1000);
  appendFileSync(join(folder, 'trail.jsonl'), '{"at":2000,"kind":"ru\nnull\n42\n');
  await trail.add(drill, 3000);
  expect((await new Trail(folder).steps()).map(({ at }) => at)).toEqual([1000, 3000]);
});
