import { columnTypeOf } from '../catalogue/field-types.ts';
import type { Dynamic, FieldsByName, MappedField, Properties, Property } from '../tables/mapped-field.ts';
import { illegalArgument, mapperParsing, type Refusal } from './refusal.ts';

/** What a mapping says beside its properties. */
export interface MappingParameters {
  readonly dynamic?: Dynamic;
  readonly dynamic_templates?: readonly Readonly<Record<string, DynamicTemplate>>[];
  readonly date_detection?: boolean;
  readonly numeric_detection?: boolean;
}

/** A mapping as the API takes and gives it. */
export interface MappingDefinition extends MappingParameters {
  readonly properties?: Properties;
}

export interface DynamicTemplate {
  readonly match?: string | readonly string[];
  readonly unmatch?: string | readonly string[];
  readonly path_match?: string | readonly string[];
  readonly path_unmatch?: string | readonly string[];
  readonly match_mapping_type?: string | readonly string[];
  readonly match_pattern?: string;
  readonly mapping?: Property;
}

/** Types that Elasticsearch knows and of which this store keeps the source alone. */
const opaqueTypes = new Set([
  'binary',
  'completion',
  'dense_vector',
  'sparse_vector',
  'rank_feature',
  'rank_features',
  'percolator',
  'flattened',
  'nested',
  'join',
  'histogram',
  'aggregate_metric_double',
  'integer_range',
  'float_range',
  'long_range',
  'double_range',
  'date_range',
  'ip_range',
  'geo_shape',
  'point',
  'shape',
  'murmur3',
  'icu_collation_keyword',
]);

/** A name of a mapping: what the API says of it, and the names below it. */
interface Branch {
  property: Property;
  readonly below: Map<string, Branch>;
}

/**
 * The fields of an index. Built from a definition and changed only by adding to it, as in Elasticsearch: the type of a
 * field stays what it first was.
 */
export class Mapping {
  readonly #fields = new Map<string, MappedField>();
  readonly #objects = new Map<string, Dynamic | null>();
  readonly #root: Branch = { property: {}, below: new Map() };
  #parameters: MappingParameters = {};

  constructor(definition: MappingDefinition = {}) {
    this.merge(definition);
  }

  get fields(): FieldsByName {
    return this.#fields;
  }

  /** What Elasticsearch counts against index.mapping.total_fields.limit. */
  get size(): number {
    return this.#fields.size + this.#objects.size;
  }

  get parameters(): MappingParameters {
    return this.#parameters;
  }

  /** The names of its objects. */
  get objects(): Iterable<string> {
    return this.#objects.keys();
  }

  /** Whether a name is a field of its own: an alias is, and a multi-field is not. */
  isLeaf(name: string): boolean {
    const field = this.#fields.get(name);
    return field !== undefined && (field.of === null || field.mappingType === 'alias');
  }

  isObject(name: string): boolean {
    return this.#objects.has(name);
  }

  /** What happens to a new field below an object (the empty name is the root): its own setting or that of its parents. */
  dynamicAt(object: string): Dynamic {
    for (let name = object; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
      const own = this.#objects.get(name);
      if (own !== null && own !== undefined) return own;
    }
    return this.#parameters.dynamic ?? true;
  }

  /** A copy that can be changed without touching this one. */
  copy(): Mapping {
    return new Mapping(this.definition);
  }

  get definition(): MappingDefinition {
    return { ...this.#parameters, ...propertyOf(this.#root) };
  }

  /** Adds a definition; throws a Refusal where it contradicts what is there. */
  merge({ properties = {}, ...parameters }: MappingDefinition): void {
    for (const [key, value] of Object.entries(parameters)) {
      if (!knownParameters.has(key))
        throw mapperParsing(`Root mapping definition has unsupported parameters:  [${key} : ${JSON.stringify(value)}]`);
    }
    for (const [name, property] of Object.entries(properties)) this.add(name, property);
    this.#parameters = { ...this.#parameters, ...parameters };
  }

  /** Adds one field or object by its dotted name. */
  add(name: string, property: Property): void {
    this.#addBelow(this.#root, '', name, property);
  }

  /** Has the definition show a property below keys, one in the other. */
  show(keys: readonly string[], property: Property): void {
    keys.reduce(childOf, this.#root).property = property;
  }

  /** Adds a dotted name below an object, whose full name is `above`. */
  #addBelow(object: Branch, above: string, dotted: string, property: Property): void {
    const path = dotted.split('.');
    if (path.some((part) => part.trim() === '')) throw mapperParsing('field name cannot be an empty string');
    const key = path.pop()!;
    let parent = object;
    let name = above;
    for (const part of path) {
      name = join(name, part);
      const field = this.#fields.get(name);
      if (field && !field.of) throw noObject(name);
      if (!this.#objects.has(name)) this.#objects.set(name, null);
      parent = childOf(parent, part);
    }
    this.#addTo(parent, key, join(name, key), property);
  }

  #addTo(parent: Branch, key: string, name: string, property: Property): void {
    if (!isDisabled(property) && (property.type === 'object' || property.type === undefined)) {
      if (this.#fields.has(name)) throw noObject(name);
      this.#objects.set(name, property.dynamic ?? this.#objects.get(name) ?? null);
      const { properties = {}, ...about } = property;
      const object = childOf(parent, key);
      object.property = { ...object.property, ...about };
      for (const [child, childProperty] of Object.entries(properties))
        this.#addBelow(object, name, child, childProperty);
      return;
    }
    if (this.#objects.has(name)) throw noObject(name);
    const known = this.#fields.get(name);
    const field = mappedField(name, property);
    if (known && known.mappingType !== field.mappingType)
      throw illegalArgument(
        `mapper [${name}] cannot be changed from type [${known.mappingType}] to [${field.mappingType}]`,
      );
    this.#fields.set(name, field);
    const branch = childOf(parent, key);
    const fields = { ...branch.property.fields, ...property.fields };
    branch.property = { ...branch.property, ...property, ...(Object.keys(fields).length > 0 && { fields }) };
    for (const [sub, subProperty] of Object.entries(property.fields ?? {})) {
      const full = join(name, sub);
      this.#fields.set(full, { ...mappedField(full, subProperty), of: name });
    }
  }
}

const join = (above: string, name: string): string => (above === '' ? name : `${above}.${name}`);

const noObject = (name: string): Refusal =>
  illegalArgument(`can't merge a non object mapping [${name}] with an object mapping`);

function childOf(parent: Branch, key: string): Branch {
  let child = parent.below.get(key);
  if (!child) {
    child = { property: {}, below: new Map() };
    parent.below.set(key, child);
  }
  return child;
}

/** What the API shows of a name. */
function propertyOf({ property, below }: Branch): Property {
  if (below.size === 0) return property;
  return { ...property, properties: Object.fromEntries([...below].map(([key, branch]) => [key, propertyOf(branch)])) };
}

const knownParameters = new Set([
  'dynamic',
  'dynamic_templates',
  'date_detection',
  'dynamic_date_formats',
  'numeric_detection',
  'subobjects',
  'runtime',
  '_source',
  '_routing',
  '_meta',
  '_data_stream_timestamp',
  '_size',
]);

/** Whether a field may be of a type. */
export const isMappingType = (type: string): boolean =>
  columnTypeOf(type) !== undefined || opaqueTypes.has(type) || type === 'alias' || type === 'object';

const isDisabled = (property: Property): boolean => property.enabled === false || property.enabled === 'false';

function mappedField(name: string, property: Property): MappedField {
  const mappingType = property.type ?? 'object';
  const type = columnTypeOf(mappingType);
  if (mappingType === 'alias') {
    if (typeof property.path !== 'string')
      throw mapperParsing(`The [path] parameter must be specified for alias field [${name}]`);
    return { name, property, mappingType, type: 'unsupported', of: property.path };
  }
  if (!type && !opaqueTypes.has(mappingType) && !isDisabled(property))
    throw mapperParsing(`No handler for type [${mappingType}] declared on field [${name}]`);
  return { name, property, mappingType, type: type ?? 'unsupported', of: null };
}
