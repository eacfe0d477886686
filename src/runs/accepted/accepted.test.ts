import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import type { Hunt } from '../../hunts/hunt.ts';
import type { HuntResult } from '../../report/report.ts';
import type { CellValue, EsqlType } from '../../values/types.ts';
import { appendEntry, entryText } from './append-entry.ts';
import { applyAccepted } from './apply.ts';
import { compileCondition } from './conditions.ts';
import type { AcceptedEntry, Condition } from './entry.ts';
import { isExpired } from './entry.ts';
import { checkConditions, conditionsOfRow, givenCondition, givenConditions } from './new-conditions.ts';
import { parseAccepted } from './read-file.ts';

const entry = (when: string, more = ''): string =>
  `[[accepted]]\nid = "a"\nhunt = "*"\nreason = "r"\n${more}[accepted.when]\n${when}\n`;
const conditionOf = (value: string): Condition =>
  parseAccepted(entry(`c = ${value}`), 'f.toml').entries[0]!.conditions.get('c')!;

describe('conditions', () => {
  it.each<[string, EsqlType, CellValue[], CellValue[]]>([
    ['"a.exe"', 'keyword', ['a.exe'], ['A.exe', 'xa.exe', null, '']],
    ['"C:*\\\\*.exe"', 'keyword', ['C:\\a\\b.exe'], ['C:\\a', 'D:C:\\b.exe', 'C:.exe']],
    ['"a*a"', 'keyword', ['aa', 'aba'], ['a', 'ab']],
    ['"a*bc*c"', 'keyword', ['abcc', 'a-bc-c'], ['abc', 'acbc']],
    ['"*"', 'keyword', ['', 'x\ny'], [null]],
    ['{ is = "a*" }', 'keyword', ['a*'], ['ab']],
    ['["a", "b*"]', 'keyword', ['a', 'bc', ['a', 'b']], ['c', ['a', 'c']]],
    ['{ null = true }', 'keyword', [null], ['', 'null']],
    ['"10.0.0.0/8"', 'keyword', ['10.1.2.3', '10.0.0.0/8'], ['11.0.0.1', 'x']],
    ['"<= 50"', 'keyword', ['<= 50'], ['40']],
    ['5', 'keyword', ['5'], ['05']],
    ['"<= 50"', 'double', [50, -1, 0.5], [50.1, null, [1, 51]]],
    ['">9007199254740992"', 'long', [9007199254740993n], [9007199254740992n]],
    ['9007199254740993', 'long', [9007199254740993n], [9007199254740992n]],
    ['"!= 3"', 'integer', [2], [3]],
    ['2.0', 'long', [2n], [3n]],
    ['"1e3"', 'double', [1000], [1]],
    ['"192.168.0.0/16"', 'ip', ['192.168.3.4'], ['192.169.0.1', null]],
    ['"2001:db8::/32"', 'ip', ['2001:db8::1'], ['2001:db9::1', '10.0.0.1']],
    ['["10.0.0.1", "10.2.*"]', 'ip', ['10.0.0.1', '10.2.3.4'], ['10.0.0.2']],
    ['true', 'boolean', [true], [false]],
    ['"false"', 'boolean', [false], [true]],
    ['2026-03-10', 'date', ['2026-03-10T00:00:00.000Z'], ['2026-03-10T00:00:00.001Z']],
    ['"< 2026-03-10"', 'date', ['2026-03-09T23:59:59.999Z'], ['2026-03-10T00:00:00.000Z']],
    ['"2026-03-*"', 'date', ['2026-03-09T23:59:59.999Z'], ['2026-04-10T00:00:00.000Z']],
    [
      '{ is = "2026-03-10T00:00:00.000000001Z" }',
      'date_nanos',
      ['2026-03-10T00:00:00.000000001Z'],
      ['2026-03-10T00:00:00.000Z'],
    ],
  ])('%s on a %s', (value, type, fitting, others) => {
    const test = compileCondition(conditionOf(value), type);
    if (typeof test !== 'function') throw new Error(test.error);
    expect([fitting.map(test), others.map(test)]).toEqual([fitting.map(() => true), others.map(() => false)]);
  });
  it.each<[string, EsqlType, string]>([
    ['"lots"', 'double', 'the column holds numbers, and "lots"'],
    ['"<= "', 'long', 'the column holds numbers'],
    ['true', 'long', 'the column holds numbers'],
    ['"yesterday"', 'date', 'the column holds dates'],
    ['"10.0.0.0/33"', 'ip', 'the column holds addresses'],
    ['"yes"', 'boolean', 'the column is true or false'],
  ])('%s cannot be put to a %s', (value, type, error) => {
    expect(compileCondition(conditionOf(value), type)).toMatchObject({ error: expect.stringContaining(error) });
  });
});

describe('the file', () => {
  it.each<[string, string, string]>([
    [
      'an unknown key',
      `# note\n\n${entry('a = 1', 'expirse = 2026-01-01\n')}`,
      'f.toml:7: expirse is no part of an entry',
    ],
    ['no reason', '[[accepted]]\nid = "a"\nhunt = "*"\nwhen = { a = 1 }', 'f.toml:1: the entry gives no reason'],
    [
      'no condition',
      `${entry('x = 1')}[[accepted]]\nid = "b"\nhunt = "*"\nreason = "r"\n`,
      'f.toml:7: the entry has no condition',
    ],
    ['a bad date', entry('a = 1', 'expires = "soon"\n'), 'f.toml:5: expires is no date'],
    ['a query that is no place', entry('a = 1', 'query = 0\n'), 'f.toml:5: query is no place'],
    ['a bad condition', entry('"process.name" = []'), 'f.toml:6: process.name has a condition'],
    [
      'a bad condition without quotes',
      entry('b = 1\nprocess.name = { is = { } }'),
      'f.toml:7: process.name has a condition',
    ],
    ['the same id', `${entry('a = 1')}\n${entry('a = 1')}`, 'f.toml:8: another entry has the id a too'],
    ['broken TOML', `${entry('a = 1')}x = `, 'f.toml:7:5: invalid TOML'],
    ['something else', 'libraries = []', 'f.toml: libraries means nothing here'],
    [
      'lines within texts',
      `${entry("a = '''\n[[accepted]]\n'''")}[[accepted]]\nhunt = "*"`,
      'f.toml:9: the entry has no',
    ],
  ])('%s is reported with its line', (_, text, message) => {
    expect(() => parseAccepted(text, 'f.toml')).toThrow(message);
  });
  it('columns need no quotes', () => {
    const [found] = parseAccepted(entry('process.name = "a"\n"destination.address" = "b"'), 'f').entries;
    expect([...found!.conditions.keys()]).toEqual(['process.name', 'destination.address']);
  });

  const written: AcceptedEntry = {
    id: 'x',
    hunt: 'h',
    query: 2,
    conditions: new Map(),
    reason: 'it is "fine"\n\u202e',
    owner: 'A \\ B',
    created: '2026-03-10',
    expires: null,
  };
  it('keeps everything in it when an entry is added', async () => {
    const file = join(temporaryFolder(), 'accepted.toml');
    const before = `# a comment\n${entry('b = 1 # why')}# the end`;
    writeFileSync(file, before);
    await appendEntry(file, { ...written, conditions: new Map([givenCondition('n <= 5')]) });
    const after = readFileSync(file, 'utf8');
    expect(after.startsWith(`${before}\n`)).toBe(true);
    expect(parseAccepted(after, file).entries.map(({ id, line }) => [id, line])).toEqual([
      ['a', 2],
      ['x', 10],
    ]);
  });
  it('is not touched when it is broken', async () => {
    const file = join(temporaryFolder(), 'accepted.toml');
    for (const broken of ['[[accepted', 'accepted = []\n']) {
      writeFileSync(file, broken);
      const conditions = new Map([givenCondition('n=5')]);
      await expect(appendEntry(file, { ...written, conditions })).rejects.toThrow(file);
      expect(readFileSync(file, 'utf8')).toBe(broken);
    }
  });
  it('gives back any entry that is written, and its conditions hold for the row that they come from', () => {
    const value = fc.oneof(
      fc.record({
        type: fc.constantFrom<EsqlType>('keyword', 'text', 'version'),
        cell: fc.string({ unit: 'binary' }),
      }),
      fc.record({ type: fc.constant<EsqlType>('long'), cell: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
      fc.record({ type: fc.constant<EsqlType>('double'), cell: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
      fc.record({ type: fc.constant<EsqlType>('ip'), cell: fc.ipV4() }),
      fc.record({ type: fc.constant<EsqlType>('boolean'), cell: fc.boolean() }),
      fc.record({ type: fc.constant<EsqlType>('date'), cell: fc.constant('2026-03-10T00:00:00.001Z') }),
      fc.record({
        type: fc.constant<EsqlType>('keyword'),
        cell: fc.constantFrom<CellValue>(null, ['a', 'b*'], 'C:\\*', '10.0.0.0/8'),
      }),
    );
    const name = fc.string({ unit: 'binary', minLength: 1 });

    fc.assert(
      fc.property(name, value, (column, { type, cell }) => {
        const conditions = conditionsOfRow([{ name: column, type }], [cell], [column]);
        const text = entryText({ ...written, conditions });
        const [{ line: _, ...read } = { line: 0 }] = parseAccepted(text, 'f').entries;
        expect(read).toEqual({ ...written, conditions });
        const test = compileCondition(conditions.get(column)!, type);
        expect(typeof test === 'function' && test(cell)).toBe(true);
      }),
      { examples: [['n', { type: 'double', cell: -0 }]] },
    );
  });
});

const hunt = { uuid: 'U-1', name: 'A hunt', file: '/h', queries: [{ text: '', line: 1 }] } as unknown as Hunt;
const found: HuntResult = {
  ...{ hunt, query: 0, text: '', outcome: 'hits', error: null, notes: ['n'] },
  ...{ coverage: null, hidden: [], drillDown: null, evidence: null },
  result: {
    columns: [
      { name: 'p', type: 'keyword' },
      { name: 'n', type: 'long' },
    ],
    values: [
      ['a', 1n],
      ['b', 2n],
      ['c', 3n],
    ],
    warnings: [],
    notes: [],
    tookMs: 1,
  },
};
const at = new Date('2026-03-10T12:00:00Z');
const applied = (text: string, result = found): HuntResult =>
  applyAccepted([result], parseAccepted(text, 'f.toml'), at)[0]!;
const one = (id: string, hunt: string, when: string, more = ''): string =>
  `[[accepted]]\nid = "${id}"\nhunt = "${hunt}"\nreason = "r"\n${more}\nwhen = { ${when} }\n`;

describe('applying', () => {
  it('takes rows out that meet all conditions, and counts them by entry', () => {
    const result = applied(
      one('1', 'u-1', 'p = "a"') + one('2', '*', 'p = "b", n = 2') + one('3', 'A hunt', 'p = "c", n = 2'),
    );
    expect(result.result!.values).toEqual([['c', 3n]]);
    expect(result.hidden.map(({ entry, rows }) => [entry, rows])).toEqual([
      ['1', 1],
      ['2', 1],
    ]);
    expect([result.outcome, result.notes]).toEqual(['hits', ['n']]);
  });
  it('no row left is no hit', () => {
    const result = applied(one('1', '*', 'p = "*"'));
    expect([result.outcome, result.result!.values, result.hidden[0]!.rows]).toEqual(['none', [], 3]);
  });
  it('other hunts and other queries are left alone, and so is what is no hunt', () => {
    const values = found.result!.values;
    expect(applied(one('1', 'u-2', 'p = "a"')).result!.values).toEqual(values);
    expect(applied(one('1', 'u-1', 'p = "a"', 'query = 2')).result!.values).toEqual(values);
    expect(applied(one('1', '*', 'p = "a"'), { ...found, hunt: null }).result!.values).toEqual(values);
  });
  it('what has expired is shown and reported, unless another entry holds', () => {
    const old = one('old', '*', 'n = "<= 2"', 'expires = 2026-03-09');
    const result = applied(old + one('new', '*', 'p = "a"', 'expires = 2026-03-10'));
    expect(result.result!.values).toHaveLength(2);
    expect(result.notes.at(-1)).toBe('1 row is shown although an entry accepted it until 2026-03-09 (old)');
    expect(applied(old).notes.at(-1)).toContain('2 rows are shown although an entry accepted them until 2026-03-09');
  });
  it('an entry that cannot fit its query is reported with its line', () => {
    expect(applied(`\n${one('1', 'u-1', 'q = "a"')}`).notes.at(-1)).toBe(
      'f.toml:2: the query gives no column q, so that the entry accepts nothing',
    );
    expect(applied(one('1', 'u-1', 'n = "lots"')).notes.at(-1)).toContain('f.toml:1: n: the column holds numbers');
    expect(applied(one('1', '*', 'q = "a"')).notes).toEqual(['n']);
  });
});

it('an entry holds to the end of its last day, or to its moment', () => {
  const expired = (expires: string, time: string): boolean => isExpired({ expires }, new Date(time));
  expect(expired('2026-03-10', '2026-03-10T23:59:59.999Z')).toBe(false);
  expect(expired('2026-03-10', '2026-03-11T00:00:00Z')).toBe(true);
  expect(expired('2026-03-10T12:00:00Z', '2026-03-10T12:00:00Z')).toBe(true);
  expect(isExpired({ expires: null }, new Date())).toBe(false);
});

it.each([
  ['process.name=a b.exe', 'process.name', 'a b.exe'],
  ['process.name = "a=b"', 'process.name', 'a=b'],
  ['n<=50', 'n', '<= 50'],
  ['n != 3', 'n', '!= 3'],
  ['destination.ip=10.0.0.0/8', 'destination.ip', '10.0.0.0/8'],
])('a condition by hand: %s', (text, column, pattern) => {
  expect(givenCondition(text)).toEqual([column, { kind: 'any', terms: [{ kind: 'pattern', text: pattern }] }]);
});

it('an entry has one value for each column', () => {
  expect([...givenConditions(['a=1', 'b=1']).keys()]).toEqual(['a', 'b']);
  expect(() => givenConditions(['a=1', 'b=1', 'a = 2'])).toThrow('a is given two values');
});

it.each<[string, EsqlType, boolean]>([
  ['c <= 50', 'long', true],
  ['c >= 2026-01-01', 'date', true],
  ['c <= 50', 'keyword', false],
  ['c != x', 'text', false],
  ['c > 1.2.3', 'version', false],
  ['c < 10.0.0.1', 'ip', false],
  ['c != true', 'boolean', false],
  ['c=<script>', 'keyword', true],
])('%s on a column of %s', (text, type, isFit) => {
  const check = (): void => checkConditions(givenConditions([text]), new Map([['c', type]]));
  if (isFit) expect(check).not.toThrow();
  else expect(check).toThrow(/^c: the column /);
});
