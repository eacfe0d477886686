import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { clusterAddress, proxyFor } from '../../src/engines/elasticsearch/address.ts';
import { ElasticsearchEngine, type ElasticsearchOptions } from '../../src/engines/elasticsearch/engine.ts';
import { fakeCluster, foreign, type Reply, refusal, rows } from './fake-cluster.ts';

const cloudId = (decoded: string): string => `my-deployment:${Buffer.from(decoded).toString('base64')}`;
const errorOf = (work: () => unknown): string => {
  try {
    return String(work());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${error.message} → ${error.hint}`;
  }
};

describe('the address of a cluster', () => {
  it.each([
    ['https://cluster.example:9200', 'https://cluster.example:9200/'],
    [' http://user:pass@10.0.0.5:9200/es ', 'http://user:pass@10.0.0.5:9200/es'],
    [cloudId('us-east-1.aws.found.io$abc123$def456'), 'https://abc123.us-east-1.aws.found.io/'],
    [cloudId('europe.example:9243$abc$'), 'https://abc.europe.example:9243/'],
    [cloudId('example.com$abc:9244$def:9245'), 'https://abc.example.com:9244/'],
    [`:${Buffer.from('example.com$abc').toString('base64')}`, 'https://abc.example.com/'],
  ])('%s is %s', (text, url) => {
    expect(clusterAddress(text).href).toBe(url);
  });

  it.each([
    [
      'localhost:9200',
      /localhost:9200 has no scheme → write --url https:\/\/localhost:9200, or --url http:\/\/localhost:9200 where the cluster has no TLS/,
    ],
    ['cluster.example', /has no scheme → write --url https:\/\/cluster\.example,/],
    ['user:secret@host:9200', /^(?!.*secret).*has no scheme/],
    ['ftp://host', /begins with neither https:\/\/ nor http:\/\//],
    ['http://', /is no URL/],
    ['https://u:secret@[bad', /^(?!.*secret).*is no URL/],
    [cloudId('no dollar sign in here'), /looks like a Cloud ID, but cannot be decoded → copy it again/],
    ['', /has no scheme/],
  ])('%j is refused, with help', (text, says) => {
    expect(errorOf(() => clusterAddress(text))).toMatch(says);
  });
});

describe('the proxy for an address', () => {
  const proxies = {
    HTTPS_PROXY: 'http://proxy.example:3128',
    NO_PROXY: 'localhost,.internal,10.0.0.5,plain.example:9200',
  };
  it.each<readonly [string, NodeJS.ProcessEnv, string | null]>([
    ['https://cluster.example', {}, null],
    ['https://cluster.example', proxies, 'http://proxy.example:3128/'],
    ['http://cluster.example', proxies, null],
    ['http://cluster.example', { http_proxy: 'proxy:8080' }, 'http://proxy:8080/'],
    ['http://cluster.example', { ALL_PROXY: 'http://all:1' }, 'http://all:1/'],
    ['https://es.internal', proxies, null],
    ['https://internal', proxies, null],
    ['https://notinternal', proxies, 'http://proxy.example:3128/'],
    ['https://10.0.0.5:9200', proxies, null],
    ['https://plain.example:9200', proxies, null],
    ['https://plain.example:9201', proxies, 'http://proxy.example:3128/'],
    ['https://127.0.0.1:9200', proxies, null],
    ['https://cluster.example', { ...proxies, NO_PROXY: '*' }, null],
    ['https://cluster.example', { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' }, 'http://lower:1/'],
    ['https://cluster.example', { HTTPS_PROXY: '' }, null],
  ])('%s with %j is %s', (url, environment, proxy) => {
    expect(proxyFor(new URL(url), environment)?.href ?? null).toBe(proxy);
  });

  it('is refused where it cannot be used', () => {
    const environment = { HTTPS_PROXY: 'socks5://u:secret@proxy:1080' };
    expect(errorOf(() => proxyFor(new URL('https://cluster.example'), environment))).toMatch(
      /^(?!.*secret)HTTPS_PROXY=socks5:\/\/proxy:1080 is no proxy.*put cluster\.example into NO_PROXY/,
    );
  });
});

/** Opens an engine; gives the error with its help. */
async function opened(options: ElasticsearchOptions): Promise<string> {
  try {
    const engine = await ElasticsearchEngine.open(options);
    await engine.close();
    return 'open';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${error.message} → ${error.hint}`;
  }
}

describe('a cluster that cannot be asked', () => {
  const page = '<html><head><title>Log in</title></head></html>';
  it.each<readonly [string, Reply, RegExp]>([
    [
      'a wrong key',
      refusal(401, 'security_exception', 'unable to find apikey'),
      /does not accept the key: unable to find apikey → check ELASTICSEARCH_API_KEY/,
    ],
    [
      'a redirect',
      foreign(302, 'text/html', '', { location: '/app/home' }),
      /redirect \(302\) to \/app\/home → this looks like Kibana/,
    ],
    [
      'a web page',
      foreign(200, 'text/html', page),
      /is no Elasticsearch: it answered with a web page.* → check that --url is the address of Elasticsearch/,
    ],
    ['an empty body', foreign(200, 'application/json', ''), /answered with nothing/],
    [
      'a proxy that wants a password',
      foreign(407, 'text/html', page),
      /requires a user and password.* → put them into HTTPS_PROXY/,
    ],
  ])('%s: says what to do', async (_, answer, says) => {
    const cluster = await fakeCluster(
      () => rows([]),
      () => answer,
    );
    expect(await opened({ url: cluster.url, apiKey: 'bm86bm8=' })).toMatch(says);
    expect(cluster.asked).toHaveLength(1);
  });

  it.each<readonly [string, Reply]>([
    [
      'no right to ask for its version',
      refusal(403, 'security_exception', 'action [cluster:monitor/main] is unauthorized'),
    ],
    ['a path that is blocked', foreign(404, 'text/plain', 'nothing here')],
  ])('%s keeps no query from running', async (_, answer) => {
    const cluster = await fakeCluster(
      () => rows([[1]]),
      () => answer,
    );
    const engine = await ElasticsearchEngine.open({ url: cluster.url });
    expect((await engine.query('FROM a', { now: 0, maxRows: null })).values).toEqual([[1n]]);
    await engine.close();
  });

  it('without a key asks for one', async () => {
    const cluster = await fakeCluster(
      () => rows([]),
      () => refusal(401, 'security_exception', 'missing authentication credentials'),
    );
    expect(await opened({ url: cluster.url })).toMatch(
      /requires an API key: .* → set ELASTICSEARCH_API_KEY, or give --api-key/,
    );
  });

  it.each([
    ['abc:def', 'ApiKey YWJjOmRlZg=='],
    [' YWJjOmRlZg==\n', 'ApiKey YWJjOmRlZg=='],
  ])('takes the key %j', async (apiKey, sent) => {
    const cluster = await fakeCluster(() => rows([]));
    expect(await opened({ url: cluster.url, apiKey })).toBe('open');
    expect(cluster.asked[0]!.headers.authorization).toBe(sent);
  });

  it.each([
    ['schlüssel', /has a character that no API key has → copy the value "encoded" again/],
    ['bm86bm8= \u200b', /has a character that no API key has/],
  ])('refuses the key %j before it asks', async (apiKey, says) => {
    const cluster = await fakeCluster(() => rows([]));
    expect(await opened({ url: cluster.url, apiKey })).toMatch(says);
    expect(cluster.asked).toEqual([]);
  });

  it('takes an empty key for none', async () => {
    const cluster = await fakeCluster(() => rows([]));
    expect(await opened({ url: cluster.url, apiKey: ' ' })).toBe('open');
    expect(cluster.asked[0]!.headers.authorization).toBeUndefined();
  });

  it.each([{}, { indices: ['logs'] }, { indices: 'logs', fields: {} }, { indices: ['logs'], fields: { a: null } }])(
    'says that it makes no sense of %j for fields',
    async (fieldCaps) => {
      const cluster = await fakeCluster(() => rows([]), undefined, fieldCaps);
      const wanted = { patterns: [['logs']], enrich: false, everywhere: false };
      await expect(ElasticsearchEngine.open({ url: cluster.url }, wanted)).rejects.toThrow(
        /what the cluster says of its fields makes no sense/,
      );
    },
  );

  it('nothing that listens, no such name, no TLS: says what to do', async () => {
    const cluster = await fakeCluster(() => rows([]));
    expect(await opened({ url: 'http://127.0.0.1:1' })).toMatch(
      /cannot reach http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.* → nothing listens there: check the host and port/,
    );
    expect(await opened({ url: 'https://no-such-host.invalid' })).toMatch(/ → the host name does not resolve/);
    const plain = cluster.url.replace('http:', 'https:');
    expect(await opened({ url: plain })).toMatch(new RegExp(` → the port does not use TLS: try --url ${cluster.url}`));
  }, 30_000);
});

describe('through a proxy', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const close of closing.splice(0)) close();
  });

  /** A proxy that connects all names to one port, where the password is right. */
  async function proxy(port: number): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer().on('connect', (incoming, client: Socket) => {
      asked.push(incoming.url!);
      sockets.add(client);
      if (incoming.headers['proxy-authorization'] !== `Basic ${Buffer.from('user:pass').toString('base64')}`) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const target = connectTcp(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      sockets.add(target);
      for (const socket of [client, target]) socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  it('asks a cluster that only the proxy can reach', async () => {
    const cluster = await fakeCluster(() => rows([[1]]));
    const { url, asked } = await proxy(Number(new URL(cluster.url).port));
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('HTTP_PROXY', `http://user:pass@${url}`);
    expect(await opened({ url: 'http://cluster.invalid:9200' })).toBe('open');
    expect(asked).toEqual(['cluster.invalid:9200']);
    vi.stubEnv('HTTP_PROXY', `http://${url}`);
    expect(await opened({ url: 'http://cluster.invalid:9200' })).toMatch(
      /407.* → the proxy requires a user and password/,
    );
    vi.stubEnv('NO_PROXY', 'cluster.invalid');
    expect(await opened({ url: 'http://cluster.invalid:9200' })).toMatch(/the host name does not resolve/);
  }, 30_000);
});
