import {
  type EsqlType,
  isCounter,
  isDate,
  isGrid,
  isInDocument,
  isNumeric,
  isSpatial,
  isString,
  isTimeSpan,
  messageName,
} from '../values/types.ts';
import { type Argument, allValues, family, singleValue } from './definition.ts';
import { sides } from './operands.ts';
import * as types from './types.ts';

type Domain = EsqlType | 'numeric' | 'string' | null;

function domain(type: EsqlType): Domain {
  if (isNumeric(type)) return 'numeric';
  if (isString(type)) return 'string';
  if (isDate(type)) return 'date';
  const alone =
    ['ip', 'version', 'boolean', 'null'].includes(type) || isSpatial(type) || isGrid(type) || isInDocument(type);
  return alone ? type : null;
}

const domainText = (type: EsqlType): string => (isNumeric(type) ? 'numeric' : messageName(type));

/** The error when two types cannot be compared, in Elasticsearch's words; null when they can. */
function comparisonError(left: Argument, right: Argument, call: string): string | null {
  const [a, b] = [domain(left.type), domain(right.type)];
  if (a === 'null' || b === 'null') return null;
  if (a === null || a !== b) {
    return `first argument of [${call}] is [${domainText(left.type)}] so second argument must also be [${domainText(left.type)}] but was [${messageName(right.type)}]`;
  }
  if ((left.type === 'unsigned_long') !== (right.type === 'unsigned_long')) {
    return `first argument of [${call}] is [${left.type}] and second is [${right.type}]. [unsigned_long] can only be operated on together with another [unsigned_long]`;
  }
  return null;
}

const orderedTypes = 'date_nanos, datetime, double, integer, ip, keyword, long, text, unsigned_long or version';
const everyType =
  'boolean, cartesian_point, cartesian_shape, date_nanos, datetime, double, geo_point, geo_shape, integer, ip, keyword, long, text, unsigned_long or version';

const comparison = (
  operator: '==' | '!=' | '<' | '<=' | '>' | '>=',
  doc: string,
  holds: (order: number) => boolean,
) => {
  const equality = operator === '==' || operator === '!=';
  return singleValue({
    parameters: sides,
    neverFails: true,
    returns(args, call) {
      const [left, right] = args;
      const other = args.findIndex(({ type }) => isTimeSpan(type) || isCounter(type));
      if (other >= 0) {
        const { text: written, type } = args[other]!;
        return {
          error: `${other === 0 ? 'first' : 'second'} argument of [${call}] must be [${equality ? everyType : orderedTypes}], found value [${written}] type [${type}]`,
        };
      }
      const error = comparisonError(left, right, call);
      if (error) return { error };
      const unordered = [left, right].find(
        (arg) => arg.type === 'boolean' || isSpatial(arg.type) || isGrid(arg.type) || isInDocument(arg.type),
      );
      if (!equality && unordered) {
        return {
          error: `first argument of [${call}] must be [date_nanos, datetime, ip, numeric, string or version], found value [${unordered.text}] type [${unordered.type}]`,
        };
      }
      return 'boolean';
    },
    fold([a, b], { args: [left, right] }) {
      const unlikeDates = left.type !== right.type && (isDate(left.type) || isDate(right.type));
      const ofVersions = left.type === 'version' || right.type === 'version';
      if (ofVersions || unlikeDates || typeof a !== typeof b || a === null || b === null) return undefined;
      if (typeof a === 'string' && typeof b === 'string') return holds(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      if (typeof a === 'object' || typeof b === 'object') return undefined;
      return holds(a < b ? -1 : a > b ? 1 : 0);
    },
    doc,
    example: `ROW a = 1 | WHERE a ${operator} 1`,
  });
};

const ordinal = (n: number): string => {
  const tail = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${tail}`;
};

export const comparisons = family('operator', {
  '==': {
    ...comparison('==', 'True when two values are equal.', (order) => order === 0),
    isSelective: true as const,
  },
  '!=': comparison('!=', 'True when two values differ.', (order) => order !== 0),
  '<': comparison('<', 'True when the first value is the smaller.', (order) => order < 0),
  '<=': comparison('<=', 'True when the first value is the smaller or equal.', (order) => order <= 0),
  '>': comparison('>', 'True when the first value is the larger.', (order) => order > 0),
  '>=': comparison('>=', 'True when the first value is the larger or equal.', (order) => order >= 0),
  IN: allValues({
    parameters: [
      { name: 'value', accepts: types.any },
      {
        name: 'list',
        accepts: { ...types.any, types: [...types.any.types, 'date_period', 'time_duration'] },
        variadic: true,
      },
    ],
    keepsNulls: true,
    neverFails: true,
    isSelective: true,
    returns([value, ...list], call) {
      for (const [i, item] of list.entries()) {
        if (item.type === 'null' || value.type === 'null') continue;
        const fits =
          domain(item.type) === domain(value.type) &&
          domain(value.type) !== null &&
          (item.type === 'unsigned_long') === (value.type === 'unsigned_long');
        if (!fits) {
          return {
            error: `${ordinal(i + 1)} argument of [${call}] must be [${messageName(value.type)}], found value [${item.text}] type [${messageName(item.type)}]`,
          };
        }
      }
      return 'boolean';
    },
    doc: 'True when the value equals one of a list; null when it does not and the list holds a null.',
    example: 'ROW a = 3 | WHERE a IN (1, 2, 3)',
  }),
});
