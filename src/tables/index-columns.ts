import type { DuckDBConnection } from '@duckdb/node-api';
import type { IndexSummary } from '../catalogue/catalogue.ts';
import { columnOf, type Kind, moreKey, nameOfKey, ownColumns, type Part } from '../documents/columns.ts';
import type { FilledKinds } from '../documents/document-reader.ts';
import { ident, join, list, number, type Sql, sql, text } from '../sql/sql.ts';
import type { DynamicColumns, FieldColumns } from './field-columns.ts';

/** What a table holds of each of its indices: how many events, when, and which columns of which fields have values. */
export interface IndexColumns {
  readonly summary: IndexSummary;
  readonly columns: ReadonlyMap<string, FieldColumns>;
}

/** Columns that are counted in one statement. */
const countedAtOnce = 2000;

const kindOfTag: ReadonlyMap<string, Kind> = new Map([
  ['b', 'boolean'],
  ['i', 'whole'],
  ['u', 'unsigned'],
  ['d', 'decimal'],
  ['t', 'date'],
  ['s', 'text'],
]);

/**
 * Counts the events of each index in a table of several, and finds the columns in which these have values. `columns` are
 * those of the whole table; `isFilled` says that each has values, and then a table of one index is not looked at again.
 */
export async function indexColumns(
  connection: DuckDBConnection,
  events: Sql,
  columns: ReadonlyMap<string, FieldColumns>,
  isFilled: boolean,
): Promise<IndexColumns[]> {
  const rowsOf = async (items: readonly Sql[]): Promise<readonly (readonly unknown[])[]> => {
    const select = join([sql`"_index"`, ...items], ', ');
    const rows = await connection.runAndReadAll(
      sql`SELECT ${select} FROM ${events} GROUP BY "_index" ORDER BY "_index"`,
    );
    return rows.getRows();
  };
  /** Without a group for each event to find, counting is several times as fast. */
  const rowOfAll = async (name: string, items: readonly Sql[]): Promise<readonly (readonly unknown[])[]> => {
    const rows = await connection.runAndReadAll(sql`SELECT ${join(items, ', ')} FROM ${events}`);
    return rows.getRows().map((row) => [name, ...row]);
  };
  const timestamp = ident(columnOf('@timestamp', 'single'));
  const times =
    columns.get('@timestamp')?.kind === 'typed'
      ? [sql`epoch_ms(min(${timestamp}))`, sql`epoch_ms(max(${timestamp}))`]
      : [sql`NULL::BIGINT`, sql`NULL::BIGINT`];
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  const summaries = (await rowsOf([sql`count(*)`, ...times])).map(
    ([name, events, first, last]): IndexSummary => ({
      name: String(name),
      events: Number(events),
      firstTimestamp: time(first),
      lastTimestamp: time(last),
    }),
  );
  const negative = await negativeFields(connection, events, columns);
  const settled = new Map([...columns].map(([name, own]) => [name, settledNegatives(name, own, negative)]));
  if (isFilled && summaries.length === 1) return [{ summary: summaries[0]!, columns: settled }];

  const parts = [...settled].flatMap(([name, own]) => partsOf(own).map((part) => ({ name, part })));
  const filled = new Map(summaries.map(({ name }) => [name, new Map<string, Set<Part>>()]));
  for (let from = 0; from < parts.length; from += countedAtOnce) {
    const some = parts.slice(from, from + countedAtOnce);
    // A text for each index: cells for each of its columns would be very many.
    const marks = some.map(({ name, part }) => sql`if(count(${ident(columnOf(name, part))}) > 0, '1', '0')`);
    const all = [sql`concat(${join(marks, ', ')})`];
    const rows = summaries.length === 1 ? await rowOfAll(summaries[0]!.name, all) : await rowsOf(all);
    for (const [index, found] of rows) {
      const own = filled.get(String(index))!;
      const isFound = String(found);
      for (let at = isFound.indexOf('1'); at >= 0; at = isFound.indexOf('1', at + 1)) {
        const { name, part } = some[at]!;
        const others = own.get(name);
        if (others) others.add(part);
        else own.set(name, new Set([part]));
      }
    }
  }
  const inMixed = await mixedKinds(connection, events, settled);
  const inMore = [...settled.values()].some((own) => own.kind === 'dynamic' && own.more.size > 0)
    ? await moreKinds(connection, events)
    : new Map<string, Map<string, MoreKinds>>();
  return summaries.map((summary) => {
    const own = new Map<string, FieldColumns>();
    const there = filled.get(summary.name)!;
    const more = inMore.get(summary.name) ?? new Map<string, MoreKinds>();
    // There may be far more fields in all indices together.
    for (const name of new Set([...there.keys(), ...more.keys()])) {
      const all = settled.get(name)!;
      const parts = there.get(name) ?? new Set<Part>();
      if (all.kind === 'typed') own.set(name, { kind: 'typed', single: parts.has('single'), list: parts.has('list') });
      else
        own.set(name, {
          kind: 'dynamic',
          columns: new Set([...all.columns].filter((part) => parts.has(part))),
          mixed: (parts.has('mixed[]') && inMixed.get(summary.name)?.get(name)) || new Set(),
          more: more.get(name)?.kinds ?? new Set(),
          moreHasLists: more.get(name)?.hasLists ?? false,
          hasNegative: all.hasNegative,
        });
    }
    return { summary, columns: own };
  });
}

/** The parts of a field's columns that stand in columns of their own. */
export const partsOf = (columns: FieldColumns): Part[] =>
  columns.kind === 'dynamic'
    ? [...columns.columns]
    : [...(columns.single ? (['single'] as const) : []), ...(columns.list ? (['list'] as const) : [])];

/** The fields that have numbers which only fit without a sign, and some that are negative. */
export async function negativeFields(
  connection: DuckDBConnection,
  events: Sql,
  columns: ReadonlyMap<string, FieldColumns>,
): Promise<ReadonlySet<string>> {
  const asked = [...columns].filter(([, own]) => own.kind === 'dynamic' && mayBeNegative(own));
  if (asked.length === 0) return new Set();
  const tests = asked.map(([name, own]) => {
    const { columns: there } = own as DynamicColumns;
    const of: Sql[] = [];
    if (there.has('whole')) of.push(sql`min(${ident(columnOf(name, 'whole'))}) < 0`);
    if (there.has('whole[]')) of.push(sql`min(list_min(${ident(columnOf(name, 'whole[]'))})) < 0`);
    // Texts beside them are tagged: `i-1`.
    if (there.has('mixed[]'))
      of.push(sql`bool_or(len(list_filter(${ident(columnOf(name, 'mixed[]'))}, lambda e: prefix(e, 'i-'))) > 0)`);
    if ((own as DynamicColumns).more.has('whole')) {
      const negative = text(`${moreKey(name)}i-`);
      of.push(sql`bool_or(len(list_filter(${ident(ownColumns.more)}, lambda e: prefix(e, ${negative}))) > 0)`);
    }
    return of.length === 0 ? sql`false` : sql`coalesce(${join(of, ' OR ')}, false)`;
  });
  const rows = await connection.runAndReadAll(sql`SELECT ${join(tests, ', ')} FROM ${events}`);
  const [row] = rows.getRows();
  return new Set(asked.filter((_, i) => row![i] === true).map(([name]) => name));
}

/** Whether it matters that some whole number is negative. */
export const mayBeNegative = ({ mixed, more }: FilledKinds): boolean => mixed.has('unsigned') || more.has('unsigned');

const settledNegatives = (name: string, columns: FieldColumns, negative: ReadonlySet<string>): FieldColumns =>
  columns.kind === 'dynamic' ? { ...columns, hasNegative: negative.has(name) } : columns;

/** The kinds of tagged values, by index and field. */
export async function mixedKinds(
  connection: DuckDBConnection,
  events: Sql,
  columns: ReadonlyMap<string, FieldColumns>,
): Promise<Map<string, Map<string, Set<Kind>>>> {
  const found = new Map<string, Map<string, Set<Kind>>>();
  const names = [...columns].flatMap(([name, own]) =>
    own.kind === 'dynamic' && own.columns.has('mixed[]') ? [name] : [],
  );
  if (names.length === 0) return found;
  // Tags with the number of their field, for most indices have values of few of the fields.
  const tags = names.map(
    (name, i) => sql`list_transform(${ident(columnOf(name, 'mixed[]'))}, lambda e: concat(e[1], ${number(i)}))`,
  );
  const rows = await connection.runAndReadAll(
    sql`SELECT DISTINCT "_index", unnest(flatten(${list(tags)})) FROM ${events}`,
  );
  for (const [index, tag] of rows.getRows()) {
    const name = names[Number(String(tag).slice(1))]!;
    const own = found.get(String(index)) ?? new Map<string, Set<Kind>>();
    found.set(String(index), own);
    own.set(name, (own.get(name) ?? new Set()).add(kindOfTag.get(String(tag)[0]!)!));
  }
  return found;
}

interface MoreKinds {
  readonly kinds: ReadonlySet<Kind>;
  readonly hasLists: boolean;
}

/** The kinds of values that have no columns of their own, by index and field. */
async function moreKinds(connection: DuckDBConnection, events: Sql): Promise<Map<string, Map<string, MoreKinds>>> {
  const numbered = sql`SELECT "_index", row_number() OVER () AS r, ${ident(ownColumns.more)} AS entries FROM ${events} WHERE ${ident(ownColumns.more)} IS NOT NULL`;
  const each = sql`SELECT "_index", r, unnest(entries) AS e FROM (${numbered})`;
  const split = sql`SELECT "_index", r, split_part(e, chr(0), 1) AS name, split_part(e, chr(0), 2)[1] AS tag FROM (${each})`;
  const rows = await connection.runAndReadAll(
    sql`SELECT "_index", name, list(DISTINCT tag), count(*) > count(DISTINCT r) FROM (${split}) GROUP BY 1, 2`,
  );
  const found = new Map<string, Map<string, MoreKinds>>();
  for (const [index, name, tags, hasLists] of rows.getRows()) {
    const own = found.get(String(index)) ?? new Map<string, MoreKinds>();
    found.set(String(index), own);
    const { items } = tags as { items: readonly string[] };
    own.set(nameOfKey(String(name)), {
      kinds: new Set(items.map((tag) => kindOfTag.get(tag)!)),
      hasLists: hasLists === true,
    });
  }
  return found;
}
