import type { Catalogue, EnrichPolicy, Field, FieldVariant, IndexSummary } from '../../catalogue/catalogue.ts';
import type { FieldTypes } from '../../catalogue/field-types.ts';
import { type Aliases, matchIndices } from '../../catalogue/index-pattern.ts';
import type { EsqlType } from '../../values/types.ts';

/** A field as the cluster's indices map it. */
export interface ClusterField {
  /** By the name of the index or data stream. */
  readonly types: ReadonlyMap<string, EsqlType>;
  /** What it is of time series. */
  readonly series?: Field['series'];
  /** The indices in which some document has it. */
  readonly filled: ReadonlySet<string>;
}

export interface ClusterFacts {
  readonly indices: readonly IndexSummary[];
  readonly fields: ReadonlyMap<string, ClusterField>;
  readonly enrichPolicies: readonly EnrichPolicy[];
  readonly aliases: Aliases;
  /** Whether these are all indices that there are. */
  readonly isWhole: boolean;
  /** What queries name behind FROM: patterns stand for the indices that they match. */
  readonly patterns: readonly (readonly string[])[];
}

/** What a field holds one value of by its meaning; of others no mapping says how many values they hold. */
const single = new Set(['@timestamp', 'host.os.type']);

/**
 * What queries may know of a cluster, as far as it was asked. Fields that no index maps and ECS knows read as null, as they
 * do over a store.
 */
export class ClusterCatalogue implements Catalogue {
  readonly indices: readonly IndexSummary[];
  readonly enrichPolicies: readonly EnrichPolicy[];
  readonly aliases: Aliases;
  readonly isElasticsearch = true;
  readonly #patterns: ReadonlyMap<string, readonly string[]>;
  readonly #byName = new Map<string, Field | undefined>();
  readonly #shown = new Map<string, readonly Field[]>();

  constructor(
    private readonly facts: ClusterFacts,
    private readonly unmapped: FieldTypes,
  ) {
    this.indices = facts.indices;
    this.enrichPolicies = facts.enrichPolicies;
    this.aliases = facts.aliases;
    const names = facts.indices.map(({ name }) => name);
    this.#patterns = new Map(
      facts.patterns.map((patterns) => [keyOf(matchIndices(patterns, names, facts.aliases)), patterns]),
    );
  }

  field(name: string, indices?: readonly string[]): Field | undefined {
    const among = indices ?? this.indices.map((index) => index.name);
    const key = `${name}\n${keyOf(among)}`;
    if (!this.#byName.has(key)) this.#byName.set(key, this.#mapped(name, among) ?? this.#known(name));
    return this.#byName.get(key);
  }

  fieldsOf(indices: readonly string[]): readonly Field[] {
    const key = keyOf(indices);
    const known = this.#shown.get(key);
    if (known) return known;
    const found = [...this.facts.fields.keys()].sort(byCodePoint).flatMap((name) => this.#mapped(name, indices) ?? []);
    this.#shown.set(key, found);
    return found;
  }

  get knownNames(): readonly string[] {
    return [...this.facts.fields.keys()];
  }

  /** Whether any of the indices (null: of all) maps the field. */
  isMapped(name: string, indices: readonly string[] | null): boolean {
    const types = this.facts.fields.get(name)?.types;
    return types !== undefined && (indices === null || indices.some((index) => types.has(index)));
  }

  /** Whether patterns of FROM fit no index, as far as this cluster can say: others, behind a colon, were not asked. */
  fitsNone(patterns: readonly string[]): boolean {
    const names = this.indices.map(({ name }) => name);
    return !patterns.some((text) => text.includes(':')) && matchIndices(patterns, names, this.aliases).length === 0;
  }

  /** The same with other summaries of its indices. */
  withIndices(indices: readonly IndexSummary[]): ClusterCatalogue {
    return new ClusterCatalogue({ ...this.facts, indices }, this.unmapped);
  }

  /** What FROM says to read exactly these indices. */
  from(indices: readonly string[] | null): readonly string[] | null {
    const names = indices ?? this.indices.map(({ name }) => name);
    if (indices === null && this.facts.isWhole) return null;
    return this.#patterns.get(keyOf(names)) ?? names;
  }

  #known(name: string): Field | undefined {
    const known = this.unmapped.get(name);
    return known && { name, type: known.type, column: null, listColumn: null };
  }

  #mapped(name: string, indices: readonly string[]): Field | undefined {
    const field = this.facts.fields.get(name);
    const found = indices.flatMap((index) => {
      const type = field?.types.get(index);
      return type ? [{ index, type }] : [];
    });
    if (!field || found.length === 0) return undefined;
    const types = [...new Set(found.map(({ type }) => type))].sort();
    const among = (those: typeof found, type: EsqlType, column: string): Field => {
      const isFilled = those.some(({ index }) => field.filled.has(index));
      const list = isFilled && !single.has(name) ? `${column}[]` : null;
      const role = field.series === undefined ? {} : { series: field.series };
      return { name, type, column: isFilled ? column : null, listColumn: list, ...role };
    };
    const [type] = types;
    if (type !== undefined && types.length === 1 && type !== 'unsupported') return among(found, type, name);
    if (types.every((one) => one === 'date' || one === 'date_nanos')) return among(found, 'date_nanos', name);
    const variants = types.map((variant): FieldVariant => {
      const own = found.filter((one) => one.type === variant);
      return { field: among(own, variant, `${name} (${variant})`), indices: own.map(({ index }) => index) };
    });
    const rest = types.length > 1 ? { variants } : {};
    return { name, type: 'unsupported', column: null, listColumn: null, ...rest };
  }
}

const keyOf = (indices: readonly string[]): string => [...indices].sort().join('\n');
const byCodePoint = (a: string, b: string): number => (a < b ? -1 : 1);
