import { describe, expect, it } from 'vitest';
import type { Cell } from '../../contract/question.ts';
import type { Origin } from '../../contract/states.ts';
import { filtersOf, withLimit, withWhere } from './filters.ts';

const shown = (
  name: string,
  type: string,
  origin: Origin,
  value: Cell,
  thresholds: { name: string; operator: string }[] = [],
) =>
  filtersOf({ name, type }, origin, value, thresholds).map(({ label, effect, count }) => {
    const what =
      effect.kind === 'events'
        ? `${effect.keeps ? 'only' : 'exclude'} ${effect.condition}`
        : 'condition' in effect
          ? effect.condition
          : 'window' in effect
            ? effect.window
            : `${effect.name}=${effect.value}`;
    return `${label} | ${effect.kind} | ${what} | ${count}`;
  });

const event: Origin = { kind: 'event', field: 'x' };
const key: Origin = { kind: 'key', field: 'process.name' };
const aggregate: Origin = { kind: 'aggregate', field: null };

describe('a filter from a cell', () => {
  it('of an event is a condition on events', () => {
    expect(shown('x', 'keyword', event, 'a')).toEqual([
      'Only x == "a" | events | only x == "a" | events',
      'Exclude x == "a" | events | exclude x == "a" | events',
    ]);
  });

  it('of a key is on events by its field, then on rows by its name', () => {
    expect(shown('exe', 'keyword', key, 'a')).toEqual([
      'Only process.name == "a" | events | only process.name == "a" | events',
      'Exclude process.name == "a" | events | exclude process.name == "a" | events',
      'Only exe == "a" | rows | exe == "a" | same',
      'Exclude exe == "a" | rows | NOT COALESCE(exe == "a", false) | others',
    ]);
  });

  it('of a key that events do not have is on rows alone', () => {
    expect(shown('k', 'keyword', { kind: 'key', field: null }, 'a').every((text) => text.includes('| rows |'))).toBe(
      true,
    );
  });

  it('of an aggregate has no equality: it compares, or becomes the threshold', () => {
    expect(shown('bytes', 'long', aggregate, '9007199254740993', [{ name: 'bytes', operator: '>=' }])).toEqual([
      'Threshold here: bytes >= 9007199254740993 | threshold | bytes=9007199254740993 | at least',
      'Only bytes >= 9007199254740993 | rows | bytes >= 9007199254740993 | at least',
      'Only bytes < 9007199254740993 | rows | bytes < 9007199254740993 | below',
    ]);
  });

  it('of several values has these exactly, or one of them', () => {
    expect(shown('x', 'keyword', event, ['a', 'b']).filter((text) => text.startsWith('Only'))).toEqual([
      'Only x has exactly these 2 | events | only MV_CONTAINS(x, "a") AND MV_CONTAINS(x, "b") AND MV_COUNT(x) == 2 | events',
      'Only x has "a" | events | only MV_CONTAINS(x, "a") | events',
      'Only x has "b" | events | only MV_CONTAINS(x, "b") | events',
    ]);
  });

  it.each<[Cell, string[]]>([
    [null, ['Only x IS NULL', 'Only x == ""']],
    ['', ['Only x == ""', 'Only x IS NULL']],
  ])('of %j offers null and empty apart', (value, labels) => {
    const found = shown('x', 'keyword', event, value).filter((text) => text.startsWith('Only'));
    expect(found.map((text) => text.split(' | ')[0])).toEqual(labels);
  });

  it('of the time of an event is a window', () => {
    const time = { kind: 'event', field: '@timestamp' } as const;
    expect(shown('@timestamp', 'date', time, '2026-03-10T07:12:37.895Z').slice(0, 3)).toEqual([
      'Window: this minute | window | 2026-03-10T07:12:00Z/2026-03-10T07:13:00Z | null',
      'Window: this hour | window | 2026-03-10T07:00:00Z/2026-03-10T08:00:00Z | null',
      'Window: this day | window | 2026-03-10T00:00:00Z/2026-03-11T00:00:00Z | null',
    ]);
  });

  it('of an address offers its networks', () => {
    const found = shown('x', 'ip', event, '203.0.113.7').filter((text) => text.startsWith('Only'));
    expect(found.map((text) => text.split(' | ')[0])).toEqual([
      'Only x == "203.0.113.7"',
      'Only x in 203.0.113.0/24',
      'Only x in 203.0.0.0/16',
      'Only x outside private networks',
    ]);
  });
});

it('adds a condition behind a comment, and takes a LIMIT for another', () => {
  expect(withWhere('FROM a // why', 'n > 1')).toBe('FROM a // why\n| WHERE n > 1');
  expect(withLimit('FROM a\n| LIMIT 10', 500)).toBe('FROM a\n| LIMIT 500');
  expect(withLimit('FROM a | LIMIT 10 | SORT b', 500)).toBe('FROM a | LIMIT 10 | SORT b\n| LIMIT 500');
});
