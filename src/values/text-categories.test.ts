import { describe, expect, it } from 'vitest';
import { categoriesOf, categoryPattern, categoryTokens } from './text-categories.ts';

describe('the tokens of a text', () => {
  it.each([
    ['Connected to 10.1.0.1', 'ml_standard', 'Connected to 10.1.0.1'],
    ['Mon Mar 10 12:00:01 UTC 2026 sshd[4711]: Failed password', 'ml_standard', 'sshd Failed password'],
    ['pid 0x1f 42 dead3 beef', 'ml_standard', 'pid beef'],
    ['C:\\Windows\\System32\\cmd.exe /c whoami', 'ml_standard', 'C:\\Windows\\System32\\cmd.exe c whoami'],
    ['-----\nfirst line with letters\nmore', 'ml_standard', 'first line with letters'],
    ['done 👍🏽😊', 'ml_standard', 'done 👍🏽 😊'],
    ['--- 12 34 ---', 'ml_standard', null],
    ['The Cat-and-Dog', 'stop', 'cat dog'],
    ['a,b  c', 'whitespace', 'a,b c'],
  ])('%s by %s', (text, analyzer, expected) => {
    expect(categoryTokens(text, analyzer)).toBe(expected);
  });
});

describe('categories', () => {
  const of = (texts: Record<string, number>, threshold = 0.7): Record<string, string> =>
    Object.fromEntries(categoriesOf(new Map(Object.entries(texts)), threshold));

  it('bring together what shares most of its words, in order', () => {
    expect(of({ 'logon of alice failed': 3, 'logon of bob failed': 5, 'failed of logon alice': 1 })).toEqual({
      'logon of alice failed': 'logon of failed',
      'logon of bob failed': 'logon of failed',
      'failed of logon alice': 'failed of logon alice',
    });
  });

  it('stay apart at a high threshold', () => {
    expect(of({ 'logon of alice': 1, 'logon of bob': 1 }, 1)).toEqual({
      'logon of alice': 'logon of alice',
      'logon of bob': 'logon of bob',
    });
  });

  it('are shown as expressions that their texts fit', () => {
    const pattern = categoryPattern('C:\\cmd.exe ran');
    expect(pattern).toBe('.*?C:\\\\cmd\\.exe.+?ran.*?');
    expect(new RegExp(`^${pattern}$`).test('at 12:00 C:\\cmd.exe has ran')).toBe(true);
  });
});
