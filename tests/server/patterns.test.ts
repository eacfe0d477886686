import { describe, expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

/** Patterns that some engine of expressions refuses, by its size, its counts or its syntax. */
const patterns = [
  'a{1000}{1000}',
  '(x{500}){500}',
  '(((a{1,100}){1,100}){1,100})',
  '(a{30}){40}',
  '(.{1000}){1,2}',
  'a{1001}',
  'a{0,1001}',
  'a{99999999999}',
  '[\\p{L}\\p{N}]{1000}',
  '(?:\\pL{9}){99}',
  '(?<n>a)',
  '(?=a)b{1000}{1000}',
  '(a)\\1',
  '\\x{110000}',
  '\\p{Foo}',
  '[z-a]',
  '[[:alpha:]]',
  '[a[b]]',
  'a**',
  'a|*',
  'x{2,1}',
  '{2}',
  'a{',
  '(',
  '[',
  '\\',
  '\ud800',
  '\u0000',
  `${'('.repeat(500)}a${')'.repeat(500)}`,
  `${'a{1000}|'.repeat(300)}a`,
  '?'.repeat(20_000),
  'word '.repeat(2000),
];

const literal = (pattern: string): string => JSON.stringify(pattern);
const query = (text: string): [string, object] => ['/_query', { query: text }];
const search = (body: object): [string, object] => ['/events/_search', { query: body }];

/** Everything that takes a pattern, or a text that becomes one. */
const forms: Record<string, (pattern: string) => [path: string, body: object]> = {
  LIKE: (p) => query(`FROM events | WHERE s LIKE ${literal(p)}`),
  'LIKE of text': (p) => query(`FROM events | WHERE NOT t LIKE (${literal(p)}, "a")`),
  RLIKE: (p) => query(`FROM events | WHERE s RLIKE ${literal(p)}`),
  'RLIKE of a row': (p) => query(`ROW s = "aaaa" | WHERE s RLIKE ${literal(p)}`),
  GROK: (p) => query(`FROM events | GROK s ${literal(`(?<x>${p})`)}`),
  DISSECT: (p) => query(`FROM events | DISSECT s ${literal(`%{a}${p}%{b}`)}`),
  REPLACE: (p) => query(`FROM events | EVAL r = REPLACE(s, ${literal(p)}, "x")`),
  'REPLACE by a column': (p) => query(`ROW p = ${literal(p)}, s = "aa" | EVAL r = REPLACE(s, p, "x")`),
  'REPLACE with it': (p) => query(`FROM events | EVAL r = REPLACE(s, "a", ${literal(p)})`),
  SPLIT: (p) => query(`FROM events | EVAL r = SPLIT(s, ${literal(p)}), l = LOCATE(s, ${literal(p)})`),
  dates: (p) => query(`FROM events | EVAL d = DATE_PARSE(${literal(p)}, s), f = DATE_FORMAT(${literal(p)}, NOW())`),
  MATCH: (p) => query(`FROM events | WHERE MATCH(t, ${literal(p)}) OR MATCH_PHRASE(t, ${literal(p)})`),
  KQL: (p) => query(`FROM events | WHERE KQL(${literal(`t: *${p}* or s: ${p}*`)})`),
  QSTR: (p) => query(`FROM events | WHERE QSTR(${literal(`s:/${p}/ OR t:*${p}*`)})`),
  regexp: (p) => search({ regexp: { s: p } }),
  'regexp in either case': (p) => search({ regexp: { t: { value: p, case_insensitive: true } } }),
  wildcard: (p) => search({ wildcard: { s: p } }),
  'wildcard in either case': (p) => search({ wildcard: { t: { value: p, case_insensitive: true } } }),
  query_string: (p) => search({ query_string: { query: `/${p}/` } }),
  match_phrase_prefix: (p) => search({ match_phrase_prefix: { t: p } }),
  'a filter of a query': (p) => ['/_query', { query: 'FROM events', filter: { regexp: { s: p } } }],
  count: (p) => ['/events/_count', { query: { regexp: { s: p } } }],
  'delete by query': (p) => [
    '/events/_delete_by_query',
    { query: { bool: { must: [{ regexp: { s: p } }, { term: { s: 'none' } }] } } },
  ],
  scroll: (p) => ['/events/_search?scroll=1m', { query: { regexp: { s: p } } }],
};

/** A server with an event, whose field `s` is a keyword and whose field `t` is text. */
async function withEvent(): Promise<TestServer> {
  const server = await startServer();
  const properties = { s: { type: 'keyword' }, t: { type: 'text' } };
  await server.send('PUT', '/events', { mappings: { properties } });
  await server.send('POST', '/events/_bulk?refresh=true', bulk({ create: {} }, { s: 'aaaa', t: 'aaaa bbb' }));
  return server;
}

describe('a pattern that an engine may refuse', () => {
  it('is answered, or refused as a mistake of the request', async () => {
    const server = await withEvent();
    const wrong: unknown[] = [];
    for (const [name, form] of Object.entries(forms))
      for (const pattern of patterns) {
        const { status, text } = await server.send('POST', ...form(pattern));
        if (status === 200 || (status === 400 && !/"internal error|(?:Input|Binder|Parser) Error/.test(text))) continue;
        wrong.push([name, pattern.slice(0, 60), status, text.slice(0, 300)]);
      }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('means the same to both engines of expressions', async () => {
    const server = await withEvent();
    const rows = async (text: string): Promise<unknown> =>
      ((await server.send('POST', '/_query', { query: text })).json as { values: unknown }).values;
    expect(
      await rows('ROW s = REPEAT("a", 1200) | EVAL f = s RLIKE "(a{30}){40}", g = s RLIKE "(a{30}){41}" | KEEP f, g'),
    ).toEqual([[true, false]]);
    expect(
      await rows('ROW s = "p{L}" | EVAL f = s RLIKE "[\\\\p{L}]+", g = "é" RLIKE "[\\\\p{L}]" | KEEP f, g'),
    ).toEqual([[true, false]]);
    expect(await rows('ROW s = "ab" | EVAL r = REPLACE(s, "(?<first>a)(b)", "$2$1") | KEEP r')).toEqual([['ba']]);
    const words = Array.from({ length: 60 }, (_, i) => `w${i}`);
    const phrase = (found: readonly string[]): string => found.join(' ');
    await server.send('POST', '/phrases/_doc?refresh=true', { t: `Before ${words.join(', ')}; after` });
    const hits = async (kind: string, text: string): Promise<number> =>
      (
        (await server.send('POST', '/phrases/_search', { query: { [kind]: { t: text } } })).json as {
          hits: { total: { value: number } };
        }
      ).hits.total.value;
    expect([
      await hits('match_phrase', phrase(words)),
      await hits('match_phrase', phrase(words.slice(0, 30))),
      await hits('match_phrase', phrase([...words.slice(0, 30), 'w3'])),
      await hits('match_phrase_prefix', phrase([...words, 'aft'])),
      await hits('match_phrase', phrase([...words, 'aft'])),
    ]).toEqual([1, 1, 0, 1, 0]);
  });
});
