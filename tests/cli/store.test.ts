import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startServer } from '../server/support.ts';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const event = (i: number): string =>
  JSON.stringify({
    '@timestamp': `2026-03-10T00:00:${String(i % 60).padStart(2, '0')}Z`,
    data_stream: {
      type: 'logs',
      dataset: i % 3 === 0 ? 'endpoint.events.network' : 'endpoint.events.process',
      namespace: 'default',
    },
    host: { name: `h${i % 5}`, ip: ['10.0.0.1', '::1'] },
    source: { ip: '10.0.0.1', bytes: i },
    i,
  });
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, k) => `${event(from + k)}\n`).join('');

const count = async (store: string, from = '*'): Promise<unknown> => {
  const { stdout, stderr } = await harrier([
    'query',
    `FROM ${from} | STATS c = COUNT(*)`,
    '--store',
    store,
    '-f',
    'json',
  ]);
  return stdout === '' ? stderr : JSON.parse(stdout).values[0][0];
};

describe('ingest', () => {
  it('adds what is new, and nothing twice', async () => {
    const place = temporaryFolder();
    const [store, file] = [join(place, 'store'), join(place, 'events.ndjson')];
    writeFileSync(file, lines(0, 3000));
    const first = await harrier(['ingest', file, '--store', store]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(
      /^added 3,000 events from 1 file in [\d.]+ s\n {2}logs-endpoint.events.network-default {2}1,000\n {2}logs-endpoint.events.process-default {2}2,000\n$/,
    );
    expect((await harrier(['ingest', file, '--store', store])).stdout).toContain('added 0 events');
    // A file that grows is read on from where it ended; a copy under another name is the same file.
    appendFileSync(file, lines(3000, 3500));
    expect((await harrier(['ingest', file, '--store', store])).stdout).toContain('added 500 events');
    writeFileSync(join(place, 'copy.ndjson'), lines(0, 3500));
    expect((await harrier(['ingest', join(place, 'copy.ndjson'), '--store', store])).stdout).toContain(
      'added 0 events',
    );
    expect(await count(store)).toBe(3500);
    expect(await count(store, 'logs-endpoint.events.network-*')).toBe(1167);
  });

  it('reads exports with their ids, once each', async () => {
    const place = temporaryFolder();
    const hit = (i: number, index = '.ds-logs-a.b-default-2026.03.10-000001'): string =>
      `${JSON.stringify({ _index: index, _id: `id${i}`, _source: { '@timestamp': '2026-03-10T00:00:00Z', big: 1, i } }).replace('"big":1', '"big":9007199254740993')}\n`;
    const ids = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, k) => hit(from + k)).join('');
    writeFileSync(join(place, 'a.ndjson.gz'), gzipSync(ids(0, 100)));
    writeFileSync(join(place, 'b.ndjson'), ids(50, 150));
    const response = { took: 1, hits: { hits: [JSON.parse(hit(200)), JSON.parse(hit(201, 'other'))] } };
    writeFileSync(join(place, 'c.json'), JSON.stringify(response, null, 1));
    writeFileSync(join(place, 'd.json'), JSON.stringify([{ x: 1 }, { x: 2 }]));
    const store = join(place, 'store');
    const { stdout, stderr } = await harrier(['ingest', place, '--store', store]);
    expect(stderr).not.toMatch(/^(?:warning|error)/m);
    expect(stdout).toContain('added 154 events from 4 files');
    expect(stdout).toContain('50 events were there already, by their ids');
    const { stdout: rows } = await harrier([
      'query',
      'FROM logs-a.b-default METADATA _id | WHERE i == 120 | KEEP _id, big',
      '--store',
      store,
      '-f',
      'csv',
    ]);
    expect(rows.replaceAll('\r', '')).toBe('_id,big\nid120,9007199254740993\n');
    expect(await count(store, 'other')).toBe(1);
    expect(await count(store, 'd')).toBe(2);
  });

  it('reports what it could not read, and keeps the rest', async () => {
    const place = temporaryFolder();
    const file = join(place, 'events.ndjson');
    writeFileSync(
      file,
      `${event(1)}\n{"broken":\n\n${event(2)}\n"text"\n{"source":{"ip":"nonsense"},"i":3}\n${event(4)}`,
    );
    const store = join(place, 'store');
    const { code, stdout, stderr } = await harrier(['ingest', file, '--store', store]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('added 4 events')]);
    expect(stderr).toContain('2 lines could not be stored');
    expect(stderr).toContain('events.ndjson:2: ');
    expect(stderr).toContain('events.ndjson:5: ');
    expect(await count(store)).toBe(4);
  });

  it('makes no index for lines that are no events', async () => {
    const place = temporaryFolder();
    const file = join(place, 'cut.ndjson');
    writeFileSync(file, '{"data_stream":{"type":"logs","dataset":"good"}}\n{"cut');
    const { stdout, stderr } = await harrier(['ingest', file, '--store', join(place, 'store')]);
    expect(stdout).not.toContain('  cut');
    expect(stdout).toContain('logs-good-default  1');
    expect(stderr).toContain('cut.ndjson: its last line is cut off');
  });

  it('refuses an event whose data stream cannot have that name, and keeps the rest', async () => {
    const place = temporaryFolder();
    const file = join(place, 'events.ndjson');
    const stream = (dataset: string): string => `{"data_stream":{"type":"logs","dataset":"${dataset}"}}\n`;
    writeFileSync(file, stream('a,b') + stream('good') + event(1));
    const { code, stdout, stderr } = await harrier(['ingest', file, '--store', join(place, 'store')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('added 2 events')]);
    expect(stderr).toContain('events.ndjson:1: Invalid index name [logs-a,b-default]');
  });

  it('says which process has the store', async () => {
    const server = await startServer();
    const { code, stderr } = await harrier(['query', 'FROM x', '--store', server.store.folder]);
    expect(code).toBe(2);
    expect(stderr).toContain(`is open in another process (process ${process.pid})`);
    expect((await harrier(['ingest', 'x', '--store', server.store.folder])).code).toBe(2);
  });

  it('needs a store to search in', async () => {
    const { code, stderr } = await harrier(['run', 'hunts/network', '--store', join(temporaryFolder(), 'nope')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('there is no store in')]);
  });
});

describe('keys', () => {
  it('are made, listed and revoked', async () => {
    const store = temporaryFolder();
    mkdirSync(store, { recursive: true });
    const made = await harrier(['keys', 'create', 'shipper', '--write', '--indices', 'logs-*', '--store', store]);
    expect(Buffer.from(made.stdout.trim(), 'base64').toString()).toMatch(/^[\w-]+:[\w-]+$/);
    expect((await harrier(['keys', 'list', '--store', store])).stdout).toMatch(/shipper {2}write {2}logs-\*/);
    expect((await harrier(['keys', 'revoke', 'shipper', '--store', store])).code).toBe(0);
    expect((await harrier(['keys', 'revoke', 'shipper', '--store', store])).code).toBe(2);
    expect((await harrier(['keys', 'create', 'x', '--store', store])).stderr).toContain('a key must allow something');
    const refused = await harrier(['serve', '--host', '0.0.0.0', '--port', '0', '--store', store]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('demands API keys')]);
  });
});

const processEvent = (id: string, name: string, parent: string): object => ({
  '@timestamp': '2026-03-01T10:00:05Z',
  event: { category: ['process'], type: ['start'] },
  host: { id: 'h1', name: 'ws1' },
  process: { entity_id: id, name, pid: 11, parent: { entity_id: parent } },
});

describe('--engine elasticsearch', () => {
  it('shows a process beside an index that maps its fields as other types', async () => {
    const server = await startServer();
    const url = await server.listen();
    const properties = {
      process: { properties: { name: { type: 'text' } } },
      host: { properties: { name: { type: 'text' } } },
    };
    await server.send('PUT', '/syslog', { mappings: { properties } });
    const lines = [
      ['syslog', { '@timestamp': '2026-03-01T10:00:00Z', process: { name: 'sshd' }, host: { name: 'ws1' } }],
      ['logs-endpoint.events.process-default', processEvent('p1', 'bash', 'p0')],
      ['logs-endpoint.events.process-default', processEvent('p2', 'curl', 'p1')],
    ].flatMap(([index, event]) => [JSON.stringify({ create: { _index: index } }), JSON.stringify(event)]);
    await server.send('POST', '/_bulk', `${lines.join('\n')}\n`);
    const { code, stdout } = await harrier(['pivot', 'p2', '--engine', 'elasticsearch', '--url', url]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/curl on ws1[\s\S]*bash/)]);
  });

  it('gives the answers of the store behind the server', async () => {
    const server = await startServer();
    const url = await server.listen();
    await server.send(
      'POST',
      '/events/_bulk',
      Array.from({ length: 50 }, (_, n) => `{"index":{}}\n{"n":${n},"big":9007199254740993}\n`).join(''),
    );
    const ask = (query: string, ...more: string[]) =>
      harrier(['query', query, '--engine', 'elasticsearch', '--url', url, ...more]);
    const { code, stdout } = await ask('FROM events | STATS c = COUNT(*), b = MAX(big) | LIMIT 1', '-f', 'json');
    expect(code).toBe(0);
    expect(stdout).toContain('"values":[[50,9007199254740993]]');
    const warned = await ask('FROM events | EVAL x = [1, 2] + 1 | LIMIT 1 | KEEP x', '-f', 'json');
    expect(JSON.parse(warned.stdout).warnings).toEqual([
      'Line 1:24: evaluation of [[1, 2] + 1] failed, treating result as null. Only first 20 failures recorded.',
      'Line 1:24: java.lang.IllegalArgumentException: single-value function encountered multi-value',
    ]);
    const wrong = await ask('FROM events | WHERE nope == 1');
    expect([wrong.code, wrong.stdout + wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/Unknown column \[nope\][\s\S]*query:1:21/),
    ]);
    expect((await ask('FROM nope')).code).toBe(1);
    expect((await ask('ROW t = NOW()', '--now', '2026-01-01', '-f', 'csv')).stdout).toContain(
      '2026-01-01T00:00:00.000Z',
    );
    expect((await ask('ROW a = 1', '--data', 'x')).code).toBe(2);
  });

  it('explains a cluster that is not there, and one that wants a key', async () => {
    const gone = await harrier(['query', 'ROW a = 1', '--engine', 'elasticsearch', '--url', 'http://127.0.0.1:1']);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('cannot reach http://127.0.0.1:1')]);
    const server = await startServer({ keyRequired: true });
    const url = await server.listen();
    const { encoded } = await server.keys.create('hunter', ['read'], ['*']);
    const ask = (env: Record<string, string>) =>
      harrier(['query', 'ROW a = 1', '--engine', 'elasticsearch', '--url', url], { env });
    const unknown = await ask({});
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('ELASTICSEARCH_API_KEY')]);
    expect((await ask({ ELASTICSEARCH_API_KEY: encoded })).code).toBe(0);
    expect((await harrier(['query', 'ROW a = 1', '--engine', 'elasticsearch'])).stderr).toContain('--url');
  });
});
