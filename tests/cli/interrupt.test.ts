import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { files } from '../files/support.ts';
import { harrier, startHarrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * Ctrl-C. A query that would take hours keeps a command at work; the warning about a broken line shows when the events
 * are read and the queries begin.
 */

const event = (second: number): string =>
  `${JSON.stringify({
    '@timestamp': new Date(Date.parse('2026-03-10T10:00:00Z') + second * 1000).toISOString(),
    data_stream: { type: 'logs', dataset: 'x' },
    process: { name: `p${second % 3}` },
  })}\n`;

const tenTimes = (name: string): string => `| EVAL ${name} = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] | MV_EXPAND ${name}\n`;
const query = (body: string): string => `FROM logs-x-*\n| WHERE @timestamp > NOW() - 1 hour\n${body}`;
const hunt = (n: number, text: string): string =>
  `[hunt]\nname = "Hunt ${n}"\nuuid = "${String(n).repeat(8)}-2222-3333-4444-555555555555"\nquery = ['''\n${text}''']\n`;
const endless = query(
  `${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map(tenTimes).join('')}| STATS n = COUNT(*), m = MAX(a * b * c * d * e * f * g * h * i) BY process.name\n| WHERE n > 3\n`,
);

const place = files({
  'events.ndjson': `${Array.from({ length: 100 }, (_, i) => event(i)).join('')}broken\n`,
  'hunts/1.toml': hunt(1, query('| STATS n = COUNT(*) BY process.name\n')),
  'hunts/2.toml': hunt(2, endless),
  'hunts/3.toml': hunt(3, query('| STATS n = COUNT(*)\n')),
});
const data = ['--data', join(place, 'events.ndjson'), '--now', 'latest'];
const slow = join(place, 'hunts', '2.toml');

/** Starts a command, interrupts it when its queries are at work, and gives what came of it. */
async function interrupted(args: readonly string[]) {
  const running = startHarrier([...args, ...data]);
  await running.until(({ stderr }) => stderr.includes('could not be read'));
  // What is done before the endless query takes a moment.
  await new Promise((resolve) => setTimeout(resolve, 600));
  running.child.kill('SIGINT');
  return running.finished;
}

beforeAll(async () => {
  // From here on events come from the cache.
  await harrier(['run', join(place, 'hunts', '1.toml'), ...data]);
});

describe('an interrupted run', () => {
  const hunts = join(place, 'hunts');
  it('writes what it has as JSON that says that it is not all', async () => {
    const output = join(temporaryFolder(), 'hits.json');
    const state = temporaryFolder();
    const kept = ['--save', 'half', '--state', state];
    const { code, stderr } = await interrupted(['run', hunts, '--format', 'json', '--output', output, ...kept]);
    expect([code, stderr]).toEqual([130, expect.stringContaining('interrupted: this is not all')]);
    const { partial, results } = JSON.parse(readFileSync(output, 'utf8'));
    const outcomes = results.map(({ outcome }: { outcome: string }) => outcome);
    expect([partial, outcomes]).toEqual([true, ['hits', 'interrupted', 'interrupted']]);
    const shown = await harrier(['runs', 'show', 'half', '--state', state]);
    expect([shown.code, shown.stdout]).toEqual([130, expect.stringContaining('interrupted: this is not all')]);
  });
  it.each([
    [
      'table',
      /Hunt 2 22222222 {2}interrupted[\s\S]*1 with hits, 0 without, 2 interrupted; [^\n]*\ninterrupted: this is not all\n$/,
    ],
    [
      'md',
      /Hunt 2[\s\S]*\*\*Interrupted:\*\* this was not asked to the end\.[\s\S]*\*\*Interrupted:\*\* this is not all\.\n$/,
    ],
    ['csv', /^hunt,n,process\.name\r\n(Hunt 1,\d+,p\d\r\n){3}$/],
  ])('writes what it has as %s', async (format, expected) => {
    const { code, stdout, stderr } = await interrupted(['run', hunts, '--format', format]);
    expect(code).toBe(130);
    expect(stdout).toMatch(expected);
    if (format !== 'table') expect(stderr).toContain('interrupted: this is not all');
  });
});

describe('what cannot be shown in part', () => {
  it.each([
    ['tune', slow],
    ['backfill', slow],
    ['events', slow, '--row', '1'],
    ['accept', slow, '--row', '1', '--reason', 'none', '--accepted', join(place, 'accepted.toml')],
  ])('%s ends with nothing', async (...args) => {
    const { code, stdout, stderr } = await interrupted(args);
    expect([code, stdout, stderr]).toEqual([130, '', expect.stringMatching(/interrupted\n$/)]);
    expect(existsSync(join(place, 'accepted.toml'))).toBe(false);
  });
  it('a watch runs again what was interrupted', async () => {
    const home = files({
      'harrier.toml': `[[watch]]\nname = "w"\nschedule = "* * * * *"\nhunts = [${JSON.stringify(slow)}]\nnow = "latest"\ndata = [${JSON.stringify(data[1])}]\n`,
    });
    const running = startHarrier(['watch', '--once', '--state', join(home, 'state')], { cwd: home });
    await running.until(({ stderr }) => stderr.includes('could not be read'));
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    const [file] = readdirSync(join(home, 'state'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('w.json'),
    );
    const { last, history } = JSON.parse(readFileSync(join(home, 'state', file!), 'utf8'));
    expect([last, history[0].outcome]).toEqual([null, 'interrupted']);
  });
});

describe('an interruption of the reading of files', () => {
  const large = join(place, 'large.ndjson');
  beforeAll(async () => {
    const out = createWriteStream(large);
    const thousand = Array.from({ length: 1000 }, (_, i) => event(i)).join('');
    for (let i = 0; i < 600; i++) if (!out.write(thousand)) await once(out, 'drain');
    out.end();
    await once(out, 'close');
  });
  it.each([
    ['run', slow],
    ['coverage', slow],
    ['pivot', 'abc'],
  ])('%s leaves nothing half done behind', async (...args) => {
    const cache = temporaryFolder();
    const temporary = temporaryFolder();
    const running = startHarrier([...args, '--data', large, '--output', join(temporary, 'out')], {
      env: { HARRIER_CACHE_DIR: cache, TMPDIR: temporary },
    });
    await running.until(() => readdirSync(cache).some((name) => name.endsWith('.tmp')));
    running.child.kill('SIGINT');
    const { code, stderr } = await running.finished;
    expect([code, stderr]).toEqual([130, 'interrupted\n']);
    expect([readdirSync(cache), readdirSync(temporary)]).toEqual([[], []]);
  });
  it('the columns that queries read where nothing is kept are removed', async () => {
    const temporary = temporaryFolder();
    const columns = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('harrier-columns-'));
    const running = startHarrier(['run', slow, '--no-cache', ...data], { env: { TMPDIR: temporary } });
    await running.until(({ stderr }) => stderr.includes('could not be read'));
    expect(columns().length).toBe(1);
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    expect(columns()).toEqual([]);
    const first = ['run', join(place, 'hunts', '1.toml'), '--no-cache', '--format', 'json', ...data];
    const { code, stdout } = await harrier(first, { env: { TMPDIR: temporary } });
    expect([code, JSON.parse(stdout).results[0].values.length, columns()]).toEqual([0, 3, []]);
  });
  it('a cache that was whole before stays', async () => {
    const cache = temporaryFolder();
    const small = join(place, 'events.ndjson');
    const env = { HARRIER_CACHE_DIR: cache };
    await harrier(['query', 'FROM logs-* | LIMIT 1', '--data', small], { env });
    const before = readdirSync(cache);
    const running = startHarrier(['run', slow, '--data', small, '--now', 'latest'], { env });
    await running.until(({ stderr }) => stderr.includes('could not be read'));
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    expect(readdirSync(cache)).toEqual(before);
  });
});

/** Waits until a process waits for its standard input: it polls descriptor 0. Nothing else shows that it has started. */
async function waitsForInput(pid: number): Promise<void> {
  const folder = `/proc/${pid}/fdinfo`;
  const polls = (fd: string): boolean => {
    try {
      return /^tfd:\s+0 /m.test(readFileSync(join(folder, fd), 'utf8'));
    } catch {
      // It was open when the folder was listed, and is closed by now.
      return false;
    }
  };
  while (!readdirSync(folder).some(polls)) await new Promise((resolve) => setTimeout(resolve, 50));
}

it.skipIf(process.platform !== 'linux').concurrent.each([
  ['query', '-'],
  ['check', '-'],
  ['explain', '-'],
])('%s - does not wait for its input any longer', async (...args) => {
  const running = startHarrier(args, { input: null });
  await waitsForInput(running.child.pid!);
  running.child.kill('SIGINT');
  expect(await running.finished).toEqual({ code: 130, stdout: '', stderr: 'interrupted\n' });
});
