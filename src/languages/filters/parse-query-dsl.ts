import { own } from '../../values/own.ts';
import { checkClauses } from './clause-limits.ts';
import { type Bound, type Condition, QueryDslError, type Value } from './condition.ts';
import { parseQueryString, parseSimpleQueryString } from './query-string.ts';

/*
 * The part of Elasticsearch's Query DSL that clients send as a filter beside an ES|QL query:
 * https://www.elastic.co/docs/explore-analyze/query-filter/languages/querydsl
 */

type Json = Record<string, unknown>;

/** As Elasticsearch has it: index.max_terms_count. */
const mostTerms = 65_536;

/** Reads a query. Throws a QueryDslError. */
export function parseQueryDsl(query: unknown): Condition {
  const condition = parse(query, 0);
  checkClauses(condition);
  return condition;
}

function parse(query: unknown, depth: number): Condition {
  if (depth > 30) throw new QueryDslError('the query is nested too deeply');
  const [kind, body] = only(query, 'query malformed, expected one kind of query');
  const nested = (part: unknown): Condition => parse(part, depth + 1);
  const several = (part: unknown): Condition[] => (part === undefined ? [] : [part].flat().map(nested));
  switch (kind) {
    case 'match_all':
      return { kind: 'all' };
    case 'match_none':
      return { kind: 'none' };
    case 'bool':
      return bool(object(body, 'bool'), several);
    case 'constant_score':
      return nested(object(body, 'constant_score').filter);
    case 'exists':
      return { kind: 'exists', field: text(object(body, 'exists').field, 'exists') };
    case 'ids':
      return { kind: 'ids', values: [object(body, 'ids').values].flat().map(String) };
    case 'term':
    case 'match':
    case 'match_phrase':
    case 'match_phrase_prefix':
    case 'prefix':
    case 'wildcard':
    case 'regexp':
    case 'fuzzy':
    case 'match_bool_prefix':
      return ofField(kind, object(body, kind));
    case 'nested':
      throw new QueryDslError('[nested] query is not supported: objects in arrays are no documents of their own here');
    case 'kql':
      throw new QueryDslError('[kql] query is not supported: send it as Query DSL, or use KQL() in ES|QL');
    case 'terms': {
      const { boost: _, ...fields } = object(body, 'terms');
      const [field, values] = only(fields, '[terms] query requires one field');
      if (!Array.isArray(values)) throw new QueryDslError('[terms] query requires an array of terms');
      if (values.length > mostTerms)
        throw new QueryDslError(
          `The number of terms [${values.length}] used in the Terms Query request has exceeded the allowed maximum of [${mostTerms}].`,
        );
      return { kind: 'equals', field, values: values.map((value) => scalar(value, 'terms')), ignoreCase: false };
    }
    case 'range': {
      const [field, bounds] = only(body, '[range] query requires one field');
      return { kind: 'range', field, bounds: boundsOf(object(bounds, 'range')) };
    }
    case 'multi_match': {
      const { query: words, fields, type, slop } = object(body, 'multi_match');
      const how = type === 'phrase' ? 'phrase' : 'any';
      const names = [fields ?? '*'].flat().map((name) => String(name).replace(/\^.*$/, ''));
      const places = how === 'phrase' ? slopOf(slop) : {};
      return {
        kind: 'anyField',
        fields: names,
        test: { kind: 'words', field: '*', text: String(words), how, ...places },
      };
    }
    case 'query_string':
    case 'simple_query_string': {
      const { query: written, default_field: field, fields, default_operator: given, lenient } = object(body, kind);
      const names = fields === undefined ? [String(field ?? '*')] : [fields].flat().map(String);
      const operator = isAnd(given) ? 'and' : 'or';
      const read = kind === 'query_string' ? parseQueryString : parseSimpleQueryString;
      return read(text(written, kind), { fields: names, operator, lenient: lenient === true });
    }
    default:
      throw new QueryDslError(`unknown query [${kind}]`);
  }
}

function bool(body: Json, several: (part: unknown) => Condition[]): Condition {
  const known = [
    'must',
    'filter',
    'should',
    'must_not',
    'minimum_should_match',
    'boost',
    'adjust_pure_negative',
    '_name',
  ];
  for (const key of Object.keys(body))
    if (!known.includes(key)) throw new QueryDslError(`[bool] query does not support [${key}]`);
  const required = [...several(body.must), ...several(body.filter)];
  const unwanted = several(body.must_not).map((part): Condition => ({ kind: 'not', part }));
  const optional = several(body.should);
  const least = leastOf(body.minimum_should_match, optional.length, required.length > 0 ? 0 : 1);
  const enough: Condition[] = optional.length > 0 && least > 0 ? [{ kind: 'enough', parts: optional, least }] : [];
  return { kind: 'and', parts: [...required, ...enough, ...unwanted] };
}

/** How many of the optional conditions must hold: a number, one from the end, or a share of them. */
function leastOf(value: unknown, count: number, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  const found = /^(-?\d+)(%?)$/.exec(String(value));
  if (!found) throw new QueryDslError(`[minimum_should_match] value [${String(value)}] is not supported`);
  const amount = Number(found[1]);
  const wanted = found[2] ? Math.trunc((amount * count) / 100) : amount;
  return Math.max(0, wanted < 0 ? count + wanted : wanted);
}

function ofField(kind: string, body: Json): Condition {
  const [field, given] = only(body, `[${kind}] query requires one field`);
  const options =
    typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Json) : { value: given };
  const value = options.value ?? options.query ?? options.wildcard;
  const ignoreCase = options.case_insensitive === true || options.case_insensitive === 'true';
  if (value === undefined || value === null) throw new QueryDslError(`[${kind}] query requires a value for [${field}]`);
  switch (kind) {
    case 'term':
      return { kind: 'equals', field, values: [scalar(value, kind)], ignoreCase };
    case 'prefix':
      return { kind: 'wildcard', field, pattern: `${String(value).replace(/[\\*?]/g, '\\$&')}*`, ignoreCase };
    case 'wildcard':
    case 'regexp':
      return { kind, field, pattern: String(value), ignoreCase };
    case 'match_phrase':
      return { kind: 'words', field, text: String(value), how: 'phrase', ...slopOf(options.slop) };
    case 'match_phrase_prefix':
      return { kind: 'words', field, text: String(value), how: 'prefix' };
    case 'match_bool_prefix':
      return { kind: 'words', field, text: String(value), how: isAnd(options.operator) ? 'allPrefix' : 'anyPrefix' };
    case 'fuzzy':
      return {
        kind: 'fuzzy',
        field,
        value: String(value),
        distance: distanceOf(options.fuzziness, String(value)),
        prefix: Number(options.prefix_length ?? 0),
      };
    default:
      return {
        kind: 'words',
        field,
        text: String(value),
        how: isAnd(options.operator) ? 'all' : 'any',
      };
  }
}

/** How far the words of a phrase may be from their places, where a query says so. */
function slopOf(slop: unknown): { readonly slop?: number } {
  const places = Number(slop ?? 0);
  if (!Number.isInteger(places) || places < 0) throw new QueryDslError('No negative slop allowed.');
  return places > 0 ? { slop: places } : {};
}

const isAnd = (operator: unknown): boolean => /^and$/i.test(String(operator ?? 'or'));

/** How many letters may differ: as many as it says, or as suit the length of the word, by `AUTO` or `AUTO:low,high`. */
function distanceOf(fuzziness: unknown, word: string): number {
  const written = String(fuzziness ?? 'AUTO').toUpperCase();
  if (/^[012](?:\.0)?$/.test(written)) return Number(written);
  const auto = /^AUTO(?::(\d+),(\d+))?$/.exec(written);
  if (!auto) throw new QueryDslError(`[fuzziness] value [${written}] is not supported: 0, 1, 2 or AUTO`);
  const length = [...word].length;
  return length < Number(auto[1] ?? 3) ? 0 : length < Number(auto[2] ?? 6) ? 1 : 2;
}

const operators: Readonly<Record<string, Bound['operator']>> = { gte: '>=', gt: '>', lte: '<=', lt: '<' };

function boundsOf(body: Json): Bound[] {
  return Object.entries(body).flatMap(([key, value]): Bound[] => {
    const operator = own(operators, key);
    if (operator) return value === null ? [] : [{ operator, value: scalar(value, 'range') }];
    if (['format', 'time_zone', 'boost', 'relation', '_name'].includes(key)) return [];
    throw new QueryDslError(`[range] query does not support [${key}]`);
  });
}

function only(value: unknown, otherwise: string): [string, unknown] {
  const entries = Object.entries(object(value, 'query'));
  if (entries.length !== 1) throw new QueryDslError(otherwise);
  return entries[0]!;
}

function object(value: unknown, kind: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new QueryDslError(`[${kind}] query malformed, no start_object`);
  return value as Json;
}

function text(value: unknown, kind: string): string {
  if (typeof value !== 'string') throw new QueryDslError(`[${kind}] query requires a text`);
  return value;
}

function scalar(value: unknown, kind: string): Value {
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return value as Value;
  throw new QueryDslError(`[${kind}] query does not support [${JSON.stringify(value)}] as a value`);
}
