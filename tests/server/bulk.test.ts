import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chance } from '../differential/pipelines.ts';
import { bulk, startServer, type TestServer } from './support.ts';

const index = (id?: string): unknown => ({ index: { _index: 'posts', ...(id !== undefined && { _id: id }) } });
const create = (id: string): unknown => ({ create: { _index: 'posts', _id: id } });

/** The statuses of the items, with the error's type where there is one. */
const outcome = (json: {
  items: Record<string, { status: number; result?: string; error?: { type: string } }>[];
}): string[] =>
  json.items.map((item) => {
    const [action, { status, result, error }] = Object.entries(item)[0]!;
    return `${action} ${status} ${result ?? error!.type}`;
  });

async function rows(server: TestServer, query: string): Promise<unknown[][]> {
  const { json } = await server.send('POST', '/_query', { query });
  return json.values;
}

describe('items', () => {
  it.each<[string, unknown[], string[]]>([
    ['a new document', [index('1'), { a: 1 }], ['index 201 created']],
    [
      'the same id again replaces it',
      [index('1'), { a: 1 }, index('1'), { a: 2 }],
      ['index 201 created', 'index 200 updated'],
    ],
    [
      'the last that fits is what stays, whatever was refused before and between',
      [
        index('1'),
        { n: 1 },
        index('2'),
        'no object',
        index('2'),
        { n: 2 },
        index('2'),
        ['no object'],
        index('2'),
        { n: 3 },
      ],
      [
        'index 201 created',
        'index 400 document_parsing_exception',
        'index 201 created',
        'index 400 document_parsing_exception',
        'index 200 updated',
      ],
    ],
    [
      'create refuses what is there',
      [create('1'), { a: 1 }, create('1'), { a: 2 }],
      ['create 201 created', 'create 409 version_conflict_engine_exception'],
    ],
    [
      'an update merges, and changes nothing twice',
      [
        index('1'),
        { a: 1 },
        { update: { _index: 'posts', _id: '1' } },
        { doc: { b: 2 } },
        { update: { _index: 'posts', _id: '1' } },
        { doc: { b: 2 } },
      ],
      ['index 201 created', 'update 200 updated', 'update 200 noop'],
    ],
    [
      'an update of nothing',
      [index('1'), { a: 1 }, { update: { _index: 'posts', _id: '2' } }, { doc: { b: 2 } }],
      ['index 201 created', 'update 404 document_missing_exception'],
    ],
    [
      'an update that may insert',
      [{ update: { _index: 'posts', _id: '2' } }, { doc: { b: 2 }, doc_as_upsert: true }],
      ['update 201 created'],
    ],
    [
      'a script',
      [{ update: { _index: 'posts', _id: '2' } }, { script: { source: 'x' } }],
      ['update 400 illegal_argument_exception'],
    ],
    [
      'a deletion',
      [index('1'), { a: 1 }, { delete: { _index: 'posts', _id: '1' } }, { delete: { _index: 'posts', _id: '1' } }],
      ['index 201 created', 'delete 200 deleted', 'delete 404 not_found'],
    ],
    [
      'a deletion where no index is',
      [{ delete: { _index: 'posts', _id: '1' } }],
      ['delete 404 index_not_found_exception'],
    ],
    [
      'values of any kind where no mapping says of which',
      [index(), { n: 1 }, index(), { n: 'many' }, index(), { n: 1.9 }, index(), { n: { x: 1 } }, index(), { 'n.x': 1 }],
      Array(5).fill('index 201 created'),
    ],
    [
      'an empty name',
      [index(), { '': 1 }, index(), { 'a..b': 1 }],
      ['index 400 document_parsing_exception', 'index 400 document_parsing_exception'],
    ],
    [
      'no object',
      [index(), [1], index(), 5, index(), {}],
      ['index 400 document_parsing_exception', 'index 400 document_parsing_exception', 'index 201 created'],
    ],
    [
      'a name that no index may have',
      [{ index: { _index: 'Posts' } }, { a: 1 }, { index: { _index: '_x' } }, { a: 1 }],
      ['index 400 invalid_index_name_exception', 'index 400 invalid_index_name_exception'],
    ],
    [
      'data streams only take new documents',
      [{ index: { _index: 'logs-a-b' } }, { '@timestamp': 1 }, { create: { _index: 'logs-a-b' } }, { '@timestamp': 1 }],
      ['index 400 illegal_argument_exception', 'create 201 created'],
    ],
    [
      'pipelines, of which there are none',
      [
        { index: { _index: 'posts', pipeline: 'p' } },
        { a: 1 },
        { index: { _index: 'posts', pipeline: '_none' } },
        { a: 1 },
      ],
      ['index 400 illegal_argument_exception', 'index 201 created'],
    ],
    [
      'aliases and data streams that must be there',
      [
        { index: { _index: 'posts', require_alias: true } },
        { a: 1 },
        { create: { _index: 'posts', require_data_stream: true } },
        { a: 1 },
        { create: { _index: 'logs-a-b', require_data_stream: true } },
        { '@timestamp': 1 },
      ],
      ['index 404 index_not_found_exception', 'create 404 index_not_found_exception', 'create 201 created'],
    ],
    ['an id that is too long', [index('x'.repeat(513)), { a: 1 }], ['index 400 illegal_argument_exception']],
    [
      'versions of the writer',
      [
        { index: { _index: 'posts', _id: '1', version: 5, version_type: 'external' } },
        { a: 1 },
        { index: { _index: 'posts', _id: '1', version: 4, version_type: 'external' } },
        { a: 1 },
      ],
      ['index 201 created', 'index 409 version_conflict_engine_exception'],
    ],
    [
      'a write after another',
      [index('1'), { a: 1 }, { index: { _index: 'posts', _id: '1', if_seq_no: 7, if_primary_term: 1 } }, { a: 2 }],
      ['index 201 created', 'index 409 version_conflict_engine_exception'],
    ],
    [
      'a write after one of the same request, and after one that is no more the last',
      [
        index('1'),
        { a: 1 },
        { index: { _index: 'posts', _id: '1', if_seq_no: 0, if_primary_term: 1 } },
        { a: 2 },
        { index: { _index: 'posts', _id: '1', if_seq_no: 0, if_primary_term: 1 } },
        { a: 3 },
      ],
      ['index 201 created', 'index 200 updated', 'index 409 version_conflict_engine_exception'],
    ],
    [
      'updates of documents that are refused',
      [
        index('1'),
        { n: 1 },
        index('2'),
        'no object',
        { update: { _index: 'posts', _id: '2' } },
        { doc: { n: 2 } },
        index('3'),
        ['no object'],
        { update: { _index: 'posts', _id: '3' } },
        { doc: { m: 2 }, doc_as_upsert: true },
      ],
      [
        'index 201 created',
        'index 400 document_parsing_exception',
        'update 404 document_missing_exception',
        'index 400 document_parsing_exception',
        'update 201 created',
      ],
    ],
  ])('%s', async (_, lines, expected) => {
    const server = await startServer();
    const { status, json } = await server.send('POST', '/_bulk', bulk(...lines));
    expect(status).toBe(200);
    expect(outcome(json)).toEqual(expected);
    expect(json.errors).toBe(expected.some((text) => /exception/.test(text)));
  });

  it.each<[string, readonly unknown[]]>([
    ['a value that does not fit', [{ n: 1 }, { n: 'many' }, { n: '7' }, { n: 1.9 }]],
    ['an object where a value is', [{ n: 1 }, { n: { x: 1 } }]],
    ['a value where an object is', [{ o: { x: 1 } }, { o: 1 }]],
    ['an object in a dotted name', [{ n: 1 }, { 'n.x': 1 }]],
  ])('is refused under a mapping: %s', async (_, documents) => {
    const server = await startServer();
    const properties = { n: { type: 'long' }, o: { properties: { x: { type: 'long' } } } };
    await server.send('PUT', '/posts', { mappings: { properties } });
    const lines = documents.flatMap((document) => [index(), document]);
    const { json } = await server.send('POST', '/_bulk', bulk(...lines));
    const expected = documents.map((_, i) => `index ${i === 1 ? '400 document_parsing_exception' : '201 created'}`);
    expect(outcome(json)).toEqual(expected);
  });

  it('says why a document is refused, and keeps the others', async () => {
    const server = await startServer();
    await server.send('PUT', '/posts', { mappings: { properties: { views: { type: 'long' } } } });
    const { json } = await server.send(
      'POST',
      '/posts/_bulk',
      bulk({ index: { _id: 'a' } }, { views: 1 }, { index: { _id: 'b' } }, { views: 'many' }),
    );
    expect(json.items[1].index).toMatchObject({
      status: 400,
      error: {
        type: 'document_parsing_exception',
        reason:
          "[1:1] failed to parse field [views] of type [long] in document with id 'b'. Preview of field's value: 'many'",
        caused_by: { type: 'illegal_argument_exception', reason: 'For input string: "many"' },
      },
    });
    expect(await rows(server, 'FROM posts METADATA _id | KEEP _id, views')).toEqual([['a', 1]]);
  });

  it('refuses metadata in documents, as Elasticsearch does', async () => {
    const server = await startServer();
    const documents = [{ a: 1, _id: 'x' }, { '_source.b': 1 }, { _version: null }, { a: 2, _type: 'x', _doc_count: 3 }];
    const { json } = await server.send(
      'POST',
      '/_bulk',
      bulk(...documents.flatMap((document, n) => [index(String(n)), document])),
    );
    expect(outcome(json)).toEqual([...Array(3).fill('index 400 document_parsing_exception'), 'index 201 created']);
    expect(json.items[0].index.error).toMatchObject({
      reason: "[1:1] failed to parse field [_id] of type [_id] in document with id '0'. Preview of field's value: 'x'",
      caused_by: {
        type: 'document_parsing_exception',
        reason:
          '[1:1] Field [_id] is a metadata field and cannot be added inside a document. Use the index API request parameters.',
      },
    });
  });

  it('writes one document thousands of times in one go', async () => {
    const server = await startServer();
    const lines = Array.from({ length: 5000 }, (_, n) => [index('same'), { n }]).flat();
    const { json } = await server.send(
      'POST',
      '/_bulk',
      bulk(...lines, index('other'), { n: 1 }, index('same'), { n: -1 }),
    );
    expect([json.errors, json.items[4999].index._version, json.items[5001].index._version]).toEqual([
      false,
      5000,
      5001,
    ]);
    expect(await rows(server, 'FROM posts METADATA _id, _version | SORT _id | KEEP _id, _version, n')).toEqual([
      ['other', 1, 1],
      ['same', 5001, -1],
    ]);
  });

  it('updates hundreds of documents, and one hundreds of times, in one go', async () => {
    const server = await startServer();
    const ids = Array.from({ length: 600 }, (_, n) => n);
    const update = (id: number, doc: unknown): unknown[] => [{ update: { _index: 'posts', _id: String(id) } }, { doc }];
    await server.send('POST', '/_bulk', bulk(...ids.flatMap((n) => [index(String(n)), { n }])));
    const { json } = await server.send(
      'POST',
      '/_bulk',
      bulk(
        ...update(0, { n: 0 }),
        ...ids.slice(1).flatMap((n) => update(n, { m: n })),
        ...update(0, { n: 0 }),
        ...ids.flatMap((n) => update(1, { [`of ${n % 3}`]: n })),
      ),
    );
    expect(outcome(json)).toEqual([
      'update 200 noop',
      ...Array(599).fill('update 200 updated'),
      'update 200 noop',
      ...Array(600).fill('update 200 updated'),
    ]);
    expect(await rows(server, 'FROM posts | STATS COUNT(*), SUM(n), SUM(m)')).toEqual([[600, 179_700, 179_700]]);
    expect(
      await rows(server, 'FROM posts METADATA _version | WHERE n == 1 | KEEP _version, m, `of 0`, `of 1`, `of 2`'),
    ).toEqual([[602, 1, 597, 598, 599]]);
  });

  it.each(['stored', 'synthetic'])('does in one request what it does in many, with %s sources', async (mode) => {
    const server = await startServer();
    const next = chance(7);
    const some = <T>(values: readonly T[]): T => values[next(values.length)]!;
    const settings = { 'index.mapping.source.mode': mode };
    for (const name of ['together', 'alone'])
      await server.send('PUT', `/${name}`, { settings, mappings: { properties: { n: { type: 'long' } } } });
    const operations = Array.from({ length: 80 }, (): unknown[] => {
      const target = { _id: some(['a', 'b', 'c']) };
      const document = { [some(['n', 'm'])]: some([1, 2]), list: some([[2, 1], ['x']]) };
      // Where there is a word for a number the document is refused.
      const perhaps = next(5) === 0 ? { n: 'x' } : document;
      return some([
        () => [{ index: target }, document],
        () => [{ create: target }, perhaps],
        () => [{ index: { ...target, version: some([2, 5, 9]), version_type: 'external' } }, document],
        () => [{ update: target }, { doc: perhaps }],
        () => [{ update: target }, { doc: perhaps, detect_noop: false }],
        () => [{ update: target }, { doc: perhaps, doc_as_upsert: true }],
        () => [{ delete: target }],
      ])();
    });
    const told = (json: { items: Record<string, Record<string, unknown>>[] }): unknown[] =>
      json.items.flatMap((item) =>
        Object.entries(item).map(([action, { _version, result, status, error }]) => [
          action,
          status,
          result ?? (error as { type: string }).type,
          _version,
        ]),
      );
    const together = await server.send('POST', '/together/_bulk', bulk(...operations.flat()));
    const alone: unknown[] = [];
    for (const lines of operations)
      alone.push(...told((await server.send('POST', '/alone/_bulk', bulk(...lines))).json));
    expect(new Set(alone.map((item) => (item as unknown[])[2])).size).toBeGreaterThan(6);
    expect(told(together.json)).toEqual(alone);
    const all = (name: string) => rows(server, `FROM ${name} METADATA _id, _version | SORT _id`);
    expect(await all('together')).toEqual(await all('alone'));
  });

  it('writes large requests of several connections, of which each brings fields that the others do not know', async () => {
    const server = await startServer();
    await server.send('PUT', '/posts', { mappings: { properties: { n: { type: 'long' } } } });
    const long = 'x'.repeat(1000);
    const requests = Array.from({ length: 6 }, (_, own) =>
      Array.from({ length: 1500 }, (_, i) => [
        { index: {} },
        { n: i % 500 === own ? 'x' : i, long, ...(i % 2 === 0 && { [`of ${own}`]: i }) },
      ]).flat(),
    );
    const answers = await Promise.all(requests.map((lines) => server.send('POST', '/posts/_bulk', bulk(...lines))));
    answers.forEach(({ json }, own) => {
      const refused = (json.items as { index: { status: number } }[]).flatMap(({ index: { status } }, i) =>
        status === 201 ? [] : [[i, status]],
      );
      expect(refused).toEqual([own, 500 + own, 1000 + own].map((i) => [i, 400]));
    });
    const ids = answers.flatMap(({ json }) =>
      (json.items as { index: { _id: string } }[]).map(({ index }) => index._id),
    );
    expect(new Set(ids).size).toBe(9000);
    const counts = Array.from({ length: 6 }, (_, own) => `COUNT(\`of ${own}\`)`).join(', ');
    expect(
      await rows(server, `FROM posts METADATA _id | STATS COUNT(*), COUNT_DISTINCT(_id) >= 8900, SUM(n), ${counts}`),
    ).toEqual([[8982, true, 6_736_455, ...Array.from({ length: 6 }, (_, own) => (own % 2 === 0 ? 747 : 750))]]);
  });

  it('keeps a document as it came', async () => {
    const server = await startServer();
    const source =
      '{"big":12345678901234567890123,"a": [3,1,2],\t"null":null,"nested":[{"x":1},{"x":2,"y":"é\\u00e9"}]}';
    await server.send('PUT', '/posts/_mapping', {});
    await server.send('PUT', '/raw', { mappings: { properties: { big: { type: 'double' } } } });
    await server.send('POST', '/raw/_bulk', `{"index":{"_id":"1"}}\n${source}\n`);
    const { text } = await server.send('GET', '/raw/_doc/1');
    expect(text).toContain(`"_source":${source}`);
    expect(await rows(server, 'FROM raw | KEEP a, nested.x, nested.y.keyword')).toEqual([[[1, 2, 3], [1, 2], 'éé']]);
  });

  it('holds the shapes of documents apart', async () => {
    const server = await startServer();
    // Each of these is read in another way, and between them stand those that the engine reads alone.
    const shapes = [
      { a: { b: 'x' }, n: 1 },
      { 'a.b': 'y', n: 2 },
      { a: [{ b: 'z' }, { b: 'w' }], n: 3 },
      { a: { b: ['p', 'q', 'p'] }, n: 4 },
      { a: null, n: 5 },
      { n: [6] },
      { a: { b: [] }, n: 7 },
      { a: { b: 'quote " and \\ slash \u0001' }, n: 8 },
    ];
    const lines = Array.from({ length: 100 }, (_, i) => [{ index: {} }, { ...shapes[i % shapes.length], i }]).flat();
    await server.send('PUT', '/shapes', {
      mappings: { properties: { a: { properties: { b: { type: 'keyword' } } } } },
    });
    const { json } = await server.send('POST', '/shapes/_bulk', bulk(...lines));
    expect(json.errors).toBe(false);
    expect(await rows(server, 'FROM shapes | WHERE i >= 40 AND i < 48 | SORT i | KEEP a.b, n')).toEqual([
      ['x', 1],
      ['y', 2],
      [['w', 'z'], 3],
      [['p', 'q'], 4],
      [null, 5],
      [null, 6],
      [null, 7],
      ['quote " and \\ slash \u0001', 8],
    ]);
  });
});

it('passes over what shippers count behind an action', async () => {
  const server = await startServer();
  const { json } = await server.send('POST', '/_bulk', '{"index":{"_index":"x"},"attempts":0}\n{"a":1}\n');
  expect(outcome(json)).toEqual(['index 201 created']);
});

it('asks for documents in several requests where they are too many for its memory', async () => {
  const server = await startServer({ limits: { bodyBytes: 500_000, bodiesBytes: 500_000 } });
  const { status, json } = await server.send('POST', '/x/_bulk', '{"index":{}}\n{}\n'.repeat(5000));
  expect([status, json.error.type]).toEqual([413, 'content_too_long_exception']);
  expect(server.store.committed).toEqual([]);
  const { json: fewer } = await server.send('POST', '/x/_bulk', '{"index":{}}\n{}\n'.repeat(500));
  expect(fewer.errors).toBe(false);
});

describe('requests that cannot be read', () => {
  it.each<[string, string | Buffer, number, RegExp]>([
    ['nothing', '', 400, /request body is required/],
    ['no newline at the end', '{"index":{"_index":"x"}}\n{"a":1}', 400, /terminated by a newline/],
    ['an action of 2 MB', `${' '.repeat(2 << 20)}{"index":{}}\n{"a":1}\n`, 400, /line \[1\], it is longer than/],
    ['an action that is no JSON', '{"index"\n{"a":1}\n', 400, /Malformed action\/metadata line \[1\]/],
    ['an action that is no object', '"index"\n{"a":1}\n', 400, /expected START_OBJECT but found \[VALUE_STRING\]/],
    ['an unknown action', '{"upsert":{"_index":"x"}}\n{"a":1}\n', 400, /found \[upsert\]/],
    ['an unknown parameter', '{"index":{"_index":"x","_foo":1}}\n{"a":1}\n', 400, /unknown parameter \[_foo\]/],
    ['no index', '{"index":{}}\n{"a":1}\n', 400, /index is missing/],
    [
      'an action that is not UTF-8',
      Buffer.from('{"index":{"_index":"x","_id":"\xff"}}\n{"a":1}\n', 'latin1'),
      400,
      /line \[1\], it is not valid UTF-8/,
    ],
    [
      'a version that is no number',
      '{"index":{"_index":"x","if_seq_no":"y"}}\n{"a":1}\n',
      400,
      /\[if_seq_no\] must be/,
    ],
    ['two actions in a line', '{"index":{"_index":"x"},"delete":{"_id":"1"}}\n{"a":1}\n', 400, /found several/],
    ['the second action malformed', '{"index":{"_index":"x"}}\n{"a":1}\nnonsense\n', 400, /line \[3\]/],
  ])('%s', async (_, body, status, reason) => {
    const server = await startServer();
    const response = await server.send('POST', '/_bulk', body);
    expect([response.status, response.json.error.reason]).toEqual([status, expect.stringMatching(reason)]);
    expect(server.store.committed).toEqual([]);
  });

  it('refuses a wrong content type', async () => {
    const server = await startServer();
    const { status, json } = await server.send('POST', '/_bulk', '<a/>', { 'content-type': 'text/xml' });
    expect([status, json.error.type]).toEqual([406, 'media_type_header_exception']);
  });

  it('takes gzip, and refuses what unpacks to too much or is none', async () => {
    const server = await startServer({ limits: { bodyBytes: 1 << 20 } });
    const gzip = { 'content-encoding': 'gzip' };
    const small = await server.send('POST', '/x/_bulk', gzipSync(bulk({ index: {} }, { a: 1 })), gzip);
    expect(small.json.errors).toBe(false);
    const bomb = gzipSync(Buffer.alloc(200 << 20));
    expect(bomb.length).toBeLessThan(1 << 20);
    expect((await server.send('POST', '/x/_bulk', bomb, gzip)).status).toBe(413);
    expect((await server.send('POST', '/x/_bulk', 'no gzip', gzip)).status).toBe(400);
    expect((await server.send('POST', '/x/_bulk', 'x'.repeat(2 << 20))).status).toBe(413);
    expect((await server.send('POST', '/x/_bulk', 'x', { 'content-encoding': 'br' })).status).toBe(415);
  });

  it('refuses documents that are not UTF-8, alone', async () => {
    const server = await startServer();
    const body = Buffer.concat([
      Buffer.from('{"index":{}}\n{"a":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n{"index":{}}\n{"a":"fine"}\n{"index":{}}\n{"a":"\x01"}\n'),
    ]);
    const { json } = await server.send('POST', '/x/_bulk', body);
    expect(outcome(json)).toEqual([
      'index 400 document_parsing_exception',
      'index 201 created',
      'index 400 document_parsing_exception',
    ]);
  });

  it('bounds mappings and depth', async () => {
    const server = await startServer();
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]));
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const arrays = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const { json } = await server.send(
      'POST',
      '/x/_bulk',
      `{"index":{}}\n${JSON.stringify(many)}\n{"index":{}}\n${deep}\n{"index":{}}\n${arrays}\n{"index":{}}\n{"fine":1}\n`,
    );
    expect(json.items.map((item: { index: { status: number } }) => item.index.status)).toEqual([
      400,
      400,
      expect.any(Number),
      201,
    ]);
    expect(json.items[0].index.error.reason).toContain('Limit of total fields [1000] has been exceeded');
    expect(json.items[1].index.error.reason).toContain('Limit of mapping depth [20]');
    expect(server.store.index('x')!.mapping.size).toBeLessThan(10);
  });
});

it('refuses a member that stands twice in the words of Elasticsearch', async () => {
  const server = await startServer();
  const lines = '{"index":{"_index":"x"}}\n{"a":1,"o":{"b.c":1,"b.c":2}}\n';
  const { json } = await server.send('POST', '/_bulk', lines);
  expect(json.items[0].index.error).toEqual({
    type: 'document_parsing_exception',
    reason: "[1:1] failed to parse: [1:1] Duplicate field 'b.c'",
    caused_by: { type: 'x_content_parse_exception', reason: "[1:1] Duplicate field 'b.c'" },
  });
});

it('writes many operations a part at a time, as if they came one after the other', async () => {
  const server = await startServer();
  const lines = Array.from({ length: 12_000 }, (_, i) =>
    i === 7000 ? '{"index":{"_id":"broken"}}\n{"a":\n' : `{"index":{"_id":"${i % 9000}"}}\n{"n":${i}}\n`,
  );
  const { json } = await server.send('POST', '/many/_bulk?refresh=true', lines.join(''));
  const results = json.items.map(({ index: item }: { index: { _id: string; result?: string } }) => item);
  expect([json.errors, results.length]).toEqual([true, 12_000]);
  expect(results[7000]).toMatchObject({ _id: 'broken', status: 400 });
  expect([results[0].result, results[8999].result, results[9000].result]).toEqual(['created', 'created', 'updated']);
  expect(await rows(server, 'FROM many | STATS c = COUNT(*), low = MIN(n), high = MAX(n)')).toEqual([
    [8999, 3000, 11_999],
  ]);
});

it('refuses more operations than one request may have', async () => {
  const server = await startServer();
  const { status, json } = await server.send('POST', '/many/_bulk', '{"create":{}}\n{}\n'.repeat(100_001));
  expect([status, json.error.type]).toEqual([413, 'content_too_long_exception']);
});
