import { datePattern } from '../../../values/java-date-format.ts';
import { quote } from '../../../values/regular-expressions.ts';
import { type Sql, sql, text } from '../../sql.ts';

/** Letters of a pattern, as often as they stand there: what may be written for them, and the engine's name of it. */
const known: ReadonlyMap<string, readonly [expression: string, specifier: string]> = new Map(
  Object.entries({
    yyyy: ['[1-9][0-9]{3}', '%Y'],
    uuuu: ['[1-9][0-9]{3}', '%Y'],
    MM: ['(?:0[1-9]|1[0-2])', '%m'],
    dd: ['(?:0[1-9]|[12][0-9]|3[01])', '%d'],
    HH: ['(?:[01][0-9]|2[0-3])', '%H'],
    mm: ['[0-5][0-9]', '%M'],
    ss: ['[0-5][0-9]', '%S'],
    SSS: ['[0-9]{3}', '%g'],
  } as const),
);

/**
 * The date in a text by a pattern of Java's, as the engine reads it; null for texts that it does not read, which may be dates
 * all the same. Null instead of SQL for patterns of which the engine may make something else.
 */
export function readDate(value: Sql, patternText: string): Sql | null {
  const pattern = patternText.includes('||') ? '' : datePattern(patternText);
  if (typeof pattern === 'string' || 'named' in pattern) return null;
  let [expression, format] = ['', ''];
  const seen = new Set<string>();
  for (const part of pattern.parts) {
    if ('literal' in part) {
      expression += quote(part.literal);
      format += part.literal.replaceAll('%', '%%');
      continue;
    }
    const found = known.get(part.letter.repeat(part.count));
    if (!found || seen.has(found[1])) return null;
    seen.add(found[1]);
    expression += found[0];
    format += found[1];
  }
  if (!['%Y', '%m', '%d'].every((specifier) => seen.has(specifier))) return null;
  return sql`CASE WHEN regexp_full_match(${value}, ${text(expression)}) THEN try_strptime(${value}, ${text(format)}) END`;
}
