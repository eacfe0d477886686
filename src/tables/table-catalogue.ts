import type {
  Catalogue,
  EnrichPolicy,
  Field,
  FieldVariant,
  IndexSummary,
  Precision,
  StandIns,
  View,
} from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { Aliases } from '../catalogue/index-pattern.ts';
import { columnOf } from '../documents/columns.ts';
import type { EventRelation, HeldEvents } from '../sql/duckdb/event-relation.ts';
import { fromList } from '../sql/duckdb/representation.ts';
import { ident, type Sql, sql } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import type { Index, Place } from './indexed-table.ts';
import { typeOfAll } from './kinds.ts';
import type { MappedField, Property } from './mapped-field.ts';
import { storedField, typeOf } from './stored-field.ts';
import { relationOf, relationsOf, tablesOf } from './table-relation.ts';

export interface CatalogueOptions {
  /** Knows fields that no index maps; they then read as null instead of being unknown. */
  readonly unmapped?: FieldTypes | null;
  readonly enrichPolicies?: readonly EnrichPolicy[];
  readonly views?: readonly View[];
  readonly aliases?: Aliases;
  /** Names beside those of the mappings in which near matches are looked for. */
  readonly otherNames?: readonly string[];
  readonly standIns?: StandIns;
}

/**
 * What queries may know of tables of documents: the fields of their indices under their mappings, and for each query the
 * relation that reads just the fields it needs.
 */
export class TableCatalogue implements Catalogue {
  readonly indices: readonly IndexSummary[];
  readonly enrichPolicies: readonly EnrichPolicy[];
  readonly views: readonly View[];
  readonly aliases: Aliases;
  readonly standIns: StandIns;
  readonly #byName: ReadonlyMap<string, Index>;
  readonly #unmapped: FieldTypes | null;
  readonly #otherNames: readonly string[];
  /** How many indices stand in each table. */
  readonly #held = new Map<Sql, number>();
  #lastFields: { readonly scope: string; readonly fields: readonly Field[] } | null = null;

  constructor(
    indices: readonly Index[],
    { unmapped = null, enrichPolicies = [], views = [], otherNames = [], ...options }: CatalogueOptions = {},
  ) {
    this.#byName = new Map(indices.map((index) => [index.summary.name, index]));
    this.indices = indices.map(({ summary }) => summary);
    this.#unmapped = unmapped;
    this.enrichPolicies = enrichPolicies;
    this.views = views;
    this.aliases = options.aliases ?? new Map();
    this.standIns = options.standIns ?? new Map();
    this.#otherNames = otherNames;
    for (const { tables } of indices)
      for (const { table } of tables) this.#held.set(table, (this.#held.get(table) ?? 0) + 1);
  }

  #among(names: readonly string[] | null): Index[] {
    return (names ?? [...this.#byName.keys()]).flatMap((name) => this.#byName.get(name) ?? []);
  }

  /** Indices in the order of their events' places. */
  #inOrder(names: readonly string[] | null): Index[] {
    const wanted = names && new Set(names);
    return [...this.#byName.values()].filter(({ summary }) => wanted === null || wanted.has(summary.name));
  }

  field(name: string, indices?: readonly string[]): Field | undefined {
    const found = this.#among(indices ?? null).flatMap((index) => {
      const field = index.fields.get(name);
      return field ? [{ index, field }] : [];
    });
    if (found.length > 0) return fieldOf(name, found);
    const known = this.#unmapped?.get(name);
    return known && { name, type: known.type, column: null, listColumn: null };
  }

  fieldsOf(indices: readonly string[]): readonly Field[] {
    const scope = indices.join('\0');
    if (this.#lastFields?.scope !== scope) this.#lastFields = { scope, fields: this.#fieldsOf(indices) };
    return this.#lastFields.fields;
  }

  /** All fields at once: what a query would find one by one among the indices is sorted by name beforehand. */
  #fieldsOf(indices: readonly string[]): Field[] {
    const byName = new Map<string, Mapped[]>();
    for (const index of this.#among(indices))
      for (const [name, field] of index.fields) {
        const found = byName.get(name);
        if (found) found.push({ index, field });
        else byName.set(name, [{ index, field }]);
      }
    const shown = [...byName].filter(([, found]) => found.some(({ field }) => !field.isEmpty));
    return shown.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, found]) => fieldOf(name, found));
  }

  get knownNames(): readonly string[] {
    const own = this.#among(null).flatMap(({ fields }) => [...fields.keys()]);
    return [...new Set([...own, ...this.#otherNames])];
  }

  /** The relation over the tables of these indices. */
  get relation(): EventRelation {
    const mark: EventRelation['mark'] = (field) =>
      field === '_ignored' ? fromList(ident(field)) : { single: ident(field), list: null };
    const held = (table: Sql): number => this.#held.get(table)!;
    return {
      mark,
      from: (names, fields, marks) => sql`(${relationOf(this.#among(names), fields, marks, held)})`,
      tables: (indices) =>
        Array.from({ length: tablesOf(this.#among(indices)) }, (_, table) => ({
          mark,
          from: (names, fields, marks) => sql`(${relationsOf(this.#among(names), fields, marks, held)[table]!})`,
        })),
      isScattered: (names) => {
        const indices = this.#among(names);
        const tables = tablesOf(indices);
        const events = indices.reduce((sum, { summary }) => sum + summary.events, 0);
        return tables >= manyTables && events < tables * fewEvents;
      },
      holding: (names, wanted) => firstHolding(this.#inOrder(names), wanted),
    };
  }
}

/** Places follow the order of indices only where each stands in a table of its own. */
function firstHolding(indices: readonly Index[], wanted: number): HeldEvents | null {
  const names: string[] = [];
  let events = 0;
  for (const { summary, tables } of indices) {
    if (tables.length !== 1 || tables[0]!.isShared) return null;
    if (events >= wanted) return { indices: names, events };
    names.push(summary.name);
    events += summary.events;
  }
  return null;
}

/** With these events to a table and fewer, what a pipeline for each table takes is more than what its rows take. */
const [manyTables, fewEvents] = [16, 8192];

/** An index, and a field as it maps it. */
interface Mapped {
  readonly index: Index;
  readonly field: MappedField;
}

/** A field as several indices have it. */
function fieldOf(name: string, mapped: readonly Mapped[]): Field {
  const found = mapped.map(({ index, field }) => ({ index, field, type: typeOf(index.fields, field) }));
  const type = commonType(found);
  const column = columnOf(name, 'single');
  const placesOf = ({ index: { fields, tables }, field }: Mapped, as: EsqlType): Place[] =>
    tables.map(({ columns }) => storedField(fields, columns, field.dynamic ? { ...field, type: as } : field));
  if (type !== 'unsupported') {
    const places = found.flatMap((one) => placesOf(one, type));
    const isUnmapped = found.every(({ field }) => field.dynamic !== undefined);
    const precision = precisionOf(found.map(({ field }) => field.mappingType));
    return {
      name,
      type,
      ...placed(column, places),
      ...(isUnmapped && { isUnmapped }),
      ...(precision && { precision }),
      ...seriesOf(found.map(({ field }) => field.property)),
    };
  }
  const types = [...new Set(found.map((one) => one.type))].sort();
  const variants = types.map((variant): FieldVariant => {
    const own = found.filter((one) => one.type === variant);
    const places = own.flatMap((one) => placesOf(one, variant));
    return {
      field: { name, type: variant, ...placed(`${column} (${variant})`, places) },
      indices: own.map(({ index }) => index.summary.name),
    };
  });
  return { name, type, column: null, listColumn: null, ...(types.length > 1 && { variants }) };
}

/** How the indices round the values of a field, where all do so alike. */
function precisionOf([first, ...others]: readonly string[]): Precision | null {
  if (first !== 'float' && first !== 'half_float') return null;
  return others.every((type) => type === first) ? first : null;
}

/** What a field is of time series, where all indices say the same. */
function seriesOf(properties: readonly Property[]): Pick<Field, 'series' | 'unit'> {
  const roles = new Set(properties.map(roleOf));
  const [role] = roles;
  if (roles.size !== 1 || role === undefined) return {};
  const units = new Set(properties.map(({ meta }) => (meta as { unit?: unknown } | undefined)?.unit));
  const [unit] = units;
  return { series: role, ...(units.size === 1 && typeof unit === 'string' && { unit }) };
}

function roleOf({ time_series_dimension: dimension, time_series_metric: metric }: Property): Field['series'] {
  if (dimension === true || dimension === 'true') return 'dimension';
  return metric === 'counter' || metric === 'gauge' ? metric : undefined;
}

/** Where a field stands in the relation that queries read. */
function placed(column: string, places: readonly Place[]): Pick<Field, 'column' | 'listColumn'> {
  if (places.every((place) => place === null)) return { column: null, listColumn: null };
  return { column, listColumn: places.some((place) => place?.list) ? `${column}[]` : null };
}

/**
 * The type of a field in several indices. Where mappings differ, queries cannot use it; where no mapping knows it, its type
 * follows from the values in all of these.
 */
function commonType(found: readonly { readonly type: EsqlType; readonly field: MappedField }[]): EsqlType {
  const distinct = new Set(found.map(({ type }) => type));
  if (distinct.size === 1) return found[0]!.type;
  const dynamic = found.flatMap(({ field }) => field.dynamic ?? []);
  if (dynamic.length === found.length) return typeOfAll(dynamic);
  if (distinct.size === 2 && distinct.has('date') && distinct.has('date_nanos')) return 'date_nanos';
  return 'unsupported';
}
