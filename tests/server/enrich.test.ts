import { expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

const write = (server: TestServer, index: string, documents: readonly object[]): Promise<unknown> =>
  server.send('POST', `/${index}/_bulk`, bulk(...documents.flatMap((document) => [{ create: {} }, document])));

it('enriches rows with the documents that a policy finds', async () => {
  const server = await startServer();
  const keyword = { type: 'keyword' };
  await server.send('PUT', '/assets', {
    mappings: { properties: { host: keyword, owner: keyword, n: { type: 'long' } } },
  });
  await server.send('PUT', '/events', { mappings: { properties: { host: keyword, id: keyword } } });
  await write(server, 'assets', [
    { host: 'a', owner: 'alice', n: 1 },
    { host: 'b', owner: 'bob', n: 2 },
    { host: 'b', owner: 'bea', n: 3 },
  ]);
  await write(server, 'events', [
    { id: '1', host: 'a' },
    { id: '2', host: 'b' },
    { id: '3', host: 'c' },
    { id: '4' },
    { id: '5', host: ['a', 'b'] },
  ]);
  const body = { match: { indices: 'assets', match_field: 'host', enrich_fields: ['owner', 'n'] } };
  expect((await server.send('PUT', '/_enrich/policy/owners', body)).json).toEqual({ acknowledged: true });
  expect((await server.send('POST', '/_enrich/policy/owners/_execute')).json).toEqual({
    status: { phase: 'COMPLETE' },
  });
  const ask = async (query: string): Promise<unknown> => {
    const { json } = await server.send('POST', '/_query', { query });
    return json.values ?? json.error.reason;
  };
  expect(await ask('FROM events | ENRICH owners ON host WITH owner | KEEP id, owner | SORT id')).toEqual([
    ['1', 'alice'],
    ['2', expect.arrayContaining(['bob', 'bea'])],
    ['3', null],
    ['4', null],
    ['5', expect.arrayContaining(['alice', 'bob', 'bea'])],
  ]);
  expect(await ask('FROM events | ENRICH owners WITH number = n | WHERE id == "1" | KEEP id, number')).toEqual([
    ['1', 1],
  ]);
  expect(await ask('FROM events | ENRICH owner')).toContain(
    'cannot find enrich policy [owner], did you mean [owners]?',
  );
  expect(await ask('FROM events | ENRICH owners WITH nothere')).toContain(
    'Enrich field [nothere] not found in enrich policy [owners]',
  );
  expect((await server.send('PUT', '/_enrich/policy/bad', { match: {} })).status).toBe(400);
  expect((await server.send('POST', '/_enrich/policy/none/_execute')).status).toBe(404);
});

it('finds documents by any of several values on either side, in the order of their first', async () => {
  const server = await startServer();
  const keyword = { type: 'keyword' };
  await server.send('PUT', '/owners', { mappings: { properties: { host: keyword, owner: keyword } } });
  await write(server, 'owners', [
    { host: ['c', 'd'], owner: ['carl', 'dora'] },
    { host: 'd', owner: 'dan' },
    { host: ['a', 'd'], owner: 'ann' },
  ]);
  const body = { match: { indices: 'owners', match_field: 'host', enrich_fields: ['owner'] } };
  await server.send('PUT', '/_enrich/policy/owners_of', body);
  await server.send('POST', '/_enrich/policy/owners_of/_execute');
  const ask = async (hosts: string): Promise<unknown> => {
    const query = `ROW host = ${hosts} | ENRICH owners_of ON host | KEEP owner`;
    return (await server.send('POST', '/_query', { query })).json.values;
  };
  expect(await ask('["d", "e"]')).toEqual([[['ann', 'carl', 'dora', 'dan']]]);
  expect(await ask('["a", "c"]')).toEqual([[['ann', 'carl', 'dora']]]);
  expect(await ask('"d"')).toEqual([[['ann', 'carl', 'dora', 'dan']]]);
  expect(await ask('["e", "f"]')).toEqual([[null]]);
});

it('compares texts with keys as the texts that the policy keeps', async () => {
  const server = await startServer();
  await server.send('PUT', '/codes', {
    mappings: { properties: { code: { type: 'long' }, name: { type: 'keyword' } } },
  });
  await write(server, 'codes', [
    { code: 4624, name: 'logon' },
    { code: 4625, name: 'failed logon' },
  ]);
  await server.send('PUT', '/_enrich/policy/code_names', {
    match: { indices: 'codes', match_field: 'code', enrich_fields: ['name'] },
  });
  await server.send('POST', '/_enrich/policy/code_names/_execute');
  const ask = async (code: string): Promise<unknown> => {
    const query = `ROW code = ${code} | ENRICH code_names ON code | KEEP name`;
    return (await server.send('POST', '/_query', { query })).json.values;
  };
  expect(await ask('4624')).toEqual([['logon']]);
  expect(await ask('"4624"')).toEqual([['logon']]);
  expect(await ask('"04624"')).toEqual([[null]]);
  expect(await ask('["4624", "x"]')).toEqual([['logon']]);
});

it('enriches rows with the documents in whose ranges a value lies', async () => {
  const server = await startServer();
  const keyword = { type: 'keyword' };
  await server.send('PUT', '/networks', {
    mappings: {
      properties: {
        net: { properties: { block: { type: 'ip_range' } } },
        port: { type: 'integer_range' },
        at: { type: 'date_range' },
        zone: keyword,
      },
    },
  });
  await write(server, 'networks', [
    { net: { block: '10.0.0.0/8' }, zone: 'inside' },
    { 'net.block': ['10.1.0.0/16', { gte: '192.168.0.0', lt: '192.168.1.0' }], zone: 'lab' },
    { net: { block: '2001:db8::/32' }, zone: 'six' },
    { port: { gt: 0, lte: 1023 }, at: { gte: '2026-03-01', lt: '2026-04-01' }, zone: 'system' },
  ]);
  await server.send('PUT', '/flows', {
    mappings: {
      properties: { ip: { type: 'ip' }, port: { type: 'integer' }, '@timestamp': { type: 'date' }, id: keyword },
    },
  });
  await write(server, 'flows', [
    { id: '1', ip: '10.2.3.4', port: 443, '@timestamp': '2026-03-31T23:59:59.999Z' },
    { id: '2', ip: '10.1.3.4', port: 0, '@timestamp': '2026-04-01T00:00:00Z' },
    { id: '3', ip: '192.168.1.0', port: 1024 },
    { id: '4', ip: ['8.8.8.8', '2001:db8::1'] },
    { id: '5' },
  ]);
  for (const [name, field] of [
    ['nets', 'net.block'],
    ['ports', 'port'],
    ['times', 'at'],
  ])
    await server.send('PUT', `/_enrich/policy/${name}`, {
      range: { indices: 'networks', match_field: field, enrich_fields: ['zone'] },
    });
  const ask = async (query: string): Promise<unknown> => {
    const { json } = await server.send('POST', '/_query', { query });
    return json.values ?? json.error.reason;
  };
  expect(await ask('FROM flows | ENRICH nets ON ip | KEEP id, zone | SORT id')).toEqual([
    ['1', 'inside'],
    ['2', expect.arrayContaining(['inside', 'lab'])],
    ['3', null],
    ['4', 'six'],
    ['5', null],
  ]);
  const found = 'WHERE zone IS NOT NULL | KEEP id';
  expect(await ask(`FROM flows | ENRICH ports ON port | ${found}`)).toEqual([['1']]);
  expect(await ask(`FROM flows | ENRICH times ON @timestamp | ${found}`)).toEqual([['1']]);
  // A text is read as what the ranges of each document are of.
  expect(await ask('ROW a = "192.168.0.7" | ENRICH nets ON a | KEEP zone')).toEqual([['lab']]);
  expect(await ask('ROW a = ["2001:db8::2", "no address"] | ENRICH nets ON a | KEEP zone')).toEqual([['six']]);
  expect(await ask('ROW a = "443" | ENRICH ports ON a | KEEP zone')).toEqual([['system']]);
  expect(await ask('ROW a = "2026-03-02" | ENRICH times ON a | KEEP zone')).toEqual([['system']]);
  expect(await ask('ROW a = true | ENRICH nets ON a')).toContain('Unsupported type [BOOLEAN]');
  expect(await ask('ROW a = TO_IP("192.168.0.9") | ENRICH nets ON a WITH z = zone | KEEP z')).toEqual([['lab']]);
});

it('enriches rows with the documents whose shapes they meet', async () => {
  const server = await startServer();
  const keyword = { type: 'keyword' };
  await server.send('PUT', '/districts', { mappings: { properties: { area: { type: 'geo_shape' }, name: keyword } } });
  await write(server, 'districts', [
    { area: 'BBOX (0, 10, 10, 0)', name: 'west' },
    {
      area: {
        type: 'Polygon',
        coordinates: [
          [
            [8, 0],
            [20, 0],
            [20, 10],
            [8, 0],
          ],
        ],
      },
      name: 'east',
    },
    { name: 'nowhere' },
  ]);
  for (const [name, field] of [
    ['areas', 'area'],
    ['names', 'name'],
  ])
    await server.send('PUT', `/_enrich/policy/${name}`, {
      geo_match: { indices: 'districts', match_field: field, enrich_fields: ['name'] },
    });
  const ask = async (query: string): Promise<unknown> => {
    const { json } = await server.send('POST', '/_query', { query });
    return json.values ?? json.error.reason;
  };
  const name = (geometry: string): Promise<unknown> =>
    ask(`ROW a = ${geometry} | ENRICH areas ON a WITH name | EVAL name = MV_SORT(name) | KEEP name`);
  expect(await name('TO_GEOPOINT("POINT (5 5)")')).toEqual([['west']]);
  expect(await name('TO_GEOPOINT(["POINT (5 5)", "POINT (19 5)"])')).toEqual([[['east', 'west']]]);
  expect(await name('TO_GEOSHAPE("LINESTRING (1 1, 19 1)")')).toEqual([[['east', 'west']]]);
  expect(await name('TO_GEOPOINT("POINT (50 5)")')).toEqual([[null]]);
  expect(await ask('ROW a = "POINT (5 5)" | ENRICH areas ON a')).toContain('Unsupported type [KEYWORD]');
  expect(await ask('ROW a = TO_GEOPOINT("POINT (5 5)") | ENRICH names ON a')).toContain('neither geo_shape');
});

it('names the types of a field that indices disagree about', async () => {
  const server = await startServer();
  await server.send('PUT', '/x', { mappings: { properties: { f: { type: 'ip' } } } });
  await server.send('PUT', '/y', { mappings: { properties: { f: { type: 'keyword' } } } });
  await write(server, 'x', [{ f: '10.0.0.1' }]);
  await write(server, 'y', [{ f: '10.0.0.2' }]);
  const { json } = await server.send('POST', '/_query', { query: 'FROM x, y' });
  expect(json.columns).toEqual([
    { name: 'f', type: 'unsupported', original_types: ['ip', 'keyword'], suggested_cast: 'keyword' },
  ]);
  expect(json.values).toEqual([[null], [null]]);
  const cast = await server.send('POST', '/_query', { query: 'FROM x, y | EVAL g = TO_IP(f) | KEEP g | SORT g' });
  expect(cast.json.values).toEqual([['10.0.0.1'], ['10.0.0.2']]);
  const used = await server.send('POST', '/_query', { query: 'FROM x, y | WHERE f == "a"' });
  expect(used.json.error.reason).toContain(
    'Cannot use field [f] due to ambiguities being mapped as [2] incompatible types: [ip] in [x], [keyword] in [y]',
  );
});

it('shows whole documents, and what was left out of them', async () => {
  const server = await startServer();
  const mapping = { properties: { n: { type: 'long', ignore_malformed: true } } };
  await server.send('PUT', '/x', { mappings: mapping });
  await write(server, 'x', [{ n: 'odd', text: 'é' }]);
  const { json } = await server.send('POST', '/_query', {
    query: 'FROM x METADATA _source, _ignored | KEEP _source, _ignored',
  });
  expect(json.columns.map(({ type }: { type: string }) => type)).toEqual(['_source', 'keyword']);
  expect(json.values).toEqual([[{ n: 'odd', text: 'é' }, 'n']]);
});
