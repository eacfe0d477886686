import { cellJson } from '../values/json.ts';
import type { Format } from './report.ts';

/**
 * One object a row: columns by name. Rows of hunts begin with `_hunt` (uuid, name and number of the query); no ES|QL
 * column is called so unless a query asks for it.
 */
export const ndjson: Format = function* (report) {
  for (const { hunt, query, result } of report.results) {
    if (!result) continue;
    const head = hunt ? [`"_hunt":${JSON.stringify({ uuid: hunt.uuid, name: hunt.name, query })}`] : [];
    for (const row of result.values) {
      const cells = row.map((value, i) => {
        const { name, type } = result.columns[i]!;
        return `${JSON.stringify(name)}:${cellJson(value, type)}`;
      });
      yield `{${[...head, ...cells].join(',')}}\n`;
    }
  }
};
