import { expect, it } from 'vitest';
import { result } from '../../tests/report/run-report.ts';
import type { RowContext } from '../investigate/row-context.ts';
import type { CellValue } from '../values/types.ts';
import { originsOf } from './origins.ts';
import type { HuntResult, Outcome } from './report.ts';

const answer = (
  columns: readonly string[],
  values: readonly CellValue[][],
  context: RowContext | null = null,
  outcome: Outcome = 'hits',
): HuntResult =>
  result(null, {
    outcome,
    result: { columns: columns.map((name) => ({ name, type: 'keyword' })), values, warnings: [], notes: [], tookMs: 1 },
    context,
  });

const behind = (...hosts: readonly (string | null | 'several')[]): RowContext => ({
  fields: ['host.name'],
  rows: hosts.map((host) => [host === 'several' ? { value: null, several: true } : { value: host, several: false }]),
});

/** `host: hunt hits, hunt hits`, then the hits of no host. */
const hosts = (...found: readonly (readonly [string, HuntResult])[]): (string | number)[] => {
  const [{ origins, unknown }] = originsOf(found) as [ReturnType<typeof originsOf<string>>[number]];
  return [
    ...origins.map(({ name, hunts }) => `${name}: ${hunts.map(({ hunt, hits }) => `${hunt} ${hits}`).join(', ')}`),
    unknown,
  ];
};

it('ranks hosts by hunts, then by hits, then by name', () => {
  const found = hosts(
    ['beacons', answer(['host.name'], [['b'], ['a'], ['c'], ['c'], ['d']])],
    ['volume', answer(['host.name'], [['a'], ['a'], ['b']])],
  );
  expect(found).toEqual(['a: volume 2, beacons 1', 'b: beacons 1, volume 1', 'c: beacons 2', 'd: beacons 1', 0]);
});

it.each<[string, HuntResult, (string | number)[]]>([
  ['a column of the answer', answer(['host.name'], [['a'], [null], ['']]), ['a: h 1', 2]],
  ['a column before the events', answer(['host.name'], [['a']], behind('b')), ['a: h 1', 0]],
  ['the events behind the row', answer(['n'], [['1'], ['2'], ['3']], behind('a', 'several', null)), ['a: h 1', 2]],
  ['the field that stands for it', answer(['host.hostname'], [['a']]), ['a: h 1', 0]],
  ['every value of a row, once each', answer(['host.name'], [[['a', 'b', 'a']]]), ['a: h 1', 'b: h 1', 0]],
  ['nothing where rows reach beyond what is known', answer(['n'], [['1'], ['2']], behind('a')), ['a: h 1', 1]],
  ['nothing without hits', answer(['host.name'], [['a']], null, 'interrupted'), [0]],
  [
    'names of members of every object',
    answer(['host.name'], [['__proto__'], ['constructor']]),
    ['__proto__: h 1', 'constructor: h 1', 0],
  ],
])('takes %s', (_, of, expected) => expect(hosts(['h', of])).toEqual(expected));

it('adds the queries of a hunt up', () => {
  const found = hosts(['h', answer(['host.name'], [['a']])], ['h', answer(['host.name'], [['a'], ['b']])]);
  expect(found).toEqual(['a: h 2', 'b: h 1', 0]);
});
