import { describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';

/* How people ask for hunts whose names they do not know. */

const beaconing = [
  'beaconing-unsigned-process-linux',
  'beaconing-unsigned-process-macos',
  'beaconing-unsigned-process-windows',
];

async function found(...args: string[]): Promise<string[]> {
  const { stdout } = await harrier(['hunts', 'search', ...args, '--format', 'json']);
  return (JSON.parse(stdout) as { file: string }[]).map(({ file }) => /([^/\\]+)\.toml$/.exec(file)![1]!);
}

describe('hunts search', () => {
  it.each<[string, string[], readonly string[]]>([
    ['words in another order than they stand', ['windows', 'processes', 'unsigned', 'beaconing'], [beaconing[2]!]],
    ['the same as one argument, in capitals', ['UNSIGNED Beaconing windows'], [beaconing[2]!]],
    ['words of a technique', ['kerberoasting'], ['kerberoasting-windows']],
    ['words of the technique above one of its own', ['steal or forge', 'kerberos'], ['kerberoasting-windows']],
    ['a tactic', ['command and control', 'unsigned'], beaconing.slice(1)],
    ['a tactic in other words than the option has', ['credential access', 'kerberos'], ['asrep-roasting-windows']],
    ['the id of a technique', ['T1558.003'], ['kerberoasting-windows']],
    ['the name of a file', ['encoded-powershell'], ['encoded-powershell-windows']],
  ])('finds hunts by %s', async (_, words, expected) => {
    expect(await found(...words)).toEqual(expect.arrayContaining([...expected]));
    expect((await found(...words)).length).toBeLessThan(12);
  });

  it.each<[string, string[], RegExp]>([
    ['near words', ['beakoning'], /no hunt has the word beakoning: did you mean beaconing/],
    [
      'words that never stand together',
      ['beaconing', 'kerberoasting'],
      /all of these words: beaconing \(\d+\), kerberoasting \(\d+\)/,
    ],
    [
      'where events are searched',
      ['process.name: evil.exe'],
      /harrier query 'FROM \* \| WHERE process\.name == "evil\.exe"' --data/,
    ],
    ['where events are searched, with ==', ['process.name == "evil.exe"'], /WHERE process\.name == "evil\.exe"'/],
  ])('says %s where nothing is found', async (_, words, hint) => {
    const { code, stderr } = await harrier(['hunts', 'search', ...words]);
    expect(code).toBe(0);
    expect(stderr).toMatch(hint);
  });
});

describe('a hunt that is not there', () => {
  it.each<[string, RegExp]>([
    ['beacon', /did you mean beaconing-unsigned-process-linux, /],
    ['beakoning', /did you mean beaconing-/],
    ['kerberosting', /did you mean kerberoasting-windows\?/],
    ['exfil windows', /did you mean exfiltration-by-volume-windows\?/],
    ['unsigned processes macos', /did you mean beaconing-unsigned-process-macos[,?]/],
    ['zzzzzz', /harrier hunts list shows the \d+ hunts/],
  ])('%s', async (name, hint) => {
    const { code, stderr } = await harrier(['run', name, '--print-query']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(hint)]);
  });
});

describe('hunts lint', () => {
  it.each([
    ['a folder of the library', 'hunts/network', /^7 files: |14 files: /m],
    ['a name', 'kerberoasting-windows', /2 files: /],
    ['the beginning of a UUID', '894af375', /2 files: /],
  ])('takes %s', async (_, path, said) => {
    const { code, stdout } = await harrier(['hunts', 'lint', path], { cwd: '/' });
    expect([code, stdout]).toEqual([0, expect.stringMatching(said)]);
  });

  it('says what comes near to a name that is not there', async () => {
    const { code, stderr } = await harrier(['hunts', 'lint', 'kerberosting']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean kerberoasting-windows?')]);
  });
});
