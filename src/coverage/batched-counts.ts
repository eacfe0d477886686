import type { Engine } from '../engines/engine.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import { allOf } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference, rewriteExpression } from '../plan/expression.ts';
import type { Aggregate, AggregateCall, Compute, Plan, ScanColumn } from '../plan/nodes.ts';
import type { CellValue } from '../values/types.ts';
import { countsOf, isConnective, nameOf, searches, type Waiting } from './counts.ts';
import { askByKinds, questionsByKinds } from './kinds-of-events.ts';

/** What questions about events are put to. */
export type Counter = Pick<Engine, 'catalogue' | 'run' | 'parallel'>;

/** Counts in one question: more make it too long for what reads it. */
const mostCounts = 200;

/**
 * Counts by an engine, in as few passes over the events as there are indices and ways to group them: also for many hunts at
 * the same time, and where the engine answers one question after the other.
 */
export const counterOf = (engine: Engine): Counter => batchedCounts(engine, Math.max(engine.parallel, mostWaiting));

/** Questions that come together where all hunts are asked about. */
const mostWaiting = 64;

/**
 * An engine that asks together what it is asked at the same time: counts of events of the same indices, in the same groups,
 * become one question with a condition for each. For engines that are far away.
 */
function batchedCounts(engine: Engine, parallel: number): Counter {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    void (engine.parallel > 1 ? askApart(all, engine.parallel) : askAtOnce(all));
  };
  return {
    parallel,
    get catalogue() {
      return engine.catalogue;
    },
    run(plan, source, signal) {
      const counts = countsOf(plan);
      if (counts === null) return engine.run(plan, source, signal);
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setTimeout(flush, gathering);
        waiting.push({ ...counts, ask: (whole) => engine.run(whole, source, signal), resolve, reject });
      });
    },
  };
}

/** Fewer questions are better than simple ones where each takes a way. */
const askApart = (all: readonly Waiting[], parallel: number): Promise<unknown> =>
  severalAtOnce(batches(all, parallel > 1), parallel, askTogether);

/** Each event is looked at once for all questions where it can be. */
async function askAtOnce(all: readonly Waiting[]): Promise<void> {
  const { questions, others } = questionsByKinds(all);
  const left = [...others];
  for (const question of questions) left.push(...(await askByKinds(question)));
  await askApart(left, 1);
}

/** Milliseconds in which questions come together. */
const gathering = 20;

/** Questions that can be asked together. `isFar`: whether fewer questions are better than simple ones. */
function batches(all: readonly Waiting[], isFar: boolean): Waiting[][] {
  const found = new Map<string, Waiting[][]>();
  const meanings = new Map<Waiting[], Set<string>>();
  const keyOf = ({ scan, groups }: Waiting): string => {
    const by = groups.map(({ source }) => nameOf(scan.columns.find(({ column }) => column.id === source.id)!));
    return JSON.stringify([scan.indices, by]);
  };
  /** Where each event is in one group, so that totals can be made of those of the groups. */
  const inGroups = new Map<string, string>();
  for (const one of all)
    if (isFar && one.groups.length > 0 && one.groups.every(({ source }) => !source.multi))
      inGroups.set(JSON.stringify(one.scan.indices), keyOf(one));
  for (const one of all) {
    const { scan, groups } = one;
    const totals = groups.length === 0 && one.calls.every(addsUp) ? inGroups.get(JSON.stringify(scan.indices)) : null;
    const key = totals ?? keyOf(one);
    const same = found.get(key) ?? [[]];
    found.set(key, same);
    const own = one.calls.map((call) => one.meanings.ofCall(call, one.among));
    const asked = meanings.get(same.at(-1)!) ?? new Set();
    const more = own.filter((meaning) => !asked.has(meaning));
    if (asked.size > 0 && asked.size + more.length > mostCounts) same.push([]);
    const batch = same.at(-1)!;
    batch.push(one);
    meanings.set(batch, new Set([...(meanings.get(batch) ?? []), ...own]));
  }
  return [...found.values()].flat();
}

const addsUp = ({ function: name, column }: AggregateCall): boolean =>
  name === 'COUNT' || ((name === 'MIN' || name === 'MAX') && column.type === 'date');

/** What an aggregate comes to over all groups. Dates are texts that are in order as such. */
function together({ function: name }: AggregateCall, cells: readonly CellValue[]): CellValue {
  if (name === 'COUNT') return cells.reduce<bigint>((sum, cell) => sum + BigInt(cell as bigint), 0n);
  const known = cells
    .filter((cell) => cell !== null)
    .map(String)
    .sort();
  return (name === 'MIN' ? known[0] : known.at(-1)) ?? null;
}

async function askTogether(batch: readonly Waiting[]): Promise<void> {
  try {
    const { plan, places } = merged(batch);
    const result = await batch[0]!.ask(plan);
    for (const [i, one] of batch.entries()) {
      const own = places[i]!;
      if (one.groups.length === 0 && batch.some(({ groups }) => groups.length > 0)) {
        const total = own.map((place, call) =>
          together(
            one.calls[call]!,
            result.values.map((row) => row[place]!),
          ),
        );
        one.resolve({ ...result, values: [total] });
        continue;
      }
      const rows = result.values.map((row): CellValue[] => [
        ...own.map((place) => row[place]!),
        ...row.slice(row.length - one.groups.length),
      ]);
      const there = one.groups.length === 0 ? rows : rows.filter(([events]) => Number(events) > 0);
      one.resolve({ ...result, values: there });
    }
  } catch (error) {
    // What one question is refused for must not fail the others.
    if (batch.length > 1) for (const one of batch) await askTogether([one]);
    else batch[0]!.reject(error);
  }
}

/**
 * One aggregate for the counts of all, each once, and where those of each stand. Conditions are computed once for each
 * event: written out wherever they count, they would make the question many times as long.
 */
function merged(batch: readonly Waiting[]): { readonly plan: Plan; readonly places: readonly (readonly number[])[] } {
  let last = 0;
  const fields = new Map<string, ScanColumn>();
  const conditions = new Map<string, Compute['definitions'][number]>();
  const calls: AggregateCall[] = [];
  const places: number[][] = [];
  const known = new Map<string, number>();
  let groups: Aggregate['groups'] = [];
  for (const { scan, among, groups: own, calls: asked, meanings } of batch) {
    const columns = new Map<number, Column>();
    for (const one of scan.columns) {
      const name = nameOf(one);
      if (!fields.has(name)) fields.set(name, { ...one, column: { ...one.column, id: ++last } });
      columns.set(one.column.id, fields.get(name)!.column);
    }
    const moved = (expression: Expression): Expression =>
      rewriteExpression(expression, (part) =>
        part.kind === 'column' ? { ...part, column: columns.get(part.column.id) ?? part.column } : part,
      );
    const computed = (expression: Expression): Expression => {
      if (isConnective(expression)) return { ...expression, args: expression.args.map(computed) };
      // ES|QL has searches in WHERE and STATS alone.
      if (searches(expression)) return moved(expression);
      const meaning = meanings.of(expression);
      const made = conditions.get(meaning) ?? {
        column: { id: ++last, name: `c${conditions.size + 1}`, type: 'boolean', multi: false },
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
      return calls.push({ ...call, column: { ...call.column, id: ++last }, args: call.args.map(moved), filter }) - 1;
    };
    places.push(asked.map(placeOf));
    if (groups.length === 0)
      groups = own.map(({ source, column }) => ({
        source: columns.get(source.id)!,
        column: { ...column, id: ++last },
      }));
  }
  const columns = [...fields.values()];
  const scan: Plan = { ...batch[0]!.scan, columns, output: columns.map(({ column }) => column) };
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
