import { expect, it } from 'vitest';
import { indexNamedIn } from './index-named-in.ts';

it.each<[unknown, string | null]>([
  [{ data_stream: { type: 'logs', dataset: 'Zeek.conn', namespace: 'a' } }, 'logs-zeek.conn-a'],
  [{ data_stream: { type: 'logs', dataset: 'zeek.conn' } }, 'logs-zeek.conn-default'],
  [{ 'data_stream.type': 'logs', data_stream: { dataset: 'zeek.conn' } }, 'logs-zeek.conn-default'],
  [{ _index: '.ds-logs-a-b-2026.01.31-000001', _source: { n: 1 } }, 'logs-a-b'],
  [{ _index: 'x', _source: { data_stream: { type: 'logs', dataset: 'a' } } }, 'logs-a-default'],
  [{ data_stream: { type: 'logs' } }, null],
  [{ data_stream: ['logs'], n: 1 }, null],
  [[{ _index: 7 }], null],
  ['x', null],
  [null, null],
])('finds the index that %j names', (event, index) => {
  expect(indexNamedIn(Buffer.from(`${JSON.stringify(event)}\n{"_index":"other"}\n`))).toBe(index);
});

it('finds none where the first line is no JSON', () => {
  expect(indexNamedIn(Buffer.from('{"_index":"x"'))).toBeNull();
});
