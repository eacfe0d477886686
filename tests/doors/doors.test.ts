import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { jsonOf, quotedName, type RandomSet, randomSet } from './documents.ts';
import { doors } from './doors.ts';

/*
 * The same events give the same answers, byte for byte, through every door, whatever was asked before.
 */

/** Queries that show a set of documents: all of it, single fields, and what follows from their types. */
export function queriesOf({ asked }: RandomSet): string[] {
  const fields = asked.map(quotedName);
  return [
    'FROM logs-d-n | SORT id',
    'FROM logs-d-n METADATA _ignored | KEEP id, _ignored | SORT id',
    ...fields.flatMap((field) => [
      `FROM logs-d-n | KEEP id, ${field} | SORT id`,
      `FROM logs-d-n | STATS n = COUNT(${field}), d = COUNT_DISTINCT(id) BY ${field} | SORT ${field}, n`,
      `FROM logs-d-n | SORT ${field} DESC NULLS FIRST, id | KEEP id`,
      `FROM logs-d-n | WHERE ${field} IS NOT NULL | EVAL n = MV_COUNT(${field}), text = TO_STRING(${field}) | KEEP id, n, text | SORT id`,
    ]),
    ...(fields.length > 1 ? [`FROM logs-d-n | KEEP id, ${fields.join(', ')} | SORT id`] : []),
  ];
}

const [plain, ...others] = [...doors];

it('gives the same answers for the same documents through every door', { timeout: 3_600_000 }, async () => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(randomSet, fc.subarray(others, { minLength: 3, maxLength: 3 }), async (set, some) => {
      const lines = set.documents.map(jsonOf);
      const queries = queriesOf(set);
      const folder = temporaryFolder();
      const first = await plain![1](lines, join(folder, 'first'), []);
      const expected: string[] = [];
      for (const query of queries) expected.push(await first.answer(query));
      await first.close();
      for (const [name, open] of some) {
        const door = await open(lines, join(folder, name), [...queries].reverse());
        try {
          for (const [i, query] of queries.entries()) {
            expect(`${name}: ${query}\n${await door.answer(query)}`).toBe(`${name}: ${query}\n${expected[i]}`);
            answers += 1;
          }
        } finally {
          await door.close();
        }
      }
    }),
    { numRuns: Number(process.env.DOORS ?? 12) },
  );
  expect(answers).toBeGreaterThan(0);
  if (process.env.DOORS) console.log(`${answers} triples of documents, query and door agree`);
});
