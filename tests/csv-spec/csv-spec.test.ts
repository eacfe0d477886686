import { describe, expect, it } from 'vitest';
import { type Answer, difference } from './compare.ts';
import { readSpec } from './spec-file.ts';

const file = `
// A comment
firstCase
required_capability: something_new
FROM people // not here: this is part of the query
// tag::docs[]
| WHERE name == "a|b;" AND age:30
| SORT name;

warning:Line 1:2: something
ignoreOrder:true
name:keyword | a:b:integer | tags:k | t:date | none:null
"a|b"  | 1   | [x\\, y, z] | 2024-01-01T00:00:00.000Z | null
c\\|d  | null | one | | 
;

settings
SET time_zone = "Europe/Paris"\\; ROW x = 1
;

x:integer
1
;
`;

describe('csv-spec files', () => {
  it('are read case by case', () => {
    const [first, second, ...others] = readSpec(file);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      name: 'firstCase',
      line: 3,
      capabilities: ['something_new'],
      query: 'FROM people // not here: this is part of the query\n| WHERE name == "a|b;" AND age:30\n| SORT name',
      ignoreOrder: true,
      warnings: ['Line 1:2: something'],
    });
    expect(first!.columns).toEqual([
      { name: 'name', type: 'keyword' },
      { name: 'a:b', type: 'integer' },
      { name: 'tags', type: 'k' },
      { name: 't', type: 'date' },
      { name: 'none', type: 'null' },
    ]);
    expect(first!.rows).toEqual([
      ['a|b', '1', ['x, y', 'z'], '2024-01-01T00:00:00.000Z', null],
      ['c|d', null, 'one', null, null],
    ]);
    expect(second!.query).toBe('SET time_zone = "Europe/Paris"; ROW x = 1');
  });

  it('that are cut off are refused', () => {
    expect(() => readSpec('lonely\nROW a = 1;\na:integer\n')).toThrow('the case lonely has no end');
  });

  const [wanted] = readSpec(file);
  const right: Answer = {
    ...{
      status: 200,
      reason: '',
      warnings: ['Line 1:2: something', 'No limit defined, adding default limit of [1000]'],
    },
    columns: wanted!.columns.map(({ name, type }) => ({ name, type: type === 'k' ? 'keyword' : type })),
    values: [
      ['c|d', null, 'one', null, null],
      ['a|b', 1, ['x, y', 'z'], '2024-01-01T00:00:00Z', null],
    ],
  };
  it.each<[string, Partial<Answer>, string | undefined]>([
    ['the same rows in another order', {}, undefined],
    ['a refusal', { status: 400, reason: 'no' }, 'refused'],
    ['a fault', { status: 500 }, 'fault'],
    ['another name', { columns: right.columns.map((column) => ({ ...column, name: 'x' })) }, 'columns'],
    ['another type', { columns: right.columns.map((column) => ({ ...column, type: 'long' })) }, 'types'],
    ['a row less', { values: right.values.slice(1) }, 'rows'],
    ['another value', { values: [right.values[0]!, ['a|b', 2, ['x, y', 'z'], null, null]] }, 'values'],
    ['a warning less', { warnings: [] }, 'warnings'],
    ['a warning more', { warnings: [...right.warnings, 'and more'] }, 'warnings'],
  ])('compare an answer: %s', (_, change, kind) => {
    expect(difference(wanted!, { ...right, ...change })?.kind).toBe(kind);
  });
});
