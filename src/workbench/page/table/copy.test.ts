import { describe, expect, it } from 'vitest';
import type { Cell, ColumnInfo } from '../../contract/question.ts';
import { conditionOn, defanged, guarded, rowsText } from './copy.ts';
import { literal, nameText, stringText } from './literals.ts';

const columns: readonly ColumnInfo[] = [
  { name: 'process.name', type: 'keyword' },
  { name: 'bytes', type: 'long' },
  { name: 'tags', type: 'keyword' },
];
const rows: readonly (readonly Cell[])[] = [
  ['=cmd|calc', '9223372036854775807', ['a', 'b']],
  ['two\nlines "quoted"', -5, null],
];

describe('copying rows', () => {
  it('guards formulas in TSV and CSV, and leaves numbers alone', () => {
    expect(rowsText(columns, rows, 'TSV')).toBe(
      `process.name\tbytes\ttags\n'=cmd|calc\t9223372036854775807\ta, b\n"two\nlines ""quoted"""\t-5\t`,
    );
    expect(rowsText(columns, rows, 'CSV')).toBe(
      `process.name,bytes,tags\n'=cmd|calc,9223372036854775807,"a, b"\n"two\nlines ""quoted""",-5,`,
    );
  });

  it('gives values as they are in JSON', () => {
    expect(JSON.parse(rowsText(columns, rows, 'JSON'))[0]).toEqual({
      'process.name': '=cmd|calc',
      bytes: '9223372036854775807',
      tags: ['a', 'b'],
    });
  });

  it('gives a condition that the rows fulfil', () => {
    expect(rowsText(columns, rows, 'ES|QL')).toBe(
      '(process.name == "=cmd|calc" AND bytes == 9223372036854775807 AND MV_CONTAINS(tags, "a") AND MV_CONTAINS(tags, "b") AND MV_COUNT(tags) == 2)\n' +
        '  OR (process.name == "two\\nlines \\"quoted\\"" AND bytes == -5 AND tags IS NULL)',
    );
  });
});

describe('a spreadsheet', () => {
  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])('does not run %j', (text) => {
    expect(guarded(text)).toBe(`'${text}`);
  });
  it.each(['-5', '+1.5', '-1.5e9', 'plain', '', '1=1'])('gets %j as it is', (text) => {
    expect(guarded(text)).toBe(text);
  });
});

it.each([
  ['http://evil.example/a.exe', 'hxxp[://]evil[.]example/a[.]exe'],
  ['HTTPS://EVIL.EXAMPLE', 'HxxPS[://]EVIL[.]EXAMPLE'],
  ['ftp://x', 'fxp[://]x'],
  ['203.0.113.7', '203[.]0[.]113[.]7'],
  ['2001:db8::1', '2001[:]db8::1'],
  ['who@evil.example', 'who[@]evil[.]example'],
])('defangs %s', (text, expected) => {
  expect(defanged(text)).toBe(expected);
});

describe('ES|QL', () => {
  it.each([
    ['host.name', 'host.name'],
    ['@timestamp', '@timestamp'],
    ['a b', '`a b`'],
    ['x`y', '`x``y`'],
    ['1st', '`1st`'],
  ])('writes the name %s', (name, text) => {
    expect(nameText(name)).toBe(text);
  });

  it('writes texts that end where they should', () => {
    expect(stringText('C:\\a "b"\n| DROP *')).toBe('"C:\\\\a \\"b\\"\\n| DROP *"');
  });

  it('has no constant for infinity, shapes and documents', () => {
    expect([literal('Infinity', 'double'), literal('POINT (1 2)', 'geo_point'), literal('{}', '_source')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(conditionOn('n', 'double', 1e21)).toBe('n == 1e+21');
  });
});
