import { type EsqlType, isString, messageName } from '../values/types.ts';
import { type Argument, allValues, familySince, type TypeSet } from './definition.ts';
import * as types from './types.ts';

/* Functions of all the values that a field has in a row. */

const field = (accepts: TypeSet = types.any, name = 'field') => ({ name, accepts });
const columnType = (type: EsqlType): EsqlType => (isString(type) ? 'keyword' : type);

type First = readonly [Argument, ...(Argument | undefined)[]];
const sameAsFirst = ([first]: First): EsqlType => columnType(first.type);
const firstIsMulti = ([first]: First): boolean => first.multi;

/** One value of all. */
const reducing = (accepts: TypeSet, type: EsqlType | 'same', doc: string, example: string, name = 'field') =>
  allValues({
    parameters: [field(accepts, name)],
    returns: (args) => (type === 'same' ? sameAsFirst(args) : type),
    doc,
    example,
  });

const doubles: TypeSet = { types: ['double', 'null'], text: 'double' };

const sameTypeError = (a: Argument, b: Argument, call: string): { error: string } => ({
  error: `second argument of [${call}] must be [${messageName(columnType(a.type))}], found value [${b.text}] type [${messageName(b.type)}]`,
});

const twoFields = [field(types.any, 'field1'), field(types.any, 'field2')] as const;

/** Two sets of values of one type. */
const sets = (type: EsqlType | 'same', doc: string, example: string) =>
  allValues({
    parameters: twoFields,
    keepsNulls: true,
    returns([a, b], call) {
      const [left, right] = [columnType(a.type), columnType(b.type)];
      if (left !== 'null' && right !== 'null' && left !== right) return sameTypeError(a, b, call);
      return type === 'same' ? (left === 'null' ? right : left) : type;
    },
    resultIsMulti: () => type === 'same',
    doc,
    example,
  });

const releases = {
  '8.15': ['MV_APPEND'],
  '8.16': ['MV_PERCENTILE', 'MV_MEDIAN_ABSOLUTE_DEVIATION', 'MV_PSERIES_WEIGHTED_SUM'],
  '9.2': ['MV_CONTAINS'],
  '9.3': ['MV_INTERSECTS', 'MV_INTERSECTION'],
  '9.4': ['MV_UNION', 'MV_DIFFERENCE'],
} as const;

export const multivalues = familySince('multivalue', releases, {
  MV_COUNT: reducing(types.any, 'integer', 'The number of values.', 'ROW a = ["x", "y"] | EVAL n = MV_COUNT(a)'),
  MV_SUM: reducing(
    types.numeric,
    'same',
    'The total of the values.',
    'ROW a = [3, 5, 6] | EVAL b = MV_SUM(a)',
    'number',
  ),
  MV_AVG: reducing(types.numeric, 'double', 'The mean of the values.', 'ROW a = [3, 5, 6] | EVAL b = MV_AVG(a)'),
  MV_MEDIAN: reducing(
    types.numeric,
    'same',
    'The median of the values.',
    'ROW a = [3, 7, 1, 6] | EVAL b = MV_MEDIAN(a)',
  ),
  MV_PERCENTILE: allValues({
    parameters: [field(types.summable, 'number'), { name: 'percentile', accepts: types.summable }],
    returns: sameAsFirst,
    doc: 'The value below which a given percentage of the values lies.',
    example: 'ROW a = [5, 5, 10, 12, 5000] | EVAL b = MV_PERCENTILE(a, 50)',
  }),
  MV_MEDIAN_ABSOLUTE_DEVIATION: reducing(
    types.numeric,
    'same',
    'The median of the distances from the median.',
    'ROW a = [0, 2, 5, 6] | EVAL b = MV_MEDIAN_ABSOLUTE_DEVIATION(a)',
    'number',
  ),
  MV_MIN: reducing(types.ordered, 'same', 'The smallest value.', 'ROW a = [2, 1] | EVAL b = MV_MIN(a)'),
  MV_MAX: reducing(types.ordered, 'same', 'The largest value.', 'ROW a = [2, 1] | EVAL b = MV_MAX(a)'),
  MV_FIRST: reducing(types.any, 'same', 'The first value.', 'ROW a = [2, 1] | EVAL b = MV_FIRST(a)'),
  MV_LAST: reducing(types.any, 'same', 'The last value.', 'ROW a = [2, 1] | EVAL b = MV_LAST(a)'),
  MV_CONCAT: allValues({
    parameters: [field(types.string, 'string'), field(types.string, 'delim')],
    returns: () => 'keyword',
    doc: 'The values as one text, with a delimiter between them.',
    example: 'ROW a = ["x", "y"] | EVAL b = MV_CONCAT(a, ", ")',
  }),
  MV_DEDUPE: allValues({
    parameters: [field()],
    returns: sameAsFirst,
    resultIsMulti: firstIsMulti,
    doc: 'The different values.',
    example: 'ROW a = [2, 1, 2] | EVAL b = MV_DEDUPE(a)',
  }),
  MV_SORT: allValues({
    parameters: [field(types.ordered), { name: 'order', accepts: types.string, optional: true, constant: true }],
    returns([value, order], call) {
      const asked = order?.value;
      if (typeof asked === 'string' && !/^(asc|desc)$/i.test(asked))
        return {
          error: `Invalid order value in [${call}], expected one of [ASC, DESC] but got [${asked}]`,
        };
      return columnType(value.type);
    },
    resultIsMulti: firstIsMulti,
    doc: 'The values in order.',
    example: 'ROW a = [4, 2, -3, 2] | EVAL b = MV_SORT(a, "desc")',
  }),
  MV_SLICE: allValues({
    parameters: [
      field(),
      { name: 'start', accepts: types.integer },
      { name: 'end', accepts: types.integer, optional: true },
    ],
    returns([value, start, end], call) {
      const [from, to] = [start.value, end?.value];
      if (typeof from === 'bigint' && typeof to === 'bigint') {
        if (from > to) return { error: `Start offset is greater than end offset in [${call}]` };
        if (from < 0n && to >= 0n) return { error: `Start and end offset have different signs in [${call}]` };
      }
      return columnType(value.type);
    },
    resultIsMulti: firstIsMulti,
    doc: 'The values from one place to another, both included; places count from 0, and negative ones from the end.',
    example: 'ROW a = [1, 2, 2, 3] | EVAL b = MV_SLICE(a, 1, 2)',
  }),
  MV_APPEND: allValues({
    parameters: twoFields,
    returns([a, b], call) {
      if (a.type === 'null') return columnType(b.type);
      const same = b.type === 'null' || columnType(a.type) === columnType(b.type);
      return same ? columnType(a.type) : sameTypeError(a, b, call);
    },
    resultIsMulti: () => true,
    doc: 'The values of both; null if either is null.',
    example: 'ROW a = [1, 2], b = 3 | EVAL c = MV_APPEND(a, b)',
  }),
  MV_ZIP: allValues({
    parameters: [
      field(types.string, 'string1'),
      field(types.string, 'string2'),
      { name: 'delim', accepts: types.string, optional: true },
    ],
    keepsNulls: true,
    returns: () => 'keyword',
    resultIsMulti: ([a, b]) => a.multi || b.multi,
    doc: 'Pairs the values of two fields; what is left of the longer one stands alone.',
    example: 'ROW a = ["x", "y", "z"], b = ["1", "2"] | EVAL c = MV_ZIP(a, b, "-")',
  }),
  MV_PSERIES_WEIGHTED_SUM: allValues({
    parameters: [field(doubles, 'number'), { name: 'p', accepts: doubles, constant: true }],
    returns: () => 'double',
    doc: 'The sum of the values, each divided by its place to the power of p.',
    example: 'ROW a = [70.0, 45.0, 21.0] | EVAL b = MV_PSERIES_WEIGHTED_SUM(a, 1.5)',
  }),
  MV_CONTAINS: sets(
    'boolean',
    'True when the first holds every value of the second; null holds nothing.',
    'ROW a = ["x", "y"] | EVAL b = MV_CONTAINS(a, "x")',
  ),
  MV_INTERSECTS: sets(
    'boolean',
    'True when both have a value in common.',
    'ROW a = ["x", "y"] | EVAL b = MV_INTERSECTS(a, ["y", "z"])',
  ),
  MV_INTERSECTION: sets(
    'same',
    'The values that both have.',
    'ROW a = ["x", "y"] | EVAL b = MV_INTERSECTION(a, ["y", "z"])',
  ),
  MV_DIFFERENCE: allValues({
    parameters: twoFields,
    keepsNulls: true,
    returns([a, b], call) {
      const [left, right] = [columnType(a.type), columnType(b.type)];
      return left !== 'null' && right !== 'null' && left !== right ? sameTypeError(a, b, call) : left;
    },
    resultIsMulti: firstIsMulti,
    doc: 'The values of the first that the second does not have.',
    example: 'ROW a = ["x", "x", "y"] | EVAL b = MV_DIFFERENCE(a, ["y", "z"])',
  }),
  MV_UNION: sets('same', 'The different values of both.', 'ROW a = ["x", "y"] | EVAL b = MV_UNION(a, ["y", "z"])'),
});
