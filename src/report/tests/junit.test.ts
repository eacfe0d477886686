import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../../tests/support/xml.ts';
import type { HuntTestResults, TestReport, TestResult } from '../../hunts/testing/results.ts';
import { testsJunit } from './junit.ts';

const result = (own: Partial<TestResult>): TestResult => ({
  kind: 'must hit',
  name: 'a',
  query: 0,
  line: 3,
  outcome: 'ok',
  faults: [],
  notes: [],
  result: null,
  seconds: 0.1234,
  ...own,
});
const report = (own: Partial<HuntTestResults>, testsRequired = false): TestReport => ({
  started: new Date('2026-03-10T12:00:00Z'),
  testsRequired,
  hunts: [
    {
      hunt: { name: 'h', uuid: null, file: '/x/h.toml', queries: 1 },
      file: '/x/h.test.toml',
      results: [],
      untested: [],
      ...own,
    },
  ],
});
const suites = (one: TestReport): readonly XmlElement[] => parseXml([...testsJunit(one)].join('')).children;

/** What Ant's and Jenkins' schemas both take. */
function expectValid(suite: XmlElement): void {
  const { id, name, package: folder, timestamp, hostname, time, ...counts } = suite.attributes;
  expect([id, name, folder, hostname].every((text) => text !== undefined && text.length > 0)).toBe(true);
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  expect(time).toMatch(/^\d+\.\d+$/);
  const names = suite.children.map((child) => child.name);
  expect(names.join(' ')).toMatch(/^properties( testcase)* system-out system-err$/);
  expect(suite.children[0]!.children.length).toBeGreaterThan(0);
  const cases = suite.children.filter((child) => child.name === 'testcase');
  const of = (kind: string): string => String(cases.filter(({ children }) => children[0]?.name === kind).length);
  expect(counts).toEqual({
    tests: String(cases.length),
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  });
  for (const { attributes, children } of cases) {
    expect(Object.keys(attributes).sort()).toEqual(['classname', 'name', 'time']);
    expect(attributes.name).not.toBe('');
    expect(children.length).toBeLessThan(2);
    for (const child of children)
      if (child.name !== 'skipped') expect(Object.keys(child.attributes).sort()).toEqual(['message', 'type']);
  }
}

describe('JUnit', () => {
  it('holds what became of each test', () => {
    const [suite] = suites(
      report({
        hunt: { name: 'h', uuid: null, file: '/x/h.toml', queries: 2 },
        untested: [1],
        results: [
          result({}),
          result({
            name: 'b',
            outcome: 'failed',
            faults: ['expected no hits, came 1 hit'],
            notes: ['n'],
            result: {
              columns: [{ name: 'c', type: 'keyword' }],
              values: [['<&>']],
              warnings: [],
              notes: [],
              tookMs: 1,
            },
          }),
          result({ kind: 'tests file', query: null, outcome: 'error', faults: ['broken'] }),
        ],
      }),
    );
    expectValid(suite!);
    const [ok, failed, broken, bare] = suite!.children.filter(({ name }) => name === 'testcase');
    expect(ok!.attributes).toEqual({ name: 'must hit, query 1: a', classname: 'h', time: '0.123' });
    expect(failed!.children[0]).toMatchObject({
      name: 'failure',
      attributes: { message: 'expected no hits, came 1 hit', type: 'must_hit' },
      text: '/x/h.test.toml:3\nexpected no hits, came 1 hit\nnote: n\nc\n───\n<&>\n',
    });
    expect(broken!.children[0]).toMatchObject({ name: 'error', attributes: { message: 'broken', type: 'tests_file' } });
    expect([bare!.attributes.name, bare!.children[0]!.name]).toEqual(['no test that query 2 must hit', 'skipped']);
  });
  it('makes a failure of what is not tested, where tests are required', () => {
    const [suite] = suites(report({ file: null, untested: [0] }, true));
    expectValid(suite!);
    expect(suite!.children[1]!.children[0]).toMatchObject({ name: 'failure', attributes: { message: 'no tests' } });
  });
  it('stays XML whatever names and values hold', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ']]>',
        '<!--',
        '\u001b[31m',
        '\u0000',
        '\ud800',
        '\ufffe',
        '"/><x a="',
        '&#0;',
        '  ',
        '\u202e\r\n',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, value, fault) => {
        const rows = {
          columns: [{ name: value, type: 'keyword' as const }],
          values: [[value], [name]],
          warnings: [],
          notes: [],
          tookMs: 0,
        };
        const failed = result({ name, outcome: 'failed', faults: [fault], notes: [value], result: rows });
        const hunt = { name, uuid: value, file: `/${name}`, queries: 1 };
        for (const suite of suites(report({ hunt, file: `/${value}`, results: [failed] }))) expectValid(suite);
      }),
    );
  });
});
