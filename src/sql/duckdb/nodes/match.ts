import type { ListMatch } from '../../../catalogue/lookup-list.ts';
import type { Join } from '../../../plan/nodes.ts';
import type { EsqlType } from '../../../values/types.ts';
import { ident, join, number, type Sql, sql, text } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import { type Representation, valuesOf } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { emitJoin } from './join.ts';

/*
 * Rows with the rows of a list that fit a value of theirs. Which rows of the list fit is found out once for each distinct
 * value, always by equality, so that the engine hashes instead of comparing each with each: addresses by the bits that
 * networks of one length share, names by the domains above them, texts by the beginning or the end of patterns.
 */

type Match = NonNullable<Join['match']>;

/** Every row with each row of the list that fits it once, whatever number of its values do; with nulls where none does. */
export function emitMatch(plan: Join & { readonly match: Match }, left: Rows, right: Rows, statement: Statement): Rows {
  const [key] = plan.on;
  if (!key || key.left.type === 'null' || key.right.type === 'null') return emitJoin(plan, left, right, statement);
  const own = placeOf(key.left, left.columns);
  // Values that several rows have together are looked up together.
  const asked = own.list ? sql`(${valuesOf(own)})` : own.single;
  // Names that no column has, for they stand beside those of the rows and of the list.
  const [name, row] = [ident(statement.alias('(sought)')), ident(statement.alias('(row)'))];
  const none = new Map();
  const sought = statement.step(
    'sought',
    sql`SELECT DISTINCT ${asked} AS ${name} FROM ${left.name} WHERE ${asked} IS NOT NULL`,
    none,
  );
  const each = own.list ? sql`SELECT DISTINCT unnest(${name})` : sql`SELECT ${name}`;
  const values = statement.step('values', sql`${each} AS "value" FROM ${sought.name}`, none);
  const listed = statement.step('listed', rowsOfList(plan.match, placeOf(key.right, right.columns), right), none);
  const sides = { values, listed, statement, type: key.right.type };
  const pairs = statement.step('pairs', finders[plan.match.by](sides), none);
  const found = own.list
    ? sql`SELECT DISTINCT ${name}, p."place" AS ${row} FROM (SELECT ${name}, unnest(${name}) AS "value" FROM ${sought.name}) s JOIN ${pairs.name} p ON p."value" = s."value"`
    : sql`SELECT DISTINCT "value" AS ${name}, "place" AS ${row} FROM ${pairs.name}`;
  const columns = new Map(left.columns);
  const items = plan.taken.flatMap(({ source, column }) => {
    if (column.type === 'null' || column.type === 'unsupported') return [];
    const { items: named, place } = statement.named(column, placeOf(source, right.columns));
    columns.set(column.id, place);
    return named;
  });
  const place = placeOf(plan.match.place, right.columns).single;
  const matches = statement.step(
    'matches',
    sql`SELECT ${join([name, ...items], ', ')} FROM (${found}) f JOIN ${right.name} ON ${place} = ${row}`,
    none,
  );
  return statement.step(
    'match',
    sql`SELECT * EXCLUDE (${name}) FROM ${left.name} LEFT JOIN ${matches.name} ON ${asked} = ${name}`,
    columns,
  );
}

/** What each row of a list has in the column of its keys, and the number of the row. */
function rowsOfList({ place }: Match, { single, list }: Representation, right: Rows): Sql {
  const keys = list ? sql`unnest(${valuesOf({ single, list })})` : single;
  return sql`SELECT ${placeOf(place, right.columns).single} AS "place", ${keys} AS "key" FROM ${right.name}`;
}

/** The distinct values that are sought, and the keys of a list, each with the number of its row. */
interface Sides {
  readonly values: Rows;
  readonly listed: Rows;
  readonly statement: Statement;
  /** Of the keys. */
  readonly type: EsqlType;
}

/** Which value fits which row of the list: `value`, `place`. */
const finders: { readonly [M in ListMatch]: (sides: Sides) => Sql } = {
  value: ({ values, listed }) =>
    sql`SELECT v."value", l."place" FROM ${values.name} v JOIN ${listed.name} l ON v."value" = l."key"`,

  cidr({ values, listed, statement, type }) {
    const whole = sql`'340282366920938463463374607431768211455'::UHUGEINT`;
    const networks =
      type === 'ip'
        ? sql`SELECT "place", ${whole} AS "mask", "key" AS "network" FROM ${listed.name}`
        : sql`SELECT "place", split_part(b, ':', 1)::UHUGEINT AS "mask", split_part(b, ':', 2)::UHUGEINT AS "network" FROM (SELECT "place", unnest(string_split(harrier_network_bits("key"), ',')) AS b FROM ${listed.name}) WHERE b <> ''`;
    const blocks = statement.step('networks', networks, new Map());
    const kept = sql`(SELECT "value", "mask", "value" & "mask" AS "network" FROM ${values.name} CROSS JOIN (SELECT DISTINCT "mask" FROM ${blocks.name}))`;
    return sql`SELECT "value", "place" FROM ${kept} JOIN ${blocks.name} USING ("mask", "network")`;
  },

  suffix({ values, listed, statement }) {
    const domains = statement.step(
      'domains',
      sql`SELECT "place", rtrim(regexp_replace(lower(trim("key")), '^(\\*\\.|\\.)', ''), '.') AS "domain" FROM ${listed.name}`,
      new Map(),
    );
    const parts = sql`string_split(rtrim(lower("value"), '.'), '.')`;
    const above = sql`unnest(list_transform(range(1, len(p) + 1), lambda i: array_to_string(p[i:], '.')))`;
    const names = sql`SELECT "value", ${above} AS "domain" FROM (SELECT "value", ${parts} AS p FROM ${values.name} WHERE length("value") <= ${number(longestName)})`;
    return sql`SELECT n."value", d."place" FROM (${names}) n JOIN ${domains.name} d ON d."domain" = n."domain" WHERE d."domain" <> ''`;
  },

  wildcard({ values, listed, statement }) {
    // In the language's own LIKE a backslash is written twice: who does so in a list means one.
    const both = sql`unnest(list_distinct([lower("key"), replace(lower("key"), '\\\\', '\\')]))`;
    const written = sql`SELECT "place", ${both} AS p FROM ${listed.name}`;
    const like = [
      ['^', '^^'],
      ['%', '^%'],
      ['_', '^_'],
      ['*', '%'],
      ['?', '_'],
    ].reduce((p, [sign, written]) => sql`replace(${p}, ${text(sign!)}, ${text(written!)})`, sql`p`);
    const fixed = sql`${characters(sql`length(regexp_extract(p, '^[^*?]*'))`)} AS "before", ${characters(sql`length(regexp_extract(p, '[^*?]*$'))`)} AS "after"`;
    const patterns = statement.step(
      'patterns',
      sql`SELECT *, ${ends(sql`p`)} AS "ends" FROM (SELECT "place", p, ${like} AS "pattern", regexp_extract(p, '[^*?]+') AS "part", ${fixed} FROM (${written}))`,
      new Map(),
    );
    const lowered = sql`(SELECT "value", lower("value") AS "lowered" FROM ${values.name})`;
    const kinds = sql`(SELECT DISTINCT "before", "after" FROM ${patterns.name})`;
    const candidates = sql`(SELECT *, ${ends(sql`"lowered"`)} AS "ends" FROM ${lowered} CROSS JOIN ${kinds})`;
    // What has no ends is compared with every value: to look for a part of it takes a fraction of the time of LIKE.
    return sql`SELECT "value", "place" FROM ${candidates} JOIN ${patterns.name} USING ("before", "after", "ends") WHERE contains("lowered", "part") AND "lowered" LIKE "pattern" ESCAPE '^'`;
  },
};

/** Names in DNS are no longer; of longer texts the parts take room that grows with the square of their number. */
const longestName = 255;

/** Numbers of characters at the beginning and at the end of patterns by which they are looked up, largest first. */
const fixedLengths = [24, 8, 3, 1];

/** The largest of these numbers that is not larger. */
const characters = (length: Sql): Sql => {
  const cases = fixedLengths.map((n) => sql`WHEN ${length} >= ${number(n)} THEN ${number(n)} `);
  return sql`CASE ${cases.reduce((a, b) => sql`${a}${b}`)}ELSE 0 END`;
};

/** The beginning and the end of a text by which patterns are looked up. */
const ends = (value: Sql): Sql => sql`left(${value}, "before") || '*' || right(${value}, "after")`;
