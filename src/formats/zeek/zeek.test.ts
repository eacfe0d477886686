import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { allMembers } from '../../documents/conversion.ts';
import { zeek } from './zeek.ts';

const detectZeek = (head: Buffer) => zeek.detect(head, true, 0);
const textOf = (text: string): string =>
  Buffer.from(
    zeek.convert(Buffer.from(text), detectZeek(Buffer.from(text))!.plan, () => undefined, allMembers),
  ).toString();

const head = (path: string, fields: string, types: string): string =>
  `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${path}\n#open\t2026-03-10-10-00-00\n#fields\t${fields.replaceAll(' ', '\t')}\n#types\t${types.replaceAll(' ', '\t')}\n`;
const close = '#close\t2026-03-10-11-00-00\n';
const documents = (text: string): unknown[] => documentsOf(zeek, Buffer.from(text));
const all = head('t', 's n b l c x', 'string double bool set[string] vector[count] enum');

describe('values', () => {
  it.each<[string, string[], unknown]>([
    [
      'of all types',
      ['a b', '1.50', 'T', 'x,y', '1,2', 'tcp'],
      '{"_path":"t","s":"a b","n":1.50,"b":true,"l":["x","y"],"c":[1,2],"x":"tcp"}',
    ],
    ['that are unset', ['-', '-', '-', '-', '-', '-'], '{"_path":"t"}'],
    [
      'that are empty',
      ['(empty)', '0', 'F', '(empty)', '(empty)', 'u'],
      '{"_path":"t","s":"","n":0,"b":false,"l":[],"c":[],"x":"u"}',
    ],
    ['without a text', ['', '1', 'T', 'a', '1', ''], '{"_path":"t","n":1,"b":true,"l":["a"],"c":[1]}'],
    [
      'that look unset',
      ['--', '-1', 'T', '-,a', '1,-', '(empty) '],
      '{"_path":"t","s":"--","n":-1,"b":true,"l":[null,"a"],"c":[1,null],"x":"(empty) "}',
    ],
    [
      'that JSON escapes',
      ['"\\"', '1', 'T', '"', '1', '\u0001'],
      '{"_path":"t","s":"\\"\\\\\\"","n":1,"b":true,"l":["\\""],"c":[1],"x":"\\u0001"}',
    ],
    [
      'that Zeek escapes',
      ['a\\x09b', '1', 'T', 'a\\x2cb,c', '1', '\\xc3\\xa9'],
      '{"_path":"t","s":"a\\tb","n":1,"b":true,"l":["a,b","c"],"c":[1],"x":"é"}',
    ],
    [
      'with two backslashes',
      ['\\\\pipe\\\\x', '1', 'T', 'a', '1', '\\\\h\\s'],
      '{"_path":"t","s":"\\\\pipe\\\\x","n":1,"b":true,"l":["a"],"c":[1],"x":"\\\\\\\\h\\\\s"}',
    ],
    [
      'of bytes that are no text',
      ['\\xff\\xfe', '1', 'T', 'a', '1', 'x'],
      '{"_path":"t","s":"\\\\xff\\\\xfe","n":1,"b":true,"l":["a"],"c":[1],"x":"x"}',
    ],
    [
      'that are no numbers',
      ['1', 'inf', 'maybe', '1', '007', '2'],
      '{"_path":"t","s":"1","n":"inf","b":"maybe","l":["1"],"c":["007"],"x":"2"}',
    ],
  ])('gives values %s', (_, values, expected) => {
    const text = textOf(`${all}${values.join('\t')}\n`);
    expect(text).toBe(`${expected}\n`);
  });

  it('keeps the digits of numbers', () => {
    const text = `${head('c', 'ts d i', 'time interval int')}1741600000.000001\t1e-06\t-12345678901234567890\n`;
    expect(textOf(text)).toBe('{"_path":"c","ts":1741600000.000001,"d":1e-06,"i":-12345678901234567890}\n');
  });

  it('replaces bytes that are no UTF-8', () => {
    const found = documentsOf(
      zeek,
      Buffer.concat([Buffer.from(head('p', 'a b', 'string string')), Buffer.from([0xff, 9, 0x61, 10])]),
    );
    expect(found).toEqual([{ _path: 'p', a: '\ufffd', b: 'a' }]);
  });
});

describe('headers', () => {
  it('reads one that comes again, with other columns', () => {
    const text = `${head('conn', 'a b', 'count string')}1\tx\n${close}${head('dns', 'b', 'bool')}T\n`;
    expect(documents(text)).toEqual([
      { _path: 'conn', a: 1, b: 'x' },
      { _path: 'dns', b: true },
    ]);
  });

  it('reads other separators', () => {
    const text =
      '#separator |\n#set_separator|;\n#empty_field|()\n#unset_field|?\n#path|p\n#fields|a|b|c\n#types|set[port]|string|string\n1;2|()|?\n';
    expect(documents(text)).toEqual([{ _path: 'p', a: [1, 2], b: '' }]);
  });

  it('reads one with carriage returns', () => {
    const text = `${head('conn', 'a b', 'count string')}1\tx\n`.replaceAll('\n', '\r\n');
    expect(documents(text)).toEqual([{ _path: 'conn', a: 1, b: 'x' }]);
  });

  it('leaves a column called _path alone', () => {
    expect(documents(`${head('conn', '_path b', 'string string')}own\tx\n`)).toEqual([{ _path: 'own', b: 'x' }]);
  });

  it('names the log', () => {
    expect(detectZeek(Buffer.from(head('conn', 'a', 'string')))!.label).toBe('Zeek conn log');
  });

  it.each(['# a comment\nx\n', '#Fields: a b\n1 2\n', '#!/bin/sh\n', 'a\tb\n', ''])('is none: %j', (text) => {
    expect(detectZeek(Buffer.from(text))).toBeNull();
  });
});

it.each([
  ['too few', 'a', 'a row of 2 columns has 1 value'],
  ['too many', 'a\tb\tc', 'a row of 2 columns has 3 values'],
])('refuses a row with %s values', (_, text, reason) => {
  expect(documents(`${head('p', 'a b', 'string string')}x\ty\n${text}\n\nx\tz\n`)).toEqual([
    { _path: 'p', a: 'x', b: 'y' },
    [reason, text.replaceAll('\t', ' ')],
    { _path: 'p', a: 'x', b: 'z' },
  ]);
});

it('reads a last row without a line end', () => {
  expect(documents(`${head('p', 'a b', 'string string')}x\ty`)).toEqual([{ _path: 'p', a: 'x', b: 'y' }]);
});

/** Texts as Zeek writes them: what would mean something else is escaped. */
const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const written = (text: string, separator: string): string => {
  if (text === '') return '(empty)';
  if (text === '-' || text === '(empty)') return hex(text);
  return text.replace(/[\p{Cc}\\,#\u007f]/gu, (found) =>
    found === ',' && separator === '' ? ',' : found === '\\' ? '\\\\' : hex(found),
  );
};
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '-', '(empty)', '#x', '\t', '\n', 'a,b', '\\', '\\x09'),
);
const record = fc.record({
  s: fc.option(scalar, { nil: undefined }),
  n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  b: fc.option(fc.boolean(), { nil: undefined }),
  l: fc.option(fc.array(scalar), { nil: undefined }),
});
type Row = { s?: string | undefined; n?: number | undefined; b?: boolean | undefined; l?: string[] | undefined };
const lineOf = ({ s, n, b, l }: Row): string =>
  [
    s === undefined ? '-' : written(s, ''),
    n === undefined ? '-' : JSON.stringify(n),
    b === undefined ? '-' : b ? 'T' : 'F',
    l === undefined
      ? '-'
      : l.length === 0
        ? '(empty)'
        : l.length === 1 && l[0] === ''
          ? hex(' ')
          : l.map((one) => written(one, ',')).join(','),
  ].join('\t');
const propertyHead = head('p', 's n b l', 'string double bool vector[string]');

it('gives the values that were written, however the log is cut', () => {
  fc.assert(
    fc.property(fc.array(record), fc.infiniteStream(fc.integer({ min: 1, max: 60 })), (rows, steps) => {
      const text = Buffer.from(
        `${propertyHead}${rows.map((row) => `${lineOf(row)}\n`).join('')}${close}${propertyHead}${rows.map((row) => `${lineOf(row)}\n`).join('')}`,
      );
      const expected = [...rows, ...rows].map(({ l, ...row }) => ({
        _path: 'p',
        ...row,
        // A list of one empty text is written as an empty list is.
        l: l?.length === 1 && l[0] === '' ? [' '] : l,
      }));
      expect(documentsOf(zeek, text)).toEqual(JSON.parse(JSON.stringify(expected)));
      expect(cutAnywhere(zeek, text, steps)).toEqual(documentsOf(zeek, text));
    }),
  );
});

it('reads any bytes without harm', () => {
  expectNoHarm(zeek, Buffer.from(propertyHead));
});
