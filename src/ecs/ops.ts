import { join, list, number, type Sql, sql, text } from '../sql/sql.ts';
import { own } from '../values/own.ts';
import type { Op, Scalar } from './mapping.ts';
import type { Expr } from './raw-values.ts';

/** Changes one text; SQL that gives null where the text has nothing of the kind. */
type Change = (value: Sql, argument: unknown, beside: ReadonlyMap<string, unknown>) => Sql;
/** Changes a text or a list as a whole. */
type Reshape = (value: Expr, argument: unknown, beside: ReadonlyMap<string, unknown>) => Expr;

const textOf = (argument: unknown): Sql => text(String(argument));
const textsOf = (argument: unknown): Sql => join((argument as readonly Scalar[]).map(textOf), ', ');

/** `\1` is what the group found; RE2 knows it by that name. */
const group = number(1);
const filled = (value: Sql): Sql => sql`nullif(${value}, '')`;

/** The part of a text behind the last of some characters; null where they do not stand in it. */
const afterLast = (value: Sql, mark: Sql): Sql =>
  sql`CASE WHEN contains(${value}, ${mark}) THEN nullif(list_last(string_split(${value}, ${mark})), '') END`;

const beforeLast = (value: Sql, mark: Sql): Sql =>
  sql`CASE WHEN contains(${value}, ${mark}) THEN nullif(left(${value}, length(${value}) - length(list_last(string_split(${value}, ${mark}))) - length(${mark})), '') ELSE ${value} END`;

/** A whole number as text: decimal, or hexadecimal behind `0x`. */
const wholeNumber = (value: Sql): Sql =>
  sql`CASE WHEN ${value} ILIKE '0x%' THEN TRY_CAST(${value} AS HUGEINT)::VARCHAR ELSE TRY_CAST(trim(${value}) AS HUGEINT)::VARCHAR END`;

const wholeOf = (value: Sql): Sql => sql`(${value})::HUGEINT::VARCHAR`;

/** Seconds, or parts of them, since the epoch: how many make a microsecond, or how many microseconds they are. */
const epochs: Readonly<Record<string, Sql>> = {
  s: sql`1000000`,
  ms: sql`1000`,
  us: sql`1`,
  ns: sql`0.001`,
};

const iso = (timestamp: Sql): Sql => sql`strftime(${timestamp}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

/** Address without brackets, port and the prefix of IPv4 within IPv6. */
function address(value: Sql): Sql {
  const bare = sql`CASE WHEN starts_with(${value}, '[') THEN regexp_extract(${value}, '^\\[([^\\]]*)\\]', 1) WHEN length(${value}) - length(replace(${value}, ':', '')) = 1 THEN split_part(${value}, ':', 1) ELSE ${value} END`;
  const plain = sql`regexp_replace(${bare}, '^::ffff:([0-9.]+)$', '\\1', 'i')`;
  return sql`CASE WHEN regexp_full_match(${plain}, '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3})') OR (contains(${plain}, ':') AND regexp_full_match(${plain}, '[0-9A-Fa-f:.%]+')) THEN ${plain} END`;
}

const changes: Readonly<Record<string, Change>> = {
  lower: (value) => sql`lower(${value})`,
  upper: (value) => sql`upper(${value})`,
  trim: (value) => filled(sql`trim(${value})`),
  before: (value, mark) => filled(sql`split_part(${value}, ${textOf(mark)}, 1)`),
  'before last': (value, mark) => beforeLast(value, textOf(mark)),
  after: (value, mark) =>
    sql`CASE WHEN contains(${value}, ${textOf(mark)}) THEN nullif(substr(${value}, strpos(${value}, ${textOf(mark)}) + length(${textOf(mark)})), '') END`,
  'after last': (value, mark) => afterLast(value, textOf(mark)),
  match: (value, pattern) =>
    sql`CASE WHEN regexp_matches(${value}, ${textOf(pattern)}, 's') THEN nullif(regexp_extract(${value}, ${textOf(pattern)}, ${group}, 's'), '') END`,
  replace: (value, pairs) =>
    filled(
      Object.entries(pairs as Record<string, string>).reduce(
        (changed, [pattern, by]) => sql`regexp_replace(${changed}, ${text(pattern)}, ${text(by)}, 'g')`,
        value,
      ),
    ),
  prefix: (value, added) => sql`(${textOf(added)} || ${value})`,
  suffix: (value, added) => sql`(${value} || ${textOf(added)})`,
  unless: (value, texts) => sql`CASE WHEN ${value} NOT IN (${textsOf(texts)}) THEN ${value} END`,
  only: (value, texts) => sql`CASE WHEN ${value} IN (${textsOf(texts)}) THEN ${value} END`,
  number: wholeNumber,
  times: (value, by) => wholeOf(sql`round(TRY_CAST(${value} AS DOUBLE) * ${number(Number(by))})`),
  plus: (value, by) => wholeOf(sql`TRY_CAST(${value} AS HUGEINT) + ${number(Number(by))}`),
  epoch: (value, unit) =>
    iso(
      sql`make_timestamp(TRY_CAST(trunc(TRY_CAST(${value} AS DECIMAL(38, 9)) * ${own(epochs, String(unit)) ?? epochs.s!}) AS BIGINT))`,
    ),
  date: (value, formats, beside) => {
    const zone = text(String(beside.get('zone') ?? 'UTC'));
    const read = (formats as readonly string[]).map(
      (format) => sql`harrier_parse_date_as(${value}, ${text(format)}, ${zone})`,
    );
    return iso(sql`coalesce(${join(read, ', ')})`);
  },
  ip: address,
  guid: (value) => sql`('{' || lower(trim(${value}, '{}')) || '}')`,
  hash: (value, algorithm) => {
    const digits = sql`lower(regexp_extract(${value}, ${text(`(?i)(?:^|[,;| ])${String(algorithm)}=([0-9a-f]+)`)}, 1))`;
    return sql`CASE WHEN trim(${digits}, '0') <> '' THEN ${digits} END`;
  },
  json: (value, path) => filled(sql`(CASE WHEN json_valid(${value}) THEN ${value} ->> ${jsonPath(String(path))} END)`),
};

/** The path of a member in the engine's words. */
export const jsonPath = (path: string): Sql =>
  text(
    path
      .split('.')
      .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `."${part.replaceAll('"', '\\"')}"`))
      .reduce((all, part) => all + part, '$'),
  );

const tokens = {
  /** Quoted and unquoted pieces that stand together are one; a quote behind a backslash is a character. */
  windows: sql`'(?:"(?:\\\\"|[^"])*"?|[^\\s"])+'`,
  quoted: sql`'(?:"[^"]*"?|[^\\s"])+'`,
};

const reshapes: Readonly<Record<string, Reshape>> = {
  split: (value, mark) => listOf(sql`string_split(${value.sql}, ${textOf(mark)})`, true),
  pieces: (value, pattern) => listOf(sql`regexp_extract_all(${value.sql}, ${textOf(pattern)}, 1, 's')`, true),
  at: ({ sql: value, isList }, place) => {
    if (!isList) return { sql: value, isList };
    const n = Number(place);
    return { sql: sql`${value}[${number(n < 0 ? n : n + 1)}]`, isList: false };
  },
  distinct: ({ sql: value, isList }) =>
    isList
      ? // list_distinct alone keeps no order.
        listOf(sql`list_filter(${value}, lambda v, i: list_position(${value}, v) = i)`, false)
      : { sql: value, isList },
  args: ({ sql: value }, rules) => {
    if (rules === 'blanks') return listOf(sql`regexp_split_to_array(trim(${value}), '\\s+')`, true);
    if (rules === 'quoted') return listOf(sql`regexp_extract_all(${value}, ${tokens.quoted})`, true);
    const bare = sql`replace(replace(replace(v, '\\"', chr(1)), '"', ''), chr(1), '"')`;
    return listOf(sql`list_transform(regexp_extract_all(${value}, ${tokens.windows}), lambda v: ${bare})`, true);
  },
  bits: ({ sql: value }, names) => {
    // Masks of 64 bits may come with a sign.
    const whole = sql`TRY_CAST(${value} AS HUGEINT)`;
    const unsigned = sql`(CASE WHEN ${whole} < 0 THEN ${whole} + 18446744073709551616 ELSE ${whole} END)`;
    const pairs = Object.entries(names as Record<string, string>).map(
      ([bit, name]) =>
        sql`CASE WHEN (${unsigned} & ${number(BigInt(bit))}) = ${number(BigInt(bit))} THEN ${text(name)} END`,
    );
    return listOf(sql`list_filter(${list(pairs)}, lambda v: v IS NOT NULL)`, false);
  },
  count: ({ sql: value, isList }) => ({ sql: isList ? sql`len(${value})::VARCHAR` : sql`'1'`, isList: false }),
  choose: (value, choices, beside) => choose(value, choices, beside.has('else') ? beside.get('else') : null),
};

function choose(value: Expr, choices: unknown, otherwise: unknown): Expr {
  const pairs = (Array.isArray(choices) ? choices : Object.entries(choices as object)) as readonly (readonly [
    string,
    Scalar | readonly Scalar[],
  ])[];
  const isList = pairs.some(([, chosen]) => Array.isArray(chosen)) || Array.isArray(otherwise);
  const constant = (chosen: Scalar | readonly Scalar[]): Sql => {
    if (Array.isArray(chosen)) return list((chosen as readonly Scalar[]).map(textOf));
    return isList ? list([textOf(chosen)]) : textOf(chosen);
  };
  const chosen = (one: Sql): Sql => {
    const rows = pairs.map(([key, result]) => sql`WHEN ${text(key)} THEN ${constant(result)}`);
    const other =
      otherwise === null
        ? sql`NULL`
        : otherwise === 'keep'
          ? isList
            ? list([one])
            : one
          : constant(otherwise as Scalar);
    return rows.length === 0 ? other : sql`CASE ${one} ${join(rows, '\n')} ELSE ${other} END`;
  };
  if (!value.isList) return { sql: chosen(value.sql), isList };
  const each = sql`list_transform(${value.sql}, lambda v: ${chosen(sql`v`)})`;
  return isList
    ? listOf(sql`flatten(list_filter(${each}, lambda v: v IS NOT NULL))`, true)
    : listOf(sql`list_filter(${each}, lambda v: v IS NOT NULL)`, false);
}

/** A list in which no text is empty, and which is null rather than empty. */
export function listOf(values: Sql, mayHaveEmpty: boolean): Expr {
  const some = mayHaveEmpty ? sql`list_filter(${values}, lambda v: v <> '')` : values;
  return { sql: sql`nullif(${some}, []::VARCHAR[])`, isList: true };
}

/** The names of all operations. */
export const opNames: readonly string[] = [...Object.keys(changes), ...Object.keys(reshapes)];

/** A value after an operation; a list has it done to each of its texts. */
export function apply(value: Expr, op: Op): Expr {
  const entries = typeof op === 'string' ? [[op, true] as const] : Object.entries(op);
  const [name, argument] = entries[0]!;
  const beside = new Map(entries.slice(1));
  const reshape = own(reshapes, name);
  if (reshape) {
    const isWhole = name === 'at' || name === 'count' || name === 'distinct' || name === 'choose' || !value.isList;
    if (isWhole) return reshape(value, argument, beside);
    const each = reshape({ sql: sql`v`, isList: false }, argument, beside);
    return listOf(
      sql`flatten(list_filter(list_transform(${value.sql}, lambda v: ${each.sql}), lambda v: v IS NOT NULL))`,
      false,
    );
  }
  const change = own(changes, name);
  if (!change) throw new Error(`no operation is called ${name}`);
  if (!value.isList) return { sql: change(value.sql, argument, beside), isList: false };
  const changed = sql`list_transform(${value.sql}, lambda v: ${change(sql`v`, argument, beside)})`;
  return listOf(sql`list_filter(${changed}, lambda v: v IS NOT NULL)`, false);
}
