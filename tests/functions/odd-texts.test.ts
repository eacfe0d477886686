import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCidr } from '../../src/values/cidr.ts';
import { formatIp, parseIp } from '../../src/values/ip.ts';
import { extractJson } from '../../src/values/json-path.ts';
import { versionKey } from '../../src/values/version.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * Functions of texts recognise the common form by a cheap test, and leave others to a slower reader. Both must agree with
 * the rule, whatever the text.
 */

const digits = fc.stringMatching(/^[+-]?[0-9]{0,21}$/);
const number = fc.stringMatching(/^ ?[+-]{0,2}[0-9]{0,3}[._]?[0-9]{0,2}([eE][+-]?[0-9]{0,2})?[dDfFxL]? ?$/);
const part = fc.oneof(
  fc.nat(300).map(String),
  fc.constantFrom('0', '00', '01', '255', '256', '', '-1', '+1', '1e1', '٣'),
);
const dotted = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
const version = fc
  .tuple(dotted, fc.constantFrom('', '-alpha', '-alpha.1', '-SNAPSHOT', '+1', ' ', '\n', 'b'))
  .map((parts) => parts.join(''));
const known = [
  ...['', ' ', '0', '-0', '+5', '007', '1_000', '0x1F', '0b1', '1e3', '1.5', '-1.5', '2.5', '-2.5', '.5', '5.', '.'],
  ...['2147483647', '2147483648', '-2147483648', '-2147483649', '9223372036854775807', '9223372036854775808'],
  ...['-9223372036854775808', '-9223372036854775809', '18446744073709551615', '18446744073709551616', '1e400'],
  ...['NaN', 'Infinity', '1d', '1f', '１２', '12\u0000', '\t12\n', '12 13', '1'.repeat(400)],
  ...['1.2.3.4', '01.2.3.4', '1.2.3.4 ', '1.2.3', '::1', '::ffff:1.2.3.4', '1::2::3', 'fe80::1%eth0', '1.2.3.256'],
];
const texts = [...known, ...fc.sample(fc.oneof(digits, number, dotted, version), 600)];
const unique = [...new Set(texts)];

async function ofEach(expression: string, unique: readonly string[]): Promise<Map<string, unknown>> {
  const docs = unique.map((t, i) => ({ i, t }));
  const mappings = { properties: { i: { type: 'long' }, t: { type: 'keyword' } } };
  const engine = await engineOver([{ name: 'e', mappings, docs }]);
  const { values } = await engine.query(`FROM e | EVAL x = ${expression} | SORT i | KEEP x`, { now, maxRows: null });
  return new Map(values.map(([x], i) => [unique[i]!, x]));
}

/** A double as Java reads it; null for what is none. */
function javaDoubleOf(text: string): number | null {
  const found = /^[\s]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[dDfF]?[\s]*$/.exec(text);
  const read = found ? Number(found[1]) : Number.NaN;
  return Number.isFinite(read) ? read : null;
}

const whole =
  (low: bigint, high: bigint) =>
  (text: string): bigint | null => {
    if (/^[+-]?[0-9]+$/.test(text)) {
      const read = BigInt(text.replace('+', ''));
      if (read >= low && read <= high) return read;
    }
    const double = javaDoubleOf(text);
    if (double === null || double < Number(low) || double >= Number(high) + 1) return null;
    const rounded = BigInt(Math.floor(double + 0.5));
    return rounded >= low && rounded <= high ? rounded : null;
  };

it.each([
  ['TO_LONG(t)', whole(-(2n ** 63n), 2n ** 63n - 1n)],
  ['TO_INTEGER(t)', whole(-(2n ** 31n), 2n ** 31n - 1n)],
  ['TO_DOUBLE(t)', javaDoubleOf],
  [
    'TO_STRING(TO_IP(t))',
    (text: string) => {
      const address = parseIp(text);
      return address === null ? null : formatIp(address);
    },
  ],
  ['TO_VERSION(t) < TO_VERSION("8.10.0")', (text: string) => versionKey(text) < versionKey('8.10.0')],
  ['TO_VERSION(t) >= TO_VERSION("8.10")', (text: string) => versionKey(text) >= versionKey('8.10')],
] as const)('%s of odd texts follows the rule', async (expression, expected) => {
  const shown = (value: unknown): string =>
    typeof value === 'boolean' ? String(value) : JSON.stringify(String(value));
  const found = await ofEach(expression, unique);
  const wrong = [...found].filter(([text, value]) => shown(value) !== shown(expected(text)));
  expect(wrong.map(([text, value]) => [text, shown(value), shown(expected(text))])).toEqual([]);
});

const value = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '12',
    '-7',
    '1.50',
    '1e2',
    '1E400',
    'true',
    'null',
    'NaN',
    'Infinity',
    '+1',
    '01',
    "'x'",
    '',
  ),
  fc.constantFrom(
    '999999999999999',
    '1000000000000000',
    '123456789012345678901234567890',
    '""',
    '"\\u0061\\n"',
    '"\\ud800"',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 2 }),
);
const blank = fc.constantFrom('', ' ', '\n');
const json = fc.oneof(
  fc
    .tuple(blank, fc.constantFrom('a', 'b', 'a"', '\\u0061'), value, value, fc.constantFrom('', ',', ' x', '// c', '}'))
    .map(([space, name, one, other, end]) => `${space}{${space}"${name}":${space}${one},"b":${other}${end}}${space}`),
  fc.tuple(value, value).map(([one, other]) => `{"a": {"b": [${one}, ${other}]}, "a": 5, "n": 1}`),
  fc.tuple(value, fc.constantFrom('}', '', '} 1', ',}')).map(([one, end]) => `{"b":1,"a":${one}${end}`),
  value,
);
const jsons = [...new Set(fc.sample(json, 800))].filter((text) => !text.includes('\0'));

it.each(['a', 'b', '$.a.b[1]', 'a[0]', '[0]', 'a.b', '$', "['a\"']"])(
  '%s is extracted from JSON as it stands there',
  async (path) => {
    const written = JSON.stringify(path);
    const found = await ofEach(`JSON_EXTRACT(t, ${written})`, jsons);
    const expected = (text: string): string | null => {
      const extracted = extractJson(text, path);
      // Half a pair of surrogates is no character that the engine could return.
      return extracted.startsWith('=') ? Buffer.from(extracted.slice(1)).toString() : null;
    };
    const wrong = [...found].filter(([text, shown]) => shown !== expected(text));
    expect(wrong.map(([text, shown]) => [text, shown, expected(text)])).toEqual([]);
  },
);

const block = fc
  .tuple(
    fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('10.0.0.0', '0.0.0.0', '::ffff:10.0.0.0', '255.255.255.255', '010.0.0.1'),
    ),
    fc.option(fc.nat(33).map(String), { nil: '' }),
  )
  .map(([address, prefix]) => (prefix === '' ? address : `${address}/${prefix}`));
const blocks = [...new Set(fc.sample(block, 400))].filter((text) => !('error' in parseCidr(text)));

it.each(['10.0.0.0', '192.168.7.9', '0.0.0.0', '::1', '255.255.255.255'])(
  '%s is in the blocks that texts of a field name, and in no others',
  async (address) => {
    const found = await ofEach(`CIDR_MATCH(TO_IP("${address}"), t)`, blocks);
    const own = parseIp(address)!;
    const expected = (text: string): boolean => {
      const range = parseCidr(text);
      return !('error' in range) && own >= range.low && own <= range.high;
    };
    const wrong = [...found].filter(([text, isIn]) => isIn !== expected(text));
    expect(wrong).toEqual([]);
  },
);

it('blanks at the ends of texts are those of Java', async () => {
  const blanks = ['', ' ', '\t', '\u2003', '\u00a0', '\u3000', '\x1c', '\r\n'];
  const cores = ['', 'a', 'é', '~', '!', 'a b', '🦅', '\u0301', 'a\u0301', '\x7f'];
  const all = blanks.flatMap((before) => cores.flatMap((core) => blanks.map((after) => before + core + after)));
  const isBlank = (character: string): boolean =>
    !/[\u00a0\u2007\u202f]/.test(character) && (/\s/.test(character) || '\x1c\x1d\x1e\x1f'.includes(character));
  const trimmed = (text: string, left: boolean, right: boolean): string => {
    let [from, to] = [0, text.length];
    while (left && from < to && isBlank(text[from]!)) from += 1;
    while (right && to > from && isBlank(text[to - 1]!)) to -= 1;
    return text.slice(from, to);
  };
  for (const [name, left, right] of [
    ['TRIM', true, true],
    ['LTRIM', true, false],
    ['RTRIM', false, true],
  ] as const) {
    const found = await ofEach(`${name}(t)`, [...new Set(all)]);
    const wrong = [...found].filter(([text, shown]) => shown !== trimmed(text, left, right));
    expect([name, wrong.map(([text, shown]) => [text, shown, trimmed(text, left, right)])]).toEqual([name, []]);
  }
});
