import type { ConstantScalar } from '../../plan/expression.ts';
import type { SearchCondition, ValueTest } from '../../plan/search.ts';
import { parseCidr } from '../../values/cidr.ts';
import { parseDateNanos } from '../../values/date.ts';
import { likeError } from '../../values/like-pattern.ts';
import { luceneToRe2 } from '../../values/regular-expressions.ts';
import { type EsqlType, isDate, isInDocument } from '../../values/types.ts';
import { type Condition, QueryDslError, type Value } from './condition.ts';
import { parseDateMath } from './date-math.ts';
import { withWordsTogether } from './word-tests.ts';

/**
 * A condition on fields of these types, its values in theirs; `now` is what dates are counted from, and dates without a
 * zone are of the one given. Throws a QueryDslError where no field of the type can have the value.
 */
export function typedCondition(
  condition: Condition,
  types: ReadonlyMap<string, EsqlType>,
  now: number,
  zone: string | null = null,
): SearchCondition {
  return withWordsTogether(typedWith(types, { now, zone }, condition));
}

function typedWith(types: ReadonlyMap<string, EsqlType>, clock: Clock, condition: Condition): SearchCondition {
  const typed = (part: Condition): SearchCondition => typedWith(types, clock, part);
  switch (condition.kind) {
    case 'all':
    case 'none':
      return { kind: condition.kind };
    case 'anyField':
      return { kind: 'none' };
    case 'and':
    case 'or':
      return { kind: condition.kind, parts: condition.parts.map(typed) };
    case 'enough':
      return { kind: 'enough', parts: condition.parts.map(typed), least: condition.least };
    case 'not':
      return { kind: 'not', part: typed(condition.part) };
    case 'ids':
      if (!types.has('_id')) return { kind: 'none' };
      return { kind: 'anyValue', field: '_id', test: { kind: 'in', values: condition.values } };
    default: {
      const { field } = condition;
      const type = types.get(field);
      if (type === undefined || type === 'unsupported' || type === 'null') return { kind: 'none' };
      if (condition.kind === 'exists') return { kind: 'exists', field };
      if (isInDocument(type)) return { kind: 'none' };
      return { kind: 'anyValue', field, test: valueTest(condition, type, clock) };
    }
  }
}

/** Places that a sloppy phrase may be away: each makes its test a word longer. */
const mostSlop = 50;

type FieldCondition = Exclude<Extract<Condition, { field: string }>, { kind: 'exists' }>;

/** What dates count from, and in which zone. */
interface Clock {
  readonly now: number;
  readonly zone: string | null;
}

function valueTest(condition: FieldCondition, type: EsqlType, clock: Clock): ValueTest {
  switch (condition.kind) {
    case 'equals':
      return equalsAny(type, condition.values, condition.ignoreCase, clock);
    case 'range':
      return {
        kind: 'allOf',
        tests: condition.bounds.map(({ operator, value: bound }) => {
          const value = valueIn(type, bound, clock.now, operator === '<=' || operator === '>', clock.zone);
          if (value === null)
            throw new QueryDslError(`failed to parse [${String(bound)}] as a ${type} for field [${condition.field}]`);
          return { kind: 'compare', operator, value };
        }),
      };
    case 'wildcard': {
      // Any character may be escaped here, where LIKE allows only three.
      const pattern = condition.pattern.replace(/\\([^*?\\])/g, '$1');
      const wrong = likeError(pattern);
      if (wrong !== null) throw new QueryDslError(wrong);
      return { kind: 'wildcard', pattern, ignoreCase: condition.ignoreCase };
    }
    case 'regexp': {
      const translated = luceneToRe2(condition.pattern);
      if (typeof translated !== 'string') throw new QueryDslError(translated.error);
      return { kind: 'regexp', pattern: condition.pattern, ignoreCase: condition.ignoreCase };
    }
    case 'fuzzy': {
      const { value, distance, prefix } = condition;
      if (type === 'keyword' || type === 'text') return { kind: 'similar', value, distance, prefix };
      throw new QueryDslError(
        `Can only use fuzzy queries on keyword and text fields - not on [${condition.field}] which is of type [${type}]`,
      );
    }
    case 'words': {
      const { text, how, slop = 0 } = condition;
      if (slop > mostSlop) throw new QueryDslError(`[slop] value [${slop}] is not supported: ${mostSlop} at most`);
      if (type === 'text') return { kind: 'words', text, how, ...(slop > 0 && { slop }) };
      if (condition.strict && !isText(type) && valueIn(type, text, clock.now, false, clock.zone) === null)
        throw new QueryDslError(`failed to parse [${text}] as a ${type} for field [${condition.field}]`);
      if (how.toLowerCase().endsWith('prefix')) return { kind: 'startsWith', prefix: text };
      // No address of a field that the query does not name is a mistake of the query.
      if (!condition.strict && type === 'ip' && valueIn(type, text, clock.now, false) === null)
        return { kind: 'never' };
      return equals(type, text, condition.ignoreCase === true, clock);
    }
  }
}

/** Whether a value is one of those: in one list, where it is compared as it is. */
function equalsAny(type: EsqlType, wanted: readonly Value[], ignoreCase: boolean, clock: Clock): ValueTest {
  const isPlain = (one: Value): boolean =>
    type !== 'text' && !isDate(type) && !ignoreCase && !(type === 'ip' && String(one).includes('/'));
  const plain = wanted.filter(isPlain).flatMap((one) => valueIn(type, one, clock.now, false) ?? []);
  const others = wanted.filter((one) => !isPlain(one)).map((one) => equals(type, one, ignoreCase, clock));
  return { kind: 'anyOf', tests: [...(plain.length > 0 ? [{ kind: 'in', values: plain } as const] : []), ...others] };
}

function equals(type: EsqlType, wanted: Value, ignoreCase: boolean, clock: Clock): ValueTest {
  const value = (roundUp: boolean): ConstantScalar | null => valueIn(type, wanted, clock.now, roundUp, clock.zone);
  if (type === 'text') return { kind: 'words', text: String(wanted), how: 'phrase' };
  if (type === 'ip' && String(wanted).includes('/')) {
    const block = parseCidr(String(wanted));
    if ('error' in block) throw new QueryDslError(block.error);
    return { kind: 'between', low: block.low, high: block.high };
  }
  if (ignoreCase && type === 'keyword') return { kind: 'equalsIgnoringCase', value: String(wanted) };
  if (isDate(type)) {
    // A day means all of it.
    const [low, high] = [value(false), value(true)];
    return low === null || high === null ? { kind: 'never' } : { kind: 'between', low, high };
  }
  const exact = value(false);
  return exact === null ? { kind: 'never' } : { kind: 'equals', value: exact };
}

const isText = (type: EsqlType): boolean => type === 'keyword' || type === 'version';

/** A value of a filter in a field's type; null when it is none. */
export function valueIn(
  type: EsqlType,
  value: Value,
  now: number,
  roundUp: boolean,
  zone: string | null = null,
): ConstantScalar | null {
  switch (type) {
    case 'boolean':
      return value === true || value === 'true' ? true : value === false || value === 'false' ? false : null;
    case 'date':
      return typeof value === 'boolean' ? null : parseDateMath(value, now, roundUp, zone);
    case 'date_nanos': {
      const exact = typeof value === 'string' && /\.\d{4,9}/.test(value) ? parseDateNanos(value) : null;
      if (exact !== null) return exact;
      const millis = typeof value === 'boolean' ? null : parseDateMath(value, now, roundUp, zone);
      return millis === null ? null : millis * 1_000_000n + (roundUp ? 999_999n : 0n);
    }
    case 'ip': {
      const address = parseCidr(String(value));
      return 'error' in address ? null : roundUp ? address.high : address.low;
    }
    case 'integer':
    case 'long':
    case 'unsigned_long':
    case 'double': {
      if (typeof value === 'bigint') return value;
      const amount = typeof value === 'boolean' ? Number.NaN : Number(value);
      if (!Number.isFinite(amount) || String(value).trim() === '') return null;
      return /^-?\d+$/.test(String(value)) ? BigInt(String(value)) : amount;
    }
    case 'keyword':
    case 'text':
    case 'version':
      return String(value);
    default:
      return null;
  }
}
