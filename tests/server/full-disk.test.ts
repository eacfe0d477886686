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
    for (let round = 0; round < 90; round++) await write(round);
    expect([...refused]).toEqual([429]);
    const count = async (): Promise<unknown> =>
      (await server.send('POST', '/_query', { query: 'FROM events | STATS c = COUNT(*)' })).json.values;
    expect(await count()).toEqual([[acknowledged]]);
    expect(mount('-o', 'remount,size=200m', disk)).toBe(true);
    refused.clear();
    await write(1000);
    expect([refused.size, await count()]).toEqual([0, [[acknowledged]]]);
  },
  60_000,
);
