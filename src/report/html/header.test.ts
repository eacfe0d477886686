import { expect, it } from 'vitest';
import { result, runReport } from '../../../tests/report/run-report.ts';
import type { Outcome } from '../report.ts';
import { headline } from './header.ts';

it.each<[Outcome[], string]>([
  [['hits', 'none', 'failed'], 'Hits in 1 of 3 queries'],
  [['none', 'none'], 'No hits in what was read: 2 queries'],
  [['none', 'cannot tell'], 'No hits in what was read: 1 of 2 queries'],
  [['cannot tell', 'failed', 'interrupted'], 'No answer from 3 queries'],
  [['failed'], 'No answer from 1 query'],
])('%j is told as %s', (outcomes, words) => {
  const results = outcomes.map((outcome) => result(null, { outcome }));
  expect(headline({ ...runReport, results }, false)).toBe(words);
});

it('no hits is said of all the data only where all of it was read', () => {
  const results = [result(null, { outcome: 'none' })];
  const load = { ...runReport.load!, files: [], malformed: { count: 0, first: [] } };
  expect(headline({ ...runReport, results, load }, false)).toBe('No hits in 1 query');
});
