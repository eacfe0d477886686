import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passes } from '../../../../values/joint-count.ts';
import { settingOf, settingText, settingWords, spokenSetting } from './amounts.ts';
import { cuttingRank, rankOf, roundest, settingAt } from './ranks.ts';

const operators = ['<', '<=', '>', '>='] as const;

describe('settingAt', () => {
  it('cuts where its rank says, whatever the values, and its rank is the rank', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1_000_000 }), { minLength: 1, maxLength: 40 });
    const doubles = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 40 });
    const isBytes = fc.boolean();
    for (const [values, isWhole] of [
      [whole, true],
      [doubles, false],
    ] as const)
      fc.assert(
        fc.property(values, fc.nat(40), fc.constantFrom(...operators), isBytes, (found, at, operator, bytes) => {
          const sorted = Float64Array.from(found).sort();
          const rank = cuttingRank(sorted, at, 1);
          const setting = settingAt(sorted, rank, { operator, isWhole, isBytes: bytes });
          const passing = found.filter((value) => passes(value, operator, setting)).length;
          expect(passing).toBe(operator.startsWith('>') ? found.length - rank : rank);
          expect(rankOf(sorted, operator, setting)).toBe(rank);
          if (isWhole) expect(Number.isInteger(setting)).toBe(true);
        }),
      );
  });

  it('is the roundest number that cuts there', () => {
    const options = { isWhole: true, isBytes: false };
    expect(roundest(61_812_345, 498_765_432, 'end', options)).toBe(100_000_000);
    expect(roundest(1, 7, 'beginning', options)).toBe(1);
    expect(roundest(0.1234, 0.1299, 'end', { isWhole: false, isBytes: false })).toBe(0.124);
    expect(settingWords(roundest(61_812_345, 498_765_432, 'end', { isWhole: true, isBytes: true }), true)).toBe(
      '100 MiB',
    );
    expect(roundest(-3, 5, 'end', options)).toBe(0);
  });
});

describe('amounts', () => {
  it('are read as --set reads them', () => {
    expect(settingOf('500MB', true)).toBe(524_288_000);
    expect(settingOf('1,000', true)).toBe(1000);
    expect(settingOf('much', true)).toBeNull();
    expect(settingOf('', true)).toBeNull();
  });

  it('are written so that they are read back', () => {
    expect(settingText(524_288_000, true)).toBe('500MB');
    expect(settingText(524_288_001, true)).toBe('524288001');
    expect(settingText(0.25, false)).toBe('0.25');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.boolean(), (value, isBytes) => {
        expect(settingOf(settingText(value, isBytes), true)).toBe(value);
      }),
    );
  });

  it('are spoken in full words', () => {
    expect(spokenSetting(524_288_000, true)).toBe('500 megabytes');
    expect(spokenSetting(12, false)).toBe('12');
    expect(spokenSetting(0, true)).toBe('0 bytes');
  });
});
