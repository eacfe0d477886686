import { expect, it } from 'vitest';
import { coverEach, coverHunt } from '../../src/coverage/hunt-coverage.ts';
import { readFolder } from '../../src/hunts/library.ts';
import { now, oddEngine } from '../investigate/support.ts';

it('says of many hunts together what it says of each', async () => {
  const engine = await oddEngine(5, 1500);
  const { hunts } = await readFolder('hunts/network');
  const asked = hunts.map((hunt) => ({ hunt, queries: hunt.queries.map(({ text }) => text) }));
  const together = new Map();
  for await (const covered of coverEach(asked, engine, new Date(now))) together.set(covered.hunt, covered);
  expect(together.size).toBe(hunts.length);
  for (const { hunt, queries } of asked)
    expect(together.get(hunt), hunt.name).toEqual(await coverHunt(hunt, queries, engine, new Date(now)));
}, 120_000);

it('stops when it is cancelled', async () => {
  const engine = await oddEngine(5, 300);
  const { hunts } = await readFolder('hunts/network');
  const asked = hunts.map((hunt) => ({ hunt, queries: hunt.queries.map(({ text }) => text) }));
  const parts = coverEach(asked, engine, new Date(now), AbortSignal.abort());
  await expect(parts.next()).rejects.toThrow('aborted');
}, 120_000);
