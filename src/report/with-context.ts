import type { RowContext } from '../investigate/row-context.ts';
import type { QueryResult } from '../values/types.ts';

/** Behind the name of a column that is not the hunt's own. */
const mark = '*';

/** What the mark means, for below a table. */
export const contextLegend = `${mark} of the events behind the row; not a column of the query`;

/** What stands where the events of a row have different values. */
const several = '(several)';

/** The rows of a result for people: first where the events of each come from, under marked names. */
export function withContext({
  result,
  context,
}: {
  readonly result: QueryResult | null;
  readonly context?: RowContext | null | undefined;
}): Pick<QueryResult, 'columns' | 'values'> | null {
  if (!result || !context) return result;
  const { fields, rows } = context;
  return {
    columns: [...fields.map((name) => ({ name: `${name}${mark}`, type: 'keyword' as const })), ...result.columns],
    values: result.values.map((row, i) => [...cellsOf(rows[i] ?? null, fields.length), ...row]),
  };
}

const cellsOf = (values: RowContext['rows'][number], fields: number): (string | null)[] =>
  values === null ? new Array<null>(fields).fill(null) : values.map((one) => (one.several ? several : one.value));

/** The context as JSON: an object for each row, by the names of the fields. */
export const contextJson = ({ fields, rows }: RowContext): string =>
  JSON.stringify(rows.map((row) => row && Object.fromEntries(fields.map((name, i) => [name, row[i]!.value] as const))));
