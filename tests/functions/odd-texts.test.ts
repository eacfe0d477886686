import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatIp, parseIp } from '../../src/values/ip.ts';
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

async function ofEach(expression: string): Promise<Map<string, unknown>> {
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
  const found = await ofEach(expression);
  const wrong = [...found].filter(([text, value]) => shown(value) !== shown(expected(text)));
  expect(wrong.map(([text, value]) => [text, shown(value), shown(expected(text))])).toEqual([]);
});
