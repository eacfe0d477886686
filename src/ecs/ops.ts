import { isOneOf, join, list, number, type Sql, sql, text, withName } from '../sql/sql.ts';
import { own } from '../values/own.ts';
import { uriPartNames } from '../values/uri-parts.ts';
import { jsonPath } from './json-paths.ts';
import type { Op, Scalar } from './mapping.ts';
import type { Expr } from './raw-values.ts';

/** Changes one text; SQL that gives null where the text has nothing of the kind. */
type Change = (value: Sql, argument: unknown, beside: ReadonlyMap<string, unknown>) => Sql;
/** Changes a text or a list as a whole. */
type Reshape = (value: Expr, argument: unknown, beside: ReadonlyMap<string, unknown>) => Expr;

type UriPart = (typeof uriPartNames)[number];

const textOf = (argument: unknown): Sql => text(String(argument));
const textsOf = (argument: unknown): Sql[] => (argument as readonly Scalar[]).map(textOf);

/** `\1` is what the group found; RE2 knows it by that name. */
const group = number(1);
const filled = (value: Sql): Sql => sql`nullif(${value}, '')`;

/** A text as a pattern that matches just it. */
const quoted = (mark: unknown): string => String(mark).replace(/[^A-Za-z0-9_]/g, '\\$&');

/** What the group of a pattern matches; null where it matches nothing. The value is named once: see `apply`. */
const extracted = (value: Sql, pattern: string): Sql =>
  filled(sql`regexp_extract(${value}, ${text(pattern)}, ${group}, 's')`);

/** A whole number: decimal, or hexadecimal behind `0x`, which only the narrower type reads. */
const whole = (value: Sql): Sql => sql`coalesce(TRY_CAST(${value} AS HUGEINT), TRY_CAST(${value} AS UBIGINT)::HUGEINT)`;

const mostAdded = sql`9999999999999999999999999999999999999::HUGEINT`;

/**
 * A whole number that leaves room for others beside it in 128 bits: what is beyond these would end the query. A cast to
 * DECIMAL(37, 0) would say so by itself, but takes 4.5 µs (DuckDB 1.5) where this takes 0.03.
 */
export const addend = (value: Sql): Sql =>
  sql`CASE WHEN TRY_CAST(${value} AS HUGEINT) BETWEEN -${mostAdded} AND ${mostAdded} THEN TRY_CAST(${value} AS HUGEINT) END`;

const wholeOf = (value: Sql): Sql => sql`TRY_CAST(${value} AS HUGEINT)::VARCHAR`;

/** Seconds, or parts of them, since the epoch: how many make a microsecond, or how many microseconds they are. */
const epochs: Readonly<Record<string, Sql>> = {
  s: sql`1000000`,
  ms: sql`1000`,
  us: sql`1`,
  ns: sql`0.001`,
};

const iso = (timestamp: Sql): Sql => sql`strftime(${timestamp}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

/** The time of a number since 1970; null where it is beyond what dates can be, which would end the query. */
const sinceEpoch = (value: Sql, unit: Sql): Sql =>
  sql`TRY(${iso(sql`make_timestamp(TRY_CAST(round(TRY_CAST(${value} AS DOUBLE) * ${unit}) AS BIGINT))`)})`;

/** Formats of dates that are no ISO, and that nobody can take for another. */
const writtenDates = ['dd/MMM/yyyy:HH:mm:ss Z', 'EEE, dd MMM yyyy HH:mm:ss Z', 'yyyy/MM/dd HH:mm:ss'];

/** A time however it is written: ISO, or a number since 1970, whose size says of which unit it is. */
const timeOf = (value: Sql): Sql => withName(sql`t`, value, timeIn(sql`t`));

function timeIn(value: Sql): Sql {
  const size = sql`abs(TRY_CAST(${value} AS DOUBLE))`;
  const since = (unit: string): Sql => sinceEpoch(value, own(epochs, unit)!);
  const other = join(
    writtenDates.map((format) => sql`harrier_parse_date_as(${value}, ${text(format)}, 'UTC')`),
    ', ',
  );
  const spaced = sql`regexp_replace(regexp_replace(regexp_replace(regexp_replace(${value}, '^([0-9-]{10}) +', '\\1T'), ' *(UTC|GMT)$', 'Z'), ' +([+-][0-9]{2}):?([0-9]{2})$', '\\1:\\2'), ',([0-9]+)', '.\\1')`;
  return sql`CASE WHEN regexp_full_match(${value}, '-?[0-9]+(\\.[0-9]+)?') THEN CASE WHEN ${size} < 1e11 THEN ${since('s')} WHEN ${size} < 1e14 THEN ${since('ms')} WHEN ${size} < 1e17 THEN ${since('us')} ELSE ${since('ns')} END WHEN regexp_matches(${value}, '^[0-9]{4}-') THEN ${spaced} ELSE coalesce(${iso(sql`coalesce(${other})`)}, ${value}) END`;
}

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
/** An address of IPv4, perhaps in brackets, with a port or within IPv6. */
const addressPattern4 = `(?i)^\\[?(?:::ffff:)?(${octet}(?:\\.${octet}){3})\\]?(?::[0-9]+)?$`;

/** Of IPv6; a port stands behind brackets alone. More than eight colons make no address. */
const addressPattern6 = `(?i)^\\[?((?:[0-9a-f]*:){2,8}[0-9a-f.]*(?:%[0-9a-z]+)?)(?:\\](?::[0-9]+)?)?$`;

/** Nearly all are plain ones of IPv4, which are recognised in half the time that it takes to extract one. */
const plainAddress = `${octet}(?:\\.${octet}){3}`;

const found = (value: Sql, pattern: string): Sql => filled(sql`regexp_extract(${value}, ${text(pattern)}, 1)`);

const address = (value: Sql): Sql =>
  sql`CASE WHEN regexp_full_match(${value}, ${text(plainAddress)}) THEN ${value} ELSE coalesce(${found(value, addressPattern4)}, ${found(value, addressPattern6)}) END`;

/** A part of the name of a host by the list of public suffixes. */
const domainPart =
  (part: string): Change =>
  (value) =>
    sql`harrier_domain_part(${value}, ${text(part)})`;

/** Bytes that are no UTF-8 are the characters of their numbers. */
function bytesAsText(value: Sql): Sql {
  const each = (made: Sql): Sql =>
    sql`array_to_string(list_transform(regexp_extract_all(${value}, '[0-9]+'), lambda b: ${made}), '')`;
  const digits = each(sql`printf('%02x', TRY_CAST(b AS UTINYINT))`);
  const read = sql`coalesce(TRY(decode(unhex(${digits}))), ${each(sql`chr(TRY_CAST(b AS UTINYINT)::INTEGER)`)})`;
  return sql`CASE WHEN regexp_full_match(${value}, '\\[ *[0-9]+( *, *[0-9]+)* *\\]') THEN ${read} END`;
}

/** Text of which all escapes of bytes are UTF-8: others would end the query. */
const decodable =
  '(?i)(?:[^%]|%[0-7][0-9a-f]|%(?:c[2-9a-f]|d[0-9a-f])%[89ab][0-9a-f]|%e0%[ab][0-9a-f]%[89ab][0-9a-f]|%e[1-9a-cef](?:%[89ab][0-9a-f]){2}|%ed%[89][0-9a-f]%[89ab][0-9a-f]|%f0%[9ab][0-9a-f](?:%[89ab][0-9a-f]){2}|%f[1-3](?:%[89ab][0-9a-f]){3}|%f4%8[0-9a-f](?:%[89ab][0-9a-f]){2})*';

/**
 * A text with its escapes decoded; as it is written where some are no UTF-8. The engine may work a branch of CASE out for all
 * rows, so that what it decodes has to be decodable itself.
 */
const decoded = (value: Sql): Sql =>
  sql`coalesce(url_decode(CASE WHEN regexp_full_match(${value}, ${text(decodable)}) THEN ${value} END), ${value})`;

/** Most are a path with a query or without: those need no function in JavaScript. */
function uriPart(value: Sql, part: UriPart): Sql {
  const plain: Partial<Record<UriPart, Sql>> = {
    path: decoded(sql`split_part(${value}, '?', 1)`),
    query: decoded(found(value, '\\?(.*)$')),
    extension: found(value, '^[^?]*\\.([^./?]+)(?:\\?|$)'),
  };
  const place = text(`$[${uriPartNames.indexOf(part)}][0]`);
  const other = filled(sql`json_extract_string(harrier_uri_parts(${value}), ${place})`);
  const isPlain = sql`regexp_full_match(${value}, '/(?:(?:[A-Za-z0-9_.~+=,;@&-]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.~+=,:;@&/-]|%[0-9A-Fa-f]{2})*)?(?:\\?(?:[A-Za-z0-9_.~+=,:;@&/?-]|%[0-9A-Fa-f]{2})*)?')`;
  return sql`CASE WHEN ${isPlain} THEN ${plain[part] ?? sql`NULL`} ELSE ${other} END`;
}

const changes: Readonly<Record<string, Change>> = {
  lower: (value) => sql`lower(${value})`,
  upper: (value) => sql`upper(${value})`,
  trim: (value) => filled(sql`trim(${value}, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))`),
  before: (value, mark) => filled(sql`split_part(${value}, ${textOf(mark)}, 1)`),
  'before last': (value, mark) => filled(sql`regexp_replace(${value}, ${text(`(?s)^(.*)${quoted(mark)}.*$`)}, '\\1')`),
  after: (value, mark) => extracted(value, `^.*?${quoted(mark)}(.*)$`),
  'after last': (value, mark) => extracted(value, `^.*${quoted(mark)}(.*)$`),
  match: (value, pattern) => extracted(value, String(pattern)),
  replace: (value, pairs) =>
    filled(
      Object.entries(pairs as Record<string, string>).reduce(
        (changed, [pattern, by]) => sql`regexp_replace(${changed}, ${text(pattern)}, ${text(by)}, 'g')`,
        value,
      ),
    ),
  prefix: (value, added) => sql`(${textOf(added)} || ${value})`,
  suffix: (value, added) => sql`(${value} || ${textOf(added)})`,
  unless: (value, texts) => sql`CASE WHEN NOT (${isOneOf(value, textsOf(texts))}) THEN ${value} END`,
  only: (value, texts) => sql`CASE WHEN ${isOneOf(value, textsOf(texts))} THEN ${value} END`,
  number: (value) => sql`${whole(value)}::VARCHAR`,
  times: (value, by) => wholeOf(sql`round(TRY_CAST(${value} AS DOUBLE) * ${number(Number(by))})`),
  plus: (value, by) => wholeOf(sql`${addend(value)} + ${number(Number(by))}`),
  epoch: (value, unit) => sinceEpoch(value, own(epochs, String(unit)) ?? epochs.s!),
  date: (value, formats, beside) => {
    const zone = text(String(beside.get('zone') ?? 'UTC'));
    const read = (formats as readonly string[]).map(
      (format) => sql`harrier_parse_date_as(${value}, ${text(format)}, ${zone})`,
    );
    return iso(sql`coalesce(${join(read, ', ')})`);
  },
  time: timeOf,
  ip: address,
  guid: (value) => sql`('{' || lower(trim(${value}, '{}')) || '}')`,
  hash: (value, algorithm) => {
    const digits = sql`lower(regexp_extract(${value}, ${text(`(?i)(?:^|[,;| ])${String(algorithm)}=([0-9a-f]+)`)}, 1))`;
    return sql`CASE WHEN trim(${digits}, '0') <> '' THEN ${digits} END`;
  },
  measure: (value, measure) => sql`harrier_measure_text(${value}, ${textOf(measure)})::VARCHAR`,
  registered_domain: domainPart('registered_domain'),
  subdomain: domainPart('subdomain'),
  top_level_domain: domainPart('top_level_domain'),
  bytes: bytesAsText,
  user_agent: (value, part) => {
    const found = sql`json_extract_string(harrier_user_agent(${value}, ${textOf(part)}), '$[0][0]')`;
    // Programs and devices that nobody knows are others, and systems are none.
    return part === 'name' || part === 'device.name'
      ? sql`CASE WHEN ${value} IS NOT NULL THEN coalesce(${found}, 'Other') END`
      : found;
  },
  // Each match begins where the one before ended, so that empty cells are found, too.
  cell: (value, place) =>
    filled(
      sql`replace(trim(regexp_extract_all(${value}, '("(?:[^"]|"")*"|[^,]*)(?:,|$)', 1)[${number(Number(place) + 1)}], '"'), '""', '"')`,
    ),
  url_decode: (value) => filled(decoded(sql`replace(${value}, '+', ' ')`)),
  uri: (value, part) => uriPart(value, part as UriPart),
  // As Elasticsearch's processor of that name: SHA-1 of a NUL and the text, in Base64.
  fingerprint: (value) => sql`base64(unhex(sha1(chr(0) || ${value})))`,
  json: (value, path) => filled(sql`(CASE WHEN json_valid(${value}) THEN ${value} ->> ${jsonPath(String(path))} END)`),
};

/** Quoted and unquoted pieces that stand together are one. */
const tokens = {
  windows: sql`'(?:"[^"]*"?|[^ \\t"])+'`,
  quoted: sql`'(?:"[^"]*"?|[^\\s"])+'`,
};

/** Few command lines have quotes that are characters; the rest need no function in JavaScript. */
function windowsArguments(value: Sql): Expr {
  const isPlain = sql`NOT contains(${value}, '\\"') AND NOT contains(${value}, '""')`;
  const plain = sql`list_transform(regexp_extract_all(${value}, ${tokens.windows}), lambda v: replace(v, '"', ''))`;
  const other = sql`string_split(harrier_windows_arguments(${value}), chr(1))`;
  return listOf(sql`CASE WHEN ${isPlain} THEN ${plain} ELSE ${other} END`, true);
}

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
        listOf(
          named(value, (all) => sql`list_filter(${all}, lambda one, i: list_position(${all}, one) = i)`),
          false,
        )
      : { sql: value, isList },
  args: ({ sql: value }, rules) => {
    if (rules === 'blanks') return listOf(sql`regexp_split_to_array(trim(${value}), '\\s+')`, true);
    if (rules === 'quoted') return listOf(sql`regexp_extract_all(${value}, ${tokens.quoted})`, true);
    return windowsArguments(value);
  },
  bits: ({ sql: value }, names) => {
    // Masks of 64 bits may come with a sign.
    const mask = whole(value);
    const unsigned = sql`(CASE WHEN ${mask} < 0 THEN ${mask} + 18446744073709551616 ELSE ${mask} END)`;
    const pairs = Object.entries(names as Record<string, string>).map(
      ([bit, name]) => sql`CASE WHEN (m & ${number(BigInt(bit))}) = ${number(BigInt(bit))} THEN ${text(name)} END`,
    );
    // The function of one number keeps long values from being repeated for each bit.
    const named = sql`list_transform([${unsigned}], lambda m: list_filter(${list(pairs)}, lambda b: b IS NOT NULL))`;
    return listOf(sql`flatten(${named})`, false);
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
    if (rows.length === 0) return other;
    const found = sql`CASE ${one} ${join(rows, '\n')} ELSE ${other} END`;
    // What has no value chooses nothing.
    const isKept = otherwise === null || (otherwise === 'keep' && !isList);
    return isKept ? found : sql`CASE WHEN ${one} IS NOT NULL THEN ${found} END`;
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

/**
 * SQL made of a value, which gets a name of its own where it would stand in it several times: a chain of operations would
 * otherwise double its text with each.
 */
function named(value: Sql, made: (one: Sql) => Sql): Sql {
  const once = made(value);
  if (value.length < 40 || once.split(value).length <= 2) return once;
  return withName(sql`v`, value, made(sql`v`));
}

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
  if (!value.isList) return { sql: named(value.sql, (one) => change(one, argument, beside)), isList: false };
  const changed = sql`list_transform(${value.sql}, lambda v: ${change(sql`v`, argument, beside)})`;
  return listOf(sql`list_filter(${changed}, lambda v: v IS NOT NULL)`, false);
}
