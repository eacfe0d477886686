import type { Span } from '../../../diagnostics/source-text.ts';
import { conditionOf } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { type CallOptions, type Expression, reference } from '../../../plan/expression.ts';
import type { AggregateCall, Plan } from '../../../plan/nodes.ts';
import { isNumeric, isString, messageName } from '../../../values/types.ts';
import type { FuseCommand } from '../syntax/ast.ts';
import { callOptions } from '../syntax/expressions.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';

/** What WITH may say to each method; weights are named by the value of the group. */
const optionsOf = { rrf: ['rank_constant'], linear: ['normalizer'] } as const;
const normalizers = ['none', 'minmax', 'l2_norm'];

export const fuse: ProcessingDefinition<FuseCommand> = {
  kind: 'processing',
  keyword: 'fuse',
  since: '9.2',
  doc: 'Brings together rows of one key that several branches found: by their ranks (RRF) or their scores (LINEAR).',
  example:
    'ROW _id = ["a", "b"], _index = "i", _score = 1.0 | MV_EXPAND _id | FORK (LIMIT 2) (WHERE _id == "b") | FUSE | EVAL _score = ROUND(_score, 4) | KEEP _id, _score, _fork | SORT _score DESC',

  parse(parser, span) {
    const method = parser.acceptWord('linear') ? 'linear' : 'rrf';
    if (method === 'rrf') parser.acceptWord('rrf');
    const named = (name: string) => ({ name, span });
    let [score, group, keys] = [named('_score'), named('_fork'), ['_id', '_index'].map(named)];
    let options: FuseCommand['options'] = [];
    for (;;) {
      if (parser.acceptWord('score')) {
        parser.expectWord('by');
        score = parser.qualifiedName();
      } else if (parser.acceptWord('group')) {
        parser.expectWord('by');
        group = parser.qualifiedName();
      } else if (parser.acceptWord('key')) {
        parser.expectWord('by');
        keys = parser.separated(() => parser.qualifiedName());
      } else if (parser.acceptWord('with')) options = callOptions(parser);
      else break;
    }
    return { command: 'fuse', method, score, group, keys, options, span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    const find = ({ name, span }: { name: string; span: Span }): Column | null => {
      const column = input.output.find((candidate) => candidate.name === name);
      if (!column) context.unknownColumn(name, span, input.output);
      return column && !column.invalid ? column : null;
    };
    const [score, group] = [find(command.score), find(command.group)];
    const keys = command.keys.map(find);
    const settings = readOptions(command, context);
    if (!score || !group || !settings || keys.some((key) => key === null)) return input;
    const wrong =
      !isNumeric(score.type) && score.type !== 'null'
        ? `expected SCORE BY column [${score.name}] to be [DOUBLE], not [${messageName(score.type).toUpperCase()}]`
        : !isString(group.type)
          ? `expected GROUP BY field [${group.name}] to be [KEYWORD] or [TEXT], not [${messageName(group.type).toUpperCase()}]`
          : null;
    if (wrong) {
      context.report(wrong, command.span);
      return input;
    }
    const scored = new Fusion(command, score, group, context).shares(input, settings);
    return together(command, scored.plan, input.output, scored.share, score, group, keys as Column[], context);
  },
};

interface Settings {
  readonly rankConstant: number;
  readonly normalizer: string;
  readonly weights: ReadonlyMap<string, number>;
}

/** What WITH says; null when it says something that does not fit. */
function readOptions({ method, options }: FuseCommand, context: AnalysisContext): Settings | null {
  const weights = new Map<string, number>();
  const settings = { rankConstant: 60, normalizer: 'none', weights };
  const known: readonly string[] = optionsOf[method];
  let right = true;
  for (const { name, value, span } of options) {
    const size = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;
    const fits =
      name === 'normalizer'
        ? normalizers.includes(String(value).toLowerCase())
        : name === 'rank_constant'
          ? size > 0
          : size >= 0;
    if (!known.includes(name) && !name.startsWith('weights.'))
      context.report(
        `unknown option [${name}] in FUSE ${method}, expected one of [${[...known, 'weights'].join(', ')}]`,
        span,
      );
    else if (!fits)
      context.report(
        name === 'normalizer'
          ? `expected normalizer to be one of [${normalizers.join(', ')}], was [${value}]`
          : `expected [${name}] to be a ${name === 'rank_constant' ? 'positive' : 'non-negative'} number, was [${value}]`,
        span,
      );
    else {
      if (name === 'normalizer') settings.normalizer = String(value).toLowerCase();
      else if (name === 'rank_constant') settings.rankConstant = size;
      else weights.set(name.slice('weights.'.length), size);
      continue;
    }
    right = false;
  }
  return right ? settings : null;
}

/** What each row adds to the score of its key. */
class Fusion {
  constructor(
    private readonly command: FuseCommand,
    private readonly score: Column,
    private readonly group: Column,
    private readonly context: AnalysisContext,
  ) {}

  shares(input: Plan, { rankConstant, normalizer, weights }: Settings): { plan: Plan; share: Column } {
    const { context, group, score } = this;
    const weighted = [...weights].map(([name, value]) => ({ name: `weights.${name}`, value }));
    if (this.command.method === 'rrf') {
      const rank = context.column('(rank)', 'long', false);
      const ranked: Plan = { kind: 'rank', input, by: group, column: rank, output: [...input.output, rank] };
      return this.#computed(ranked, [rank, group], [{ name: 'rank_constant', value: rankConstant }, ...weighted]);
    }
    const options = [{ name: 'normalizer', value: normalizer }, ...weighted];
    if (normalizer === 'none') return this.#computed(input, [score, group], options);
    const { plan, columns } = this.#withGroups(input);
    return this.#computed(plan, [score, group, ...columns], options);
  }

  #computed(input: Plan, columns: readonly Column[], options: CallOptions): { plan: Plan; share: Column } {
    const share = this.context.column('(share)', 'double', false);
    const { span } = this.command;
    const args = columns.map((column) => reference(column, span));
    const expression: Expression = {
      kind: 'call',
      function: 'SHARE',
      args,
      options,
      type: 'double',
      multi: false,
      span,
    };
    const definitions = [{ column: share, expression }];
    return { plan: { kind: 'compute', input, definitions, output: [...input.output, share] }, share };
  }

  /** Rows with the smallest and largest score of their group, and the sum of its squares. */
  #withGroups(input: Plan): { plan: Plan; columns: Column[] } {
    const { context, score, group } = this;
    const { span } = this.command;
    const columns = ['(low)', '(high)', '(squares)'].map((name) => context.column(name, 'double', false));
    const key = context.column(group.name, 'keyword', false);
    const right: Plan = {
      kind: 'aggregate',
      input,
      groups: [{ source: group, column: key }],
      aggregates: ['MIN', 'MAX', 'SUM_OF_SQUARES'].map((name, i) => ({
        column: columns[i]!,
        function: name,
        args: [reference(score, span)],
        filter: null,
        span,
      })),
      output: [...columns, key],
    };
    const plan: Plan = {
      kind: 'join',
      input,
      right,
      on: [{ left: group, right: key }],
      nullsMatch: true,
      condition: null,
      collect: false,
      warns: null,
      taken: columns.map((column) => ({ source: column, column })),
      output: [...input.output, ...columns],
    };
    return { plan, columns };
  }
}

/** One row for each key: the sum of its shares, the groups that have it, and of other columns the first value. */
function together(
  { span }: FuseCommand,
  input: Plan,
  columns: readonly Column[],
  share: Column,
  score: Column,
  group: Column,
  keys: readonly Column[],
  context: AnalysisContext,
): Plan {
  const call = (
    name: string,
    column: Column,
    args: readonly Column[],
    filter: Expression | null = null,
  ): AggregateCall => ({
    column,
    function: name,
    args: args.map((arg) => reference(arg, span)),
    filter,
    span,
  });
  const groups = keys.map((source) => ({ source, column: context.column(source.name, source.type, false) }));
  const aggregates: AggregateCall[] = [];
  const output = columns.map((column): Column => {
    const key = groups.find(({ source }) => source.id === column.id);
    if (key) return key.column;
    const type = isString(column.type) ? 'keyword' : column.type;
    if (column.id === score.id) {
      const total = context.column(column.name, 'double', false);
      aggregates.push(call('SUM', total, [share]));
      return total;
    }
    if (column.id === group.id) {
      const all = context.column(column.name, 'keyword', true);
      aggregates.push(call('VALUES', all, [column]));
      return all;
    }
    if (type === 'null' || type === 'unsupported' || column.invalid) return column;
    const first = context.column(column.name, type, column.multi);
    const there = conditionOf('IS NOT NULL', [reference(column, span)], span);
    aggregates.push(call('FIRST', first, [column, group], there));
    return first;
  });
  const grouped: Plan = {
    kind: 'aggregate',
    input,
    groups,
    aggregates,
    output: [...aggregates.map(({ column }) => column), ...groups.map(({ column }) => column)],
  };
  return { kind: 'project', input: grouped, output };
}
