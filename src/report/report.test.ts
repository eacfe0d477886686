import { describe, expect, it } from 'vitest';
import type { Hunt } from '../hunts/hunt.ts';
import type { QueryResult } from '../values/types.ts';
import { type FormatName, formats } from './formats.ts';
import type { RunReport, Surface } from './report.ts';

const hostile: QueryResult = {
  columns: [
    { name: 'process.name', type: 'keyword' },
    { name: 'n', type: 'long' },
    { name: 'x', type: 'double' },
    { name: 'tags', type: 'keyword' },
  ],
  values: [
    ['=cmd|calc!A0', 9007199254740993n, 1e7, ['a', 'b,c']],
    ['<script>alert(1)</script>', -5n, 0.1, null],
    ['\u001b[31mred\u001b[0m|pipe\nnext', null, null, '[click](javascript:alert(1))'],
    ['日本語', 1n, 2, 'http://evil.example'],
  ],
  warnings: ['Line 1:1: a warning'],
  notes: [],
  tookMs: 5,
};
const hunt: Hunt = {
  uuid: '12345678-0000-0000-0000-000000000000',
  name: 'A *hunt*',
  author: 'me',
  description: 'Looks for [things](javascript:alert(1))',
  integration: ['endpoint'],
  language: ['ES|QL'],
  license: 'Apache-2.0',
  notes: ['<img src=x onerror=alert(1)>'],
  mitre: ['T1071', 'T1071.001'],
  references: ['https://example.org', 'javascript:alert(1)'],
  queries: [{ text: 'FROM logs-*', line: 3 }],
  file: '/h.toml',
};
const rest = { query: 0, text: 'FROM logs-*', coverage: null, hidden: [], drillDown: null, evidence: null };
const report: RunReport = {
  now: new Date('2026-03-10T12:00:00Z'),
  engine: 'duckdb',
  results: [
    { ...rest, hunt, outcome: 'hits', result: hostile, error: null, notes: ['a note'] },
    {
      ...rest,
      hunt: { ...hunt, file: '/i.toml', name: 'clean' },
      outcome: 'none',
      result: { ...hostile, values: [], warnings: [] },
      error: null,
      notes: [],
    },
    {
      ...rest,
      hunt: { ...hunt, file: '/j.toml', name: 'broken' },
      outcome: 'failed',
      result: null,
      error: 'line 1:1: no',
      notes: [],
    },
  ],
  load: null,
  unread: null,
  eventFacts: null,
  partial: false,
  provenance: null,
};
const pipe: Surface = { width: null, colour: false };
const written = async (name: FormatName, surface = pipe, alone = false): Promise<string> =>
  [...(await formats[name]())(report, surface, alone)].join('');

describe('json', () => {
  it('is the document that the design fixes', async () => {
    const text = await written('json');
    expect(text).toContain('9007199254740993');
    expect(text).toContain('1.0E7');
    const document = JSON.parse(text);
    expect(document.now).toBe('2026-03-10T12:00:00.000Z');
    expect(Object.keys(document.results[0])).toEqual([
      'hunt',
      'query',
      'columns',
      'values',
      'took_ms',
      'warnings',
      'error',
      'outcome',
      'reasons',
      'hidden',
      'drill_down',
    ]);
    expect(document.results[0].values[2][0]).toBe(hostile.values[2]![0]);
    expect(document.results[0].warnings).toEqual(['Line 1:1: a warning', 'a note']);
    expect(document.results[2]).toMatchObject({ values: [], columns: [], error: 'line 1:1: no' });
  });
});

describe('ndjson', () => {
  it('is an object a row', async () => {
    const rows = (await written('ndjson'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      _hunt: { name: 'A *hunt*', query: 0 },
      'process.name': '=cmd|calc!A0',
      tags: ['a', 'b,c'],
    });
  });
});

describe('csv', () => {
  it('is Elasticsearch’s, and holds no formula', async () => {
    const lines = (await written('csv')).split('\r\n');
    expect(lines.slice(0, 3)).toEqual([
      'hunt,process.name,n,x,tags',
      `A *hunt*,'=cmd|calc!A0,9007199254740993,1.0E7,"[a, b,c]"`,
      'A *hunt*,<script>alert(1)</script>,-5,0.1,',
    ]);
  });
});

it.each([
  ['@timestamp', '@timestamp'],
  ['@a.b_c', '@a.b_c'],
  ['@SUM(1+1)', "'@SUM(1+1)"],
  ['=cmd|calc!A0', "'=cmd|calc!A0"],
  ['-x', "'-x"],
])('csv writes the column %s as %s', async (name, expected) => {
  const result: QueryResult = { ...hostile, columns: [{ name, type: 'keyword' }], values: [] };
  const alone: RunReport = { ...report, results: [{ ...report.results[0]!, result }] };
  let text = '';
  for (const part of (await formats.csv())(alone, { width: null, colour: false }, true)) text += part;
  expect(text).toBe(`${expected}\r\n`);
});

describe('csv in a terminal', () => {
  it('steers no terminal', async () => {
    const text = await written('csv', { width: 80, colour: false });
    expect(text).not.toContain('\u001b');
    expect(await written('csv')).toContain('\u001b[31mred\u001b[0m|pipe\nnext"');
  });
});

describe('markdown', () => {
  it('lets no value become markup', async () => {
    const text = await written('md');
    for (const markup of ['<script', '\u001b', '](javascript:', ' *hunt']) expect(text).not.toContain(markup);
    const table = text.split('\n').filter((line) => line.startsWith('| '));
    for (const line of table.slice(0, 5)) expect(line.replaceAll('\\|', '').split('|')).toHaveLength(6);
  });
});

describe('table', () => {
  it('cuts nothing in a pipe, and sends no control character', async () => {
    const text = await written('table');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('␛[31mred␛[0m|pipe⏎next');
    expect(text).toContain('<script>alert(1)</script>');
    expect(text).toMatch(/clean.*no hits/);
    expect(text).toContain('3 queries: 1 with hits, 1 without, 1 failed');
  });
  it('fits a terminal', async () => {
    const text = await written('table', { width: 60, colour: false });
    const grid = text.split('\n').slice(1, 7);
    for (const line of grid) expect([...line].length).toBeLessThanOrEqual(60);
    expect(text).toContain('…');
  });
});

describe('rows for people', () => {
  const ids = ['YWRjMjdiZGEtMQaaaaaaaaaaaaaaaaaaaaaaaaa1', 'YWRjMjdiZGEtMQaaaaaaaaaaaaaaaaaaaaaaaaa2'];
  const result: QueryResult = {
    columns: [
      { name: 'process.entity_id', type: 'keyword' },
      { name: 'destination.address', type: 'keyword' },
      { name: 'last_seen', type: 'date' },
      { name: 'connections', type: 'long' },
    ],
    values: ids.map((id, i) => [id, `a.very.long.name.example${i}`, '2026-03-10T09:00:00.000Z', 12n]),
    ...{ warnings: [], notes: [], tookMs: 1 },
  };
  const context = {
    fields: ['host.name'],
    rows: [[{ value: 'ws-1', several: false }], [{ value: null, several: true }]],
  };
  const found: RunReport = { ...report, results: [{ ...report.results[0]!, result, notes: [], context }] };
  const shown = async (name: FormatName, surface: Surface): Promise<string> =>
    [...(await formats[name]())(found, surface, true)].join('');
  const terminal = (width: number): Surface => ({ width, colour: false });

  it('begin with where their events come from, and shorten ids on a terminal', async () => {
    expect(
      await shown('table', terminal(120)),
    ).toBe(`host.name*  process.entity_id          destination.address        last_seen                 connections
──────────  ─────────────────────────  ─────────────────────────  ────────────────────────  ───────────
ws-1        YWRj…aaaaaaaaaaaaaaaaaaa1  a.very.long.name.example0  2026-03-10T09:00:00.000Z           12
(several)   YWRj…aaaaaaaaaaaaaaaaaaa2  a.very.long.name.example1  2026-03-10T09:00:00.000Z           12
ids are shortened: pivot accepts the short form, --format json has them in full
* of the events behind the row; not a column of the query
`);
  });

  it('say once what is the same in all, where there is no room', async () => {
    expect(await shown('table', terminal(66))).toBe(`last_seen 2026-03-10T09:00:00.000Z in all rows
connections 12 in all rows
host.name*  process.entity_id          destination.address
──────────  ─────────────────────────  ─────────────────────────
ws-1        YWRj…aaaaaaaaaaaaaaaaaaa1  a.very.long.name.example0
(several)   YWRj…aaaaaaaaaaaaaaaaaaa2  a.very.long.name.example1
ids are shortened: pivot accepts the short form, --format json has them in full
* of the events behind the row; not a column of the query
`);
  });

  it('stand by themselves where columns would be too narrow, and where it is asked for', async () => {
    const narrow = await shown('table', terminal(38));
    expect(narrow).toContain(`── row 1 ──
host.name*           ws-1
process.entity_id    YWRj…aaaaaaaaaaaaaaaaaaa1
destination.address  a.very.long.name.example0
── row 2 ──
`);
    const asked = await shown('table', { width: null, colour: false, layout: 'vertical' });
    expect(asked).toContain(`process.entity_id    ${ids[1]}
`);
  });

  it('are exactly those of the query for programs', async () => {
    const document = JSON.parse(await shown('json', pipe));
    expect([document.columns.length, document.values[0][0]]).toEqual([4, ids[0]]);
    expect(document.context).toEqual([{ 'host.name': 'ws-1' }, { 'host.name': null }]);
    expect(await shown('csv', pipe)).not.toContain('host.name');
    expect(await shown('ndjson', pipe)).not.toContain('host.name');
  });
});
