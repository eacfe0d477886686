import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { bulk, startServer, type TestServer } from './support.ts';

/** A server with three indices of two hosts each, and aliases of them. */
async function serverWithAliases(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  const headers = options.keyRequired ? { authorization: `ApiKey ${server.keys.createOwn('owner')}` } : undefined;
  for (const index of ['net-a', 'net-b', 'secret'])
    await server.send(
      'POST',
      `/${index}/_bulk?refresh=true`,
      bulk({ index: { _id: '1' } }, { host: `${index}1`, n: 1 }, { index: { _id: '2' } }, { host: `${index}2`, n: 2 }),
      headers,
    );
  const actions = [
    { add: { index: 'net-a', alias: 'first' } },
    { add: { indices: ['net-*'], aliases: ['both', 'old'] } },
    { add: { index: 'secret', alias: 'net-hidden' } },
    { add: { indices: ['net-a', 'secret'], alias: 'mixed' } },
    { remove: { index: '*', alias: 'ol*' } },
  ];
  const { json } = await server.send('POST', '/_aliases', { actions }, headers);
  expect(json).toEqual({ acknowledged: true, errors: false });
  return server;
}

const ask = async (server: TestServer, query: string, headers?: Record<string, string>) => {
  const { status, json } = await server.send('POST', '/_query', { query }, headers);
  return status === 200 ? json.values : `${status} ${json.error.reason}`;
};

const indicesOf = (from: string): string => `FROM ${from} METADATA _index | STATS n = COUNT(*) BY _index | SORT _index`;

describe('an alias', () => {
  it('resolves to its indices in FROM, by name, pattern and exclusion', async () => {
    const server = await serverWithAliases();
    const answers: [string, unknown][] = [
      ['first', [[2, 'net-a']]],
      ['both', [2, 2].map((n, i) => [n, ['net-a', 'net-b'][i]])],
      ['both,-first', [[2, 'net-b']]],
      ['bo*', [2, 2].map((n, i) => [n, ['net-a', 'net-b'][i]])],
      // The name of an alias fits a pattern as that of an index does.
      ['net-*', [2, 2, 2].map((n, i) => [n, ['net-a', 'net-b', 'secret'][i]])],
      [
        'first, (FROM mixed | WHERE n == 1)',
        [
          [2, 'net-a'],
          [2, null],
        ],
      ],
      ['old', expect.stringContaining('Unknown index [old]')],
    ];
    for (const [from, expected] of answers)
      expect([from, await ask(server, indicesOf(from))]).toEqual([from, expected]);
    expect(await ask(server, 'FROM net-b | WHERE n IN (FROM first | KEEP n) | STATS COUNT(*)')).toEqual([[2]]);
  });

  it('resolves to them in searches and descriptions', async () => {
    const server = await serverWithAliases();
    const get = async (url: string): Promise<unknown> => (await server.send('GET', url)).json;
    expect(await get('/both/_count')).toMatchObject({ count: 4 });
    expect(await get('/both,-first/_search')).toMatchObject({ hits: { total: { value: 2 } } });
    expect(Object.keys((await get('/mixed/_mapping')) as object)).toEqual(['net-a', 'secret']);
    expect(await get('/first')).toMatchObject({ 'net-a': { aliases: { both: {}, first: {}, mixed: {} } } });
    expect(await get('/_alias/first,both')).toEqual({
      'net-a': { aliases: { both: {}, first: {} } },
      'net-b': { aliases: { both: {} } },
    });
    expect(await get('/net-b/_alias')).toEqual({ 'net-b': { aliases: { both: {} } } });
    expect(await get('/_alias/none,first')).toEqual({
      error: 'alias [none] missing',
      status: 404,
      'net-a': { aliases: { first: {} } },
    });
    expect(await get('/_cat/aliases?format=json&h=alias,index')).toEqual(
      [
        ['both', 'net-a'],
        ['both', 'net-b'],
        ['first', 'net-a'],
        ['mixed', 'net-a'],
        ['mixed', 'secret'],
        ['net-hidden', 'secret'],
      ].map(([alias, index]) => ({ alias, index })),
    );
    expect(await get('/_resolve/index/bo*')).toMatchObject({
      indices: [{ name: 'net-a' }, { name: 'net-b' }],
      aliases: [{ name: 'both', indices: ['net-a', 'net-b'] }],
    });
  });

  it.each<readonly [url: string, answer: object]>([
    ['/_alias/*,-b*', { 'net-a': ['first', 'mixed'], secret: ['mixed', 'net-hidden'] }],
    ['/_alias/b*,first,-bo*', { 'net-a': ['first'] }],
    ['/net-*,-net-b/_alias/*,-mixed', { 'net-a': ['both', 'first'], secret: ['net-hidden'] }],
    ['/net-*,-both/_alias', { secret: ['mixed', 'net-hidden'] }],
    ['/*,-first/_alias/both', { 'net-b': ['both'] }],
    // What is asked for by name and taken away again is not missing.
    ['/_alias/f*,both,-both', { 'net-a': ['first'] }],
    ['/_alias/f*,-nosuch', { 'net-a': ['first'] }],
    ['/_alias/_all,-mixed,-both', { 'net-a': ['first'], secret: ['net-hidden'] }],
  ])('is shown by patterns with exclusions: %s', async (url, answer) => {
    const server = await serverWithAliases();
    const { status, json } = await server.send('GET', url);
    const found = Object.entries(json as Record<string, { aliases: object }>);
    expect([status, Object.fromEntries(found.map(([index, { aliases }]) => [index, Object.keys(aliases)]))]).toEqual([
      200,
      answer,
    ]);
  });

  it('is missing where a sign before any wildcard makes it a name', async () => {
    const server = await serverWithAliases();
    const { status, json } = await server.send('GET', '/_alias/-first,both');
    expect([status, json.error]).toEqual([404, 'alias [-first] missing']);
  });

  it('beside its index is refused before anything is deleted', async () => {
    const server = await serverWithAliases();
    for (const expression of ['net-b,net-hidden,secret', 'secret,net-hidden', 'net-hidden,secret']) {
      const { status, json } = await server.send('DELETE', `/${expression}`);
      expect([expression, status, json.error.reason]).toEqual([
        expression,
        400,
        'The provided expression [net-hidden] matches an alias, specify the corresponding concrete indices instead.',
      ]);
    }
    expect((await server.send('DELETE', '/secret,nosuch')).status).toBe(404);
    expect((await server.send('GET', '/secret,net-b/_count')).json.count).toBe(4);
    expect((await server.send('DELETE', '/secret,net-b,secret')).json).toEqual({ acknowledged: true });
  });

  it('of one index reads its documents by their ids', async () => {
    const server = await serverWithAliases({ keyRequired: true });
    const { encoded } = await server.keys.create('net', ['read'], ['*', '-secret']);
    const headers = { authorization: `ApiKey ${encoded}` };
    const get = async (url: string): Promise<unknown> => (await server.send('GET', url, undefined, headers)).json;
    expect(await get('/first/_doc/1')).toMatchObject({ _index: 'net-a', found: true, _source: { n: 1 } });
    expect(await get('/first/_source/2')).toEqual({ host: 'net-a2', n: 2 });
    expect(await get('/both/_doc/1')).toMatchObject({
      status: 400,
      error: { reason: expect.stringContaining('[net-a, net-b]') },
    });
    expect(await get('/net-hidden/_doc/1')).toMatchObject({ status: 404 });
    const docs = ['first', 'both', 'net-hidden', 'net-b'].map((_index) => ({ _index, _id: '1' }));
    const { json } = await server.send('POST', '/_mget', { docs }, headers);
    expect(json.docs).toMatchObject([
      { _index: 'net-a', found: true },
      { _index: 'both', error: { type: 'illegal_argument_exception' } },
      { _index: 'net-hidden', error: { type: 'index_not_found_exception' } },
      { _index: 'net-b', found: true },
    ]);
  });

  it('and a view never have the same name, whoever comes first', async () => {
    const server = await serverWithAliases();
    for (let n = 0; n < 6; n++) {
      const alias = (): ReturnType<TestServer['send']> => server.send('PUT', `/net-a/_alias/same${n}`, {});
      const view = (): ReturnType<TestServer['send']> =>
        server.send('PUT', `/_query/view/same${n}`, { query: 'FROM net-a' });
      const both = await Promise.all((n % 2 ? [alias, view] : [view, alias]).map((put) => put()));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    }
  });

  it('may lose its index while it is read', async () => {
    const server = await serverWithAliases();
    for (let n = 0; n < 8; n++) {
      const answers = await Promise.all([
        server.send('DELETE', '/net-a'),
        server.send('PUT', '/net-a', { aliases: { first: {} } }),
        ...['/first/_search', '/net-a/_search', '/first/_count', '/first/_doc/1'].map((url) => server.send('GET', url)),
        server.send('POST', '/_query', { query: 'FROM first | STATS COUNT(*)' }),
      ]);
      expect(answers.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
    }
  });

  it('gives a key no more than its indices', async () => {
    const server = await serverWithAliases({ keyRequired: true });
    const { encoded } = await server.keys.create('net', ['read', 'write'], ['*', '-secret']);
    const headers = { authorization: `ApiKey ${encoded}` };
    expect(await ask(server, indicesOf('both'), headers)).toEqual([2, 2].map((n, i) => [n, ['net-a', 'net-b'][i]]));
    expect(await ask(server, indicesOf('net-*'), headers)).toEqual([2, 2].map((n, i) => [n, ['net-a', 'net-b'][i]]));
    for (const alias of ['mixed', 'net-hidden']) {
      expect(await ask(server, `FROM ${alias}`, headers)).toContain(`Unknown index [${alias}]`);
      expect((await server.send('GET', `/${alias}/_search`, undefined, headers)).status).toBe(404);
    }
    for (const url of ['/_alias', '/_cat/aliases', '/net-a', '/*/_search', '/_resolve/index/*']) {
      const { text } = await server.send('GET', url, undefined, headers);
      expect([url, /secret|mixed|hidden/.test(text)]).toEqual([url, false]);
    }
    const change = { actions: [{ add: { index: 'net-a', alias: 'mine' } }] };
    expect((await server.send('POST', '/_aliases', change, headers)).status).toBe(403);
    expect((await server.send('PUT', '/fresh', { aliases: { mine: {} } }, headers)).status).toBe(403);
  });

  it('is another name, which nothing else has, and no more', async () => {
    const server = await serverWithAliases();
    await server.send('PUT', '/_query/view/seen', { query: 'FROM net-a' });
    const refused: [string, string, unknown, string][] = [
      [
        'POST',
        '/_aliases',
        { actions: [{ add: { index: 'net-a', alias: 'net-b' } }] },
        'an index or data stream exists',
      ],
      ['POST', '/_aliases', { actions: [{ add: { index: 'net-a', alias: 'seen' } }] }, 'a view exists'],
      ['PUT', '/_query/view/both', { query: 'FROM net-a' }, 'there is an alias of that name'],
      ['PUT', '/both', {}, 'already exists as alias'],
      ['PUT', '/both/_doc/1', { n: 1 }, 'already exists as alias'],
      ['DELETE', '/both', undefined, 'matches an alias'],
      ['PUT', '/net-a/_alias/some', { filter: { term: { n: 1 } } }, '[filter] of alias [some] is not supported'],
      ['PUT', '/net-a/_alias/some', { is_write_index: true }, '[is_write_index] of alias [some] is not supported'],
      ['POST', '/_aliases', { actions: [{ remove_index: { index: 'net-a' } }] }, 'action [remove_index]'],
      ['POST', '/_aliases', { actions: [{ add: { index: 'net-a' } }] }, 'One of [alias] or [aliases]'],
      ['POST', '/_aliases', { actions: [{ add: { index: 'net-a', alias: null } }] }, '[alias] of an action must be'],
      ['POST', '/_aliases', { actions: [{ add: { index: [{}], alias: 'a' } }] }, '[index] of an action must be'],
      ['PUT', '/fresh', { aliases: { some: null } }, 'alias [some] needs an object'],
      ['PUT', '/fresh', { aliases: { some: 7 } }, 'alias [some] needs an object'],
      ['PUT', '/fresh', { aliases: ['some'] }, '[aliases] of an index must be an object'],
      ['POST', '/_aliases', { actions: [{ add: { index: 'nosuch', alias: 'a' } }] }, 'no such index [nosuch]'],
      ['POST', '/_aliases', { actions: [{ add: { index: 'net-a', alias: '__proto__' } }] }, 'must not start'],
      ['DELETE', '/net-b/_alias/first', undefined, 'aliases [first] missing'],
      // All of a request or nothing.
      [
        'POST',
        '/_aliases',
        { actions: [{ add: { index: 'net-a', alias: 'half' } }, { remove: { index: '*', alias: 'none' } }] },
        'aliases [none] missing',
      ],
    ];
    for (const [method, url, body, reason] of refused) {
      const { status, json } = await server.send(method, url, body);
      expect([url, json.error?.reason, status < 500]).toEqual([url, expect.stringContaining(reason), true]);
    }
    expect((await server.send('GET', '/_alias/half,some')).status).toBe(404);
  });

  it('goes with its indices, and stays when the server does not', async () => {
    const folder = temporaryFolder();
    const server = await serverWithAliases({ folder });
    expect((await server.send('DELETE', '/net-a/_alias/mixed')).json).toEqual({ acknowledged: true });
    expect((await server.send('DELETE', '/net-a')).status).toBe(200);
    // A later index of the name is another one.
    await server.send('PUT', '/net-a', { aliases: { fresh: {}, both: { is_write_index: false } } });
    await server.app.close();
    await server.queries.close();
    await server.store.close();
    const again = await startServer({ folder });
    expect((await again.send('GET', '/_alias')).json).toEqual({
      'net-a': { aliases: { fresh: {}, both: {} } },
      'net-b': { aliases: { both: {} } },
      secret: { aliases: { mixed: {}, 'net-hidden': {} } },
    });
    expect(await ask(again, 'FROM first')).toContain('Unknown index [first]');
  });
});
