import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, start } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * The package as someone gets it who has no checkout: packed, unpacked elsewhere, with what it depends on and nothing else
 * beside it, and run from a folder of their own. The check on a bare machine installs it from the registry as well.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = temporaryFolder();
const installed = join(place, 'node_modules', 'harrier');
const here = join(place, 'somewhere');
let files: readonly string[] = [];

const harrier = (...args: string[]): Promise<Finished> =>
  start(process.execPath, [join(installed, 'dist', 'harrier.js'), ...args], { cwd: here }).finished;

beforeAll(() => {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', place];
  const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }));
  files = packed.files.map(({ path }: { path: string }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(place, packed.filename), '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const target = join(place, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), target);
  }
  mkdirSync(here);
}, 120_000);

describe('the packed files', () => {
  it('run no script when they are installed, and depend on the engine alone', () => {
    const { scripts, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['@duckdb/node-api']);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(name);
  });

  it('have the licences of what is bundled, and no source maps', () => {
    expect(files).toContain('dist/LICENSES.txt');
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
    expect(readFileSync(join(installed, 'dist', 'LICENSES.txt'), 'utf8')).toMatch(/^commander \d/m);
  });

  it('hold what the README and its pages link to', () => {
    const missing = files
      .filter((file) => file === 'README.md' || /^(?:docs|hunts)\/.*\.md$/.test(file))
      .flatMap((page) => {
        const text = readFileSync(join(installed, page), 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
        return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
          .map(([, target]) => target!)
          .filter((target) => !/^[a-z]+:/.test(target))
          .map((target) => posix.normalize(posix.join(posix.dirname(page), target)))
          .filter((path) => !files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)))
          .map((path) => `${page} → ${path}`);
      });
    expect(missing).toEqual([]);
  });
});

describe('from a folder without a checkout', () => {
  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await harrier('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('answers a query', async () => {
    expect(await harrier('query', 'ROW a = 1', '--format', 'csv')).toMatchObject({
      code: 0,
      stdout: 'a\r\n1\r\n',
      stderr: '',
    });
  });

  it('makes a fleet and finds what is planted', async () => {
    const { code, stdout } = await harrier('demo', '--hosts', '20', '--events', '20000', '--out', 'fleet');
    expect([code, stdout]).toEqual([0, expect.stringContaining('19 planted behaviours found, 0 missed')]);
  }, 120_000);

  it.each([
    ['a folder of the library', 'hunts/network'],
    ['a hunt by name', 'exfiltration-by-volume-windows'],
    ['a hunt by its UUID', '41fd9994'],
  ])('runs %s', async (_, hunt) => {
    const { code, stdout } = await harrier(
      'run',
      hunt,
      '--data',
      'fleet/*.ndjson',
      '--now',
      'latest',
      '--format',
      'json',
    );
    const names = JSON.parse(stdout).results.map((result: { hunt: { name: string } }) => result.hunt.name);
    expect([code, names]).toEqual([0, expect.arrayContaining(['Exfiltration by volume (Windows)'])]);
  });

  it('looks nowhere else for a path of the library', async () => {
    for (const path of ['hunts/../package.json', 'hunts/nothing', '../hunts/network'])
      expect(await harrier('run', path, '--data', 'fleet/*.ndjson')).toMatchObject({ code: 2 });
  });

  it('writes a page', async () => {
    const page = ['run', 'hunts/network', '--data', 'fleet/*.ndjson', '--now', 'latest', '--format', 'html'];
    const { code, stdout } = await harrier(...page);
    expect([code, stdout.slice(0, 15)]).toEqual([0, '<!doctype html>']);
  });

  it('serves, and answers in every format', async () => {
    const serve = [join(installed, 'dist', 'harrier.js'), 'serve', '--port', '0', '--store', 'store'];
    const running = start(process.execPath, serve, { cwd: here });
    let url = '';
    await running.until(({ stdout, stderr }) => {
      url = /http:\/\/[^\s]+/.exec(stdout + stderr)?.[0] ?? '';
      return url !== '';
    });
    const ask = (format: string): Promise<number> =>
      fetch(`${url.replace(/\/$/, '')}/_query?format=${format}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'ROW a = 1' }),
      }).then(({ status }) => status);
    const formats = ['json', 'csv', 'yaml', 'cbor', 'arrow'];
    expect(await Promise.all(formats.map(ask))).toEqual(formats.map(() => 200));
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(0);
  });

  it('loads what it rarely needs', async () => {
    const cluster = await harrier('query', 'FROM logs-*', '--engine', 'elasticsearch', '--url', 'http://127.0.0.1:9');
    expect([cluster.code, cluster.stderr]).toEqual([
      2,
      expect.stringMatching(/refused|cannot be reached|127\.0\.0\.1:9/),
    ]);
    writeFileSync(
      join(here, 'own.yml'),
      'name: own\ntitle: Own\nindex: logs-own-default\nwhen: {gate: {exists: true}}\nfields: {user.name: who}\n',
    );
    expect(await harrier('mapping', 'test', 'own.yml')).toMatchObject({ code: 0 });
    writeFileSync(join(here, 'harrier.toml'), 'time_field = "at"\n');
    expect(await harrier('hunts', 'lint', join(installed, 'hunts', 'network'))).toMatchObject({ code: 0 });
    expect(await harrier('hunts', 'search', '--tactic', 'exfiltration')).toMatchObject({ code: 0 });
  });

  it('gives a completion script', async () => {
    const { code, stdout } = await harrier('completion', 'bash');
    expect([code, stdout]).toEqual([0, expect.stringContaining('harrier')]);
  });
});
