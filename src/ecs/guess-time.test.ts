import { expect, it } from 'vitest';
import { isTime, likelyTime } from './guess-time.ts';
import { valuesByName } from './raw-leaves.ts';

it.each<[string, object[], string | null]>([
  ['a name alone is not enough', [{ time: 'noon', n: 1 }], null],
  ['by its name', [{ created: '2026-03-10T12:00:00Z', eventTime: '2026-03-10T12:00:01Z' }], 'eventTime'],
  ['within an object', [{ log: { ts: 1773144000.5 }, n: 1 }], 'log.ts'],
  ['the outer one first', [{ inner: { time: '2026-03-10T12:00:00Z' }, time: '2026-03-10T12:00:00Z' }], 'time'],
  ['by its value alone, where that is a date', [{ when_it_was: '2026-03-10 12:00:00,123', n: 5 }], 'when_it_was'],
  ['a number of no such name is none', [{ serial: 1773144000, n: 5 }], null],
  ['a number that is no time', [{ time: 12, n: 5 }], null],
  ['not what most events lack', [{ time: '2026-03-10T12:00:00Z' }, { n: 1 }, { n: 2 }], null],
  ['in the form of web servers', [{ time_local: '10/Mar/2026:12:00:00 +0000' }], 'time_local'],
])('%s', (_, documents, field) => {
  expect(likelyTime(valuesByName(documents), documents.length)?.field ?? null).toBe(field);
});

it.each([1773144000, '1773144000', 1773144000.25, 1773144000123, '1773144000123456', '1773144000123456789'])(
  '%s is a time',
  (value) => expect(isTime(value)).toBe(true),
);
it.each([0, 12, '2026', 'a', true, '99999999999999999999', '2026-13-45'])('%s is no time', (value) =>
  expect(isTime(value)).toBe(false),
);
