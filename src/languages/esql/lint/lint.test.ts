import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { parse } from '../parse.ts';
import { lint } from './lint.ts';

const fields = {
  holdsSeveral: (name: string) => ['event.type', 'host.ip', 'process.args'].includes(name),
  isWhole: (name: string) => name === 'source.bytes',
};

/** The rules that a query breaks, each with the text it points at. */
function broken(text: string): string[] {
  const source = new SourceText(text);
  const { query } = parse(source);
  return lint(query!, source, fields).map(({ rule, span }) => `${rule}: ${source.slice(span)}`);
}

const recent = 'FROM a | WHERE @timestamp > NOW() - 1 day';

describe('literals', () => {
  it.each([
    ['x == null', 'null-comparison: x == null'],
    ['event.type != null', 'null-comparison: event.type != null'],
    ['x LIKE "%a"', 'like-wildcard: "%a"'],
    ['x RLIKE "^a"', 'rlike-anchor: "^a"'],
  ])('%s', (condition, expected) => expect(broken(`${recent} | WHERE ${condition}`)).toEqual([expected]));
});

describe('conditions on fields with several values', () => {
  it.each([
    ['event.type == "start"', 'event.type == "start"'],
    ['"start" != event.type', '"start" != event.type'],
    ['event.type IN ("a", "b")', 'event.type IN ("a", "b")'],
    ['TO_LOWER(process.args) LIKE "a*"', 'TO_LOWER(process.args) LIKE "a*"'],
    ['CIDR_MATCH(host.ip, "10.0.0.0/8")', 'CIDR_MATCH(host.ip, "10.0.0.0/8")'],
    ['STARTS_WITH(process.args, "a")', 'STARTS_WITH(process.args, "a")'],
  ])('%s', (condition, at) =>
    expect(broken(`${recent} | WHERE ${condition}`)).toEqual([`multivalue-condition: ${at}`]),
  );
  it.each([
    'WHERE MV_CONTAINS(event.type, "start")',
    'WHERE event.type IS NOT NULL',
    'WHERE event.action == "start"',
    'MV_EXPAND event.type | WHERE event.type == "start"',
    'STATS n = COUNT(*) BY event.type | WHERE event.type == "start"',
    'EVAL event.type = MV_FIRST(event.type) | WHERE event.type == "start"',
    'EVAL n = CONCAT(event.type, "x")',
  ])('is silent about: %s', (rest) => expect(broken(`${recent} | ${rest}`)).toEqual([]));
  it('says what to write instead', () => {
    const source = new SourceText(`${recent} | WHERE event.type == "start"`);
    expect(lint(parse(source).query!, source, fields)[0]!.hint).toContain('MV_CONTAINS(event.type, "start")');
  });
});

describe('thresholds on divisions', () => {
  const stats = `${recent} | STATS c = COUNT(*), h = COUNT_DISTINCT(x), d = AVG(y) BY z`;
  it.each([
    ['EVAL r = d / h | WHERE r >= 3', ['d / h']],
    ['EVAL r = c / h | WHERE h > 0 AND r > 3', ['c / h']],
    ['EVAL r = ROUND(c / h) | WHERE h > 0 | WHERE 3 <= r', ['c / h']],
    ['WHERE d / (h - 1) > 2', ['d / (h - 1)']],
    // Both reasons, one place.
    ['EVAL r = c / h | WHERE r == 3', ['c / h', 'c / h']],
  ])('%s', (rest, at) =>
    expect(broken(`${stats} | ${rest}`)).toEqual(at.map((text) => `threshold-on-division: ${text}`)),
  );
  it.each([
    // Nobody compares it.
    'EVAL r = c / h',
    // What is 0 is kept out, before or after.
    'EVAL r = c / h | WHERE h >= 1 AND r >= 120',
    'WHERE h != 0 | EVAL r = d / h | WHERE r > 2',
    'EVAL r = CASE(h == 0, null, d / h) | WHERE r > 2',
    // A group has rows.
    'EVAL r = d / c | WHERE r > 2',
    'EVAL r = d / (h + 1) | WHERE r > 2',
    'EVAL r = d / GREATEST(h, 1) | WHERE r > 2',
    'EVAL mb = d / (1024 * 1024) | WHERE mb > 2',
    // A whole threshold is reached by the whole part alike.
    'EVAL mb = SUM_ / 1024 | WHERE mb >= 2',
  ])('is silent about: %s', (rest) => expect(broken(`${stats} | ${rest}`)).toEqual([]));
  it('knows whole fields, and names that changed', () => {
    expect(broken(`${recent} | EVAL kb = source.bytes / 1024 | RENAME kb AS k | WHERE k > 2`)).toEqual([
      'threshold-on-division: source.bytes / 1024',
    ]);
  });
});

describe('order and time', () => {
  it.each([
    [`${recent} | LIMIT 10 | SORT x`, ['limit-before-sort: LIMIT']],
    [`${recent} | SORT y | LIMIT 10 | SORT x`, []],
    [`${recent} | LIMIT 10 | STATS c = COUNT(*) BY x | SORT c`, []],
    ['FROM a | WHERE x == 1', ['no-time-window: FROM']],
    ['FROM a | WHERE TRANGE(1 hour)', []],
    ['FROM a | WHERE KQL("@timestamp > now-1d")', []],
    [
      'FROM a | FORK (WHERE @timestamp > NOW() - 1 day | LIMIT 1 | SORT x) (WHERE @timestamp > 1)',
      ['limit-before-sort: LIMIT'],
    ],
    ['FROM a | FORK (WHERE @timestamp > NOW()) (WHERE x == 1)', ['no-time-window: FROM']],
    ['FROM (FROM a | WHERE @timestamp > NOW()), (FROM b | LIMIT 1)', ['no-time-window: FROM']],
    ['ROW a = 1', []],
  ])('%s', (text, expected) => expect(broken(text)).toEqual(expected));
});
