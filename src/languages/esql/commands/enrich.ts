import type { EnrichPolicy } from '../../../catalogue/catalogue.ts';
import { matchIndices } from '../../../catalogue/index-pattern.ts';
import { didYouMean } from '../../../diagnostics/closest-match.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { type Expression, reference } from '../../../plan/expression.ts';
import type { Join, Plan, ScanColumn } from '../../../plan/nodes.ts';
import { isNumeric, isString, messageName } from '../../../values/types.ts';
import type { EnrichCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { inAnyRange, inRangesOf, rangeKind } from './enrich-ranges.ts';

export const enrich: ProcessingDefinition<EnrichCommand> = {
  kind: 'processing',
  keyword: 'enrich',
  doc: 'Adds fields of the documents that an enrich policy finds; rows are never multiplied.',
  example: 'FROM logs-* | ENRICH assets ON host.name WITH owner',

  parse(parser, span) {
    const policy = parser.indexPattern();
    const on = parser.acceptWord('on') ? parser.qualifiedName() : null;
    const fields = parser.acceptWord('with')
      ? parser.separated(() => {
          const first = parser.qualifiedName();
          const renamed = parser.acceptSymbol('=') ? parser.qualifiedName() : null;
          return { name: first.name, field: (renamed ?? first).name, span: (renamed ?? first).span };
        })
      : null;
    // Where a policy runs makes no difference on one machine.
    const plain = { ...policy, text: policy.text.replace(/^_(?:any|coordinator|remote):/i, '') };
    return { command: 'enrich', policy: plain, on, fields, span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    const { text, span } = command.policy;
    const policies = context.catalogue.enrichPolicies ?? [];
    const policy = policies.find(({ name }) => name === text);
    if (!policy) {
      const names = policies.map(({ name }) => name);
      context.report(
        `cannot find enrich policy [${text}]${didYouMean(text, names)}`,
        span,
        'policies are made with PUT /_enrich/policy/NAME on a server, over an index of its store',
      );
      context.forgetColumns();
      return input;
    }
    return enriched(command, policy, input, context);
  },
};

function enriched(command: EnrichCommand, policy: EnrichPolicy, input: Plan, context: AnalysisContext): Plan {
  const { name: keyName, span: keySpan } = command.on ?? { name: policy.matchField, span: command.span };
  const left = input.output.find((column) => column.name === keyName);
  if (!left) {
    context.unknownColumn(keyName, keySpan, input.output);
    return input;
  }
  if (left.invalid) return input;
  const right = scanOf(policy, context);
  const found = fitOf(policy, left, right, keySpan, context);
  if (!found) return input;
  const wanted = command.fields ?? policy.enrichFields.map((field) => ({ name: field, field, span: command.span }));
  const taken = wanted.flatMap(({ name, field, span }, i) => {
    if (!policy.enrichFields.includes(field)) {
      context.report(
        `Enrich field [${field}] not found in enrich policy [${policy.name}]${didYouMean(field, policy.enrichFields)}`,
        span,
      );
      return [];
    }
    // Of two fields under one name the last counts.
    if (wanted.some((other, j) => j > i && other.name === name)) return [];
    const source = right.output.find((column) => column.name === field && column.type !== '_source');
    return source ? [{ source, column: context.column(name, source.type, true) }] : [];
  });
  const joined: Plan = {
    kind: 'join',
    input,
    ...found,
    nullsMatch: false,
    collect: true,
    warns: null,
    policy: policy.name,
    taken,
    output: [...input.output, ...taken.map(({ column }) => column)],
  };
  const kept = input.output.filter((column) => !taken.some((other) => other.column.name === column.name));
  return { kind: 'project', input: joined, output: [...kept, ...taken.map(({ column }) => column)] };
}

/** Which documents fit a row. */
type Fit = Pick<Join, 'right' | 'on' | 'condition'>;

function fitOf(policy: EnrichPolicy, left: Column, right: Plan, span: Span, context: AnalysisContext): Fit | null {
  switch (policy.type) {
    case 'range':
      return inRanges(policy, left, right, span, context);
    case 'geo_match':
      return meets(policy, left, right, span, context);
    default:
      return equals(policy, left, right, span, context);
  }
}

/** Those whose shape the row's has a point in common with. */
function meets(policy: EnrichPolicy, left: Column, right: Plan, span: Span, context: AnalysisContext): Fit | null {
  const shape = right.output.find((column) => column.name === policy.matchField);
  if (shape?.type !== 'geo_shape' && shape?.type !== 'geo_point') {
    context.report(
      `the field [${policy.matchField}] of enrich policy [${policy.name}] is neither geo_shape nor geo_point`,
      span,
    );
    return null;
  }
  if (left.type === 'null') return nothing(right, span);
  if (left.type !== 'geo_point' && left.type !== 'geo_shape') {
    context.report(
      `Unsupported type [${messageName(left.type).toUpperCase()}] for enrich matching field [${left.name}]; only [geo_point, geo_shape] allowed for type geo_match`,
      span,
      isString(left.type) ? `convert it before: EVAL a = TO_GEOSHAPE(${left.name})` : undefined,
    );
    return null;
  }
  const args = [left, shape].map((column) => reference(column, span));
  const condition: Expression = { kind: 'call', function: 'ST_INTERSECTS', args, type: 'boolean', multi: false, span };
  return { right, on: [], condition };
}

/** Those whose match field has the value of the row. */
function equals(policy: EnrichPolicy, left: Column, right: Plan, span: Span, context: AnalysisContext): Fit | null {
  const key = right.output.find((column) => column.name === policy.matchField);
  if (!key) {
    context.report(`the index of enrich policy [${policy.name}] has no field [${policy.matchField}]`, span);
    return null;
  }
  if (!fits(left, key, span, context)) return null;
  if (left.type === 'null') return nothing(right, span);
  if (!isString(left.type) || isString(key.type)) return { right, on: [{ left, right: key }], condition: null };
  // The index of a policy keeps what is matched as texts.
  const asText = context.column(key.name, 'keyword', key.multi);
  const args: Expression[] = [reference(key, span)];
  const expression: Expression = { kind: 'call', function: 'TO_STRING', args, type: 'keyword', multi: key.multi, span };
  const keyed: Plan = {
    kind: 'compute',
    input: right,
    definitions: [{ column: asText, expression }],
    output: [...right.output, asText],
  };
  return { right: keyed, on: [{ left, right: asText }], condition: null };
}

/** Those in one of whose ranges the value of the row lies. */
function inRanges(policy: EnrichPolicy, left: Column, right: Plan, span: Span, context: AnalysisContext): Fit | null {
  if (left.type === 'null') return nothing(right, span);
  const source = right.output.find((column) => column.type === '_source')!;
  if (isString(left.type)) return { right, on: [], condition: inAnyRange(left, source, policy.matchField, span) };
  const kind = rangeKind(left.type);
  if (!kind) {
    context.report(
      `Unsupported type [${messageName(left.type).toUpperCase()}] for enrich matching field [${left.name}]: ranges are of ip, date, long or double`,
      span,
    );
    return null;
  }
  return { ...inRangesOf(right, source, policy.matchField, left, kind, span, context), on: [] };
}

const nothing = (right: Plan, span: Span): Fit => ({
  right,
  on: [],
  condition: { kind: 'constant', type: 'boolean', value: false, multi: false, span },
});

/** The documents of a policy: what it matches and adds, or the whole source where that alone has its ranges. */
function scanOf(policy: EnrichPolicy, context: AnalysisContext): Plan {
  const { catalogue } = context;
  const names = catalogue.indices.map(({ name }) => name);
  const indices = matchIndices([...policy.indices], names, catalogue.aliases);
  const ranges = policy.type === 'range';
  const columns = [...(ranges ? [] : [policy.matchField]), ...policy.enrichFields].flatMap((name): ScanColumn[] => {
    const field = catalogue.field(name, indices);
    return field ? [{ column: context.column(name, field.type, field.listColumn !== null), source: field }] : [];
  });
  if (ranges) columns.push({ column: context.column('_source', '_source', false), source: '_source' });
  return { kind: 'scan', indices, columns, output: columns.map((one) => one.column) };
}

function fits(left: Column, right: Column, span: EnrichCommand['span'], context: AnalysisContext): boolean {
  const same =
    left.type === 'null' ||
    left.type === right.type ||
    (isNumeric(left.type) && isNumeric(right.type)) ||
    isString(left.type);
  if (!same)
    context.report(
      `Unsupported type [${messageName(left.type).toUpperCase()}] for enrich matching field [${left.name}]: the policy matches [${messageName(right.type).toUpperCase()}]`,
      span,
    );
  return same;
}
