import { describe, expect, it } from 'vitest';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import { noOverrides, type Overrides, override } from './override.ts';
import { nameOnPlatform } from './platform.ts';
import { parseSetting } from './set-threshold.ts';
import { findThresholds } from './thresholds.ts';
import { type Surroundings, typed } from './typed-query.ts';

const surroundings: Surroundings = {
  catalogue: (query) => OpenCatalogue.of(indexPatterns(query), query),
  now: Date.parse('2026-03-10T12:00:00Z'),
};
const rewritten = async (text: string, overrides: Partial<Overrides>): Promise<string> =>
  (await override(text, { ...noOverrides, ...overrides }, surroundings)).query.text;

const hunt = `from logs-endpoint.events.network-* // all of it, 7 days
| where @timestamp > now() - 7 days and host.os.family == "windows" /* 7 days */
| eval tool = to_lower(process.name)
| stats total = sum(source.bytes), n = count(*) by process.entity_id, tool
| eval per_hour = n / 3
| where total >= 1073741824 and per_hour > 5 // at least 1073741824
| limit 100`;

describe('window', () => {
  it('changes the bound that is there, and nothing that looks like it', async () => {
    expect(await rewritten(hunt, { window: { last: '24 hours' } })).toBe(
      hunt.replace('@timestamp > now() - 7 days', '@timestamp > NOW() - 24 hours'),
    );
  });
  it.each([
    ['FROM a', 'FROM a | WHERE @timestamp > NOW() - 1 day'],
    ['FROM a METADATA _id // c\n| LIMIT 1', 'FROM a METADATA _id\n| WHERE @timestamp > NOW() - 1 day // c\n| LIMIT 1'],
    ['FROM a | WHERE now() - 3 hours <= @timestamp AND x == 1', 'FROM a | WHERE @timestamp > NOW() - 1 day AND x == 1'],
    [
      'FROM a | WHERE @timestamp >= "2026-01-01" AND @timestamp < now()',
      'FROM a | WHERE @timestamp > NOW() - 1 day AND @timestamp < now()',
    ],
    [
      'FROM (FROM a | WHERE @timestamp > now() - 2d), (FROM b) | STATS COUNT(*)',
      'FROM (FROM a | WHERE @timestamp > NOW() - 1 day), (FROM b | WHERE @timestamp > NOW() - 1 day) | STATS COUNT(*)',
    ],
    [
      'FROM a | WHERE NOT (@timestamp > now() - 2d) OR x == 1',
      'FROM a | WHERE @timestamp > NOW() - 1 day | WHERE NOT (@timestamp > now() - 2d) OR x == 1',
    ],
    // Wherever the bounds of the events stand: in branches, behind them, and behind what looks at all events.
    [
      'FROM (FROM a), (FROM b) | WHERE @timestamp > now() - 2d',
      'FROM (FROM a | WHERE @timestamp > NOW() - 1 day), (FROM b | WHERE @timestamp > NOW() - 1 day) | WHERE @timestamp > NOW() - 1 day',
    ],
    [
      'FROM a | FORK (WHERE @timestamp > now() - 2d) (WHERE @timestamp > now() - 3 days | LIMIT 2)',
      'FROM a | FORK (WHERE @timestamp > NOW() - 1 day) (WHERE @timestamp > NOW() - 1 day | LIMIT 2)',
    ],
    [
      'FROM a | FORK (WHERE @timestamp > now() - 2d) (LIMIT 2)',
      'FROM a | WHERE @timestamp > NOW() - 1 day | FORK (WHERE @timestamp > NOW() - 1 day) (LIMIT 2)',
    ],
    [
      'FROM a | INLINE STATS n = COUNT(*) BY b | WHERE @timestamp > now() - 2d',
      'FROM a | INLINE STATS n = COUNT(*) BY b | WHERE @timestamp > NOW() - 1 day',
    ],
    [
      'FROM a | RENAME @timestamp AS t | WHERE t > now() - 2d',
      'FROM a | RENAME @timestamp AS t | WHERE t > NOW() - 1 day',
    ],
    [
      'FROM a | STATS n = COUNT(*) BY @timestamp | WHERE @timestamp > now() - 2d',
      'FROM a | STATS n = COUNT(*) BY @timestamp | WHERE @timestamp > NOW() - 1 day',
    ],
  ])('%s', async (before, after) => {
    expect(await rewritten(before.replaceAll('2d', '2 days'), { window: { last: '1 day' } })).toBe(
      after.replaceAll('2d', '2 days'),
    );
  });
  it('is refused where no events are read', async () => {
    await expect(rewritten('ROW a = 1', { window: { last: '1 day' } })).rejects.toThrow('--window: the query reads no');
  });
  it('from and to', async () => {
    const window = { from: Date.parse('2026-03-01T00:00:00Z'), to: Date.parse('2026-03-02T00:00:00Z') };
    expect(await rewritten('FROM a | WHERE @timestamp > now() - 7 days', { window })).toBe(
      'FROM a | WHERE @timestamp < "2026-03-02T00:00:00.000Z" | WHERE @timestamp >= "2026-03-01T00:00:00.000Z"',
    );
  });
});

describe('thresholds', () => {
  it('are the thresholds on what is aggregated', async () => {
    const thresholds = findThresholds(await typed(hunt, surroundings));
    expect(
      thresholds.map(({ name, operator, literalText, decides }) => [name, operator, literalText, decides]),
    ).toEqual([
      ['total', '>=', '1073741824', true],
      ['per_hour', '>', '5', true],
    ]);
  });
  it('have the operator in their name where there are several', async () => {
    const text =
      'FROM a | STATS n = COUNT(*), t = MAX(@timestamp) BY u | EVAL rare = CASE(n < 3, 1, 0) | WHERE 5 <= n AND n <= 9 AND u > "x" AND t > now() - 1 day';
    const thresholds = findThresholds(await typed(text, surroundings));
    expect(
      thresholds.map(({ name, operator, literalText, decides }) => [name, operator, literalText, decides]),
    ).toEqual([
      ['n<', '<', '3', false],
      ['n>=', '>=', '5', true],
      ['n<=', '<=', '9', true],
      ['t', '>', 'now() - 1 day', true],
    ]);
  });
  it('see INLINE STATS and nested STATS', async () => {
    const text =
      'FROM a | INLINE STATS n = COUNT(*) BY u | WHERE n > 2 | STATS m = COUNT(*) BY n | WHERE n > 3 AND m > 4';
    expect(findThresholds(await typed(text, surroundings)).map(({ literalText }) => literalText)).toEqual([
      '2',
      '3',
      '4',
    ]);
  });
  it.each([
    ['total=500MB', 'total >= 524288000'],
    ['total = 2gb', 'total >= 2147483648'],
    ['total=1.5KB', 'total >= 1536'],
    ['total=0.5', 'total >= 0.5'],
    ['TOTAL>=-1e3', 'total >= -1000'],
    ['`total`=1.5GiB', 'total >= 1610612736'],
    ['total=1_000k', 'total >= 1024000'],
  ])('--set %s', async (setting, expected) => {
    expect(await rewritten(hunt, { settings: [parseSetting(setting)] })).toBe(
      hunt.replace('total >= 1073741824', expected),
    );
  });
  it.each(['total=lots', 'total=1XB', 'total=1 or true'])('refuses --set %s', async (setting) => {
    await expect(rewritten(hunt, { settings: [parseSetting(setting)] })).rejects.toThrow('compared with a number');
  });
  it.each([
    ['n=7', 'several thresholds'],
    ['n>=7', 'WHERE n > 7 AND n < 9'],
    ['n>7', 'WHERE n > 7 AND n < 9'],
    ['n<7', 'WHERE n > 5 AND n < 7'],
  ])('--set %s where one name has several thresholds', async (setting, expected) => {
    const text = 'FROM a | STATS n = COUNT(*) BY b | WHERE n > 5 AND n < 9';
    const told = await rewritten(text, { settings: [parseSetting(setting)] }).catch((error: Error) => error.message);
    expect(told).toContain(expected);
  });
  it('names the settings that a query has', async () => {
    const settings = ['total=1', 'other=2'].map(parseSetting);
    const { set } = await override(hunt, { ...noOverrides, settings }, surroundings);
    expect(set.map(({ name }) => name)).toEqual(['total']);
  });
});

describe('conditions', () => {
  it('go right behind FROM', async () => {
    const conditions = [
      { keeps: false, condition: 'process.name == "chrome.exe"' },
      { keeps: true, condition: 'host.name LIKE "srv-*"' },
    ];
    expect(await rewritten('FROM a | KEEP b | STATS COUNT(*) BY b', { conditions })).toBe(
      'FROM a | WHERE host.name LIKE "srv-*" | WHERE NOT COALESCE(process.name == "chrome.exe", false) | KEEP b | STATS COUNT(*) BY b',
    );
  });
  it('cannot be about what is computed of several events', async () => {
    const conditions = [{ keeps: false, condition: 'total > 5' }];
    await expect(rewritten(hunt, { conditions })).rejects.toThrow('total is not of single events');
  });
  it('go behind what computes their columns', async () => {
    const conditions = [{ keeps: false, condition: 'tool == "curl" or destination.ip == "1.2.3.4"' }];
    expect(await rewritten(hunt, { conditions })).toBe(
      hunt.replace(
        'to_lower(process.name)',
        'to_lower(process.name)\n| WHERE NOT COALESCE(tool == "curl" or destination.ip == "1.2.3.4", false)',
      ),
    );
  });
  it.each([
    [
      'FROM a | KEEP b, host.name | STATS COUNT(*) BY b',
      'FROM a | WHERE host.name == "x" | KEEP b, host.name | STATS COUNT(*) BY b',
    ],
    [
      'FROM a | RENAME process.name AS host.name | LIMIT 1',
      'FROM a | RENAME process.name AS host.name | WHERE host.name == "x" | LIMIT 1',
    ],
    ['FROM a | FORK (LIMIT 1) (LIMIT 2)', 'FROM a | WHERE host.name == "x" | FORK (LIMIT 1) (LIMIT 2)'],
    [
      'FROM (FROM a), (FROM b | STATS COUNT(*) BY c) | LIMIT 1',
      'FROM (FROM a | WHERE host.name == "x"), (FROM b | WHERE host.name == "x" | STATS COUNT(*) BY c) | LIMIT 1',
    ],
    [
      'FROM (FROM a), (FROM b) | EVAL host.name = TO_UPPER(user.name) | LIMIT 1',
      'FROM (FROM a), (FROM b) | EVAL host.name = TO_UPPER(user.name) | WHERE host.name == "x" | LIMIT 1',
    ],
    ['FROM a | INLINE STATS n = COUNT(*) BY b', 'FROM a | WHERE host.name == "x" | INLINE STATS n = COUNT(*) BY b'],
  ])('%s', async (before, after) => {
    const conditions = [{ keeps: true, condition: 'host.name == "x"' }];
    expect(await rewritten(before, { conditions })).toBe(after);
  });
  it.each([
    ['x == 1 // mine', 'x == 1'],
    ['x == 1 // not:\n AND y == 2', 'x == 1 AND y == 2'],
    ['x /* or */ == 1\r\nOR y == "a // b"', 'x == 1 OR y == "a // b"'],
  ])('never swallow what follows them: %j', async (condition, text) => {
    expect(await rewritten('FROM a | LIMIT 1', { conditions: [{ keeps: true, condition }] })).toBe(
      `FROM a | WHERE ${text} | LIMIT 1`,
    );
  });
  it.each([
    ['x == 1 | LIMIT 1', "mismatched input '|'"],
    ['x = 1', "mismatched input '='"],
    ['a +', 'mismatched input'],
    ['1', '--only: '],
  ])('refuses %s', async (condition, message) => {
    await expect(rewritten(hunt, { conditions: [{ keeps: true, condition }] })).rejects.toThrow(message);
  });
});

describe('platform', () => {
  it.each([
    ['Beacons (Windows)', 'Beacons (macOS)'],
    ['Beacons (windows)', 'Beacons (macOS)'],
    ['Beacons', 'Beacons (macOS)'],
    ['Beacons (Windows, Linux)', 'Beacons (Windows, Linux) (macOS)'],
  ])('names %j by the other one', (name, expected) => {
    expect(nameOnPlatform(name, 'macos')).toBe(expected);
  });

  it('replaces the condition', async () => {
    expect(await rewritten(hunt, { platform: 'linux' })).toBe(
      hunt.replace('host.os.family == "windows"', 'host.os.type == "linux"'),
    );
  });
  it.each([
    ['FROM a | LIMIT 1', 'FROM a | WHERE host.os.type == "macos" | LIMIT 1'],
    ['FROM a | WHERE host.os.type IN ("windows", "linux")', 'FROM a | WHERE host.os.type == "macos"'],
    ['FROM a | WHERE "windows" == host.os.type', 'FROM a | WHERE host.os.type == "macos"'],
    ['FROM a | WHERE host.os.type == "linux" OR host.os.family == "windows"', 'FROM a | WHERE host.os.type == "macos"'],
    [
      'FROM a | STATS n = COUNT(*) BY host.os.family | WHERE host.os.family == "windows" AND n > 2',
      'FROM a | WHERE host.os.type == "macos" | STATS n = COUNT(*) BY host.os.family | WHERE true AND n > 2',
    ],
    [
      'FROM a | FORK (WHERE host.os.type == "linux") (WHERE x == 1)',
      'FROM a | WHERE host.os.type == "macos" | FORK (WHERE true) (WHERE x == 1)',
    ],
    // The field has another name there, or is gone.
    [
      'FROM a | RENAME host.os.type AS os | WHERE os == "linux"',
      'FROM a | WHERE host.os.type == "macos" | RENAME host.os.type AS os | WHERE true',
    ],
    [
      'FROM a | WHERE host.os.type == "linux" | KEEP host.os.family, x | WHERE host.os.family == "debian"',
      'FROM a | WHERE host.os.type == "macos" | KEEP host.os.family, x | WHERE true',
    ],
    [
      'FROM a | WHERE host.os.type == "linux" OR x == 1',
      'FROM a | WHERE host.os.type == "macos" | WHERE host.os.type == "linux" OR x == 1',
    ],
  ])('%s', async (before, after) => {
    expect(await rewritten(before, { platform: 'macos' })).toBe(after);
  });
});
