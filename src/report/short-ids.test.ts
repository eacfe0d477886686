import { describe, expect, it } from 'vitest';
import { shortIdsOf, widestId } from './short-ids.ts';

const agent = (host: number): string => `${String(host).padStart(8, '0')}-850c-ce54-53d4-2b8f6ae926a0`;
const defend = (host: number, pid: number, time: number): string =>
  Buffer.from(`${agent(host)}-${pid}-${time}`).toString('base64');

/** Rows of one answer, an id each. */
const rows = (name: string, ids: readonly string[]) => ({
  columns: [{ name, type: 'keyword' as const }],
  values: ids.map((id) => [id]),
});

/** Which ids a short form may mean: pivot takes its beginning and its end. */
const meant = (short: string, all: readonly string[]): string[] => {
  const [beginning = '', end = ''] = short.split('…');
  return all.filter((id) => id.startsWith(beginning) && id.endsWith(end));
};

describe('short ids', () => {
  it.each([
    [
      'processes that started at one time',
      [1, 22, 333, 4444, 55555, 666666].map((pid) => defend(1, pid, 1773125940000)),
    ],
    ['numbers of one process at several times', [0, 1, 2, 3].map((s) => defend(1, 4321, 1773125940000 + s))],
    ['seconds', [7, 8, 77, 78].map((pid) => defend(2, pid, 1773125940))],
    ['GUIDs', ['{b3c1a2d4-0001-65f0-1100-000000002a00}', '{b3c1a2d4-0002-65f0-1100-000000002a00}']],
    ['ids of another make', ['a', 'b'].map((letter) => `${letter.repeat(3)}${'x'.repeat(40)}${letter.repeat(30)}`)],
  ])('mean one id each: %s', (_, ids) => {
    const short = shortIdsOf([rows('process.entity_id', ids)]);
    for (const id of ids) expect(meant(short.get(id) ?? id, ids)).toEqual([id]);
  });

  it('mean one id each over all rows of an answer, and of processes that it does not show', () => {
    const time = 1773125940000;
    const shown = [defend(1, 4321, time), defend(1, 998, time)];
    const short = shortIdsOf([rows('process.entity_id', [shown[0]!]), rows('target.process.entity_id', [shown[1]!])]);
    const there = [...shown, defend(1, 54321, time + 60_000), defend(1, 999, time), defend(1, 4322, time)];
    for (const id of shown) {
      expect(short.get(id)).not.toBe(id);
      expect(short.get(id)!.length).toBeLessThanOrEqual(widestId);
      expect(meant(short.get(id)!, there)).toEqual([id]);
    }
  });
});
