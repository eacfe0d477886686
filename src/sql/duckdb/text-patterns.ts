import { type LikePart, parseLike } from '../../values/like-pattern.ts';
import { luceneToRe2, quote } from '../../values/regular-expressions.ts';
import { type Sql, sql, text } from '../sql.ts';

/* Patterns that fit a whole text, each as the cheapest test that asks the same. */

const literalOf = (part: LikePart | undefined): string | null =>
  part && typeof part === 'object' ? part.literal : null;

/** A pattern of `*` and `?`. */
export function fitsWildcards(value: Sql, pattern: string): Sql {
  const parts = parseLike(pattern);
  if ('error' in parts) throw new Error(parts.error);
  return fitsParts(value, parts);
}

/** Equality, prefix, suffix or containment where that is all that is asked. */
function fitsParts(value: Sql, parts: readonly LikePart[]): Sql {
  const [a, b, c] = parts;
  if (parts.length === 0) return sql`${value} = ''`;
  if (parts.length === 1 && literalOf(a) !== null) return sql`${value} = ${text(literalOf(a)!)}`;
  if (parts.length === 1 && a === '*') return sql`${value} IS NOT NULL`;
  if (parts.length === 2 && literalOf(a) !== null && b === '*')
    return sql`starts_with(${value}, ${text(literalOf(a)!)})`;
  if (parts.length === 2 && a === '*' && literalOf(b) !== null) return sql`suffix(${value}, ${text(literalOf(b)!)})`;
  if (parts.length === 3 && a === '*' && c === '*' && literalOf(b) !== null)
    return sql`contains(${value}, ${text(literalOf(b)!)})`;
  // The engine looks for the literals of such a pattern one after the other. With `_` or an escape in it, it would try
  // every place for every `%`: time grows with the length of the text to the power of their number.
  if (parts.every((part) => part === '*' || (part !== '?' && !/[%_]/.test(part.literal))))
    return sql`${value} LIKE ${text(parts.map((part) => literalOf(part) ?? '%').join(''))}`;
  return fitsExpression(value, expressionOf(parts));
}

/** The same as an expression of RE2. */
export function wildcardExpression(pattern: string): string {
  const parts = parseLike(pattern);
  if ('error' in parts) throw new Error(parts.error);
  return expressionOf(parts);
}

const expressionOf = (parts: readonly LikePart[]): string =>
  parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : quote(part.literal))).join('');

/** A regular expression in Lucene's syntax; null for what RE2 cannot do. */
export function fitsLucene(value: Sql, pattern: string): Sql | null {
  const translated = luceneToRe2(pattern);
  return typeof translated === 'string' ? fitsExpression(value, translated) : null;
}

/** Characters of an expression that stand for themselves, escaped ones included. */
const literalExpression = /^(?:[^\\^$.*+?()[\]{}|]|\\[^A-Za-z0-9])+$/;

/**
 * An expression of RE2 that is to fit the whole text. Where it begins or ends with `.*`, the rest is looked for, which
 * takes a third of the time: RE2 then begins with the literals in it, and ends at the first place that fits.
 */
export function fitsExpression(value: Sql, expression: string): Sql {
  const { start, end } = openEnds(expression);
  const inner = expression.slice(start ? 2 : 0, end ? -2 : undefined);
  if (inner === '') return start || end ? sql`${value} IS NOT NULL` : sql`${value} = ''`;
  if (literalExpression.test(inner)) {
    const literal = inner.replace(/\\(.)/gsu, '$1');
    return fitsParts(value, [...(start ? (['*'] as const) : []), { literal }, ...(end ? (['*'] as const) : [])]);
  }
  if (!start && !end) return sql`regexp_full_match(${value}, ${text(expression)}, 's')`;
  return sql`regexp_matches(${value}, ${text(`${start ? '' : '^'}${inner}${end ? '' : '$'}`)}, 's')`;
}

/** Whether an expression without alternatives at its top begins, and ends, with `.*`. */
function openEnds(expression: string): { start: boolean; end: boolean } {
  const atoms = expression.match(/\\.|\[(?:\\.|[^\]\\])+\]|./gs) ?? [];
  let depth = 0;
  for (const atom of atoms) {
    if (atom === '(') depth++;
    else if (atom === ')') depth--;
    else if (atom === '|' && depth === 0) return { start: false, end: false };
  }
  const repeats = (atom: string | undefined): boolean => atom !== undefined && /^[*+?{]$/.test(atom);
  const start = atoms[0] === '.' && atoms[1] === '*' && !repeats(atoms[2]);
  const rest = start ? atoms.slice(2) : atoms;
  return { start, end: rest.at(-2) === '.' && rest.at(-1) === '*' };
}
