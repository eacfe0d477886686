import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { silent } from '../../src/app/observer.ts';
import { type HeldFiles, holdFiles } from '../../src/app/session/hold-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'harrier-held-'));
const before = process.env.HARRIER_CACHE_DIR;
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env.HARRIER_CACHE_DIR;
  else process.env.HARRIER_CACHE_DIR = before;
});

const held: HeldFiles[] = [];
afterEach(async () => {
  for (const one of held.splice(0)) await one.close();
});

let data: string;
let number = 0;
beforeEach(() => {
  data = join(folder, `data-${++number}`);
  mkdirSync(data);
  process.env.HARRIER_CACHE_DIR = join(folder, `cache-${number}`);
});

const signal = new AbortController().signal;
const event = (host: string, minute: number): string =>
  `${JSON.stringify({ '@timestamp': `2026-03-10T12:${String(minute).padStart(2, '0')}:00Z`, host: { name: host } })}\n`;

async function hold(): Promise<HeldFiles> {
  const source = { kind: 'files', data: [data], cache: true, strict: false, copies: false } as const;
  const one = await holdFiles(source, undefined, signal);
  held.push(one);
  await one.read;
  return one;
}

async function hostsOf({ events }: HeldFiles): Promise<unknown[]> {
  const { engine, now } = await events.session('latest', silent, signal);
  try {
    const asked = { now: now.getTime(), maxRows: null };
    const { values } = await engine.query('FROM * | STATS n = COUNT(*) BY host.name | SORT host.name', asked);
    return values.map(([n, host]) => [host, Number(n)]);
  } finally {
    await engine.close();
  }
}

it('reads files once, and finds them read the next time', async () => {
  writeFileSync(join(data, 'a.ndjson'), event('a', 1) + event('b', 2));
  const first = await hold();
  expect(await hostsOf(first)).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  expect(await first.read).toMatchObject({ added: 2 });
  await held.pop()!.close();
  const second = await hold();
  expect(await second.read).toMatchObject({ added: 0, unchanged: 1 });
  expect(await hostsOf(second)).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

it.each([
  [
    'has grown',
    () => appendFileSync(join(data, 'a.ndjson'), event('c', 3)),
    [
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ],
  ],
  [
    'has other events',
    () => writeFileSync(join(data, 'a.ndjson'), event('d', 1) + event('e', 2)),
    [
      ['d', 1],
      ['e', 1],
    ],
  ],
  ['is shorter', () => writeFileSync(join(data, 'a.ndjson'), event('a', 1)), [['a', 1]]],
  [
    'has a file beside it',
    () => writeFileSync(join(data, 'b.ndjson'), event('f', 9)),
    [
      ['a', 1],
      ['b', 1],
      ['f', 1],
    ],
  ],
  [
    'was replaced by another name',
    () => {
      rmSync(join(data, 'a.ndjson'));
      writeFileSync(join(data, 'z.ndjson'), event('z', 9));
    },
    [['z', 1]],
  ],
])('shows the events of a file as they are when it %s', async (_what, change, hosts) => {
  writeFileSync(join(data, 'a.ndjson'), event('a', 1) + event('b', 2));
  await hold();
  await held.pop()!.close();
  change();
  expect(await hostsOf(await hold())).toEqual(hosts);
});

it('lets two have the same files open', async () => {
  writeFileSync(join(data, 'a.ndjson'), event('a', 1));
  const [one, other] = [await hold(), await hold()];
  expect(await hostsOf(one)).toEqual(await hostsOf(other));
});

it('keeps the stores of a few folders alone', async () => {
  for (let i = 0; i < 7; i++) {
    data = join(folder, `many-${i}`);
    mkdirSync(data);
    writeFileSync(join(data, 'a.ndjson'), event(`host-${i}`, 1));
    await hold();
    await held.pop()!.close();
  }
  expect(readdirSync(join(process.env.HARRIER_CACHE_DIR!, 'stores')).length).toBeLessThanOrEqual(5);
});

it('answers several at the same time, and those that give up keep nobody waiting', async () => {
  writeFileSync(join(data, 'a.ndjson'), event('a', 1) + event('b', 2));
  const { events } = await hold();
  const open = await Promise.all(Array.from({ length: 8 }, () => events.session('latest', silent, signal)));
  const gaveUp = new AbortController();
  const waits = events.session('latest', silent, gaveUp.signal);
  gaveUp.abort();
  await expect(waits).rejects.toThrow();
  const next = events.session('latest', silent, signal);
  await open.pop()!.engine.close();
  const { engine, now } = await next;
  const { values } = await engine.query('FROM * | STATS COUNT(*)', { now: now.getTime(), maxRows: null });
  expect(Number(values[0]![0])).toBe(2);
  for (const session of [...open, { engine }]) await session.engine.close();
});

it('refuses what comes through a pipe', async () => {
  const source = { kind: 'files', data: ['-'], cache: true, strict: false, copies: false } as const;
  await expect(holdFiles(source, undefined, signal)).rejects.toThrow('cannot be held open');
});
