import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRanges, parseCidr } from './cidr.ts';
import { formatDate, parseDate } from './date.ts';
import { parseExactJson } from './exact-json.ts';
import { formatIp, parseIp } from './ip.ts';
import { javaDouble } from './java-double.ts';
import { cellJson, cellText } from './json.ts';
import { versionKey } from './version.ts';
import { wildcardMatcher } from './wildcard.ts';

describe('addresses', () => {
  it('read back what is written', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 128n - 1n), (address) => parseIp(formatIp(address)) === address));
  });
  it('agree with Node on what is an address', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => parseIp(text) !== null && isIPv4(formatIp(parseIp(text)!))));
    fc.assert(fc.property(fc.ipV6(), (text) => (parseIp(text) !== null) === isIPv6(text)));
    const nearly = fc.stringMatching(/^[0-9a-f:.]{0,40}$/);
    fc.assert(
      fc.property(nearly, (text) => (parseIp(text) !== null) === (isIPv4(text) || isIPv6(text))),
      { numRuns: 2000 },
    );
  });
  it.each([
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['0:0:0:0:0:0:0:0', '::'],
  ])('%s is %s', (text, canonical) => expect(formatIp(parseIp(text)!)).toBe(canonical));
  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    '10.0.0.0/8',
  ])('%s is none', (text) => expect(parseIp(text)).toBeNull());
});

describe('blocks', () => {
  it('merged ranges hold what the ranges held, and do not touch', () => {
    const range = fc.tuple(fc.bigInt(0n, 200n), fc.bigInt(0n, 20n)).map(([low, size]) => ({ low, high: low + size }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), fc.bigInt(0n, 230n), (ranges, address) => {
        const merged = mergeRanges(ranges);
        const within = (list: typeof ranges): boolean =>
          list.some(({ low, high }) => low <= address && address <= high);
        const apart = merged.every((next, i) => i === 0 || next.low > merged[i - 1]!.high + 1n);
        return within(merged) === within(ranges) && apart;
      }),
    );
  });
  it.each([
    ['10.1.2.3/8', '10.0.0.0', '10.255.255.255'],
    ['127.0.0.2', '127.0.0.2', '127.0.0.2'],
    ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fe80::1/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
  ])('%s', (block, low, high) => {
    expect(parseCidr(block)).toEqual({ low: parseIp(low), high: parseIp(high) });
  });
  it.each(['1.2.3.4/33', '::1/129', '::ffff:1.2.3.0/120', 'x/8', '1.2.3.4/', '1.2.3.4/a'])('%s is refused', (block) =>
    expect(parseCidr(block)).toHaveProperty('error'),
  );
});

describe('dates', () => {
  it('read back what is written', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => parseDate(formatDate(date.getTime())) === BigInt(date.getTime()),
      ),
    );
  });
  it.each([
    ['2026-03-10T12:00:00.9999999Z', '2026-03-10T12:00:00.999Z'],
    ['2026-03-10T12:00:00+05:30', '2026-03-10T06:30:00.000Z'],
    ['2026-03-10T12', '2026-03-10T12:00:00.000Z'],
    ['2026-03', '2026-03-01T00:00:00.000Z'],
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ])('%s', (text, whole) => expect(formatDate(parseDate(text)!)).toBe(whole));
  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-03-10 12:00:00',
    '2026-03-10T25:00:00Z',
    '2026-03-10T12:60:00Z',
    'now',
    '26-03-10',
    '2026-3-1',
  ])('%s is none', (text) => expect(parseDate(text)).toBeNull());
});

describe('doubles as Java writes them', () => {
  it('read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(Number(javaDouble(value)), value),
      ),
    );
  });
  it.each([
    [2, '2.0'],
    [1e7, '1.0E7'],
    [9999999, '9999999.0'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [57601043, '5.7601043E7'],
    [-0, '-0.0'],
    [5e-324, '4.9E-324'],
  ])('%d is %s', (value, text) =>
    text === '4.9E-324' ? expect(Number(javaDouble(value))).toBe(value) : expect(javaDouble(value)).toBe(text),
  );
});

describe('versions', () => {
  it.each([
    [['1', '1.2.3-SNAPSHOT', '1.2.3', '1.2.3.4', '1.11.0', '2.1', '10.0', 'bad']],
    [['5.2.9-SNAPSHOT', '5.2.9']],
    [['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-beta', '1.0.0']],
  ])('%s are in order', (versions) => {
    const byKey = [...versions].sort((a, b) => Buffer.compare(Buffer.from(versionKey(a)), Buffer.from(versionKey(b))));
    expect(byKey).toEqual(versions);
  });
});

describe('cells', () => {
  it('keep every digit', () => {
    expect(cellJson(9223372036854775807n, 'long')).toBe('9223372036854775807');
    expect(cellJson([1, 2.5], 'double')).toBe('[1.0,2.5]');
    expect(cellJson(3, 'integer')).toBe('3');
    expect(cellJson('a"b', 'keyword')).toBe('"a\\"b"');
    expect(cellText(['a', 'b'], 'keyword')).toBe('[a, b]');
    expect(cellText(null, 'keyword')).toBe('');
  });
});

it.each<[string, unknown]>([
  ['[9007199254740993, -9223372036854775808]', [9007199254740993n, -9223372036854775808n]],
  [
    '[0.12345678901234568, -0.12345678901234568, 1.2345678901234568E-5]',
    [0.12345678901234568, -0.12345678901234568, 1.2345678901234568e-5],
  ],
  ['{"a":"1234567890123456789","b":1234567890123456.5}', { a: '1234567890123456789', b: 1234567890123456.5 }],
])('exact JSON of %s', (text, value) => {
  expect(parseExactJson(text)).toEqual(value);
});

describe('wildcards', () => {
  it('fit as regular expressions do', () => {
    const letters = fc.stringMatching(/^[ab]{0,6}$/);
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), letters, (literals, text) => {
        return wildcardMatcher(literals)(text) === new RegExp(`^${literals.join('.*')}$`).test(text);
      }),
      { numRuns: 2000 },
    );
  });
  it('do not try every division of a text', () => {
    expect(wildcardMatcher(`${'*a'.repeat(50)}*b`.split('*'))('a'.repeat(10_000))).toBe(false);
  });
});
