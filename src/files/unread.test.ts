import { describe, expect, it } from 'vitest';
import type { Cause, FileReport, LoadReport } from './load-report.ts';
import { nothingReadable, notReadText, strictError, unreadOf } from './unread.ts';

const file = (path: string, read: FileReport['read'], cause: Cause | null, reason: string | null): FileReport => ({
  ...{ path, format: null, read, events: read === 'none' ? 0 : 3, indices: [], cause, reason },
});
const evtx = (path: string): FileReport => file(path, 'none', 'foreign', 'a Windows event log (EVTX)');
const whole = file('logs/a.ndjson', 'all', null, null);
const empty = file('logs/e.json', 'none', 'empty', 'empty');
const copy = file('logs/link', 'none', 'same', 'the same file as logs/a.ndjson');
const locked = file('logs/s', 'none', 'unreadable', 'permission denied');
const cut = file('logs/c.gz', 'part', 'damaged', 'cut off: its gzip data ends early; 3 events read');
const lines = file('logs/m.json', 'part', 'malformed', '2 lines could not be read as an event');

function report(files: readonly FileReport[], malformed = 0): LoadReport {
  const none = { count: 0, first: [], members: [] };
  return {
    ...{ files, bytes: 1, events: 3, fromCache: false, ignored: none, duplicates: none, notes: [] },
    malformed: {
      count: malformed,
      first: malformed > 0 ? [{ file: 'logs/m.json', line: 7, reason: 'malformed JSON', preview: '{"a' }] : [],
    },
  };
}

describe('files that were not read, by reason', () => {
  it.each<[FileReport[], string | null]>([
    [[whole], null],
    [[whole, evtx('x/Security.evtx')], '1 of 2 files was not read: 1 Windows event log (EVTX) (Security.evtx)'],
    [
      [empty, evtx('a.evtx'), evtx('b.evtx')],
      '3 of 3 files were not read: 2 Windows event logs (EVTX) (a.evtx, b.evtx), 1 empty (e.json)',
    ],
    [['1', '2', '3', '4', '5'].map(evtx), '5 of 5 files were not read: 5 Windows event logs (EVTX) (1, 2, 3, …)'],
    [[copy, whole], '1 of 2 files was not read: 1 the same as another (link)'],
    [[locked, whole], '1 of 2 files was not read: 1 unreadable (s: permission denied)'],
    [
      ['x', 'y'].map((name) => file(name, 'none', 'foreign', 'CSV text')),
      '2 of 2 files were not read: 2 files of CSV text (x, y)',
    ],
    [
      ['x', 'y'].map((name) => file(name, 'none', 'foreign', 'a registry hive of Windows')),
      '2 of 2 files were not read: 2 registry hives of Windows (x, y)',
    ],
    [
      ['x', 'y'].map((name) => file(name, 'none', 'foreign', 'a file without JSON objects')),
      '2 of 2 files were not read: 2 files without JSON objects (x, y)',
    ],
  ])('%#', (files, text) => {
    expect(notReadText(files, files.length)).toBe(text);
  });
});

describe('what no hits is said of', () => {
  it.each<[string, LoadReport, boolean]>([
    ['all of it', report([whole, empty, copy]), true],
    ['all but lines that are no events', report([whole, lines], 2), false],
    ['all but a file of another kind', report([whole, evtx('x')]), false],
    ['all but a file that may not be read', report([whole, locked]), false],
    ['all but the end of a file', report([whole, cut]), false],
    ['all but a file of which no line is an event', report([whole, { ...lines, read: 'none' }], 2), false],
  ])('%s', (_, load, isWhole) => {
    expect(unreadOf(load).text === null).toBe(isWhole);
  });

  it('names everything', () => {
    expect(unreadOf(report([whole, evtx('x'), cut, lines, empty], 2)).text).toBe(
      '1 of 5 files was not read: 1 Windows event log (EVTX) (x); 1 file was read in part: c.gz: cut off: its gzip data ends early; 3 events read; 2 lines could not be read as an event',
    );
  });
});

describe('nothing that can be read', () => {
  it.each<[string, LoadReport, string]>([
    [
      'one file of another kind',
      report([evtx('x/Security.evtx')]),
      'x/Security.evtx is a Windows event log (EVTX), which Harrier does not read yet',
    ],
    ['an empty file', report([empty]), 'logs/e.json is empty'],
    ['a link beside it', report([empty, copy]), 'logs/e.json is empty'],
    [
      'lines that are no events',
      report([{ ...lines, read: 'none' }], 2),
      'logs/m.json: 2 lines could not be read as an event\nlogs/m.json:7: malformed JSON: {"a',
    ],
    [
      'several files',
      report([evtx('a'), empty, locked]),
      'none of 3 files holds events that can be read\na is a Windows event log (EVTX), which Harrier does not read yet\nlogs/e.json is empty\ncannot read logs/s: permission denied',
    ],
  ])('%s', (_, load, message) => {
    expect(nothingReadable(load).message).toBe(message);
  });

  it('lists ten files', () => {
    const { message } = nothingReadable(report(Array.from({ length: 12 }, (_, i) => evtx(`${i}.evtx`))));
    expect(message.split('\n')).toHaveLength(12);
    expect(message).toContain('… and 2 more');
  });
});

describe('--strict', () => {
  it.each<[string, LoadReport, string | null]>([
    ['all was read', report([whole, empty, copy]), null],
    ['a line is no event', report([whole, lines], 2), '2 malformed lines, and --strict is set'],
    ['a file is cut off', report([cut]), '1 file not read to the end, and --strict is set'],
    ['a file is of another kind', report([whole, evtx('x')]), '1 file not read to the end, and --strict is set'],
  ])('%s', (_, load, message) => {
    expect(strictError(load)?.message.split('\n')[0] ?? null).toBe(message);
  });
});
