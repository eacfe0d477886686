import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { functions } from '../../functions/table.ts';
import { mappedCatalogue } from './analyze/open-catalogue.ts';
import { definitions } from './commands/table.ts';
import { CompiledQuery } from './compiled-query.ts';
import { formatEdits } from './format.ts';
import { commandWords } from './syntax/command-words.ts';

const applied = (text: string, edits: readonly Fix[]): string =>
  [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((done, { span, text: written }) => done.slice(0, span.start) + written + done.slice(span.end), text);
const format = (text: string): string => applied(text, formatEdits(text));

it.each([
  ['from logs|where a==1|limit 3', 'FROM logs\n| WHERE a==1\n| LIMIT 3'],
  ['FROM logs // all\n|   WHERE a == "|"  ', 'FROM logs // all\n| WHERE a == "|"'],
  ['FROM logs /* a | b */ | where x', 'FROM logs /* a | b */\n| WHERE x'],
  ['FROM logs | /* why */ where x', 'FROM logs\n| /* why */ where x'.replace('where', 'WHERE')],
  ['from a | inline  stats n = count(*)', 'FROM a\n| INLINE  STATS n = count(*)'],
  ['FROM a | FORK (where x | limit 1) (limit 2)', 'FROM a\n| FORK (where x | limit 1) (limit 2)'],
  ['FROM a | STATS count( * ),\n    max(b)   BY c', 'FROM a\n| STATS count( * ),\n    max(b)   BY c'],
  ['FROM a\r\n| where b\r\n', 'FROM a\r\n| WHERE b'],
  ['FROM a\n// the end', 'FROM a\n// the end'],
  ['SET time_zone = "UTC"; from a | limit 1', 'SET time_zone = "UTC"; FROM a\n| LIMIT 1'],
])('writes %j', (text, written) => {
  expect(format(text)).toBe(written);
});

it('has nothing to change in what it wrote', () => {
  for (const text of examples) expect(formatEdits(format(text))).toEqual([]);
});

/** Every example of the reference, and their commands cut and joined at random. */
const examples = [...definitions, ...functions].map(({ example }) => example);
const gap = fc.constantFrom(' ', '  ', '\n', '\t', '\r\n', ' // note | here\n', ' /* a | "b */ ', '\n\n  ');

it('never changes the plan', () => {
  const catalogue = mappedCatalogue(['*'], new Map([['host.name', 'keyword' as const]]));
  const planOf = (text: string): unknown => {
    try {
      const { plan } = new CompiledQuery(text).plan(catalogue, { now: 0, defaultLimit: null });
      return JSON.stringify(plan, (key, value) =>
        key === 'span' || key === 'warns' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
      );
    } catch (error) {
      return (error as Error).name;
    }
  };
  let planned = 0;
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.array(gap, { minLength: 12, maxLength: 12 }), (example, gaps) => {
      let i = 0;
      const text = example.replaceAll(' | ', () => `${gaps[i++ % 12]}|${gaps[i++ % 12]}`);
      const plan = planOf(text);
      if (typeof plan === 'string' && plan.startsWith('{')) planned += 1;
      expect(planOf(format(text))).toEqual(plan);
    }),
    { numRuns: 400 },
  );
  expect(planned).toBeGreaterThan(200);
});

it('knows the words of every command', () => {
  expect([...commandWords.keys()].sort()).toEqual(definitions.map(({ keyword }) => keyword).sort());
});
