import { InputError } from '../diagnostics/diagnostic.ts';
import type { TypedQuery } from '../overrides/typed-query.ts';
import type { QueryResult } from '../values/types.ts';

/** Columns that people look at first. */
export const telling = ['@timestamp', 'host.name', 'user.name', 'process.name', 'process.pid', 'event.action'];

/** A result with the columns asked for; otherwise with those that some event has, of a query only what it is about. */
export function withColumns(result: QueryResult, names: readonly string[], query: TypedQuery | null): QueryResult {
  const filled = result.columns.flatMap((_, i) => (result.values.some((row) => row[i] !== null) ? [i] : []));
  const mentioned = new Set(telling);
  for (const { output } of query ? [query.plan] : []) for (const { name } of output) mentioned.add(name);
  for (const name of query ? fieldsRead(query) : []) mentioned.add(name);
  const keep =
    names.length > 0 && !names.includes('*')
      ? names.map((name) => {
          const at = result.columns.findIndex((column) => column.name === name);
          if (at < 0) throw new InputError(`no event has ${name}`, 'see all fields with --fields "*"');
          return at;
        })
      : filled.filter((i) => query === null || names.includes('*') || mentioned.has(result.columns[i]!.name));
  return {
    ...result,
    columns: keep.map((i) => result.columns[i]!),
    values: result.values.map((row) => keep.map((i) => row[i]!)),
  };
}

const fieldsRead = ({ plan }: TypedQuery): string[] => {
  const names: string[] = [];
  const visit = (node: typeof plan): void => {
    if (node.kind === 'scan') names.push(...node.output.map(({ name }) => name));
    else if ('input' in node) visit(node.input);
  };
  visit(plan);
  return names;
};
