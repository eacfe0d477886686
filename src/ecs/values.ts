import { coalesce, join, list, type Sql, sql, text } from '../sql/sql.ts';
import { communityIdSql } from './community-id.ts';
import { always, conditionSql, matcherSql, never } from './conditions.ts';
import { elementsPath, jsonPath } from './json-paths.ts';
import type { Condition, Matcher, Op, Scalar, Value } from './mapping.ts';
import { addend, apply, listOf } from './ops.ts';
import { type Expr, oneOf, type RawValues } from './raw-values.ts';

type WithParts = Exclude<Value, string | readonly string[]>;

/** A value as SQL; null where no event has any. `names` gives the values that it is made of. */
export function valueSql(value: Value, names: RawValues): Expr | null {
  if (typeof value === 'string') return names.text(value);
  if (isNames(value)) return firstOf(value.map((name) => names.text(name)));
  const made = madeOf(value, names);
  const changed = made && (value.then ?? []).reduce((expr: Expr, op: Op) => apply(expr, op), made);
  return onlyWhen(changed, value.when, names);
}

/** A value of those events alone that meet a condition. */
export function onlyWhen(value: Expr | null, when: Condition | null | undefined, names: RawValues): Expr | null {
  if (value === null || !when) return value;
  const condition = conditionSql(when, names);
  if (condition === never) return null;
  return condition === always ? value : { ...value, sql: sql`CASE WHEN ${condition} THEN ${value.sql} END` };
}

function madeOf(value: WithParts, names: RawValues): Expr | null {
  if ('is' in value) return constant(value.is);
  if ('from' in value) return valueSql(value.from, names);
  if ('first' in value) return firstOf(value.first.map((one) => valueSql(one, names)));
  if ('objects' in value) return membersOf(names.json(value.objects), value.where ?? {}, value.get);
  if ('object' in value) return objectText(names.json(value.object), value.as);
  if ('between' in value) return timeBetween(value.between, names);
  if ('community_id' in value) return communityIdOf(value.community_id, names);
  const parts = ('join' in value ? value.join : 'list' in value ? value.list : value.sum).map((one) =>
    valueSql(one, names),
  );
  const there = parts.filter((part) => part !== null);
  if (there.length === 0) return null;
  if ('list' in value) {
    const lists = there.map(({ sql: part, isList }) => (isList ? part : list([part])));
    const all = sql`flatten(list_filter(${list(lists)}, lambda v: v IS NOT NULL))`;
    return listOf(sql`list_filter(${all}, lambda v: v IS NOT NULL)`, false);
  }
  if ('sum' in value) {
    const numbers = there.map((part) => addend(oneOf(part)));
    const sum = join(
      numbers.map((one) => sql`coalesce(${one}, 0)`),
      ' + ',
    );
    return { sql: sql`CASE WHEN ${coalesce(numbers)} IS NOT NULL THEN (${sum})::VARCHAR END`, isList: false };
  }
  if (there.length < parts.length) return null;
  return { sql: sql`(${join(there.map(oneOf), ' || ')})`, isList: false };
}

/** The nanoseconds from one date to another, which may have an offset as `+0100`. */
function timeBetween([from, to]: readonly [Value, Value], names: RawValues): Expr | null {
  const [begin, end] = [valueSql(from, names), valueSql(to, names)];
  if (!begin || !end) return null;
  const time = (value: Expr): Sql =>
    sql`epoch_us(TRY_CAST(regexp_replace(${oneOf(value)}, '([+-][0-9]{2})([0-9]{2})$', '\\1:\\2') AS TIMESTAMPTZ))::HUGEINT`;
  return { sql: sql`((${time(end)} - ${time(begin)}) * 1000)::VARCHAR`, isList: false };
}

/** The Community ID of a flow; protocols other than TCP and UDP may have no ports. */
function communityIdOf(ends: readonly Value[], names: RawValues): Expr | null {
  const [source, sourcePort, destination, destinationPort, transport] = ends.map((end) => valueSql(end, names));
  if (!source || !destination || !transport) return null;
  const port = (value: Expr | null | undefined): Sql => (value ? sql`coalesce(${oneOf(value)}, '')` : text(''));
  const flow = {
    source: oneOf(source),
    sourcePort: port(sourcePort),
    destination: oneOf(destination),
    destinationPort: port(destinationPort),
    transport: oneOf(transport),
  };
  return { sql: communityIdSql(flow), isList: false };
}

/** The members of the objects that are wanted, of a list of them or of one; of a member that is a list, its texts. */
function membersOf(json: Sql | null, where: { readonly [member: string]: Matcher }, get: string): Expr | null {
  if (json === null) return null;
  const objects = sql`CASE json_type(${json}) WHEN 'ARRAY' THEN json_extract(${json}, '$[*]') WHEN 'OBJECT' THEN [${json}::JSON] END`;
  const member = (path: string): Sql => sql`(o ->> ${jsonPath(path)})`;
  const tests = Object.entries(where).map(([path, matcher]) =>
    matcherSql(matcher, { sql: member(path), isList: false }),
  );
  if (tests.includes(never)) return null;
  const open = tests.filter((test) => test !== always);
  const wanted = open.length === 0 ? objects : sql`list_filter(${objects}, lambda o: ${join(open, ' AND ')})`;
  const isList = sql`json_type(o, ${jsonPath(get)}) = 'ARRAY'`;
  const texts = sql`CASE WHEN ${isList} THEN json_extract_string(o, ${elementsPath(get)}) ELSE ${list([member(get)])} END`;
  const all = sql`flatten(list_transform(${wanted}, lambda o: ${texts}))`;
  return listOf(sql`list_filter(${all}, lambda v: v IS NOT NULL)`, true);
}

/** Values of lists of objects that each have a name and a value. */
export const valueOfPair = (json: Sql | null, name: string, nameMember: string, valueMember: string): Expr | null =>
  membersOf(json, { [nameMember]: name }, valueMember);

function objectText(json: Sql | null, as: 'json' | 'java'): Expr | null {
  if (json === null) return null;
  const shown = as === 'java' ? sql`harrier_java_text(${json})` : json;
  return {
    sql: sql`CASE WHEN json_type(${json}) IN ('OBJECT', 'ARRAY') THEN nullif(${shown}, '') END`,
    isList: false,
  };
}

const isNames = (value: Value): value is readonly string[] => Array.isArray(value);

function constant(value: Scalar | readonly Scalar[]): Expr {
  const texts = [value].flat().map(String);
  const isNoDate = !texts.some((one) => /^\d{4}-/.test(one));
  return texts.length === 1
    ? { sql: text(texts[0]!), isList: false, isNoDate }
    : { sql: list(texts.map(text)), isList: true, isNoDate };
}

/** The first that an event has. */
export function firstOf(values: readonly (Expr | null)[]): Expr | null {
  const there = values.filter((value) => value !== null);
  if (there.length <= 1) return there[0] ?? null;
  const isList = there.some((value) => value.isList);
  const parts = there.map((value) => (isList ? asList(value) : value.sql));
  return { sql: coalesce(parts), isList, isNoDate: there.every((value) => value.isNoDate) };
}

/** As a list, null without a value. */
const asList = ({ sql: value, isList }: Expr): Sql =>
  isList ? value : sql`CASE WHEN ${value} IS NOT NULL THEN ${list([value])} END`;
