import type { Field } from '../../../catalogue/catalogue.ts';
import { indexOfList, listOf } from '../../../catalogue/lookup-list.ts';
import type { Column } from '../../../plan/column.ts';
import { type Join, type Plan, type Scan, type ScanColumn, sortOf } from '../../../plan/nodes.ts';
import type { LookupJoinCommand } from '../syntax/ast.ts';
import type { AnalysisContext } from './command.ts';

type Named = LookupJoinCommand['index'];

/**
 * Every field of the one list, or else index, in which rows are looked up; null where there is none. `keys`: what they are
 * looked up by, which nobody doubts where nobody knows the index.
 */
export function scanOfIndex({ text, span }: Named, keys: readonly string[], context: AnalysisContext): Scan | null {
  const { catalogue } = context;
  const list = listOf(catalogue, text);
  if (list) {
    if (list.rows === 0) context.warn(`the list [${text}] has no rows: nothing is found in it`, span);
    return scanOf(indexOfList(text), list.fields, context);
  }
  const [behind = text, ...others] = catalogue.aliases?.get(text) ?? [];
  const index = others.length > 0 ? undefined : catalogue.indices.find(({ name }) => name === behind);
  if (!index) {
    if (/[*,]/.test(text)) context.report(`invalid index pattern [${text}], * is not allowed in LOOKUP JOIN`, span);
    else context.report(`Unknown index [${text}]`, span, catalogue.isElasticsearch ? undefined : listHint(context));
    return null;
  }
  if (index.mode !== undefined && index.mode !== 'lookup') {
    context.report(
      `Lookup Join requires a single lookup mode index; [${text}] resolves to [${text}] in [${index.mode}] mode`,
      span,
    );
    return null;
  }
  const fields = catalogue.fieldsOf([index.name]);
  if (!catalogue.isOpen || fields.length > 0) return scanOf(index.name, fields, context);
  const assumed = [...new Set(keys)].flatMap((name) => catalogue.field(name, [index.name]) ?? []);
  return scanOf(index.name, assumed, context);
}

function listHint({ catalogue: { lists = [] } }: AnalysisContext): string {
  const names = lists.map(({ name }) => `[${name}]`);
  return names.length > 0
    ? `--lookup names ${names.join(', ')}`
    : 'to look rows up in a file, name it: --lookup iocs.csv';
}

/** A scan of the one index that has these fields. */
function scanOf(index: string, fields: readonly Field[], context: AnalysisContext): Scan {
  const columns = [...fields]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (field): ScanColumn => ({
        column: {
          ...context.column(field.name, field.type, field.listColumn !== null),
          field: true,
          ...(field.isUnmapped && !context.mentioned.has(field.name) && { isUnnamed: true }),
        },
        source: field,
      }),
    );
  return { kind: 'scan', indices: [index], columns, output: columns.map(({ column }) => column) };
}

/** Rows with these columns of the rows that fit them, which take the place of columns of the same name. Rows stay sorted. */
export function withRowsOf(
  how: Pick<Join, 'input' | 'right' | 'on' | 'condition' | 'match' | 'warns'>,
  columns: readonly Column[],
  context: AnalysisContext,
): Plan {
  const { input } = how;
  const taken = columns.map((source) => {
    const { name, type, multi, isUnnamed } = source;
    return { source, column: { ...context.column(name, type, multi), ...(isUnnamed && { isUnnamed }) } };
  });
  const names = new Set(taken.map(({ column }) => column.name));
  const kept = input.output.filter(({ name }) => !names.has(name));
  const output = [...input.output, ...taken.map(({ column }) => column)];
  const join: Join = { kind: 'join', ...how, nullsMatch: false, collect: false, taken, output };
  const sort = sortOf(input);
  const sorted: Plan = sort ? { ...sort, input: join, output } : join;
  return { kind: 'project', input: sorted, output: [...kept, ...taken.map(({ column }) => column)] };
}
