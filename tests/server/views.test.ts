import { describe, expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

/** A server with connections of two hosts, and views of them. */
async function serverWithViews(): Promise<TestServer> {
  const server = await startServer();
  const documents = [
    { host: 'alpha', port: 22, tags: ['a', 'b'] },
    { host: 'alpha', port: 443 },
    { host: 'beta', port: 443, tags: 'a' },
  ];
  await server.send(
    'POST',
    '/conn/_bulk?refresh=true',
    bulk(...documents.flatMap((document) => [{ index: {} }, document])),
  );
  const views = {
    'conn-ssh': 'FROM conn | WHERE port == 22 | KEEP host, port',
    'conn-tagged': 'FROM conn\n| WHERE tags == "a"\n| KEEP host',
    'conn-both': 'FROM conn-ssh, conn-tagged',
    nested: 'FROM conn | WHERE host IN (FROM conn-tagged) | STATS n = COUNT(*) BY host',
    loop: 'FROM conn, (FROM loop)',
    wrong: 'FROM conn\n| KEEP hosts',
  };
  for (const [name, query] of Object.entries(views))
    expect((await server.send('PUT', `/_query/view/${name}`, { query })).json).toEqual({ acknowledged: true });
  return server;
}

const ask = async (server: TestServer, query: string) => {
  const { status, json, headers } = await server.send('POST', '/_query', { query });
  const warnings = [headers.warning ?? []].flat().map((header) => /"(.*)"/.exec(String(header))![1]!);
  return { status, values: json.values, reason: json.error?.reason, warnings };
};

describe('a view', () => {
  it('is passed over by wildcards of TS', async () => {
    const server = await startServer();
    const properties = { '@timestamp': { type: 'date' }, pod: { type: 'keyword', time_series_dimension: true } };
    const mapped = { properties: { ...properties, load: { type: 'long', time_series_metric: 'gauge' } } };
    await server.send('PUT', '/pods', { settings: { index: { mode: 'time_series' } }, mappings: mapped });
    const documents = [1, 5, 3].map((load, i) => ({ '@timestamp': `2026-05-10T00:0${i}:00Z`, pod: 'a', load }));
    await server.send('POST', '/pods/_bulk?refresh=true', bulk(...documents.flatMap((one) => [{ create: {} }, one])));
    await server.send('PUT', '/_query/view/pods-all', { query: 'FROM pods' });
    for (const from of ['pods', 'pods*', 'pods, pods-*::data'])
      expect([from, (await ask(server, `TS ${from} | STATS MAX(load)`)).values]).toEqual([from, [[3]]]);
    expect((await ask(server, 'FROM pods* | STATS COUNT(*)')).values).toEqual([[6]]);
  });

  it('is read as an index is, by name, pattern and exclusion', async () => {
    const server = await serverWithViews();
    const answers: [string, unknown][] = [
      ['FROM conn-ssh | STATS COUNT(*)', [[1]]],
      ['FROM conn-ssh, conn-tagged | STATS COUNT(*), MAX(port)', [[2, 22]]],
      ['FROM conn-both | STATS COUNT(*)', [[2]]],
      ['FROM conn-*,-conn-both | STATS COUNT(*)', [[2]]],
      ['FROM conn*,-conn-* | STATS COUNT(*)', [[3]]],
      ['FROM conn,conn-ssh,-conn-ssh | STATS COUNT(*)', [[3]]],
      ['FROM conn,conn-ssh,-conn-* | STATS COUNT(*)', [[3]]],
      ['FROM conn, (FROM conn-ssh) | STATS COUNT(*)', [[4]]],
      ['FROM nested | KEEP host, n', [['beta', 1]]],
      ['FROM conn | WHERE host NOT IN (FROM conn-ssh | KEEP host) | KEEP host', [['beta']]],
      ['FROM conn-ssh METADATA _index, _id | KEEP host, _index, _id', [['alpha', null, null]]],
      [
        'FROM conn, conn-ssh METADATA _index | STATS COUNT(*) BY _index | SORT _index',
        [
          [3, 'conn'],
          [1, null],
        ],
      ],
    ];
    for (const [query, values] of answers) expect((await ask(server, query)).values, query).toEqual(values);
  });

  it('says in warnings and errors that the place is its own', async () => {
    const server = await serverWithViews();
    expect((await ask(server, 'FROM conn-tagged')).warnings).toContain(
      'Line 2:9 (in view [conn-tagged]): evaluation of [tags == \\"a\\"] failed, treating result as null. Only first 20 failures recorded.',
    );
    expect(await ask(server, 'FROM wrong')).toMatchObject({
      status: 400,
      reason: 'Found 1 problem\nline 2:8 (in view [wrong]): Unknown column [hosts], did you mean [host]?',
    });
    expect((await ask(server, 'FROM conn-ssh,-conn-ssh')).reason).toContain('Unknown index [conn-ssh');
    expect((await ask(server, 'FROM loop')).reason).toContain('circular view reference [loop -> loop]');
  });

  it('is kept, shown, replaced and removed', async () => {
    const server = await serverWithViews();
    const { json } = await server.send('GET', '/_query/view/conn-ssh');
    expect(json).toEqual({ views: [{ name: 'conn-ssh', query: 'FROM conn | WHERE port == 22 | KEEP host, port' }] });
    expect((await server.send('GET', '/_query/view/conn-*')).json.views).toHaveLength(3);
    await server.send('PUT', '/_query/view/conn-ssh', { query: 'FROM conn | WHERE port == 443' });
    expect((await ask(server, 'FROM conn-ssh | STATS COUNT(*)')).values).toEqual([[2]]);
    expect((await server.send('DELETE', '/_query/view/conn-ssh')).json).toEqual({ acknowledged: true });
    expect((await server.send('GET', '/_query/view/conn-ssh')).status).toBe(404);
    expect((await server.send('DELETE', '/_query/view/conn-ssh')).status).toBe(404);
    expect((await ask(server, 'FROM conn-ssh')).reason).toContain('Unknown index [conn-ssh]');
  });

  it('is read with the rights of whoever asks', async () => {
    const server = await startServer({ keyRequired: true });
    const all = await server.keys.create('all', ['read', 'write'], ['*']);
    const some = await server.keys.create('some', ['read'], ['conn*']);
    const withKey = ({ encoded }: { encoded: string }) => ({ authorization: `ApiKey ${encoded}` });
    for (const index of ['conn', 'secret'])
      await server.send('PUT', `/${index}/_doc/1?refresh=true`, { v: index }, withKey(all));
    for (const [name, query] of [
      ['of-secret', 'FROM secret'],
      ['conn-all', 'FROM conn'],
      ['conn-secret', 'FROM secret'],
      ['through', 'FROM conn | WHERE v IN (FROM secret | KEEP v)'],
    ])
      await server.send('PUT', `/_query/view/${name}`, { query }, withKey(all));
    const answer = async (name: string, key: { encoded: string }): Promise<unknown> => {
      const { json } = await server.send('POST', '/_query', { query: `FROM ${name} | KEEP v` }, withKey(key));
      return json.error?.reason ?? json.values;
    };
    expect(await answer('of-secret', all)).toEqual([['secret']]);
    expect(await answer('conn-all', some)).toEqual([['conn']]);
    expect(await answer('conn-secret', some)).toContain('Unknown index [secret]');
    for (const name of ['of-secret', 'through']) expect(await answer(name, some)).toContain(`Unknown index [${name}]`);
    await server.send('DELETE', '/_query/view/conn-secret', undefined, withKey(all));
    expect(await answer('*', some)).toEqual([['conn'], ['conn']]);
    expect((await server.send('GET', '/_query/view', undefined, withKey(some))).status).toBe(403);
    expect((await server.send('DELETE', '/_query/view/conn-all', undefined, withKey(some))).status).toBe(403);
  });

  it.each([
    ['one', { query: 'FROM conn | WHERE' }, 'mismatched input'],
    ['one', { query: 5 }, 'needs a [query]'],
    ['one', { query: 'FROM conn', other: 1 }, 'unknown field [other]'],
    ['one', { query: 'SET time_zone = "+01:00"; FROM conn' }, 'has settings'],
    ['One', { query: 'FROM conn' }, 'Invalid view name [One]'],
    ['conn', { query: 'FROM conn' }, 'there is an index of that name'],
  ])('is refused: %s %j', async (name, body, reason) => {
    const server = await serverWithViews();
    const { status, json } = await server.send('PUT', `/_query/view/${name}`, body);
    expect(status).toBe(400);
    expect(json.error.reason).toContain(reason);
  });
});
