import { columnsIn } from '../../../plan/expression.ts';
import type { Join, Scan } from '../../../plan/nodes.ts';
import { looksUpByName } from '../commands/lookup-join.ts';
import { commands } from '../commands/table.ts';
import { printExpression } from './expressions.ts';
import { printInlineStats, within } from './groups.ts';
import { NotInEsql } from './not-in-esql.ts';
import { inlineOf } from './origins.ts';
import type { Needed, Printer } from './printer.ts';
import { identifier, indexName } from './tokens.ts';

/** The command that a join came of: ENRICH, INLINE STATS or LOOKUP JOIN. */
export function printJoin(printer: Printer, join: Join, needed: Needed): void {
  const { policy, right } = join;
  const inline = inlineOf(join);
  if (join.match) throw new NotInEsql('rows of a list that is matched');
  if (inline) printInlineStats(printer, join, inline, needed);
  else if (policy !== undefined) printEnrich(printer, join, policy, needed);
  else if (right.kind === 'scan' && right.indices?.length === 1 && !join.collect && !join.nullsMatch)
    printLookup(printer, join, right, right.indices[0]!, needed);
  else throw new NotInEsql('a join that is neither a LOOKUP JOIN nor an ENRICH');
}

function printEnrich(printer: Printer, join: Join, policy: string, needed: Needed): void {
  const wanted = join.taken.filter(({ column }) => needed.has(column.id));
  // Rows are never multiplied: where nothing is taken, nothing happens.
  if (wanted.length === 0) {
    printer.add(join.input, needed);
    return;
  }
  const [key] = keysOf(join);
  if (!key) throw new NotInEsql('an ENRICH on a column that is always null');
  printer.add(join.input, new Set([...needed, key.id]));
  const taken = new Set<string>();
  const fields = wanted.map(({ source, column }) => {
    const name = printer.names.free(column, needed, taken);
    taken.add(name);
    return { column, name, text: `${identifier(name)} = ${identifier(source.name)}` };
  });
  const on = identifier(printer.names.of(key));
  printer.push(`ENRICH ${indexName(policy)} ON ${on} WITH ${fields.map(({ text }) => text).join(', ')}`);
  for (const { column, name } of fields) printer.names.take(column, name);
}

/** The columns of the rows that documents are looked up by. */
function keysOf({ right, on, condition }: Join) {
  const ofRight = new Set(right.output.map(({ id }) => id));
  const read = condition ? columnsIn(condition).filter(({ id }) => !ofRight.has(id)) : [];
  return [...on.map(({ left }) => left), ...read];
}

/** On the names of fields, unless these cannot be, a condition is asked for or a key is one of the columns that are taken. */
function printLookup(printer: Printer, join: Join, right: Scan, index: string, needed: Needed): void {
  const { input, on, taken, condition } = join;
  const keys = new Set(on.map((key) => key.right.id));
  const before = new Set([...needed, ...keysOf(join).map(({ id }) => id)]);
  printer.add(input, before);
  printer.need('LOOKUP JOIN', commands.lookup.since);
  const areNames = on.every((key) => looksUpByName(key.left.type, key.right.type));
  const isOnNames = areNames && !condition && !taken.some(({ source }) => keys.has(source.id));
  const fields = right.columns.map(({ column }) => column.name);
  const how = isOnNames ? onNames(printer, on, fields, before) : onCondition(printer, join, fields, before);
  printer.push(`LOOKUP JOIN ${indexName(index)} ON ${how}`);
  for (const { source, column } of taken) if (needed.has(column.id)) printer.names.take(column, source.name);
}

/** Gives keys the names of the fields that they are looked up in. */
function onNames(printer: Printer, on: Join['on'], fields: readonly string[], needed: Needed): string {
  if (on.length > 1) printer.needForm('LOOKUP JOIN on several fields');
  const names = on.map(({ right }) => right.name);
  printer.makeRoom(
    fields.filter((name) => !names.includes(name)),
    needed,
  );
  for (const { left, right } of on) {
    const name = printer.names.of(left);
    if (name === right.name) continue;
    printer.makeRoom([right.name], needed);
    printer.push(`RENAME ${identifier(name)} AS ${identifier(right.name)}`);
    printer.names.rename(name, right.name);
  }
  return names.map(identifier).join(', ');
}

/** A name means a column of the rows if they have one, and else a field: of the rows only what is needed stays. */
function onCondition(printer: Printer, { on, condition }: Join, fields: readonly string[], needed: Needed): string {
  printer.needForm('LOOKUP JOIN on a condition');
  printer.makeRoom(fields, needed);
  const kept = printer.names.held(needed);
  printer.push(`KEEP ${[...kept].map(identifier).join(', ')}`);
  const known = new Map(printer.names);
  const scope = within(printer, (id, name) => identifier(known.get(id) ?? name));
  const equal = on.map(({ left, right }) => `${identifier(known.get(left.id)!)} == ${identifier(right.name)}`);
  return [...equal, ...(condition ? [printExpression(condition, scope)] : [])].join(' AND ');
}
