import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startServer } from './support.ts';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** Whether a small disk can be made here, which takes the rights of an administrator. */
const canMount = ((): boolean => {
  const folder = temporaryFolder();
  if (!mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder)) return false;
  spawnSync('umount', [folder]);
  return true;
})();

/** Times that the disk is full, and that there is room again; `FULL_DISKS=20` for a thorough run. */
const times = Number(process.env.FULL_DISKS ?? 1);

const mounted: string[] = [];
afterEach(() => {
  for (const folder of mounted.splice(0)) spawnSync('umount', ['-l', folder]);
});

it.skipIf(!canMount).each([
  ['with ids', (round: number, i: number) => `{"create":{"_id":"${round}-${i}"}}`],
  ['without ids', () => '{"create":{}}'],
])(
  'refuses what a full disk has no room for, keeps the rest, and goes on when there is room: documents %s',
  async (_, action) => {
    const disk = join(temporaryFolder(), 'disk');
    mkdirSync(disk);
    expect(mount('-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk)).toBe(true);
    mounted.push(disk);
    const server = await startServer({ folder: join(disk, 'store') });
    let acknowledged = 0;
    const refused = new Set<number>();
    const write = async (round: number): Promise<void> => {
      const lines = Array.from({ length: 500 }, (_, i) => {
        const noise = Array.from({ length: 60 }, () => Math.random().toString(36)).join('');
        return `${action(round, i)}\n{"n":${round * 500 + i},"noise":"${noise}"}\n`;
      });
      const { json } = await server.send('POST', '/events/_bulk', lines.join(''));
      for (const item of json.items) {
        if (item.create.status < 300) acknowledged += 1;
        else refused.add(item.create.status);
      }
    };
    const count = async (): Promise<unknown> =>
      (await server.send('POST', '/_query', { query: 'FROM events | STATS c = COUNT(*)' })).json.values;
    for (let time = 0; time < times; time++) {
      for (let round = 0; round < 90; round++) await write(round);
      expect([time, ...refused]).toEqual([time, 429]);
      expect(await count()).toEqual([[acknowledged]]);
      refused.clear();
      // There is room again on a larger disk, or without the index.
      const isEnlarged = time % 2 === 0;
      if (isEnlarged) expect(mount('-o', 'remount,size=200m', disk)).toBe(true);
      else {
        expect((await server.send('DELETE', '/events')).status).toBe(200);
        acknowledged = 0;
      }
      await write(1000 + time);
      expect([time, refused.size, await count()]).toEqual([time, 0, [[acknowledged]]]);
      if (!isEnlarged || time === times - 1) continue;
      expect((await server.send('DELETE', '/events')).status).toBe(200);
      acknowledged = 0;
      await server.store.checkpoint();
      expect(mount('-o', 'remount,size=24m', disk)).toBe(true);
    }
    if (process.env.FULL_DISKS) console.log(`the disk was full ${times} times`);
  },
  60_000 * times,
);
