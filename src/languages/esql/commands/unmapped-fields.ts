import type { Span } from '../../../diagnostics/source-text.ts';
import { castTargets } from '../../../functions/conversions.ts';
import type { Column } from '../../../plan/column.ts';
import { type Call, constant, type Expression, reference } from '../../../plan/expression.ts';
import type { Plan, Scan, ScanColumn } from '../../../plan/nodes.ts';
import type { EsqlType } from '../../../values/types.ts';
import type { AnalysisContext } from './command.ts';

/**
 * `SET unmapped_fields = "load"`: fields of a scan that some of its indices do not map have the values that documents
 * there hold, in the type of the others; the names that no index maps are keywords behind the fields.
 */
export function withLoadedFields(
  scan: Scan,
  indices: readonly string[],
  names: readonly string[],
  span: Span,
  context: AnalysisContext,
): Plan {
  const mapped = indices.map((index) => ({
    index,
    names: new Set(context.catalogue.fieldsOf([index]).map((field) => field.name)),
  }));
  const partly = scan.columns.flatMap(({ column, source }) => {
    if (typeof source === 'string' || !scan.output.includes(column) || column.type === 'unsupported') return [];
    const without = mapped.filter((one) => !one.names.has(column.name)).map(({ index }) => index);
    return without.length === 0 ? [] : [{ column, without }];
  });
  if (partly.length === 0 && names.length === 0) return scan;

  const marks = (['_source', '_index'] as const).map(
    (name): ScanColumn =>
      scan.columns.find(({ source }) => source === name) ?? {
        column: context.column(name, name === '_source' ? '_source' : 'keyword', false),
        source: name,
      },
  );
  const [document, index] = marks.map(({ column }) => reference(column, span));
  const loaded = (name: string, without: readonly string[]): Call => ({
    kind: 'call',
    function: 'LOADED',
    args: [document!, index!, constant('keyword', name, span)],
    options: without.map((value) => ({ name: 'index', value })),
    ...{ type: 'keyword', multi: true, span },
  });
  const definitions = [
    ...partly.map(({ column, without }) => ({
      column: context.column(column.name, column.type, true),
      expression: context.coalesce(reference(column, span), converted(loaded(column.name, without), column.type)),
      before: column as Column | null,
    })),
    ...names.map((name) => ({
      column: context.column(name, 'keyword', true),
      expression: loaded(name, indices) as Expression,
      before: null,
    })),
  ];
  const extra = marks.filter((mark) => !scan.columns.includes(mark));
  const read: Scan = {
    ...scan,
    columns: [...scan.columns, ...extra],
    output: [...scan.output, ...extra.map(({ column }) => column)],
  };
  const computed: Plan = {
    kind: 'compute',
    input: read,
    definitions: definitions.map(({ column, expression }) => ({ column, expression })),
    output: [...read.output, ...definitions.map(({ column }) => column)],
  };
  const instead = new Map(definitions.flatMap(({ column, before }) => (before ? [[before, column] as const] : [])));
  const output = [
    ...scan.output.map((column) => instead.get(column) ?? column),
    ...definitions.filter(({ before }) => !before).map(({ column }) => column),
  ];
  return { kind: 'project', input: computed, output };
}

/** Texts of documents in the type of a field. */
function converted(value: Call, type: EsqlType): Expression {
  const target = castTargets[type];
  if (type === 'keyword' || type === 'text' || !target) return { ...value, type };
  return { kind: 'call', function: target, args: [value], type, multi: true, span: value.span };
}
