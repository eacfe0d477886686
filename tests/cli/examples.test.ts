import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { connLog, sysmonLine } from '../join/logs.ts';
import { bin, type Finished, start } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * The examples in the help of every command: one of each runs in a folder that holds what it names, and all of them are
 * read by the command line that they are examples of.
 */

const silent = new AbortController().signal;

/** Every command by its words, with the examples in its help. */
function commands(command: Command, words: readonly string[] = []): [string, string[]][] {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const examples = [...help.matchAll(/^ +\$ (.*harrier .*)$/gm)].map(([, line]) => line!.replace(/ {3,}.*$/, ''));
  const below = command.commands.filter(({ commands: _, ...one }) => !('_hidden' in one && one._hidden));
  return [[words.join(' '), examples], ...below.flatMap((one) => commands(one, [...words, one.name()]))];
}

const known = commands(await buildProgram(silent));

it('there is one for every command', () => {
  expect(known.filter(([, examples]) => examples.length === 0)).toEqual([]);
});

describe('can be read', () => {
  it.each(known.flatMap(([, examples]) => examples))('%s', async (example) => {
    for (const words of split(example).filter(([first]) => first === 'harrier')) {
      const program = await buildProgram(silent, words[1]);
      const quiet = (command: Command): void => {
        command.action(() => undefined).configureOutput({ writeErr: () => undefined });
        for (const one of command.commands) quiet(one);
      };
      quiet(program);
      await program.parseAsync(words.slice(1), { from: 'user' });
    }
  });
});

/** The commands of a line, as the words that a shell makes of them. */
function split(line: string): string[][] {
  const { stdout } = spawnSync('bash', ['-c', `harrier() { printf '%s\\0' harrier "$@"; printf '\\n'; }\n${line}`], {
    encoding: 'utf8',
    env: { ...process.env, HOME: join(here, 'home') },
    cwd: here,
  });
  return stdout.split('\n').flatMap((words) => (words === '' ? [] : [words.split('\0').slice(0, -1)]));
}

const here = temporaryFolder();
const environmentHere = { HARRIER_STATE: join(here, 'state'), HOME: here, USER: 'somebody' };
const inShell = (line: string): Promise<Finished> =>
  start('bash', ['-c', line], {
    cwd: here,
    input: null,
    env: { ...environmentHere, PATH: `${join(here, 'bin')}${delimiter}${process.env.PATH}` },
  }).finished;

/** What the examples name. */
beforeAll(async () => {
  const at = (...names: string[]): string => join(here, ...names);
  for (const name of ['bin', 'logs', 'export', 'my-hunts', 'home']) mkdirSync(at(name));
  writeFileSync(at('bin', 'harrier'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(at('bin', 'harrier'), 0o755);
  symlinkSync(fileURLToPath(new URL('../../hunts', import.meta.url)), at('hunts'));
  const [, demo] = known.find(([words]) => words === 'demo')!;
  expect(await inShell(demo[1]!)).toMatchObject({ code: 0 });
  // Some hosts of the fleet will do.
  const events = readFileSync(at('fleet/network.ndjson'), 'utf8');
  const network = events
    .split('\n')
    .filter((line) => /"hostname":"(?:ws-000[03]|srv-0004)"/.test(line))
    .join('\n');
  for (const name of ['export/network.ndjson', 'logs/network.ndjson', 'events.ndjson'])
    writeFileSync(at(name), network);
  for (const name of ['events.ndjson.gz', 'export/more.ndjson.gz']) writeFileSync(at(name), gzipSync(network));
  writeFileSync(
    at('app.json'),
    '{"eventTime":"2026-03-10T12:00:00Z","clientIp":"192.0.2.1","userName":"ann","step":1}\n',
  );
  const connection = {
    at: 0,
    source: '10.0.0.5',
    sourcePort: 50_000,
    destination: '203.0.113.9',
    destinationPort: 443,
  };
  writeFileSync(at('sysmon.ndjson'), sysmonLine(connection));
  writeFileSync(at('conn.log'), connLog([{ ...connection, uid: 'C1' }]));
  const saved = 'harrier run hunts/network --data logs/ --now latest --save monday';
  expect(await inShell(`harrier hunts new 'Odd logins' --output my-hunts/odd-logins.toml && ${saved}`)).toMatchObject({
    code: 0,
  });
}, 60_000);

/** Those that are not run as they stand: which other of the command's is, and what is run before it. */
interface Other {
  readonly example?: number;
  readonly before?: string;
  /** A name in the example, and what it is called here. */
  readonly call?: readonly [string, string];
}
const other: Readonly<Record<string, Other>> = {
  '': { example: 1 },
  diff: { example: 1 },
  runs: { example: 1 },
  accepted: { before: ': > accepted.toml' },
  'mapping test': { before: 'harrier mapping new app.json --output app.yml' },
  'runs delete': { before: 'harrier run 41fd9994 --data logs/ --save tuesday' },
  'keys list': { before: 'harrier keys create one --read --store ./events' },
  'keys revoke': { before: 'harrier keys create shipper --write --store ./events' },
  'hunts lint': { before: 'cp hunts/network/beaconing-unsigned-process-linux.toml my-hunts/' },
  'hunts test': { example: 1 },
  // A process of the planted intrusion.
  pivot: { call: ['YWRjMjdiZGEtYWJh', 'YWRjMjdiZGEtYWJhNy0yODFhLWIwZWEtMmNmMjUyNzEzOWJhLTQyMjM3'] },
  check: { example: 1 },
};
/** They go on until they are interrupted. */
const endless = ['serve', 'ui', 'watch'];

describe('runs', () => {
  // They build on one another: a run is saved, shown, compared and deleted.
  it.each(known.filter(([words]) => words !== 'demo' && !endless.includes(words)))('%s', async (words, examples) => {
    const { example = 0, before, call = ['', ''] } = other[words] ?? {};
    if (before !== undefined) expect(await inShell(before)).toMatchObject({ code: 0 });
    const line = examples[example]!.replace(...call);
    const { code, stderr } = await inShell(line);
    expect([line, code, code === 0 ? '' : stderr]).toEqual([line, 0, '']);
  });
  it.each(endless)('%s, until it is interrupted', async (words) => {
    const [, examples] = known.find(([name]) => name === words)!;
    writeFileSync(
      join(here, 'harrier.toml'),
      '[[watch]]\nname = "network"\nschedule = "0 0 1 1 *"\nhunts = ["hunts/network"]\n',
    );
    const [first] = split(examples[0]!);
    const running = start(process.execPath, [bin, ...first!.slice(1), ...(words === 'serve' ? ['--port', '0'] : [])], {
      cwd: here,
      env: environmentHere,
    });
    await running.until(({ stdout, stderr }) => /http|next|network/.test(stdout + stderr));
    running.child.kill('SIGINT');
    // 130 is for an interruption within a run: a watch begins with one.
    const { code, stderr } = await running.finished;
    expect([stderr, code === 0 || (words === 'watch' && code === 130)]).toEqual([stderr, true]);
  });
});
