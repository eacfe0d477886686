import { describe, expect, it } from 'vitest';
import { checkReferences, readMappingFile } from './check-mapping.ts';
import type { MappingFile } from './mapping.ts';

const head = 'name: acme\nindex: logs-acme.log-default\nwhen: {a: {exists: true}}\n';

/** What is wrong with a text, as `line:column message; hint`. */
const problemsOf = async (text: string): Promise<string[]> =>
  (await readMappingFile(text, 'acme.yml')).problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === null ? '' : `; ${hint}`}`,
  );

describe('a file that does not fit', () => {
  it.each<[string, string, string[]]>([
    ['an empty file', '', ['1:1 there is no mapping in it; it begins with name: and title:']],
    ['a list', '- a\n', ['1:1 there is no mapping in it']],
    ['broken YAML', 'name: a: b\n', ['1:7 invalid YAML']],
    ['an unknown key', `${head}feilds: {}\n`, ['4:1 unknown key feilds in the mapping; did you mean fields?']],
    ['no name', 'title: x\n', ['1:1 name is missing']],
    ['no condition', 'name: a\nindex: logs-a.b-default\n', ['1:1 the mapping has index, and needs when beside it']],
    ['a name with blanks', 'name: My logs\n', ['1:7 name does not fit; an identifier']],
    ['an index in capitals', head.replace('logs-acme', 'Logs-Acme'), ['2:8 index does not fit; the index that']],
    [
      'an unknown op',
      `${head}fields:\n  x.y: {from: a, then: [lowr]}\n`,
      ['5:25 unknown op lowr in fields.x.y.then[0]; did you mean lower?'],
    ],
    [
      'an unknown op with what it takes',
      `${head}fields:\n  x.y: {from: a, then: [{spilt: ","}]}\n`,
      ['5:26 unknown op spilt in fields.x.y.then[0]; did you mean split?'],
    ],
    [
      'an op without what it takes',
      `${head}fields:\n  x.y: {from: a, then: [epoch]}\n`,
      ['5:25 op epoch in fields.x.y.then[0] needs an argument; write {epoch: s}'],
    ],
    [
      'an unknown comparison',
      `${head}groups:\n  - {when: {a: {exist: true}}, fields: {}}\n`,
      ['5:17 unknown comparison exist in groups[0].when.a; did you mean exists?'],
    ],
    [
      'two origins',
      `${head}fields:\n  x.y: {from: a, is: b}\n`,
      ['5:8 fields.x.y must have exactly one of is, from, first'],
    ],
    [
      'no origin',
      `${head}fields:\n  x.y: {then: [lower]}\n`,
      ['5:8 fields.x.y must have exactly one of is, from, first'],
    ],
    [
      'a misspelled origin',
      `${head}fields:\n  x.y: {form: a}\n`,
      ['5:9 unknown key form in fields.x.y; did you mean from?'],
    ],
    [
      'a field with a part that is empty',
      `${head}fields:\n  source..ip: a\n`,
      ['5:3 source..ip cannot stand here; a field such as source.ip'],
    ],
    ['a field of metadata', `${head}fields:\n  _index: a\n`, ['5:3 _index cannot stand here']],
    ['a number for a name', `${head}fields:\n  x.y: 5\n`, ['5:8 fields.x.y must be a text; the dotted name']],
    [
      'objects without a member',
      `${head}fields:\n  x.y: {objects: a}\n`,
      ['5:8 fields.x.y has objects, and needs get beside it'],
    ],
    ['a type that is none', `${head}types: {x.y: number}\n`, ['4:14 types.x.y must be one of keyword, text']],
    ['a prefix without a dot', `${head}prefixes: {x.y: a.}\n`, ['4:12 x.y cannot stand here; the beginning of names']],
    [
      'an example without events',
      `${head}tests:\n  - {name: n, expect: {x.y: 1}}\n`,
      ['5:5 tests[0] must have exactly one of event, events'],
    ],
  ])('%s', async (_, text, expected) => {
    const found = await problemsOf(text);
    expect(found).toHaveLength(expected.length);
    for (const [i, problem] of found.entries()) expect(problem.slice(0, expected[i]!.length)).toBe(expected[i]);
  });

  it('has all of its problems reported', async () => {
    const found = await problemsOf(`${head}feilds: {}\nfields:\n  x.y: {from: a, then: [lowr, {epoch: h}]}\n`);
    expect(found.map((problem) => problem.split(' ')[0])).toEqual(['4:1', '6:25', '6:39']);
  });
});

it('takes a name like those that objects inherit', async () => {
  expect(await problemsOf(`${head}fields: {constructor.name: __proto__.x, toString: a}\n`)).toEqual([]);
});

describe('what a file refers to', () => {
  const known = { mappings: new Set(['sysmon', 'acme']), families: new Set(['windows']) };
  const refused = async (pattern: string): Promise<string | null> => (pattern.includes('(?=') ? 'no lookahead' : null);
  it.each([
    [
      'a mapping that is not there',
      'extends: sysmn\n',
      '4:10 there is no mapping sysmn to extend',
      'did you mean sysmon?',
    ],
    ['itself', 'extends: acme\n', '4:10 acme extends itself', 'give the mapping another name'],
    ['a family that is not there', 'family: linux\n', '4:9 there is no family linux', 'there are windows'],
    [
      'a pattern that the engine refuses',
      "fields: {x.y: {from: a, then: [{match: '(?=a)(b)'}]}}\n",
      '4:40 fields.x.y.then[0].match: (?=a)(b) is no regular expression: no lookahead',
      'it has to be one of RE2',
    ],
    [
      'a pattern without a group',
      "fields: {x.y: {from: a, then: [{match: '\\(a[(]b'}]}}\n",
      '4:40 fields.x.y.then[0].match: \\(a[(]b has no group',
      'put ( ) around',
    ],
    [
      'a key of replace that is refused',
      "fields: {x.y: {from: a, then: [{replace: {'(?=a)': b}}]}}\n",
      '4:42 fields.x.y.then[0].replace: (?=a) is no regular expression',
      'it has to be',
    ],
  ])('%s', async (_, more, problem, hint) => {
    const text = head + more;
    const { parsed } = await readMappingFile(text, 'acme.yml');
    const found = await checkReferences(text, parsed as MappingFile, known, refused);
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      expect.stringContaining(problem),
    ]);
    expect(found[0]!.hint).toContain(hint);
  });

  it.each(['(a)', '(?:a)(b)', '(?P<x>a)', '^[^\\\\]*\\\\([^\\\\]*)$', '(?i)a=(\\d+)'])(
    '%s has a group',
    async (pattern) => {
      const text = `${head}fields: {x.y: {from: a, then: [{match: '${pattern}'}]}}\n`;
      const { parsed } = await readMappingFile(text, 'acme.yml');
      expect(await checkReferences(text, parsed as MappingFile, known, refused)).toEqual([]);
    },
  );
});
