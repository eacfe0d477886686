import type { SearchCondition, ValueTest } from '../../plan/search.ts';
import { QueryDslError } from './condition.ts';

/** Words that are looked for one by one, which is quicker than among all words of a text: the engine does no more of them so. */
const few = 8;
/**
 * Words and phrases of a query that are looked for one by one. The engine takes milliseconds to make an expression for each,
 * and is not interrupted meanwhile.
 */
const most = 256;

/** The same condition, in which many single words of a field are looked for at once. Throws a QueryDslError where too many are left. */
export function withWordsTogether(condition: SearchCondition): SearchCondition {
  const whole = together(condition);
  const left = expressionsOf(whole);
  if (left > most) throw new QueryDslError(`Query looks for ${left} phrases in texts, more than ${most}`);
  return whole;
}

function together(condition: SearchCondition): SearchCondition {
  switch (condition.kind) {
    case 'and':
      return { ...condition, parts: condition.parts.map(together) };
    case 'or':
      return { ...condition, parts: anyTogether(condition.parts.map(together)) };
    case 'enough': {
      const parts = condition.parts.map(together);
      return { ...condition, parts: condition.least === 1 ? anyTogether(parts) : parts };
    }
    case 'not':
      return { ...condition, part: together(condition.part) };
    case 'anyValue':
      return { ...condition, test: testTogether(condition.test) };
    default:
      return condition;
  }
}

/** Parts of which any is to hold, with those that look for a word in the same field as one. */
function anyTogether(given: readonly SearchCondition[]): readonly SearchCondition[] {
  const parts = given.flatMap((part) => (isAny(part) ? part.parts : [part]));
  const words = new Map<string, string[]>();
  for (const part of parts) {
    const word = part.kind === 'anyValue' ? wordOf(part.test) : null;
    if (word === null) continue;
    const { field } = part as Extract<SearchCondition, { kind: 'anyValue' }>;
    words.set(field, [...(words.get(field) ?? []), word]);
  }
  const many = new Map([...words].filter(([, own]) => own.length > few));
  if (many.size === 0) return given;
  const rest = parts.filter((part) => part.kind !== 'anyValue' || !many.has(part.field) || wordOf(part.test) === null);
  return [...rest, ...[...many].map(([field, own]) => ({ kind: 'anyValue', field, test: anyOfWords(own) }) as const)];
}

const isAny = (condition: SearchCondition): condition is Extract<SearchCondition, { readonly parts: unknown }> =>
  condition.kind === 'or' || (condition.kind === 'enough' && condition.least === 1);

function testTogether(test: ValueTest): ValueTest {
  if (test.kind !== 'anyOf') return test;
  const words = test.tests.flatMap((each) => wordOf(each) ?? []);
  if (words.length <= few) return test;
  return { ...test, tests: [...test.tests.filter((each) => wordOf(each) === null), anyOfWords(words)] };
}

const anyOfWords = (words: readonly string[]): ValueTest => ({ kind: 'words', text: words.join(' '), how: 'any' });

/** The only word that a test looks for; null for another test. */
function wordOf(test: ValueTest): string | null {
  if (test.kind !== 'words' || test.how === 'prefix' || test.how.endsWith('Prefix')) return null;
  const words = wordsIn(test.text);
  return words.length === 1 ? words[0]! : null;
}

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

/** Expressions of words that the engine makes for a condition. */
function expressionsOf(condition: SearchCondition): number {
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'enough':
      return condition.parts.reduce((sum, part) => sum + expressionsOf(part), 0);
    case 'not':
      return expressionsOf(condition.part);
    case 'anyValue':
      return expressionsOfTest(condition.test);
    default:
      return 0;
  }
}

function expressionsOfTest(test: ValueTest): number {
  switch (test.kind) {
    case 'allOf':
    case 'anyOf':
      return test.tests.reduce((sum, each) => sum + expressionsOfTest(each), 0);
    case 'words': {
      if (test.how === 'phrase' || test.how === 'prefix') return 1;
      const { length } = wordsIn(test.text);
      return length > few ? 1 : length;
    }
    default:
      return 0;
  }
}
