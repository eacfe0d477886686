import type { FieldTypes } from '../catalogue/field-types.ts';
import { columnOf, type KindPart } from '../documents/columns.ts';
import type { FilledColumns, FilledKinds } from '../documents/document-reader.ts';
import type { JoinedPieces } from '../documents/joined-pieces.ts';
import type { WantedField } from '../documents/names.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, join, number, type Sql, sql } from '../sql/sql.ts';
import { knownFields, type MappedField } from '../tables/mapped-field.ts';
import { valueOfField, wantedField } from '../tables/plan-field.ts';
import { conditionSql, never } from './conditions.ts';
import type { Family, Mapping } from './mapping.ts';
import { FamilyNames, type FormColumn, MappedFields } from './names.ts';
import { AskedNames, type Expr, type RawValues, ReadValues } from './raw-values.ts';
import { Steps } from './steps.ts';
import { asList } from './values.ts';

/** The number of the mapping that an event has its fields by, from one on; null where there is none. */
export const mappingColumn = '_mapping';

/** Columns that were read, and the relation that has them. */
type Read = JoinedPieces & { readonly relation: Sql };

/** Events that are in the names of ECS already: their fields are theirs. */
const isEcs = ['event.category', 'data_stream.dataset'] as const;

/** The names that tell the sources of events apart. */
export function recognisingNames(mappings: readonly Mapping[]): WantedField[] {
  const asked = new AskedNames();
  for (const one of fieldsBy(mappings, asked).fields) void one.recognised;
  return [...isEcs.map((name) => ({ name, form: 'text', order: 'sortedOnce' }) as const), ...inputsOf(asked)];
}

/** What of the documents the values of some fields are made of. */
export function inputNames(mappings: readonly Mapping[], fields: Iterable<string>): WantedField[] {
  const asked = new AskedNames();
  const all = fieldsBy(mappings, asked).fields;
  for (const field of fields) for (const one of all) one.field(field);
  return inputsOf(asked);
}

/** Every field that mappings define by name. */
export const definedFields = (mappings: readonly Mapping[]): ReadonlySet<string> =>
  new Set(mappings.flatMap(({ fields }) => [...fields.keys()]));

/** The fields by each of some mappings, and columns that say in which forms events come. */
function fieldsBy(mappings: readonly Mapping[], raw: RawValues): FieldsOfAll {
  const steps = new Steps();
  const families = new Map<Family, FamilyNames>();
  for (const { family } of mappings)
    if (family && !families.has(family))
      families.set(family, new FamilyNames(family, raw, `_form_${families.size}`, steps));
  return {
    fields: mappings.map((mapping) => new MappedFields(mapping, raw, families.get(mapping.family!) ?? null, steps)),
    forms: [...families.values()].flatMap(({ column }) => column ?? []),
    steps,
  };
}

interface FieldsOfAll {
  readonly fields: readonly MappedFields[];
  /** What says in which form of its family an event comes. */
  readonly forms: readonly FormColumn[];
  readonly steps: Steps;
}

function inputsOf({ texts, objects }: AskedNames): WantedField[] {
  const whole = [...objects].map(
    (name): WantedField => ({ name, form: 'json', order: 'asTheyCome', takesObjects: true, looksInside: true }),
  );
  const scalars = [...texts].filter((name) => !objects.has(name));
  return [...whole, ...scalars.map((name): WantedField => ({ name, form: 'dynamic', order: 'sortedOnce' }))];
}

/** Names to look for, with others beside them; a field that has a type keeps its form. */
export function withInputs(fields: readonly WantedField[], inputs: readonly WantedField[]): WantedField[] {
  const all = new Map(fields.map((field) => [field.name, field]));
  for (const input of inputs) {
    const before = all.get(input.name);
    if (!before || (input.form === 'json' && before.form === 'dynamic')) all.set(input.name, input);
  }
  return [...all.values()];
}

/** Documents with the number of the mapping of each, among `mappings`; null where no document has one. */
export function recognise(mappings: readonly Mapping[], read: Read): Sql | null {
  const raw = new ReadValues(read.names, read.fields, read.kinds);
  const all = fieldsBy(mappings, raw);
  const number = mappingNumber(all, raw);
  return number && withMapping(all, number, read.relation);
}

/** The number of the mapping of an event; null where none can be that of any event. */
function mappingNumber({ fields }: FieldsOfAll, raw: RawValues): Sql | null {
  const cases = fields.flatMap(({ recognised }, i) =>
    recognised === never ? [] : [sql`WHEN ${recognised} THEN ${number(i + 1)}`],
  );
  if (cases.length === 0) return null;
  const isReady = conditionSql({ any: isEcs.map((name) => ({ [name]: { exists: true } })) }, (name) => raw.text(name));
  const first = isReady === never ? [] : [sql`WHEN ${isReady} THEN NULL`];
  return sql`(CASE ${join([...first, ...cases], '\n')} END)`;
}

/** Documents with the number of the mapping of each, and all that values of fields are made of. */
function withMapping({ forms, steps }: FieldsOfAll, found: Sql, relation: Sql): Sql {
  const formed = forms.map(({ name, value }) => sql`${value} AS ${ident(name)}`);
  const from = formed.length === 0 ? relation : sql`(SELECT *, ${join(formed, ', ')} FROM ${relation})`;
  return sql`(SELECT *, ${found} AS ${ident(mappingColumn)} FROM ${steps.over(from)})`;
}

/**
 * Documents with the wanted fields as mappings have them, in columns like those of the document reader. A field that the
 * mapping of a document defines is that mapping's; others stay as they were read.
 */
export function mapColumns(
  mappings: readonly Mapping[],
  read: Read,
  wanted: ReadonlySet<string> | 'all',
  types: FieldTypes,
): Read {
  const raw = new ReadValues(read.names, read.fields, read.kinds);
  const all = fieldsBy(mappings, raw);
  const number = mappingNumber(all, raw);
  if (number === null) return new Columns(read, types).result(read.relation, wanted);
  const by = all.fields;
  const names = wanted === 'all' ? namesOfAll(by, read) : wanted;
  const made = new Columns(read, types);
  for (const name of names) {
    const definers = by.flatMap((fields, i) => (fields.defines(name) ? [i + 1] : []));
    if (definers.length === 0) continue;
    const values = definers.flatMap((at) => {
      const value = by[at - 1]!.field(name);
      return value ? [{ at, value }] : [];
    });
    made.add(name, definers, values);
  }
  return made.result(withMapping(all, number, read.relation), wanted);
}

/** Every field that documents may have by mappings: those that these name, and what stands below their prefixes. */
function namesOfAll(by: readonly MappedFields[], read: Read): Set<string> {
  const names = new Set<string>();
  for (const fields of by) {
    for (const name of fields.mapping.fields.keys()) names.add(name);
    for (const raw of read.kinds.keys()) for (const name of fields.namesOf(raw)) names.add(name);
  }
  return names;
}

/** Whether a text is one that the document reader takes for a date. */
const looksLikeDate = (value: Sql): Sql =>
  sql`regexp_full_match(${value}, '[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T(([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?)?') AND (length(${value}) < 10 OR TRY_CAST(left(${value}, 10) AS DATE) IS NOT NULL)`;

/** A value that a mapping, by its number, gives to a field. */
interface ByMapping {
  readonly at: number;
  readonly value: Expr;
}

/** The columns of fields as they are made anew. */
class Columns {
  readonly #replaced = new Set<string>();
  readonly #items: Sql[] = [];
  readonly #fields = new Map<string, { readonly field: WantedField; readonly filled: FilledColumns }>();
  readonly #kinds: Map<string, FilledKinds>;

  constructor(
    private readonly read: Read,
    private readonly types: FieldTypes,
  ) {
    read.names.fields.forEach((field, i) => {
      if (field.form !== 'dynamic') this.#fields.set(field.name, { field, filled: read.fields[i]! });
    });
    this.#kinds = new Map(read.kinds);
  }

  /** Makes the columns of a field of which some mappings say something. */
  add(name: string, definers: readonly number[], values: readonly ByMapping[]): void {
    const [known] = knownFields(name, this.types);
    if (known) this.#addTyped(known, definers, values);
    else this.#addDynamic(name, definers, values);
  }

  /** A value of documents that a mapping has no say in, and what the mappings make of the others. */
  #chosen(definers: readonly number[], made: readonly { at: number; sql: Sql }[], others: Sql | null, type: Sql): Sql {
    const silent = definers.filter((at) => !made.some((one) => one.at === at));
    const cases = made.map(({ at, sql: value }) => sql`WHEN ${number(at)} THEN ${value}`);
    if (others !== null) for (const at of silent) cases.push(sql`WHEN ${number(at)} THEN NULL`);
    const rest = others ?? sql`NULL::${type}`;
    return cases.length === 0 ? rest : sql`(CASE ${ident(mappingColumn)} ${join(cases, '\n')} ELSE ${rest} END)`;
  }

  #put(column: string, value: Sql, isThere: boolean): void {
    if (isThere) this.#replaced.add(column);
    this.#items.push(sql`${value} AS ${ident(column)}`);
  }

  #addTyped(known: MappedField, definers: readonly number[], values: readonly ByMapping[]): void {
    const { name, type } = known;
    const before = this.#fields.get(name);
    const filled = before?.filled ?? { single: false, list: false, rest: false, restHasLists: false };
    const column = (part: 'single' | 'list' | 'rest'): Sql => ident(columnOf(name, part));
    const stored = storageType(type);
    const isText = type === 'keyword' || type === 'text';
    const singles = values.filter(({ value }) => !value.isList);
    const converted = singles.map(({ at, value }) => ({
      at,
      sql: isText ? value.sql : valueOfField(known, value.sql),
    }));
    const own = filled.single ? sql`${column('single')}::${stored}` : null;
    const hasSingle = converted.length > 0 || own !== null;
    if (hasSingle) this.#put(columnOf(name, 'single'), this.#chosen(definers, converted, own, stored), filled.single);
    if (filled.list)
      this.#put(columnOf(name, 'list'), this.#chosen(definers, [], column('list'), sql`VARCHAR[]`), true);
    // Lists, and what does not fit the type of the field, are seen to like values that are not in the common form.
    const rests = values.flatMap(({ at, value }) => {
      if (value.isList) return [{ at, sql: value.sql }];
      if (isText) return [];
      return [{ at, sql: sql`CASE WHEN ${valueOfField(known, value.sql)} IS NULL THEN ${asList(value)} END` }];
    });
    const hasRest = filled.rest || rests.length > 0;
    if (hasRest)
      this.#put(
        columnOf(name, 'rest'),
        this.#chosen(definers, rests, filled.rest ? column('rest') : null, sql`VARCHAR[]`),
        filled.rest,
      );
    this.#fields.set(name, {
      field: wantedField(known),
      filled: {
        single: hasSingle,
        list: filled.list,
        rest: hasRest,
        restHasLists: filled.restHasLists || values.some(({ value }) => value.isList),
      },
    });
  }

  /** A field of which no type is known: mappings give it texts. */
  #addDynamic(name: string, definers: readonly number[], values: readonly ByMapping[]): void {
    const before = this.#kinds.get(name);
    const there = new Set<KindPart>(before?.columns);
    for (const part of there)
      if (part !== 'text' && part !== 'text[]' && part !== 'date') {
        const column = ident(columnOf(name, part));
        this.#put(columnOf(name, part), sql`CASE WHEN ${this.#isNotOf(definers)} THEN ${column} END`, true);
      }
    const add = (part: 'text' | 'text[]' | 'date', made: readonly { at: number; sql: Sql }[], type: Sql): void => {
      const isThere = there.has(part);
      if (made.length === 0 && !isThere) return;
      const others = isThere ? ident(columnOf(name, part)) : null;
      this.#put(columnOf(name, part), this.#chosen(definers, made, others, type), isThere);
      there.add(part);
    };
    const singles = values.map(({ at, value }) => ({
      at,
      sql: value.isList ? sql`CASE WHEN len(${value.sql}) = 1 THEN ${value.sql}[1] END` : value.sql,
    }));
    const ofKind = (isDate: boolean): typeof singles =>
      singles.map(({ at, sql: one }) => ({
        at,
        sql: sql`CASE WHEN ${isDate ? sql`` : sql`NOT `}(${looksLikeDate(one)}) THEN ${one} END`,
      }));
    const lists = values.flatMap(({ at, value }) =>
      value.isList
        ? [{ at, sql: sql`CASE WHEN len(${value.sql}) > 1 THEN list_sort(list_distinct(${value.sql})) END` }]
        : [],
    );
    // As they would be read under their own names.
    add('text', ofKind(false), sql`VARCHAR`);
    add('date', ofKind(true), sql`VARCHAR`);
    add('text[]', lists, sql`VARCHAR[]`);
    if (there.size > 0)
      this.#kinds.set(name, {
        columns: there,
        mixed: before?.mixed ?? new Set(),
        more: before?.more ?? new Set(),
        moreHasLists: before?.moreHasLists ?? false,
      });
  }

  #isNotOf(definers: readonly number[]): Sql {
    return sql`coalesce(${ident(mappingColumn)} NOT IN (${join(definers.map(number), ', ')}), true)`;
  }

  /** The relation with the new columns, and what has values in it: what was only read for the mappings is left out. */
  result(recognised: Sql, wanted: ReadonlySet<string> | 'all'): Read {
    const { read } = this;
    const isWanted = (name: string): boolean => wanted === 'all' || wanted.has(name);
    const left = [...this.#replaced].map(ident);
    const others = left.length === 0 ? sql`*` : sql`* EXCLUDE (${join(left, ', ')})`;
    const relation =
      this.#items.length === 0 ? recognised : sql`(SELECT ${join([others, ...this.#items], ', ')} FROM ${recognised})`;
    const fields = [...this.#fields.values()].filter(({ field }) => isWanted(field.name));
    return {
      ...read,
      relation,
      names: { ...read.names, fields: fields.map(({ field }) => field) },
      fields: fields.map(({ filled }) => filled),
      kinds: new Map([...this.#kinds].filter(([name]) => isWanted(name))),
    };
  }
}
