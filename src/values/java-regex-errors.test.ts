import { describe, expect, it } from 'vitest';
import { javaSyntaxError } from './java-regex-errors.ts';

/* The messages of java.util.regex.PatternSyntaxException. */

describe('what is no pattern of Java', () => {
  it.each([
    ['(', 'Unclosed group near index 1\n('],
    ['a(b(c)', 'Unclosed group near index 6\na(b(c)'],
    [')', "Unmatched closing ')'\n)"],
    ['ab)', "Unmatched closing ')' near index 1\nab)\n ^"],
    ['[', 'Unclosed character class near index 0\n[\n^'],
    ['ab[cd', 'Unclosed character class near index 4\nab[cd\n    ^'],
    ['[]', 'Unclosed character class near index 1\n[]\n ^'],
    ['*', "Dangling meta character '*' near index 0\n*\n^"],
    ['a|+b', "Dangling meta character '+' near index 2\na|+b\n  ^"],
    ['a{2', 'Unclosed counted closure near index 3\na{2'],
    ['a{3,1}', 'Illegal repetition range near index 4\na{3,1}\n    ^'],
    ['{', 'Illegal repetition\n{'],
    ['a{x}', 'Illegal repetition near index 0\na{x}\n^'],
    ['\\', 'Unexpected internal error near index 1\n\\'],
    ['[z-a]', 'Illegal character range near index 3\n[z-a]\n   ^'],
    ['\\k<x>', 'named capturing group <x> does not exist near index 4\n\\k<x>\n    ^'],
  ])('%s', (pattern, message) => {
    expect(javaSyntaxError(pattern)).toBe(message);
  });

  it.each([
    'a*?b++c{2,}',
    '[^]]',
    '[]a]',
    '(?i)a(?-i:b)',
    '(?<n>a)\\k<n>',
    '\\Q*(\\E',
    '[a-z&&[^b]]',
    '(?<!a)b',
    '^*$',
    'x{2}?',
  ])('not %s', (pattern) => {
    expect(javaSyntaxError(pattern)).toBeNull();
  });
});
