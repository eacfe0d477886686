import type { Catalogue, Field } from '../../catalogue/catalogue.ts';
import type { CustomFunction } from '../../functions/definition.ts';
import type { Column } from '../../plan/column.ts';
import { type Expression, reference } from '../../plan/expression.ts';
import { type Plan, rewritePlan, type Scan, type ScanColumn } from '../../plan/nodes.ts';
import type { Condition } from './condition.ts';
import { emitCondition, fieldsOf, withFields } from './emit-condition.ts';

const nowhere = { start: 0, end: 0 };

/** A plan that reads only the documents of which a condition holds. Fields that are not there hold nothing. */
export function withFilter(plan: Plan, condition: Condition, catalogue: Catalogue, now: number): Plan {
  let next = 1 + Math.max(0, ...columnsOf(plan).map(({ id }) => id));
  return rewritePlan(plan, (node) => {
    if (node.kind !== 'scan') return node;
    const indices = node.indices ?? catalogue.indices.map(({ name }) => name);
    const whole = withFields(condition, catalogue.fieldsOf(indices));
    const read = new Map<string, ScanColumn>();
    for (const name of fieldsOf(whole)) {
      const known = node.columns.find(({ column }) => column.name === name);
      const field = name === '_id' || name === '_index' ? name : catalogue.field(name, indices);
      if (known) read.set(name, known);
      else if (field) read.set(name, { column: scanColumn(next++, name, field), source: field });
    }
    const names = [...read.keys()];
    const args = [...read.values()].map(({ column }): Expression => reference(column, nowhere));
    const test: CustomFunction = {
      kind: 'scalar',
      name: 'FILTER',
      family: 'filter',
      multivalue: 'custom',
      parameters: [],
      keepsNulls: true,
      returns: () => 'boolean',
      resultIsMulti: () => false,
      doc: '',
      example: '',
      duckdb: (values) => {
        const fields = new Map(
          names.map((name, i) => [name, { type: read.get(name)!.column.type, value: values[i]! }]),
        );
        return { single: emitCondition(whole, fields, now), list: null };
      },
    };
    const added = [...read.values()].filter(
      ({ column }) => !node.columns.some((known) => known.column.id === column.id),
    );
    const columns = [...node.columns, ...added];
    const scan: Scan = { ...node, columns, output: columns.map(({ column }) => column) };
    const filter = { kind: 'call', function: test, args, type: 'boolean', multi: false, span: nowhere } as const;
    return { kind: 'filter', input: scan, condition: filter, output: node.output };
  });
}

function scanColumn(id: number, name: string, field: Field | '_id' | '_index'): Column {
  return typeof field === 'string'
    ? { id, name, type: 'keyword', multi: false }
    : { id, name, type: field.type, multi: field.listColumn !== null };
}

function columnsOf(plan: Plan): Column[] {
  const found: Column[] = [];
  rewritePlan(plan, (node) => {
    found.push(...node.output, ...(node.kind === 'scan' ? node.columns.map(({ column }) => column) : []));
    return node;
  });
  return found;
}
