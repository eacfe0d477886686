import { list, type Sql, sql, text, withName } from '../sql/sql.ts';
import { dottedPath, elementsPath, jsonPath, pathInList } from './json-paths.ts';
import type { Expr } from './raw-values.ts';

/**
 * The scalars at a path of a text that is JSON, as a list: of a list its elements, of objects in a list their members. Dots
 * may be part of the names of members, from any step of the path to its end.
 */
export function textsInJson(json: Sql, path: string): Expr {
  return { sql: json.length < 40 ? textsIn(json, path) : withName(sql`t`, json, textsIn(sql`t`, path)), isList: true };
}

function textsIn(json: Sql, path: string): Sql {
  const steps = path.split('.');
  const last = steps.at(-1)!;
  // Most texts have no such member, and need not be parsed then. Other characters may be escaped.
  const mayHave = /^[A-Za-z0-9_-]+$/.test(last) ? sql`contains(${json}, ${text(last)}) AND ` : sql``;
  const isIt = (type: Sql): Sql => sql`json_type(${json}, ${jsonPath(path)}) = ${type}`;
  const elements = scalarsOf(sql`json_extract(${json}, ${elementsPath(path)})`);
  // The whole may be a list of objects.
  const inList = sql`WHEN v IS NULL AND ${json}[1] = '[' THEN ${scalarsOf(sql`json_extract(${json}, ${pathInList([], steps)})`)} `;
  const around = steps.length === 1 ? sql`` : sql`WHEN v IS NULL THEN ${scalarsOf(elementsAround(json, steps))} `;
  // Most values are scalars, for which the text is not parsed again.
  const values = sql`CASE ${inList}${around}WHEN v[1] = '[' AND ${isIt(sql`'ARRAY'`)} THEN ${elements} WHEN v[1] = '{' AND ${isIt(sql`'OBJECT'`)} THEN NULL WHEN v <> '' THEN [v] END`;
  const found = withName(sql`v`, sql`${json} ->> ${jsonPath(path)}`, values);
  return sql`CASE WHEN ${mayHave}json_valid(${json}) THEN nullif(${found}, []::VARCHAR[]) END`;
}

/** What stands at the end of some steps where names have dots or a list stands on the way, as a list of JSON. */
function elementsAround(json: Sql, steps: readonly string[]): Sql {
  const dotted = steps.slice(1).map((_, i) => dottedPath(steps.slice(0, i), steps.slice(i).join('.')));
  const ofNames = sql`list_filter(json_extract(${json}, ${list(dotted)}), lambda j: j IS NOT NULL)`;
  return steps
    .slice(1)
    .map((_, i) => sql`json_extract(${json}, ${pathInList(steps.slice(0, i + 1), steps.slice(i + 1))})`)
    .reduce((found, next) => sql`coalesce(nullif(${found}, []), ${next})`, ofNames);
}

/** The scalars of a list of JSON, and of the lists in it; empty ones are left out. */
function scalarsOf(elements: Sql): Sql {
  const scalar = (one: Sql): Sql =>
    sql`CASE WHEN json_type(${one}) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN ${one} ->> '$' END`;
  const each = sql`CASE json_type(j) WHEN 'ARRAY' THEN list_transform(json_extract(j, '$[*]'), lambda k: ${scalar(sql`k`)}) ELSE [${scalar(sql`j`)}] END`;
  return sql`list_filter(flatten(list_transform(${elements}, lambda j: ${each})), lambda v: v <> '')`;
}
