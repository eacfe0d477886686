import { matchIndices } from '../../catalogue/index-pattern.ts';
import { comparable } from '../../functions/comparison.ts';
import type { Representation } from '../../functions/definition.ts';
import { parseLike } from '../../functions/like.ts';
import { luceneToRe2, quote } from '../../functions/regular-expressions.ts';
import { mapList } from '../../functions/sql-fragments.ts';
import { emitScalar } from '../../sql/duckdb/expressions.ts';
import { join, number, type Sql, sql, text } from '../../sql/sql.ts';
import { parseCidr } from '../../values/cidr.ts';
import { parseDateNanos } from '../../values/date.ts';
import { type EsqlType, isDate } from '../../values/types.ts';
import { type Condition, partsOf, QueryDslError, type Value } from './condition.ts';
import { parseDateMath } from './date-math.ts';

/** The condition with field patterns written out over the fields there are. */
export function withFields(
  condition: Condition,
  fields: readonly { readonly name: string; readonly type: EsqlType }[],
): Condition {
  const resolve = (part: Condition): Condition => withFields(part, fields);
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'enough':
      return { ...condition, parts: condition.parts.map(resolve) };
    case 'not':
      return { ...condition, part: resolve(condition.part) };
    case 'anyField': {
      const texts = fields.filter(({ type }) => type === 'keyword' || type === 'text' || type === 'ip');
      const wild = condition.fields.some((field) => field.includes('*'));
      const exact = condition.fields.filter((field) => !field.includes('*'));
      const all = [...new Set([...texts.map(({ name }) => name), ...exact])];
      const names = wild ? matchIndices(condition.fields, all) : condition.fields;
      return { kind: 'or', parts: names.map((name) => condition.make(name)) };
    }
    default:
      return condition;
  }
}

/** Whether a condition looks into fields that it does not name. */
export const asksAnyField = (condition: Condition): boolean =>
  condition.kind === 'anyField' || partsOf(condition).some(asksAnyField);

/** The fields that a condition names. */
export function fieldsOf(condition: Condition): Set<string> {
  const own = condition.kind === 'ids' ? ['_id'] : 'field' in condition ? [condition.field] : [];
  return new Set([...own, ...partsOf(condition).flatMap((part) => [...fieldsOf(part)])]);
}

export interface ReadField {
  readonly type: EsqlType;
  readonly value: Representation;
}

/** SQL that is true or false for every row, never null. */
export function emitCondition(condition: Condition, fields: ReadonlyMap<string, ReadField>, now: number): Sql {
  const emit = (part: Condition): Sql => emitCondition(part, fields, now);
  switch (condition.kind) {
    case 'all':
      return sql`true`;
    case 'none':
    case 'anyField':
      return sql`false`;
    case 'and':
      return allOf(condition.parts.map(emit));
    case 'or':
      return anyOf(condition.parts.map(emit));
    case 'enough': {
      const parts = condition.parts.map(emit);
      if (condition.least === 1) return anyOf(parts);
      const sum = chain(
        parts.map((part) => sql`(${part})::INTEGER`),
        ' + ',
      );
      return sql`(${sum} >= ${number(condition.least)})`;
    }
    case 'not':
      return sql`(NOT ${emit(condition.part)})`;
    case 'ids':
      return anyValue(fields.get('_id'), () => sql`false`, condition.values.map(text));
    default: {
      const field = fields.get(condition.field);
      if (!field || field.type === 'unsupported' || field.type === 'null') return sql`false`;
      const { single, list } = field.value;
      if (condition.kind === 'exists')
        return list ? sql`(${single} IS NOT NULL OR ${list} IS NOT NULL)` : sql`(${single} IS NOT NULL)`;
      return anyValue(field, (value) => valueTest(condition, field.type, value, now));
    }
  }
}

/** Whether a test holds for any value of a field. */
function anyValue(field: ReadField | undefined, test: (value: Sql) => Sql, among?: readonly Sql[]): Sql {
  if (!field) return sql`false`;
  const { single, list } = field.value;
  const one = among ? (value: Sql): Sql => sql`(${value} IN (${join(among, ', ')}))` : test;
  if (!list) return sql`coalesce(${one(single)}, false)`;
  return sql`coalesce(CASE WHEN ${list} IS NULL THEN ${one(single)} ELSE list_bool_or(${mapList(list, one)}) END, false)`;
}

type FieldCondition = Extract<Condition, { field: string }>;

function valueTest(condition: FieldCondition, type: EsqlType, value: Sql, now: number): Sql {
  switch (condition.kind) {
    case 'exists':
      return sql`true`;
    case 'equals':
      return equalsAny(value, type, condition.values, condition.ignoreCase, now);
    case 'range': {
      const tests = condition.bounds.map(({ operator, value: bound }) => {
        const limit = constant(type, bound, now, operator === '<=' || operator === '>');
        if (limit === null)
          throw new QueryDslError(`failed to parse [${String(bound)}] as a ${type} for field [${condition.field}]`);
        const compare = { '>=': sql`>=`, '>': sql`>`, '<=': sql`<=`, '<': sql`<` }[operator];
        return sql`${comparable(value, type)} ${compare} ${comparable(limit, type)}`;
      });
      return allOf(tests);
    }
    case 'wildcard':
    case 'regexp': {
      const translated = condition.kind === 'regexp' ? luceneToRe2(condition.pattern) : wildcard(condition.pattern);
      if (typeof translated !== 'string') throw new QueryDslError(translated.error);
      const isText = type === 'text';
      const options = condition.ignoreCase || isText ? text('is') : text('s');
      const written = isText || type === 'keyword' ? value : asText(value, type);
      return isText && condition.kind === 'wildcard'
        ? sql`regexp_matches(${written}, ${text(`${wordStart}(?:${translated})${wordEnd}`)}, ${options})`
        : sql`regexp_full_match(${written}, ${text(translated)}, ${options})`;
    }
    case 'words':
      if (type !== 'text') {
        if (condition.how === 'prefix') return sql`starts_with(${asText(value, type)}, ${text(condition.text)})`;
        return equals(value, type, condition.text, false, now);
      }
      return words(value, condition.text, condition.how);
  }
}

const anyOf = (tests: readonly Sql[]): Sql => (tests.length === 0 ? sql`false` : chain(tests, ' OR '));
const allOf = (tests: readonly Sql[]): Sql => (tests.length === 0 ? sql`true` : chain(tests, ' AND '));

/** Parts joined as a tree: the engine bounds how deep an expression may be, and takes a long row of parts for depth. */
function chain(parts: readonly Sql[], operator: ' AND ' | ' OR ' | ' + '): Sql {
  if (parts.length <= 50) return sql`(${join(parts, operator)})`;
  const half = Math.ceil(parts.length / 2);
  return sql`(${join([chain(parts.slice(0, half), operator), chain(parts.slice(half), operator)], operator)})`;
}

/** Whether a value is one of those: in one list, where it is compared as it is. */
function equalsAny(value: Sql, type: EsqlType, wanted: readonly Value[], ignoreCase: boolean, now: number): Sql {
  const isPlain = (one: Value): boolean =>
    type !== 'text' && !isDate(type) && !ignoreCase && !(type === 'ip' && String(one).includes('/'));
  const plain = wanted.filter(isPlain).flatMap((one) => constant(type, one, now, false) ?? []);
  const others = wanted.filter((one) => !isPlain(one)).map((one) => equals(value, type, one, ignoreCase, now));
  return anyOf([...(plain.length > 0 ? [sql`(${value} IN (${join(plain, ', ')}))`] : []), ...others]);
}

function equals(value: Sql, type: EsqlType, wanted: Value, ignoreCase: boolean, now: number): Sql {
  if (type === 'text') return words(value, String(wanted), 'phrase');
  if (type === 'ip' && String(wanted).includes('/')) {
    const block = parseCidr(String(wanted));
    if ('error' in block) throw new QueryDslError(block.error);
    return sql`(${value} BETWEEN ${emitScalar('ip', block.low)} AND ${emitScalar('ip', block.high)})`;
  }
  if (ignoreCase && type === 'keyword') return sql`(lower(${value}) = ${text(String(wanted).toLowerCase())})`;
  if (isDate(type)) {
    // A day means all of it.
    const [from, to] = [constant(type, wanted, now, false), constant(type, wanted, now, true)];
    return from && to ? sql`(${value} BETWEEN ${from} AND ${to})` : sql`false`;
  }
  const same = constant(type, wanted, now, false);
  return same === null ? sql`false` : sql`(${value} = ${same})`;
}

/** A value of a filter in a field's type; null when it is none. */
function constant(type: EsqlType, value: Value, now: number, roundUp: boolean): Sql | null {
  switch (type) {
    case 'boolean':
      return value === true || value === 'true' ? sql`true` : value === false || value === 'false' ? sql`false` : null;
    case 'date': {
      const millis = typeof value === 'boolean' ? null : parseDateMath(value, now, roundUp);
      return millis === null ? null : emitScalar('date', millis);
    }
    case 'date_nanos': {
      const exact = typeof value === 'string' && /\.\d{4,9}/.test(value) ? parseDateNanos(value) : null;
      if (exact !== null) return emitScalar('date_nanos', exact);
      const millis = typeof value === 'boolean' ? null : parseDateMath(value, now, roundUp);
      return millis === null ? null : emitScalar('date_nanos', millis * 1_000_000n + (roundUp ? 999_999n : 0n));
    }
    case 'ip': {
      const address = parseCidr(String(value));
      return 'error' in address ? null : emitScalar('ip', roundUp ? address.high : address.low);
    }
    case 'integer':
    case 'long':
    case 'unsigned_long':
    case 'double': {
      if (typeof value === 'bigint') return number(value);
      const amount = typeof value === 'boolean' ? Number.NaN : Number(value);
      if (!Number.isFinite(amount) || String(value).trim() === '') return null;
      return /^-?\d+$/.test(String(value)) ? number(BigInt(String(value))) : sql`${text(String(amount))}::DOUBLE`;
    }
    case 'keyword':
    case 'text':
    case 'version':
      return text(String(value));
    default:
      return null;
  }
}

function asText(value: Sql, type: EsqlType): Sql {
  return type === 'ip' ? sql`harrier_ip_text(${value})` : sql`(${value})::VARCHAR`;
}

function wildcard(pattern: string): string | { error: string } {
  // Any character may be escaped here, where LIKE allows only three.
  const parts = parseLike(pattern.replace(/\\([^*?\\])/g, '$1'));
  if ('error' in parts) return parts;
  return parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : quote(part.literal))).join('');
}

/** Words as Elasticsearch's standard analyzer takes them out of a text, near enough: letters and digits, in lower case. */
const wordStart = '(?:^|[^\\p{L}\\p{N}_])';
const wordEnd = '(?:$|[^\\p{L}\\p{N}_])';

function words(value: Sql, wanted: string, how: 'phrase' | 'all' | 'any' | 'prefix'): Sql {
  const found = wanted.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  if (found.length === 0) return sql`false`;
  const matches = (pattern: string): Sql => sql`regexp_matches(lower(${value}), ${text(pattern)}, 's')`;
  if (how === 'phrase') return matches(`${wordStart}${found.map(quote).join('[^\\p{L}\\p{N}_]+')}${wordEnd}`);
  if (how === 'prefix') return matches(`${wordStart}${found.map(quote).join('[^\\p{L}\\p{N}_]+')}`);
  const tests = found.map((word) => matches(`${wordStart}${quote(word)}${wordEnd}`));
  return how === 'all' ? allOf(tests) : anyOf(tests);
}
