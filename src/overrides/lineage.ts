import { inputsOf, type Plan } from '../esql/plan/nodes.ts';

/**
 * For each column of a plan that holds a field of the events as it is, the name of the field: through RENAME, the keys
 * of STATS, and the branches of FORK and subqueries where all of them have the same field there.
 */
export function fieldsOfColumns(plan: Plan): ReadonlyMap<number, string> {
  const fields = new Map<number, string>();
  const visit = (node: Plan): void => {
    for (const input of inputsOf(node)) visit(input);
    if (node.kind === 'scan') {
      for (const { column, source } of node.columns)
        fields.set(column.id, typeof source === 'object' ? source.name : source);
    } else if (node.kind === 'aggregate') {
      for (const { source, column } of node.groups) follow(column.id, [source.id]);
    } else if (node.kind === 'union') {
      node.output.forEach(({ id }, i) => {
        follow(
          id,
          node.branches.flatMap(({ columns }) => columns[i]?.id ?? []),
        );
      });
    }
  };
  const follow = (id: number, sources: readonly number[]): void => {
    const names = new Set(sources.map((source) => fields.get(source)));
    const [name] = names;
    if (names.size === 1 && name !== undefined) fields.set(id, name);
  };
  visit(plan);
  return fields;
}
