import { isRefusal } from '../engines/refusal.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference } from '../plan/expression.ts';
import type { AggregateCall, Compute, Plan, ScanColumn } from '../plan/nodes.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import { isConnective, nameOf, searches, type Waiting } from './counts.ts';
import { SharedScan } from './shared-scan.ts';

/*
 * Counts of events under many conditions, in one pass: events that fulfil the same ones are of a kind. There are few kinds,
 * and what is asked of events is asked of these.
 */

/** Questions about the events of the same indices, and those that kinds of events cannot answer. */
export function questionsByKinds(all: readonly Waiting[]): { questions: Waiting[][]; others: Waiting[] } {
  const questions = new Map<string, Waiting[]>();
  const others: Waiting[] = [];
  for (const one of all) {
    if (!isOfKinds(one)) {
      others.push(one);
      continue;
    }
    const indices = JSON.stringify(one.scan.indices);
    const same = questions.get(indices);
    if (same) same.push(one);
    else questions.set(indices, [one]);
  }
  return { questions: [...questions.values()], others };
}

/** Whether a question asks for counts and times alone, by values of which an event has one. */
function isOfKinds({ groups, calls, among }: Waiting): boolean {
  const conditions = [...among, ...calls.flatMap(({ filter }) => filter ?? [])];
  return (
    groups.every(({ source }) => !source.multi) &&
    calls.every((call) => isCount(call) || timeOf(call) !== null) &&
    !conditions.some(searches)
  );
}

const isCount = ({ function: name, args }: AggregateCall): boolean => name === 'COUNT' && args.length === 0;

/** The column whose first or last time is asked for. */
function timeOf({ function: name, args: [value], column: { type } }: AggregateCall): Column | null {
  const isExtreme = (name === 'MIN' || name === 'MAX') && type === 'date';
  return isExtreme && value?.kind === 'column' && !value.column.multi ? value.column : null;
}

/** With more kinds, what is asked of each event is little beside them. */
const mostKinds = 20_000;

/** Answers questions about the same indices; returns those that have to be asked otherwise, all of them or none. */
export async function askByKinds(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
  const { plan, places } = kindsAsked(batch);
  let result: QueryResult;
  try {
    result = await batch[0]!.ask(plan);
  } catch (error) {
    // What one question is refused for must not fail the others.
    if (isRefusal(error)) return batch;
    throw error;
  }
  if (result.values.length > mostKinds) return batch;
  for (const one of batch) one.resolve({ ...result, values: answer(one, result.values, places) });
  return [];
}

/** Where the answer has what: names of fields and meanings of conditions and calls to places in a row. */
type Places = ReadonlyMap<string, number>;

const place = {
  field: (column: ScanColumn): string => `field ${nameOf(column)}`,
  condition: (meaning: string): string => `condition ${meaning}`,
  time: (name: string, field: string): string => `${name} ${field}`,
};

const scanColumnOf = ({ scan }: Waiting, { id }: Column): ScanColumn =>
  scan.columns.find(({ column }) => column.id === id)!;

/** The conditions that expressions put together. */
const conditionsIn = (expression: Expression): readonly Expression[] =>
  isConnective(expression) ? expression.args.flatMap(conditionsIn) : [expression];

/** One aggregate for the kinds of all questions: how many events are of each, and when the first and the last were. */
function kindsAsked(batch: readonly Waiting[]): { readonly plan: Plan; readonly places: Places } {
  const shared = new SharedScan();
  const definitions = new Map<string, Compute['definitions'][number]>();
  const keys = new Map<string, Column>();
  const calls = new Map<string, AggregateCall>();
  const number = { function: 'COUNT', args: [], filter: null, span: nowhere };
  calls.set('events', { ...number, column: shared.fresh('events', 'long') });
  for (const one of batch) {
    const { columnOf, moved } = shared.take(one.scan);
    for (const { source } of one.groups) keys.set(place.field(scanColumnOf(one, source)), columnOf(source));
    for (const call of one.calls) {
      const time = timeOf(call);
      if (!time) continue;
      const key = place.time(call.function, nameOf(scanColumnOf(one, time)));
      const args = [reference(columnOf(time), nowhere)];
      if (!calls.has(key)) calls.set(key, { ...call, filter: null, args, column: shared.fresh(key, 'date') });
    }
    const filters = one.calls.flatMap(({ filter }) => filter ?? []);
    for (const condition of [...one.among, ...filters].flatMap(conditionsIn)) {
      const key = place.condition(one.meanings.of(condition));
      if (definitions.has(key)) continue;
      const column = shared.fresh(`c${definitions.size + 1}`, 'boolean');
      definitions.set(key, { column, expression: moved(condition) });
      keys.set(key, column);
    }
  }
  const scan = shared.over(batch[0]!.scan);
  const computed = [...definitions.values()];
  const output = [...scan.output, ...computed.map(({ column }) => column)];
  const input: Plan = computed.length === 0 ? scan : { kind: 'compute', input: scan, definitions: computed, output };
  const groups = [...keys.values()].map((source) => ({ source, column: shared.fresh(source.name, source.type) }));
  const aggregates = [...calls.values()];
  const shown = [...aggregates, ...groups].map(({ column }) => column);
  const kinds: Plan = { kind: 'aggregate', input, groups, aggregates, output: shown };
  const places = new Map([...calls.keys(), ...keys.keys()].map((key, i) => [key, i]));
  return { plan: { kind: 'limit', input: kinds, count: BigInt(mostKinds + 1), output: shown }, places };
}

const nowhere = { start: 0, end: 0 };

type Kind = readonly CellValue[];

/** The rows that a question asks for, put together of those of the kinds. */
function answer(one: Waiting, kinds: readonly Kind[], places: Places): CellValue[][] {
  const at = (key: string): number => places.get(key)!;
  const truth = truthOf(one, places);
  const keys = one.groups.map(({ source }) => at(place.field(scanColumnOf(one, source))));
  const calls = one.calls.map((call) => {
    const time = timeOf(call);
    const source = time ? at(place.time(call.function, nameOf(scanColumnOf(one, time)))) : at('events');
    return { ...call, source, isCount: time === null };
  });
  const rows = new Map<string, CellValue[]>();
  const rowOf = (kind: Kind | null): CellValue[] => {
    const values = keys.map((key) => kind![key]!);
    const name = JSON.stringify(values);
    const row = rows.get(name) ?? [...calls.map(({ isCount: counts }) => (counts ? 0n : null)), ...values];
    rows.set(name, row);
    return row;
  };
  if (keys.length === 0) rowOf(null);
  for (const kind of kinds) {
    if (!one.among.every((condition) => truth(condition, kind) === true)) continue;
    const row = rowOf(kind);
    calls.forEach(({ filter, function: name, source, isCount: counts }, i) => {
      if (filter && truth(filter, kind) !== true) return;
      const [before, more] = [row[i]!, kind[source]!];
      if (counts) row[i] = BigInt(before as bigint) + BigInt(more as bigint);
      else if (more !== null)
        row[i] = before === null || String(more) < String(before) === (name === 'MIN') ? more : before;
    });
  }
  return [...rows.values()].sort((a, b) => inOrder(a.slice(calls.length), b.slice(calls.length)));
}

/** Keys of groups in order; nulls come last. */
export function inOrder(some: readonly CellValue[], others: readonly CellValue[]): number {
  for (const [i, a] of some.entries()) {
    const b = others[i]!;
    if (a === b) continue;
    if (a === null || b === null) return a === null ? 1 : -1;
    return String(a) < String(b) ? -1 : 1;
  }
  return 0;
}

/** What conditions of a question come to for the events of a kind; null where that is not known. */
function truthOf(one: Waiting, places: Places): (expression: Expression, kind: Kind) => boolean | null {
  const at = new Map<Expression, number>();
  const placeOf = (expression: Expression): number => {
    const known = at.get(expression) ?? places.get(place.condition(one.meanings.of(expression)))!;
    at.set(expression, known);
    return known;
  };
  const truth = (expression: Expression, kind: Kind): boolean | null => {
    if (!isConnective(expression)) return kind[placeOf(expression)] as boolean | null;
    const { function: name, args } = expression;
    if (name === 'IS NULL') return truth(args[0]!, kind) === null;
    if (name === 'NOT') {
      const value = truth(args[0]!, kind);
      return value === null ? null : !value;
    }
    // What decides is false for AND and true for OR.
    const decides = name === 'OR';
    let isKnown = true;
    for (const arg of args) {
      const value = truth(arg, kind);
      if (value === decides) return decides;
      if (value === null) isKnown = false;
    }
    return isKnown ? !decides : null;
  };
  return truth;
}
