import { expect, it } from 'vitest';
import type { FileReport, LoadReport } from '../files/load-report.ts';
import { durationText, readText } from './read-summary.ts';

const file = (read: FileReport['read'], cause: FileReport['cause'] = null): FileReport => ({
  ...{ path: 'a', format: null, read, events: 0, indices: [], reason: null, cause },
});
const load = (events: number, files: readonly FileReport[], lines = 0): LoadReport =>
  ({ events, files, malformed: { count: lines, first: [] } }) as unknown as LoadReport;

it('says what was read and what was not', () => {
  expect(readText(load(12_345, [file('all'), file('part')]))).toBe('12,345 events from 2 files');
  expect(readText(load(1, [file('all'), file('none', 'foreign')], 3))).toBe(
    '1 event from 1 file, 3 lines and 1 file not read',
  );
  // Nothing is missing with a copy, or a file that holds nothing.
  expect(readText(load(2, [file('all'), file('none', 'same'), file('none', 'empty')]))).not.toContain('not read');
});

it('says times as people do', () => {
  expect([0.4, 85, 1449, 99_900, 200_000, 3_600_000].map(durationText)).toEqual([
    ...['0 ms', '85 ms', '1.4 s', '99.9 s', '3 min 20 s', '60 min 0 s'],
  ]);
});
