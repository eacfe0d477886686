import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { w3c } from './w3c.ts';

const documents = (text: string): unknown[] => documentsOf(w3c, Buffer.from(text));

const head =
  '#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-03-10 12:00:00\r\n';
const fields = '#Fields: date time c-ip cs(User-Agent) sc-status\r\n';

it('reads rows by the names of the fields', () => {
  expect(documents(`${head}${fields}2026-03-10 12:00:00 192.0.2.7 curl/8.0+x 404\r\n`)).toEqual([
    { date: '2026-03-10', time: '12:00:00', 'c-ip': '192.0.2.7', 'cs(User-Agent)': 'curl/8.0+x', 'sc-status': 404 },
  ]);
});

it('leaves out what is unset', () => {
  expect(documents(`${head}${fields}2026-03-10 12:00:00 - - 404\r\n`)).toEqual([
    { date: '2026-03-10', time: '12:00:00', 'sc-status': 404 },
  ]);
});

it('takes only plain numbers for numbers', () => {
  expect(documents('#Fields: a b c d\n1 01 1.50 +1\n')).toEqual([{ a: 1, b: '01', c: 1.5, d: '+1' }]);
});

it('reads other fields after the service was started again', () => {
  expect(documents(`${head}${fields}a b c d 1\r\n${head}#Fields: x y\r\n1 2\r\n`)).toEqual([
    { date: 'a', time: 'b', 'c-ip': 'c', 'cs(User-Agent)': 'd', 'sc-status': 1 },
    { x: 1, y: 2 },
  ]);
});

it('reads values between tabs', () => {
  expect(documents('#Version: 1.0\n#Fields: date x-edge-location sc-bytes\n2026-03-10\tFRA 2\t7\n')).toEqual([
    { date: '2026-03-10', 'x-edge-location': 'FRA 2', 'sc-bytes': 7 },
  ]);
});

it('refuses rows of another length', () => {
  expect(documents('#Fields: a b\n1 2\n1\n1 2 3\n')).toEqual([
    { a: 1, b: 2 },
    ['a row of 2 columns has 1 value', '1'],
    ['a row of 2 columns has 3 values', '1 2 3'],
  ]);
});

it('leaves values between commas to others', () => {
  expect(w3c.detect(Buffer.from('#Software: Exchange\n#Fields: a,b\n1,"2 3"\n'), true, 0)).toBeNull();
});

const value = fc.stringMatching(/^[!-~]{1,8}$/).filter((text) => !text.startsWith('#'));

it('gives the values that were written, however the log is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value)), fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (rows, steps) => {
      const text = Buffer.from(`#Fields: a b\n${rows.map((row) => `${row.join(' ')}\n`).join('')}`);
      const found = documentsOf(w3c, text);
      const given = (text: string): unknown =>
        /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) && text !== '-0' ? Number(text) : text;
      const expected = rows.map((row) =>
        Object.fromEntries(row.flatMap((text, i) => (text === '-' ? [] : [['ab'[i]!, given(text)]]))),
      );
      expect(found).toEqual(expected);
      expect(cutAnywhere(w3c, text, steps)).toEqual(found);
    }),
  );
});

it('reads any bytes without harm', () => {
  expectNoHarm(w3c, Buffer.from('#Fields: a b\n'));
});
