import type { Catalogue, Field } from '../../../catalogue/catalogue.ts';
import { FieldTypes } from '../../../catalogue/field-types.ts';
import { counterOf, type EsqlType } from '../../../values/types.ts';
import { counterNames, inferTypes } from '../infer-types.ts';
import type { Query } from '../syntax/ast.ts';

/**
 * A catalogue of indices that nobody has seen: fields have the types that ECS and Elastic Defend give them, and any
 * other name has the type that it is used as, else it is a keyword; these are remembered in `assumed`.
 */
export class OpenCatalogue implements Catalogue {
  readonly isOpen = true;
  readonly assumed = new Set<string>();
  readonly indices: Catalogue['indices'];

  private constructor(
    patterns: readonly string[],
    private readonly types: FieldTypes,
    private readonly likely: ReadonlyMap<string, EsqlType>,
    private readonly counters: ReadonlySet<string>,
  ) {
    this.indices = patterns.map((name) => ({ name, events: 0, firstTimestamp: null, lastTimestamp: null }));
  }

  /** `query`: what it does with names that are not known says what they are. */
  static async of(patterns: readonly string[], query: Query | null): Promise<OpenCatalogue> {
    const types = await FieldTypes.load();
    const likely = query ? inferTypes(query, (name) => types.get(name)?.type) : new Map<string, EsqlType>();
    return new OpenCatalogue(patterns, types, likely, query ? counterNames(query) : new Set());
  }

  field(name: string): Field {
    const known = this.types.get(name);
    if (!known) this.assumed.add(name);
    return this.asUsed(fieldOf(name, known?.type ?? this.likely.get(name) ?? 'keyword'));
  }

  /** A field as the query takes it: what RATE is of is a counter. */
  asUsed(field: Field): Field {
    if (!this.counters.has(field.name)) return field;
    const isNumber = counterOf(field.type) !== field.type;
    return { ...field, series: 'counter', ...(!isNumber && field.column === field.name && { type: 'long' }) };
  }

  fieldsOf(): readonly Field[] {
    return [];
  }

  get knownNames(): readonly string[] {
    return this.types.names;
  }
}

/** Indices that all have the fields of one mapping. */
export function mappedCatalogue(patterns: readonly string[], fields: ReadonlyMap<string, EsqlType>): Catalogue {
  return {
    indices: patterns.map((name) => ({ name, events: 0, firstTimestamp: null, lastTimestamp: null })),
    field: (name) => {
      const type = fields.get(name);
      return type && fieldOf(name, type);
    },
    fieldsOf: () => [...fields].map(([name, type]) => fieldOf(name, type)),
    knownNames: [...fields.keys()],
  };
}

const fieldOf = (name: string, type: EsqlType): Field => ({ name, type, column: name, listColumn: `${name}[]` });
