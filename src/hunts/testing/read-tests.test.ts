import { describe, expect, it } from 'vitest';
import type { Hunt } from '../hunt.ts';
import { readTests } from './read-tests.ts';

const hunt = {
  name: 'h',
  queries: [
    { text: 'FROM logs-a.*-*, b\n| LOOKUP JOIN c ON d\n| LIMIT 1', line: 1 },
    { text: 'ROW a = 1', line: 2 },
  ],
} as unknown as Hunt;
const now = 'now = 2026-03-10T12:00:00Z\n';
const hit = '[[must_hit]]\nname = "a"\n';
const read = (text: string) => readTests(text, '/hunts/h.test.toml', hunt);
const only = (text: string) => {
  const { tests, problems } = read(text);
  expect(problems).toEqual([]);
  return tests!;
};

describe('reading tests', () => {
  it('puts templates together from the file’s fields and their own', () => {
    const { cases } = only(`now = "2026-03-10 12:00:00"
[fields]
process.name = "p"
process.code_signature.exists = false
process.code_signature.trusted = false
"host.name" = "h"
event.type = "start"
${hit}[[must_hit.event]]
at = "-1h30m"
repeat = 3
every = "500ms"
without = ["process.code_signature"]
fields.process = { name = "q", args = ["a", "b"] }
fields.user.id = 9223372036854775807
vary.event.type = ["start", "end"]
count_up.host.name = "h-1"
[[must_hit.event]]
at = 2026-03-10T11:59:59.5+00:00
`);
    expect(cases[0]!.templates).toEqual([
      {
        first: Date.parse('2026-03-10T10:30:00Z'),
        lasts: 1000,
        repeat: 3,
        timeField: '@timestamp',
        fixed: new Map<string, unknown>([
          ['process.name', 'q'],
          ['process.args', ['a', 'b']],
          ['user.id', 9223372036854775807n],
        ]),
        varied: new Map([['event.type', ['start', 'end']]]),
        counted: new Map([['host.name', 'h-1']]),
      },
      expect.objectContaining({ first: Date.parse('2026-03-10T11:59:59.500Z'), repeat: 1, lasts: 0 }),
    ]);
  });
  it('keeps the order of the file, and knows where everything stands', () => {
    const { cases, noise } = only(
      `${now}[[must_not_hit]]\nname = "one"\nndjson = '''\n[[must_hit]]\n'''\n${hit}query = 2\nevents = ["x.ndjson", "/y/*.json"]\nhits = 2\n[noise]\ndata = "demo"\nmax_hits = 3\n`,
    );
    expect(cases.map(({ name, line, query, expected }) => [name, line, query, expected.least, expected.most])).toEqual([
      ['one', 2, 0, 0, 0],
      ['a', 7, 1, 2, 2],
    ]);
    expect(cases[1]!.files).toEqual(['/hunts/x.ndjson', '/y/*.json']);
    expect(noise).toMatchObject({ line: 12, data: 'demo', now: 'latest', most: 3 });
  });
  it('gives events an index that the query reads', () => {
    const index = (more: string): string | null => only(`${now}${hit}ndjson = "{}"\n${more}`).cases[0]!.index;
    expect(index('')).toBe('logs-a.default-default');
    expect(index('query = 2')).toBeNull();
    expect(index('index = "own"')).toBe('own');
    expect(only(`index = "all"\n${now}${hit}ndjson = "{}"`).cases[0]!.index).toBe('all');
  });
  it('keeps lines of other formats, and events of sources that name the time otherwise', () => {
    const { cases } = only(
      `time_field = "ts"\n${now}${hit}lines = '''\ntype=SYSCALL\n'''\n[[must_hit.event]]\nat = "now"\n`,
    );
    expect(cases[0]!.lines).toBe('type=SYSCALL\n');
    expect(cases[0]!.templates[0]!.timeField).toBe('ts');
  });
  it.each<[string, string, { line: number; column?: number; message: string; hint?: string | null }]>([
    ['no TOML', `${now}[[must_hit]\n`, { line: 2, message: expect.stringContaining('invalid TOML') }],
    [
      'nothing in it',
      now,
      { line: 1, message: 'the document does not fit', hint: expect.stringContaining('[[must_hit]]') },
    ],
    [
      'a key of a case that nobody reads',
      `${now}${hit}hit = 1\nndjson = "{}"\n`,
      { line: 4, column: 1, message: 'unknown key must_hit.0.hit', hint: 'did you mean hits?' },
    ],
    [
      'a key of an event that nobody reads',
      `${now}${hit}[[must_hit.event]]\nat = "now"\n[[must_hit.event]]\nat = "now"\n  repaet = 3\n`,
      { line: 8, column: 3, message: 'unknown key must_hit.0.event.1.repaet', hint: 'did you mean repeat?' },
    ],
    [
      'a case without events',
      `${now}${hit}[[must_hit]]\nname = "b"\nndjson = "{}"\n`,
      { line: 2, message: 'must_hit[0] does not fit', hint: expect.stringContaining('a case has a name and events') },
    ],
    [
      'no time',
      `${hit}ndjson = "{}"\n`,
      { line: 1, message: 'the case a has no now', hint: expect.stringContaining('now =') },
    ],
    ['a time that is none', `now = "2026-02-31"\n${hit}ndjson = "{}"`, { line: 1, message: '2026-02-31 is no time' }],
    [
      'an offset that is none',
      `${now}${hit}[[must_hit.event]]\nat = "3h ago"\n`,
      { line: 5, message: 'must_hit[0].event[0].at does not fit', hint: expect.stringContaining('-3h') },
    ],
    [
      'two distances',
      `${now}${hit}[[must_hit.event]]\nat = "now"\nrepeat = 2\nevery = "1s"\nover = "1h"\n`,
      { line: 8, message: 'every and over both say how far apart the events are' },
    ],
    [
      'a distance between one event',
      `${now}${hit}event = [{ at = "now", over = "1h" }]\n`,
      { line: 4, message: 'one event has no distance from the next' },
    ],
    [
      'a query that is not there',
      `${now}${hit}ndjson = "{}"\nquery = 3\n`,
      { line: 5, message: 'there is no query 3' },
    ],
    [
      'a time among the fields',
      `${now}${hit}[[must_hit.event]]\nat = "now"\nfields."@timestamp" = 1\n`,
      { line: 4, message: '@timestamp cannot be a field here' },
    ],
    [
      'the time of the source among the fields',
      `time_field = "ts"\n${now}${hit}[[must_hit.event]]\nat = "now"\nfields.ts = 1\n`,
      { line: 5, message: 'ts cannot be a field here' },
    ],
    [
      'fewer hits than rows',
      `${now}${hit}ndjson = "{}"\nhits = 1\n[[must_hit.row]]\na = 1\n[[must_hit.row]]\na = 2\n`,
      { line: 5, message: '2 rows cannot be among 1' },
    ],
    [
      'hits where there must be none',
      `${now}[[must_not_hit]]\nname = "a"\nndjson = "{}"\nhits = 1\n`,
      { line: 5, message: 'unknown key must_not_hit.0.hits' },
    ],
    ['a budget without a number', `[noise]\ndata = "demo"\n`, { line: 1, message: 'noise.max_hits is missing' }],
    [
      'a value that does not vary',
      `${now}${hit}[[must_hit.event]]\nat = "now"\nrepeat = 2\nvary.a.b = "x"\n`,
      { line: 7, message: 'a.b has no list of values' },
    ],
    [
      'a value that does not count up',
      `${now}${hit}[[must_hit.event]]\nat = "now"\nrepeat = 2\ncount_up = { a = 1, b = true }\n`,
      { line: 7, message: 'b does not count up' },
    ],
  ])('reports %s', (_, text, expected) => {
    const { tests, problems } = read(text);
    expect(tests).toBeNull();
    expect(problems).toEqual([expect.objectContaining(expected)]);
  });
});
