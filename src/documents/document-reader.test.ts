import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newPath, pieceOf, type Row, readDocuments, rowsOf, valuesOf } from '../../tests/support/read-documents.ts';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import type { Bytes } from './bytes.ts';
import { columnOf, ownColumns } from './columns.ts';
import { filledInAny, kindsInAny, type Piece } from './document-reader.ts';
import { readHere } from './documents.ts';
import type { KnownNames, WantedField } from './names.ts';

const folder = temporaryFolder();

const fields: readonly WantedField[] = [
  { name: 'a.text', form: 'text', order: 'sortedOnce', longest: 12 },
  { name: 'a.b.whole', form: 'whole', order: 'sorted', least: -1000, most: 1000 },
  { name: 'a.decimal', form: 'decimal', order: 'sorted' },
  { name: 'flag', form: 'boolean', order: 'sorted' },
  { name: 'time.at', form: 'date', order: 'sorted' },
  { name: 'time.nanos', form: 'dateNanos', order: 'sorted' },
  { name: 'ip', form: 'address', order: 'sortedOnce' },
  { name: 'message', form: 'text', order: 'asTheyCome' },
  { name: 'long', form: 'whole', order: 'sorted' },
  { name: 'closed', form: 'text', order: 'asTheyCome', refusesObjects: true },
  { name: 'other', form: 'json', order: 'asTheyCome', takesObjects: true },
];
const names: KnownNames = {
  fields,
  objects: ['empty', 'a'],
  opaque: ['opaque'],
  open: ['loose', 'a.b'],
  strict: ['strict'],
  unknown: 'discover',
  duplicates: 'refuse',
  hits: false,
};

/** The value of a typed field in a row. */
const column = (row: Row, name: string, part: 'single' | 'list' | 'rest'): unknown =>
  row.get(columnOf(name, part)) ?? null;

describe('values in their common form', () => {
  it.each<[string, string, unknown]>([
    ['a.text', '{"a":{"text":"x"}}', 'x'],
    ['a.text', '{"a.text":"x"}', 'x'],
    ['a.text', ' { "a" : { "text" : "x" } } ', 'x'],
    ['a.text', '{"\\u0061":{"te\\u0078t":"\\u00e9\\ud83d\\ude00\\n\\"\\/"}}', 'é😀\n"/'],
    ['a.text', '{"a":{"text":"\\ud800"}}', '\ufffd'],
    ['a.text', '{"a":{"text":"x\\udc00y"}}', 'x\ufffdy'],
    ['a.text', '{"a":{"text":"\\uDBFF\\ud83d\\uDE00"}}', '\ufffd😀'],
    ['a.text', '{"a":{"text":"\\ud83d\\n\\ud83dx"}}', '\ufffd\n\ufffdx'],
    ['a.text', '{"a":{"text":"\\ude00\\ud83d"}}', '\ufffd\ufffd'],
    ['a.text', '{"a":{"text":"\\ud83d\\u0041"}}', '\ufffdA'],
    ['a.text', '{"a":{"text":""}}', ''],
    ['a.text', '{"a":{"text":["x","x"]}}', 'x'],
    ['a.text', '{"a":[{"text":"x"},{"text":null},{}]}', 'x'],
    ['a.text', '{"a":{"text":[["x"]]}}', 'x'],
    ['a.text', '{"a":{"text":12}}', '12'],
    ['a.text', '{"a":{"text":1.10}}', '1.10'],
    ['a.text', '{"a":{"text":true}}', 'true'],
    ['a.text', '{"a":{"text":null}}', null],
    ['a.text', '{"a":{"text":[]}}', null],
    ['a.b.whole', '{"a.b":{"whole":-7}}', '-7'],
    ['a.b.whole', '{"a":{"b.whole":1000}}', '1000'],
    ['long', '{"long":9223372036854775807}', '9223372036854775807'],
    ['long', '{"long":-9223372036854775808}', '-9223372036854775808'],
    ['a.decimal', '{"a":{"decimal":0.1}}', 0.1],
    ['a.decimal', '{"a":{"decimal":-12.5e3}}', -12500],
    ['a.decimal', '{"a":{"decimal":123456789012345e-22}}', 123456789012345e-22],
    ['flag', '{"flag":false}', false],
    ['time.at', '{"time":{"at":"2024-02-29T23:59:59.9999999Z"}}', '2024-02-29 23:59:59.999'],
    ['time.at', '{"time":{"at":"1969-12-31T23:59:59Z"}}', '1969-12-31 23:59:59'],
    ['time.nanos', '{"time":{"nanos":"2024-02-29T23:59:59.123456789Z"}}', '2024-02-29 23:59:59.123456789'],
    ['ip', '{"ip":"10.0.0.1"}', '281470849515521'],
    ['ip', '{"ip":"::ffff:a00:1"}', '281470849515521'],
    ['ip', '{"ip":"FE80::1"}', '338288524927261089654018896841347694593'],
    ['ip', '{"ip":"::"}', '0'],
    ['ip', '{"ip":"1:2:3:4:5:6:7:8"}', '5192455318486707404433266433261576'],
    ['ip', '{"ip":"1:2:3:4:5:6::"}', '5192455318486707404433266432802816'],
  ])('%s of %s', async (name, line, value) => {
    const { rows, result } = await readDocuments([line], names);
    expect([...result.unread]).toEqual([]);
    expect(column(rows[0]!, name, 'single')).toEqual(value);
    expect(column(rows[0]!, name, 'rest')).toBeNull();
    expect(rows[0]!.get(ownColumns.doubtful) ?? null).toBeNull();
  });

  it.each<[string, string, unknown[]]>([
    ['a.text', '{"a":[{"text":["b","a"]},{"text":"b"}]}', ['a', 'b']],
    ['a.text', '{"a":[{"text":[1,["y"]]},{"text":true}]}', ['1', 'true', 'y']],
    ['message', '{"message":["b","a","b"]}', ['b', 'a', 'b']],
    ['a.b.whole', '{"a":{"b":{"whole":[3,[-1],3]}}}', ['-1', '3', '3']],
    ['ip', '{"ip":["10.0.0.2","::1","10.0.0.1","0:0:0:0:0:0:0:1"]}', ['1', '281470849515521', '281470849515522']],
  ])('several of %s in %s', async (name, line, values) => {
    const { rows } = await readDocuments([line], names);
    expect(column(rows[0]!, name, 'list')).toEqual(values);
    expect(column(rows[0]!, name, 'single')).toBeNull();
  });
});

it('keeps a document with half of a pair of characters as one that all can read', async () => {
  const { rows, result } = await readDocuments(['{"other":{"\\ud800":["\\udfff"]},"\\udc00":1}'], names);
  expect([...result.unread]).toEqual([]);
  expect(column(rows[0]!, 'other', 'rest')).toEqual(['{"\\ufffd":["\\ufffd"]}']);
  expect(rows[0]!.get(ownColumns.doubtful)).toBe('{"other":{"\\ufffd":["\\ufffd"]},"\\ufffd":1}');
  expect(valuesOf(rows[0]!, result).map(([name]) => name)).toEqual(['\ufffd']);
});

it('does not take quotes in texts and keys for their ends', async () => {
  const known: KnownNames = { ...names, fields: [{ name: 'x', form: 'text', order: 'asTheyCome' }] };
  const lines = [
    '{"x":"a\\",\\"b","y":"a\\",\\"b"}',
    '{"x":["a","b"],"y":["a","b"]}',
    '{"k\\":1,\\"l":2}',
    '{"k":1,"l":2}',
    '{"k\\":1,\\"l":2}',
  ];
  const { rows, result } = await readDocuments(lines, known);
  expect(rows.slice(0, 2).map((row) => [column(row, 'x', 'single'), column(row, 'x', 'list')])).toEqual([
    ['a","b', null],
    [null, ['a', 'b']],
  ]);
  expect(rows.map((row) => valuesOf(row, result).map(([name, , text]) => `${name}=${text}`))).toEqual([
    ['y=a","b'],
    ['y=a', 'y=b'],
    ['k":1,"l=2'],
    ['k=1', 'l=2'],
    ['k":1,"l=2'],
  ]);
});

describe('values in another form', () => {
  it.each<[string, string, string[]]>([
    ['a.text', '{"a":{"text":"more than twelve"}}', ['more than twelve']],
    ['a.text', '{"a":{"text":1234567890123}}', ['1234567890123']],
    [
      'a.text',
      '{"a":[{"text":"x"},{"text":[1,["\\u0079"]]},{"text":"more than twelve"}]}',
      ['x', '1', 'y', 'more than twelve'],
    ],
    ['a.b.whole', '{"a":{"b":{"whole":1001}}}', ['1001']],
    ['a.b.whole', '{"a":{"b":{"whole":1.0}}}', ['1.0']],
    ['long', '{"long":["7",8,null,false,{"x":1}]}', ['7', '8', 'false']],
    ['long', '{"long":9223372036854775808}', ['9223372036854775808']],
    ['long', '{"long":-9223372036854775809}', ['-9223372036854775809']],
    ['long', '{"long":18446744073709551616}', ['18446744073709551616']],
    ['a.decimal', '{"a":{"decimal":0.12345678901234567}}', ['0.12345678901234567']],
    ['a.decimal', '{"a":{"decimal":1e300}}', ['1e300']],
    ['flag', '{"flag":"true"}', ['true']],
    ['time.at', '{"time":{"at":"2023-02-29T00:00:00Z"}}', ['2023-02-29T00:00:00Z']],
    ['time.at', '{"time":{"at":"2024-01-01T24:00:00Z"}}', ['2024-01-01T24:00:00Z']],
    ['time.at', '{"time":{"at":"2024-01-01T00:00:00.Z"}}', ['2024-01-01T00:00:00.Z']],
    ['time.at', '{"time":{"at":1700000000000}}', ['1700000000000']],
    ['ip', '{"ip":"10.0.0.256"}', ['10.0.0.256']],
    ['ip', '{"ip":"10.0.0.01"}', ['10.0.0.01']],
    ['ip', '{"ip":"1::2::3"}', ['1::2::3']],
    ['ip', '{"ip":"1:2:3:4:5:6:7:8:9"}', ['1:2:3:4:5:6:7:8:9']],
    ['ip', '{"ip":"1:2:3:4:5:6:7:8::"}', ['1:2:3:4:5:6:7:8::']],
    ['ip', '{"ip":":1"}', [':1']],
    ['other', '{"other":{"lat":1, "lon":[2]}}', ['{"lat":1, "lon":[2]}']],
    ['other', '{"other":[1,2]}', ['[1,2]']],
    ['other', '{"other":"x"}', ['"x"']],
  ])('%s of %s comes as texts, with its document', async (name, line, values) => {
    const { rows, result } = await readDocuments([line], names);
    expect([...result.unread]).toEqual([]);
    expect(column(rows[0]!, name, 'rest')).toEqual(values);
    expect(column(rows[0]!, name, 'single')).toBeNull();
    expect(rows[0]!.get(ownColumns.doubtful)).toBe(line);
    const { rest, restHasLists } = result.fields[fields.findIndex((field) => field.name === name)]!;
    expect([rest, restHasLists]).toEqual([true, values.length > 1 || values[0]!.startsWith('[')]);
  });
});

it.each([
  '',
  '[]',
  '{"a":{"text":"x"}',
  '{"a":{"text":"x"}}x',
  '{"a":1}',
  '{"a":[{},1]}',
  '{"empty":"x"}',
  '{"closed":{"x":1}}',
  '{"closed":["x",{}]}',
  '{"closed.x":1}',
  '{"strict":{"x":1}}',
  '{"strict":{"x":{"y":[1]}}}',
  '{"strict.x":1}',
  '{"flag":true,"flag":true}',
  '{"a":{},"a":{}}',
  '{"x":{"y":1,"y":1}}',
  '{"":null}',
  '{"x":{" ":1}}',
  '{"x..y":1}',
  '{"message":"\\ud80"}',
  '{"message":"\\ud800\\u00"}',
  '{"message":"tab\t"}',
  '{"flag":tru}',
  '{"x":1.}',
  '{"a":{"b":{"whole":01}}}',
  `{"message":${'['.repeat(300)}${']'.repeat(300)}}`,
])('is not read: %s', async (line) => {
  const { rows, result } = await readDocuments(['{"flag":true}', line, '{"flag":true}'], names);
  expect([...result.unread]).toEqual([1]);
  expect(rows.map((row) => row.get(ownColumns.n))).toEqual(['0', '2']);
});

it.each([
  '{"closed.x":null}',
  '{"closed":null}',
  '{"strict":{"x":null,"y":[[],{"z":null}]},"strict.z":[]}',
  '{"strict":[],"empty":[null],"a":[{}]}',
])('is read, for it has no value that may not be there: %s', async (line) => {
  const { result } = await readDocuments([line], names);
  expect([result.rows, result.unread.length, result.kinds.size]).toEqual([1, 0, 0]);
});

it('reads documents to one depth, whether or not anything in them is looked into', async () => {
  const nested = (depth: number, open: string, close: string): string =>
    `{"x":${open.repeat(depth)}1${close.repeat(depth)}}`;
  const skip: KnownNames = { ...names, unknown: 'skip' };
  const opaque: KnownNames = { ...names, opaque: ['x'] };
  const [fits, tooDeep] = [199, 200].map((depth) => [nested(depth, '[', ']'), nested(depth, '{"y":', '}')]);
  for (const known of [names, skip, opaque, { ...names, strict: [''] }]) {
    expect([...(await readDocuments(tooDeep!, known)).result.unread]).toEqual([0, 1]);
    if (!known.strict?.includes('')) expect((await readDocuments(fits!, known)).result.unread.length).toBe(0);
  }
});

it('keeps documents with parts that are not looked into', async () => {
  const lines = [
    '{"opaque":{"x":1}}',
    '{"loose":{"x":[1,{"y":2}]}}',
    '{"a":{"b":{"x":1}}}',
    '{"opaque":null,"empty":{}}',
    '{"flag":true,"found":1}',
  ];
  const { rows, result } = await readDocuments(lines, names);
  expect([...result.unread]).toEqual([]);
  expect(rows.map((row) => row.get(ownColumns.kept))).toEqual([...lines.slice(0, 3), null, null]);
});

it('passes over what is unknown, and over objects and scalars where the other is known', async () => {
  const skip: KnownNames = { ...names, objects: [], open: [], strict: [], unknown: 'skip', duplicates: 'first' };
  const lines = [
    '{"flag":[true,{"x":1}]}',
    '{"a":[1,{"text":"x"},{"text":{"y":1}}]}',
    '{"flag":{"":1},"x":2}',
    '{"":1}',
  ];
  const { rows, result } = await readDocuments(lines, skip);
  expect([...result.unread]).toEqual([]);
  expect(result.kinds.size).toBe(0);
  expect(rows.map((row) => [column(row, 'flag', 'single'), column(row, 'a.text', 'single')])).toEqual([
    [true, null],
    [null, 'x'],
    [null, null],
    [null, null],
  ]);
  expect(rows.map((row) => row.get(ownColumns.kept))).toEqual(lines);
});

it('treats unknown members as the objects around them say', async () => {
  const known: KnownNames = {
    ...names,
    fields: ['x.a.b', 'y.a.b', 'z'].map((name) => ({ name, form: 'text', order: 'asTheyCome' })),
    objects: ['y.a'],
    open: ['x', 'y'],
    strict: [''],
  };
  const lines = [
    '{"x":{"a":{"c":1}}}',
    '{"x.a.c":1}',
    '{"y":{"a":{"c":1},"c":2}}',
    '{"z":{"a":1}}',
    '{"x":{"a":1}}',
    '{"y":{"a":1}}',
    '{"x":1}',
  ];
  const { rows, result } = await readDocuments(lines, known);
  expect([...result.unread]).toEqual([3, 5, 6]);
  expect([...result.kinds.keys()]).toEqual(['y.a.c']);
  expect(rows.map((row) => row.get(ownColumns.kept) !== null)).toEqual([true, true, true, true]);
});

it('passes over what does not matter', async () => {
  const { rows, result } = await readDocuments(['{"flag":true,"skip":{"x":[1]},"a":{"skip":2}}'], {
    ...names,
    ignored: ['skip', 'a.skip'],
  });
  expect([...rows[0]!]).toEqual([
    [ownColumns.n, '0'],
    ['flag', true],
  ]);
  expect(result.kinds.size).toBe(0);
});

it('does not read what is no UTF-8', async () => {
  const bad = Buffer.from([...Buffer.from('{"message":"'), 0xc3, ...Buffer.from('"}')]);
  expect([...(await readDocuments(['{"message":"ä"}', bad], names)).result.unread]).toEqual([1]);
});

describe('a member that stands twice', () => {
  const first: KnownNames = { ...names, duplicates: 'first' };

  it.each<[string, string, unknown]>([
    ['flag', '{"flag":true,"flag":false}', true],
    ['flag', '{"flag":true,"fl\\u0061g":{"x":1}}', true],
    ['flag', '{"flag":null,"flag":true}', null],
    ['a.text', '{"a":{"text":"x"},"a":{"text":"y"}}', 'x'],
    ['a.text', '{"a":{"text":"x","text":"y"}}', 'x'],
  ])('counts once, and is reported: %s of %s', async (name, line, value) => {
    const { rows, result } = await readDocuments([line, '{"a.text":"x","a":{"text":"x"}}'], first);
    expect([[...result.unread], [...result.duplicates]]).toEqual([[], [0]]);
    expect(column(rows[0]!, name, 'single')).toEqual(value);
  });

  it('is noticed among very many', async () => {
    const keys = Array.from({ length: 70_000 }, (_, n) => `"k${n}":${n % 2 ? 1 : '{"n":1}'}`);
    const line = (members: readonly string[]): string => `{${members.join(',')}}`;
    const lines = [line(keys), line([...keys, '"k69999":2']), line(keys), line(['"k69000":{}', ...keys])];
    const check = (known: KnownNames) => readHere({ piece: pieceOf(lines), names: known, path: newPath() });
    for (const unknown of ['discover', 'skip'] as const) {
      const known: KnownNames = { ...names, fields: [], unknown, mostColumns: 10 };
      expect([...check(known).unread]).toEqual([1, 3]);
      const { unread, duplicates } = check({ ...known, duplicates: 'first' });
      expect([[...unread], [...duplicates]]).toEqual([[], [1, 3]]);
    }
  });
});

describe('hits', () => {
  const hits: KnownNames = { ...names, fields: [], objects: [], open: [], strict: [], duplicates: 'first', hits: true };

  it.each<[string, string | null, string | null, string[], string]>([
    ['{"_index":"i","_id":"1","_source":{"x":1}}', 'i', '1', ['x=1'], '{"x":1}'],
    ['{"_source":{"x":1},"_id":"\\u0031","_index":"i"}', 'i', '1', ['x=1'], '{"x":1}'],
    ['{"sort":[1],"_score":null,"_source": {"x":1} }', null, null, ['x=1'], '{"x":1}'],
    ['{"_index":"i","_id":"1","fields":{"x":[1,2]}}', 'i', '1', ['x=1', 'x=2'], '{"x":[1,2]}'],
    ['{"fields":{"x":[1]},"_id":"1"}', null, '1', ['x=1'], '{"x":[1]}'],
    ['{"fields":{"y":[1]},"_id":"1","_source":{"x":1}}', null, '1', ['x=1'], '{"x":1}'],
    ['{"_index":"i","_source":{},"fields":{"x":[1,2]}}', 'i', null, ['x=1', 'x=2'], '{"x":[1,2]}'],
    ['{"fields":{"x":[1]},"_source": { } }', null, null, ['x=1'], '{"x":[1]}'],
    ['{"_index":"i","_id":"1","_version":3,"found":true,"_source":{"x":1}}', 'i', '1', ['x=1'], '{"x":1}'],
    ['{"_index":"main","_source":{"x":1},"user":"a"}', 'main', null, ['_source.x=1', 'user=a'], ''],
    ['{"_source":{"x":1},"a":{"b":[1]},"fields":{"y":[2]}}', null, null, ['_source.x=1', 'a.b=1', 'fields.y=2'], ''],
    ['{"x":1,"_index":"i","_id":"1"}', 'i', '1', ['x=1'], ''],
    ['{"x":1,"_index":{"y":2},"_id":null}', null, null, ['_index.y=2', 'x=1'], ''],
    ['{"fields":{"x":1}}', null, null, ['fields.x=1'], ''],
    ['{"_source":null,"_index":"i","fields":3}', 'i', null, ['fields=3'], ''],
    ['{"_source.x":1,"a":{"_index":"i"}}', null, null, ['_source.x=1', 'a._index=i'], ''],
    ['{"_source":{}}', null, null, [], '{}'],
  ])('%s', async (line, index, id, values, kept) => {
    const { rows, result } = await readDocuments([line], hits, 'all');
    const row = rows[0]!;
    expect([...result.unread, ...result.duplicates]).toEqual([]);
    expect([row.get(ownColumns.hitIndex) ?? null, row.get(ownColumns.hitId) ?? null]).toEqual([index, id]);
    expect([result.hasHitIndex, result.hasHitId]).toEqual([index !== null, id !== null]);
    expect(
      valuesOf(row, result)
        .map(([name, , text]) => `${name}=${text}`)
        .sort(),
    ).toEqual(values);
    expect(row.get(ownColumns.kept)).toBe(kept === '' ? line : kept);
  });

  it.each([
    ['{"_source":"y","x":1}', 'x=1'],
    ['{"x":1,"_version":3}', 'x=1'],
    ['{"x":1,"_score":[1.5]}', 'x=1'],
    ['{"x":1,"_ignored":"y","_index_mode":"z"}', 'x=1'],
    ['{"_id":7,"x":1}', 'x=1'],
    ['{"_source":{"x":1,"_id":"7"}}', 'x=1'],
    ['{"_index":"i","_source":{"_index":"j","_id":{"y":2},"_version":{"x":1}}}', '_id.y=2 _version.x=1'],
  ])('report metadata that queries would not find: %s', async (line, values) => {
    const { rows, result } = await readDocuments([line], hits);
    expect(
      valuesOf(rows[0]!, result)
        .map(([name, , text]) => `${name}=${text}`)
        .join(' '),
    ).toBe(values);
    expect([...result.duplicates]).toEqual([0]);
  });

  it('may not have metadata in requests', async () => {
    const lines = [
      ...['_id', '_index', '_source', '_routing', '_version', '_seq_no', '_ignored', '_field_names', '_tsid'].flatMap(
        (name) => [`{"x":1,"${name}":null}`, `{"${name}.y":1}`, `{"${name}":{"y":1}}`],
      ),
      ...['{"_doc_count":1}', '{"_type":"x"}', '{"_score":1}', '{"_idx":1}', '{"a":{"_id":1}}', '{"a._id":1}'],
    ];
    const { result } = await readDocuments(lines, { ...hits, hits: false, duplicates: 'refuse' });
    expect([...result.unread]).toEqual([...Array(27).keys()]);
  });

  it('are documents like any others where they are not looked for', async () => {
    const { rows, result } = await readDocuments(['{"_index":"i","_source":{"x":1}}'], { ...hits, hits: false });
    expect(valuesOf(rows[0]!, result)).toEqual([
      ['_index', 'text', 'i'],
      ['_source.x', 'whole', '1'],
    ]);
  });

  it.each<[string, 'unread' | 'duplicates']>([
    ['{"_source":{"x":1},"_source":{"x":2}}', 'duplicates'],
    ['{"_id":"1","_id":"2","x":1}', 'duplicates'],
    ['{"_source":{"x":1,"x":2}}', 'duplicates'],
    ['{"_source":{"x":1}', 'unread'],
    ['{"_source":{"x":1},"sort":tru}', 'unread'],
    ['{"_index":"i","fields":{"x":1}}}', 'unread'],
  ])('are checked like any document: %s', async (line, list) => {
    const { result } = await readDocuments([line], hits);
    expect([[...result.unread], [...result.duplicates]]).toEqual(list === 'unread' ? [[0], []] : [[], [0]]);
    const refusing = (await readDocuments([line], { ...hits, duplicates: 'refuse' })).result;
    expect([...refusing.unread]).toEqual([0]);
  });

  it('have the values of their documents', async () => {
    const inner = fc.dictionary(fc.constantFrom('x', 'y', 'x.y', 'fields'), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(inner, { minLength: 1, maxLength: 5 }), fc.nat(3), async (documents, shape) => {
        const plain = documents.map((document) => JSON.stringify(document));
        const wrapped = plain.map(
          (text) =>
            [
              `{"_index":"i","_source":${text}}`,
              `{"highlight":{"b":[1]},"_source":${text},"_id":"1"}`,
              `{"fields":${text},"_id":"1"}`,
              `{"_score":1,"_source":${text}}`,
            ][shape]!,
        );
        const [as, within] = [await readDocuments(plain, hits), await readDocuments(wrapped, hits)];
        expect(within.result.kinds).toEqual(as.result.kinds);
        expect(within.rows.map((row) => valuesOf(row, within.result))).toEqual(
          as.rows.map((row) => valuesOf(row, as.result)),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('what looks like a wrapper', () => {
  it.each<[string, boolean]>([
    ['{"Records":[{"x":1}]}', true],
    ['{"records": [ {"x":1}]}', true],
    ['{"x":1,"value":[{}]}', true],
    ['{"events":[1,{"x":1}]}', false],
    ['{"columns":[{"name":"x"}],"values":[[1]]}', true],
    ['{"index":{"_index":"i"}}', true],
    ['{"hits":{"hits":[]}}', true],
    ['{"hits":[{}]}', true],
    ['{"hits":[1]}', false],
    ['{"items":{}}', false],
    ['{"delete":null}', false],
    ['{"a":{"records":[{"x":1}]}}', false],
    ['{"rawResponse":{}}', true],
    ['{"records":[]}', false],
  ])('%s: %s', async (line, isSuspect) => {
    const { result } = await readDocuments(['{"x":1}', line], { ...names, strict: [] });
    expect([...result.suspects]).toEqual(isSuspect ? [1] : []);
    expect(result.rows).toBe(2);
  });

  it('is reported for the first documents only', async () => {
    const { result } = await readDocuments(Array(80).fill('{"logs":[{}]}'), names);
    expect([...result.suspects]).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });
});

describe('as JavaScript reads it', () => {
  it('takes nothing for JSON that is none', () => {
    const anything: KnownNames = { ...names, fields: [], objects: [], opaque: [], strict: [], duplicates: 'first' };
    const text = fc
      .json()
      .chain((json) => fc.tuple(fc.constant(json), fc.nat(json.length), fc.string({ maxLength: 2 }), fc.nat(2)));
    fc.assert(
      fc.property(text, fc.boolean(), ([json, at, put, cut], isSkipped) => {
        const line = `{"x":${json.slice(0, at)}${put}${json.slice(at + cut)}}`;
        let isJson = true;
        try {
          JSON.parse(line);
        } catch {
          isJson = false;
        }
        const known: KnownNames = isSkipped ? { ...anything, open: [''] } : anything;
        const piece = pieceOf([line.replaceAll('\n', ' ')]);
        const unread = [...readHere({ piece, names: known, path: newPath() }).unread];
        if (!isJson) expect(unread).toEqual([0]);
        else if (!line.includes('\\ud')) expect(unread).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

it('holds many different texts, long ones and numbers at their limits', async () => {
  const lines = Array.from({ length: 70_000 }, (_, n) => JSON.stringify({ message: `text ${n}`, 'a.decimal': n / 8 }));
  lines.push(JSON.stringify({ message: 'x'.repeat(3_000_000) }));
  const { rows, result } = await readDocuments(lines, names);
  expect([...result.unread]).toEqual([]);
  expect(rows.length).toBe(70_001);
  expect(column(rows[69_999]!, 'message', 'single')).toBe('text 69999');
  expect(column(rows[69_999]!, 'a.decimal', 'single')).toBe(69_999 / 8);
  expect((column(rows[70_000]!, 'message', 'single') as string).length).toBe(3_000_000);
});

it('reads a document with very many fields, alone and behind many others', async () => {
  const wide = `{${Array.from({ length: 10_000 }, (_, n) => `"f${n}":${n % 3 ? n : `"text ${n}"`}`).join(',')}}`;
  const lines = [...Array<string>(10_000).fill('{"f1":1}'), wide];
  const discover: KnownNames = { ...names, fields: [], strict: [], mostColumns: 50, duplicates: 'first' };
  const { rows, result } = await readDocuments(lines, discover);
  expect(result.kinds.size).toBe(10_000);
  const values = valuesOf(rows.at(-1)!, result);
  expect(values.length).toBe(10_000);
  expect(values[9_999]).toEqual(['f9999', 'text', 'text 9999']);
});

it('joins what is known of the columns of several pieces', () => {
  const none = { single: false, list: false, rest: false, restHasLists: false };
  expect(
    filledInAny([
      { ...none, single: true },
      { ...none, rest: true },
    ]),
  ).toEqual({
    ...none,
    single: true,
    rest: true,
  });
  const nothing = { columns: new Set<never>(), mixed: new Set<never>(), more: new Set<never>(), moreHasLists: false };
  const a = { ...nothing, columns: new Set(['whole'] as const) };
  const b = { ...nothing, more: new Set(['text'] as const), moreHasLists: true };
  expect(
    kindsInAny([
      new Map([['x', a]]),
      new Map([
        ['x', b],
        ['y', b],
      ]),
    ]),
  ).toEqual(
    new Map([
      ['x', { ...a, more: b.more, moreHasLists: true }],
      ['y', b],
    ]),
  );
});

describe('lines that begin in a stretch of bytes', () => {
  /** Lines as JavaScript finds them: where each begins and ends with its line end, and what stands in it. */
  function linesOf(content: Buffer): { begin: number; end: number; line: Buffer }[] {
    const lines: { begin: number; end: number; line: Buffer }[] = [];
    for (let begin = 0; begin < content.length; begin = lines.at(-1)!.end) {
      const at = content.indexOf('\n', begin);
      const end = at < 0 ? content.length : at + 1;
      const [last] = [content.subarray(begin, at < 0 ? end : at)];
      lines.push({ begin, end, line: last.at(-1) === 13 ? last.subarray(0, -1) : last });
    }
    return lines;
  }

  function readLines(bytes: Bytes, from: number, to: number, most: number) {
    const path = newPath();
    const piece: Piece = { bytes, from, to, most, keeps: 'none', together: false, first: 0 };
    return { path, ...readHere({ piece, names, path }) };
  }

  const isEvent = (line: Buffer): boolean => /^\{"flag":(true|false)\}$/.test(line.toString());
  const isBlank = (line: Buffer): boolean => /^[ \t]*$/.test(line.toString());
  const line = fc.constantFrom(
    '{"flag":true}',
    '{"flag":false}',
    '',
    '  \t',
    '\r',
    '{"flag":tru}',
    '{',
    '[]',
    'ä',
    '\xff',
  );
  const content = fc
    .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 30 }), line)
    .map(([lines, last]) => Buffer.from(`${lines.flat().join('')}${last}`, 'latin1'));

  it('are read once, and in order, wherever the stretches begin', () => {
    const file = join(folder, 'lines.ndjson');
    const check = fc.property(content, fc.integer({ min: 1, max: 40 }), fc.boolean(), (bytes, most, isInFile) => {
      const expected = linesOf(bytes);
      if (isInFile) writeFileSync(file, bytes);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const found: unknown[] = [];
        let at = 0;
        for (const [from, to] of [
          [0, cut],
          [cut, bytes.length],
        ] as const) {
          for (let begin = from; ; ) {
            const { lines, unread, rows } = readLines(isInFile ? file : bytes, begin, to, most);
            const own = expected.slice(at, at + lines!.count);
            expect([...unread]).toEqual(own.flatMap(({ line }, n) => (isEvent(line) || isBlank(line) ? [] : [n])));
            expect(rows).toBe(own.filter(({ line }) => isEvent(line)).length);
            if (own.length > 0)
              expect(lines).toEqual({ count: own.length, begin: own[0]!.begin, end: own.at(-1)!.end });
            found.push(...own);
            at += own.length;
            if (own.length < most || lines!.end >= to) break;
            begin = lines!.end;
          }
          expect(found).toEqual(expected.filter(({ begin }) => begin < to));
        }
      }
    });
    fc.assert(check, { numRuns: 60 });
  });

  it('are read whatever their length, and however much is read at once', async () => {
    const messages = Array.from({ length: 5_000 }, (_, n) => `${n} ${'x'.repeat((n * 7919) % 1500)}`);
    messages[2_000] = 'y'.repeat(3_000_000);
    const file = join(folder, 'long.ndjson');
    const lines = messages.map((message) => JSON.stringify({ message }));
    writeFileSync(file, lines.join('\r\n'));
    const bytes = Buffer.byteLength(lines.join('\r\n'));
    for (const step of [100_003, 1 << 20, (1 << 20) + 1, bytes]) {
      const found: unknown[] = [];
      for (let from = 0; from < bytes; from += step) {
        const { path, unread, rows } = readLines(file, from, Math.min(bytes, from + step), 5_000);
        expect([...unread]).toEqual([]);
        if (rows === 0) continue;
        const own = await rowsOf(path);
        expect(own.map((row) => Number(row.get(ownColumns.n)))).toEqual(own.map((_, n) => n));
        found.push(...own.map((row) => column(row, 'message', 'single')));
      }
      expect(found).toEqual(messages);
    }
  });
});

it('writes columns that are known besides, without those of documents that were not read', async () => {
  const path = join(folder, 'beside.parquet');
  const piece = {
    ...pieceOf(['{"flag":true}', '{', '{"flag":false}'], 'all'),
    beside: [
      { name: '_id', values: ['ä', 'b', 'c'] },
      { name: '_version', values: BigInt64Array.from([1n, 2n, -3n]) },
    ],
  };
  readHere({ piece, names, path });
  const rows = await rowsOf(path);
  expect(rows.map((row) => ['_id', '_version', ownColumns.kept].map((name) => row.get(name)))).toEqual([
    ['ä', '1', '{"flag":true}'],
    ['c', '-3', '{"flag":false}'],
  ]);
});

it('puts rows together that have much in common, and each keeps what is its own', async () => {
  const count = 10_000;
  // Random numbers, the same in every run.
  let state = 7;
  const pick = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const lines = Array.from({ length: count }, (_, n) => {
    if (n % 1000 === 999) return '{';
    const document = {
      flag: pick(3) === 0 ? null : pick(2) === 0,
      'a.text': pick(20) === 0 ? null : `text ${pick(9)}`,
      message: `message ${n}`,
      'a.b.whole': pick(4) === 0 ? [n % 7, 900] : n % 900,
      'a.decimal': n / 4,
      'time.at': pick(5) === 0 ? undefined : new Date(n * 1000).toISOString(),
      other: pick(9) === 0 ? { n } : undefined,
      found: pick(3) === 0 ? `found ${n % 15}` : n,
    };
    return JSON.stringify(document);
  });
  const numberOf = (row: Row): number => Number(row.get(ownColumns.n));
  const [asTheyCame, together] = await Promise.all(
    [false, true].map(async (isTogether) => {
      const path = join(folder, `together-${isTogether}.parquet`);
      const beside = [{ name: '_id', values: lines.map((_, n) => `id ${n}`) }];
      readHere({ piece: { ...pieceOf(lines, 'all'), together: isTogether, beside }, names, path });
      return rowsOf(path);
    }),
  );
  expect(together!.length).toBe(count - 10);
  expect(together!.toSorted((a, b) => numberOf(a) - numberOf(b))).toEqual(asTheyCame);
  // The fewest runs that there may be: flags are one of three, and texts one of ten within each.
  const runs = (name: string): number =>
    together!.filter((row, i) => i === 0 || column(row, name, 'single') !== column(together![i - 1]!, name, 'single'))
      .length;
  expect([runs('flag'), runs('a.text')]).toEqual([3, 30]);
  // Rows alike in all stay in the order of their documents.
  const alike = together!.filter(
    (row) =>
      column(row, 'flag', 'single') &&
      column(row, 'a.text', 'single') === 'text 3' &&
      row.get(columnOf('found', 'text')) === 'found 3',
  );
  expect(alike.map(numberOf)).toEqual(alike.map(numberOf).sort((a, b) => a - b));
});
