import { describe, expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

let indices = 0;

/** The values of fields under a mapping, of documents that come one by one; where some are refused, with the reasons. */
async function valuesOf(
  server: TestServer,
  properties: object,
  documents: readonly object[],
  fields: readonly string[],
): Promise<unknown> {
  const index = `x${indices++}`;
  const made = await server.send('PUT', `/${index}`, { mappings: { properties } });
  if (made.status !== 200) return made.json.error.reason;
  const lines = documents.flatMap((document, i) => [{ index: { _index: index, _id: String(i) } }, document]);
  const { json } = lines.length === 0 ? { json: { items: [] } } : await server.send('POST', '/_bulk', bulk(...lines));
  const refused = json.items.flatMap(
    (item: { index: { error?: { reason: string } } }) => item.index.error?.reason ?? [],
  );
  const query = `FROM ${index} METADATA _id | SORT _id | KEEP ${fields.join(', ')}`;
  const answer = await server.send('POST', '/_query', { query });
  return refused.length > 0 ? [answer.json.values, refused] : answer.json.values;
}

const at = '2026-03-10T12:00:00.000Z';
const day = '2026-03-10T00:00:00.000Z';

describe('date formats', () => {
  it('reads dates of each format, alone and in arrays', async () => {
    const cases: readonly (readonly [format: string, value: unknown, date: string])[] = [
      ['epoch_second', 1773144000, at],
      ['epoch_second', '1773144000', at],
      ['epoch_second', 1773144000.25, '2026-03-10T12:00:00.250Z'],
      ['epoch_second', '-0.25', '1969-12-31T23:59:59.750Z'],
      ['epoch_second', '1773144000.2507', '2026-03-10T12:00:00.250Z'],
      ['epoch_second', '1773144000.123456789', '2026-03-10T12:00:00.123Z'],
      ['epoch_millis', 1773144000000, at],
      ['epoch_millis', '1773144000000.9999', at],
      ['epoch_millis', '-1', '1969-12-31T23:59:59.999Z'],
      ['epoch_millis', '1773144000000.7', at],
      ['strict_date_optional_time||epoch_second', 1773144000, at],
      ['strict_date_optional_time||epoch_second', '2026-03-10T12:00:00Z', at],
      ['epoch_second||strict_date_optional_time', '2026-03-10', day],
      ['strict_date_optional_time', '2026-03-10T13:00:00+01:00', at],
      ['basic_date', '20260310', day],
      ['basic_date', 20260310, day],
      ['basic_date_time', '20260310T120000.000Z', at],
      ['basic_date_time_no_millis', '20260310T130000+0100', at],
      ['strict_date_time', '2026-03-10T12:00:00.000000Z', at],
      ['date_hour_minute', '2026-03-10T12:00', at],
      ['week_date', '2026-W11-2', day],
      ['ordinal_date', '2026-069', day],
      ['yyyy/MM/dd HH:mm:ss', '2026/03/10 12:00:00', at],
      ['yyyy-MM-dd HH:mm:ss.SSS||yyyy-MM-dd', '2026-03-10 12:00:00.250', '2026-03-10T12:00:00.250Z'],
      ['yyyy-MM-dd HH:mm:ss.SSS||yyyy-MM-dd', '2026-03-10', day],
      ['dd/MMM/yyyy:HH:mm:ss Z', '10/Mar/2026:13:00:00 +0100', at],
      ["yyyy-MM-dd'T'HH:mm:ssXXX", '2026-03-10T13:00:00+01:00', at],
    ];
    const server = await startServer();
    for (const [format, value, date] of cases) {
      const found = await valuesOf(
        server,
        { d: { type: 'date', format } },
        [{ d: value }, { d: [value, value] }],
        ['d'],
      );
      expect.soft([format, value, found]).toEqual([format, value, [[date], [[date, date]]]]);
    }
  });

  it('refuses dates that are not in the format', async () => {
    const cases: readonly (readonly [format: string, value: unknown])[] = [
      ['epoch_second', at],
      ['epoch_millis', '2026-03-10'],
      ['strict_date_optional_time', 1773144000000],
      ['basic_date', '2026-03-10'],
      ['yyyy/MM/dd', '2026/13/10'],
      ['yyyy/MM/dd', '2026/3/10'],
    ];
    const server = await startServer();
    const refused = expect.stringContaining('failed to parse field [d] of type [date]');
    for (const [format, value] of cases) {
      const found = await valuesOf(server, { d: { type: 'date', format } }, [{ d: value }], ['d']);
      expect.soft([format, value, found]).toEqual([format, value, [[], [refused]]]);
    }
  });

  it('keeps nanoseconds where the format has them', async () => {
    const nanos = (format: string) => ({ type: 'date_nanos', format });
    const properties = { a: nanos('epoch_second'), b: nanos('epoch_millis'), c: nanos('yyyy-MM-dd HH:mm:ss') };
    const document = { a: '1773144000.123456789', b: 1773144000000.25, c: '2026-03-10 12:00:00' };
    const values = ['2026-03-10T12:00:00.123456789Z', '2026-03-10T12:00:00.00025Z', '2026-03-10T12:00:00.000Z'];
    expect(await valuesOf(await startServer(), properties, [document], ['a', 'b', 'c'])).toEqual([values]);
  });

  it('refuses dates that nanoseconds do not reach', async () => {
    const formats = [undefined, 'epoch_millis', 'yyyy-MM-dd', "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSX"];
    const values = [
      '2262-04-11T23:47:16.854775807Z',
      '9223372036854.775807',
      '2300-01-01',
      '2262-04-12T00:00:00.000000000Z',
    ];
    for (const [i, format] of formats.entries()) {
      const property = { type: 'date_nanos', ...(format !== undefined && { format }) };
      const found = await valuesOf(await startServer(), { d: property }, [{ d: values[i] }], ['d']);
      expect
        .soft([values[i], found])
        .toEqual([values[i], [[], [expect.stringContaining('failed to parse field [d]')]]]);
    }
  });

  it('refuses a format that is none', async () => {
    const reason = await valuesOf(await startServer(), { d: { type: 'date', format: 'yyyy-bb' } }, [], ['d']);
    expect(reason).toContain('Invalid format: [yyyy-bb]: Unknown pattern letter: b');
  });
});

it('reads null as the null_value of a field', async () => {
  const properties = {
    k: { type: 'keyword', null_value: 'none' },
    n: { type: 'long', null_value: -1 },
    b: { type: 'boolean', null_value: true },
    d: { type: 'date', format: 'epoch_second', null_value: '0' },
    i: { type: 'ip', null_value: '::' },
    o: { properties: { x: { type: 'integer', null_value: 7 } } },
    p: { type: 'keyword' },
  };
  const documents = [
    { k: null, n: null, b: null, d: null, i: null, o: { x: null }, p: null },
    { k: ['a', null], n: [null, 5], b: [], d: [], i: [], 'o.x': [[null]] },
    { k: 'null', n: 5 },
    {},
  ];
  expect(await valuesOf(await startServer(), properties, documents, ['k', 'n', 'b', 'd', 'i', 'o.x', 'p'])).toEqual([
    ['none', -1, true, '1970-01-01T00:00:00.000Z', '::', 7, null],
    [['a', 'none'], [-1, 5], null, null, null, 7, null],
    ['null', 5, null, null, null, null, null],
    [null, null, null, null, null, null, null],
  ]);
});

it('shows texts below a keyword that is longer than the keyword may be', async () => {
  const below = {
    t: { type: 'text' },
    m: { type: 'match_only_text' },
    k: { type: 'keyword' },
    s: { type: 'keyword', ignore_above: 3 },
  };
  const properties = {
    a: { type: 'keyword', ignore_above: 5, fields: below },
    w: { type: 'wildcard', ignore_above: 5, fields: below },
    l: { type: 'keyword', ignore_above: 5, normalizer: 'lowercase', fields: below },
  };
  const documents = [
    { a: 'Abcdef', w: 'Abcdef', l: 'Abcdef' },
    { a: ['Abcdef', 'B'], w: ['Abcdef', 'B'], l: ['Abcdef', 'B'] },
  ];
  const fields = ['a', 'w', 'l'].flatMap((name) => [name, ...Object.keys(below).map((sub) => `${name}.${sub}`)]);
  const long = 'Abcdef';
  const both = ['Abcdef', 'B'];
  expect(await valuesOf(await startServer(), properties, documents, fields)).toEqual([
    [null, long, long, long, null, null, long, long, long, null, null, long, long, long, null],
    ['B', both, both, both, 'B', 'B', both, both, both, 'B', 'b', both, both, both, 'B'],
  ]);
});

it('shows values below a field of another family, where they fit', async () => {
  const below = {
    ...{ ip: { type: 'ip' }, n: { type: 'long' }, b: { type: 'boolean' }, v: { type: 'version' } },
    ...{ d: { type: 'date' }, s: { type: 'date', format: 'epoch_second' } },
  };
  const properties = { k: { type: 'keyword', fields: below }, n: { type: 'long', fields: { s: below.s } } };
  const documents = [
    { k: '10.0.0.1', n: 0 },
    { k: ['7', 'true', '2026-03-10'], n: [60, 0] },
  ];
  const fields = [...Object.keys(below).map((sub) => `k.${sub}`), 'n.s'];
  const [epoch, minute] = ['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z'];
  expect(await valuesOf(await startServer(), properties, documents, fields)).toEqual([
    ['10.0.0.1', null, null, '10.0.0.1', null, null, epoch],
    [
      null,
      7,
      true,
      ['2026-03-10', '7', 'true'],
      ['1970-01-01T00:00:00.007Z', day],
      '1970-01-01T00:00:07.000Z',
      [epoch, minute],
    ],
  ]);
});
