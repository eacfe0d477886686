import { expect, it } from 'vitest';
import { result, runReport } from '../../../tests/report/run-report.ts';
import type { Outcome } from '../report.ts';
import { headline } from './header.ts';

it.each<[Outcome[], string]>([
  [['hits', 'none', 'failed'], 'Hits in 1 of 3 queries'],
  [['none', 'none'], 'No hits in 2 queries'],
  [['none', 'cannot tell'], 'No hits in 1 of 2 queries'],
  [['cannot tell', 'failed', 'interrupted'], 'No answer from 3 queries'],
  [['failed'], 'No answer from 1 query'],
])('%j is reported as %s', (outcomes, words) => {
  const results = outcomes.map((outcome) => result(null, { outcome }));
  expect(headline({ ...runReport, results }, false)).toBe(words);
});

it('no hits is said of all the data only where all of it was read', () => {
  const { result: rows } = runReport.results[0]!;
  const inPart = result(null, { outcome: 'cannot tell', result: rows, unread: '1 line could not be read as an event' });
  const results = [inPart, result(null, { outcome: 'none' })];
  expect(headline({ ...runReport, results }, false)).toBe('No hits in what was read: 2 queries');
});
