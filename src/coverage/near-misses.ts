import { conditionOf, given } from '../plan/build.ts';
import type { Expression } from '../plan/expression.ts';
import { parseLike } from '../values/like-pattern.ts';
import { type Comparison, comparisonIn } from './text-comparison.ts';

/*
 * Conditions that ask for a little less than those of a query: events that fulfil one of these and not the query's own
 * look to people as if they did.
 */

/** What sets such events apart, as it follows `but for`. */
export type NearMiss =
  | 'letter case'
  | 'the beginning of the path'
  | 'a slash or blanks at the end'
  | 'how the number is written'
  | 'their several values';

/** A condition that asks for less. */
export interface Relaxed {
  readonly miss: NearMiss;
  readonly condition: Expression;
}

/** Conditions that ask for less than this one, the nearest first; each holds wherever this one does. */
export function relaxations(condition: Expression): Relaxed[] {
  return kinds.flatMap(({ miss, relax }) => {
    const relaxed = within(condition, relax);
    return relaxed === condition ? [] : [{ miss, condition: relaxed }];
  });
}

/** The condition with all that it might ask less at once. */
export const loosened = (condition: Expression): Expression =>
  within(condition, (comparison) => {
    const all = kinds.flatMap(({ relax }) => relax(comparison) ?? []);
    return all.length === 0 ? null : anyOf(all);
  });

/** Applies a change to all comparisons that must hold, or of which one must. */
function within(condition: Expression, relax: (comparison: Comparison) => Expression | null): Expression {
  if (condition.kind !== 'call') return condition;
  if (condition.function === 'AND' || condition.function === 'OR') {
    const args = condition.args.map((arg) => within(arg, relax));
    return args.every((arg, i) => arg === condition.args[i]) ? condition : { ...condition, args };
  }
  const comparison = comparisonIn(condition);
  return (comparison && relax(comparison)) ?? condition;
}

const text = (value: string): Expression => given('keyword', value);
const lowered = (value: Expression): Expression => ({
  ...conditionOf('TO_LOWER', [value]),
  type: 'keyword',
  multi: value.multi,
});
const anyOf = (conditions: readonly Expression[]): Expression =>
  conditions.reduce((all, next) => conditionOf('OR', [all, next]));
const isOneOf = (value: Expression, texts: readonly string[]): Expression =>
  texts.length === 1
    ? conditionOf('==', [value, text(texts[0]!)])
    : conditionOf('IN', [value, ...texts.map((one) => text(one))]);
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

function anyCase({ condition, name, value, texts }: Comparison): Expression | null {
  const small = distinct(texts.map((one) => one.toLowerCase()));
  const hasLetters = small.some((one) => one !== one.toUpperCase());
  // In a regular expression a letter behind a backslash means something else.
  if (!hasLetters || (name === 'RLIKE' && texts.some((one) => one.includes('\\')))) return null;
  if (name === '==' || name === 'IN') return isOneOf(lowered(value), small);
  return { ...condition, args: [lowered(value), ...small.map((one) => text(one))] };
}

/** A drive, a volume as the kernel calls it, or a prefix of long paths. */
const root = /^(?:(?:\\\\\?\\|\\\?\?\\)?[A-Za-z?*]:|\\Device\\HarddiskVolume[^\\]*|%\w+%|\\SystemRoot)(?=\\)/i;

function anyRoot({ name, value, texts }: Comparison): Expression | null {
  if (!['==', 'IN', 'LIKE', 'STARTS_WITH'].includes(name)) return null;
  const patterns = texts.flatMap((one) => {
    const parts = name === 'LIKE' ? parseLike(one) : [{ literal: one }];
    if ('error' in parts) return [];
    const written = parts.map((part) => (typeof part === 'string' ? part : part.literal)).join('');
    const begins = root.exec(written)?.[0];
    // What stands for the drive may be a wildcard, and has no wildcards behind it.
    if (begins === undefined || written.length < begins.length + 2) return [];
    let left = begins.length;
    const rest = parts.flatMap((part) => {
      const own = typeof part === 'string' ? part : part.literal;
      const cut = own.slice(Math.min(left, own.length));
      left = Math.max(0, left - own.length);
      return cut === '' ? [] : [typeof part === 'string' ? part : escapedLike(cut.toLowerCase())];
    });
    return [`*${rest.join('')}${name === 'STARTS_WITH' ? '*' : ''}`];
  });
  if (patterns.length === 0) return null;
  const rooted = distinct(patterns).map((pattern) => conditionOf('LIKE', [lowered(value), text(pattern)]));
  const same = anyCase({ condition: conditionOf(name, []), name, value, texts });
  return anyOf(same ? [...rooted, same] : rooted);
}

const escapedLike = (literal: string): string => literal.replace(/[\\*?]/g, '\\$&');

function anyEnd({ name, value, texts }: Comparison): Expression | null {
  if (name !== '==' && name !== 'IN') return null;
  const bare = distinct(
    texts.map((one) =>
      one
        .trim()
        .replace(/[\\/]+$/, '')
        .toLowerCase(),
    ),
  ).filter((one) => one !== '');
  if (bare.length === 0) return null;
  const ends = bare.flatMap((one) => [one, `${one}/`, `${one}\\`]);
  return isOneOf(
    lowered({ ...conditionOf('TRIM', [value]), type: 'keyword', multi: value.multi }),
    distinct([...ends, ...texts.map((one) => one.trim().toLowerCase())]),
  );
}

/** Numbers with zeros, as fractions, and in base sixteen. */
function anyNumber({ name, value, texts }: Comparison): Expression | null {
  if (name !== '==' && name !== 'IN') return null;
  const numbers = texts.flatMap((one) => {
    const isNumber = /^\d{1,15}$/.test(one) || /^0x[0-9a-f]{1,12}$/i.test(one);
    return isNumber ? [Number(one)] : [];
  });
  if (numbers.length === 0) return null;
  const patterns = distinct(numbers.map(String)).map((digits) => {
    const sixteen = [...Number(digits).toString(16)].map((digit) => {
      const large = digit.toUpperCase();
      return large === digit ? digit : `[${digit}${large}]`;
    });
    return ` *(0*${digits}(\\.0+)?|0[xX]0*${sixteen.join('')}) *`;
  });
  return anyOf([...patterns.map((pattern) => conditionOf('RLIKE', [value, text(pattern)])), isOneOf(value, texts)]);
}

/** Comparisons of single values are never true of several. */
function anyOfSeveral({ name, value, texts, condition }: Comparison): Expression | null {
  if (!value.multi || (name !== '==' && name !== 'IN')) return null;
  const among = texts.map((one) => conditionOf('MV_CONTAINS', [value, text(one)]));
  return anyOf([condition, ...among]);
}

const kinds: readonly { readonly miss: NearMiss; relax(comparison: Comparison): Expression | null }[] = [
  { miss: 'letter case', relax: anyCase },
  { miss: 'the beginning of the path', relax: anyRoot },
  { miss: 'a slash or blanks at the end', relax: anyEnd },
  { miss: 'how the number is written', relax: anyNumber },
  { miss: 'their several values', relax: anyOfSeveral },
];
