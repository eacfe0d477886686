import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Engine } from '../engines/engine.ts';
import { isRefusal } from '../engines/refusal.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import { allOf } from '../plan/build.ts';
import { type Expression, reference } from '../plan/expression.ts';
import type { AggregateCall, Compute, Plan } from '../plan/nodes.ts';
import type { QueryResult } from '../values/types.ts';
import { batchesOf, batchOf, type CountBatch, rowsOf } from './count-batches.ts';
import { countsOf, isConnective, searches, type Waiting } from './counts.ts';
import { askByKinds, questionsByKinds } from './kinds-of-events.ts';
import { SharedScan } from './shared-scan.ts';

/** What questions about events are put to. */
export type Counter = Pick<Engine, 'catalogue' | 'run' | 'parallel'>;

/** Questions that come together where all hunts are asked about. */
const mostWaiting = 64;

/**
 * Counts by an engine, in as few passes over the events as there are indices and ways to group them: also for many hunts at
 * the same time, and where the engine answers one question after the other. Questions that come while others are asked wait
 * for these, and are then asked together: how many are asked does not depend on how long answers take.
 */
export function counterOf(engine: Engine): Counter {
  let waiting: Waiting[] = [];
  let isAsking = false;
  const askAll = async (): Promise<void> => {
    isAsking = true;
    // Who asks for several things asks for them in the same turn, and so does who was answered in the same.
    for (await nextTurn(); waiting.length > 0; await nextTurn()) {
      const all = waiting;
      waiting = [];
      try {
        await (engine.parallel > 1 ? askFarAway(all, engine) : askAtOnce(all));
      } catch (error) {
        for (const one of all) one.reject(error);
      }
    }
    isAsking = false;
  };
  return {
    parallel: Math.max(engine.parallel, mostWaiting),
    get catalogue() {
      return engine.catalogue;
    },
    run(plan, source, signal) {
      const counts = countsOf(plan);
      if (counts === null) return engine.run(plan, source, signal);
      return new Promise((resolve, reject) => {
        waiting.push({ ...counts, ask: (whole) => engine.run(whole, source, signal), resolve, reject });
        if (!isAsking) void askAll();
      });
    },
  };
}

/** Fewer questions are better than simple ones where each takes a way. */
const askFarAway = (all: readonly Waiting[], { catalogue, parallel }: Engine): Promise<unknown> =>
  severalAtOnce(batchesOf(all, catalogue), parallel, askTogether);

/** Each event is looked at once for all questions where it can be. */
async function askAtOnce(all: readonly Waiting[]): Promise<void> {
  const { questions, others } = questionsByKinds(all);
  const left = [...others];
  for (const question of questions) left.push(...(await askByKinds(question)));
  for (const batch of batchesOf(left)) await askTogether(batch);
}

async function askTogether(batch: CountBatch): Promise<void> {
  const { questions } = batch;
  const { plan, places } = merged(batch);
  let result: QueryResult;
  try {
    result = await questions[0]!.ask(plan);
  } catch (error) {
    if (questions.length === 1 || !isRefusal(error)) for (const one of questions) one.reject(error);
    // What one question is refused for must not fail the others.
    else await askInHalves(batch);
    return;
  }
  const rows = questions.map((one, i) => rowsOf(batch, one, places[i]!, result.values));
  if (rows.includes(null)) await askInHalves(batch);
  else for (const [i, one] of questions.entries()) one.resolve({ ...result, values: rows[i]! });
}

async function askInHalves({ questions }: CountBatch): Promise<void> {
  const half = (questions.length + 1) >> 1;
  for (const some of [questions.slice(0, half), questions.slice(half)])
    for (const batch of some.length === 1 ? [batchOf(some[0]!)] : batchesOf(some)) await askTogether(batch);
}

/**
 * One aggregate for the counts of all, each once, and where those of each stand. Conditions are computed once for each
 * event: written out wherever they count, they would make the question many times as long.
 */
function merged(batch: CountBatch): { readonly plan: Plan; readonly places: readonly (readonly number[])[] } {
  const shared = new SharedScan(batch.sourceOf);
  const conditions = new Map<string, Compute['definitions'][number]>();
  const calls: AggregateCall[] = [];
  const places: number[][] = [];
  const known = new Map<string, number>();
  for (const { scan, among, calls: asked, meanings } of batch.questions) {
    const { moved } = shared.take(scan);
    const computed = (expression: Expression): Expression => {
      if (isConnective(expression)) return { ...expression, args: expression.args.map(computed) };
      // ES|QL has searches in WHERE and STATS alone.
      if (searches(expression)) return moved(expression);
      const meaning = meanings.of(expression);
      const made = conditions.get(meaning) ?? {
        column: shared.fresh(`c${conditions.size + 1}`, 'boolean'),
        expression: moved(expression),
      };
      conditions.set(meaning, made);
      return reference(made.column, expression.span);
    };
    const placeOf = (call: AggregateCall): number => {
      const meaning = meanings.ofCall(call, among);
      const before = known.get(meaning);
      if (before !== undefined) return before;
      known.set(meaning, calls.length);
      const filter = allOf([...among, ...(call.filter ? [call.filter] : [])].map(computed));
      return calls.push({ ...call, column: shared.copy(call.column), args: call.args.map(moved), filter }) - 1;
    };
    places.push(asked.map(placeOf));
  }
  const groups = batch.groups.map((group) => {
    const source = shared.take({ columns: [group] }).columnOf(group.column);
    return { source, column: shared.fresh(source.name, source.type) };
  });
  const scan: Plan = { ...shared.over(batch.questions[0]!.scan), indices: batch.indices };
  const definitions = [...conditions.values()];
  const input: Plan =
    definitions.length === 0
      ? scan
      : {
          kind: 'compute',
          input: scan,
          definitions,
          output: [...scan.output, ...definitions.map(({ column }) => column)],
        };
  const output = [...calls.map(({ column }) => column), ...groups.map(({ column }) => column)];
  return { plan: { kind: 'aggregate', input, groups, aggregates: calls, output }, places };
}
