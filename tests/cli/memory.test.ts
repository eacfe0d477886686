import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { type Finished, harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const uuid = '11111111-2222-3333-4444-555555555555';
const event = (name: string, bytes: string, minute = 0): string =>
  `{"@timestamp":"2026-03-10T10:${String(minute).padStart(2, '0')}:00Z","process":{"name":${JSON.stringify(name)}},"source":{"bytes":${bytes}},"data_stream":{"type":"logs","dataset":"x"}}\n`;

/** A folder with a hunt, events, and a state of its own. */
function place(...events: string[]) {
  const here = temporaryFolder();
  const at = (name: string): string => join(here, name);
  writeFileSync(at('events.ndjson'), events.join(''));
  writeFileSync(
    at('hunt.toml'),
    `[hunt]\nname = "Senders"\nuuid = "${uuid}"\nquery = ['''\nFROM logs-*\n| STATS bytes = SUM(source.bytes), n = COUNT(*) BY process.name\n| SORT bytes DESC\n''']\n`,
  );
  writeFileSync(at('accepted.toml'), '');
  const env = { HARRIER_STATE: at('state') };
  return {
    at,
    env,
    run: (...args: string[]): Promise<Finished> => harrier(args, { env }),
    hunt: (...args: string[]): Promise<Finished> =>
      harrier(['run', at('hunt.toml'), '--data', at('events.ndjson'), '--accepted', at('accepted.toml'), ...args], {
        env,
      }),
  };
}

describe('saved runs', () => {
  it('are compared with what is there now, exactly', async () => {
    const here = place(event('a', '9007199254740993'), event('b', '5'), event('c', '1'));
    const save = ['--save', 'monday', '--now', 'latest'];
    expect((await here.hunt(...save)).code).toBe(0);
    expect((await here.hunt(...save)).stderr).toContain('a run is saved as monday already');
    expect(readdirSync(here.at('state/runs'))).toEqual(['monday.json']);
    const same = await here.run('diff', 'monday', '--fail-on-new');
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('0 new, 0 gone, 0 changed, 3 unchanged')]);

    writeFileSync(here.at('events.ndjson'), event('a', '9007199254740994') + event('b', '5') + event('d', '7'));
    const changed = await here.run('diff', 'monday', '--fail-on-new');
    expect(changed.code).toBe(3);
    expect(changed.stdout).toContain('9007199254740993 → 9007199254740994');
    expect(changed.stdout).toMatch(/\n\+ new +7 +1 +d\n/);
    expect(changed.stdout).toMatch(/\n- gone +1 +1 +c\n/);
    const json = (await here.run('diff', 'monday', '--format', 'json')).stdout;
    expect(json).toContain('"before":[9007199254740993,1,"a"],"after":[9007199254740994,1,"a"],"columns":["bytes"]');
    expect(JSON.parse(json).results[0]).toMatchObject({
      hunt: { uuid },
      keys: ['process.name'],
      new: [[7, 1, 'd']],
      gone: [[1, 1, 'c']],
      unchanged: 1,
    });
    expect((await here.run('diff', 'monday', '--format', 'md')).stdout).toContain('| \\+ new | 7 | 1 | d |');

    // What is accepted now is no news on either side.
    await here.run('accept', '*', '--value', 'process.name=d', '--reason', 'r', '--accepted', here.at('accepted.toml'));
    const accepted = ['--accepted', here.at('accepted.toml'), '--fail-on-new'];
    expect((await here.run('diff', 'monday', ...accepted)).code).toBe(0);
    expect((await here.run('diff', 'monday', ...accepted, '--show-accepted')).code).toBe(3);
  });

  it('lose no row to data that cannot tell', async () => {
    const here = place(event('a', '1'));
    await here.hunt('--save', 'one');
    writeFileSync(here.at('other.ndjson'), event('a', '1').replaceAll('"x"', '"y"').replace('logs', 'metrics'));
    const blind = await here.run('diff', 'one', '--data', here.at('other.ndjson'));
    expect(blind.stdout).toContain('not compared\nthe data of the later run cannot tell: no index is called logs-*');
    expect(blind.code).toBe(0);
  });

  it('are compared with one another, over other data, listed, shown and deleted', async () => {
    const here = place(event('a', '1'));
    await here.hunt('--save', 'one');
    writeFileSync(here.at('events.ndjson'), event('a', '1') + event('b', '2'));
    await here.hunt('--save', 'two');
    expect((await here.run('diff', 'one', 'two')).stdout).toContain('1 new, 0 gone, 0 changed, 1 unchanged');
    expect((await here.run('diff', 'two', 'one')).stdout).toContain('0 new, 1 gone, 0 changed, 1 unchanged');
    writeFileSync(here.at('other.ndjson'), event('a', '1'));
    const other = await here.run('diff', 'two', '--data', here.at('other.ndjson'));
    expect(other.stdout).toContain('0 new, 1 gone, 0 changed, 1 unchanged');
    expect((await here.run('runs')).stdout).toMatch(/one .*1 query, 1 row .*\ntwo .*1 query, 2 rows/);
    expect((await here.run('runs', 'show', 'two', '--format', 'csv')).stdout).toBe(
      'hunt,bytes,n,process.name\r\nSenders,2,1,b\r\nSenders,1,1,a\r\n',
    );
    expect((await here.run('runs', 'delete', 'one')).code).toBe(0);
    const gone = await here.run('diff', 'one');
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('no run is saved as one')]);
  });
});

describe('the allow-list', () => {
  it('takes rows of a run, hides them, and says how many', async () => {
    const here = place(event('a*', '1'), event('b', '2'), event('c', '3'));
    const accept = (...args: string[]): Promise<Finished> =>
      here.run('accept', here.at('hunt.toml'), '--accepted', here.at('accepted.toml'), '--reason', 'known', ...args);
    const data = ['--data', here.at('events.ndjson')];
    const first = await accept('--row', '3', ...data, '--expires', '90d', '--owner', 'me');
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('it hides 1 of 3 rows')]);
    const file = readFileSync(here.at('accepted.toml'), 'utf8');
    expect(file).toContain(`hunt = "${uuid}"`);
    expect(file).toContain('"process.name" = { is = "a*" }');
    const run = await here.hunt();
    expect(run.stdout).toContain('2 hits');
    expect(run.stdout).toContain('1 row hidden by 1 entry of the allow-list');
    // Rows are counted as they are printed now.
    await accept('--row', '2', '--columns', 'n', '--value', 'bytes <= 2', ...data);
    await accept('--value', 'process.name=c');
    expect(readFileSync(here.at('accepted.toml'), 'utf8').startsWith(file)).toBe(true);
    const none = await here.hunt('--format', 'json', '--fail-on-hit');
    const [result] = JSON.parse(none.stdout).results;
    expect([none.code, result.outcome, result.values]).toEqual([0, 'none', []]);
    expect(result.hidden).toMatchObject([{ rows: 1 }, { rows: 1 }, { rows: 1 }]);
    expect((await here.hunt('--format', 'csv')).stderr).toContain('Senders: 3 rows hidden by 3 entries');
    expect((await here.hunt('--show-accepted')).stdout).toContain('3 hits');
    expect((await here.run('accepted', '--accepted', here.at('accepted.toml'))).stdout).toContain('3 entries in');
  });

  it('rejects a column that no answer has at once', async () => {
    const here = place(event('a', '1'));
    const wrong = await here.run(
      'accept',
      here.at('hunt.toml'),
      '--value',
      'process.nme=a',
      '--reason',
      'r',
      '--accepted',
      here.at('accepted.toml'),
    );
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('gives no column process.nme')]);
  });

  it('does not change which row events and run mean', async () => {
    const here = place(event('a', '1'), event('b', '2'), event('c', '3'));
    const accepted = ['--accepted', here.at('accepted.toml')];
    await here.run('accept', here.at('hunt.toml'), '--value', 'process.name=c', '--reason', 'r', ...accepted);
    expect((await here.hunt()).stdout).toMatch(/# {2}bytes {2}n {2}process.name\n.*\n1 +2 {2}1 {2}b\n2 +1 {2}1 {2}a\n/);
    const events = (row: string): Promise<Finished> =>
      here.run('events', here.at('hunt.toml'), '--row', row, '--data', here.at('events.ndjson'), ...accepted);
    expect((await events('1')).stderr).toContain('1 event of process.name=b');
    expect(await events('3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2 rows that the allow-list'),
    });
  });

  it('that expired is marked, and its rows are shown', async () => {
    const here = place(event('a', '1'), event('b', '2'));
    const file = here.at('accepted.toml');
    const at = ['--accepted', file];
    await here.run('accept', uuid, '--value', 'n=1', '--reason', 'r', ...at);
    expect(readFileSync(file, 'utf8')).toBe('');
    await here.run('accept', here.at('hunt.toml'), '--value', 'n=1', '--reason', 'r', '--expires', '2026-01-01', ...at);
    expect((await here.hunt()).stdout).toContain(
      'note: 2 rows are shown although an entry accepted them until 2026-01-01',
    );
    expect((await here.run('accepted', ...at)).stdout).toContain('expired 2026-01-01');
    appendFileSync(file, 'reson = "x"\n');
    writeFileSync(file, readFileSync(file, 'utf8').replace('owner', 'onwer'));
    const broken = await here.hunt();
    expect([broken.code, broken.stderr]).toEqual([
      2,
      expect.stringMatching(/accepted\.toml:8: onwer is no part of an entry\nhelp: did you mean owner\?/),
    ]);
  });
});

describe('watch', () => {
  const opened: (() => void)[] = [];
  afterEach(() => {
    for (const close of opened.splice(0)) close();
  });
  /** A real server that takes hits; `answer` gives the status of a request, or null to leave it waiting. */
  async function hook(answer: (n: number) => number | null) {
    // biome-ignore lint/suspicious/noExplicitAny: what is sent is looked at by the tests
    const received: any[] = [];
    let arrived = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ ...JSON.parse(body), authorization: request.headers.authorization });
        arrived();
        const status = answer(received.length);
        if (status !== null) response.writeHead(status).end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    opened.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, first };
  }
  const names = (hits: readonly Record<string, unknown>[]): unknown[] => hits.map((hit) => hit['process.name']);
  const watched = (here: ReturnType<typeof place>, more: string): string[] => {
    writeFileSync(
      here.at('harrier.toml'),
      `[[watch]]\nname = "senders"\nschedule = "* * * * * *"\nhunts = ["hunt.toml"]\n${more}\n`,
    );
    return ['watch', '--config', here.at('harrier.toml')];
  };
  /** Until a schedule of every second is due again. */
  const nextSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1001 - (Date.now() % 1000)));
  /** A command that goes on until it is ended. */
  function start(args: readonly string[], env: Record<string, string>) {
    const bin = fileURLToPath(new URL('../../dist/harrier.js', import.meta.url));
    const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, NO_COLOR: '1', ...env } });
    opened.push(() => child.kill('SIGKILL'));
    let stderr = '';
    const waiting: (() => void)[] = [];
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      for (const check of waiting) check();
    });
    return {
      child,
      ended: new Promise<{ code: number | null; stderr: string }>((resolve) =>
        child.on('close', (code) => resolve({ code, stderr })),
      ),
      said: (text: string) =>
        new Promise<void>((resolve) => {
          const check = (): void => {
            if (stderr.includes(text)) resolve();
          };
          waiting.push(check);
          check();
        }),
    };
  }

  it('sends what is new, once, to a webhook, a file and an index of the store', async () => {
    const here = place(event('a', '1'), event('b', '9007199254740993'));
    await here.run('ingest', here.at('events.ndjson'), '--store', here.at('store'));
    const { url, received } = await hook((n) => (n === 1 ? 503 : 200));
    const watch = watched(
      here,
      `store = "store"\nndjson = "out/hits.ndjson"\nindex = "hits"\nwebhook = "${url}"\nheader = "Authorization"\nheader_env = "HOOK_KEY"`,
    );
    const once = (): Promise<Finished> => harrier([...watch, '--once'], { env: { ...here.env, HOOK_KEY: 'Bearer x' } });
    const first = await once();
    expect([first.code, first.stdout]).toEqual([0, '']);
    expect(first.stderr).toContain('2 new, 0 known');
    // Refused at first, then taken.
    expect(received.map(({ hits, authorization }) => [names(hits), authorization])).toEqual(
      Array(2).fill([['b', 'a'], 'Bearer x']),
    );
    writeFileSync(here.at('more.ndjson'), event('c', '3', 1) + event('a', '1', 2));
    await here.run('ingest', here.at('more.ndjson'), '--store', here.at('store'));
    await nextSecond();
    expect((await once()).stderr).toContain('1 new, 2 known');
    await nextSecond();
    expect((await once()).stderr).toContain('0 new, 3 known');
    expect(received.slice(2).map(({ hits }) => names(hits))).toEqual([['c']]);
    const lines = readFileSync(here.at('out/hits.ndjson'), 'utf8').trim().split('\n');
    expect([names(lines.map((line) => JSON.parse(line))), lines[0]]).toEqual([
      ['b', 'a', 'c'],
      expect.stringContaining('"bytes":9007199254740993'),
    ]);
    const stored = await here.run(
      ...['query', 'FROM hits | KEEP process.name, bytes, harrier.watch, harrier.hunt.uuid | SORT process.name'],
      ...['--store', here.at('store'), '--format', 'csv'],
    );
    expect(stored.stdout).toBe(
      `process.name,bytes,harrier.watch,harrier.hunt.uuid\r\na,1,senders,${uuid}\r\nb,9007199254740993,senders,${uuid}\r\nc,3,senders,${uuid}\r\n`,
    );
    const history = JSON.parse((await here.run(...watch, '--history', 'senders', '--format', 'json')).stdout);
    expect(history).toMatchObject([{ new: 2, outcome: 'done' }, { new: 1 }, { new: 0 }]);
    expect((await here.run(...watch, '--history')).stdout).toMatch(/^watch .*\n.*\nsenders /);
  });

  it('keeps what did not arrive, and says so', async () => {
    const here = place(event('a', '1'));
    const { url, received } = await hook((n) => (n === 1 ? 403 : 200));
    const watch = [...watched(here, `data = ["events.ndjson"]\nwebhook = "${url}"`), '--once'];
    const first = await here.run(...watch);
    expect([first.code, first.stderr]).toEqual([1, expect.stringContaining('1 hit did not reach webhook')]);
    appendFileSync(here.at('events.ndjson'), event('b', '2'));
    await nextSecond();
    expect((await here.run(...watch)).code).toBe(0);
    expect(names(received[1].hits)).toEqual(['a', 'b']);
  });

  it('leaves out what is accepted, and runs nothing before its time', async () => {
    const here = place(event('a', '1'), event('b', '2'));
    await here.run('accept', '*', '--value', 'process.name=a', '--reason', 'r', '--accepted', here.at('accepted.toml'));
    const watch = [...watched(here, 'data = ["events.ndjson"]'), '--once'];
    const toml = readFileSync(here.at('harrier.toml'), 'utf8').replace('* * * * * *', '0 0 1 1 *');
    writeFileSync(here.at('harrier.toml'), toml);
    const first = await here.run(...watch);
    expect([
      names(
        first.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
      first.stderr,
    ]).toEqual([['b'], expect.stringMatching(/as of \d{4}-01-01T.*: 1 new, 0 known, 1 accepted/)]);
    expect(await here.run(...watch)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('says what is in its way', async () => {
    const here = place(event('a', '1'));
    expect((await here.run(...watched(here, 'shedule = "x"'))).stderr).toContain('did you mean schedule?');
    expect((await here.run(...watched(here, ''), '--once')).stderr).toContain('watch senders has no events to search');
    const watch = watched(here, 'store = "store"');
    const store = await Store.open(here.at('store'));
    try {
      const held = await here.run(...watch, '--once');
      expect([held.code, held.stderr]).toEqual([2, expect.stringContaining('is open in another process')]);
    } finally {
      await store.close();
    }
    expect((await here.run(...watch, '--history')).stdout).toContain('failed: the store in');
    const holder = start(watched(here, 'data = ["events.ndjson"]'), here.env);
    await holder.said('1 new');
    const second = await here.run(...watch, '--once');
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining(`(process ${holder.child.pid})`)]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s between runs', async (signal) => {
    const here = place(event('a', '1'));
    const watch = watched(here, 'data = ["events.ndjson"]\nndjson = "hits.ndjson"');
    const toml = readFileSync(here.at('harrier.toml'), 'utf8').replace('* * * * * *', '0 0 1 1 *');
    writeFileSync(here.at('harrier.toml'), toml);
    const { child, said, ended } = start(watch, here.env);
    await said('1 new');
    // Until it sleeps, there is nothing to see of it: it wrote what it had last.
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill(signal);
    expect((await ended).code).toBe(0);
    expect(existsSync(here.at('state/watch.lock'))).toBe(false);
  });

  it('ends on Ctrl-C within a run, which is made again', async () => {
    const here = place(event('a', '1'));
    const { url, first, received } = await hook((n) => (n === 1 ? null : 200));
    const watch = watched(here, `data = ["events.ndjson"]\nwebhook = "${url}"`);
    const { child, ended } = start(watch, here.env);
    await first;
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('interrupted within a run') });
    expect(existsSync(here.at('state/watch.lock'))).toBe(false);
    expect((await here.run(...watch, '--once')).code).toBe(0);
    expect(names(received[1].hits)).toEqual(['a']);
    const history = JSON.parse((await here.run(...watch, '--history', '--format', 'json')).stdout);
    expect(history.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['interrupted', 'done']);
  });
});
