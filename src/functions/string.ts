import { join, number, type Sql, sql, text } from '../sql/sql.ts';
import { digestName } from '../values/digest.ts';
import { javaPatternError } from '../values/java-regex.ts';
import type { EsqlType } from '../values/types.ts';
import type { ElementwiseFunction, Evaluation, Parameter, ScalarFunction, SingleValueFunction } from './definition.ts';
import { javaReplacement, javaToRe2 } from './regular-expressions.ts';
import * as types from './type-sets.ts';

const str = (name: string): Parameter => ({ name, accepts: types.string });

function singleValued(
  name: string,
  parameters: readonly Parameter[],
  type: EsqlType,
  duckdb: SingleValueFunction['duckdb'],
  doc: string,
  example: string,
): SingleValueFunction {
  return {
    kind: 'scalar',
    name,
    family: 'string',
    parameters,
    multivalue: 'null-and-warn',
    returns: () => type,
    duckdb,
    doc,
    example,
  };
}

/** Applied to each value of a text. */
function each(
  name: string,
  duckdb: (value: Sql) => Sql | Evaluation,
  doc: string,
  example?: string,
): ElementwiseFunction {
  return {
    kind: 'scalar',
    name,
    family: 'string',
    parameters: [str('str')],
    multivalue: 'each',
    returns: () => 'keyword',
    duckdb: ([value]) => duckdb(value!),
    doc,
    example: example ?? `ROW a = "Cmd.exe" | EVAL b = ${name}(a)`,
  };
}

/** Texts get no longer than this. */
const longestText = 1_048_576;

const replace: SingleValueFunction = {
  ...singleValued(
    'REPLACE',
    [str('string'), str('regex'), str('newString')],
    'keyword',
    ([value, regex, newString], { args }) => {
      const [pattern, replacement] = [args[1]!.value, args[2]!.value];
      if (typeof pattern === 'string' && typeof replacement === 'string') {
        if (/^[\w\s:;,/'"<>@#!%&=~`-]+$/.test(pattern) && !/[\\$]/.test(replacement)) {
          return sql`replace(${value!}, ${text(pattern)}, ${text(replacement)})`;
        }
        const translated = javaToRe2(pattern);
        if (typeof translated === 'string')
          return sql`regexp_replace(${value!}, ${text(translated)}, ${text(javaReplacement(replacement))}, 'g')`;
      }
      return {
        value: sql`harrier_java_replace(${value!}, ${regex!}, ${newString!})`,
        failure: {
          when: sql`${value!} IS NOT NULL AND ${regex!} IS NOT NULL AND ${newString!} IS NOT NULL`,
          reason: sql`harrier_java_replace_error(${value!}, ${regex!}, ${newString!})`,
        },
      };
    },
    'Replaces every match of a regular expression (Java’s syntax).',
    'ROW a = "Hello World" | EVAL b = REPLACE(a, "World", "Harrier")',
  ),
  returns(args) {
    const pattern = args[1]!.value;
    const error = typeof pattern === 'string' ? javaPatternError(pattern) : null;
    return error === null ? 'keyword' : { error };
  },
};

const whitespace = text(
  '\t\n\x0b\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000',
);

function trimmed(name: 'TRIM' | 'LTRIM' | 'RTRIM', trim: Sql, doc: string): SingleValueFunction {
  return singleValued(
    name,
    [str('string')],
    'keyword',
    ([value]) => sql`${trim}(${value!}, ${whitespace})`,
    doc,
    `ROW a = "  cmd.exe " | EVAL b = ${name}(a)`,
  );
}

const count: Parameter = { name: 'number', accepts: types.integer };

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

function hashed(name: 'MD5' | 'SHA1' | 'SHA256', doc: string): SingleValueFunction {
  const digest = { MD5: sql`md5`, SHA1: sql`sha1`, SHA256: sql`sha256` }[name];
  return singleValued(
    name,
    [str('input')],
    'keyword',
    ([value]) => sql`${digest}(${value!})`,
    doc,
    `ROW a = "harrier" | EVAL b = ${name}(a)`,
  );
}

const hash: SingleValueFunction = {
  ...singleValued(
    'HASH',
    [str('algorithm'), str('input')],
    'keyword',
    ([algorithm, value]) => ({
      value: sql`harrier_hash(${algorithm!}, ${value!})`,
      failure: {
        when: sql`${algorithm!} IS NOT NULL AND ${value!} IS NOT NULL`,
        reason: sql`'java.security.NoSuchAlgorithmException: ' || ${algorithm!} || ' MessageDigest not available'`,
      },
    }),
    'A digest in hexadecimal; the algorithm by Java’s name (md5, sha-256, …).',
    'ROW a = "harrier" | EVAL b = HASH("sha-256", a)',
  ),
  returns([algorithm], call) {
    const name = algorithm!.value;
    if (typeof name !== 'string' || digestName(name)) return 'keyword';
    return { error: `invalid algorithm for [${call}]: ${name} MessageDigest not available` };
  },
};

const locate: SingleValueFunction = singleValued(
  'LOCATE',
  [str('string'), str('substring'), { name: 'start', accepts: types.integer, optional: true }],
  'integer',
  ([value, part, start]) => {
    if (!start) return sql`instr(${value!}, ${part!})::INTEGER`;
    const from = sql`greatest(${start}, 1)`;
    const at = sql`instr(substring(${value!}, ${from}), ${part!})`;
    return sql`(CASE WHEN ${at} = 0 THEN 0 ELSE ${at} + ${from} - 1 END)::INTEGER`;
  },
  'Where a text first stands in another, counted from one; 0 where it does not.',
  'ROW a = "hello" | EVAL b = LOCATE(a, "ll")',
);

const split: SingleValueFunction = {
  ...singleValued(
    'SPLIT',
    [str('string'), str('delim')],
    'keyword',
    ([value, delimiter]) => sql`string_split(${value!}, ${delimiter!})`,
    'Splits a text at a delimiter of one byte into several values.',
    'ROW a = "a;b;c" | EVAL b = SPLIT(a, ";")',
  ),
  givesList: true,
  returns([, delimiter]) {
    const { value } = delimiter!;
    return typeof value === 'string' && Buffer.byteLength(value) !== 1
      ? { error: 'delimiter must be single byte for now' }
      : 'keyword';
  },
};

const jsonExtract: SingleValueFunction = singleValued(
  'JSON_EXTRACT',
  [{ name: 'string', accepts: { types: [...types.string.types, '_source'], text: 'string or _source' } }, str('path')],
  'keyword',
  ([value, path]) => {
    const found = sql`harrier_json_extract(${value!}, ${path!})`;
    return {
      value: sql`CASE WHEN prefix(${found}, '=') THEN substring(${found}, 2) END`,
      failure: {
        when: sql`prefix(${found}, '!')`,
        reason: sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`,
      },
    };
  },
  'What stands at a path of a JSON text: texts without quotes, all else as written.',
  'ROW a = """{"b": {"c": 1}}""" | EVAL d = JSON_EXTRACT(a, "b.c")',
);

/** Starts count from one, code point by code point; a negative start counts from the end and stops at the beginning. */
const substring: SingleValueFunction = {
  ...singleValued(
    'SUBSTRING',
    [
      str('string'),
      { name: 'start', accepts: types.integer },
      { name: 'length', accepts: types.integer, optional: true },
    ],
    'keyword',
    ([value, start, length]) => {
      const first = sql`CASE WHEN ${start!} > 0 THEN ${start!} WHEN ${start!} = 0 THEN 1 ELSE greatest(length(${value!}) + ${start!} + 1, 1) END`;
      return length ? sql`substring(${value!}, ${first}, ${length})` : sql`substring(${value!}, ${first})`;
    },
    'A part of a text.',
    'ROW a = "harrier" | EVAL b = SUBSTRING(a, 1, 3)',
  ),
  returns(args) {
    const length = args[2]?.value;
    return typeof length === 'bigint' && length < 0n
      ? { error: `Length parameter cannot be negative, found [${length}]` }
      : 'keyword';
  },
};

const affix = (name: 'LEFT' | 'RIGHT', doc: string): SingleValueFunction =>
  singleValued(
    name,
    [str('string'), { name: 'length', accepts: types.integer }],
    'keyword',
    ([value, length]) => sql`${name === 'LEFT' ? sql`left` : sql`right`}(${value!}, greatest(${length!}, 0))`,
    doc,
    `ROW a = "harrier" | EVAL b = ${name}(a, 3)`,
  );

export const strings: readonly ScalarFunction[] = [
  affix('LEFT', 'The first so many characters.'),
  affix('RIGHT', 'The last so many characters.'),
  trimmed('TRIM', sql`trim`, 'The text without blanks at its ends.'),
  trimmed('LTRIM', sql`ltrim`, 'The text without blanks at its beginning.'),
  trimmed('RTRIM', sql`rtrim`, 'The text without blanks at its end.'),
  locate,
  split,
  jsonExtract,
  hash,
  hashed('MD5', 'The MD5 digest in hexadecimal.'),
  hashed('SHA1', 'The SHA-1 digest in hexadecimal.'),
  hashed('SHA256', 'The SHA-256 digest in hexadecimal.'),
  singleValued(
    'BYTE_LENGTH',
    [str('string')],
    'integer',
    ([a]) => sql`strlen(${a!})::INTEGER`,
    'The number of bytes in UTF-8.',
    'ROW a = "é" | EVAL n = BYTE_LENGTH(a)',
  ),
  singleValued(
    'BIT_LENGTH',
    [str('string')],
    'integer',
    ([a]) => sql`(strlen(${a!}) * 8)::INTEGER`,
    'The number of bits in UTF-8.',
    'ROW a = "é" | EVAL n = BIT_LENGTH(a)',
  ),
  singleValued(
    'CONTAINS',
    [str('string'), str('substring')],
    'boolean',
    ([a, b]) => sql`contains(${a!}, ${b!})`,
    'True when a text holds another.',
    'ROW a = "cmd.exe" | WHERE CONTAINS(a, "md.")',
  ),
  singleValued(
    'REVERSE',
    [str('str')],
    'keyword',
    ([a]) => sql`reverse(${a!})`,
    'The text backwards; what is seen as one character stays together.',
    'ROW a = "abc" | EVAL b = REVERSE(a)',
  ),
  singleValued(
    'REPEAT',
    [str('string'), count],
    'keyword',
    ([a, n]) => repeated(a!, n!),
    'The text so many times.',
    'ROW a = "ab" | EVAL b = REPEAT(a, 3)',
  ),
  singleValued('SPACE', [count], 'keyword', ([n]) => repeated(sql`' '`, n!), 'So many spaces.', 'ROW a = SPACE(3)'),
  singleValued(
    'TO_BASE64',
    [str('string')],
    'keyword',
    ([a]) => sql`to_base64(encode(${a!}))`,
    'The text in base64.',
    'ROW a = "harrier" | EVAL b = TO_BASE64(a)',
  ),
  singleValued(
    'FROM_BASE64',
    [str('string')],
    'keyword',
    ([a]) => ({
      value: sql`harrier_from_base64(${a!})`,
      failure: {
        when: sql`${a!} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: Illegal base64 character in [' || ${a!} || ']'`,
      },
    }),
    'The text that base64 stands for.',
    'ROW a = "aGFycmllcg==" | EVAL b = FROM_BASE64(a)',
  ),
  each(
    'URL_ENCODE',
    (a) => sql`replace(url_encode(${a}), '%20', '+')`,
    'The text as a form writes it into a URL.',
    'ROW a = "a b&c" | EVAL b = URL_ENCODE(a)',
  ),
  each(
    'URL_ENCODE_COMPONENT',
    (a) => sql`url_encode(${a})`,
    'The text as a part of a URL.',
    'ROW a = "a b&c" | EVAL b = URL_ENCODE_COMPONENT(a)',
  ),
  each(
    'URL_DECODE',
    (a) => ({
      value: sql`harrier_url_decode(${a})`,
      failure: {
        when: sql`${a} IS NOT NULL`,
        reason: text('java.lang.IllegalArgumentException: URLDecoder: Incomplete trailing escape (%) pattern'),
      },
    }),
    'The text that a part of a URL stands for.',
    'ROW a = "a+b%26c" | EVAL b = URL_DECODE(a)',
  ),
  {
    ...singleValued(
      'CONCAT',
      [str('string1'), { ...str('string2'), variadic: true }],
      'keyword',
      (args) => sql`(${join(args, ' || ')})`,
      'Joins texts; null if any is null.',
      'ROW a = "a", b = "b" | EVAL c = CONCAT(a, "-", b)',
    ),
    fold(values) {
      if (values.includes(null)) return null;
      return values.every((value) => typeof value === 'string') ? values.join('') : undefined;
    },
  },
  singleValued(
    'LENGTH',
    [str('string')],
    'integer',
    ([a]) => sql`length(${a!})::INTEGER`,
    'The number of characters (code points).',
    'ROW a = "abc" | EVAL n = LENGTH(a)',
  ),
  singleValued(
    'STARTS_WITH',
    [str('str'), str('prefix')],
    'boolean',
    ([a, b]) => sql`starts_with(${a!}, ${b!})`,
    'True when a text begins with another.',
    'ROW a = "cmd.exe" | WHERE STARTS_WITH(a, "cmd")',
  ),
  singleValued(
    'ENDS_WITH',
    [str('str'), str('suffix')],
    'boolean',
    ([a, b]) => sql`suffix(${a!}, ${b!})`,
    'True when a text ends with another.',
    'ROW a = "cmd.exe" | WHERE ENDS_WITH(a, ".exe")',
  ),
  substring,
  replace,
  each('TO_LOWER', (value) => sql`lower(${value})`, 'The text in lower case.'),
  each('TO_UPPER', (value) => sql`upper(${value})`, 'The text in upper case.'),
];
