import { expect, it } from 'vitest';
import { bulk, startServer } from './support.ts';

it('takes conditions over both sides, and says what relates none', async () => {
  const server = await startServer();
  const keyword = { type: 'keyword' };
  const create = (index: string, properties: object, settings = {}): Promise<unknown> =>
    server.send('PUT', `/${index}`, { mappings: { properties }, settings });
  await create('events', { id: { type: 'long' }, host: keyword });
  await create('assets', { low: { type: 'long' }, name: keyword, note: { type: 'text' } }, { 'index.mode': 'lookup' });
  const write = (index: string, ...documents: object[]): Promise<unknown> =>
    server.send('POST', `/${index}/_bulk`, bulk(...documents.flatMap((one) => [{ create: {} }, one])));
  await write('events', { id: 1, host: 'a' }, { id: 2, host: 'b' }, { id: 3, host: ['a', 'b'] });
  await write(
    'assets',
    { low: 1, name: 'a', note: 'domain controller' },
    { low: 2, name: 'b', note: 'laptop' },
    { low: 9, name: ['b', 'c'], note: 'printer' },
  );
  const ask = async (on: string): Promise<unknown> => {
    const query = `FROM events | LOOKUP JOIN assets ON ${on} | KEEP id, name | SORT id, name`;
    const { json, headers } = await server.send('POST', '/_query', { query });
    const warnings = [headers.warning ?? []].flat().filter((text) => String(text).includes('multi-value'));
    return json.values ? { values: json.values, warned: warnings.length > 0 } : json.error.reason;
  };

  expect(await ask('host == name')).toEqual({
    values: [
      [1, 'a'],
      [2, 'b'],
      [3, null],
    ],
    warned: true,
  });
  expect(await ask('id >= low AND name == "a"')).toMatchObject({
    values: [
      [1, 'a'],
      [2, 'a'],
      [3, 'a'],
    ],
  });
  expect(await ask('id >= low AND MATCH(note, "laptop")')).toMatchObject({
    values: [
      [1, null],
      [2, 'b'],
      [3, 'b'],
    ],
  });
  for (const on of ['name == "a"', 'LENGTH(host) == low', 'host == name OR id == low', 'TO_UPPER(host) == name'])
    expect(await ask(on), on).toContain(
      'JOIN ON clause with expressions must contain at least one condition relating the left index and the lookup index',
    );
  expect(await ask('id > 1')).toContain(
    'JOIN ON clause only takes conditions on the lookup index, or between it and the left side',
  );
});

it('compares keys of half_float and float rounded to what these hold', async () => {
  const server = await startServer();
  const create = (index: string, properties: object, settings = {}): Promise<unknown> =>
    server.send('PUT', `/${index}`, { mappings: { properties }, settings });
  const double = { type: 'double' };
  await create('measured', { id: { type: 'long' }, half: double, single: double, whole: { type: 'long' } });
  await create(
    'known',
    { half: { type: 'half_float' }, single: { type: 'float' }, exact: double, name: { type: 'keyword' } },
    { 'index.mode': 'lookup' },
  );
  const write = (index: string, ...documents: object[]): Promise<unknown> =>
    server.send('POST', `/${index}/_bulk`, bulk(...documents.flatMap((one) => [{ create: {} }, one])));
  await write(
    'measured',
    { id: 1, half: 0.1, single: 0.1, whole: 2049 },
    { id: 2, half: 0.1000001, single: 0.1000001, whole: 2050 },
    { id: 3, half: 0.2, single: 1e300, whole: 0 },
  );
  await write('known', { half: 0.1, single: 0.1, exact: 0.1, name: 'tenth' }, { half: 2049, single: 7, name: 'many' });
  const ask = async (on: string): Promise<unknown> => {
    const query = `FROM measured | RENAME whole AS w | LOOKUP JOIN known ON ${on} | KEEP id, name | SORT id, name`;
    return (await server.send('POST', '/_query', { query })).json.values;
  };
  const tenth = (...ids: number[]) => [1, 2, 3].map((id) => [id, ids.includes(id) ? 'tenth' : null]);
  expect(await ask('half')).toEqual(tenth(1, 2));
  expect(await ask('single')).toEqual(tenth(1));
  expect(await ask('half, single')).toEqual(tenth(1));
  // 2,049 lies between two numbers that half_float holds, and is the even one of them, 2,048.
  const query = 'FROM measured | RENAME half AS h | LOOKUP JOIN known ON whole == half | KEEP id, half, name | SORT id';
  expect((await server.send('POST', '/_query', { query })).json.values).toEqual([
    [1, 2048, 'many'],
    [2, null, null],
    [3, null, null],
  ]);
});
