import type { EnrichPolicy } from '../../catalogue/catalogue.ts';
import { matchIndices } from '../../catalogue/index-pattern.ts';
import { didYouMean } from '../../diagnostics/closest-match.ts';
import { isNumeric, isString, messageName } from '../../values/types.ts';
import type { Column } from '../plan/column.ts';
import type { Plan, ScanColumn } from '../plan/nodes.ts';
import type { EnrichCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';

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
    if (policy.type !== 'match') {
      context.report(`enrich policy [${text}] has the type [${policy.type}], and only [match] is supported`, span);
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
  const right = scanOf(policy, context);
  const key = right.output.find((column) => column.name === policy.matchField);
  if (!key) {
    context.report(`the index of enrich policy [${policy.name}] has no field [${policy.matchField}]`, keySpan);
    return input;
  }
  if (left.invalid || !fits(left, key, keySpan, context)) return input;
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
    const source = right.output.find((column) => column.name === field);
    return source ? [{ source, column: context.column(name, source.type, true) }] : [];
  });
  const joined: Plan = {
    kind: 'join',
    input,
    right,
    on: left.type === 'null' ? [] : [{ left, right: key }],
    nullsMatch: false,
    condition:
      left.type === 'null' ? { kind: 'constant', type: 'boolean', value: false, multi: false, span: keySpan } : null,
    collect: true,
    warns: null,
    taken,
    output: [...input.output, ...taken.map(({ column }) => column)],
  };
  const kept = input.output.filter((column) => !taken.some((other) => other.column.name === column.name));
  return { kind: 'project', input: joined, output: [...kept, ...taken.map(({ column }) => column)] };
}

function scanOf(policy: EnrichPolicy, context: AnalysisContext): Plan {
  const { catalogue } = context;
  const names = catalogue.indices.map(({ name }) => name);
  const indices = matchIndices([...policy.indices], names);
  const columns = [policy.matchField, ...policy.enrichFields].flatMap((name): ScanColumn[] => {
    const field = catalogue.field(name, indices);
    return field ? [{ column: context.column(name, field.type, field.listColumn !== null), source: field }] : [];
  });
  return { kind: 'scan', indices, columns, output: columns.map((one) => one.column) };
}

function fits(left: Column, right: Column, span: EnrichCommand['span'], context: AnalysisContext): boolean {
  const same =
    left.type === 'null' ||
    left.type === right.type ||
    (isNumeric(left.type) && isNumeric(right.type)) ||
    (isString(left.type) && isString(right.type));
  if (!same)
    context.report(
      `Unsupported type [${messageName(left.type).toUpperCase()}] for enrich matching field [${left.name}]: the policy matches [${messageName(right.type).toUpperCase()}]`,
      span,
    );
  return same;
}
