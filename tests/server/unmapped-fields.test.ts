import { expect, it } from 'vitest';
import { bulk, startServer } from './support.ts';

const keyword = { type: 'keyword' };

it('loads fields that indices do not map from their documents', async () => {
  const server = await startServer();
  const create = (index: string, properties: object): Promise<unknown> =>
    server.send('PUT', `/${index}`, { mappings: { dynamic: false, properties } });
  await create('mapped', { id: keyword, message: keyword, size: { type: 'long' } });
  await create('partly', { id: keyword });
  const write = (index: string, ...documents: object[]): Promise<unknown> =>
    server.send('POST', `/${index}/_bulk?refresh=true`, bulk(...documents.flatMap((one) => [{ create: {} }, one])));
  await write('mapped', { id: '1', message: 'one', size: 10, other: 'x' });
  await write(
    'partly',
    { id: '2', message: 'two', size: 20, other: ['y', 1.0], deep: { name: 'n' } },
    { id: '3', message: ['three', 'drei'], size: 'no number', 'deep.name': true },
    { id: '4' },
  );
  const ask = async (query: string): Promise<unknown> => {
    const { json } = await server.send('POST', '/_query', { query: `SET unmapped_fields = "load"; ${query}` });
    return json.values
      ? {
          columns: json.columns.map((column: { name: string; type: string }) => `${column.name}:${column.type}`),
          values: json.values,
        }
      : json.error.reason;
  };

  expect(await ask('FROM partly | KEEP id, message, deep.name, nothing | SORT id')).toEqual({
    columns: ['id:keyword', 'message:keyword', 'deep.name:keyword', 'nothing:keyword'],
    values: [
      ['2', 'two', 'n', null],
      ['3', ['three', 'drei'], 'true', null],
      ['4', null, null, null],
    ],
  });
  // In the type of the index that maps it, and in its place.
  expect(await ask('FROM mapped, partly | SORT id | KEEP *, other')).toEqual({
    columns: ['id:keyword', 'message:keyword', 'size:long', 'other:keyword'],
    values: [
      ['1', 'one', 10, 'x'],
      ['2', 'two', 20, ['y', '1']],
      ['3', ['three', 'drei'], null, null],
      ['4', null, null, null],
    ],
  });
  expect(
    await ask('FROM mapped, partly METADATA _source | WHERE size + 1 == 21 OR other == "x" | KEEP id | SORT id'),
  ).toEqual({
    columns: ['id:keyword'],
    values: [['1'], ['2']],
  });
  expect(await ask('FROM mapped | STATS n = COUNT(*), m = VALUES(other) WHERE other IS NOT NULL BY deep.name')).toEqual(
    {
      columns: ['n:long', 'm:keyword', 'deep.name:keyword'],
      values: [[1, 'x', null]],
    },
  );
  const names = {
    mappings: { properties: { 'deep.name': keyword, text: keyword } },
    settings: { 'index.mode': 'lookup' },
  };
  await server.send('PUT', '/names', names);
  await write('names', { 'deep.name': 'n', text: 'N' });
  expect(await ask('FROM partly | LOOKUP JOIN names ON deep.name | WHERE text IS NOT NULL | KEEP id, text')).toEqual({
    columns: ['id:keyword', 'text:keyword'],
    values: [['2', 'N']],
  });
  expect(await ask('FROM partly | SORT id | LIMIT 1')).toEqual({ columns: ['id:keyword'], values: [['2']] });
  expect(await ask('FROM partly | STATS n = COUNT(*) | EVAL a = message')).toContain('Unknown column [message]');
  expect(await ask('ROW a = 1 | KEEP a, b')).toEqual({ columns: ['a:integer', 'b:null'], values: [[1, null]] });
  // A subquery loads what it asks for itself, and what is asked of it from without, unless it drops it on the way.
  expect(await ask('FROM (FROM partly | KEEP id, message), mapped | KEEP id, message | SORT id')).toEqual({
    columns: ['id:keyword', 'message:keyword'],
    values: [
      ['1', 'one'],
      ['2', 'two'],
      ['3', ['three', 'drei']],
      ['4', null],
    ],
  });
  expect(
    await ask('FROM (FROM partly), mapped, (FROM partly | KEEP id), (ROW id = "5") | KEEP id, other | SORT id, other'),
  ).toEqual({
    columns: ['id:keyword', 'other:keyword'],
    values: [
      ['1', 'x'],
      ['2', ['y', '1']],
      ['2', null],
      ['3', null],
      ['3', null],
      ['4', null],
      ['4', null],
      ['5', null],
    ],
  });
  await server.send('PUT', '/_query/view/later', { query: 'FROM partly | WHERE id > "1"' });
  expect(await ask('FROM later | STATS n = COUNT(*) BY message | SORT message')).toEqual({
    columns: ['n:long', 'message:keyword'],
    values: [
      [1, 'drei'],
      [1, 'three'],
      [1, 'two'],
      [1, null],
    ],
  });
});
