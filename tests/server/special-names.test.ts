import { expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

/** Names that mean something in every object, or that JavaScript puts in an order of its own. */
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'valueOf',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'length',
  '0',
];

/** What all objects and functions share, as a text. */
function shared(): string {
  const objects = [Object.prototype, Function.prototype, Array.prototype, Object, Array, Map, Promise];
  return JSON.stringify(objects.map((object) => Reflect.ownKeys(object).map(String)));
}

/** JSON as it arrives: an own member called __proto__ is compared as every other. */
const text = (value: unknown): string => JSON.stringify(value);

async function answer(server: TestServer, method: string, url: string, body?: unknown): Promise<string> {
  const { status, text: answered } = await server.send(method, url, body);
  expect(`${method} ${url} ${status} ${status < 300 ? '' : answered}`).toMatch(/ 20[01] $/);
  return answered;
}

const values = async (server: TestServer, query: string, more: object = {}): Promise<string> =>
  text(JSON.parse(await answer(server, 'POST', '/_query', { query, ...more })).values);

/** Documents, by every way to their values. */
async function writeDocuments(server: TestServer, name: string, index: string): Promise<void> {
  const documents: object[] = [
    // Sources are made in the order of names.
    { [name]: { [name]: 5, x: 'y' } },
    { o: { [name]: true } },
    { [`d.${name}`]: 7 },
    { constructor: { prototype: { y: 1 } } },
  ];
  const body = bulk(...documents.flatMap((document) => [{ create: {} }, document]));
  expect(await answer(server, 'POST', `/${index}/_bulk`, body)).toContain('"errors":false');
  const columns = [`${name}.x`, `${name}.${name}`, `o.${name}`, `d.${name}`].map((column) => `\`${column}\``);
  const query = `FROM ${index} | KEEP ${columns.join(', ')} | SORT ${columns.join(', ')}`;
  const rows = [
    ['y', 5, null, null],
    [null, null, true, null],
    [null, null, null, 7],
    [null, null, null, null],
  ];
  expect(await values(server, query)).toBe(text(rows));
  const sources = await values(server, `FROM ${index} METADATA _source | KEEP _source`);
  for (const document of [documents[0], documents[1], documents[3]]) expect(sources).toContain(text(document));
  const filter = { term: { [`${name}.x${index === 'plain' ? '.keyword' : ''}`]: 'y' } };
  expect(await values(server, `FROM ${index} | STATS COUNT(*)`, { filter })).toBe('[[1]]');
  const caps = await answer(server, 'GET', `/${index}/_field_caps?fields=*&filters=-metadata`);
  expect(Object.keys(JSON.parse(caps).fields)).toEqual(
    expect.arrayContaining([name, `${name}.x`, `${name}.${name}`, `o.${name}`, `d.${name}`]),
  );
}

/** Mappings, with what several fields are called. */
async function mapFields(server: TestServer, name: string): Promise<void> {
  const properties = {
    [name]: { properties: { [name]: { type: 'keyword' } } },
    m: { type: 'text', fields: { [name]: { type: 'keyword' } } },
  };
  await answer(server, 'PUT', '/made', { mappings: { properties } });
  await answer(server, 'PUT', '/changed');
  await answer(server, 'PUT', '/changed/_mapping', { properties });
  for (const index of ['made', 'changed']) {
    expect(await answer(server, 'GET', `/${index}/_mapping`)).toBe(text({ [index]: { mappings: { properties } } }));
    await answer(server, 'POST', `/${index}/_bulk`, bulk({ index: {} }, { [name]: { [name]: 'v' }, m: 'w' }));
    expect(await values(server, `FROM ${index} | KEEP \`${name}.${name}\`, \`m.${name}\``)).toBe('[["v","w"]]');
  }
  const { status, json } = await server.send('PUT', '/other', { mappings: { properties: { a: { type: name } } } });
  expect([status, json.error.type]).toEqual([400, 'mapper_parsing_exception']);
}

/** Settings, and parts of their names. */
async function putSettings(server: TestServer, name: string): Promise<void> {
  await answer(server, 'PUT', '/a', { settings: { [name]: '1', [`${name}._index`]: 'b', c: { [name]: '2' } } });
  await answer(server, 'PUT', '/d', { settings: { [name]: '1', index: { [`c.${name}`]: '2' } } });
  const settings = async (index: string): Promise<unknown> =>
    JSON.parse(await answer(server, 'GET', `/${index}/_settings`))[index].settings.index;
  expect(text(await settings('a'))).toContain(`${text({ [name]: { _index: 'b' } }).slice(1, -1)},`);
  expect(text(await settings('d'))).toContain(text({ [name]: '1' }).slice(1, -1));
  expect(text(await settings('d'))).toContain(`"c":${text({ [name]: '2' })}`);
}

/** Templates of each kind, and their own names. */
async function putTemplates(server: TestServer, name: string): Promise<void> {
  const template = {
    settings: { [`${name}.s`]: '1' },
    mappings: { properties: { [name]: { type: 'keyword' } } },
  };
  await answer(server, 'PUT', `/_component_template/${name}`, { template });
  const patterns = { index_patterns: 'in-*' };
  await answer(server, 'PUT', `/_index_template/${name}`, { ...patterns, composed_of: [name], [name]: 1 });
  await answer(server, 'PUT', `/_template/${name}`, { index_patterns: 'legacy-*', ...template });
  await answer(server, 'PUT', `/_ilm/policy/${name}`, { policy: { [name]: 1 } });
  expect(await answer(server, 'GET', `/_index_template/${name}`)).toContain(text({ [name]: 1 }).slice(1, -1));
  expect(Object.keys(JSON.parse(await answer(server, 'GET', '/_template/*')))).toEqual([name]);
  for (const index of ['in-1', 'legacy-1']) {
    await answer(server, 'POST', `/${index}/_bulk`, bulk({ index: {} }, { [name]: 'v' }));
    const described = await answer(server, 'GET', `/${index}`);
    expect(described).toContain(text({ [name]: { type: 'keyword' } }).slice(1, -1));
    expect(described).toContain(text({ [name]: { s: '1' } }).slice(1, -1));
    expect(await values(server, `FROM ${index} | KEEP \`${name}\``)).toBe('[["v"]]');
  }
}

/** Updates of documents, and parts of answers. */
async function update(server: TestServer, name: string): Promise<void> {
  const update = (doc: unknown): Promise<string> => answer(server, 'POST', '/a/_update/1', { doc });
  await answer(server, 'PUT', '/a/_doc/1', { [name]: { x: 1 }, b: { [name]: 1 } });
  expect(await update({ [name]: { y: 2 }, b: { [name]: 3 } })).toContain('"updated"');
  expect(await update({ [name]: { y: 2 } })).toContain('"noop"');
  expect(JSON.parse(await answer(server, 'GET', '/a/_source/1'))).toEqual(
    JSON.parse(text({ [name]: { x: 1, y: 2 }, b: { [name]: 3 } })),
  );
  expect(await answer(server, 'GET', '/a/_source/1')).toContain(text({ [name]: { x: 1, y: 2 } }).slice(1, -1));
  expect(await answer(server, 'GET', `/a/_doc/1?filter_path=_source.b.${name}`)).toBe(
    text({ _source: { b: { [name]: 3 } } }),
  );
  expect(await answer(server, 'GET', `/a/_doc/1?filter_path=-_source.${name},-_*.b`)).not.toContain(`"${name}"`);
}

/** Queries, their parameters and the requests around them. */
async function query(server: TestServer, name: string): Promise<void> {
  expect(await values(server, `ROW \`${name}\` = 1 | EVAL \`a.${name}\` = \`${name}\` + 1`)).toBe('[[1,2]]');
  for (const format of ['csv', 'tsv', 'txt', 'yaml', 'cbor', 'arrow'])
    await answer(server, 'POST', `/_query?format=${format}`, { query: `ROW \`${name}\` = 1` });
  if (name === '0') {
    expect((await server.send('POST', '/_query', { query: 'ROW a = ?0', params: [{ 0: 1 }] })).status).toBe(400);
  } else {
    expect(await values(server, `ROW a = ?${name}`, { params: [{ [name]: 'v' }] })).toBe('[["v"]]');
    for (const query of [`ROW a = ${name}(1)`, `ROW a = 1::${name}`, `ROW a = ?${name}`, `ROW a = 1 ${name}`])
      expect((await server.send('POST', '/_query', { query })).status).toBe(400);
  }
  const dsl = [{ [name]: {} }, { range: { a: { [name]: 1 } } }, { bool: { [name]: [] } }];
  for (const filter of dsl) {
    const { status } = await server.send('POST', '/_query', { query: 'FROM *', filter });
    expect([text(filter), status]).toEqual([text(filter), 400]);
  }
  await answer(server, 'GET', `/_cat/indices?h=${name}`);
  for (const [method, url, body] of [
    ['GET', `/_cat/indices?s=${name}`],
    ['POST', '/_query', { query: 'ROW a = 1', [name]: 1 }],
    ['POST', `/_query?format=${name}`, { query: 'ROW a = 1' }],
    ['PUT', '/x', { [name]: {} }],
    ['POST', '/a/_count', { [name]: {} }],
    ['POST', '/a/_bulk', bulk({ [name]: {} }, {})],
    ['POST', '/a/_bulk', bulk({ index: { [name]: 1 } }, {})],
    ['PUT', '/_enrich/policy/p', { [name]: {} }],
  ] as const) {
    const { status, text: answered } = await server.send(method, url, body);
    expect(`${method} ${url} ${text(body)} ${status} ${answered}`).toContain(' 400 {');
  }
}

it.each(names)('the name %s is as good as any other, and changes nothing', async (name) => {
  const before = shared();
  const server = await startServer();
  await writeDocuments(server, name, 'logs-a.b-c');
  await writeDocuments(server, name, 'plain');
  await mapFields(server, name);
  await putSettings(server, name);
  await putTemplates(server, name);
  await update(server, name);
  await query(server, name);
  expect(shared()).toBe(before);
  await answer(server, 'PUT', '/afterwards', { mappings: { properties: { a: { type: 'ip' } } } });
  expect(await answer(server, 'POST', '/afterwards/_bulk', bulk({ index: {} }, { b: 1 }))).toContain('"errors":false');
  expect(await answer(server, 'GET', '/afterwards/_mapping')).toBe(
    '{"afterwards":{"mappings":{"properties":{"a":{"type":"ip"},"b":{"type":"long"}}}}}',
  );
});

it('what would fail later is refused when it is put', async () => {
  const cases: [string, unknown][] = [
    ['/x', { settings: [] }],
    ['/x', { settings: 'a' }],
    ['/x', { settings: { 'mapping.total_fields.limit': 'many' } }],
    ['/x', { settings: { index: { 'mapping.depth.limit': -1 } } }],
    ['/x', { settings: { 'mapping.source.mode': 'none' } }],
    ['/x', { settings: { ['a.'.repeat(200)]: 1 } }],
    ['/x', { mappings: [] }],
    ['/x', { mappings: 'a' }],
    ['/x', { mappings: { properties: 'a' } }],
    ['/x', { mappings: { properties: { a: null } } }],
    ['/x', { mappings: { properties: { a: [] } } }],
    ['/x', { mappings: { properties: { a: { properties: 5 } } } }],
    ['/x', { mappings: { properties: { a: { type: 5 } } } }],
    ['/x', { mappings: { properties: { a: { type: 'text', fields: 'b' } } } }],
    ['/x', { mappings: { properties: { a: { type: 'text', fields: { b: null } } } } }],
    ['/x', { mappings: { properties: { a: { type: 'text', fields: { 'b.c': { type: 'keyword' } } } } } }],
    ['/x', { mappings: { properties: { a: { type: 'keyword', ignore_above: 'b' } } } }],
    ['/x', { mappings: { properties: { a: { type: 'aggregate_metric_double', default_metric: 'max' } } } }],
    ['/x', { mappings: { properties: { a: { type: 'aggregate_metric_double', metrics: ['min', 'max'] } } } }],
    ['/x', { mappings: { properties: { a: { type: 'aggregate_metric_double', metrics: ['mean'] } } } }],
    [
      '/x',
      { mappings: { properties: { a: { type: 'aggregate_metric_double', metrics: ['min'], default_metric: 'max' } } } },
    ],
    ['/x', { mappings: { properties: { a: { type: 'scaled_float', scaling_factor: 0 } } } }],
    ['/x', { mappings: { properties: { a: { dynamic: 'perhaps' } } } }],
    ['/x', { mappings: { dynamic: [] } }],
    ['/x', { mappings: { dynamic_templates: {} } }],
    ['/x', { mappings: { dynamic_templates: [5] } }],
    ['/x', { mappings: { dynamic_templates: [{ a: null }] } }],
    ['/x', { mappings: { dynamic_templates: [{ a: { match: 5 } }] } }],
    ['/x', { mappings: { dynamic_templates: [{ a: { match_pattern: 'glob' } }] } }],
    ['/x', { mappings: { dynamic_templates: [{ a: { mapping: { type: 'constructor' } } }] } }],
    ['/there/_mapping', { properties: [1] }],
    ['/there/_mapping', { properties: { a: { type: 'keyword', normalizer: {} } } }],
    ['/_index_template/t', { index_patterns: [5] }],
    ['/_index_template/t', { index_patterns: {} }],
    ['/_index_template/t', { index_patterns: 'a', template: [] }],
    ['/_index_template/t', { index_patterns: 'a', template: { settings: 5 } }],
    ['/_index_template/t', { index_patterns: 'a', template: { mappings: null } }],
    ['/_index_template/t', { index_patterns: 'a', composed_of: [null] }],
    ['/_index_template/t', { index_patterns: 'a', composed_of: {} }],
    ['/_index_template/t', { index_patterns: 'a', priority: 'high' }],
    ['/_component_template/t', { template: 'a' }],
    ['/_component_template/t', { template: { mappings: [] } }],
    ['/_component_template/used', { template: { mappings: { properties: { a: { type: 'ip' } } } } }],
    ['/_template/t', { index_patterns: [null] }],
    ['/_template/t', { index_patterns: 'a', mappings: 'b' }],
    ['/_template/t', { index_patterns: 'a', order: [] }],
    ['/_enrich/policy/p', { match: null }],
  ];
  const server = await startServer();
  await answer(server, 'PUT', '/there');
  await answer(server, 'PUT', '/_component_template/used', { template: {} });
  await answer(server, 'PUT', '/_index_template/user', {
    index_patterns: 'user',
    composed_of: ['used'],
    template: { mappings: { properties: { a: { type: 'keyword' } } } },
  });
  for (const [url, body] of cases) {
    const { status, json } = await server.send('PUT', url, body);
    const expected = [400, expect.stringMatching(/(?:parsing|parse|argument)_exception$/)];
    expect([url, body, status, json.error?.type]).toEqual([url, body, ...expected]);
  }
  for (const index of ['a', 'user', 'x']) {
    const body = bulk({ index: {} }, { a: 'v' });
    expect(await answer(server, 'POST', `/${index}/_bulk`, body)).toContain('"errors":false');
  }
});

it('refuses updates with something else than documents', async () => {
  const server = await startServer();
  await answer(server, 'PUT', '/a/_doc/1', { b: 1 });
  for (const body of [{ doc: 5 }, { doc: 'b' }, { doc: null }, { upsert: [] }])
    expect((await server.send('POST', '/a/_update/1', body)).status).toBe(400);
});
