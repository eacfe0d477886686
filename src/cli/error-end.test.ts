import { describe, expect, it } from 'vitest';
import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { HuntResult } from '../report/report.ts';
import { endOf } from './error-end.ts';
import { exitCode } from './exit-code.ts';

const words = { colour: false, debug: false };
const fault = (): unknown => {
  try {
    return (undefined as never as { x: string }).x;
  } catch (error) {
    return error;
  }
};

describe('what ends a command', () => {
  it('is 2 for what was given, with its help', () => {
    expect(endOf(new InputError('no store in \x1b[31mx', 'make one'), words)).toEqual({
      text: 'error: no store in ␛[31mx\nhelp: make one\n',
      code: 2,
    });
    expect(endOf(new QueryError(new SourceText('FROM'), []), words).code).toBe(2);
    expect(endOf(Object.assign(new Error('ENOSPC: no space left'), { syscall: 'write' }), words).code).toBe(2);
  });

  it('is 2 for what lies in one another too deep', () => {
    const deeper = (n: number): number => 1 + deeper(n + 1);
    const thrown = ((): unknown => {
      try {
        return deeper(0);
      } catch (error) {
        return error;
      }
    })();
    const { text, code } = endOf(thrown, words);
    expect([code, text.split('\n')[0]]).toEqual([
      2,
      'error: the request is nested too deeply, or has too many parts in a row',
    ]);
  });

  it('is 70 for a fault of its own, with what a report should hold', () => {
    const { text, code } = endOf(fault(), words);
    expect(code).toBe(70);
    expect(text).toMatch(
      /^error: Cannot read properties of undefined .*\nhelp: .*report it with the command, harrier --version and this message/,
    );
    expect(text.split('\n')).toHaveLength(3);
  });

  it('shows the stack of a fault where that is asked for', () => {
    expect(endOf(fault(), { ...words, debug: true }).text).toMatch(/\n {4}at /);
    expect(endOf('a text', { ...words, debug: true }).text).toMatch(/^error: a text\n/);
  });
});

it('a hunt that a fault ends makes the exit code 70, and one that is wrong 1', () => {
  const failed = { outcome: 'failed', error: 'x', result: null } as HuntResult;
  const results = [failed, { ...failed, fault: new TypeError('x') }];
  expect(exitCode({ results, partial: false }, true)).toBe(70);
  expect(exitCode({ results: [failed], partial: false }, true)).toBe(1);
  expect(exitCode({ results, partial: true }, true)).toBe(130);
});
