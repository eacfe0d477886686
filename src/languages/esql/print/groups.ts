import { aggregateNamed, scalarNamed } from '../../../functions/table.ts';
import type { Column } from '../../../plan/column.ts';
import { columnsIn, type Expression, reference } from '../../../plan/expression.ts';
import type { Aggregate, AggregateCall, Join } from '../../../plan/nodes.ts';
import { isDate, isNumeric } from '../../../values/types.ts';
import { commands } from '../commands/table.ts';
import { optionText, type PrintScope, printExpression, printKey } from './expressions.ts';
import { forms } from './forms.ts';
import { unlike } from './names.ts';
import { NotInEsql } from './not-in-esql.ts';
import { categoriesOf, type Fusion, fusionOf, type Inline } from './origins.ts';
import { type Needed, type Printer, printCompute, printRows } from './printer.ts';
import { identifier } from './tokens.ts';

/** STATS, or the FUSE that groups came of. */
export function printAggregate(printer: Printer, plan: Aggregate, needed: Needed): void {
  const fusion = fusionOf(plan);
  if (fusion) printFusion(printer, plan, fusion);
  else printStats(printer, { ...plan, aggregates: plan.aggregates.filter(({ column }) => needed.has(column.id)) });
}

function printStats(printer: Printer, plan: Aggregate): void {
  const made = beforeGroups(printer, plan, new Set());
  const taken = new Set<string>();
  const free = (name: string): string => {
    const other = unlike(name, (one) => taken.has(one));
    taken.add(other);
    return other;
  };
  const keys = plan.groups.map(({ source, column }) => {
    const expression = made.get(source.id);
    const own = expression ? printer.names.wished(column) : printer.names.of(source);
    const name = free(own);
    const of = expression ? printKey(expression, printer) : identifier(own);
    return { source, column, name, text: expression || name !== own ? `${identifier(name)} = ${of}` : of };
  });
  // Aggregates know what a grouping function makes of a row by the name of the key.
  for (const { source, name } of keys) if (made.has(source.id)) printer.names.take(source, name);
  const scope = { ...within(printer), keys: [...made.values()].map((key) => printKey(key, printer)) };
  const calls = plan.aggregates.map((call) => {
    const name = free(printer.names.wished(call.column));
    return { column: call.column, name, text: `${identifier(name)} = ${printCall(call, call.filter, scope)}` };
  });
  if (calls.length + keys.length === 0) {
    // A row of no columns.
    printer.names.replace([]);
    printer.push('STATS `(row)` = COUNT(*)');
    return;
  }
  printer.names.replace([...calls, ...keys].map(({ column, name }) => [column.id, name]));
  printer.push(statsText('STATS', calls, keys));
}

/** Prints what comes before groups, and gives the keys that grouping functions make: those stand in BY. */
function beforeGroups(
  printer: Printer,
  { input, groups, aggregates }: Aggregate,
  later: Needed,
): ReadonlyMap<number, Expression> {
  const read = new Set(
    aggregates
      .flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])])
      .flatMap(columnsIn)
      .map(({ id }) => id),
  );
  const below = input.kind === 'compute' ? input : null;
  const categories = categoriesOf(below?.input ?? input);
  const rows = categories?.rows ?? below?.input ?? input;
  const made = new Map(
    (below?.definitions ?? [])
      .filter(({ expression: one }) => one.kind === 'call' && scalarNamed(one.function).isGrouping)
      .map(({ column, expression }) => [column.id, expression]),
  );
  if (categories) {
    made.set(categories.column.id, categories.call);
    if (read.has(categories.column.id)) throw new NotInEsql('an aggregate of what CATEGORIZE made');
  }
  const inBy = [...made.values()].flatMap(columnsIn).map(({ id }) => id);
  const keys = groups.map(({ source }) => source.id);
  const needed = new Set([...read, ...inBy, ...keys, ...later].filter((id) => !made.has(id)));
  const rest = (below?.definitions ?? []).filter(({ column }) => !made.has(column.id));
  const before = new Set([...needed, ...rest.flatMap(({ expression }) => columnsIn(expression)).map(({ id }) => id)]);
  if (rest.length > 0) printCompute(printer, { input: rows, definitions: rest }, before, needed);
  else printRows(printer, rows, needed);
  return made;
}

const ranking: ReadonlySet<string> = new Set(['MIN', 'MAX', 'TOP']);

/** A call of an aggregate over the rows that meet a condition. */
function printCall(
  { function: name, args, span }: AggregateCall,
  filter: Expression | null,
  scope: PrintScope,
): string {
  const { family, since } = aggregateNamed(name);
  if (family === 'internal') throw new NotInEsql(`the aggregate ${name}`);
  scope.need(name, since);
  const [value] = args;
  if (value && ranking.has(name) && !isNumeric(value.type) && !isDate(value.type)) {
    const form = 'the least or greatest of what is no number and no date';
    scope.need(form, forms[form]);
  }
  const [first = '*', ...rest] = args.map((arg) => printExpression(arg, scope));
  const over = (value: string): string => {
    const text = `${name}(${[value, ...rest].join(', ')})`;
    scope.note?.(text, span);
    return text;
  };
  if (!filter) return over(first);
  const condition = printExpression(filter, scope);
  if (scope.has(forms['a condition on an aggregate'])) return `${over(first)} WHERE ${condition}`;
  // Aggregates pass over nulls.
  return over(`CASE(${condition}, ${first === '*' ? '1' : first}, null)`);
}

/** INLINE STATS, which is a join of rows with their own groups. */
export function printInlineStats(printer: Printer, join: Join, { aggregate, computed }: Inline, needed: Needed): void {
  const taken = join.taken.filter(({ column }) => needed.has(column.id));
  // Rows stay as they are: where nothing is taken, nothing happens.
  if (taken.length === 0) {
    printer.add(join.input, needed);
    return;
  }
  const made = beforeGroups(printer, aggregate, needed);
  printer.need('INLINE STATS', commands.inline.since);
  const calls = new Map(aggregate.aggregates.map((call) => [call.column.id, call]));
  // What is computed of aggregates is one expression with them, and has one condition for all.
  const scope = within(printer, (id, name) => {
    const call = calls.get(id);
    return call ? printCall(call, null, printer) : printer.column(id, name);
  });
  const names = new Set<string>();
  const named = taken.map(({ source, column }) => {
    const name = printer.names.free(column, needed, names);
    names.add(name);
    const whole = computed.find((definition) => definition.column.id === source.id);
    const expression = whole?.expression ?? reference(source, { start: 0, end: 0 });
    const read = columnsIn(expression).flatMap(({ id }) => calls.get(id) ?? []);
    const [filter, ...others] = new Set(
      read.map((call) => (call.filter ? ` WHERE ${printer.print(call.filter)}` : '')),
    );
    if (filter === undefined || others.length > 0)
      throw new NotInEsql(`the column ${source.name}, which is of no aggregate or of several under conditions`);
    return { column, name, text: `${identifier(name)} = ${printExpression(expression, scope)}${filter}` };
  });
  const keys = aggregate.groups.map(({ source, column }) => {
    const expression = made.get(source.id);
    const name = expression ? printer.names.free(column, needed, names) : printer.names.of(source);
    const of = expression ? `${identifier(name)} = ${printKey(expression, printer)}` : identifier(name);
    return { column: source, name, text: of };
  });
  for (const { column, name } of [...named, ...keys]) printer.names.take(column, name);
  printer.push(statsText('INLINE STATS', named, keys));
}

/** The surroundings that a printer has, with other words for columns if need be. */
export const within = (printer: Printer, column?: PrintScope['column']): PrintScope => ({
  column: column ?? ((id, name) => printer.column(id, name)),
  inQuery: (id) => printer.inQuery(id),
  note: (text, span) => printer.note(text, span),
  zone: (zone) => printer.zone(zone),
  has: (since) => printer.has(since),
  need: (what, since) => printer.need(what, since),
});

const weightPrefix = 'weights.';

/** FUSE, whose columns all keep their names. */
function printFusion(
  printer: Printer,
  { groups, aggregates }: Aggregate,
  { method, score, group, options, rows }: Fusion,
): void {
  const keys = groups.map(({ source }) => source);
  const isTotal = ({ function: name }: AggregateCall): boolean => name === 'SUM';
  const firsts = aggregates.filter((call) => !isTotal(call)).flatMap(({ args }) => args.flatMap(columnsIn));
  const read = new Set([...(score ? [score] : []), group, ...keys, ...firsts].map(({ id }) => id));
  printer.add(rows, read);
  printer.need('FUSE', commands.fuse.since);
  // Ranks need no scores, but the column has to be there.
  const total = score ? printer.names.of(score) : printer.names.free({ ...group, name: '_score' }, read);
  if (!score) printer.push(`EVAL ${identifier(total)} = 0.0`);
  const name = (column: Column): string => identifier(printer.names.of(column));
  const weights = options.filter((option) => option.name.startsWith(weightPrefix));
  const plain = optionText(options.filter((option) => !weights.includes(option)));
  const weighted = optionText(weights.map((one) => ({ ...one, name: one.name.slice(weightPrefix.length) })));
  const all = [...plain, ...(weighted.length > 0 ? [`"weights": {${weighted.join(', ')}}`] : [])];
  printer.push(
    `FUSE ${method} SCORE BY ${identifier(total)} GROUP BY ${name(group)} KEY BY ${keys.map(name).join(', ')} WITH {${all.join(', ')}}`,
  );
  printer.names.replace([
    ...aggregates.map((call): [number, string] => [
      call.column.id,
      isTotal(call) ? total : printer.names.of(columnsIn(call.args[0]!)[0]!),
    ]),
    ...groups.map(({ source, column }): [number, string] => [column.id, printer.names.of(source)]),
  ]);
}

interface Item {
  readonly text: string;
}

const statsText = (keyword: string, calls: readonly Item[], keys: readonly Item[]): string =>
  [
    keyword,
    ...(calls.length > 0 ? [calls.map(({ text }) => text).join(', ')] : []),
    ...(keys.length > 0 ? [`BY ${keys.map(({ text }) => text).join(', ')}`] : []),
  ].join(' ');
