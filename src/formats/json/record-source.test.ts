import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SplitterFindings } from './found-records.ts';
import { RecordSource } from './record-source.ts';

/** The lines that text gives when it comes in pieces of some size, and what was found beside them. */
async function linesOf(text: string, step: number): Promise<{ lines: string[]; findings: SplitterFindings }> {
  const bytes = Buffer.from(text);
  let at = 0;
  let findings: SplitterFindings | null = null;
  const source = new RecordSource(
    {
      async read(into) {
        const count = bytes.copy(into, 0, at, Math.min(bytes.length, at + step));
        at += count;
        return count;
      },
    },
    (found) => {
      findings = found;
    },
  );
  const parts: Buffer[] = [];
  const into = Buffer.alloc(step + 10);
  for (let count = await source.read(into); count > 0; count = await source.read(into))
    parts.push(Buffer.from(into.subarray(0, count)));
  const lines = Buffer.concat(parts).toString().split('\n');
  expect(lines.pop()).toBe('');
  return { lines, findings: findings! };
}

const hit = (n: number): string => `{"_index":"i","_id":"${n}","_source":{"a":${n}}}`;
const response = (...hits: readonly string[]): string =>
  `{"took":1,"_shards":{"total":1},"hits":{"total":{"value":${hits.length}},"max_score":null,"hits":[${hits.join(',')}]},"aggregations":{"x":[{"y":"]}"}]}}`;
const columns = '"columns":[{"name":"a.b","type":"long"},{"name":"c\\"d","type":"keyword"}]';

/** A text, and the lines that it gives; the wrapper that was found. */
it.each<[string, string, readonly string[], (string | null)?]>([
  ['objects on lines', '{"a":1}\n{"a":2}\n', ['{"a":1}', '{"a":2}']],
  ['objects without anything between', '{"a":1}{"a":2} {"a":3}', ['{"a":1}', '{"a":2}', '{"a":3}']],
  ['carriage returns as line ends', '{"a":1}\r{"a":2}\r', ['{"a":1}', '{"a":2}']],
  ['both as line ends', '{"a":1}\r\n\r\n{"a":2}', ['{"a":1}', '{"a":2}']],
  ['a JSON text sequence', '\x1e{"a":1}\n\x1e{"a":2}\n', ['{"a":1}', '{"a":2}']],
  ['byte order marks between', '\ufeff{"a":1}\n\ufeff{"a":2}\ufeff', ['{"a":1}', '{"a":2}']],
  ['zeros between', '\0\0{"a":1}\0\n{"a":2}\0', ['{"a":1}', '{"a":2}']],
  ['commas between', '{"a":1},\n{"a":2},', ['{"a":1}', '{"a":2}']],
  ['an array', '[{"a":1},{"a":[{"b":2}]}]', ['{"a":1}', '{"a":[{"b":2}]}']],
  ['arrays', '[{"a":1}][[{"a":2}],{"a":3}]\n[]', ['{"a":1}', '{"a":2}', '{"a":3}']],
  [
    'objects spread over lines',
    '{\n  "a": 1\n}\n{\r\n  "a": [\n    2\n  ]\n}',
    ['{   "a": 1 }', '{    "a": [     2   ] }'],
  ],
  ['brackets and quotes in texts', '{"a":"}]{[\\"\\\\"}{"b":"\\\\\\"}"}', ['{"a":"}]{[\\"\\\\"}', '{"b":"\\\\\\"}"}']],
  ['numbers and texts as written', '[{"a":1.10,"b":1e3,"c":"\\u00e9é"}]', ['{"a":1.10,"b":1e3,"c":"\\u00e9é"}']],
  ['elements that are no objects', '[1,"a,]",null,{"a":1},tru]', ['1', '"a,]"', 'null', '{"a":1}', 'tru']],
  [
    'text between objects',
    'started\n{"a":1}\nnot {"a":2}\n{"a":3} and\n',
    ['started', '{"a":1}', 'not {"a":2}', '{"a":3}', 'and'],
  ],

  ['a search response', response(hit(1), hit(2)), [hit(1), hit(2)], 'search response'],
  ['a search response without hits', response(), [], 'search response'],
  ['search responses', response(hit(1)) + response(hit(2)), [hit(1), hit(2)], 'search response'],
  ['an array of them', `[${response(hit(1))},\n${response(hit(2))}]`, [hit(1), hit(2)], 'search response'],
  [
    'the answer of msearch',
    `{"took":1,"responses":[${response(hit(1))},${response()},${response(hit(2))}]}`,
    [hit(1), hit(2)],
    'records in a member',
  ],
  [
    'a response in another object',
    `{"id":"x","rawResponse":${response(hit(1), hit(2))},"isPartial":false}`,
    [hit(1), hit(2)],
    'search response',
  ],
  [
    'hits with fields',
    '{"hits":{"hits":[{"_id":"1","fields":{"a":[1],"hits.hits":[{"b":1}]}}]}}',
    ['{"_id":"1","fields":{"a":[1],"hits.hits":[{"b":1}]}}'],
    'search response',
  ],
  ['hits on lines', `${hit(1)}\n${hit(2)}`, [hit(1), hit(2)]],
  ['hits in an array', `[${hit(1)},${hit(2)}]`, [hit(1), hit(2)]],

  ['records in a member', '{"Records":[{"a":1},{"a":2}]}', ['{"a":1}', '{"a":2}'], 'records in a member'],
  [
    'with members of the list',
    '{"value":[{"a":1}],"@odata.nextLink":"x","@odata.count":1}',
    ['{"a":1}'],
    'records in a member',
  ],
  [
    'with members before it',
    '{"count":2,"nextToken":null,"items":[{"a":1},{"a":2}]}',
    ['{"a":1}', '{"a":2}'],
    'records in a member',
  ],
  [
    'with empty members',
    '{"events":[{"a":1}],"searchedLogStreams":[],"nextToken":"t"}',
    ['{"a":1}'],
    'records in a member',
  ],
  [
    'a page of an interface',
    '{"success":true,"data":[{"a":1}],"next_page_token":"t","hasMore":true}',
    ['{"a":1}'],
    'records in a member',
  ],
  [
    'pages on lines',
    '{"value":[{"a":1}]}\n{"value":[{"a":2},{"a":3}]}',
    ['{"a":1}', '{"a":2}', '{"a":3}'],
    'records in a member',
  ],
  ['with the time of the export', '{"exportTime":"x","Records":[{"a":1}]}', ['{"a":1}'], 'records in a member'],
  [
    'a list of Kubernetes',
    '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{"resourceVersion":"1"},"items":[{"kind":"Event"}]}',
    ['{"kind":"Event"}'],
    'records in a member',
  ],
  [
    'a list of Google',
    '{"kind":"admin#reports#activities","etag":"e","items":[{"a":1}],"nextPageToken":"t"}',
    ['{"a":1}'],
    'records in a member',
  ],
  ['an empty page', '{"Records":[]}', [], 'records in a member'],
  ['a list of lists inside', '{"Records":[{"items":[{"a":1}]}]}', ['{"items":[{"a":1}]}'], 'records in a member'],

  ['beside the name of a user', '{"user_name":"a","records":[{"a":1}]}', ['{"user_name":"a","records":[{"a":1}]}']],
  ['beside a source', '{"src":"a","Records":[{"a":1}]}', ['{"src":"a","Records":[{"a":1}]}']],
  [
    'beside a message',
    '{"message":"x","code":403,"items":[{"a":1}]}',
    ['{"message":"x","code":403,"items":[{"a":1}]}'],
  ],
  ['beside how it went alone', '{"success":false,"items":[{"a":1}]}', ['{"success":false,"items":[{"a":1}]}']],
  ['beside null', '{"user":null,"items":[{"a":1}]}', ['{"user":null,"items":[{"a":1}]}']],
  [
    'an event with columns and values',
    `{"id":1,"user":"a",${columns},"values":[[1,"x"]]}`,
    [`{"id":1,"user":"a",${columns},"values":[[1,"x"]]}`],
  ],
  [
    'an event with a response',
    `{"user":"a","response":${response(hit(1))}}`,
    [`{"user":"a","response":${response(hit(1))}}`],
  ],
  ['an event with hits and more', `{"hits":{"hits":[${hit(1)}],"x":1}}`, [`{"hits":{"hits":[${hit(1)}],"x":1}}`]],
  ['documents by id', `{"docs":[${hit(1)},{"_index":"i","_id":"2","found":false}]}`, [hit(1)], 'records in a member'],

  ['an event with a list', '{"@timestamp":"x","items":[{"a":1}]}', ['{"@timestamp":"x","items":[{"a":1}]}']],
  ['an event with a list at first', '{"results":[{"a":1}],"user":"bob"}', ['{"results":[{"a":1}],"user":"bob"}']],
  ['an event of a time', '{"Records":[{"a":1}],"eventTime":"x"}', ['{"Records":[{"a":1}],"eventTime":"x"}']],
  ['an event with objects', '{"events":[{"a":1}],"host":{"name":"x"}}', ['{"events":[{"a":1}],"host":{"name":"x"}}']],
  ['an event with two lists', '{"events":[{"a":1}],"items":[{"a":1}]}', ['{"events":[{"a":1}],"items":[{"a":1}]}']],
  ['an event with a list of scalars', '{"records":[1,2]}', ['{"records":[1,2]}']],
  ['an event with a list of another name', '{"processes":[{"a":1}]}', ['{"processes":[{"a":1}]}']],
  [
    'an event with hits',
    '{"hits":[1],"x":{"hits":{"hits":[{"a":1}]}}}',
    ['{"hits":[1],"x":{"hits":{"hits":[{"a":1}]}}}'],
  ],
  ['an order of a kind', '{"kind":"order","items":[{"sku":1}]}', ['{"kind":"order","items":[{"sku":1}]}']],
  [
    'an object of Kubernetes',
    '{"kind":"BucketList","metadata":{"name":"x"},"items":[{"a":1}]}',
    ['{"kind":"BucketList","metadata":{"name":"x"},"items":[{"a":1}]}'],
  ],
  [
    'an order of a customer',
    '{"id":7,"first_name":"x","items":[{"sku":1}]}',
    ['{"id":7,"first_name":"x","items":[{"sku":1}]}'],
  ],

  [
    'an ES|QL answer',
    `{"took":3,${columns},"values":[[1,"x"],[null,["y",null]],[2.50,null]]}`,
    ['{"a.b":1,"c\\"d":"x"}', '{"c\\"d":["y",null]}', '{"a.b":2.50}'],
    'ES|QL answer',
  ],
  ['a row without values', `{${columns},"values":[[null,null]]}`, ['{}'], 'ES|QL answer'],
  ['an answer without rows', `{${columns},"values":[]}`, [], 'ES|QL answer'],
  [
    'a row that does not fit',
    `{${columns},"values":[[1],[1,"x"],[1,2,3]]}`,
    ['[1]', '{"a.b":1,"c\\"d":"x"}', '[1,2,3]'],
    'ES|QL answer',
  ],
  [
    "Harrier's result",
    `{"hunt":null,"query":0,${columns},"values":[[1,"x"],\n  [2,"y"]],"took_ms":1,"warnings":["w"],"hidden":{"a":1}}\n`,
    ['{"a.b":1,"c\\"d":"x"}', '{"a.b":2,"c\\"d":"y"}'],
    'ES|QL answer',
  ],
  [
    "Harrier's run",
    `{"now":"x","engine":"duckdb","results":[\n {"hunt":{"name":"x"},"query":0,${columns},"values":[[1,"x"]],"error":null},\n {"hunt":null,${columns},"values":[]},\n {"hunt":null,"columns":[],"values":[],"error":"e"},\n {"hunt":null,${columns},"values":[[2,"y"]]}]}\n`,
    ['{"a.b":1,"c\\"d":"x"}', '{"a.b":2,"c\\"d":"y"}'],
    'records in a member',
  ],
  [
    'an answer by columns',
    `{"took":3,${columns},"values":[[1,null,2.50],["x",["y",null],null]],"is_partial":false}`,
    ['{"a.b":1,"c\\"d":"x"}', '{"c\\"d":["y",null]}', '{"a.b":2.50}'],
    'ES|QL answer',
  ],
  [
    'as many rows as columns',
    `[{${columns},"values":[[1,"x"],[null,"y"]]},{${columns},"values":[[1,2],["x",null]]}]`,
    ['{"a.b":1,"c\\"d":"x"}', '{"c\\"d":"y"}', '{"a.b":1,"c\\"d":"x"}', '{"a.b":2}'],
    'ES|QL answer',
  ],
  ['an answer by columns without rows', `{${columns},"values":[[],[]]}`, [], 'ES|QL answer'],
  [
    'an answer by one column',
    `{${columns.replace(/,{"name":"c.*/, ']')},"values":[[1,2]]}`,
    ['{"a.b":1}', '{"a.b":2}'],
    'ES|QL answer',
  ],
  ['an event with columns', '{"columns":["a"],"values":[[1]]}', ['{"columns":["a"],"values":[[1]]}']],

  [
    'a bulk body',
    '{"index":{"_index":"i","_id":"1"}}\n{"a":1}\n{"create":{}}\n{"a":2.0}\n',
    ['{"_index":"i","_id":"1","_source":{"a":1}}', '{"_source":{"a":2.0}}'],
    'bulk body',
  ],
  [
    'updates',
    '{"update":{"_id":"1"}}\n{"doc": {"a":1},"doc_as_upsert":true}\n{"update":{"_id":2,"_index":"i"}}\n{"script":"x","upsert":{"a":2}}\n',
    ['{"_id":"1","_source":{"a":1}}', '{"_index":"i","_id":"2","_source":{"a":2}}'],
    'bulk body',
  ],
  [
    'actions without a document',
    '{"delete":{"_id":"1"}}\n{"update":{"_id":"1"}}\n{"script":"x"}\n{"index":{}}\n{"a":1}\n',
    ['{"_source":{"a":1}}'],
    'bulk body',
  ],
  [
    'a document that looks like an action',
    '{"index":{}}\n{"index":{"_id":"1"}}\n',
    ['{"_source":{"index":{"_id":"1"}}}'],
    'bulk body',
  ],
  [
    'documents that look like wrappers',
    `{"index":{}}\n{"items":[{"a":1}]}\n{"create":{}}\n{${columns},"values":[[1,"x"]]}\n`,
    ['{"_source":{"items":[{"a":1}]}}', `{"_source":{${columns},"values":[[1,"x"]]}}`],
    'bulk body',
  ],
  [
    'events called like actions',
    '{"update":{"version":"1.2"}}\n{"index":{"_id":1,"x":2}}\n{"create":1}\n{"index":{"_id":"1"},"b":1}',
    ['{"update":{"version":"1.2"}}', '{"index":{"_id":1,"x":2}}', '{"create":1}', '{"index":{"_id":"1"},"b":1}'],
  ],

  ['a record cut off in a text', '{"a":1}\n{"b":"x\n{"a":2}\n', ['{"a":1}', '{"b":"x', '{"a":2}']],
  ['a record cut off behind a backslash', '{"b":"x\\\n{"a":2}\n', ['{"b":"x\\', '{"a":2}']],
  ['a record cut off behind a value', '{"b":{"c":1\n{"a":2}\n{"a":3}\n', ['{"b":{"c":1', '{"a":2}', '{"a":3}']],
  ['a record cut off behind a colon', '{"b":\n{"a":2}\n{"a":3}\n', ['{"b":', '{"a":2}', '{"a":3}']],
  ['a record cut off behind a comma', '{"b":1,\n{"a":2}\n{"a":3}\n', ['{"b":1', '{"a":2}', '{"a":3}']],
  ['a record cut off in a list', '{"b":[1,\n{"a":2}\n{"a":3}\n', ['{"b":[1', '{"a":2}', '{"a":3}']],
  [
    'records cut off one after another',
    '{"b":[\n{"c":[\n{"a":2}\n{"a":3}\n',
    ['{"b":[', '{"c":[', '{"a":2}', '{"a":3}'],
  ],
  [
    'a record cut off in an array of lines',
    '[\n{"a":1},\n{"b":[1,\n{"a":2},\n{"a":3}\n]\n',
    ['{"a":1}', '{"b":[1', '{"a":2}', '{"a":3}', ']'],
  ],
  ['wrong brackets', '{"a":1}\n{"b":[1}]\n{"a":2}\n', ['{"a":1}', '{"b":[1}]', '{"a":2}']],
  [
    'a damaged record of several lines',
    '[\n  {\n    "a": 1\n  },\n  {\n    "b": "x\n    "c": [\n      {"d":1}\n    ]\n  },\n  {\n    "a": 2\n  }\n]',
    ['{     "a": 1   }', '{     "b": "x     "c": [       {"d":1}     ]   }', '{     "a": 2   }'],
  ],
  ['a wrong bracket in a list', '[{"a":1},{"b":[1},{"a":2}]', ['{"a":1}', '{"b":[1}', '{"a":2}']],
  ['a bracket too many', '[{"a":1},{"b":1}},{"a":2}]{"a":3}', ['{"a":1}', '{"b":1}', '}', '{"a":2}', '{"a":3}']],
  ['another bracket too many', '[{"a":1},{"b":1]},{"a":2}]', ['{"a":1}', '{"b":1]}', '{"a":2}']],
  ['a bracket too few', '[{"a":1},{"b":{"c":1},{"a":2},{"a":3}]', ['{"a":1}', '{"b":{"c":1}', '{"a":2}', '{"a":3}']],
  ['a quote too few', '[{"a":1},{"b":"x},{"a":2},{"a":3}]', ['{"a":1}', '{"b":"x}', '{"a":2}', '{"a":3}']],
  [
    'a quote too few in a list',
    '[{"b":["x],"c":[{"d":1},{"e":2}]},{"a":3}]',
    ['{"b":["x],"c":[{"d":1},{"e":2}]}', '{"a":3}'],
  ],
  ['a quote too many', '[{"a":1},{"b":"x"","c":"y"},{"a":2}]', ['{"a":1}', '{"b":"x"","c":"y"}', '{"a":2}']],
  [
    'quotes within a text',
    '[{"a":1},{"b":"say "hi" there"},{"a":2}]',
    ['{"a":1}', '{"b":"say "hi" there"}', '{"a":2}'],
  ],
  ['a key without quotes', '[{"a":1},{b:1},{"a":2}]', ['{"a":1}', '{b:1}', '{"a":2}']],
  ['no comma', '[{"a":1}{"a":2} {"a":3}]', ['{"a":1}', '{"a":2}', '{"a":3}']],
  ['text between', '[{"a":1}, oh "dear" ],{"a":2} x,{"a":3}]', ['{"a":1}', 'oh "dear" ]', '{"a":2}', 'x', '{"a":3}']],
  [
    'damage in lists of records',
    '{"Records":[{"b":[1},{"a":2}]}{"Records":[{"a":3},x]}',
    ['{"b":[1}', '{"a":2}', '{"a":3}', 'x'],
    'records in a member',
  ],
  [
    'damage in rows',
    `{${columns},"values":[[1,"x],[2,"y"],[3,"z"]]}`,
    ['[1,"x],[2,"y"]', '{"a.b":3,"c\\"d":"z"}'],
    'ES|QL answer',
  ],
  [
    'damage in a search response',
    `{"hits":{"hits":[\n${hit(1)},\n{"_id":"x","_so\n,${hit(2)},\n${hit(3)}]}}`,
    [hit(1), '{"_id":"x","_so', hit(2), hit(3)],
    'search response',
  ],
])('%s', async (_, text, lines, wrapper = null) => {
  for (const step of [1, 2, 3, 7, 1 << 20]) {
    const found = await linesOf(text, step);
    expect(found.lines).toEqual(lines);
    expect(found.findings.wrapper).toBe(wrapper);
  }
});

it.each<[string, string, readonly string[], SplitterFindings['cut']]>([
  ['whole', '[{"a":1}]', ['{"a":1}'], null],
  ['an array that does not end', '[{"a":1},', ['{"a":1}'], { inside: 'an array', bytes: 0 }],
  ['an array cut in a record', '[{"a":1},{"b":', ['{"a":1}'], { inside: 'an array', bytes: 5 }],
  ['a record', '{"a":1}\n{"b":"x', ['{"a":1}'], { inside: 'a record', bytes: 7 }],
  [
    'a response',
    response(hit(1), hit(2)).slice(0, -30),
    [hit(1), hit(2)],
    { inside: 'a wrapper, behind its records', bytes: 0 },
  ],
  ['a response in a hit', `{"hits":{"hits":[${hit(1)},{"_id":1`, [hit(1)], { inside: 'a search response', bytes: 8 }],
  ['records in a member', '{"Records":[{"a":1},{"b":', ['{"a":1}'], { inside: 'a list of records', bytes: 5 }],
  [
    'an ES|QL answer',
    `{${columns},"values":[[1,"x"],[2,`,
    ['{"a.b":1,"c\\"d":"x"}'],
    { inside: 'an ES|QL answer', bytes: 3 },
  ],
  [
    'an event with a list behind others',
    '{"a":1}\n{"items":[{"a":1},{"a":2',
    ['{"a":1}'],
    { inside: 'a record', bytes: 24 },
  ],
  [
    'a broken element at the end',
    '[{"a":1},{"b":{"c":1]',
    ['{"a":1}', '{"b":{"c":1]'],
    { inside: 'an array', bytes: 0 },
  ],
  ['a bulk body', '{"index":{}}\n', [], { inside: 'a bulk body, behind an action line', bytes: 0 }],
])('text that ends in the midst: %s', async (_, text, lines, cut) => {
  for (const step of [1, 5, 1 << 20]) {
    const found = await linesOf(text, step);
    expect(found.lines).toEqual(lines);
    expect(found.findings.cut).toEqual(cut);
  }
});

/** What an answer says that it does not hold. */
it.each<[string, string, readonly string[]]>([
  ['all', response(hit(1)), []],
  ['the time', `{"timed_out":true,"hits":{"hits":[${hit(1)}]}}`, ['the search timed out']],
  ['the end', '{"terminated_early":true,"hits":{"hits":[]}}', ['the search ended early']],
  ['shards', '{"hits":{"hits":[]},"_shards":{"total":5,"failed":2}}', ['2 of 5 shards failed']],
  ['some of an answer', `{"is_partial":true,${columns},"values":[[1,"x"]]}`, ['its results are partial']],
  ['some of columns', `{"is_partial":true,${columns},"values":[[1,2,3],["x","y","z"]]}`, ['its results are partial']],
  [
    'clusters',
    `{${columns},"values":[],"_clusters":{"total":3,"skipped":1,"partial":2,"failed":0}}`,
    ['1 of 3 clusters were skipped', '2 of 3 clusters gave part of their results'],
  ],
  ['an async search', `{"id":"x","is_partial":true,"response":${response(hit(1))}}`, ['its results are partial']],
  [
    'a query of a run',
    '{"now":"x","engine":"duckdb","results":[{"hunt":null,"columns":[],"values":[],"error":"no"}],"load":{"a":1}}',
    ['it holds an error: no'],
  ],
  [
    'a search of several',
    `{"took":1,"responses":[${response(hit(1))},{"error":{"type":"x","reason":"y"},"status":400}]}`,
    ['a search in it failed: x: y'],
  ],
  ['a page', `${response(hit(1))}{"error":{"type":"x","reason":"y"},"status":429}`, ['it holds an error: x: y']],
  [
    'documents',
    `{"docs":[${hit(1)},{"_index":"i","_id":"2","found":false},{"_index":"j","_id":"3","error":{"type":"x","reason":"y"}}]}`,
    ['document i/2 was not found', 'document j/3 is missing: x: y'],
  ],
])('an answer that does not hold %s', async (_, text, gaps) => {
  for (const step of [3, 1 << 20]) expect([...(await linesOf(text, step)).findings.gaps]).toEqual(gaps);
});

/** Members of wrappers, of events, and of both. */
const memberName = fc.constantFrom(
  ...'Records records items value events hits data docs columns values rows response result user message code count total nextToken took timed_out status success error id engine page name type _index _source'.split(
    ' ',
  ),
);
const memberValue = fc.oneof(
  fc.constantFrom('1', '"x"', 'null', 'true', '{}', '[]', '[{"a":1}]', '[[1]]', '[{"name":"n","type":"long"}]'),
  fc.constantFrom(response(hit(1)), `{"hits":[${hit(1)}]}`, '{"x":1}', '{"total":1,"hits":[{"_id":"1"}]}'),
);
/** What may stand beside the documents of a wrapper. */
const ofEnvelopes = new Set(
  'Records records items value events hits data docs columns values rows response result count total nextToken took timed_out status success error id engine page'.split(
    ' ',
  ),
);

it('takes an object as one event or knows all that stands beside its documents', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(memberName, memberValue), { maxLength: 4, selector: ([name]) => name }),
      fc.constantFrom(3, 1 << 20),
      async (members, step) => {
        const text = `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
        const { lines, findings } = await linesOf(text, step);
        expect(findings.damaged).toBe(0);
        if (findings.wrapper === null) expect(lines).toEqual([text]);
        else for (const [name] of members) expect(ofEnvelopes).toContain(name);
        // What holds the values of an event is no envelope.
        if (members.some(([, value]) => value === '{"x":1}')) expect(findings.wrapper).toBeNull();
      },
    ),
    { numRuns: 1_000 },
  );
});

it('reads the elements around a broken one', async () => {
  const element = fc.constantFrom('{"n":1}', '{"n":{"a":[1,{"b":"}],{"}]}}', '{"n":"\\"},{\\""}', '{}');
  const broken = fc.constantFrom(
    '{"x":[1}',
    '{"x":1]}',
    '{"x":{"y":1]}',
    '{"x" 1}',
    '{x}',
    '{"x":"y" z}',
    '{"x":tru]}',
    'x',
    '{"x":1}}',
    '{"x":"a"b"}',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(element),
      broken,
      fc.array(element),
      fc.integer({ min: 1, max: 30 }),
      async (before, one, after, step) => {
        const { lines } = await linesOf(`[${[...before, one, ...after].join(',')}]`, step);
        expect(lines.slice(0, before.length)).toEqual(before);
        expect(after.length === 0 ? [] : lines.slice(-after.length)).toEqual(after);
      },
    ),
    { numRuns: 500 },
  );
});

it('says what stands beside records of which the end was not known at their beginning', async () => {
  const records = Array(6_000)
    .fill(`{"_source":{"a":"${'x'.repeat(1_000)}"}}`)
    .join(',');
  const around = async (behind: string): Promise<string[]> => {
    const { lines, findings } = await linesOf(`{"took":1,"hits":{"hits":[${records}]}${behind}}`, 1 << 20);
    expect(lines).toHaveLength(6_000);
    return [...findings.gaps];
  };
  expect(await around(',"aggregations":{"x":1}')).toEqual([]);
  expect(await around(',"timed_out":true')).toEqual(['the search timed out']);
  expect(await around(',"user":"a"')).toEqual([
    'what stands beside its records is not only what wrappers have, and was not read',
  ]);
});

it('holds no more than a record of a long list, whatever stands behind it', async () => {
  const records = Array.from({ length: 100_000 }, (_, n) => `{"n":${n},"text":"${'x'.repeat(60)}"}`);
  const text = `{"data":[${records.join(',')}],"host":{"name":"x"}}`;
  const { lines, findings } = await linesOf(text, 1 << 20);
  expect(lines).toEqual(records);
  expect(findings.wrapper).toBe('records in a member');
});

it('takes a time in proportion to the text, whatever is open in it', async () => {
  for (const part of [
    '{"a":[\n',
    '[',
    '{"a":',
    '{"a":[{"items":[{"b":1}',
    '{"Records":[\n',
    '"',
    '{"a":"\\',
    '}\n',
    '{"hits":{"hits":[',
  ]) {
    const start = performance.now();
    await linesOf(part.repeat(1_000_000 / part.length), 1 << 16);
    expect(performance.now() - start, part).toBeLessThan(5_000);
  }
});
