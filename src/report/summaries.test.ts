import { describe, expect, it } from 'vitest';
import type { HuntCoverage } from '../coverage/hunt-coverage.ts';
import type { Finding } from '../hunts/lint/finding.ts';
import { table as coverageTable } from './coverage/table.ts';
import { findingsText } from './findings.ts';

const pipe = { width: null, colour: false };
const finding = (i: number, more: Partial<Finding> = {}): Finding => ({
  ...{ rule: 'no-time-window', severity: 'advice', file: `/hunts/${i}.toml`, message: 'no window', hint: null },
  ...{ line: i, column: 1, endLine: i, endColumn: 2, ...more },
});

describe('findings in many files', () => {
  const many = [
    ...Array.from({ length: 30 }, (_, i) => finding(i)),
    finding(31, { severity: 'error', rule: 'toml', message: 'no name' }),
  ];

  it('are counted by kind, errors in full', () => {
    expect([...findingsText(many, 31, pipe)].join('')).toBe(`/hunts/31.toml:31:1: error: no name [toml]
     30  advice: no window [no-time-window]
--verbose lists each with its place
31 files: 1 error, 30 pieces of advice
`);
  });

  it('are all there where each is asked for, and where there are few', () => {
    const lines = (text: Iterable<string>): number => [...text].join('').trimEnd().split('\n').length;
    expect(lines(findingsText(many, 31, { ...pipe, isVerbose: true }))).toBe(32);
    expect(lines(findingsText(many.slice(0, 5), 5, pipe))).toBe(6);
  });
});

describe('the coverage of a library', () => {
  const hunt = (i: number, verdict: 'ready' | 'blind', message: string): HuntCoverage =>
    ({
      hunt: { name: `hunt ${i}`, uuid: null },
      ...{ verdict, error: null },
      queries: verdict === 'ready' ? [{ gaps: [] }] : [{ gaps: [{ verdict, message, remedy: 'export it' }] }],
    }) as unknown as HuntCoverage;
  const hunts = Array.from({ length: 40 }, (_, i) =>
    hunt(i, i < 3 ? 'ready' : 'blind', `no index is called logs-${i % 20}-*`),
  );
  const written = (some: readonly HuntCoverage[], isVerbose: boolean): string =>
    [...coverageTable({ now: new Date(0), hunts: some, timeFaults: [] }, { ...pipe, isVerbose })].join('');

  it('fits on a screen', () => {
    const text = written(hunts, false);
    expect(text.split('\n').length).toBeLessThan(24);
    expect(text).toContain('3 ready\n  hunt 0 · hunt 1 · hunt 2\n\n37 blind\n');
    expect(text).toContain('      2  no index is called logs-3-*\n');
    expect(text).toContain('… and 8 other reasons: --verbose lists each hunt\n');
    expect(text).toContain('40 hunts: 3 ready, 0 partial, 37 blind\n');
  });

  it('is a line for each hunt where that is asked for, and where there are few', () => {
    for (const text of [written(hunts, true), written(hunts.slice(0, 9), false)])
      expect(text).toContain('blind    hunt 5\n         no index is called logs-5-*\n');
  });
});
