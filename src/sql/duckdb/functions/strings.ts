import type { Argument } from '../../../functions/definition.ts';
import type { strings } from '../../../functions/strings.ts';
import { enginePath } from '../../../values/json-path.ts';
import { javaReplacement, javaToRe2 } from '../../../values/regular-expressions.ts';
import { type EsqlType, isNumeric } from '../../../values/types.ts';
import { ident, join, number, type Sql, sql, text } from '../../sql.ts';
import { type Representation, single } from '../representation.ts';
import { type Evaluation, type SqlFor, withAll } from './contract.ts';
import { toText } from './texts.ts';

/** Texts get no longer than this. */
const longestText = 1_048_576;

const whitespace = text(
  '\t\n\x0b\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000',
);

type One = readonly [Sql];

/** Digests that the engine has itself. */
const digests: ReadonlyMap<string, Sql> = new Map([
  ['md5', sql`md5`],
  ['sha1', sql`sha1`],
  ['sha256', sql`sha256`],
]);

/** Texts one after the other; null if any is. In pairs of pairs: the engine plans long chains in a time that grows with their cube. */
function concatenated(texts: readonly Sql[]): Sql {
  if (texts.length <= 2) return sql`(${join(texts, ' || ')})`;
  const half = texts.length >> 1;
  return sql`(${concatenated(texts.slice(0, half))} || ${concatenated(texts.slice(half))})`;
}

/** Values as JSON: numbers and booleans as such, several as an array, nothing as null. */
function jsonOf({ single: one, list }: Representation, type: EsqlType): Sql {
  if (type === 'null') return sql`'null'`;
  const isPlain = type === 'boolean' || isNumeric(type);
  const shown = (value: Sql): Sql => (isPlain ? toText(value, type) : sql`to_json(${toText(value, type)})::VARCHAR`);
  const alone = shown(one);
  if (!list) return sql`coalesce(${alone}, 'null')`;
  const several = sql`'[' || array_to_string(list_transform(${list}, lambda v: ${shown(ident('v'))}), ',') || ']'`;
  return sql`coalesce(${several}, ${alone}, 'null')`;
}

/**
 * A text without blanks at its ends, which are looked at first: to look for all kinds of blanks takes the engine twice as long
 * as for a space, and most texts have none.
 */
const trimmed =
  (trim: Sql, ends: readonly Sql[]) =>
  ([value]: One): Sql => {
    const bare = ends.map((end) => sql`array_extract(${value}, ${end}) BETWEEN '!' AND '~'`);
    return sql`CASE WHEN ${join(bare, ' AND ')} THEN ${value} ELSE ${trim}(${value}, ${whitespace}) END`;
  };

const applied =
  (name: Sql) =>
  ([value]: One): Sql =>
    sql`${name}(${value})`;

/**
 * What the engine finds at a path of a JSON text, where it is what is written there: a text without escapes, a whole number,
 * true or false. Null of texts in which the engine takes for JSON what is none (NaN, infinity, a comma behind the last
 * value), or may write a number otherwise. A million small objects took 3.0 s in JavaScript.
 */
function plainlyExtracted(json: Sql, path: string): Sql {
  const isOdd = sql`regexp_matches(${json}, ${text('(?i)nan|inf|,\\s*[}\\]]|[:,\\[]\\s*-0')})`;
  const found = sql`CASE WHEN NOT ${isOdd} THEN TRY(json_extract(${json}, ${text(path)}))::VARCHAR END`;
  const plain = text('^(?:"[^"\\\\]*"|0|-?[1-9][0-9]{0,14}|true|false)$');
  return sql`trim(regexp_extract_all(${found}, ${plain})[1], '"')`;
}

/** So many times a text; null where that is less than none, or longer than a text may be. */
function repeated(value: Sql, times: Sql): Evaluation {
  return {
    value: sql`CASE WHEN ${times} = 0 THEN '' WHEN ${times} > 0 AND strlen(${value}) * ${times}::BIGINT <= ${number(longestText)} THEN repeat(${value}, ${times}) END`,
    failure: {
      when: sql`${value} IS NOT NULL AND ${times} IS NOT NULL`,
      reason: sql`'java.lang.IllegalArgumentException: ' || CASE WHEN ${times} < 0 THEN 'Number parameter cannot be negative, found [' || ${times}::VARCHAR || ']' ELSE ${text(`Creating repeated strings with more than [${longestText}] bytes is not supported`)} END`,
    },
  };
}

export const stringSql: SqlFor<typeof strings> = {
  LEFT: ([value, length]) => withAll([length], sql`left(${value}, greatest(${length}, 0))`),
  RIGHT: ([value, length]) => withAll([length], sql`right(${value}, greatest(${length}, 0))`),
  TRIM: trimmed(sql`trim`, [sql`1`, sql`-1`]),
  LTRIM: trimmed(sql`ltrim`, [sql`1`]),
  RTRIM: trimmed(sql`rtrim`, [sql`-1`]),
  LOCATE([value, part, start]) {
    if (!start) return sql`instr(${value}, ${part})::INTEGER`;
    const from = sql`greatest(${start}, 1)`;
    const at = sql`instr(substring(${value}, ${from}), ${part})`;
    return withAll([part, start], sql`(CASE WHEN ${at} = 0 THEN 0 ELSE ${at} + ${from} - 1 END)::INTEGER`);
  },
  SPLIT: ([value, delimiter]) => withAll([delimiter], sql`string_split(${value}, ${delimiter})`),
  JSON_EXTRACT([value, path], { args: [, { value: known }] }) {
    const found = sql`harrier_json_extract(${value}, ${path})`;
    // Named once: what stands twice is called twice.
    const slowly = sql`regexp_extract_all(${found}, '^=(.*)$', 1, 's')[1]`;
    const own = typeof known === 'string' ? enginePath(known) : null;
    return {
      // In the branch of a CASE: from anywhere else the engine takes what stands twice, and works it out for all rows.
      value:
        own === null
          ? slowly
          : sql`coalesce(${plainlyExtracted(value, own)}, CASE WHEN ${value} IS NOT NULL THEN ${slowly} END)`,
      failure: {
        when: sql`CASE WHEN ${value} IS NOT NULL THEN prefix(${found}, '!') END`,
        reason: sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`,
      },
    };
  },
  JSON_STRING: ([key, value, ...more], { args, warn }) => {
    const given = [key, value, ...more] as readonly Representation[];
    const keys = given.filter((_, place) => place % 2 === 0);
    const parts = given.map((one, place) =>
      place % 2 === 0
        ? sql`(${text(place === 0 ? '{' : ',')} || to_json(${one.single})::VARCHAR || ':')`
        : jsonOf(one, (args as readonly Argument[])[place]!.type),
    );
    const object = concatenated([...parts, sql`'}'`]);
    const lists = keys.flatMap(({ list }) => (list ? [list] : []));
    if (lists.length === 0) return single(object);
    const several = join(
      lists.map((list) => sql`${list} IS NOT NULL`),
      ' OR ',
    );
    const missing = keys.map((one) => sql`(${one.single} IS NULL${one.list ? sql` AND ${one.list} IS NULL` : sql``})`);
    const reason = text('java.lang.IllegalArgumentException: json_string keys must be single-valued');
    return single(
      sql`CASE WHEN ${join(missing, ' OR ')} THEN NULL WHEN ${several} THEN ${warn(sql`${reason} || left(coalesce(${join(lists, ', ')})[1], 0)`)} ELSE ${object} END`,
    );
  },
  FIELD_EXTRACT([value, path]) {
    const found = sql`harrier_flattened_values(${value}, ${path})`;
    return {
      value: sql`CASE WHEN prefix(${found}, '[') THEN from_json(${found}, '["VARCHAR"]') END`,
      failure: {
        when: sql`prefix(${found}, '!')`,
        reason: sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`,
      },
    };
  },
  FIELD_EXTRACT_FLATTENED: ([value, path, key = sql`''`]) =>
    sql`from_json(harrier_flattened_groups(${value}, ${path}, ${key}), '["VARCHAR"]')`,
  HASH([algorithm, value], { args: [{ value: known }] }) {
    const own = typeof known === 'string' ? digests.get(known.toLowerCase().replace('-', '')) : undefined;
    if (own) return sql`${own}(${value})`;
    return {
      value: sql`harrier_hash(${algorithm}, ${value})`,
      failure: {
        when: sql`${algorithm} IS NOT NULL AND ${value} IS NOT NULL`,
        reason: sql`'java.security.NoSuchAlgorithmException: ' || ${algorithm} || ' MessageDigest not available'`,
      },
    };
  },
  MD5: applied(sql`md5`),
  SHA1: applied(sql`sha1`),
  SHA256: applied(sql`sha256`),
  BYTE_LENGTH: ([value]) => sql`strlen(${value})::INTEGER`,
  BIT_LENGTH: ([value]) => sql`(strlen(${value}) * 8)::INTEGER`,
  // Few texts have anything to escape.
  TO_ASCII: ([value]) =>
    sql`CASE WHEN regexp_full_match(${value}, '[ !#-&(-\[\]-~]*') THEN ${value} ELSE harrier_to_ascii(${value}) END`,
  CONTAINS: ([value, part]) => sql`contains(${value}, ${part})`,
  REVERSE: applied(sql`reverse`),
  REPEAT: ([value, times]) => repeated(value, times),
  SPACE: ([times]) => repeated(sql`' '`, times),
  TO_BASE64: ([value]) => sql`to_base64(encode(${value}))`,
  FROM_BASE64: ([value]) => ({
    // The engine takes padded texts that are UTF-8, in a quarter of the time.
    value: sql`coalesce(CASE WHEN regexp_full_match(${value}, '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?') THEN TRY(decode(from_base64(${value}))) END, harrier_from_base64(${value}))`,
    failure: {
      when: sql`${value} IS NOT NULL`,
      reason: sql`CASE WHEN regexp_full_match(${value}, '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?') THEN 'java.lang.IllegalArgumentException: decoded value is not valid UTF-8' ELSE 'java.lang.IllegalArgumentException: Illegal base64 character in [' || ${value} || ']' END`,
    },
  }),
  URL_ENCODE: ([value]) => sql`replace(url_encode(${value}), '%20', '+')`,
  URL_ENCODE_COMPONENT: applied(sql`url_encode`),
  URL_DECODE: ([value]) => ({
    value: sql`CASE WHEN NOT contains(${value}, '%') THEN replace(${value}, '+', ' ') WHEN NOT regexp_matches(${value}, '%(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)', 's') THEN coalesce(TRY(url_decode(replace(${value}, '+', ' '))), harrier_url_decode(${value})) END`,
    failure: {
      when: sql`${value} IS NOT NULL`,
      reason: text('java.lang.IllegalArgumentException: URLDecoder: Incomplete trailing escape (%) pattern'),
    },
  }),
  CONCAT: (texts) => concatenated(texts),
  LENGTH: ([value]) => sql`length(${value})::INTEGER`,
  STARTS_WITH: ([value, part]) => sql`starts_with(${value}, ${part})`,
  ENDS_WITH: ([value, part]) => sql`suffix(${value}, ${part})`,
  // Starts count from one, code point by code point; a negative one counts from the end and stops at the beginning.
  SUBSTRING([value, start, length]) {
    const first = sql`CASE WHEN ${start} > 0 THEN ${start} WHEN ${start} = 0 THEN 1 ELSE greatest(length(${value}) + ${start} + 1, 1) END`;
    return withAll(
      [start],
      length ? sql`substring(${value}, ${first}, ${length})` : sql`substring(${value}, ${first})`,
    );
  },
  REPLACE([value, regex, newString], { args: [, { value: pattern }, { value: replacement }] }) {
    if (typeof pattern === 'string' && typeof replacement === 'string') {
      if (/^[\w\s:;,/'"<>@#!%&=~`-]+$/.test(pattern) && !/[\\$]/.test(replacement))
        return sql`replace(${value}, ${text(pattern)}, ${text(replacement)})`;
      const translated = javaToRe2(pattern);
      if (typeof translated === 'string')
        return sql`regexp_replace(${value}, ${text(translated)}, ${text(javaReplacement(replacement))}, 'g')`;
    }
    return {
      value: sql`harrier_java_replace(${value}, ${regex}, ${newString})`,
      failure: {
        when: sql`${value} IS NOT NULL AND ${regex} IS NOT NULL AND ${newString} IS NOT NULL`,
        reason: sql`harrier_java_replace_error(${value}, ${regex}, ${newString})`,
      },
    };
  },
  TO_LOWER: applied(sql`lower`),
  TO_UPPER: applied(sql`upper`),
};
