import type { Catalogue } from '../../catalogue/catalogue.ts';
import { filtered, freshColumns } from '../../plan/build.ts';
import type { Column } from '../../plan/column.ts';
import type { Expression } from '../../plan/expression.ts';
import type { EventMark, Plan, Scan, ScanColumn } from '../../plan/nodes.ts';
import type { EsqlType } from '../../values/types.ts';
import { withFields } from '../filters/clause-limits.ts';
import { type Condition, fieldsOf } from '../filters/condition.ts';
import { fieldNamed } from '../filters/field-named.ts';
import { typedCondition } from '../filters/typed-condition.ts';
import { columnValue, nowhere } from './calls.ts';
import { illegal } from './search-error.ts';

/** What documents have beside their fields. */
const marks = { _id: 'keyword', _index: 'keyword', _version: 'long', _source: '_source', _place: 'long' } as const;
const fieldMarks = new Set<string>(['_id', '_index', '_version'] satisfies EventMark[]);

/** What a plan is built over, and new columns for it. */
export interface Rows {
  readonly plan: Plan;
  readonly fresh: ReturnType<typeof freshColumns>;
}

/**
 * The documents of some indices, of which a search reads some fields. Fields are named first; `rows` is the plan that reads
 * them.
 */
export class Documents {
  readonly #columns = new Map<string, ScanColumn>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly indices: readonly string[],
    private readonly now: number,
  ) {}

  /** The column of a field; null where no index maps it. Throws a SearchError where indices map it to types that do not go together. */
  field(name: string): Column | null {
    if (fieldMarks.has(name)) return this.mark(name as EventMark);
    const field = fieldNamed(this.catalogue, name, this.indices);
    if (!field) return null;
    if (field.variants) {
      const types = field.variants.map(({ field: { type }, indices }) => `[${type}] in [${indices.join(', ')}]`);
      throw illegal(`[${name}] is mapped to types that do not go together: ${types.join(', ')}`);
    }
    return field.type === 'unsupported' ? null : this.#read(name, field.type, field.listColumn !== null, field);
  }

  mark(name: EventMark): Column {
    if (name === '_ignored') return this.#read(name, 'keyword', true, name);
    return this.#read(name, name in marks ? marks[name as keyof typeof marks] : 'keyword', false, name);
  }

  /** The names of the fields that the indices have, of which a pattern may name some: those of one type. */
  get fieldNames(): readonly string[] {
    return this.catalogue.fieldsOf(this.indices).flatMap(({ name, variants }) => (variants ? [] : [name]));
  }

  #read(name: string, type: EsqlType, multi: boolean, source: ScanColumn['source']): Column {
    const known = this.#columns.get(name);
    if (known) return known.column;
    const column: Column = { id: this.#columns.size + 1, name, type, multi };
    this.#columns.set(name, { column, source });
    return column;
  }

  /** A condition on documents as a test, whose fields are read. Fields that are not there hold nothing. */
  test(condition: Condition): Expression {
    const whole = withFields(condition, this.catalogue.fieldsOf(this.indices));
    const columns = [...fieldsOf(whole)].flatMap((name) => this.#searched(name) ?? []);
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    return {
      kind: 'search',
      function: 'FILTER',
      query: null,
      condition: typedCondition(whole, types, this.now),
      fields: columns.map((column) => ({ name: column.name, value: columnValue(column) })),
      type: 'boolean',
      multi: false,
      span: nowhere,
    };
  }

  /** The column of a field that a condition names; null where there is none that it could look into. */
  #searched(name: string): Column | null {
    return fieldNamed(this.catalogue, name, this.indices)?.variants ? null : this.field(name);
  }

  /** The documents of which tests hold, with every field that was named. */
  rows(tests: readonly Expression[]): Rows {
    const columns = [...this.#columns.values()];
    const whole = this.indices.length === this.catalogue.indices.length;
    const scan: Scan = {
      kind: 'scan',
      indices: whole ? null : this.indices,
      columns,
      output: columns.map(({ column }) => column),
    };
    const plan = filtered(scan, tests);
    return { plan, fresh: freshColumns(plan) };
  }
}
