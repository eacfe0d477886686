import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bin, type Finished, harrier, type Running, start } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * A store while others have it: read beside a server, by several at once and where nothing can be written; backups; events
 * forgotten. All with the real command.
 */

const running: Running[] = [];
const mounted: string[] = [];
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  for (const folder of mounted.splice(0)) spawnSync('umount', ['-l', folder]);
});

/** Events of some days: one an hour, most of them of a host that queries find; a value that no mapping has a type for. */
const events = (days: number): string =>
  Array.from({ length: days * 24 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 2, 10) - i * 3_600_000).toISOString();
    const stream = { type: 'logs', dataset: i % 3 === 0 ? 'a' : 'b', namespace: 'c' };
    return `${JSON.stringify({ '@timestamp': time, data_stream: stream, host: { name: `h${i % 5}` }, n: i, port: [i, 1] })}\n`;
  }).join('');

const queries = [
  'FROM logs-* | STATS c = COUNT(*), s = SUM(n) BY host.name | SORT host.name',
  'FROM logs-* METADATA _index, _id | WHERE n < 20 | SORT n | KEEP @timestamp, n, port, _index, _id',
  'FROM logs-* | WHERE process.name == "x" OR user.name IS NULL | STATS COUNT(*)',
  'FROM logs-* | WHERE port == 1 | LIMIT 3 | STATS COUNT(*)',
  'FROM * | WHERE unknown_field > 1',
  'FROM logs-* | EVAL bucket = DATE_TRUNC(1 day, @timestamp) | STATS c = COUNT(*) BY bucket | SORT bucket | LIMIT 4',
];

/** A hunt of all queries. */
const hunt = join(temporaryFolder(), 'hunt.toml');
writeFileSync(hunt, `[hunt]\nname = "all"\nlanguage = ["ES|QL"]\nquery = ${JSON.stringify(queries)}\n`);

/** A store that all tests read; those that change it take a copy. */
const common = temporaryFolder();
const storeIn = async (folder: string): Promise<string> => {
  const store = join(folder, 'store');
  const copied = await harrier(['backup', '--store', join(common, 'store'), '--to', store]);
  expect([copied.code, copied.stderr]).toEqual([0, '']);
  return store;
};
beforeAll(async () => {
  writeFileSync(join(common, 'events.ndjson'), events(20));
  writeFileSync(join(common, 'broken.ndjson'), '{"a":1}\n{"a":\n');
  const files = ['events', 'broken'].map((name) => join(common, `${name}.ndjson`));
  expect(await harrier(['ingest', ...files, '--store', join(common, 'store')])).toMatchObject({ code: 0 });
}, 60_000);

async function serve(store: string, ...options: string[]): Promise<{ url: string; server: Running }> {
  const server = start(process.execPath, [bin, 'serve', '--store', store, '--port', '0', ...options]);
  running.push(server);
  let url = '';
  await server.until(({ stdout }) => {
    url = stdout.trim();
    return stdout.includes('\n');
  });
  return { url, server };
}

const timeless = ({ code, stdout, stderr }: Finished, store: string): unknown => ({
  code,
  result: stdout.replace(/"took_ms":\d+|"engine":"\w+"/g, '').replaceAll(store, 'store'),
  notes: stderr.replace(/^note: the store is open in a server.*\n/gm, ''),
});
const answers = async (store: string): Promise<unknown> =>
  timeless(await harrier(['run', hunt, '--store', store, '--now', '2026-03-10T00:00:00Z', '--format', 'json']), store);

describe('readers', () => {
  it.each([
    ['plain', []],
    ['with keys', ['--require-key']],
    ['on every address', ['--host', '0.0.0.0']],
  ])(
    'get the same answers from a server that has the store, several at once: %s',
    async (_, options) => {
      const store = await storeIn(temporaryFolder());
      const alone = await answers(store);
      if (options.length > 0) await harrier(['keys', 'create', 'k', '--read', '--store', store]);
      const { server } = await serve(store, ...options);
      expect(statSync(join(store, 'server.json')).mode & 0o777).toBe(0o600);
      expect(await answers(store)).toEqual(alone);
      server.child.kill('SIGTERM');
      await server.finished;
      expect(existsSync(join(store, 'server.json'))).toBe(false);
    },
    60_000,
  );

  it('report what is missing in a store that a server has', async () => {
    const store = await storeIn(temporaryFolder());
    const unread = async (): Promise<unknown> =>
      JSON.parse((await harrier(['query', 'FROM logs-* | LIMIT 0', '--store', store, '--format', 'json'])).stdout)
        .unread;
    const alone = await unread();
    expect(alone).not.toBeNull();
    await serve(store);
    expect(await unread()).toEqual(alone);
  }, 60_000);

  it('open a store whose server was killed, with what its log holds', async () => {
    const store = await storeIn(temporaryFolder());
    const { url, server } = await serve(store);
    await fetch(`${url}/late/_doc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"n":1}',
    });
    server.child.kill('SIGKILL');
    await server.finished;
    expect(readdirSync(store)).toEqual(expect.arrayContaining(['server.json', 'store.duckdb.wal']));
    const { code, stdout } = await harrier(['query', 'FROM late | KEEP n', '--store', store, '--format', 'csv']);
    expect([code, stdout]).toEqual([0, 'n\r\n1\r\n'.replaceAll('\r', stdout.includes('\r') ? '\r' : '')]);
  }, 60_000);

  const canMount = spawnSync('mount', ['--help']).status === 0 && process.getuid?.() === 0;
  it.skipIf(!canMount)(
    'read from a read-only mount',
    async () => {
      const store = await storeIn(temporaryFolder());
      const alone = await answers(store);
      const place = join(temporaryFolder(), 'mounted');
      mkdirSync(place);
      expect(spawnSync('mount', ['--bind', store, place]).status).toBe(0);
      mounted.push(place);
      expect(spawnSync('mount', ['-o', 'remount,bind,ro', place]).status).toBe(0);
      expect(await answers(place)).toEqual(alone);
      const refused = await harrier(['forget', '--older', '1d', '--store', place]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('ead-only file system')]);
    },
    60_000,
  );
});

describe('backup', () => {
  it('has all that was acknowledged before it, while others write, and is a store', async () => {
    const folder = temporaryFolder();
    const store = await storeIn(folder);
    const { url } = await serve(store);
    let acknowledged = 0;
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n++) {
        const body = Array.from({ length: 500 }, (_, i) => `{"create":{}}\n{"k":${n * 500 + i}}\n`).join('');
        const headers = { 'content-type': 'application/x-ndjson' };
        const response = await fetch(`${url}/live/_bulk`, { method: 'POST', headers, body });
        expect(((await response.json()) as { errors: boolean }).errors).toBe(false);
        acknowledged += 500;
      }
    })();
    for (let n = 1; n <= 3; n++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = acknowledged;
      const to = join(folder, `backup-${n}`);
      const { code, stdout } = await harrier(['backup', '--store', store, '--to', to]);
      expect([code, stdout]).toEqual([0, expect.stringContaining(to)]);
      const query = 'FROM live | STATS c = COUNT(*), d = COUNT_DISTINCT(k), m = MAX(k)';
      const answer = await harrier(['query', query, '--store', to, '--format', 'json']);
      const [[c, , m]] = JSON.parse(answer.stdout).values;
      expect(c).toBeGreaterThanOrEqual(before);
      expect(c).toBe(m + 1);
      expect(statSync(to).mode & 0o777).toBe(0o700);
    }
    isOver = true;
    await writing;
    expect(await answers(join(folder, 'backup-3'))).toEqual(await answers(join(common, 'store')));
    // Nothing else is left beside them.
    expect(readdirSync(folder).sort()).toEqual(['backup-1', 'backup-2', 'backup-3', 'store']);
  }, 120_000);

  it('brings keys along', async () => {
    const folder = temporaryFolder();
    const store = await storeIn(folder);
    await harrier(['keys', 'create', 'shipper', '--write', '--store', store]);
    await harrier(['backup', '--store', store, '--to', join(folder, 'to')]);
    const listed = await Promise.all(
      [store, join(folder, 'to')].map((one) => harrier(['keys', 'list', '--store', one])),
    );
    expect(listed[1]!.stdout).toBe(listed[0]!.stdout);
    expect(listed[0]!.stdout).toContain('shipper');
  });

  it.each([false, true])(
    'is refused where it cannot be, and leaves what is there; beside a server: %s',
    async (served) => {
      const folder = temporaryFolder();
      const store = await storeIn(folder);
      if (served) await serve(store);
      const full = join(folder, 'full');
      mkdirSync(full);
      writeFileSync(join(full, 'other'), 'kept');
      for (const [to, words] of [
        [full, 'is not empty'],
        [join(full, 'other'), 'cannot write a backup'],
        [join(store, 'backup'), 'lies in the store itself'],
        [store, 'lies in the store itself'],
      ]) {
        const { code, stderr } = await harrier(['backup', '--store', store, '--to', to!]);
        expect([code, stderr]).toEqual([2, expect.stringContaining(words!)]);
      }
      expect(readFileSync(join(full, 'other'), 'utf8')).toBe('kept');
      expect(readdirSync(folder).sort()).toEqual(['full', 'store']);
    },
    60_000,
  );

  it('takes an empty folder, and clears what a killed backup to the same place left', async () => {
    const folder = temporaryFolder();
    const store = await storeIn(folder);
    mkdirSync(join(folder, 'to'));
    mkdirSync(join(folder, '.to.harrier-0123456789ab.partial'));
    mkdirSync(join(folder, '.to.harrier-mine.partial'));
    expect((await harrier(['backup', '--store', store, '--to', join(folder, 'to')])).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['.to.harrier-mine.partial', 'store', 'to']);
  });
});

describe('forget', () => {
  const now = Date.now();
  const recent = (hours: readonly number[]): string =>
    hours.map((n) => `${JSON.stringify({ '@timestamp': new Date(now - n * 3_600_000).toISOString(), n })}\n`).join('');

  it.each([false, true])(
    'deletes what is older, after showing it; beside a server: %s',
    async (served) => {
      const folder = temporaryFolder();
      const store = join(folder, 'store');
      for (const name of ['a', 'b']) {
        writeFileSync(join(folder, `${name}.ndjson`), recent([1, 30, 50, 80]).replaceAll('}', `,"of":"${name}"}`));
        await harrier(['ingest', join(folder, `${name}.ndjson`), '--index', `x-${name}`, '--store', store]);
      }
      if (served) await serve(store);
      const counts = async (): Promise<unknown> => {
        const query = 'FROM x-* METADATA _index | STATS c = COUNT(*), m = MAX(n) BY _index | SORT _index';
        return JSON.parse((await harrier(['query', query, '--store', store, '--format', 'json'])).stdout).values;
      };
      const forget = (...args: string[]): Promise<Finished> => harrier(['forget', '--store', store, ...args]);
      const shown = await forget('--older', '2d', '--dry-run');
      const newest = new Date(now - 50 * 3_600_000).toISOString();
      const oldest = new Date(now - 80 * 3_600_000).toISOString();
      expect(shown.stdout).toMatch(new RegExp(`^index +events +oldest +newest +about\nx-a +2 +${oldest} +${newest} `));
      expect(shown.stderr).toContain('would delete 4 events');
      expect(await counts()).toEqual([
        [4, 80, 'x-a'],
        [4, 80, 'x-b'],
      ]);
      const done = await forget('--older', '2d', '--index', 'x-b');
      expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('deleted 2 events')]);
      expect(await counts()).toEqual([
        [4, 80, 'x-a'],
        [2, 30, 'x-b'],
      ]);
      expect((await forget('--older', '2d', '--index', 'x-b')).stderr).toContain('deleted 0 events');
      expect((await forget('--older', '2d', '--index', 'missing')).code).toBe(2);
      expect((await forget('--older', '2 moons')).code).toBe(2);
      expect((await forget()).code).toBe(2);
      // A file that was read once brings nothing back.
      if (served) return;
      await harrier(['ingest', join(folder, 'b.ndjson'), '--index', 'x-b', '--store', store]);
      expect(await counts()).toEqual([
        [4, 80, 'x-a'],
        [2, 30, 'x-b'],
      ]);
    },
    60_000,
  );
});

it('lets nobody but the owner of the store do so through a server', async () => {
  const store = await storeIn(temporaryFolder());
  const created = await harrier(['keys', 'create', 'k', '--read', '--write', '--store', store]);
  const { url } = await serve(store);
  const to = join(temporaryFolder(), 'to');
  for (const headers of [{}, { authorization: `ApiKey ${created.stdout.trim()}` }, { authorization: 'ApiKey eDp5' }])
    for (const [method, path, body] of [
      ['POST', '/_harrier/backup', { to }],
      ['POST', '/_harrier/forget', { before: now(), indices: '*' }],
      ['GET', '/_harrier/unread', undefined],
    ] as const) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      expect(response.status).toBe(403);
    }
  expect(existsSync(to)).toBe(false);
  rmSync(to, { force: true });
});

const now = (): number => Date.now();
