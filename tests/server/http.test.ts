import http from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

async function filled(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  await server.send('PUT', '/events', {
    mappings: {
      properties: {
        at: { type: 'date' },
        ip: { type: 'ip' },
        name: { type: 'keyword', fields: { lower: { type: 'keyword', normalizer: 'lowercase' } } },
        n: { type: 'long' },
        ratio: { type: 'half_float' },
        other: { type: 'alias', path: 'name' },
      },
    },
  });
  await server.send(
    'POST',
    '/events/_bulk',
    bulk(
      { index: { _id: '1' } },
      { at: '2026-01-01T00:00:00Z', ip: '10.0.0.1', name: 'Ann', n: 1, ratio: 12.01 },
      { index: { _id: '2' } },
      { at: 1767225601000, ip: ['::1', '10.0.0.2'], name: ['b', 'a', 'b'], n: [3, 2] },
    ),
  );
  return server;
}

describe('what clients ask first', () => {
  it.each<[string, string, number, unknown]>([
    ['GET', '/', 200, { tagline: 'You Know, for Search', version: { number: expect.stringMatching(/^9\./) } }],
    ['HEAD', '/', 200, undefined],
    ['GET', '/_cluster/health', 200, { status: 'green' }],
    ['GET', '/_license', 200, { license: { status: 'active' } }],
    ['GET', '/_nodes/_all/http', 200, { _nodes: { total: 1 } }],
    ['HEAD', '/events', 200, undefined],
    ['HEAD', '/nope', 404, undefined],
    ['GET', '/events/_mapping', 200, { events: { mappings: { properties: { n: { type: 'long' } } } } }],
    ['GET', '/nope/_mapping', 404, { error: { type: 'index_not_found_exception' }, status: 404 }],
    ['GET', '/ev*/_count', 200, { count: 2 }],
    ['POST', '/events/_refresh', 200, { _shards: { failed: 0 } }],
    ['GET', '/_cat/indices?format=json', 200, [{ index: 'events', 'docs.count': '2' }]],
    [
      'GET',
      '/events/_field_caps?fields=n,name*',
      200,
      { fields: { n: { long: { aggregatable: true } }, 'name.lower': { keyword: {} } } },
    ],
    ['GET', '/events/_stats', 200, { _all: { primaries: { docs: { count: 2 } } }, indices: { events: {} } }],
    ['GET', '/events,nope/_count?ignore_unavailable', 200, { count: 2 }],
    ['GET', '/_cat/count/events?format=json', 200, [{ count: '2' }]],
    ['GET', '/_cat/indices?h=index,docs.*&format=json&s=index:desc', 200, [{ index: 'events', 'docs.deleted': '0' }]],
    ['GET', '/_cat/indices?s=nonsense', 400, { error: { reason: expect.stringContaining('unknown sort key') } }],
    [
      'GET',
      '/events/_field_caps?fields=_i*,n&filters=-metadata',
      200,
      { indices: ['events'], fields: { n: { long: { metadata_field: false } } } },
    ],
    ['GET', '/_field_caps?fields=_index', 200, { fields: { _index: { _index: { metadata_field: true } } } }],
    ['GET', '/%zz', 400, { status: 400, error: { type: 'illegal_argument_exception' } }],
    ['POST', '/events/_update/1?if_seq_no=x', 400, { error: { reason: expect.stringContaining('[if_seq_no]') } }],
    ['GET', '/events/_doc/1?filter_path=_source.n,found', 200, { found: true, _source: { n: 1 } }],
    ['GET', '/_nope?filter_path=took', 400, { error: { type: 'illegal_argument_exception' }, status: 400 }],
    ['PUT', '/events', 400, { error: { type: 'resource_already_exists_exception' } }],
    ['GET', '/events/_doc/1', 200, { found: true, _version: 1, _source: { n: 1 } }],
    ['GET', '/events/_doc/9', 404, { found: false }],
    ['DELETE', '/events/_doc/1', 200, { result: 'deleted' }],
    ['DELETE', '/ev*', 400, { error: { type: 'illegal_argument_exception' } }],
    ['DELETE', '/nope', 404, { error: { type: 'index_not_found_exception' } }],
    ['DELETE', '/events', 200, { acknowledged: true }],
    ['GET', '/_nope', 400, { error: { reason: expect.stringContaining('no handler found for uri [/_nope]') } }],
    ['GET', '/_index_template/nope', 404, { error: { type: 'resource_not_found_exception' } }],
    ['HEAD', '/_index_template/nope', 404, undefined],
    ['GET', '/_cluster/health?filter_path=status', 200, { status: 'green' }],
  ])('%s %s', async (method, url, status, body) => {
    const server = await filled();
    const response = await server.send(method, url);
    expect(response.status).toBe(status);
    expect(response.headers['x-elastic-product']).toBe('Elasticsearch');
    if (body !== undefined) expect(response.json).toMatchObject(body as object);
    if (url.includes('filter_path') && status === 200) expect(response.json).toEqual(body);
  });

  it('makes tables for people', async () => {
    const server = await filled();
    await server.send('PUT', '/a-longer-name');
    const { text } = await server.send('GET', '/_cat/indices?v&h=index,pri,docs.count&s=index');
    expect(text).toBe('index         pri docs.count\na-longer-name   1          0\nevents          1          2\n');
    const { text: size } = await server.send('GET', '/_cat/indices/events?h=store.size&bytes=b');
    expect(size).toMatch(/^\d+\n$/);
    expect((await server.send('GET', '/_cat/indices', undefined, { accept: 'application/json' })).json).toHaveLength(2);
  });

  it('writes JSON over several lines for ?pretty', async () => {
    const server = await filled();
    const { text } = await server.send('GET', '/events/_doc/1?pretty&filter_path=_index,_source');
    expect(text).toMatch(/^\{\n {2}"_index" : "events",\n {2}"_source" : \{\n/);
    const { text: empty } = await server.send('POST', '/_query?pretty', { query: 'ROW a = "{[\\",]}" | WHERE false' });
    expect(empty).toMatch(/\n {2}"values" : \[ \]\n\}\n$/);
  });

  it('counts what a query finds', async () => {
    const server = await filled();
    const count = async (query: unknown): Promise<unknown> =>
      (await server.send('POST', '/events/_count', { query })).json.count;
    expect(await count({ range: { n: { gte: 2 } } })).toBe(1);
    expect(await count({ match_all: {} })).toBe(2);
    expect((await server.send('POST', '/events/_count', { aggs: {} })).status).toBe(400);
  });

  it('gives the fields of indices that have a document of a filter, and where fields are missing', async () => {
    const server = await filled();
    await server.send('POST', '/others/_doc', { n: 9, more: 1 });
    const ask = async (url: string, body?: unknown): Promise<{ indices: string[]; fields: Record<string, unknown> }> =>
      (await server.send('POST', url, body)).json;
    const { fields } = await ask('/_field_caps?fields=more&include_unmapped=true');
    expect(fields.more).toMatchObject({ long: { indices: ['others'] }, unmapped: { indices: ['events'] } });
    const filtered = await ask('/_field_caps?fields=n', { index_filter: { term: { n: 9 } } });
    expect(filtered.indices).toEqual(['others']);
  });

  it('answers in the media type that was asked for', async () => {
    const server = await filled();
    const accept = 'application/vnd.elasticsearch+json; compatible-with=9';
    const { headers } = await server.send('GET', '/', undefined, { accept });
    expect(headers['content-type']).toBe('application/vnd.elasticsearch+json;compatible-with=9');
  });
});

describe('mappings', () => {
  it('keeps values as their types do', async () => {
    const server = await filled();
    const { json } = await server.send('POST', '/_query', { query: 'FROM events METADATA _id | SORT _id' });
    expect(json.columns.map((column: { name: string; type: string }) => `${column.name}:${column.type}`)).toEqual([
      'at:date',
      'ip:ip',
      'n:long',
      'name:keyword',
      'name.lower:keyword',
      'other:keyword',
      'ratio:double',
      '_id:keyword',
    ]);
    expect(json.values).toEqual([
      ['2026-01-01T00:00:00.000Z', '10.0.0.1', 1, 'Ann', 'ann', 'Ann', 12.0078125, '1'],
      ['2026-01-01T00:00:01.000Z', ['::1', '10.0.0.2'], [2, 3], ['a', 'b'], ['a', 'b'], ['a', 'b'], null, '2'],
    ]);
  });

  it('maps what no mapping names by what it is', async () => {
    const server = await startServer();
    const document = {
      t: 'text',
      b: true,
      l: 5,
      d: 0.1,
      at: '2026-01-01',
      o: { x: 'y' },
      arr: [null, 'a'],
      none: null,
      empty: [],
    };
    await server.send('POST', '/dyn/_doc', document);
    const { json } = await server.send('GET', '/dyn/_mapping');
    const text = { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
    expect(json.dyn.mappings.properties).toEqual({
      t: text,
      b: { type: 'boolean' },
      l: { type: 'long' },
      d: { type: 'double' },
      at: { type: 'date' },
      o: { properties: { x: text } },
      arr: text,
    });
    const answer = await server.send('POST', '/_query', { query: 'FROM dyn | KEEP d, t, t.keyword, o.x.keyword' });
    expect(answer.json.values).toEqual([[0.1, 'text', 'text', 'y']]);
  });

  it('obeys dynamic: strict and false, and templates', async () => {
    const server = await startServer();
    await server.send('PUT', '/s', { mappings: { dynamic: 'strict', properties: { a: { type: 'long' } } } });
    expect((await server.send('POST', '/s/_doc', { b: 1 })).json.error.type).toBe('strict_dynamic_mapping_exception');
    await server.send('PUT', '/f', { mappings: { dynamic: false, properties: { a: { type: 'long' } } } });
    expect((await server.send('POST', '/f/_doc', { a: 1, b: 1, c: { d: 2 } })).status).toBe(201);
    expect((await server.send('GET', '/f/_mapping')).json.f.mappings.properties).toEqual({ a: { type: 'long' } });
    await server.send('PUT', '/_component_template/c', {
      template: { mappings: { properties: { ip: { type: 'ip' } } } },
    });
    await server.send('PUT', '/_index_template/t', {
      index_patterns: ['t-*'],
      composed_of: ['c'],
      priority: 500,
      template: {
        mappings: { dynamic_templates: [{ s: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }] },
      },
    });
    await server.send('POST', '/t-1/_doc', { ip: '1.1.1.1', s: 'x', n: 1 });
    expect((await server.send('GET', '/t-1/_mapping')).json['t-1'].mappings.properties).toEqual({
      ip: { type: 'ip' },
      s: { type: 'keyword' },
      n: { type: 'long' },
    });
    expect((await server.send('PUT', '/t-1/_mapping', { properties: { n: { type: 'ip' } } })).json.error.reason).toBe(
      'mapper [n] cannot be changed from type [long] to [ip]',
    );
    expect(
      (await server.send('PUT', '/bad', { mappings: { properties: { n: { type: 'nonsense' } } } })).json.error.reason,
    ).toContain('No handler for type [nonsense]');
  });

  it('is not held up by a pattern of a dynamic template', async () => {
    const server = await startServer();
    const template = (match: string, type: string): unknown => ({
      [type]: { match_pattern: 'regex', match, mapping: { type } },
    });
    await server.send('PUT', '/p', {
      mappings: { dynamic_templates: [template('(a+)+', 'ip'), template('b.*', 'keyword')] },
    });
    expect((await server.send('POST', '/p/_doc', { [`${'a'.repeat(40)}!`]: 1, bc: 2 })).status).toBe(201);
    const { properties } = (await server.send('GET', '/p/_mapping')).json.p.mappings;
    expect(properties).toEqual({ [`${'a'.repeat(40)}!`]: { type: 'long' }, bc: { type: 'keyword' } });
  });

  it('makes indices by legacy templates where no other matches, in their order', async () => {
    const server = await startServer();
    const typed = (type: string): unknown => ({ properties: { code: { type } } });
    await server.send('PUT', '/_template/one', { index_patterns: ['app-*'], mappings: typed('keyword') });
    await server.send('PUT', '/_template/two', {
      index_patterns: ['app-x*'],
      order: 1,
      mappings: { properties: { more: { type: 'ip' } } },
    });
    await server.send('POST', '/app-x/_doc', { code: 5 });
    expect((await server.send('GET', '/app-x/_mapping')).json['app-x'].mappings).toEqual({
      properties: { code: { type: 'keyword' }, more: { type: 'ip' } },
    });
    await server.send('PUT', '/_index_template/new', {
      index_patterns: ['app-y*'],
      template: { mappings: typed('long') },
    });
    const again = await server.send('PUT', '/_index_template/new?create=true', { index_patterns: ['z'] });
    expect([again.status, again.json.error.reason]).toEqual([400, 'index template [new] already exists']);
    await server.send('POST', '/app-y/_doc', { code: 5 });
    expect((await server.send('GET', '/app-y/_mapping')).json['app-y'].mappings).toEqual(typed('long'));
  });

  const nested = (levels: number): string => `${'{"properties":{"a":'.repeat(levels)}{}${'}}'.repeat(levels)}`;
  const fields = (count: number): object => ({
    properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, { type: 'long' }])),
  });
  const wide = fields(50_000);
  it.each<[string, string, unknown, RegExp]>([
    ['PUT', '/deep', `{"mappings":${nested(300)}}`, /Limit of mapping depth \[20\]/],
    ['PUT', '/deep', `{"mappings":${nested(3000)}}`, /nest deeper than 1000 levels/],
    ['PUT', '/wide', { mappings: wide }, /Limit of total fields \[1000\]/],
    ['PUT', '/wide', { mappings: fields(100_000) }, /more than 200000 values/],
    ['PUT', '/there/_mapping', wide, /Limit of total fields \[1000\]/],
    ['PUT', '/_index_template/t', { index_patterns: 'x', template: { mappings: wide } }, /Limit of total fields/],
    ['PUT', '/_component_template/t', { template: { mappings: wide } }, /Limit of total fields/],
    ['PUT', '/_template/t', { index_patterns: 'x', mappings: wide }, /Limit of total fields/],
    ['PUT', '/_index_template/t', { index_patterns: 'x', composed_of: ['nope'] }, /component templates \[nope\]/],
    ['PUT', '/_index_template/t', { template: {} }, /index patterns are missing/],
    ['PUT', '/named', { aliases: { other: { filter: {} } } }, /\[filter\] of alias \[other\] is not supported/],
    ['PUT', '/long', { mappings: { properties: { ['n'.repeat(40_000)]: { type: 'long' } } } }, /is too long/],
  ])('refuses %s %s beyond what a mapping may be', async (method, url, body, reason) => {
    const server = await startServer();
    await server.send('PUT', '/there');
    const { status, json } = await server.send(method, url, body, { 'content-type': 'application/json' });
    expect([status, json.error.reason]).toEqual([400, expect.stringMatching(reason)]);
  });

  it('has no more indices than it may', async () => {
    const server = await startServer({ store: { mostIndices: 2 } });
    const lines = ['a', 'b', 'c'].flatMap((index) => [{ index: { _index: index } }, { n: 1 }]);
    const { json } = await server.send('POST', '/_bulk', bulk(...lines));
    expect(json.items.map((item: { index: { status: number } }) => item.index.status)).toEqual([201, 201, 400]);
    expect(json.items[2].index.error.type).toBe('validation_exception');
  });

  it('takes the types of ECS in log data streams, and leaves out what does not fit', async () => {
    const server = await startServer();
    const event = {
      '@timestamp': '2026-01-01T00:00:00Z',
      source: { ip: 'nonsense', port: 80 },
      process: { command_line: 'A b' },
    };
    expect((await server.send('POST', '/logs-x-default/_doc', event)).status).toBe(201);
    const { json } = await server.send('POST', '/_query', {
      query: 'FROM logs-* | KEEP source.ip, source.port, process.command_line*',
    });
    expect(json.columns.map(({ type }: { type: string }) => type)).toEqual([
      'ip',
      'long',
      'keyword',
      'keyword',
      'text',
    ]);
    expect(json.values).toEqual([[null, 80, 'A b', 'a b', 'A b']]);
  });

  it('shows a field that indices hold in different types as unsupported', async () => {
    const server = await startServer();
    await server.send('PUT', '/a1', { mappings: { properties: { x: { type: 'long' }, y: { type: 'long' } } } });
    await server.send('PUT', '/a2', { mappings: { properties: { x: { type: 'ip' }, z: { type: 'long' } } } });
    await server.send('POST', '/a1/_doc', { x: 1, y: 1 });
    await server.send('POST', '/a2/_doc', { x: '1.1.1.1', z: 1 });
    const { json } = await server.send('POST', '/_query', { query: 'FROM a1, a2 METADATA _index | SORT _index' });
    expect(json.columns[0]).toMatchObject({ name: 'x', type: 'unsupported' });
    expect(json.values).toEqual([
      [null, 1, null, 'a1'],
      [null, null, 1, 'a2'],
    ]);
    expect((await server.send('POST', '/_query', { query: 'FROM a1 | KEEP x' })).json.values).toEqual([[1]]);
  });
});

describe('queries', () => {
  it.each<[string, string, RegExp]>([
    ['csv', 'text/csv; charset=utf-8; header=present', /^a,b\r\n1,"\[x, ""y""\]"\r\n$/],
    ['tsv', 'text/tab-separated-values; charset=utf-8', /^a\tb\n1\t\[x, "y"\]\n$/],
    ['txt', 'text/plain; charset=utf-8', /^ {7}a {7}\| {7}b {7}\n-{15}\+-{15}\n1 {14}\|\[x, "y"\] {7}\n$/],
    ['yaml', 'application/yaml', /^---\ntook: \d+\n/],
    ['json', 'application/json', /^\{"took":\d+,"is_partial":false,"columns":/],
  ])('gives %s', async (format, type, body) => {
    const server = await startServer();
    const { headers, text } = await server.send('POST', `/_query?format=${format}`, {
      query: 'ROW a = 1, b = ["x", "\\"y\\""] | LIMIT 1',
    });
    expect(headers['content-type']).toBe(type);
    expect(text).toMatch(body);
  });

  it('gives columns, leaves out empty ones, and takes other delimiters', async () => {
    const server = await filled();
    const query = 'FROM events | WHERE n == 1 | KEEP n, ratio, name | EVAL none = TO_LONG(null) | LIMIT 5';
    expect((await server.send('POST', '/_query', { query, columnar: true })).json.values).toEqual([
      [1],
      [12.0078125],
      ['Ann'],
      [null],
    ]);
    const dropped = (await server.send('POST', '/_query?drop_null_columns', { query })).json;
    expect([dropped.columns.length, dropped.all_columns.length, dropped.values]).toEqual([
      3,
      4,
      [[1, 12.0078125, 'Ann']],
    ]);
    expect((await server.send('POST', '/_query?format=csv&delimiter=%3B&header=absent', { query })).text).toBe(
      '1;12.0078125;Ann;\r\n',
    );
  });

  it('sends no more warnings than clients take headers, and says how many are left out', async () => {
    const server = await startServer();
    const columns = Array.from({ length: 60 }, (_, i) => `c${i} = TO_INTEGER("${'no number '.repeat(20)}${i}")`);
    const { headers } = await server.send('POST', '/_query', { query: `ROW ${columns.join(', ')} | LIMIT 1` });
    const warnings = headers.warning as string[];
    expect(warnings.join().length).toBeLessThan(9000);
    expect(warnings.at(-1)).toMatch(/"\d+ more warnings do not fit into the headers"$/);
  });

  it('ends a pattern that tries too many ways', async () => {
    const server = await startServer();
    const query = `ROW a = "${'a'.repeat(40)}!" | GROK a "^(?<x>(a+)+)(?=b)"`;
    const { status, json } = await server.send('POST', '/_query', { query });
    expect([status, json.error.reason]).toEqual([400, expect.stringContaining('a pattern takes too long')]);
    expect((await server.send('POST', '/_query', { query: 'ROW a = 1' })).json.values).toEqual([[1]]);
  }, 30_000);

  it('leaves out what filter_path does not name, and no digit', async () => {
    const server = await startServer();
    const query = 'ROW big = 9007199254740993, d = 2.0, s = "1e5 \\" 7"';
    const { text } = await server.send('POST', '/_query?filter_path=values', { query });
    expect(text).toBe('{"values":[[9007199254740993,2.0,"1e5 \\" 7"]]}');
    const { json } = await server.send('POST', '/_query?filter_path=-took,columns.name', { query });
    expect(Object.keys(json)).toEqual(['columns']);
  });

  it('refuses answers that are too large, and serves the next', async () => {
    const server = await startServer({ limits: { answerBytes: 100_000 } });
    await server.send('POST', '/x/_bulk', bulk(...Array.from({ length: 50 }, (_, n) => [{ index: {} }, { n }]).flat()));
    const wide = 'FROM x | EVAL s = REPEAT("x", TO_INTEGER(n) * 1000) | KEEP s';
    expect((await server.send('POST', '/_query', { query: wide })).json.error.type).toBe('circuit_breaking_exception');
    const padded = `${wide} | SORT s | EVAL s = CASE(LENGTH(s) == 40000, s, "")`;
    expect((await server.send('POST', '/_query?format=csv', { query: padded })).status).toBe(200);
    expect((await server.send('POST', '/_query?format=txt', { query: padded })).status).toBe(429);
    expect((await server.send('POST', '/_query', { query: 'ROW a = 1' })).json.values).toEqual([[1]]);
  });

  it('refuses bodies when others hold all the room, and takes them again later', async () => {
    const server = await startServer({ limits: { bodyBytes: 1 << 20 } });
    const address = new URL(await server.listen());
    const large = (last: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/x-ndjson', 'content-length': 900_000 };
        const request = http.request(address, { method: 'POST', path: '/x/_bulk', headers }, (response) =>
          resolve(response.resume().statusCode!),
        );
        request.on('error', reject);
        const line = `{"index":{}}\n{"s":"`;
        sent.push(new Promise((done) => request.write(line + 'x'.repeat(900_000 - line.length - 3), () => done())));
        open.push(() => request.end(last));
      });
    const open: (() => void)[] = [];
    const sent: Promise<void>[] = [];
    const held = Array.from({ length: 4 }, () => large('"}\n'));
    const small = (): Promise<number> =>
      fetch(new URL('/_query', address), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `ROW a = "${'x'.repeat(900_000)}"` }),
      }).then((response) => response.status);
    // Only when all have arrived, or it takes the room of one of them, which is then refused and does not come again.
    await Promise.all(sent);
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect.poll(small, { timeout: 10_000 }).toBe(429);
    for (const finish of open) finish();
    expect(await Promise.all(held)).toEqual([200, 200, 200, 200]);
    expect(await small()).toBe(200);
  });

  it('ends the query of a client that leaves, wherever it stands', async () => {
    const server = await startServer();
    const address = await server.listen();
    const lines = Array.from({ length: 3000 }, (_, n) => [{ index: {} }, { n, k: 'k' }]).flat();
    await server.send('POST', '/x/_bulk', bulk(...lines));
    await server.send('PUT', '/look', {
      settings: { 'index.mode': 'lookup' },
      mappings: { properties: { k: { type: 'keyword' }, m: { type: 'long' } } },
    });
    await server.send(
      'POST',
      '/look/_bulk',
      bulk(...lines.map((line) => ('index' in line ? line : { m: line.n, k: 'k' }))),
    );
    // Nine million pairs, each with an expression that no index helps with: ten seconds of work for both cores.
    const endless =
      'FROM x | EVAL k = k.keyword | LOOKUP JOIN look ON k | STATS d = COUNT_DISTINCT(REPEAT(CONCAT(TO_STRING(n), TO_STRING(m)), 50))';
    const leaving = new AbortController();
    const ask = (path: string, query: string, signal?: AbortSignal): Promise<number> =>
      fetch(address + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, wait_for_completion_timeout: '1h' }),
        ...(signal && { signal }),
      }).then((response) => response.status);
    // Three run and the others wait: one more would wait for more than a minute.
    const left = [...Array(4).fill('/_query'), ...Array(4).fill('/_query/async')].map((path) =>
      ask(path, endless, leaving.signal).catch(() => 'left'),
    );
    // Some are at it, all but the turn that is kept for short ones, and the others wait.
    await vi.waitUntil(() => server.queries.load.running === 3 && server.queries.load.waiting > 0, { timeout: 30_000 });
    leaving.abort();
    expect(await Promise.all(left)).toEqual(Array(8).fill('left'));
    await vi.waitUntil(() => server.queries.load.running + server.queries.load.waiting === 0, { timeout: 30_000 });
    expect(await ask('/_query', 'ROW a = 1')).toBe(200);
  }, 90_000);

  it('puts warnings into headers', async () => {
    const server = await filled();
    const { headers } = await server.send('POST', '/_query', {
      query: 'FROM events | EVAL x = n + 1, y = "é" | KEEP x',
    });
    expect(headers.warning).toEqual([
      expect.stringMatching(
        /^299 Elasticsearch-9\.\d+\.\d+-[0-9a-f]{40} "No limit defined, adding default limit of \[1000\]"$/,
      ),
      expect.stringContaining('Line 1:24: evaluation of [n + 1] failed, treating result as null.'),
      expect.stringContaining('single-value function encountered multi-value'),
    ]);
  });

  it.each<[unknown, number, string, RegExp]>([
    [
      { query: 'FROM events | KEEP nope' },
      400,
      'verification_exception',
      /^Found 1 problem\nline 1:20: Unknown column \[nope\]/,
    ],
    [{ query: 'FROM nope' }, 400, 'verification_exception', /Unknown index \[nope\]/],
    [{ query: 'FROM events |' }, 400, 'parsing_exception', /^line 1:/],
    [{ query: ' ' }, 400, 'action_request_validation_exception', /\[query\] is required/],
    [{ query: 'ROW a = 1', nonsense: 1 }, 400, 'x_content_parse_exception', /unknown field \[nonsense\]/],
    ['{"query"', 400, 'x_content_parse_exception', /no valid JSON/],
  ])('refuses %j', async (body, status, type, reason) => {
    const server = await filled();
    const { json, status: given } = await server.send('POST', '/_query', body);
    expect([given, json.error.type, json.status]).toEqual([status, type, status]);
    expect(json.error.reason).toMatch(reason);
    expect(json.error.root_cause[0]).toMatchObject({ type, reason: json.error.reason });
  });

  // The facts: from 9.3 on Elasticsearch takes a wildcard that fits no index for no events (pull requests 135826 and 139181).
  it.each<[string, unknown[], unknown[][]]>([
    ['FROM nope*', [], []],
    ['FROM nope* METADATA _index', [{ name: '_index', type: 'keyword' }], []],
    ['FROM nope* | STATS c = COUNT(*)', [{ name: 'c', type: 'long' }], [[0]]],
    ['FROM nope* | EVAL x = 1', [{ name: 'x', type: 'integer' }], []],
    ['FROM nope*, events | STATS c = COUNT(*)', [{ name: 'c', type: 'long' }], [[2]]],
    ['FROM events, (FROM nope*) | STATS c = COUNT(*)', [{ name: 'c', type: 'long' }], [[2]]],
    [
      'FROM events | WHERE 1 IN (FROM nope* | EVAL n = 1 | KEEP n) | STATS c = COUNT(*)',
      [{ name: 'c', type: 'long' }],
      [[0]],
    ],
    ['FROM ev*,-events', [], []],
    [
      'SET unmapped_fields = "nullify"; FROM nope* | WHERE event.action == "x" | KEEP event.action',
      [{ name: 'event.action', type: 'null' }],
      [],
    ],
  ])('reads no events from a wildcard that fits no index: %s', async (query, columns, values) => {
    const { json } = await (await filled()).send('POST', '/_query', { query });
    expect(json).toMatchObject({ columns, values });
  });

  it.each([
    ['FROM nope*,nope', 'Unknown index [nope]'],
    ['FROM -events', 'Unknown index [-events]'],
    // Nothing has a field, not even those that ECS knows.
    ['FROM nope* | WHERE event.action == "x"', 'Unknown column [event.action]'],
  ])('but refuses %s', async (query, reason) => {
    const { json, status } = await (await filled()).send('POST', '/_query', { query });
    expect([status, json.error.reason]).toEqual([400, expect.stringContaining(reason)]);
  });

  it('cuts answers at the rows it allows', async () => {
    const server = await startServer({ limits: { rows: 7 } });
    await server.send('POST', '/x/_bulk', bulk(...Array.from({ length: 20 }, (_, n) => [{ index: {} }, { n }]).flat()));
    expect((await server.send('POST', '/_query', { query: 'FROM x | LIMIT 20' })).json.values).toHaveLength(7);
    expect(
      (await server.send('POST', '/_query', { query: 'FROM x | STATS c = COUNT(*) | LIMIT 20' })).json.values,
    ).toEqual([[20]]);
  });

  const slow = `FROM x | EVAL a = n * 2 | STATS c = COUNT_DISTINCT(a) BY ${Array.from({ length: 3 }, (_, i) => `k${i}`).join(', ')} | LIMIT 1`;
  it('ends a query that takes too long', async () => {
    const server = await startServer({ limits: { queryTime: 1 } });
    const lines = Array.from({ length: 20_000 }, (_, n) => [
      { index: {} },
      { n, k0: `${n}`, k1: `${n}x`, k2: `${n}y` },
    ]).flat();
    await server.send('POST', '/x/_bulk', bulk(...lines));
    expect((await server.send('POST', '/_query', { query: slow })).status).toBe(408);
    // The connection serves the next query as if nothing had been.
    const after = await server.send('POST', '/_query', { query: 'ROW a = 1' });
    expect([200, 408]).toContain(after.status);
  });
});

describe('asynchronous queries', () => {
  it('answers at once when there is time', async () => {
    const server = await filled();
    const { json } = await server.send('POST', '/_query/async', { query: 'FROM events | STATS c = COUNT(*)' });
    expect(json).toMatchObject({ is_running: false, values: [[2]] });
    expect(json.id).toBeUndefined();
  });

  it('keeps an answer until it is deleted', async () => {
    const server = await filled();
    const { json, headers } = await server.send('POST', '/_query/async', {
      query: 'FROM events | STATS c = COUNT(*)',
      keep_on_completion: true,
    });
    expect(headers['x-elasticsearch-async-id']).toBe(json.id);
    expect((await server.send('GET', `/_query/async/${json.id}`)).json).toMatchObject({
      is_running: false,
      values: [[2]],
    });
    expect((await server.send('POST', `/_query/async/${json.id}/stop`)).json.values).toEqual([[2]]);
    expect((await server.send('DELETE', `/_query/async/${json.id}`)).json).toEqual({ acknowledged: true });
    expect((await server.send('GET', `/_query/async/${json.id}`)).status).toBe(404);
  });

  it('gives a kept answer in the form that is asked for, until its time is over', async () => {
    const server = await filled();
    const start = async (keep_alive: string): Promise<string> =>
      (
        await server.send('POST', '/_query/async', {
          query: 'FROM events | STATS c = COUNT(*)',
          keep_on_completion: true,
          keep_alive,
        })
      ).json.id;
    expect((await server.send('GET', `/_query/async/${await start('1h')}?format=csv`)).text).toBe('c\r\n2\r\n');
    const short = await start('1ms');
    await expect.poll(async () => (await server.send('GET', `/_query/async/${short}`)).status).toBe(404);
  });

  it('is stopped with what there is', async () => {
    const server = await startServer({ limits: { queryTime: 20_000 } });
    const lines = Array.from({ length: 2000 }, (_, n) => [{ index: {} }, { n, k: 'k' }]).flat();
    await server.send('PUT', '/look', {
      settings: { 'index.mode': 'lookup' },
      mappings: { properties: { k: { type: 'keyword' }, m: { type: 'long' } } },
    });
    for (const index of ['x', 'look']) await server.send('POST', `/${index}/_bulk`, bulk(...lines));
    const { json } = await server.send('POST', '/_query/async', {
      query:
        'FROM x | EVAL k = k.keyword | LOOKUP JOIN look ON k | STATS d = COUNT_DISTINCT(REPEAT(CONCAT(k, TO_STRING(n)), 200))',
      wait_for_completion_timeout: '0ms',
    });
    expect(json.is_running).toBe(true);
    const stopped = await server.send('POST', `/_query/async/${json.id}/stop`);
    expect(stopped.json).toMatchObject({ is_running: false, is_partial: true, values: [] });
    expect((await server.send('DELETE', `/_query/async/${json.id}`)).status).toBe(404);
  });

  it('comes back with an id when there is not', async () => {
    const server = await filled();
    const { json } = await server.send('POST', '/_query/async', {
      query: 'FROM events | STATS c = COUNT(*)',
      wait_for_completion_timeout: '0ms',
    });
    expect(json).toMatchObject({ is_running: true, columns: [], values: [] });
    const after = await server.send('GET', `/_query/async/${json.id}?wait_for_completion_timeout=10s`);
    expect(after.json).toMatchObject({ is_running: false, values: [[2]] });
  });

  it('reports an error in a time or a query', async () => {
    const server = await filled();
    expect((await server.send('POST', '/_query/async', { query: 'ROW a = 1', keep_alive: '5 days' })).status).toBe(400);
    expect((await server.send('POST', '/_query/async', { query: 'FROM nope' })).json.error.type).toBe(
      'verification_exception',
    );
  });
});

describe('who may do what', () => {
  it('demands a key, and distinguishes reading, writing and indices', async () => {
    const server = await startServer({ keyRequired: true });
    const { encoded: reader } = await server.keys.create('reader', ['read'], ['a*']);
    const { encoded: writer, key } = await server.keys.create('writer', ['write'], ['*']);
    const { encoded: both } = await server.keys.create('both', ['read', 'write'], ['a1']);
    const as = (encoded: string): Record<string, string> => ({ authorization: `ApiKey ${encoded}` });
    const document = bulk({ index: { _index: 'a1' } }, { x: 1 }, { index: { _index: 'b1' } }, { x: 2 });
    expect((await server.send('GET', '/')).status).toBe(401);
    expect((await server.send('GET', '/', undefined, as('bm86bm8='))).status).toBe(401);
    expect((await server.send('POST', '/_bulk', document, as(writer))).json.errors).toBe(false);
    const refused = await server.send('POST', '/_bulk', document, as(both));
    expect(refused.json.items.map((item: { index: { status: number } }) => item.index.status)).toEqual([201, 403]);
    const query = { query: 'FROM * METADATA _index | KEEP _index | SORT _index' };
    expect((await server.send('POST', '/_query', query, as(reader))).json.values).toEqual([['a1'], ['a1']]);
    expect((await server.send('POST', '/_query', { query: 'FROM b1' }, as(reader))).json.error.reason).toContain(
      'Unknown index [b1]',
    );
    expect((await server.send('POST', '/_query', query, as(writer))).status).toBe(403);
    expect((await server.send('DELETE', '/a1', undefined, as(reader))).status).toBe(403);
    expect((await server.send('GET', '/_cat/indices?format=json', undefined, as(reader))).json).toHaveLength(1);
    await server.keys.revoke(key.id);
    expect((await server.send('POST', '/_bulk', document, as(writer))).status).toBe(401);
  });

  it('lets who writes see whether an index and its templates are there, and takes keys as user and password', async () => {
    const server = await startServer({ keyRequired: true });
    const { encoded: writer } = await server.keys.create('writer', ['write'], ['*']);
    const { encoded: one } = await server.keys.create('one', ['write'], ['a']);
    const ask = async (method: string, url: string, authorization: string, body?: unknown): Promise<number> =>
      (await server.send(method, url, body, { authorization })).status;
    expect(await ask('PUT', '/a', `Basic ${writer}`, {})).toBe(200);
    expect(await ask('PUT', '/b', `Basic ${writer}`, {})).toBe(200);
    expect(await ask('PUT', '/b', `Bearer ${writer}`, {})).toBe(401);
    expect(await ask('HEAD', '/_index_template/t', `ApiKey ${writer}`)).toBe(404);
    expect(await ask('HEAD', '/_index_template/t', `ApiKey ${one}`)).toBe(403);
    expect(await ask('HEAD', '/a', `ApiKey ${one}`)).toBe(200);
    expect(await ask('HEAD', '/b', `ApiKey ${one}`)).toBe(403);
    expect(await ask('GET', '/a/_count', `ApiKey ${one}`)).toBe(403);
  });

  it('hides the indices of others from every way of asking', async () => {
    const server = await startServer({ keyRequired: true });
    const { encoded: all } = await server.keys.create('all', ['read', 'write'], ['*']);
    const { encoded: own } = await server.keys.create('own', ['read', 'write'], ['mine*']);
    const as = (encoded: string): Record<string, string> => ({ authorization: `ApiKey ${encoded}` });
    await server.send(
      'PUT',
      '/theirs',
      {
        settings: { 'index.mode': 'lookup' },
        mappings: { properties: { k: { type: 'keyword' }, hidden: { type: 'keyword' } } },
      },
      as(all),
    );
    const documents = bulk(
      { index: { _index: 'theirs', _id: '1' } },
      { k: 'a', hidden: 'secret' },
      { index: { _index: 'mine' } },
      { k: 'a' },
    );
    expect((await server.send('POST', '/_bulk', documents, as(all))).json.errors).toBe(false);
    const policy = { match: { indices: 'theirs', match_field: 'k', enrich_fields: ['hidden'] } };
    await server.send('PUT', '/_enrich/policy/p', policy, as(all));
    for (const query of [
      'FROM theirs',
      'FROM mine, theirs',
      'FROM *',
      'FROM *, -mine',
      'FROM mine, (FROM theirs)',
      'FROM mine | EVAL k = k.keyword | LOOKUP JOIN theirs ON k',
      'FROM mine | EVAL k = k.keyword | ENRICH p ON k',
      'FROM * | WHERE hidden == "secret"',
    ]) {
      const { text } = await server.send('POST', '/_query', { query }, as(own));
      expect.soft(text.includes('secret') || /"hidden","type"/.test(text), `${query}: ${text}`).toBe(false);
    }
    for (const [method, url, body] of [
      ['GET', '/theirs'],
      ['GET', '/theirs/_mapping'],
      ['GET', '/theirs/_settings'],
      ['GET', '/theirs/_doc/1'],
      ['GET', '/theirs/_source/1'],
      ['GET', '/theirs/_count'],
      ['GET', '/theirs/_stats'],
      ['GET', '/theirs/_field_caps'],
      ['GET', '/_cat/indices/theirs'],
      ['GET', '/_cat/count/theirs'],
      ['GET', '/_enrich/policy'],
      ['GET', '/_index_template'],
      ['PUT', '/theirs2', {}],
      ['PUT', '/theirs/_mapping', {}],
      ['PUT', '/*/_mapping', {}],
      ['PUT', '/theirs/_doc/1', {}],
      ['POST', '/theirs/_update/1', { doc: {} }],
      ['DELETE', '/theirs/_doc/1'],
      ['DELETE', '/mine,theirs'],
      ['DELETE', '/_data_stream/theirs'],
      ['PUT', '/_index_template/t', { index_patterns: 'theirs*' }],
      ['PUT', '/_enrich/policy/q', policy],
    ] as const)
      expect.soft((await server.send(method, url, body, as(own))).status, `${method} ${url}`).toBe(403);
    for (const url of ['/*', '/_mapping', '/_stats', '/_cat/indices', '/_field_caps', '/_data_stream'])
      expect.soft((await server.send('GET', url, undefined, as(own))).text, url).not.toMatch(/theirs|hidden/);
  });

  it('keeps no secret', async () => {
    const server = await startServer();
    const { encoded } = await server.keys.create('x', ['read'], ['*']);
    const secret = Buffer.from(encoded, 'base64').toString().split(':')[1]!;
    expect(JSON.stringify(await server.keys.list())).not.toContain(secret);
  });

  it('refuses what pages of other sites make a browser send', async () => {
    const server = await startServer({ hostNames: new Set(['localhost', '127.0.0.1']) });
    const from = async (headers: Record<string, string>): Promise<number> =>
      (await server.send('POST', '/_query', { query: 'ROW a = 1' }, { host: 'localhost:9200', ...headers })).status;
    expect(await from({})).toBe(200);
    expect(await from({ origin: 'http://evil.example' })).toBe(403);
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await from({ host: 'evil.example' })).toBe(403);
    expect(await from({ origin: 'http://localhost:9200', 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  it('reaches no file of the host', async () => {
    const server = await startServer();
    await expect(
      server.store.duckdb.connection.run("SELECT * FROM read_text('/etc/hostname')" as never),
    ).rejects.toThrow(/disabled by configuration/);
    await expect(server.store.duckdb.connection.run('SET enable_external_access = true' as never)).rejects.toThrow();
  });
});
