import type { FieldTypes } from '../catalogue/field-types.ts';
import { columnOf, type KindPart } from '../documents/columns.ts';
import type { FilledColumns, FilledKinds } from '../documents/document-reader.ts';
import type { JoinedPieces } from '../documents/joined-pieces.ts';
import type { WantedField } from '../documents/names.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { coalesce, ident, isOneOf, join, number, type Sql, sql } from '../sql/sql.ts';
import { knownFields, type MappedField } from '../tables/mapped-field.ts';
import { valueOfField, wantedField } from '../tables/plan-field.ts';
import { arranged, element, listed, listedType } from '../tables/values.ts';
import type { Expr } from './raw-values.ts';
import type { Steps } from './steps.ts';

/** The number of the mapping that an event has its fields by, from one on; null where there is none. */
export const mappingColumn = '_mapping';

/** Columns that were read, and the relation that has them. */
export type Read = JoinedPieces & { readonly relation: Sql };

/** A value that a mapping, by its number, gives to a field. */
export interface ByMapping {
  readonly at: number;
  readonly value: Expr;
}

/** Whether a text is one that the document reader takes for a date. Its hyphen is looked for before all else. */
const looksLikeDate = (value: Sql): Sql =>
  sql`CASE WHEN substring(${value}, 5, 1) = '-' AND ascii(${value}) BETWEEN 48 AND 57 THEN (regexp_full_match(${value}, '[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T(([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?)?') AND (length(${value}) < 10 OR TRY_CAST(left(${value}, 10) AS DATE) IS NOT NULL)) ELSE false END`;

/** Each text of a list as a value of a field; null where it does not fit. */
const eachValue = (known: MappedField, texts: Sql): Sql =>
  sql`list_transform(${texts}, lambda ${element}: ${valueOfField(known, element)})`;

const filledOnly = (values: Sql): Sql => sql`list_filter(${values}, lambda ${element}: ${element} IS NOT NULL)`;

/** The first of two that there is; null where neither can be. */
const firstOf = (one: Sql | null, other: Sql | null): Sql | null =>
  one && other ? coalesce([one, other]) : (one ?? other);

const isOf = (mappings: readonly number[]): Sql => isOneOf(ident(mappingColumn), mappings.map(number));

/** What the mapping of an event gives; null where it gives nothing. */
function given(values: readonly { readonly at: number; readonly sql: Sql }[]): Sql | null {
  const byValue = new Map<Sql, number[]>();
  for (const { at, sql: value } of values) byValue.set(value, [...(byValue.get(value) ?? []), at]);
  const cases = [...byValue].map(([value, mappings]) => sql`WHEN ${isOf(mappings)} THEN ${value}`);
  return cases.length === 0 ? null : sql`CASE ${join(cases, '\n')} END`;
}

/**
 * The columns of fields as mappings make them, like those of the document reader. A field that the mapping of a document
 * defines is that mapping's; others stay as they were read.
 */
export class MappedColumns {
  readonly #replaced = new Set<string>();
  readonly #items: Sql[] = [];
  readonly #fields = new Map<string, { readonly field: WantedField; readonly filled: FilledColumns }>();
  readonly #kinds: Map<string, FilledKinds>;

  constructor(
    private readonly read: Read,
    private readonly types: FieldTypes,
    private readonly steps: Steps,
  ) {
    read.names.fields.forEach((field, i) => {
      if (field.form !== 'dynamic') this.#fields.set(field.name, { field, filled: read.fields[i]! });
    });
    this.#kinds = new Map(read.kinds);
  }

  /** Makes the columns of a field of which some mappings, by their numbers, say something. */
  add(name: string, definers: readonly number[], values: readonly ByMapping[]): void {
    const [known] = knownFields(name, this.types);
    if (known) this.#addTyped(known, definers, values);
    else this.#addDynamic(name, definers, values);
  }

  /** A value in a column of its own. */
  #once(value: Sql | null): Sql | null {
    return this.steps.once(value && { sql: value, isList: false })?.sql ?? null;
  }

  /** Puts a column in the place of one that was read, for documents of which the mappings say something. */
  #put(column: string, made: Sql | null, definers: readonly number[], read: Sql | null): void {
    if (read) this.#replaced.add(column);
    const value = read ? sql`CASE WHEN ${isOf(definers)} THEN ${made ?? sql`NULL`} ELSE ${read} END` : made!;
    this.#items.push(sql`${value} AS ${ident(column)}`);
  }

  #addTyped(known: MappedField, definers: readonly number[], values: readonly ByMapping[]): void {
    const { name, type } = known;
    const filled = this.#fields.get(name)?.filled ?? { single: false, list: false, rest: false, restHasLists: false };
    const isText = type === 'keyword' || type === 'text';
    const read = (part: 'single' | 'list' | 'rest'): Sql | null => (filled[part] ? ident(columnOf(name, part)) : null);
    const [text, texts] = this.#given(values);
    const value = text === null || isText ? text : this.#once(valueOfField(known, text));
    // Points of several forms are read like those of documents.
    const isPoint = type === 'geo_point';
    const found = isPoint || texts === null || isText ? texts : this.#once(eachValue(known, texts));
    const several =
      isPoint || found === null ? null : this.#once(arranged(type, isText ? found : this.#once(filledOnly(found))!));
    const one = firstOf(value, several && sql`CASE WHEN len(${several}) = 1 THEN ${several}[1] END`);
    const [single, list] = [read('single'), read('list')];
    if (one || single)
      this.#put(columnOf(name, 'single'), one, definers, single && sql`${single}::${storageType(type)}`);
    const more = several && sql`CASE WHEN len(${several}) > 1 THEN ${listed(type, several)} END`;
    if (more || list) this.#put(columnOf(name, 'list'), more, definers, list && sql`${list}::${listedType(type)}[]`);
    const rest = isPoint ? texts : null;
    if (rest || filled.rest) this.#put(columnOf(name, 'rest'), rest, definers, read('rest'));
    const unfit = isText
      ? null
      : firstOf(
          text && sql`CASE WHEN ${text} IS NOT NULL AND ${value!} IS NULL THEN [${text}] END`,
          isPoint || found === null ? null : sql`CASE WHEN list_count(${found}) < len(${found}) THEN ${texts!} END`,
        );
    if (unfit) this.#items.push(sql`${unfit} AS ${ident(columnOf(name, 'unfit'))}`);
    this.#fields.set(name, {
      field: wantedField(known),
      filled: {
        single: one !== null || filled.single,
        list: more !== null || filled.list,
        rest: rest !== null || filled.rest,
        restHasLists: filled.restHasLists || rest !== null,
        unfit: unfit !== null,
      },
    });
  }

  /** What mappings give that is one text, and what is a list of them, in columns of their own. */
  #given(values: readonly ByMapping[]): readonly [text: Sql | null, texts: Sql | null] {
    const of = (isList: boolean): Sql | null =>
      this.#once(given(values.flatMap(({ at, value }) => (value.isList === isList ? [{ at, sql: value.sql }] : []))));
    return [of(false), of(true)];
  }

  /** A field of which no type is known: mappings give it texts, which count as they would under their own names. */
  #addDynamic(name: string, definers: readonly number[], values: readonly ByMapping[]): void {
    const before = this.#kinds.get(name);
    const there = new Set<KindPart>(before?.columns);
    const [text, texts] = this.#given(values);
    const several = texts && this.#once(arranged('keyword', texts));
    const one = this.#once(firstOf(text, several && sql`CASE WHEN len(${several}) = 1 THEN ${several}[1] END`));
    const made = new Map<KindPart, Sql>();
    const isNoDate = values.every(({ value }) => value.isNoDate);
    if (one && isNoDate) made.set('text', one);
    else if (one) {
      const isDate = this.#once(looksLikeDate(one))!;
      made.set('text', sql`CASE WHEN NOT ${isDate} THEN ${one} END`);
      made.set('date', sql`CASE WHEN ${isDate} THEN ${one} END`);
    }
    const moreThanOne = sql`len(${several ?? sql`NULL`}) > 1`;
    if (several && isNoDate) made.set('text[]', sql`CASE WHEN ${moreThanOne} THEN ${several} END`);
    else if (several) {
      const dates = this.#once(sql`list_transform(${several}, lambda e: ${looksLikeDate(sql`e`)})`)!;
      const only = (isDate: boolean): Sql =>
        sql`CASE WHEN ${moreThanOne} AND NOT list_contains(${dates}, ${isDate ? sql`false` : sql`true`}) THEN ${several} END`;
      const tagged = sql`list_transform(list_zip(${several}, ${dates}), lambda e: if(e[2], 't', 's') || e[1])`;
      made.set('text[]', only(false));
      made.set('date[]', only(true));
      made.set(
        'mixed[]',
        sql`CASE WHEN list_contains(${dates}, true) AND list_contains(${dates}, false) THEN ${tagged} END`,
      );
    }
    for (const part of new Set([...there, ...made.keys()])) {
      const column = columnOf(name, part);
      this.#put(column, made.get(part) ?? null, definers, there.has(part) ? ident(column) : null);
      there.add(part);
    }
    if (there.size > 0)
      this.#kinds.set(name, {
        columns: there,
        mixed: new Set([...(before?.mixed ?? []), ...(several && !isNoDate ? (['date', 'text'] as const) : [])]),
        more: before?.more ?? new Set(),
        moreHasLists: before?.moreHasLists ?? false,
      });
  }

  /**
   * The new columns over a relation that says the mapping of each document, and what has values in it: what was only read
   * for the mappings is left out.
   */
  result(recognised: Sql, wanted: ReadonlySet<string> | 'all'): Read {
    const isWanted = (name: string): boolean => wanted === 'all' || wanted.has(name);
    const left = [...this.#replaced].map(ident);
    const others = left.length === 0 ? sql`*` : sql`* EXCLUDE (${join(left, ', ')})`;
    const from = this.steps.over(recognised);
    const relation =
      this.#items.length === 0 ? from : sql`(SELECT ${join([others, ...this.#items], ', ')} FROM ${from})`;
    const fields = [...this.#fields.values()].filter(({ field }) => isWanted(field.name));
    return {
      ...this.read,
      relation,
      names: { ...this.read.names, fields: fields.map(({ field }) => field) },
      fields: fields.map(({ filled }) => filled),
      kinds: new Map([...this.#kinds].filter(([name]) => isWanted(name))),
    };
  }
}
