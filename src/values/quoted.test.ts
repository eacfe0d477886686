import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoted } from './quoted.ts';

describe('an argument for a shell', () => {
  it.each<[string, string, string]>([
    ['fleet/a.ndjson', 'fleet/a.ndjson', 'fleet/a.ndjson'],
    ['fleet/*.ndjson', "'fleet/*.ndjson'", '"fleet/*.ndjson"'],
    ['C:\\logs\\a.evtx', "'C:\\logs\\a.evtx'", 'C:\\logs\\a.evtx'],
    ['C:\\my logs\\', "'C:\\my logs\\'", '"C:\\my logs\\\\"'],
    ['\\\\srv\\share\\*.evtx', "'\\\\srv\\share\\*.evtx'", '"\\\\srv\\share\\*.evtx"'],
    ['50%', '50%', "'50%'"],
    ['a,b', 'a,b', '"a,b"'],
    ["it's", "'it'\\''s'", '"it\'s"'],
    ['process.name == "a.exe"', '\'process.name == "a.exe"\'', '\'process.name == "a.exe"\''],
    ['a == "it\'s"', "'a == \"it'\\''s\"'", "'a == \"it''s\"'"],
    ['$HOME `x`', "'$HOME `x`'", "'$HOME `x`'"],
    ['@file', '@file', '"@file"'],
    ['', "''", '""'],
  ])('%j', (argument, unix, windows) => {
    expect(quoted(argument, 'linux')).toBe(unix);
    expect(quoted(argument, 'darwin')).toBe(unix);
    expect(quoted(argument, 'win32')).toBe(windows);
  });

  it.skipIf(process.platform === 'win32')('is read back by a shell, whatever it is', () => {
    const argument = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 40 }), (all) => {
        const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${all.map((one) => quoted(one)).join(' ')}`]);
        expect(stdout.toString().split('\0').slice(0, -1)).toEqual(all.length === 0 ? [''] : all);
      }),
      { numRuns: 30 },
    );
  });
});
