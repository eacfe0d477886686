import type { ConstantScalar } from '../../plan/expression.ts';
import type { SearchCondition, ValueTest, WordOrder } from '../../plan/search.ts';
import { luceneToRe2, quote } from '../../values/regular-expressions.ts';
import { type EsqlType, isNumeric } from '../../values/types.ts';
import { ident, join, list, number, type Sql, sql, text } from '../sql.ts';
import { mapList } from './fragments.ts';
import { comparable } from './functions/comparisons.ts';
import type { Representation } from './representation.ts';
import { emitScalar } from './scalars.ts';
import { fitsExpression, fitsWildcards, wildcardExpression } from './text-patterns.ts';

/** A field that a search looks into. */
export interface SearchedField {
  readonly type: EsqlType;
  readonly value: Representation;
}

/** SQL that is true or false for every row; null for false where `mayBeNull`, as a filter takes it, which costs less. */
export function emitSearch(
  condition: SearchCondition,
  fields: ReadonlyMap<string, SearchedField>,
  mayBeNull = false,
): Sql {
  const emit = (part: SearchCondition): Sql =>
    emitSearch(part, fields, mayBeNull && (condition.kind === 'and' || condition.kind === 'or'));
  switch (condition.kind) {
    case 'all':
      return sql`true`;
    case 'none':
      return sql`false`;
    case 'and':
      return allOf(condition.parts.map(emit));
    case 'or':
      return anyOf(askedTogether(condition.parts, fields).map(emit));
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
    case 'exists': {
      const { single, list } = fields.get(condition.field)!.value;
      return list ? sql`(${single} IS NOT NULL OR ${list} IS NOT NULL)` : sql`(${single} IS NOT NULL)`;
    }
    case 'anyValue': {
      const { type, value } = fields.get(condition.field)!;
      const one = (single: Sql): Sql => emitTest(condition.test, type, single);
      const any = value.list
        ? sql`CASE WHEN ${value.list} IS NULL THEN ${one(value.single)} ELSE ${anyIn(value.list, one)} END`
        : one(value.single);
      return mayBeNull ? sql`(${any})` : sql`coalesce(${any}, false)`;
    }
  }
}

/** Alternatives, with those about one field with several values as one: each looks at all of its values. */
function askedTogether(
  parts: readonly SearchCondition[],
  fields: ReadonlyMap<string, SearchedField>,
): readonly SearchCondition[] {
  const tests = new Map<string, ValueTest[]>();
  for (const part of parts)
    if (part.kind === 'anyValue' && fields.get(part.field)!.value.list)
      tests.set(part.field, [...(tests.get(part.field) ?? []), part.test]);
  return parts.flatMap((part): readonly SearchCondition[] => {
    const own = part.kind === 'anyValue' ? tests.get(part.field) : undefined;
    if (part.kind !== 'anyValue' || !own || own.length === 1) return [part];
    return part.test === own[0] ? [{ ...part, test: { kind: 'anyOf', tests: own } }] : [];
  });
}

/**
 * Whether a test is true of any value of a list: nulls in what it makes of them need not be taken out first. It is never null,
 * so the chance is never drawn; but what might be another value each time stays out of the scan, where DuckDB (1.5) would ask
 * it before conditions that cost less and leave few rows.
 */
function anyIn(values: Sql, test: (value: Sql) => Sql): Sql {
  const value = ident('v');
  return sql`coalesce(list_contains(list_transform(${values}, lambda ${value}: ${test(value)}), true), random() < 0)`;
}

function emitTest(test: ValueTest, type: EsqlType, value: Sql): Sql {
  switch (test.kind) {
    case 'never':
      return sql`false`;
    case 'allOf':
      return allOf(test.tests.map((each) => emitTest(each, type, value)));
    case 'anyOf':
      return anyOf(test.tests.map((each) => emitTest(each, type, value)));
    case 'in': {
      const values = test.values.map((each) => literal(type, each));
      return sql`(${value} IN (${join(values, ', ')}))`;
    }
    case 'equals':
      return sql`(${value} = ${literal(type, test.value)})`;
    case 'between':
      return sql`(${value} BETWEEN ${literal(type, test.low)} AND ${literal(type, test.high)})`;
    case 'compare': {
      const compare = { '>=': sql`>=`, '>': sql`>`, '<=': sql`<=`, '<': sql`<` }[test.operator];
      return sql`${comparable(value, type)} ${compare} ${comparable(literal(type, test.value), type)}`;
    }
    case 'equalsIgnoringCase':
      return sql`(lower(${value}) = ${text(test.value.toLowerCase())})`;
    case 'startsWith':
      return sql`starts_with(${asText(value, type)}, ${text(test.prefix)})`;
    case 'wildcard':
    case 'regexp': {
      const isText = type === 'text';
      const written = isText || type === 'keyword' ? value : asText(value, type);
      const fits = test.kind === 'wildcard' ? fitsWildcards : fitsRegexp;
      if (!isText && !test.ignoreCase) return fits(written, test.pattern);
      const expression = test.kind === 'wildcard' ? wildcardExpression(test.pattern) : regexpOf(test.pattern);
      if (test.kind === 'regexp' || !isText) return sql`regexp_full_match(${written}, ${text(expression)}, 'is')`;
      return sql`regexp_matches(${written}, ${text(`${wordStart}(?:${expression})${wordEnd}`)}, 'is')`;
    }
    case 'similar': {
      const { prefix, distance } = test;
      const wanted = type === 'text' ? test.value.toLowerCase() : test.value;
      const start = [...wanted].slice(0, prefix).join('');
      const size = Buffer.byteLength(wanted);
      // The distance takes the product of both lengths, in bytes, and CASE keeps it from being asked for every row.
      const isNear = (one: Sql): Sql =>
        sql`(CASE WHEN starts_with(${one}, ${text(start)}) AND strlen(${one}) BETWEEN ${number(size - distance)} AND ${number(size + distance)} THEN damerau_levenshtein(${one}, ${text(wanted)}) <= ${number(distance)} ELSE false END)`;
      return type === 'text' ? sql`list_bool_or(${mapList(wordsOf(value), isNear)})` : isNear(value);
    }
    case 'words':
      return words(value, test.text, test.how, test.slop);
  }
}

/** A value as it stands beside a field; a number takes the type of what it is compared with. */
function literal(type: EsqlType, value: ConstantScalar): Sql {
  return isNumeric(type) && typeof value === 'bigint' ? number(value) : emitScalar(type, value);
}

const anyOf = (tests: readonly Sql[]): Sql => (tests.length === 0 ? sql`false` : chain(tests, ' OR '));
const allOf = (tests: readonly Sql[]): Sql => (tests.length === 0 ? sql`true` : chain(tests, ' AND '));

/** Parts joined as a tree: the engine bounds how deep an expression may be, and takes a long row of parts for depth. */
function chain(parts: readonly Sql[], operator: ' AND ' | ' OR ' | ' + '): Sql {
  if (parts.length <= 50) return sql`(${join(parts, operator)})`;
  const half = Math.ceil(parts.length / 2);
  return sql`(${join([chain(parts.slice(0, half), operator), chain(parts.slice(half), operator)], operator)})`;
}

function asText(value: Sql, type: EsqlType): Sql {
  return type === 'ip' ? sql`harrier_ip_text(${value})` : sql`(${value})::VARCHAR`;
}

/** An expression of Lucene as RE2 has it. */
function regexpOf(pattern: string): string {
  const translated = luceneToRe2(pattern);
  if (typeof translated !== 'string') throw new Error(translated.error);
  return translated;
}

const fitsRegexp = (value: Sql, pattern: string): Sql => fitsExpression(value, regexpOf(pattern));

/** Words as Elasticsearch's standard analyzer takes them out of a text, near enough: letters and digits, in lower case. */
const wordStart = '(?:^|[^\\p{L}\\p{N}_])';
const wordEnd = '(?:$|[^\\p{L}\\p{N}_])';

const wordsOf = (value: Sql): Sql => sql`regexp_extract_all(lower(${value}), '[\\p{L}\\p{N}_]+')`;

function words(value: Sql, wanted: string, how: WordOrder, slop = 0): Sql {
  const found = wanted.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  if (found.length === 0) return sql`false`;
  // Most texts do not have the word at all, which is found out in half the time. CASE, for AND looks at both sides of every
  // row where it is not the condition of a filter itself.
  const matches = (pattern: string, literal: string): Sql => {
    const lower = sql`lower(${value})`;
    return sql`(CASE WHEN contains(${lower}, ${text(literal)}) THEN regexp_matches(${lower}, ${text(pattern)}, 's') ELSE false END)`;
  };
  const longest = found.reduce((a, b) => (b.length > a.length ? b : a));
  if (how === 'phrase' && slop > 0 && found.length > 1)
    return sql`(CASE WHEN contains(lower(${value}), ${text(longest)}) THEN ${loosePhrase(value, found, slop)} ELSE false END)`;
  if ((how === 'phrase' || how === 'prefix') && found.length > mostInExpression) {
    const spaced = sql`' ' || array_to_string(${wordsOf(value)}, ' ') || ' '`;
    return sql`contains(${spaced}, ${text(` ${found.join(' ')}${how === 'phrase' ? ' ' : ''}`)})`;
  }
  const words = found.map(quote).join('[^\\p{L}\\p{N}_]+');
  if (how === 'phrase') return matches(`${wordStart}${words}${wordEnd}`, longest);
  if (how === 'prefix') return matches(`${wordStart}${words}`, longest);
  const isOpen = how === 'allPrefix' || how === 'anyPrefix';
  const isAll = how === 'all' || how === 'allPrefix';
  const whole = isOpen ? found.slice(0, -1) : found;
  const isThere =
    whole.length <= mostSingly
      ? whole.map((word) => matches(`${wordStart}${quote(word)}${wordEnd}`, word))
      : [sql`${isAll ? sql`list_has_all` : sql`list_has_any`}(${wordsOf(value)}, ${list(whole.map(text))})`];
  const tests = isOpen ? [...isThere, matches(`${wordStart}${quote(found.at(-1)!)}`, found.at(-1)!)] : isThere;
  return isAll ? allOf(tests) : anyOf(tests);
}

/**
 * Whether there is a window of a text in which each word of a phrase is no more than `slop` places behind its own. A window
 * is a row of the text's words beside themselves moved by one, by two and so on.
 */
function loosePhrase(value: Sql, found: readonly string[], slop: number): Sql {
  const size = found.length + slop;
  const before = list(found.slice(1).map(() => text('')));
  const padded = sql`list_concat(${before}, ${wordsOf(value)})`;
  const moved = Array.from({ length: size }, (_, by) => (by === 0 ? padded : sql`${padded}[${number(by + 1)}:]`));
  const window = ident('w');
  const isThere = found.map((word, i) => {
    const places = Array.from({ length: slop + 1 }, (_, by) => sql`struct_extract(${window}, ${number(i + by + 1)})`);
    return sql`coalesce(list_contains(${list(places)}, ${text(word)}), false)`;
  });
  return sql`coalesce(list_bool_or(list_transform(list_zip(${join(moved, ', ')}), lambda ${window}: ${join(isThere, ' AND ')})), false)`;
}

/** Words of a phrase in one expression: what stands between two words takes a good part of what RE2 can hold. */
const mostInExpression = 20;
/** Words that are looked for one by one. More are looked for at once, among all words of a value. */
const mostSingly = 8;
