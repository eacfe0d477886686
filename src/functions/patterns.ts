import { likeError } from '../values/like-pattern.ts';
import { luceneRegexError } from '../values/lucene-regex.ts';
import { family, singleValue } from './definition.ts';
import * as types from './types.ts';

function rlikeError(pattern: string): string | null {
  const error = luceneRegexError(pattern);
  return error === null ? null : `Invalid regex pattern for RLIKE [${pattern}]: [${error}]`;
}

const pattern = (doc: string, example: string, errorIn: (pattern: string) => string | null) =>
  singleValue({
    parameters: [
      { name: 'value', accepts: types.string },
      { name: 'pattern', accepts: types.string, constant: true, variadic: true },
    ],
    neverFails: true,
    isSelective: true,
    returns([, ...patterns]) {
      const [error] = patterns.flatMap(({ value }) => errorIn(String(value)) ?? []);
      return error === undefined ? 'boolean' : { error };
    },
    doc,
    example,
  });

export const patternOperators = family('operator', {
  LIKE: pattern(
    'True when the whole text fits a pattern of `*` (any run) and `?` (one character).',
    'ROW a = "cmd.exe" | WHERE a LIKE "cmd*"',
    likeError,
  ),
  RLIKE: pattern(
    'True when the whole text fits a regular expression in Lucene’s syntax.',
    'ROW a = "cmd.exe" | WHERE a RLIKE "c.d\\\\.exe"',
    rlikeError,
  ),
});
