import type { Parse, TextParser } from '../../plan/nodes.ts';
import { readDissect } from '../../values/dissect.ts';
import type { GrokType } from '../../values/grok.ts';
import { grokToRe2, type LooseGrok, looseGrok } from '../../values/grok-re2.ts';
import type { LocationProperty } from '../../values/ip-location.ts';
import { type DomainPart, domainParts, noDomain } from '../../values/registered-domain.ts';
import { uriPartNames } from '../../values/uri-parts.ts';
import { ident, join, list, number, type Sql, sql, text, withName } from '../sql.ts';
import { plainUri } from './plain-uri.ts';

/** How a text is taken apart in SQL. */
export interface TextParserSql {
  /** A VARCHAR[][] of one text: for each column its values; null when the text does not fit. `warn` gives null and records a reason. */
  parse(value: Sql, warn: (reason: Sql) => Sql): Sql;
  /**
   * The text of a column, where each is taken out of the text for itself: only those that are read, and once for each
   * distinct text where the engine keeps a dictionary of them.
   */
  readonly apart?: ((value: Sql, column: number) => Sql) | null | undefined;
  /** How texts of the plain form are taken apart without JavaScript; `parse` is for the others. */
  readonly plainly?: PlainForm;
  /** How texts are taken apart by a part of them, of which there are fewer; `parse` is for the others. */
  readonly byPart?: ByPart;
  /** Whether JavaScript takes texts apart, so that each is better taken apart once. */
  readonly isCostly?: boolean;
  /** Of several texts it takes the first, or none of them; otherwise their parts are put together. */
  readonly takes?: 'first' | 'one';
  /** For each column whether one text can give it several values, and a value from its text. */
  readonly columns: readonly { readonly several: boolean; convert(text: Sql): Sql }[];
}

/** Texts of a form that an expression says. */
export interface PlainForm {
  /** Groups of a text by their names; that of the name `whole` is empty where the text is of another form. */
  groups(value: Sql): Sql;
  /** Whether a text has to be read otherwise: where it is not said, those of another form. */
  isOther?(value: Sql, groups: Sql): Sql;
  /** The text of a column from the groups. */
  column(groups: Sql, column: number): Sql;
}

/** Texts whose columns follow from a part of them. */
export interface ByPart {
  /** The part of a text; null of texts that have none. */
  of(value: Sql): Sql;
  /** What is known from a part; null where it does not say enough. */
  known(part: Sql): Sql;
  /** What is known of texts that are wrong, and the reason that is reported of such a text. */
  readonly wrong: { readonly known: Sql; reason(value: Sql): Sql };
  /** The text of a column from a text and what is known from its part. */
  column(value: Sql, known: Sql, column: number): Sql;
}

/** The SQL of what takes a node's texts apart. */
export const textParserSql = ({ parser }: Parse): TextParserSql =>
  (parsers[parser.name] as (given: TextParser) => TextParserSql)(parser);

/** The longest text that whatever fits a pattern of GROK has in it; null where expressions stand between its names. */
function literalOf(pattern: string): string | null {
  const parts = pattern.split(/%\{[^}]*\}/);
  if (parts.some((part) => /[\\^$.|?*+()[\]{}]/.test(part))) return null;
  const longest = parts.reduce((a, b) => (b.length > a.length ? b : a));
  return longest === '' ? null : longest;
}

/** Columns that are taken out of a text one by one; more of them together. */
const isFew = ({ length }: readonly unknown[]): boolean => length <= 6;

type Named<N extends TextParser['name']> = Extract<TextParser, { name: N }>;

const parsers: { readonly [N in TextParser['name']]: (parser: Named<N>) => TextParserSql } = {
  dissect({ pattern, separator }) {
    const read = readDissect(pattern);
    if ('error' in read) throw new Error(read.error);
    const expression = text(read.expression);
    const groups = list(read.groups.map(text));
    // A column of that name would be taken for it where a part of it is read.
    const row = ident('(groups)');
    const columns = read.columns.map((column): Sql => {
      const values = column.groups.map((group) => sql`${row}.${ident(group)}`);
      return sql`[${values.reduce((a, b) => sql`${a} || ${text(separator)} || ${b}`)}]`;
    });
    const places = read.columns.map((column) => column.groups.map((group) => read.groups.indexOf(group) + 1));
    return {
      apart: isFew(columns)
        ? (value, column) =>
            places[column]!.map(
              (group) => sql`regexp_extract_all(${value}, ${expression}, ${number(group)}, 's')[1]`,
            ).reduce((a, b) => sql`(${a} || ${text(separator)} || ${b})`)
        : null,
      parse: (value) =>
        sql`(CASE WHEN regexp_matches(${value}, ${expression}, 's') THEN ${withName(row, sql`regexp_extract(${value}, ${expression}, ${groups}, 's')`, sql`[${join(columns, ', ')}]`)} END)`,
      columns: columns.map(() => plain),
    };
  },
  grok({ patterns, fields }) {
    const call = text(JSON.stringify({ patterns, names: fields.map(({ name }) => name) }));
    const [translated] = patterns.length === 1 && isFew(fields) ? patterns.map(grokToRe2) : [];
    const options = text(translated?.ignoresCase ? 'is' : 's');
    const loose = patterns.length === 1 && !translated ? looseGrok(patterns[0]!) : null;
    return {
      ...(loose && { plainly: looseForm(loose, fields) }),
      apart:
        translated &&
        ((value, column) =>
          sql`regexp_extract_all(${value}, ${text(translated.expression)}, ${number(translated.groups.get(fields[column]!.name)!)}, ${options})[1]`),
      parse(value) {
        const parts = sql`from_json(harrier_grok(${call}, ${value}), '[["VARCHAR"]]')`;
        const literals = patterns.map(literalOf);
        if (literals.includes(null)) return parts;
        // Texts without what every fitting one has never get to JavaScript.
        const has = literals.map((literal) => sql`contains(${value}, ${text(literal!)})`);
        return sql`CASE WHEN ${join(has, ' OR ')} THEN ${parts} END`;
      },
      isCostly: !loose,
      columns: fields.map(({ type, several }) => ({ several, convert: conversions[type] })),
    };
  },
  uri_parts: () => ({
    ...partsOf(sql`harrier_uri_parts`, 'unable to parse URI'),
    plainly: plainUri,
    isCostly: false,
    columns: uriPartNames.map((name) =>
      name === 'port' ? { several: false, convert: (value: Sql) => sql`TRY_CAST(${value} AS INTEGER)` } : plain,
    ),
  }),
  user_agent: ({ parts }) => ({
    parse: (value) => sql`from_json(harrier_user_agent(${value}, ${text(parts.join(','))}), '[["VARCHAR"]]')`,
    takes: 'one',
    isCostly: true,
    columns: parts.map(() => plain),
  }),
  ip_location: ({ database, file, properties, firstOnly }) => ({
    parse(value, warn) {
      if (file === null) throw new Error(`no file stands for the database ${database}`);
      const found = sql`harrier_ip_location(${text(file)}, ${text(properties.join(','))}, ${value})`;
      const bad = warn(sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`);
      return sql`CASE WHEN prefix(${found}, '!') THEN ${bad} ELSE from_json(${found}, '[["VARCHAR"]]') END`;
    },
    takes: firstOnly ? 'first' : 'one',
    columns: properties.map((property) => ({
      several: false,
      convert: locationConversions[property] ?? plain.convert,
    })),
  }),
  registered_domain: () => ({
    ...partsOf(sql`harrier_registered_domain`, invalidDomain),
    byPart: byTail,
    columns: domainParts.map(() => plain),
  }),
};

/** Texts in which addresses stand where a pattern has them; JavaScript reads those that look alike. */
const looseForm = (
  { expression, ignoresCase, names, fields, addresses }: LooseGrok,
  columns: Named<'grok'>['fields'],
): PlainForm => ({
  groups: (value) =>
    sql`regexp_extract(${value}, ${text(expression)}, ${list(['whole', ...names].map(text))}, ${text(ignoresCase ? 'is' : 's')})`,
  isOther(value, groups) {
    const wrong = addresses.map(({ group, kind }) => {
      const found = sql`${groups}.${ident(group)}`;
      const isV4 = sql`regexp_full_match(${found}, ${text(addressForms.v4)})`;
      const isV6 = sql`regexp_full_match(${found}, ${text(addressForms.v6)})`;
      if (kind === 'IPV4') return sql`WHEN ${found} = '' THEN false ELSE NOT ${isV4}`;
      if (kind === 'IPV6') return sql`WHEN ${found} = '' THEN false ELSE NOT ${isV6}`;
      return sql`WHEN ${found} = '' THEN false WHEN contains(${found}, ':') THEN NOT ${isV6} ELSE NOT ${isV4}`;
    });
    const tests = wrong.map((test) => sql`(CASE ${test} END)`);
    // The name of a zone stands behind a percent sign, and may be anything.
    return sql`(contains(${value}, '%') OR ${join(tests, ' OR ')})`;
  },
  column(groups, column) {
    const { group, mayBeEmpty } = fields.get(columns[column]!.name)!;
    const found = sql`${groups}.${ident(group)}`;
    return mayBeEmpty ? found : sql`nullif(${found}, '')`;
  },
});

/** Addresses as patterns of GROK have them; those of IPv6 without an address of IPv4 at their end. */
const addressForms = (() => {
  const part = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})';
  const group = '[0-9A-Fa-f]{1,4}';
  const behind = (most: number): string => (most === 1 ? `:${group}` : `(?::${group}){1,${most}}`);
  const split = Array.from({ length: 6 }, (_, i) => `(?:${group}:){${i + 1}}${behind(6 - i)}`);
  return {
    v4: `(?:${part}\\.){3}${part}`,
    v6: [`(?:${group}:){7}${group}`, ...split, `:${behind(7)}`, `(?:${group}:){1,7}:`].join('|'),
  };
})();

const tailColumns: Readonly<Record<DomainPart, (name: Sql, registered: Sql) => Sql>> = {
  domain: (name) => name,
  registered_domain: (_, registered) => registered,
  top_level_domain: (_, registered) => sql`substring(${registered}, strpos(${registered}, '.') + 1)`,
  subdomain: (name, registered) =>
    sql`nullif(left(${name}, greatest(length(${name}) - length(${registered}) - 1, 0)), '')`,
};

const invalidDomain = 'Invalid domain';

/** Names of hosts by their last three labels: of many names there are few domains. */
const byTail: ByPart = {
  of: (name) =>
    sql`CASE WHEN NOT starts_with(${name}, '.') THEN nullif(regexp_extract(${name}, '[^.]+(?:\\.[^.]+){0,2}$'), '') END`,
  wrong: { known: text(noDomain), reason: (name) => wrongText(invalidDomain, name) },
  known: (tail) => sql`harrier_registered_in_tail(${tail})`,
  column: (name, registered, column) => tailColumns[domainParts[column]!](name, registered),
};

const wrongText = (wrong: string, value: Sql): Sql =>
  sql`${text(`java.lang.IllegalArgumentException: ${wrong} [`)} || ${value} || ']'`;

/** The parts of a text by a function, with a warning of each text that is wrong. */
const partsOf = (made: Sql, wrong: string): Pick<TextParserSql, 'parse' | 'takes' | 'isCostly'> => ({
  takes: 'one',
  isCostly: true,
  parse(value, warn) {
    // Named once: what stands twice is called twice.
    const parts = sql`from_json(${made}(${value}), '[["VARCHAR"]]')`;
    const bad = warn(wrongText(wrong, value));
    return sql`coalesce(${parts}, CASE WHEN ${value} IS NOT NULL THEN ${bad} END)`;
  },
});

const plain = { several: false, convert: (value: Sql): Sql => value };

const locationConversions: { readonly [P in LocationProperty]?: (value: Sql) => Sql } = {
  country_in_european_union: (value) => sql`(${value})::BOOLEAN`,
  accuracy_radius: (value) => sql`TRY_CAST(${value} AS INTEGER)`,
  asn: (value) => sql`TRY_CAST(${value} AS BIGINT)`,
};

const conversions: Readonly<Record<GrokType, (value: Sql) => Sql>> = {
  keyword: (value) => value,
  int: (value) => sql`TRY_CAST(${value} AS INTEGER)`,
  long: (value) => sql`TRY_CAST(${value} AS BIGINT)`,
  // A float keeps no more digits than 32 bits hold.
  float: (value) => sql`TRY_CAST(${value} AS FLOAT)::DOUBLE`,
  double: (value) => sql`TRY_CAST(${value} AS DOUBLE)`,
  boolean: (value) => sql`(lower(${value}) = 'true')`,
};
