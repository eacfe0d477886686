import fc from 'fast-check';
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

it('ASCII is cut character by character as an expression cuts other texts', () => {
  const piece = fc.constantFrom(
    ...['a', 'Mon', 'mon-tue', 'be', 'x', '0x1f', '12:30', '7', '1.2.3.4', 'C:\\w', '_', 'SEP', 'g0'],
    ...[' ', '.', '. ', ':', '/', ' -', '@', '\\', '[', ']: ', '--', '\t'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const plain = pieces.join('');
      // A letter beyond ASCII in front makes it another text.
      const tokens = categoryTokens(`\u00e4 ${plain}`, 'ml_standard')!.split(' ').slice(1).join(' ');
      expect(categoryTokens(plain, 'ml_standard')).toBe(tokens || null);
    }),
    { numRuns: 2000 },
  );
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

  it('take in what differs in other tokens alone, until they share less', () => {
    const texts = ['logon of u1 from host failed', 'logon of u2 from host failed', 'logon of u3 from host failed'];
    expect(
      of(
        Object.fromEntries(
          [...texts, 'logon of u4 from here failed', 'logon of u5 from host failed'].map((text, i) => [text, 9 - i]),
        ),
      ),
    ).toEqual(
      Object.fromEntries(
        [...texts, 'logon of u4 from here failed', 'logon of u5 from host failed'].map((text) => [
          text,
          'logon of from failed',
        ]),
      ),
    );
  });

  it('stay apart at a high threshold', () => {
    expect(of({ 'logon of alice': 1, 'logon of bob': 1 }, 1)).toEqual({
      'logon of alice': 'logon of alice',
      'logon of bob': 'logon of bob',
    });
  });

  it('take in texts of a kind until one begins that is more like them', () => {
    const kind = 'alert block crash drive';
    const texts = ['alert block xerox', 'crash drive yacht', `${kind} u1`, `${kind} zebra water quiet`, `${kind} u2`];
    expect(of(Object.fromEntries(texts.map((text, i) => [text, 9 - i])), 0.4)).toEqual({
      [texts[0]!]: 'alert block',
      [texts[1]!]: 'crash drive yacht',
      [texts[2]!]: 'alert block',
      [texts[3]!]: kind,
      [texts[4]!]: kind,
    });
  });

  /** Each text, in this order, compared with every category; tokens stand at one place alone, so that what two texts share is plain. */
  function compared(texts: readonly string[], threshold: number): Map<string, string> {
    const weight = (tokens: readonly string[]): number =>
      tokens.reduce((sum, token) => sum + (/\d/.test(token) ? 1 : Math.min(token.length, 5)), 0);
    const categories: { tokens: string[]; begun: readonly string[]; weight: number; members: string[] }[] = [];
    for (const text of texts) {
      const tokens = text.split(' ');
      const alike = categories
        .map((category, number) => {
          const whole = Math.max(weight(tokens), category.weight);
          const both = category.tokens.filter((token) => tokens.includes(token));
          const bound = weight(tokens.filter((token) => category.begun.includes(token)));
          return { number, category, both, bound, likeness: weight(both) / whole };
        })
        .filter(({ likeness }) => likeness >= threshold)
        .sort((a, b) => b.likeness - a.likeness || b.bound - a.bound || a.number - b.number);
      if (alike[0]) {
        alike[0].category.tokens = alike[0].both;
        alike[0].category.members.push(text);
      } else categories.push({ tokens, begun: tokens, weight: weight(tokens), members: [text] });
    }
    return new Map(categories.flatMap(({ tokens, members }) => members.map((text) => [text, tokens.join(' ')])));
  }

  it('are those that a comparison with every category finds', () => {
    // Words that texts share, names and numbers that few do: texts of one kind are compared as the first of them was.
    const token = fc.oneof(
      fc.constantFrom('ab', 'abcd', 'abcdefgh'),
      fc.constantFrom('ab', 'abcd'),
      fc.nat({ max: 40 }).map((n) => `n${n}`),
    );
    const text = fc
      .array(token, { minLength: 3, maxLength: 6 })
      .map((tokens) => tokens.map((word, place) => `${word}${'pqrstu'[place]}`).join(' '));
    const texts = fc.uniqueArray(fc.tuple(text, fc.nat({ max: 9 })), { maxLength: 60, selector: ([one]) => one });
    fc.assert(
      fc.property(texts, fc.constantFrom(0.3, 0.5, 0.7), (counts, threshold) => {
        const found = categoriesOf(new Map(counts), threshold);
        const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([one]) => one);
        expect([...found].sort()).toEqual([...compared(ordered, threshold)].sort());
      }),
      { numRuns: 500 },
    );
  });

  it('are shown as expressions that their texts fit', () => {
    const pattern = categoryPattern('C:\\cmd.exe ran');
    expect(pattern).toBe('.*?C:\\\\cmd\\.exe.+?ran.*?');
    expect(new RegExp(`^${pattern}$`).test('at 12:00 C:\\cmd.exe has ran')).toBe(true);
  });
});
