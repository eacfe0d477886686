import type { Catalogue, Field } from '../../catalogue/catalogue.ts';
import type { Column } from '../../plan/column.ts';
import { reference, type Search } from '../../plan/expression.ts';
import { type Plan, rewritePlan, type Scan, type ScanColumn } from '../../plan/nodes.ts';
import { withFields } from './clause-limits.ts';
import { type Condition, fieldsOf } from './condition.ts';
import { fieldNamed } from './field-named.ts';
import { typedCondition } from './typed-condition.ts';

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
      const field = name === '_id' || name === '_index' ? name : fieldNamed(catalogue, name, indices);
      if (known) read.set(name, known);
      else if (field) read.set(name, { column: scanColumn(next++, name, field), source: field });
    }
    const types = new Map([...read].map(([name, { column }]) => [name, column.type]));
    const test: Search = {
      kind: 'search',
      function: 'FILTER',
      query: null,
      condition: typedCondition(whole, types, now),
      fields: [...read].map(([name, { column }]) => ({ name, value: reference(column, nowhere) })),
      type: 'boolean',
      multi: false,
      span: nowhere,
    };
    const added = [...read.values()].filter(
      ({ column }) => !node.columns.some((known) => known.column.id === column.id),
    );
    const columns = [...node.columns, ...added];
    const scan: Scan = { ...node, columns, output: columns.map(({ column }) => column) };
    return { kind: 'filter', input: scan, condition: test, output: node.output };
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
