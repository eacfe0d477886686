import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * The scripts run in the shells themselves. The library holds a hunt whose file is named like a command: completing it
 * must not run it.
 */

const place = temporaryFolder();
const library = join(place, 'library');
mkdirSync(library);
for (const name of ['odd-logins.toml', 'odd$(touch ran).toml']) writeFileSync(join(library, name), '');
writeFileSync(join(place, 'events.ndjson'), '');
symlinkSync(fileURLToPath(new URL('../../dist/harrier.js', import.meta.url)), join(place, 'harrier'));
const env = { ...process.env, PATH: `${place}:${process.env.PATH}`, HOME: place };

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** What a shell prints, run in the folder with harrier and a library. */
function run(shell: string, args: readonly string[], script: string): string {
  const { stdout, stderr, status } = spawnSync(shell, [...args, '-c', script], {
    cwd: place,
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** Command lines, the last word being completed, and what must be offered for it. */
const lines: readonly [words: string[], offered: string[]][] = [
  [['hunts', 'sea'], ['search']],
  [['hunts', 'show', '--forma'], ['--format']],
  [['run', '--format', 'nd'], ['ndjson']],
  [['run', '--engine', 'e'], ['elasticsearch']],
  [['completion', 'f'], ['fish']],
  [['run', 'exfiltration-by-volume-w'], ['exfiltration-by-volume-windows']],
  [['hunts', 'show', '--library', 'library', 'odd-'], ['odd-logins']],
  [
    ['mapping', 'show', 'sysm'],
    ['sysmon-linux', 'sysmon'],
  ],
  [['inspect', '--map'], ['--mapping']],
  [['query', 'FROM x | LIMIT 1', '--max'], ['--max-rows']],
  [['run', '--', '--format'], []],
];

describe('harrier __complete', () => {
  const ask = async (words: readonly string[]): Promise<string[]> => {
    const { code, stdout } = await harrier(['__complete', '--', ...words]);
    expect(code).toBe(0);
    return stdout.split('\n').map((line) => line.split('\t')[0]!);
  };
  it.each<[string[], string]>([
    [['run', '--data', ''], 'files'],
    [['run', '--store', ''], 'folders'],
    [['run', ''], 'files'],
    [['mapping', 'new', ''], 'files'],
    [['run', '--now', ''], 'none'],
    [['query', ''], 'none'],
  ])('%j leaves %s to the shell', async (words, offers) => expect((await ask(words))[0]).toBe(offers));
  it.each<[string[], string[]]>([
    [['run', '--format=nd'], ['ndjson']],
    // As bash breaks it.
    [['run', '--format', '=', 'nd'], ['ndjson']],
    [
      ['run', '--format', '='],
      ['table', 'json', 'ndjson', 'csv', 'md'],
    ],
    [
      ['nonsense', 'x', '--'],
      ['--version', '--help'],
    ],
  ])('%j', async (words, offered) => {
    const [, ...found] = await ask(words);
    expect(found).toEqual(expect.arrayContaining(offered));
  });
  it('is no command for people', async () => {
    expect((await harrier(['--help'])).stdout).not.toContain('__complete');
  });
});

describe.skipIf(!has('bash'))('bash', () => {
  const offered = (words: readonly string[]): string[] =>
    run(
      'bash',
      ['--norc'],
      `source <(harrier completion bash)
       COMP_WORDS=(harrier ${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')}); COMP_CWORD=${words.length}
       _harrier; (( \${#COMPREPLY[@]} == 0 )) || printf '%s\\n' "\${COMPREPLY[@]}"`,
    )
      .split('\n')
      .filter((line) => line !== '');
  it.each(lines)('%j', (words, expected) => expect(offered(words)).toEqual(expected));
  it('runs nothing of what it completes, and quotes what it offers', () => {
    expect(offered(['hunts', 'show', '--library', 'library', 'odd$'])).toEqual(['odd\\$\\(touch\\ ran\\)']);
    expect(offered(['hunts', 'show', '--library', 'library', '"odd'])).toEqual(['odd-logins']);
    expect(offered(['run', '$(touch ran)', '--max'])).toEqual(['--max-rows']);
    expect(run('bash', ['--norc'], 'ls')).not.toMatch(/^ran$/m);
  });
  it('is registered', () => {
    expect(run('bash', ['--norc'], 'source <(harrier completion bash); complete -p harrier')).toContain('-F _harrier');
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  const quoted = (word: string): string => (/[^\w./=-]/.test(word) ? `'${word}'` : word);
  const offered = (words: readonly string[]): string[] =>
    run(
      'fish',
      ['--no-config'],
      `harrier completion fish | source
       complete --do-complete ${JSON.stringify(`harrier ${words.map(quoted).join(' ')}`).replaceAll('$', '\\$')}`,
    )
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t')[0]!);
  it.each(lines)('%j', (words, expected) => expect(offered(words)).toEqual(expected));
  it('completes what is assigned, and files', () => {
    expect(offered(['run', '--format=nd'])).toEqual(['--format=ndjson']);
    expect(offered(['run', 'x', '--data', 'ev'])).toEqual(['events.ndjson']);
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  /** Waits in an interactive zsh until what it shows after the keys holds a text; gives all that it showed. */
  const shows = (keys: string, expected: string): string =>
    run(
      'zsh',
      ['-f'],
      `zmodload zsh/zpty zsh/zselect
       seen() { repeat 100; do zpty -rt z part && out+=$part; [[ $out == *$1* ]] && return; zselect -t 10; done }
       zpty -b z zsh -f -i
       zpty -w z 'PROMPT="> "; source <(harrier completion zsh); print ready-$((1 + 1))'
       seen ready-2
       zpty -w -n z $'${keys.replaceAll('$', '\\$')}\\t'
       out=; seen '${expected}'
       zpty -d z
       print -r -- "$out"`,
    );
  it.each([
    ['harrier hunts sea', 'harrier hunts search'],
    ['harrier run --format=nd', '--format=ndjson'],
    ['harrier run x --data ev', 'events.ndjson'],
    ['harrier hunts show --library library odd-', 'logins'],
  ])('%s', (keys, expected) => expect(shows(keys, expected)).toContain(expected));
});
