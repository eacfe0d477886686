// Requests that try to keep a server from answering others, by name: each gives a method, a path and a body, and may give the
// body's type and further headers.
import { gzipSync } from 'node:zlib';

const many = (count, text, between = ', ') => Array.from({ length: count }, (_, i) => text(i)).join(between);
const json = (path, body) => () => ['POST', path, typeof body === 'string' ? body : JSON.stringify(body)];
const query = (text, more = {}, path = '/_query') => json(path, { query: text, ...more });
const search = (body) => json('/events/_search', body);
const a = 'a'.repeat(60);
const nested = (depth, open, inside, close) => open.repeat(depth) + inside + close.repeat(depth);

const bomb = gzipSync(`${' '.repeat(90_000_000)}\n`);

export const hostileRequests = {
  // Planning
  'ROW of 3,000 columns': query(`ROW ${many(3000, (i) => `c${i} = ${i}`)}`),
  'ROW of 20,000 columns': query(`ROW ${many(20_000, (i) => `c${i} = ${i}`)}`),
  'ROW of a million characters': query(`ROW s = "${'x'.repeat(999_000)}"`),
  'IN of 60,000': query(`ROW x = 1 | WHERE x IN (${many(60_000, String)})`),
  'OR of 10,000': query(`ROW x = 1 | WHERE ${many(10_000, (i) => `x == ${i}`, ' OR ')}`),
  'sum of 20,000': query(`ROW x = 1 | EVAL y = ${many(20_000, () => 'x', ' + ')}`),
  'EVAL 400 times': query(`FROM events | ${many(400, (i) => `EVAL y${i} = n + ${i}`, ' | ')} | STATS COUNT(*)`),
  'EVAL of EVAL': query(`ROW x0 = 1 | EVAL ${many(200, (i) => `x${i + 1} = x${i} + x${i}`)} | KEEP x200`),
  parentheses: query(`ROW x = ${nested(3000, '(', '1', ')')}`),
  'NOT of NOT': query(`ROW x = ${'NOT '.repeat(3000)}true`),
  'FROM of 2,000 patterns': query(`FROM ${many(2000, (i) => `${'*a'.repeat(20)}${i}*`)}`),
  'unknown columns': query(`FROM events | KEEP ${many(5000, (i) => `unknown${i}`)}`),
  'a long unknown column': query(`FROM events | WHERE ${'x'.repeat(500_000)} == 1`),
  'a number of 900,000 digits': query(`ROW x = ${'9'.repeat(900_000)}`),
  'not a query': query('('.repeat(900_000)),
  'FORK and subqueries': query(`FROM ${many(60, () => '(FROM events | WHERE n > 5)')} | STATS COUNT(*)`),
  // Patterns
  RLIKE: query(`ROW s = "${a}!" | WHERE s RLIKE "(a+)+b"`),
  'RLIKE over events': query('FROM events | WHERE message RLIKE ".*(a|b|[^c])*(d+)+.*x{5,}y" | STATS COUNT(*)'),
  LIKE: query(`FROM events | WHERE message LIKE "${'*a'.repeat(30)}*b" | STATS COUNT(*)`),
  GROK: query(`ROW s = "${a}!" | GROK s "(?<x>(a+)+)b"`),
  REPLACE: query(`ROW s = "${a}!" | EVAL r = REPLACE(s, "(a|aa)+$", "x")`),
  DISSECT: query(`FROM events | DISSECT message "${many(200, (i) => `%{a${i}}`, ' ')}" | STATS COUNT(*)`),
  'wide RLIKE': query(`ROW s = "a" | WHERE s RLIKE "${'(a|b)'.repeat(20_000)}"`),
  'RLIKE that repeats': query('ROW s = "a" | WHERE s RLIKE "((((a{1,100}){1,100}){1,100}){1,100})"'),
  'RLIKE complement': query('FROM events | WHERE message RLIKE "~(~(~(.*a.*b.*c.*)&.*d.*)&.*e.*)" | STATS COUNT(*)'),
  // The engine
  'a million rows of rows': query(
    'FROM events | STATS v = VALUES(n) | EVAL w = v | MV_EXPAND v | LIMIT 3000 | MV_EXPAND w | STATS COUNT_DISTINCT(w * v)',
  ),
  REPEAT: query(
    `ROW s = REPEAT("${a}", 16000) | EVAL t = REPEAT(s, 1), u = CONCAT(t, s) | EVAL l = LENGTH(u) | KEEP l`,
  ),
  'REPEAT in rows': query('FROM events | EVAL t = REPEAT(message, 500) | STATS m = MAX(LENGTH(t))'),
  'hashes of long texts': query('FROM events | EVAL h = SHA256(REPEAT(message, 300)) | STATS COUNT_DISTINCT(h)'),
  CATEGORIZE: query('FROM events | STATS COUNT(*) BY CATEGORIZE(message)'),
  'texts that fail': query(
    'FROM events | EVAL x = TO_INTEGER(message), d = TO_DATETIME(id), i = TO_IP(k) | STATS COUNT(x), COUNT(d), COUNT(i)',
  ),
  'doubles as text': query('FROM events | EVAL t = TO_STRING(n / 3.7) | STATS COUNT_DISTINCT(t)'),
  'texts as addresses': query(
    'FROM events | EVAL i = TO_IP(CONCAT("10.0.", TO_STRING(n % 250), ".", TO_STRING(n % 199))), t = TO_STRING(i) | STATS COUNT_DISTINCT(t)',
  ),
  'texts as dates': query(
    'FROM events | EVAL d = TO_DATETIME(CONCAT("2024-01-01T00:00:00.", TO_STRING(n), "+07:30")) | STATS COUNT_DISTINCT(d)',
  ),
  'sort of all': query(
    'FROM events | EVAL t = CONCAT(message, id, message) | SORT t DESC | LIMIT 10000 | STATS COUNT(*)',
  ),
  shapes: query(
    `ROW g = TO_GEOSHAPE("POLYGON ((${many(20_000, (i) => `${Math.cos(i / 3183)} ${Math.sin(i / 3183)}`)}, 1 0))") | EVAL i = ST_INTERSECTS(g, g) | KEEP i`,
  ),
  'many aggregates': query(
    `FROM events | STATS ${many(300, (i) => `p${i} = PERCENTILE(n, ${i % 100}), d${i} = COUNT_DISTINCT(message)`)}`,
  ),
  'INLINE STATS': query(
    `FROM events | ${many(8, (i) => `INLINE STATS a${i} = MAX(n), v${i} = COUNT_DISTINCT(id) BY k`, ' | ')} | STATS COUNT(*)`,
  ),
  // Answers
  'answer of 10,000 rows': query('FROM events | LIMIT 10000'),
  'answer of wide rows': query(`FROM events | EVAL ${many(150, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`),
  'answer as text': query('FROM events | LIMIT 10000', {}, '/_query?format=txt'),
  'answer of wide rows as text': query(
    `FROM events | EVAL ${many(100, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`,
    {},
    '/_query?format=txt',
  ),
  'answer as yaml': query(
    `FROM events | EVAL ${many(50, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`,
    {},
    '/_query?format=yaml',
  ),
  'answer as csv': query(
    `FROM events | EVAL ${many(100, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`,
    {},
    '/_query?format=csv',
  ),
  'answer as cbor': query(
    `FROM events | EVAL ${many(100, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`,
    {},
    '/_query?format=cbor',
  ),
  'answer as arrow': query(
    `FROM events | EVAL ${many(100, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`,
    {},
    '/_query?format=arrow',
  ),
  'columnar answer': query(`FROM events | EVAL ${many(100, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`, {
    columnar: true,
  }),
  'pretty answer': query('FROM events | LIMIT 10000', {}, '/_query?pretty'),
  'filter_path of an answer': query(
    'FROM events | LIMIT 10000',
    {},
    `/_query?filter_path=${'**.'.repeat(400)}x,values`,
  ),
  'filter_path of parts': query('ROW x = 1', {}, `/_query?filter_path=${'**.'.repeat(400)}x`),
  'filter_path that excludes': query(
    `FROM events | EVAL ${many(60, (i) => `x${i} = n + ${i}`)} | LIMIT 10000`,
    {},
    '/_query?filter_path=-columns.type',
  ),
  'dates as lists': query(
    'FROM events | EVAL d = TO_DATETIME(n), e = MV_APPEND(d, d), f = MV_APPEND(e, e), g = MV_APPEND(f, f) | KEEP d, e, f, g | LIMIT 10000',
  ),
  // Bodies
  'filter of 500 levels': json(
    '/_query',
    `{"query":"ROW x = 1","filter":${nested(500, '{"bool":{"must":[', '{"match_all":{}}', ']}}')}}`,
  ),
  'filter of 60,000 terms': json('/_query', {
    query: 'FROM events | STATS COUNT(*)',
    filter: { terms: { n: Array.from({ length: 60_000 }, (_, i) => i) } },
  }),
  'filter of 4,000 clauses': json('/_query', {
    query: 'FROM events | STATS COUNT(*)',
    filter: { bool: { should: Array.from({ length: 4000 }, (_, i) => ({ wildcard: { message: `*a${i}*b*` } })) } },
  }),
  'filter in a query string': json('/_query', {
    query: 'FROM events | STATS COUNT(*)',
    filter: { query_string: { query: many(4000, (i) => `message:*x${i}*`, ' OR ') } },
  }),
  'regexp in a query string': json('/_query', {
    query: 'FROM events | STATS COUNT(*)',
    filter: { query_string: { query: 'message:/(a|b|ab|.)*(a+)+x{3,}/' } },
  }),
  'parentheses in a query string': json('/_query', {
    query: 'FROM events | STATS COUNT(*)',
    filter: { query_string: { query: nested(20_000, '(', 'a', ')') } },
  }),
  'arrays of arrays': json('/_query', '['.repeat(9_000_000)),
  'objects of objects': json('/_query', '{"a":'.repeat(1_500_000)),
  'numbers in JSON': json('/_query', `{"query":"ROW a = 1","params":[${many(1_000_000, String, ',')}]}`),
  'a number of millions of digits': json('/_query', `{"query":"ROW a = ?","params":[${'9'.repeat(5_000_000)}]}`),
  'an exponent of millions': json('/_query', `{"query":"ROW a = ?","params":[1e${'9'.repeat(3_000_000)}]}`),
  'members of JSON': json('/_query', `{${many(600_000, (i) => `"m${i}":1`, ',')}}`),
  'a parameter of 9 MB': json('/_query', { query: 'ROW a = ?', params: ['x'.repeat(9_000_000)] }),
  'documents of 5,000 levels': json('/deep/_doc', nested(5000, '{"a":', '1', '}')),
  'documents of 5,000 fields': (i) => ['POST', '/wide/_doc', `{${many(5000, (f) => `"f${f + i * 5000}":${f}`, ',')}}`],
  'bulk without documents': () => ['POST', '/x/_bulk', '{"create":{}}\n'.repeat(700_000), 'application/x-ndjson'],
  'bulk of tiny documents': () => [
    'POST',
    '/tiny/_bulk',
    '{"create":{}}\n{}\n'.repeat(200_000),
    'application/x-ndjson',
  ],
  'bulk of broken documents': () => [
    'POST',
    '/broken/_bulk',
    '{"create":{}}\n{"a":\n'.repeat(200_000),
    'application/x-ndjson',
  ],
  'bulk with ids': (i) => [
    'POST',
    '/ids/_bulk',
    many(20_000, (n) => `{"index":{"_id":"${i}-${n}"}}\n{"n":${n}}\n`, ''),
    'application/x-ndjson',
  ],
  'bulk of values that do not fit': () => [
    'POST',
    '/events/_bulk',
    '{"create":{}}\n{"n":"x","@timestamp":"y"}\n'.repeat(50_000),
    'application/x-ndjson',
  ],
  // Searches
  wildcard: search({ query: { wildcard: { message: '*a'.repeat(500) } } }),
  regexp: search({ query: { regexp: { message: '.*(a|b|[^c])*(d+)+.*x{5,}y' } } }),
  regexps: search({
    query: {
      bool: {
        should: Array.from({ length: 200 }, (_, i) => ({ regexp: { message: `.*(a|b|[^c])*(d+)+.*x{5,}${i}` } })),
      },
    },
  }),
  fuzzy: search({
    query: { bool: { should: Array.from({ length: 500 }, (_, i) => ({ fuzzy: { message: `something${i}` } })) } },
  }),
  match: search({ query: { match: { message: many(4000, (i) => `word${i}`, ' ') } } }),
  'aggregations beside one another': search({
    size: 0,
    aggs: Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`a${i}`, { terms: { field: 'message', size: 1000 } }]),
    ),
  }),
  'aggregations in one another': search({
    size: 0,
    aggs: JSON.parse(nested(20, '{"a":{"terms":{"field":"k","size":50},"aggs":', '{"b":{"avg":{"field":"n"}}}', '}}')),
  }),
  'aggregation of many buckets': search({
    size: 0,
    aggs: { a: { terms: { field: 'id', size: 60_000 }, aggs: { h: { top_hits: { size: 1 } } } } },
  }),
  'histogram of empty buckets': search({
    size: 0,
    aggs: { a: { histogram: { field: 'n', interval: 0.001, min_doc_count: 0 } } },
  }),
  filters: search({
    size: 0,
    aggs: { a: { filters: { filters: Array.from({ length: 2000 }, (_, i) => ({ term: { n: i } })) } } },
  }),
  ranges: search({
    size: 0,
    aggs: { a: { range: { field: 'n', ranges: Array.from({ length: 5000 }, (_, i) => ({ from: i, to: i + 10 })) } } },
  }),
  percentiles: search({
    size: 0,
    aggs: {
      a: {
        terms: { field: 'id', size: 10_000 },
        aggs: { p: { percentiles: { field: 'n', percents: Array.from({ length: 100 }, (_, i) => i) } } },
      },
    },
  }),
  sorts: search({
    sort: Array.from({ length: 500 }, (_, i) => ({ [i % 2 ? 'n' : 'message']: i % 3 ? 'asc' : 'desc' })),
  }),
  hits: search({ size: 10_000 }),
  'hits with fields': search({
    size: 10_000,
    fields: ['*'],
    _source: { excludes: Array.from({ length: 200 }, (_, i) => `${'*a'.repeat(20)}${i}`) },
  }),
  'fields of 1,000 patterns': search({ size: 1000, fields: Array.from({ length: 1000 }, (_, i) => `*${i}*`) }),
  'msearch of 5,000': () => [
    'POST',
    '/_msearch',
    '{"index":"events"}\n{"size":0,"aggs":{"a":{"terms":{"field":"k"}}}}\n'.repeat(5000),
    'application/x-ndjson',
  ],
  'msearch of 5,000 errors': () => [
    'POST',
    '/_msearch',
    '{"index":"events"}\n{"sizes":0}\n'.repeat(5000),
    'application/x-ndjson',
  ],
  'mget of 10,000': json('/events/_mget', { ids: Array(10_000).fill('none') }),
  'hits filtered by path': () => [
    'POST',
    `/events/_search?filter_path=${'**.'.repeat(300)}x,hits.hits._source`,
    '{"size":10000}',
  ],
  'count of a query string': json('/events/_count', {
    query: { query_string: { query: many(4000, (i) => `x${i}~`, ' OR ') } },
  }),
  'delete by query': json('/events/_delete_by_query?max_docs=0', {
    query: { regexp: { message: '.*(a|b|[^c])*(d+)+.*x{5,}y' } },
  }),
  // Templates, mappings, names
  'template of 10,000 patterns': (i) => [
    'PUT',
    `/_index_template/t${i % 5}`,
    JSON.stringify({
      index_patterns: Array.from({ length: 10_000 }, (_, n) => `nothing-${'*a'.repeat(8)}${n}*`),
      priority: i,
    }),
  ],
  'template of 100,000 fields': (i) => [
    'PUT',
    `/_index_template/f${i % 5}`,
    JSON.stringify({
      index_patterns: [`nothing-f-${i % 5}*`],
      template: {
        mappings: {
          properties: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`f${n}`, { type: 'keyword' }])),
        },
      },
    }),
  ],
  'mapping of 1,000 fields': (i) => [
    'PUT',
    `/mapped-${i % 20}`,
    JSON.stringify({
      mappings: {
        properties: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, { type: 'keyword' }])),
      },
    }),
  ],
  'names of 500 patterns': () => ['GET', `/${many(500, (i) => `${'*a'.repeat(3)}${i}*`, ',').slice(0, 8000)}/_mapping`],
  'field_caps of patterns': json(`/_field_caps?fields=*`, {
    index_filter: { query_string: { query: many(1000, (i) => `message:*x${i}*`, ' OR ') } },
  }),
  'field_caps of fields': () => ['GET', `/_field_caps?fields=${many(1200, (i) => `*a${i}*`, ',').slice(0, 12_000)}`],
  ENRICH: query('FROM events | ENRICH nothing ON k'),
  'headers of 15,000 characters': () => [
    'GET',
    '/',
    undefined,
    'application/json',
    { 'x-opaque-id': 'x'.repeat(15_000) },
  ],
  'a body that unpacks to 90 MB': () => ['POST', '/_query', bomb, 'application/json', { 'content-encoding': 'gzip' }],
  'a bulk that unpacks to 90 MB': () => [
    ...['POST', '/x/_bulk', bomb, 'application/x-ndjson'],
    { 'content-encoding': 'gzip' },
  ],
  'scrolls that nobody closes': () => ['POST', '/events/_search?scroll=1m', '{"size":1000}'],
  'points in time that nobody closes': () => ['POST', '/events/_pit?keep_alive=1m', ''],
  'mapping of 900 new fields': (i) => [
    'PUT',
    `/mapped-${i % 20}/_mapping`,
    JSON.stringify({
      properties: Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`g${n}`, { type: 'keyword' }])),
    }),
  ],
  'an address of 15,000 characters': () => ['GET', `/${'%2a'.repeat(5000)}`],
  'async queries': (i) =>
    i % 2
      ? [
          'POST',
          '/_query/async',
          JSON.stringify({
            query: 'FROM events | LIMIT 5000',
            wait_for_completion_timeout: '1ms',
            keep_on_completion: true,
          }),
        ]
      : ['GET', '/_query/async/nothing'],
};
