import { type EsqlType, isRange, messageName } from '../values/types.ts';
import { type Argument, familySince, singleValue, type TypeSet } from './definition.ts';

/* Ranges of dates or numbers. The first bound belongs to a range, and the second does not. */

const range: TypeSet = { types: ['date_range', 'double_range', 'null'], text: 'date_range or double_range' };
const valueOrRange: TypeSet = {
  types: ['date', 'date_nanos', 'double', ...range.types],
  text: 'date_nanos, date_range, datetime, double or double_range',
};
const bounds: TypeSet = { types: ['date', 'double', 'null'], text: 'datetime or double' };

/** What a range or a value is of: one of dates cannot be compared with one of numbers. */
const isOfNumbers = (type: EsqlType): boolean => type === 'double' || type === 'double_range';

type Two = readonly [Argument, Argument];

/** The error when one argument is of dates and the other of numbers. */
function unlike([left, right]: Two, call: string): { error: string } | null {
  if (left.type === 'null' || right.type === 'null' || isOfNumbers(left.type) === isOfNumbers(right.type)) return null;
  const wanted = isOfNumbers(left.type) ? 'double_range' : 'date_range';
  return {
    error: `second argument of [${call}] must be [${isRange(right.type) ? wanted : messageName(left.type)}], found value [${right.text}] type [${messageName(right.type)}]`,
  };
}

const bound = (name: string, doc: string) =>
  singleValue({
    parameters: [{ name: 'range', accepts: range }],
    returns: ([{ type }]) => (type === 'double_range' ? 'double' : 'date'),
    doc,
    example: `ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11") | EVAL b = ${name}(a)`,
  });

const relation = (first: TypeSet, second: TypeSet, doc: string, example: string) =>
  singleValue({
    parameters: [
      { name: 'left', accepts: first },
      { name: 'right', accepts: second },
    ],
    returns: (args, call) => unlike(args, call) ?? 'boolean',
    doc,
    example,
  });

const releases = {
  '9.5': ['RANGE_MIN', 'RANGE_MAX', 'RANGE_WITHIN', 'RANGE_CONTAINS', 'RANGE_INTERSECTS'],
} as const;

export const ranges = familySince('range', releases, {
  RANGE_MIN: bound('RANGE_MIN', 'What a range begins with.'),
  RANGE_MAX: bound('RANGE_MAX', 'What a range ends before.'),
  RANGE_WITHIN: relation(
    valueOrRange,
    range,
    'True when a value or a range lies in a range.',
    'ROW a = "2026-03-10T12:00:00Z"::date | EVAL b = RANGE_WITHIN(a, TO_DATE_RANGE("2026-03-10..2026-03-11"))',
  ),
  RANGE_CONTAINS: relation(
    range,
    valueOrRange,
    'True when a range holds a value or another range.',
    'ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11") | EVAL b = RANGE_CONTAINS(a, "2026-03-12"::date)',
  ),
  RANGE_INTERSECTS: relation(
    range,
    range,
    'True when two ranges have something in common.',
    'ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11") | EVAL b = RANGE_INTERSECTS(a, TO_DATE_RANGE("2026-03-11..2026-03-12"))',
  ),
});

export const rangeConversions = familySince('convert', { '9.5': ['TO_RANGE'] } as const, {
  TO_RANGE: singleValue({
    parameters: [
      { name: 'from', accepts: bounds },
      { name: 'to', accepts: bounds },
    ],
    returns(args, call) {
      const [from, to] = args;
      if (from.type === 'null' && to.type === 'null') return 'null';
      return unlike(args, call) ?? ([from, to].some(({ type }) => type === 'double') ? 'double_range' : 'date_range');
    },
    doc: 'A range between two dates or two numbers.',
    example: 'ROW a = TO_RANGE(1.5, 2.5) | EVAL b = RANGE_CONTAINS(a, 2.0)',
  }),
});
