import { familySince, singleValue, type TypeSet } from './definition.ts';

/* Ranges of dates. The first date belongs to a range, and the second does not. */

const range: TypeSet = { types: ['date_range', 'null'], text: 'date_range' };
const dateOrRange: TypeSet = {
  types: ['date', 'date_nanos', 'date_range', 'null'],
  text: 'date_nanos, date_range or datetime',
};

const bound = (name: string, doc: string) =>
  singleValue({
    parameters: [{ name: 'range', accepts: range }],
    returns: () => 'date',
    doc,
    example: `ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11") | EVAL b = ${name}(a)`,
  });

const relation = (first: TypeSet, second: TypeSet, doc: string, example: string) =>
  singleValue({
    parameters: [
      { name: 'left', accepts: first },
      { name: 'right', accepts: second },
    ],
    returns: () => 'boolean',
    doc,
    example,
  });

const releases = {
  '9.5': ['RANGE_MIN', 'RANGE_MAX', 'RANGE_WITHIN', 'RANGE_CONTAINS', 'RANGE_INTERSECTS'],
} as const;

export const ranges = familySince('range', releases, {
  RANGE_MIN: bound('RANGE_MIN', 'The date that a range begins with.'),
  RANGE_MAX: bound('RANGE_MAX', 'The date that a range ends before.'),
  RANGE_WITHIN: relation(
    dateOrRange,
    range,
    'True when a date or a range lies in a range.',
    'ROW a = "2026-03-10T12:00:00Z"::date | EVAL b = RANGE_WITHIN(a, TO_DATE_RANGE("2026-03-10..2026-03-11"))',
  ),
  RANGE_CONTAINS: relation(
    range,
    dateOrRange,
    'True when a range holds a date or another range.',
    'ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11") | EVAL b = RANGE_CONTAINS(a, "2026-03-12"::date)',
  ),
  RANGE_INTERSECTS: relation(
    range,
    range,
    'True when two ranges have a time in common.',
    'ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11") | EVAL b = RANGE_INTERSECTS(a, TO_DATE_RANGE("2026-03-11..2026-03-12"))',
  ),
});
