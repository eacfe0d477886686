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
