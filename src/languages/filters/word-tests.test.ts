import { expect, it } from 'vitest';
import type { SearchCondition } from '../../plan/search.ts';
import { QueryDslError } from './condition.ts';
import { withWordsTogether } from './word-tests.ts';

const words = (text: string, how: 'phrase' | 'any' = 'phrase', field = 'm'): SearchCondition => ({
  kind: 'anyValue',
  field,
  test: { kind: 'words', text, how },
});
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `w${i}`);
const any = (...parts: SearchCondition[]): SearchCondition => ({ kind: 'or', parts });

it('looks for many single words of a field at once, wherever any of them is enough', () => {
  const many = numbered(9);
  const found = words(many.join(' '), 'any');
  expect(withWordsTogether(any(...many.map((word) => words(word))))).toEqual(any(found));
  expect(withWordsTogether(any(...many.map((word) => any(words(word)))))).toEqual(any(found));
  expect(withWordsTogether(any(words('a b'), ...many.map((word) => words(word)), words('x', 'any', 'n')))).toEqual(
    any(words('a b'), words('x', 'any', 'n'), found),
  );
  const tests = many.map((text) => ({ kind: 'words', text, how: 'phrase' }) as const);
  expect(withWordsTogether({ kind: 'anyValue', field: 'm', test: { kind: 'anyOf', tests } })).toEqual({
    ...{ kind: 'anyValue', field: 'm' },
    test: { kind: 'anyOf', tests: [{ kind: 'words', text: many.join(' '), how: 'any' }] },
  });
});

it('leaves a few words, and those of which all must be there, as they are', () => {
  const few = any(...numbered(8).map((word) => words(word)));
  const all: SearchCondition = { kind: 'and', parts: numbered(9).map((word) => words(word)) };
  const enough: SearchCondition = { kind: 'enough', parts: numbered(9).map((word) => words(word)), least: 2 };
  for (const condition of [few, all, enough]) expect(withWordsTogether(condition)).toEqual(condition);
});

it('refuses more phrases than the engine makes ready in time', () => {
  const phrases = (count: number): SearchCondition => any(...numbered(count).map((word) => words(`${word} end`)));
  expect(withWordsTogether(phrases(256))).toEqual(phrases(256));
  expect(() => withWordsTogether(phrases(257))).toThrow(QueryDslError);
});
