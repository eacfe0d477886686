import { type FieldColumns, fieldColumns, withSteps } from '../sources/field-values.ts';
import { ExtractionPlan, type PathKey, type Place, scalarLeaves } from '../sources/json-paths.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { Shape } from './inspect-document.ts';
import type { MappedField, Mapping } from './mapping.ts';
import { refinement } from './stored-values.ts';

/** How documents of an index are read into its table, from what is known of their shape. */
export interface ReadingPlan {
  /** Documents (`line`) with what the other parts are made of; `s` is null for what is no JSON. */
  open(documents: Sql): Sql;
  readonly fields: readonly {
    readonly field: MappedField;
    readonly places: readonly Place[];
    readonly columns: FieldColumns;
  }[];
  /** True for a document (`line`) of which the plan reads every part. */
  readonly complete: Sql;
  /** True for a document in which some value does not fit its field. */
  readonly refused: Sql;
  /** The name of the data stream that a document says it belongs to; null where it says nothing. */
  readonly dataStream: Sql;
  /** The names of the fields whose values do not fit and are left out, as Elasticsearch's _ignored; else null. */
  readonly ignored: Sql;
  /** The names of the fields whose values do not fit, whatever comes of it. */
  readonly bad: Sql;
  /** True for a document that cannot be made of the columns again. */
  readonly lossy: Sql;
  /** Places that are read as JSON, for learning their structures. */
  readonly mixed: readonly { readonly key: PathKey; readonly place: Sql }[];
}

export function planReading(
  mapping: Mapping,
  shape: Shape,
  structures: ReadonlyMap<PathKey, ReadonlySet<string>>,
  ignoresMalformed: (field: MappedField) => boolean,
): ReadingPlan {
  const paths = [...shape.seen.leaves].map((key) => JSON.parse(key) as string[]);
  const own = [...mapping.fields.values()].filter((field) => field.of === null && field.type !== 'unsupported');
  // A structure must have some member; this one no document may have.
  const plan = new ExtractionPlan([], shape.seen, paths.length > 0 ? paths : [[' ']], onlyTexts(shape));
  const fields = own.flatMap((field, number) => {
    const places = plan.places(field.name);
    const columns = fieldColumns(field.type, places, number, refinement(field));
    return columns ? [{ field, places, columns }] : [];
  });
  const judged = fields.flatMap(({ field, columns: { bad } }) =>
    bad ? [{ name: text(field.name), bad: sql`coalesce(${bad}, false)`, ignores: ignoresMalformed(field) }] : [],
  );
  const names = (all: typeof judged): Sql =>
    all.length === 0
      ? sql`NULL::VARCHAR[]`
      : sql`CASE WHEN ${join(
          all.map(({ bad }) => bad),
          ' OR ',
        )} THEN list_filter([${join(
          all.map(({ name, bad }) => sql`CASE WHEN ${bad} THEN ${name} END`),
          ', ',
        )}], lambda n: n IS NOT NULL) END`;
  const part = (name: string): Sql => fields.find(({ field }) => field.name === name)?.columns.single ?? sql`NULL`;
  const refusing = judged.filter(({ ignores }) => !ignores);
  return {
    open: (documents) =>
      withSteps(
        plan.open(documents, ident('line')),
        fields.map(({ columns }) => columns),
      ),
    fields,
    complete: plan.accounts(ident('line'), shape.opaque, structures),
    refused: anyOf(refusing.map(({ bad }) => bad)),
    dataStream: dataStreamName(part('data_stream.type'), part('data_stream.dataset'), part('data_stream.namespace')),
    ignored: names(judged.filter(({ ignores }) => ignores)),
    bad: names(judged),
    lossy: anyOf([
      ...fields.flatMap(({ columns }) => columns.lost ?? []),
      ...plan.valuesAt(shape.unkept).map(({ place }) => sql`${place} IS NOT NULL`),
    ]),
    mixed: plan.mixed.filter(({ key }) => !shape.opaque.has(key)),
  };
}

const anyOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`false` : sql`(${join(conditions, ' OR ')})`;

/** Leaves at which nothing but texts was seen. */
function onlyTexts({ seen, opaque }: Shape): ReadonlySet<PathKey> {
  const others = [seen.booleans, seen.numbers, opaque];
  return new Set([...scalarLeaves(seen)].filter((key) => !others.some((set) => set.has(key))));
}

/** The name of a data stream from its parts, of which the namespace may be missing. */
export const dataStreamName = (type: Sql, dataset: Sql, namespace: Sql): Sql =>
  sql`lower((${type})::VARCHAR || '-' || (${dataset})::VARCHAR || '-' || coalesce((${namespace})::VARCHAR, 'default'))`;
