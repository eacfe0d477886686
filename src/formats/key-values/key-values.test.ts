import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { keyValues as importer } from './key-values.ts';

const modified = Date.parse('2026-03-10T12:00:00Z');
const keyValues = { ...importer, detect: (head: Buffer, isWhole: boolean) => importer.detect(head, isWhole, modified) };
const documents = (text: string): unknown[] => documentsOf(keyValues, Buffer.from(text));

const line = 'date=2026-03-10 time=11:00:00 logid="0000000013" type="traffic" srcip=10.0.0.5 sentbyte=120';
const document = {
  date: '2026-03-10',
  time: '11:00:00',
  logid: '0000000013',
  type: 'traffic',
  srcip: '10.0.0.5',
  sentbyte: 120,
};

describe('lines', () => {
  it.each<[string, string, object]>([
    ['without a header', line, document],
    ['behind a priority', `<189>${line}`, document],
    [
      'behind a header of syslog',
      `<189>Mar 10 11:00:01 fw-1 ${line}`,
      { ...document, syslog: { timestamp: '2026-03-10T11:00:01Z', hostname: 'fw-1', priority: 189 } },
    ],
    [
      'of logfmt',
      'time="2026-03-10T11:00:00Z" level=info msg="it said \\"no\\"" a.b=1.5 c= d="C:\\x y"',
      { time: '2026-03-10T11:00:00Z', level: 'info', msg: 'it said "no"', 'a.b': 1.5, d: 'C:\\x y' },
    ],
    [
      'with ids that look like numbers',
      `${line} a=007 b=1557513467369913239 c=-5 d=1e5`,
      { ...document, a: '007', b: '1557513467369913239', c: -5, d: '1e5' },
    ],
  ])('%s', (_, text, expected) => {
    expect(documents(`${text}\r\n`)).toEqual([expected]);
  });

  it('are counted where they hold something else', () => {
    expect(documents(`${line}\n${line}\n${line}\nrestarted\n`)[3]).toEqual(['not made of NAME=VALUE', 'restarted']);
  });
});

it.each([
  ['a few pairs', 'a=1 b=2 c=3\n'],
  ['pairs among words', 'kernel: [1.5] DROP IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=40 TTL=5\n'],
  ['settings', '# comment\nname=value\nother=value\n'],
])('leaves %s to others', (_, text) => {
  expect(keyValues.detect(Buffer.from(text), true)).toBeNull();
});

const value = fc.stringMatching(/^[ -!#-[\]-~]{0,12}$/);

it('gives the values that were written, however the log is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { minLength: 1 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 120 })),
      (rows, steps) => {
        const text = Buffer.from(rows.map((row) => `${row.map((one, i) => `k${i}="${one}"`).join(' ')}\n`).join(''));
        const found = documentsOf(keyValues, text);
        expect(found).toEqual(
          rows.map((row) => Object.fromEntries(row.flatMap((one, i) => (one === '' ? [] : [[`k${i}`, one]])))),
        );
        expect(cutAnywhere(keyValues, text, steps)).toEqual(found);
      },
    ),
  );
});

it('reads any bytes without harm', () => {
  expectNoHarm(keyValues, Buffer.from(`${line}\n${line}\n${line}\n${line}\n`));
});
