import { describe, expect, it } from 'vitest';
import { literalFolders } from './literal-folders.ts';

describe('leading folders of a pattern, the longest first', () => {
  it.each<[string, NodeJS.Platform, string[]]>([
    ['Downloads (1)/*.ndjson', 'linux', ['Downloads (1) | *.ndjson', '. | Downloads (1)/*.ndjson']],
    ['*.ndjson', 'linux', ['. | *.ndjson']],
    ['/var/log/*', 'linux', ['/var/log | *', '/var | log/*', '/ | var/log/*']],
    ['a//b/', 'linux', ['a | b', '. | a/b']],
    ['../x/*.gz', 'linux', ['../x | *.gz', '.. | x/*.gz', '. | ../x/*.gz']],
    ['logs\\(1\\)/*', 'linux', ['logs\\(1\\) | *', '. | logs\\(1\\)/*']],
    ['{a/b,c}/*', 'linux', ['{a/b,c} | *', '{a | b,c}/*', '. | {a/b,c}/*']],
    ['C:\\logs\\*.ndjson', 'win32', ['C:\\logs | *.ndjson', 'C:\\ | logs/*.ndjson']],
    ['C:/logs/a*', 'win32', ['C:/logs | a*', 'C:/ | logs/a*']],
    ['C:*.json', 'win32', ['C: | *.json']],
    ['logs\\day [1]\\*', 'win32', ['logs\\day [1] | *', 'logs | day [1]/*', '. | logs/day [1]/*']],
    ['\\\\srv\\share\\x\\*.gz', 'win32', ['\\\\srv\\share\\x | *.gz', '\\\\srv\\share\\ | x/*.gz']],
    ['\\\\srv\\share', 'win32', []],
    ['\\\\?\\C:\\logs\\*', 'win32', ['\\\\?\\C:\\logs | *', '\\\\?\\C:\\ | logs/*']],
    ['\\\\?\\UNC\\srv\\share\\*', 'win32', ['\\\\?\\UNC\\srv\\share\\ | *']],
    ['\\logs\\*', 'win32', ['\\logs | *', '\\ | logs/*']],
    ['C:\\logs\\*', 'linux', ['. | C:\\logs\\*']],
  ])('%s on %s', (pattern, platform, expected) => {
    const found = [...literalFolders(pattern, platform)].map(({ folder, glob }) => `${folder} | ${glob}`);
    expect(found).toEqual(expected);
  });
});
