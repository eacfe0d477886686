import { columnOf, type KindPart } from '../documents/columns.ts';
import type { FilledColumns, FilledKinds } from '../documents/document-reader.ts';
import type { KnownNames, WantedField } from '../documents/names.ts';
import { coalesce, ident, list, type Sql, sql } from '../sql/sql.ts';

/** A value as SQL: a text, or a list of texts; null where an event has none. No list is empty. */
export interface Expr {
  readonly sql: Sql;
  readonly isList: boolean;
  /** Whether none of its texts can be taken for a date, as far as that is known. */
  readonly isNoDate?: boolean;
}

/** A text where one is wanted: the first of several. */
export const oneOf = ({ sql: value, isList }: Expr): Sql => (isList ? sql`${value}[1]` : value);

/** The values of documents under their own names. */
export interface RawValues {
  /** The scalars at a name; null where no document has any. */
  text(name: string): Expr | null;
  /** The JSON of what stands at a name; null where no document has it. */
  json(name: string): Sql | null;
}

/** What is asked of documents, found out by asking: every name is taken to have values. */
export class AskedNames implements RawValues {
  readonly texts = new Set<string>();
  readonly objects = new Set<string>();

  text(name: string): Expr | null {
    this.texts.add(name);
    return { sql: sql`NULL`, isList: false };
  }

  json(name: string): Sql | null {
    this.objects.add(name);
    return sql`NULL`;
  }
}

/** The values in columns that the document reader made. */
export class ReadValues implements RawValues {
  readonly #fields = new Map<string, { readonly field: WantedField; readonly filled: FilledColumns }>();
  readonly #texts = new Map<string, Expr | null>();

  constructor(
    names: KnownNames,
    fields: readonly FilledColumns[],
    private readonly kinds: ReadonlyMap<string, FilledKinds>,
  ) {
    names.fields.forEach((field, i) => {
      if (field.form !== 'dynamic') this.#fields.set(field.name, { field, filled: fields[i]! });
    });
  }

  text(name: string): Expr | null {
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name);
    this.#texts.set(name, made);
    return made;
  }

  #make(name: string): Expr | null {
    const typed = this.#fields.get(name);
    if (typed) return typed.field.form === 'json' ? scalarOfJson(name, typed.filled) : textOfTyped(name, typed);
    const kinds = this.kinds.get(name);
    return kinds ? textOfKinds(name, kinds) : null;
  }

  json(name: string): Sql | null {
    const typed = this.#fields.get(name);
    if (typed?.field.form !== 'json' || !typed.filled.rest) return null;
    const rest = ident(columnOf(name, 'rest'));
    // What stands there in several objects of a list is one list.
    const parts = sql`CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]') ELSE [j::JSON] END`;
    return sql`CASE WHEN len(${rest}) > 1 THEN to_json(flatten(list_transform(${rest}, lambda j: ${parts})))::VARCHAR ELSE ${rest}[1] END`;
  }
}

/** Scalars in the place of what is read as JSON. */
function scalarOfJson(name: string, { rest }: FilledColumns): Expr | null {
  if (!rest) return null;
  const json = sql`${ident(columnOf(name, 'rest'))}[1]`;
  return {
    sql: sql`CASE WHEN json_type(${json}) NOT IN ('OBJECT', 'ARRAY') THEN nullif(${json} ->> '$', '') END`,
    isList: false,
  };
}

function textOfTyped(
  name: string,
  { field, filled }: { readonly field: WantedField; readonly filled: FilledColumns },
): Expr | null {
  const column = (part: 'single' | 'list' | 'rest'): Sql => ident(columnOf(name, part));
  const written = (value: Sql): Sql => {
    switch (field.form) {
      case 'text':
        return value;
      case 'date':
      case 'dateNanos':
        return sql`strftime(${value}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
      case 'address':
        return sql`harrier_ip_text(${value}::UHUGEINT)`;
      default:
        return sql`${value}::VARCHAR`;
    }
  };
  const single = filled.single ? filledText(written(column('single'))) : null;
  const lists = [
    ...(filled.list ? [sql`list_transform(${column('list')}, lambda v: ${written(sql`v`)})`] : []),
    ...(filled.rest ? [sql`${column('rest')}`] : []),
  ];
  return together(single, lists);
}

function textOfKinds(name: string, { columns, mixed, mixedHasLists }: FilledKinds): Expr | null {
  const there = (part: KindPart): Sql[] => (columns.has(part) ? [ident(columnOf(name, part))] : []);
  const texts = [
    ...there('text').map(filledText),
    ...there('date'),
    ...(['whole', 'decimal', 'boolean'] as const).flatMap(there).map((value) => sql`${value}::VARCHAR`),
    ...(mixedHasLists === false ? there('mixed[]') : []).map((values) => filledText(plain(sql`${values}[1]`))),
  ];
  const single = texts.length === 0 ? null : coalesce(texts);
  const lists = [
    ...(['text[]', 'date[]'] as const).flatMap(there),
    ...(['whole[]', 'decimal[]', 'boolean[]'] as const).flatMap(there).map((values) => sql`${values}::VARCHAR[]`),
    ...(mixedHasLists === false ? [] : there('mixed[]')).map(
      (values) => sql`list_transform(${values}, lambda v: ${plain(sql`v`)})`,
    ),
  ];
  const isNoDate = !columns.has('date') && !columns.has('date[]') && !mixed.has('date');
  const value = together(single, lists);
  return value && { ...value, isNoDate };
}

/** One of values of several kinds, before each of which a letter stands. */
const plain = (tagged: Sql): Sql => sql`substring(${tagged}, 2)`;

/** Empty texts are no values. */
const filledText = (value: Sql): Sql => sql`nullif(${value}, '')`;

/** Single values and lists of several as one: a list wherever some document has several. */
function together(single: Sql | null, lists: readonly Sql[]): Expr | null {
  if (lists.length === 0) return single && { sql: single, isList: false };
  const filled = lists.map((values) => sql`list_filter(${values}, lambda v: v <> '')`);
  const parts = [...(single ? [sql`CASE WHEN ${single} IS NOT NULL THEN ${list([single])} END`] : []), ...filled];
  const all = coalesce(parts);
  return { sql: sql`CASE WHEN len(${all}) > 0 THEN ${all} END`, isList: true };
}
