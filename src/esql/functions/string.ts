import { join, type Sql, sql, text } from '../../sql/sql.ts';
import type { ElementwiseFunction, Parameter, ScalarFunction, SingleValueFunction } from './definition.ts';
import { javaReplacement, javaToRe2 } from './regular-expressions.ts';
import * as types from './type-sets.ts';

const str = (name: string): Parameter => ({ name, accepts: types.string });

function singleValued(
  name: string,
  parameters: readonly Parameter[],
  type: 'keyword' | 'boolean' | 'integer',
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

function cased(name: 'TO_LOWER' | 'TO_UPPER', duckdb: (value: Sql) => Sql, doc: string): ElementwiseFunction {
  return {
    kind: 'scalar',
    name,
    family: 'string',
    parameters: [str('str')],
    multivalue: 'each',
    returns: () => 'keyword',
    duckdb: ([value]) => duckdb(value!),
    doc,
    example: `ROW a = "Cmd.exe" | EVAL b = ${name}(a)`,
  };
}

const replace: SingleValueFunction = {
  ...singleValued(
    'REPLACE',
    [str('str'), { ...str('regex'), constant: true }, { ...str('newStr'), constant: true }],
    'keyword',
    ([value], { args }) => {
      const [pattern, replacement] = [String(args[1]!.value), String(args[2]!.value)];
      if (/^[\w\s:;,/'"<>@#!%&=~`-]+$/.test(pattern) && !/[\\$]/.test(replacement)) {
        return sql`replace(${value!}, ${text(pattern)}, ${text(replacement)})`;
      }
      const translated = javaToRe2(pattern);
      if (typeof translated === 'object') throw new Error(translated.error);
      return sql`regexp_replace(${value!}, ${text(translated)}, ${text(javaReplacement(replacement))}, 'g')`;
    },
    'Replaces every match of a regular expression (Java’s syntax).',
    'ROW a = "Hello World" | EVAL b = REPLACE(a, "World", "Harrier")',
  ),
  returns(args) {
    const translated = javaToRe2(String(args[1]!.value));
    return typeof translated === 'object' ? translated : 'keyword';
  },
};

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

export const strings: readonly ScalarFunction[] = [
  singleValued(
    'CONCAT',
    [str('string1'), { ...str('string2'), variadic: true }],
    'keyword',
    (args) => sql`(${join(args, ' || ')})`,
    'Joins texts; null if any is null.',
    'ROW a = "a", b = "b" | EVAL c = CONCAT(a, "-", b)',
  ),
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
  cased('TO_LOWER', (value) => sql`lower(${value})`, 'The text in lower case.'),
  cased('TO_UPPER', (value) => sql`upper(${value})`, 'The text in upper case.'),
];
