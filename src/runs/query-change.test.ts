import { describe, expect, it } from 'vitest';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import type { Query } from '../languages/esql/syntax/ast.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import { noOverrides, type Overrides, override } from '../overrides/override.ts';
import type { HuntResult } from '../report/report.ts';
import { queryChange } from './query-change.ts';

const hunt = `FROM logs-*
| WHERE @timestamp > NOW() - 7 days AND event.action == "start"
| STATS n = COUNT(*) BY host.name // of any platform
| WHERE n > 3`;

const end = (time: string) => ({ window: { from: null, to: Date.parse(time) } });

const resultOf = async (text: string, overrides: Partial<Overrides> = {}): Promise<HuntResult> => {
  const catalogue = (query: Query) => OpenCatalogue.of(indexPatterns(query), query);
  const { query } = await override(text, { ...noOverrides, ...overrides }, { catalogue, now: 0 });
  return { hunt: { queries: [{ text, line: 1 }] }, query: 0, text: query.text } as unknown as HuntResult;
};

describe('queryChange', () => {
  const exclude = { conditions: [{ keeps: false, condition: 'user.name == "backup"' }] };
  it.each<[string, Partial<Overrides>, Partial<Overrides>, string | null]>([
    ['the same options', exclude, exclude, null],
    ['an end of the window', end('2026-03-03'), {}, null],
    ['two ends of the window', end('2026-03-03'), end('2026-03-10'), null],
    ['an end beside another option', { ...end('2026-03-03'), ...exclude }, exclude, null],
    ['a shorter window', { window: { last: '24 hours' } }, {}, 'window'],
    ['a window that is fixed', { window: { from: 0, to: 9 } }, end('2026-03-03'), 'window'],
    ['an exclusion', {}, exclude, 'options'],
    ['a platform', { platform: 'linux' }, {}, 'options'],
  ])('of %s', async (_, before, after, change) => {
    expect(await queryChange(await resultOf(hunt, before), await resultOf(hunt, after))).toBe(change);
  });
  it('names a hunt that was edited, and reads queries that are wrong', async () => {
    const edited = await resultOf(hunt.replace('> 3', '> 2'));
    expect(await queryChange(await resultOf(hunt), edited)).toBe('query');
    const wrong = { ...edited, text: 'FROM logs-* | WHERE' };
    expect(await queryChange(wrong, edited)).toBe('options');
    expect(await queryChange(wrong, wrong)).toBe(null);
  });
});
