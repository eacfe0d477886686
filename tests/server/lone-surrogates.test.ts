import { describe, expect, it } from 'vitest';
import { startServer } from './support.ts';

/** JSON as it may be sent: with a half of a pair of characters that stands alone. */
const half = '\\ud800';

it('keeps a document with half of a character, which reads as the character that stands for none', async () => {
  const server = await startServer();
  const line = `{"n":1,"k":"a${half}b","list":["${half}","x"],"o":{"${half}":"y"},"more":{"deep":["\\udc00"]}}`;
  const bulk = await server.send('POST', '/events/_bulk?refresh=true', `{"index":{"_id":"1"}}\n${line}\n`);
  expect(bulk.json.errors).toBe(false);
  expect((await server.send('PUT', '/events/_doc/2?refresh=true', line)).status).toBe(201);
  const { json } = await server.send('POST', '/_query', { query: 'FROM events | KEEP k, list, more.deep | LIMIT 1' });
  expect(json.values).toEqual([['a\ufffdb', ['\ufffd', 'x'], '\ufffd']]);
  const updated = await server.send('POST', '/events/_update/1?refresh=true', `{"doc":{"k":"${half}"}}`);
  expect(updated.json.result).toBe('updated');
  const found = await server.send('POST', '/_query', { query: 'FROM events | WHERE k == "\ufffd" | KEEP n' });
  expect(found.json.values).toEqual([[1]]);
  expect((await server.send('GET', '/events/_doc/1')).json._source).toMatchObject({ n: 1, o: { '\ufffd': 'y' } });
});

describe('a request with half of a character', () => {
  const asked: readonly (readonly [method: string, url: string, body?: string])[] = [
    [
      'POST',
      '/_query',
      `{"query":"ROW a = \\"${half}\\" | EVAL b = LENGTH(a), c = TO_UPPER(a), d = SPLIT(a, \\"${half}\\")"}`,
    ],
    [
      'POST',
      '/_query',
      `{"query":"FROM events | WHERE k == \\"${half}\\" OR k LIKE \\"${half}*\\" OR k RLIKE \\"${half}\\""}`,
    ],
    [
      'POST',
      '/_query',
      `{"query":"FROM events | WHERE MATCH(k, \\"${half}\\") OR KQL(\\"k: ${half}\\") OR QSTR(\\"${half}\\")"}`,
    ],
    ['POST', '/_query', `{"query":"FROM events | GROK k \\"%{WORD:${half}}${half}\\" | DISSECT k \\"%{${half}}\\""}`],
    [
      'POST',
      '/_query',
      `{"query":"FROM events | EVAL x = REPLACE(k, \\"${half}\\", \\"${half}\\") | EVAL \`${half}\` = 1"}`,
    ],
    ['POST', '/_query', `{"query":"FROM ${half}"}`],
    ['POST', '/_query', `{"query":"${half}"}`],
    ['POST', '/_query?format=csv', `{"query":"ROW a = \\"${half}\\", \`${half}\` = 1"}`],
    ['POST', '/_query?format=arrow', `{"query":"ROW a = \\"${half}\\""}`],
    ['POST', '/_query', `{"query":"ROW a = ?, b = ?n","params":["${half}"]}`],
    ['POST', '/_query', `{"query":"ROW a = ?${half}","params":[{"${half}":"${half}"}]}`],
    ['POST', '/_query', `{"query":"FROM events | LIMIT 1","filter":{"term":{"k":"${half}"}}}`],
    ['POST', '/_query', `{"query":"SET unmapped_fields=\\"load\\"; FROM events | KEEP k, nope"}`],
    ['POST', '/_query/async', `{"query":"ROW a = \\"${half}\\""}`],
    ['POST', '/_query', `{"${half}":1}`],
    ['POST', '/events/_search', `{"query":{"term":{"k":"${half}"}},"sort":["k"],"search_after":["${half}"]}`],
    ['POST', '/events/_search', `{"query":{"wildcard":{"k":"${half}*"}},"fields":["${half}"],"_source":["${half}*"]}`],
    [
      'POST',
      '/events/_search',
      `{"query":{"query_string":{"query":"${half}"}},"aggs":{"${half}":{"terms":{"field":"k"}}}}`,
    ],
    ['POST', '/events/_search', `{"query":{"ids":{"values":["${half}"]}}}`],
    ['POST', '/_mget', `{"docs":[{"_index":"events","_id":"${half}"},{"_index":"${half}","_id":"1"}]}`],
    ['POST', '/_msearch', `{"index":"${half}"}\n{"query":{"match":{"k":"${half}"}}}\n`],
    [
      'POST',
      '/_bulk',
      `{"index":{"_index":"events","_id":"${half}"}}\n{"k":1}\n{"index":{"_index":"${half}"}}\n{"k":1}\n`,
    ],
    ['POST', '/_bulk', `{"index":{"_index":"events","${half}":1}}\n{"k":1}\n`],
    ['POST', '/_aliases', `{"actions":[{"add":{"index":"events","alias":"${half}"}}]}`],
    ['PUT', '/made', `{"mappings":{"properties":{"${half}":{"type":"keyword"}}},"settings":{"${half}":"${half}"}}`],
    ['PUT', '/_index_template/t', `{"index_patterns":["${half}*"],"template":{"aliases":{"${half}":{}}}}`],
    ['PUT', '/_query/view/v', `{"query":"FROM events | EVAL \`${half}\` = \\"${half}\\""}`],
    ['POST', '/_query', '{"query":"FROM v"}'],
    ['PUT', '/_enrich/policy/p', `{"match":{"indices":"events","match_field":"${half}","enrich_fields":["${half}"]}}`],
    ['POST', '/events/_delete_by_query', `{"query":{"match":{"k":"${half}"}}}`],
    ['POST', '/events/_field_caps', `{"fields":["${half}","k"]}`],
    ['POST', '/events/_update/1', `{"doc":{"${half}":"${half}"},"doc_as_upsert":true}`],
    ['POST', '/events/_update/1', `{"${half}":1}`],
    ['GET', '/events/_doc/%ED%A0%80'],
    ['GET', '/%ED%A0%80/_search'],
    ['GET', '/events/_search?q=%ED%A0%80'],
  ];

  it('is answered or refused, and is no fault of the server', async () => {
    const server = await startServer();
    await server.send('PUT', '/events/_doc/1?refresh=true', `{"k":"a${half}"}`);
    const faults: unknown[] = [];
    for (const [method, url, body] of asked) {
      const { status, text } = await server.send(method, url, body);
      if (status >= 500 || /"status":5\d\d/.test(text)) faults.push([method, url, body, status, text]);
    }
    expect(faults).toEqual([]);
  });
});
