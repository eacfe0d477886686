import { expect, it } from 'vitest';
import { EvaluationError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { Engine } from '../engines/engine.ts';
import { conditionOf, countWhere, freshColumns, given, grouped } from '../plan/build.ts';
import { reference } from '../plan/expression.ts';
import type { Plan, Scan } from '../plan/nodes.ts';
import { counterOf } from './batched-counts.ts';

const nowhere = { start: 0, end: 0 };
const field = { name: 'user.name', type: 'keyword', column: 'user.name', listColumn: null } as const;
const column = { id: 1, name: field.name, type: field.type, multi: false } as const;
const scan: Scan = { kind: 'scan', indices: ['logs'], columns: [{ column, source: field }], output: [column] };

/** How many events have a name. */
function question(name: string): Plan {
  const fresh = freshColumns(scan);
  const isName = conditionOf('==', [reference(column, nowhere), given('keyword', name)]);
  return grouped(scan, [], [countWhere(fresh('n', 'long'), isName)], fresh);
}

/** Asks for some names at once; an engine that fails on plans that say `bad`. */
async function ask(names: readonly string[], parallel: number, failure: () => Error) {
  let asked = 0;
  const engine = {
    parallel,
    catalogue: {
      indices: [{ name: 'logs', events: 1, firstTimestamp: null, lastTimestamp: null }],
      field: () => field,
    },
    async run(plan: Plan) {
      asked += 1;
      const text = JSON.stringify(plan, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
      if (text.includes('"bad"')) throw failure();
      return { columns: [], values: [plan.output.map(() => 1n)], warnings: [], notes: [], tookMs: 0 };
    },
  } as unknown as Engine;
  const counter = counterOf(engine);
  const answers = await Promise.allSettled(names.map((name) => counter.run(question(name), new SourceText(''))));
  return { asked, answers };
}

it.each([1, 4])('asks the others again without what an engine refuses, %d at a time', async (parallel) => {
  const { answers } = await ask(['a', 'b', 'bad', 'c'], parallel, () => new EvaluationError('no'));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

it.each([1, 4])('asks once, and fails all, where the fault is its own, %d at a time', async (parallel) => {
  const { asked, answers } = await ask(['a', 'bad', 'c'], parallel, () => new TypeError('x is not a function'));
  expect(answers).toEqual(Array(3).fill({ status: 'rejected', reason: new TypeError('x is not a function') }));
  expect(asked).toBe(1);
});
