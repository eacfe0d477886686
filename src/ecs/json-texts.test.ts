import { expect, test } from 'vitest';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { text } from '../sql/sql.ts';
import { textsInJson } from './json-texts.ts';

const gate = JSON.stringify({
  name: 'north',
  open: true,
  count: 3,
  nothing: null,
  empty: '',
  none: [],
  like: '[a list]',
  within: '{"a":1}',
  hinges: ['upper', '', 7, { kind: 'rising' }],
  guards: [{ name: 'ann', keys: ['k1', 'k2'] }, { name: 'bob' }, { keys: ['k3'] }],
  wings: { left: [{ lock: { kind: 'bolt' } }, { lock: { kind: 'bar' } }] },
  marks: { 'made.of/wood': 'oak', of: { year: 1902 } },
  'paint.colour': 'red',
});

test('members of a text that is a list of objects', async () => {
  const { connection } = await openDuckDB();
  const reader = await connection.runAndReadAll(
    `SELECT ${textsInJson(text('[{"k":"a","v":{"w":1}},{"k":"b","v":{"w":2}}]'), 'v.w').sql} AS v`,
  );
  expect(reader.getRowObjectsJson()[0]!.v).toEqual(['1', '2']);
});

test.each([
  ['name', ['north']],
  ['open', ['true']],
  ['count', ['3']],
  ['nothing', null],
  ['empty', null],
  ['none', null],
  ['absent', null],
  ['like', ['[a list]']],
  ['within', ['{"a":1}']],
  ['hinges', ['upper', '7']],
  ['hinges.0', ['upper']],
  ['hinges.kind', ['rising']],
  ['guards', null],
  ['guards.name', ['ann', 'bob']],
  ['guards.keys', ['k1', 'k2', 'k3']],
  ['guards.0.keys', ['k1', 'k2']],
  ['wings', null],
  ['wings.left.lock.kind', ['bolt', 'bar']],
  ['marks.made.of/wood', ['oak']],
  ['marks.of.year', ['1902']],
  ['paint.colour', ['red']],
])('%s in a text that is JSON is %j', async (path, values) => {
  const { connection } = await openDuckDB();
  const read = async (json: string) => {
    const reader = await connection.runAndReadAll(`SELECT ${textsInJson(text(json), path).sql} AS v`);
    return reader.getRowObjectsJson()[0]!.v;
  };
  expect(await read(gate)).toEqual(values);
  expect(await read(`${gate} `.slice(0, -3))).toBeNull();
});
