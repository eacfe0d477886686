import { digestName } from '../values/digest.ts';
import { javaPatternError, javaReplace } from '../values/java-regex.ts';
import { fieldPath } from '../values/json-path.ts';
import { type EsqlType, messageName } from '../values/types.ts';
import { type Argument, allValues, eachValue, familySince, type Parameters, singleValue } from './definition.ts';
import { ordinalOf } from './ordinals.ts';
import * as types from './types.ts';

const str = (name: string) => ({ name, accepts: types.string });
const whole = (name: string) => ({ name, accepts: types.integer });

const texts = <const P extends Parameters>(parameters: P, type: EsqlType, doc: string, example: string) =>
  singleValue({ parameters, returns: () => type, doc, example });

/** Applied to each value of a text. Constants of ASCII are folded, about which everybody agrees. */
const each = (doc: string, example: string, ofAscii?: (text: string) => string) =>
  eachValue({
    parameters: [str('str')],
    returns: () => 'keyword',
    fold: ([value]) => (typeof value === 'string' && /^\p{ASCII}*$/u.test(value) ? ofAscii?.(value) : undefined),
    doc,
    example,
  });

/** A text of its text, and null of the type null. */
const ownText = (parameter: string, doc: string, example: string) =>
  singleValue({
    parameters: [str(parameter)],
    returns: ([{ type }]) => (type === 'null' ? 'null' : 'keyword'),
    doc,
    example,
  });

const trimmed = (name: string, doc: string) => ownText('string', doc, `ROW a = "  cmd.exe " | EVAL b = ${name}(a)`);

const hashed = (name: string, doc: string) =>
  texts([str('input')], 'keyword', doc, `ROW a = "harrier" | EVAL b = ${name}(a)`);

const affix = (name: string, doc: string, cut: (characters: string[], length: number) => string[]) =>
  singleValue({
    parameters: [str('string'), whole('length')],
    returns: () => 'keyword',
    fold: ([value, length]) =>
      typeof value === 'string' && typeof length === 'bigint'
        ? cut([...value], Math.max(0, Number(length))).join('')
        : undefined,
    doc,
    example: `ROW a = "harrier" | EVAL b = ${name}(a, 3)`,
  });

/** What JSON_STRING takes as a value. */
const jsonValue = {
  types: types.ordered.types,
  text: 'boolean, integer, long, unsigned_long, double, keyword, text, ip, version, date or date_nanos',
};

/** What is wrong with keys and values in turn, by their number and their types. */
function refusedPairs(args: readonly (Argument | undefined)[], call: string): string | null {
  const given = args.filter((arg) => arg !== undefined);
  if (given.length % 2 !== 0)
    return `function [${call}] expects an even number of arguments (at least one key/value pair) but got [${given.length}]`;
  for (const [place, { type, text }] of given.entries()) {
    const isKey = place % 2 === 0;
    if ((isKey ? types.string : jsonValue).types.includes(type)) continue;
    return `${ordinalOf(place)} argument of [${call}] must be [${(isKey ? types.string : jsonValue).text}], found value [${text}] type [${messageName(type)}]`;
  }
  return null;
}

/** Maximum length of a text in which patterns are replaced before the query runs, where nothing bounds the time. */
const mostFolded = 100;

const releases = {
  '8.15': ['REPEAT', 'TO_BASE64', 'FROM_BASE64'],
  '8.16': ['REVERSE', 'SPACE'],
  '8.17': ['BYTE_LENGTH', 'BIT_LENGTH'],
  '8.18': ['HASH', 'MD5', 'SHA1', 'SHA256'],
  '9.2': ['CONTAINS', 'URL_ENCODE', 'URL_ENCODE_COMPONENT', 'URL_DECODE'],
  '9.4': ['JSON_EXTRACT', 'TO_ASCII'],
  '9.5': ['FIELD_EXTRACT', 'FIELD_EXTRACT_FLATTENED'],
  '9.6': ['JSON_STRING'],
} as const;

export const strings = familySince('string', releases, {
  LEFT: affix('LEFT', 'The first N characters.', (all, length) => all.slice(0, length)),
  RIGHT: affix('RIGHT', 'The last N characters.', (all, length) => all.slice(Math.max(0, all.length - length))),
  TRIM: trimmed('TRIM', 'The text without blanks at its ends.'),
  LTRIM: trimmed('LTRIM', 'The text without blanks at its beginning.'),
  RTRIM: trimmed('RTRIM', 'The text without blanks at its end.'),
  LOCATE: texts(
    [str('string'), str('substring'), { ...whole('start'), optional: true }],
    'integer',
    'Where a text first stands in another, counted from one; 0 where it does not.',
    'ROW a = "hello" | EVAL b = LOCATE(a, "ll")',
  ),
  SPLIT: singleValue({
    parameters: [str('string'), str('delim')],
    givesList: true,
    givesSome: true,
    returns([, { value }]) {
      return typeof value === 'string' && Buffer.byteLength(value) !== 1
        ? { error: 'delimiter must be single byte for now' }
        : 'keyword';
    },
    doc: 'Splits a text at a delimiter of one byte into several values.',
    example: 'ROW a = "a;b;c" | EVAL b = SPLIT(a, ";")',
  }),
  JSON_EXTRACT: texts(
    [
      { name: 'string', accepts: { types: [...types.string.types, '_source'], text: 'string or _source' } },
      str('path'),
    ],
    'keyword',
    'What stands at a path of a JSON text: texts without quotes, all else as written.',
    'ROW a = """{"b": {"c": 1}}""" | EVAL d = JSON_EXTRACT(a, "b.c")',
  ),
  JSON_STRING: allValues({
    parameters: [
      str('key'),
      { name: 'value', accepts: jsonValue },
      { name: 'more', accepts: types.any, variadic: true, optional: true },
    ],
    keepsNulls: true,
    refuses: (args, call) => refusedPairs(args, call),
    returns: () => 'keyword',
    doc: 'A JSON object of keys and values: numbers and booleans as such, several values as an array, all else as texts.',
    example: 'ROW a = "cmd.exe", n = [1, 2] | EVAL b = JSON_STRING("name", a, "ids", n)',
  }),
  FIELD_EXTRACT: singleValue({
    parameters: [{ name: 'field', accepts: { types: ['flattened', 'null'], text: 'flattened' } }, str('path')],
    givesList: true,
    returns([, { value }]) {
      const key = typeof value === 'string' ? fieldPath(value) : '';
      return typeof key === 'object' ? key : 'keyword';
    },
    doc: 'The values of a key of a field that an index maps as flattened, as texts; null where the key is not there. In files, keys are fields of their own: labels.host.name.',
    example: 'FROM logs-flattened | EVAL a = FIELD_EXTRACT(labels, "host.name")',
  }),
  FIELD_EXTRACT_FLATTENED: singleValue({
    parameters: [
      { name: 'field', accepts: { types: ['flattened', 'null'], text: 'flattened' } },
      str('path'),
      { ...str('injected_key'), optional: true },
    ],
    givesList: true,
    returns: () => 'flattened',
    doc: 'The objects side by side below a path of a flattened field, each a flattened value; a key may be given that holds the name of each.',
    example: 'FROM logs-flattened | EVAL a = FIELD_EXTRACT_FLATTENED(labels, "cluster.details", "name")',
  }),
  HASH: singleValue({
    parameters: [str('algorithm'), str('input')],
    returns([{ value: name }], call) {
      if (typeof name !== 'string' || digestName(name)) return 'keyword';
      return { error: `invalid algorithm for [${call}]: ${name} MessageDigest not available` };
    },
    doc: 'A digest in hexadecimal; the algorithm by Java’s name (md5, sha-256, …).',
    example: 'ROW a = "harrier" | EVAL b = HASH("sha-256", a)',
  }),
  MD5: hashed('MD5', 'The MD5 digest in hexadecimal.'),
  SHA1: hashed('SHA1', 'The SHA-1 digest in hexadecimal.'),
  SHA256: hashed('SHA256', 'The SHA-256 digest in hexadecimal.'),
  BYTE_LENGTH: texts(
    [str('string')],
    'integer',
    'The number of bytes in UTF-8.',
    'ROW a = "é" | EVAL n = BYTE_LENGTH(a)',
  ),
  BIT_LENGTH: texts([str('string')], 'integer', 'The number of bits in UTF-8.', 'ROW a = "é" | EVAL n = BIT_LENGTH(a)'),
  TO_ASCII: each(
    'The text in ASCII: other characters, controls, quotes and backslashes are escaped.',
    'ROW a = "caf\u00e9 🌍" | EVAL b = TO_ASCII(a)',
  ),
  CONTAINS: texts(
    [str('string'), str('substring')],
    'boolean',
    'True when a text holds another.',
    'ROW a = "cmd.exe" | WHERE CONTAINS(a, "md.")',
  ),
  REVERSE: ownText(
    'str',
    'The text backwards; what is seen as one character stays together.',
    'ROW a = "abc" | EVAL b = REVERSE(a)',
  ),
  REPEAT: texts(
    [str('string'), whole('number')],
    'keyword',
    'The text repeated N times.',
    'ROW a = "ab" | EVAL b = REPEAT(a, 3)',
  ),
  SPACE: texts([whole('number')], 'keyword', 'So many spaces.', 'ROW a = SPACE(3)'),
  TO_BASE64: texts([str('string')], 'keyword', 'The text in base64.', 'ROW a = "harrier" | EVAL b = TO_BASE64(a)'),
  FROM_BASE64: texts(
    [str('string')],
    'keyword',
    'The text that base64 stands for.',
    'ROW a = "aGFycmllcg==" | EVAL b = FROM_BASE64(a)',
  ),
  URL_ENCODE: each('The text as a form writes it into a URL.', 'ROW a = "a b&c" | EVAL b = URL_ENCODE(a)'),
  URL_ENCODE_COMPONENT: each('The text as a part of a URL.', 'ROW a = "a b&c" | EVAL b = URL_ENCODE_COMPONENT(a)'),
  URL_DECODE: each('The text that a part of a URL stands for.', 'ROW a = "a+b%26c" | EVAL b = URL_DECODE(a)'),
  CONCAT: singleValue({
    parameters: [str('string1'), { ...str('string2'), variadic: true }],
    returns: () => 'keyword',
    fold(values) {
      if (values.includes(null)) return null;
      return values.every((value) => typeof value === 'string') ? values.join('') : undefined;
    },
    doc: 'Joins texts; null if any is null.',
    example: 'ROW a = "a", b = "b" | EVAL c = CONCAT(a, "-", b)',
  }),
  LENGTH: texts(
    [str('string')],
    'integer',
    'The number of characters (code points).',
    'ROW a = "abc" | EVAL n = LENGTH(a)',
  ),
  STARTS_WITH: singleValue({
    parameters: [str('str'), str('prefix')],
    returns: () => 'boolean',
    neverFails: true,
    isSelective: true,
    doc: 'True when a text begins with another.',
    example: 'ROW a = "cmd.exe" | WHERE STARTS_WITH(a, "cmd")',
  }),
  ENDS_WITH: singleValue({
    parameters: [str('str'), str('suffix')],
    returns: () => 'boolean',
    neverFails: true,
    isSelective: true,
    doc: 'True when a text ends with another.',
    example: 'ROW a = "cmd.exe" | WHERE ENDS_WITH(a, ".exe")',
  }),
  SUBSTRING: singleValue({
    parameters: [str('string'), whole('start'), { ...whole('length'), optional: true }],
    returns([, , length]) {
      const most = length?.value;
      return typeof most === 'bigint' && most < 0n
        ? { error: `Length parameter cannot be negative, found [${most}]` }
        : 'keyword';
    },
    doc: 'A part of a text.',
    example: 'ROW a = "harrier" | EVAL b = SUBSTRING(a, 1, 3)',
  }),
  REPLACE: singleValue({
    parameters: [str('string'), str('regex'), str('newString')],
    returns([, { value: pattern }]) {
      const error = typeof pattern === 'string' ? javaPatternError(pattern) : null;
      return error === null ? 'keyword' : { error };
    },
    fold([value, pattern, replacement]) {
      if (typeof value !== 'string' || typeof pattern !== 'string' || typeof replacement !== 'string') return undefined;
      const replaced = value.length > mostFolded ? undefined : javaReplace(value, pattern, replacement);
      return typeof replaced === 'string' ? replaced : undefined;
    },
    doc: 'Replaces every match of a regular expression (Java’s syntax).',
    example: 'ROW a = "Hello World" | EVAL b = REPLACE(a, "World", "Harrier")',
  }),
  TO_LOWER: each('The text in lower case.', 'ROW a = "Cmd.exe" | EVAL b = TO_LOWER(a)', (text) => text.toLowerCase()),
  TO_UPPER: each('The text in upper case.', 'ROW a = "Cmd.exe" | EVAL b = TO_UPPER(a)', (text) => text.toUpperCase()),
});
