import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CellValue, EsqlType, QueryResult } from '../values/types.ts';
import { Aliases, learnFrom, redactResult } from './redact.ts';
import type { HuntResult } from './report.ts';

const aliasesOf = (field: string, ...values: string[]): Aliases => {
  const aliases = new Aliases([field]);
  for (const value of values) aliases.learn(field, value);
  return aliases;
};

const resultOf = (names: string, values: CellValue[][], more: Partial<HuntResult> = {}): HuntResult => {
  const columns = names.split(' ').map((one) => {
    const [name, type = 'keyword'] = one.split(':') as [string, EsqlType?];
    return { name, type };
  });
  const result: QueryResult = { columns, values, warnings: [], notes: [], tookMs: 1 };
  return {
    ...{ hunt: null, query: 0, text: '', outcome: 'hits', result, error: null, notes: [], coverage: null },
    ...{ hidden: [], drillDown: null, evidence: null, ...more },
  };
};

it('gives the same value the same alias, in the order in which they are needed', () => {
  const aliases = aliasesOf('user.name', 'zoe', 'ann', 'bob');
  expect(['bob', 'ann', 'BOB'].map((text) => aliases.text(text))).toEqual(['user-1', 'user-2', 'user-1']);
  expect(aliases.replaced).toEqual([{ field: 'user.name', word: 'user', values: 2 }]);
});

it('replaces values within command lines, paths and queries, but not parts of other words', () => {
  const aliases = aliasesOf('user.name', 'jdoe', 'ann');
  expect(aliases.text('"C:\\Users\\JDoe\\a.exe" --as CORP\\jdoe jdoe@corp')).toBe(
    '"C:\\Users\\user-1\\a.exe" --as CORP\\user-1 user-1@corp',
  );
  expect(aliases.text('annual banner --name=ann ann_x xann')).toBe('annual banner --name=user-2 ann_x xann');
});

it('takes the longest of values that begin alike', () => {
  const aliases = aliasesOf('host.name', 'ws-1', 'ws-11', 'ws-1.corp');
  expect(aliases.text('ws-11 ws-1 ws-1.corp ws-111')).toBe('host-1 host-2 host-3 ws-111');
});

it('leaves an address alone that only begins like one', () => {
  expect(aliasesOf('source.ip', '10.0.0.1').text('10.0.0.1 10.0.0.12 110.0.0.1')).toBe('source-1 10.0.0.12 110.0.0.1');
});

it('redacts every place of a result in which a value can stand', () => {
  const process = { name: 'a.exe', user: 'jdoe', commandLine: 'a.exe /u:jdoe', children: [] };
  const one = resultOf('user.name process.command_line user.id:long', [[['jdoe', 'ann'], 'run --as jdoe', 7n]], {
    text: 'FROM logs-* | WHERE user.name == "jdoe"',
    notes: ['jdoe has no events of registry'],
    drillDown: 'harrier events --user jdoe',
    hidden: [{ entry: 'user.name: jdoe', reason: 'jdoe is on leave', rows: 1 }],
    evidence: {
      ...{ timeline: null, rhythms: [] },
      bytesByDestination: [{ destination: 'jdoe.example', bytes: 1 }],
      trees: [{ row: 0, root: process as never }],
    },
    context: { fields: ['user.name'], rows: [[{ value: 'carol', several: false }]] },
  });
  const aliases = new Aliases(['user.name', 'user.id']);
  learnFrom([one], aliases);
  const redacted = redactResult(one, aliases);
  expect(JSON.stringify(redacted, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))).not.toMatch(
    /jdoe|carol|\bann\b|7n/i,
  );
  expect(redacted.result!.values[0]).toEqual([['user-1', 'user-2'], 'run --as user-1', 'user-3']);
  expect(redacted.result!.columns[2]).toEqual({ name: 'user.id', type: 'keyword' });
});

it('keeps what is between the values, whatever they are', () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.array(word), (values, others) => {
      const aliases = aliasesOf('user.name', ...values);
      const known = new Set(values);
      const out = aliases.text([...values, ...others].join(' ')).split(' ');
      [...values, ...others].forEach((text, i) => {
        if (known.has(text)) expect(out[i]).toMatch(/^user-\d+$/);
        else expect(out[i]).toBe(text);
      });
    }),
  );
});
