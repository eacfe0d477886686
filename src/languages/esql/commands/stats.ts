import type { Span } from '../../../diagnostics/source-text.ts';
import { findFunction } from '../../../functions/table.ts';
import type { Column } from '../../../plan/column.ts';
import { type Call, columnsIn, constant, type Expression, invalid, reference } from '../../../plan/expression.ts';
import { type AggregateCall, type Plan, scansOf } from '../../../plan/nodes.ts';
import { isCounter, isWholeNumber, messageName } from '../../../values/types.ts';
import type { NamedExpression, StatsCommand, SyntaxExpression } from '../syntax/ast.ts';
import type { Parser } from '../syntax/parser.ts';
import { operandsOf } from '../syntax/walk.ts';
import { categorized } from './categories.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { includesEmpty, ofRowsAlone, withEmptyBuckets } from './empty-buckets.ts';
import { groupingCalls, isGrouping } from './grouping-calls.ts';
import { resolveWithQueries } from './in-queries.ts';
import { carrying, type Series, seriesIn, seriesOf, timestampIn } from './series.ts';
import { checkBeforeSeries, packed, SeriesRows, timeseries } from './series-stats.ts';
import { inBuckets, type SparklineBuckets, sparklineBuckets } from './sparkline.ts';
import { requireCondition } from './where.ts';

type AggregateItem = StatsCommand['aggregates'][number];
type SyntaxCall = Extract<SyntaxExpression, { kind: 'call' }>;
type ItemResult = { readonly item: AggregateItem; readonly expression: Expression };

export const stats: ProcessingDefinition<StatsCommand> = {
  kind: 'processing',
  keyword: 'stats',
  doc: 'Aggregates rows, in groups if BY says so. Null is a group; several values put a row in several groups.',
  example: 'ROW a = 1, b = "x" | STATS n = COUNT(*), total = SUM(a) BY b',

  parse: (parser, span) => ({ command: 'stats', ...parseStats(parser), span }),

  analyze(command, input, context) {
    const series = seriesIn(input);
    if (series) checkBeforeSeries(command, context);
    return new StatsAnalysis(command, input, context, series).plan();
  },
};

/** Aggregates and keys, as STATS and INLINE STATS have them. */
export function parseStats(parser: Parser): Pick<StatsCommand, 'aggregates' | 'groupings'> {
  const aggregates: AggregateItem[] = [];
  if (!parser.atWord('by')) {
    do {
      const item = parser.namedExpression();
      const filter = parser.acceptWord('where') ? parser.expression() : null;
      const filterText = filter ? parser.source.text.slice(item.nameSpan.start, parser.end) : null;
      // An unnamed aggregate with a condition is called by the text of both.
      const name = !item.named && filterText !== null ? filterText : item.name;
      aggregates.push({ ...item, name, filter, span: { start: item.span.start, end: parser.end } });
    } while (parser.acceptSymbol(','));
  }
  return { aggregates, groupings: parser.acceptWord('by') ? parser.namedExpressions() : [] };
}

interface Grouping {
  readonly item: NamedExpression;
  /** The key as a column of the aggregate's input. */
  readonly source: Column;
  /** The key as a column of its output. */
  readonly column: Column;
}

/** Takes a STATS apart: keys before the aggregate, calls in it, arithmetic over both after it. */
export class StatsAnalysis {
  readonly #calls: AggregateCall[] = [];
  /** Behind TS, the rows of the series: aggregates are of what these come to. */
  readonly #series: SeriesRows | null = null;
  /** Behind TS, what stands in no aggregate, and the first that aggregates what series come to. */
  readonly #ofSeries: SyntaxExpression[] = [];
  readonly #regular: SyntaxExpression[] = [];
  #input: Plan;
  #groupings: Grouping[] = [];

  constructor(
    private readonly command: StatsCommand,
    input: Plan,
    private readonly context: AnalysisContext,
    series: Series | null = null,
  ) {
    this.#input = series ? carrying(input, [series.id, series.timestamp, ...series.dimensions]) : input;
    this.#scope = input.output;
    if (series) this.#series = new SeriesRows(series, context);
  }

  /** The columns that the query can name. */
  readonly #scope: readonly Column[];

  /** The rows that are grouped, keys that are computed included. */
  get inputWithKeys(): Plan {
    return this.#input;
  }

  /** The keys, each once: as columns of the input and of the output. */
  get keys(): readonly { readonly source: Column; readonly column: Column }[] {
    return distinctBy(this.#groupings, (grouping) => grouping.column.id);
  }

  /** The keys by the names that they have in the output. */
  get namedKeys(): readonly { readonly name: string; readonly source: Column }[] {
    return this.#groupings.map(({ source, column }) => ({ name: column.name, source }));
  }

  /** `keepsRows`: every row is kept, as INLINE STATS does, so that no bucket is empty. */
  plan(keepsRows = false): Plan {
    const scope = this.#scope;
    this.#groupings = this.#resolveGroupings(scope);
    const results = this.#lastOfEachName(scope).map((item) => ({ item, expression: this.#resolveItem(item, scope) }));
    if (this.#series) return this.#planOfSeries(this.#series, results);
    const groups = distinctBy(this.#groupings, (grouping) => grouping.column.id);
    const keys = groups.map(({ source, column }) => ({ source, column }));
    const filled = keepsRows ? null : withEmptyBuckets(this.#input, keys, this.context);
    const aggregates = filled ? this.#calls.map((call) => ofRowsAlone(call, filled.isRow)) : this.#calls;
    const aggregate: Plan = {
      kind: 'aggregate',
      input: filled?.plan ?? this.#input,
      groups: keys,
      aggregates,
      output: [...this.#calls.map((call) => call.column), ...keys.map((key) => key.column)],
    };
    return this.#compose(aggregate, results);
  }

  /** Behind TS: the aggregates of each series, and the aggregates of these. */
  #planOfSeries(series: SeriesRows, results: readonly ItemResult[]): Plan {
    const { context, command } = this;
    const { span } = command;
    const isBare = this.#ofSeries.length > 0;
    if (isBare) this.#checkBare();
    if (context.problems > 0) return this.#compose({ kind: 'oneRow', output: [] }, results);
    const keys = this.keys;
    const rows = series.plan(
      this.#input,
      keys.map(({ source }) => source),
      span,
    );
    const groups: { source: Column; column: Column }[] = [];
    const calls = [...this.#calls];
    let input = rows.plan;
    const shown = context.column(timeseries, 'keyword', false);
    if (isBare) groups.push({ source: rows.id, column: shown });
    for (const { source, column } of keys) {
      const own = rows.keyOf(source);
      if (!column.multi) {
        groups.push({ source: own, column });
        continue;
      }
      // All values of a dimension are one key.
      const whole = context.column(`(${column.name})`, 'keyword', false);
      const definitions = [{ column: whole, expression: packed(own, span) }];
      input = { kind: 'compute', input, definitions, output: [...input.output, whole] };
      groups.push({ source: whole, column: context.column(whole.name, 'keyword', false) });
      calls.push(oneOf(reference(own, span), column));
    }
    const output = [...calls.map((call) => call.column), ...groups.map((group) => group.column)];
    return this.#compose(
      { kind: 'aggregate', input, groups, aggregates: calls, output },
      results,
      isBare ? [shown] : [],
    );
  }

  /** What stands in no aggregate is of a series each: nothing else can be beside it. */
  #checkBare(): void {
    const { context } = this;
    const [bare] = this.#ofSeries;
    const text = context.text(bare!.span);
    const [regular] = this.#regular;
    if (regular)
      context.report(
        `Cannot mix time-series aggregate [${text}] and regular aggregate [${context.text(regular.span)}] in the same TimeSeriesAggregate.`,
        bare!.span,
      );
    const key = this.#groupings.find(({ source }) => !this.#series!.isBucket(source, this.#input));
    if (!key) return;
    context.report(
      `Only grouping functions are supported (e.g. tbucket) when the time series aggregation function [${text}] is not wrapped with another aggregation function. Found [${context.text(key.item.expression.span)}].`,
      key.item.expression.span,
    );
  }

  /** What is left of each name: a later aggregate hides an earlier one, and a key hides both. */
  #lastOfEachName(scope: readonly Column[]): AggregateItem[] {
    const { aggregates, groupings } = this.command;
    const all = [...aggregates, ...groupings];
    return aggregates.filter((item, i) => {
      const later = all.findLast((other, j) => j > i && other.name === item.name);
      const readsOnly = aggregateCalls(item.expression).length === 0;
      // A key repeated among the aggregates is a mistake, not a name to hide.
      if (!later || (!item.named && readsOnly)) return true;
      // What is hidden must be right all the same.
      const calls = this.#calls.length;
      this.#resolveItem(item, scope);
      this.#calls.length = calls;
      this.#warnShadowed(item, later);
      return false;
    });
  }

  #warnShadowed(hidden: NamedExpression, by: NamedExpression): void {
    const { line, column } = this.context.source.position(by.nameSpan.start);
    this.context.warn(`Field '${hidden.name}' shadowed by field at line ${line}:${column}`, hidden.nameSpan);
  }

  #resolveGroupings(scope: readonly Column[]): Grouping[] {
    const { context } = this;
    const { groupings } = this.command;
    const definitions: { column: Column; expression: Expression }[] = [];
    const found: Grouping[] = [];
    const outputs = new Map<number, Column>();
    for (const [i, item] of groupings.entries()) {
      const later = groupings.findLast((other, j) => j > i && other.name === item.name);
      if (later) {
        this.#warnShadowed(item, later);
        continue;
      }
      const expression = context.resolve(item.expression, scope, (node) => this.#interceptKey(node, item, scope));
      if (expression.kind === 'invalid') {
        const column = context.invalidColumn(item.name);
        found.push({ item, source: column, column });
        continue;
      }
      let source: Column;
      if (expression.kind === 'column') source = expression.column;
      else if (isCategorize(expression)) {
        if (i > 0) {
          context.report(
            `CATEGORIZE grouping function [${context.text(item.expression.span)}] can only be in the first grouping expression`,
            item.expression.span,
          );
        }
        const made = categorized(expression, item.name, this.#input, context);
        this.#input = made.plan;
        source = made.column;
      } else {
        source = context.column(item.name, expression.type, expression.multi);
        definitions.push({ column: source, expression });
      }
      // The same column under two names is one key, unrolled once.
      const known = outputs.get(source.id);
      const column = known
        ? { ...known, name: item.name }
        : context.column(
            isWithout(item.expression) && !item.named ? timeseries : item.name,
            source.type === 'text' ? 'keyword' : source.type,
            this.#series !== null && source.series === 'dimension' && source.multi,
          );
      this.#checkKey(expression, item);
      outputs.set(source.id, known ?? column);
      found.push({ item, source, column });
    }
    if (definitions.length > 0) {
      const output = [...this.#input.output, ...definitions.map((definition) => definition.column)];
      this.#input = { kind: 'compute', input: this.#input, definitions, output };
    }
    return found;
  }

  #checkKey(expression: Expression, item: NamedExpression): void {
    const { context } = this;
    const { span } = item.expression;
    const metric = columnsIn(expression).find(({ series }) => series === 'metric');
    if (this.#series && metric)
      context.report(
        `cannot group by a metric field [${metric.name}] in a time-series aggregation. If you want to group by a metric field, use the FROM command instead of the TS command.`,
        span,
      );
    else if (isCounter(expression.type) || expression.type === 'aggregate_metric_double')
      context.report(`cannot group by on [${expression.type}] type for grouping [${context.text(span)}]`, span);
    const fills = expression.kind === 'call' && includesEmpty(expression);
    if (this.#series && fills)
      context.report(`[include_empty_buckets] of [${context.text(span)}] is not supported behind TS`, span);
  }

  #interceptKey(node: SyntaxExpression, item: NamedExpression, scope: readonly Column[]): Expression | undefined {
    if (!isWithout(node)) return this.#noAggregate(node, item);
    const { context } = this;
    const text = context.text(node.span);
    if (!this.#series || node !== item.expression) {
      context.report(`WITHOUT [${text}] can only be a grouping of its own, in STATS behind the TS command`, node.span);
      return invalid(node.span);
    }
    const left: Column[] = [];
    for (const arg of node.args) {
      const value = context.resolve(arg, scope);
      if (value.kind === 'column' && value.column.series === 'dimension') left.push(value.column);
      else if (value.kind !== 'invalid')
        context.report(`[${text}] takes dimensions of the series alone, found [${context.text(arg.span)}]`, arg.span);
    }
    const { dimensions } = this.#series.series;
    const kept = dimensions.filter(({ id }) => !left.some((column) => column.id === id));
    return seriesOf(kept, node.span, context);
  }

  #noAggregate(node: SyntaxExpression, item: NamedExpression): Expression | undefined {
    if (node !== item.expression && isCategorizeCall(node)) {
      this.context.report(
        `CATEGORIZE grouping function [${this.context.text(node.span)}] can't be used within other expressions`,
        node.span,
      );
      return invalid(node.span);
    }
    const inner = isGrouping(node) ? operandsOf(node).flatMap(groupingCalls)[0] : undefined;
    if (inner) {
      const { context } = this;
      context.report(
        `cannot nest grouping functions; found [${context.text(inner.span)}] inside [${context.text(node.span)}]`,
        inner.span,
      );
      return invalid(node.span);
    }
    if (node.kind !== 'call' || findFunction(node.name)?.kind !== 'aggregate') return undefined;
    this.context.report(`cannot use an aggregate [${this.context.text(node.span)}] for grouping`, node.span);
    return invalid(node.span);
  }

  #resolveItem(item: AggregateItem, scope: readonly Column[]): Expression {
    const { context } = this;
    const { expression, filter } = item;
    const text = context.text(expression.span);
    const aggregates = aggregateCalls(expression);
    if (filter && aggregates.length === 0) {
      context.report(
        `WHERE clause allowed only for aggregate functions, none found in [${context.text(item.span)}]`,
        filter.span,
      );
      return invalid(item.span);
    }
    if (aggregates.length === 0 && this.#isKeyAgain(expression, text)) return invalid(expression.span);
    const keyScope = this.#groupings.map((grouping) => grouping.column);
    // Aggregates see the rows: columns of the input, and keys by their names.
    const rowScope = [
      ...scope.filter(
        (column) => !this.#groupings.some((grouping) => grouping.item.named && grouping.item.name === column.name),
      ),
      ...this.#groupings
        .filter((grouping) => grouping.item.named)
        .map((grouping) => ({ ...grouping.source, name: grouping.item.name })),
    ];
    if (filter && searches(filter) && names(expression).includes('_score'))
      context.report('cannot use _score aggregations with a WHERE filter in a STATS command', filter.span);
    const condition = filter && this.#resolveFilter(item, filter, rowScope);
    const resolved = context.resolve(expression, keyScope, (node) =>
      this.#interceptItem(node, scope, rowScope, condition),
    );
    // What is null beside an aggregate is null for each group all the same.
    if (resolved.kind === 'constant' && aggregates.length === 0) {
      context.report(`expected an aggregate function but found [${text}]`, expression.span);
      return invalid(expression.span);
    }
    return resolved;
  }

  /** Reports a key that stands among the aggregates, as itself or by its expression. */
  #isKeyAgain(expression: SyntaxExpression, text: string): boolean {
    const { context } = this;
    const { span } = expression;
    const textOf = ({ item }: Grouping): string => context.text(item.expression.span);
    const named = this.#groupings.find(({ item }) => item.name === text);
    if (named && expression.kind !== 'call') {
      context.report(`grouping key [${text}] already specified in the STATS BY clause`, span);
      return true;
    }
    const same = this.#groupings.find((grouping) => textOf(grouping) === text);
    const reads = ({ item }: Grouping): boolean =>
      expression.kind === 'name' && names(item.expression).includes(expression.name);
    if (isGrouping(expression) && same) {
      context.report(
        `grouping function [${text}] cannot be used as an aggregate once declared in the STATS BY clause`,
        span,
      );
    } else if (this.#groupings.some(reads)) {
      context.report(`Cannot specify grouping expression [${text}] as an aggregate`, span);
    } else if (same) {
      for (const name of names(expression)) {
        context.report(
          `column [${name}] cannot be used as an aggregate once declared in the STATS BY grouping key [${context.text(same.item.span)}]`,
          span,
        );
      }
    } else return false;
    return true;
  }

  #resolveFilter(item: AggregateItem, filter: SyntaxExpression, scope: readonly Column[]): Expression {
    const { context } = this;
    const found = resolveWithQueries(filter, true, this.#input, scope, context, (takeOver) =>
      context.resolveCondition(filter, scope, (node) => this.#interceptFilter(node, item) ?? takeOver?.(node)),
    );
    this.#input = found.plan;
    requireCondition(found.expression, context);
    return found.expression;
  }

  #interceptFilter(node: SyntaxExpression, item: AggregateItem): Expression | undefined {
    const { context } = this;
    const inKeys = this.#interceptArgument(node, 'an aggregation filter');
    if (inKeys) return inKeys;
    if (node.kind !== 'call' || findFunction(node.name)?.kind !== 'aggregate') return undefined;
    context.report(
      `cannot use aggregate function [${context.text(node.span)}] in aggregate WHERE clause [${context.text(item.span)}]`,
      node.span,
    );
    return invalid(node.span);
  }

  /** Outside of aggregates only keys can be read; inside, everything. */
  #interceptItem(
    node: SyntaxExpression,
    scope: readonly Column[],
    rowScope: readonly Column[],
    filter: Expression | null,
  ): Expression | undefined {
    const { context } = this;
    if (node.kind === 'call') {
      const definition = findFunction(node.name);
      if (definition?.kind === 'aggregate' && definition.overTime !== undefined)
        return this.#overTime(node, rowScope, filter, true);
      if (isSparkline(node)) return this.#sparkline(node, scope, rowScope, filter);
      if (definition?.kind === 'aggregate') return this.#addCall(node, rowScope, filter);
      // What a misspelt aggregate is of is not to blame.
      if (!definition && aggregateCalls(node).length === 0) return context.resolve(node, rowScope);
    }
    const text = context.text(node.span);
    const key = this.#groupings.find((grouping) => context.text(grouping.item.expression.span) === text);
    if (key) return reference(key.column, node.span);
    if (isGrouping(node)) {
      context.report(`can only use grouping function [${text}] as part of the BY clause`, node.span);
      return invalid(node.span);
    }
    if (node.kind === 'name' && !this.#groupings.some((grouping) => grouping.item.name === node.name)) {
      if (this.#series && scope.some(({ name }) => name === node.name)) {
        const latest = this.#series.latest(context.resolve(node, rowScope), filter);
        return this.#bare(node, latest);
      }
      return this.#notGrouped(node.name, node.span, scope);
    }
    return undefined;
  }

  #notGrouped(name: string, span: Span, scope: readonly Column[]): Expression {
    const { context } = this;
    const column = scope.find((candidate) => candidate.name === name);
    if (!column) return context.unknownColumn(name, span, scope);
    if (column.invalid) return invalid(span);
    const inKey = this.#groupings.find((grouping) => names(grouping.item.expression).includes(name));
    context.report(
      inKey
        ? `column [${name}] cannot be used as an aggregate once declared in the STATS BY grouping key [${context.text(inKey.item.span)}]`
        : `column [${name}] must appear in the STATS BY clause or be used in an aggregate function`,
      span,
    );
    return invalid(span);
  }

  /** An aggregate over time; in no other aggregate it is of each series. */
  #overTime(node: SyntaxCall, scope: readonly Column[], filter: Expression | null, isBare = false): Expression {
    const { context } = this;
    const text = context.text(node.span);
    if (!this.#series) {
      // What is wrong with what TS reads was said there.
      const read = scansOf(this.#input).filter(({ mode }) => mode === 'time_series');
      if (read.length > 0 && context.problems > 0) return invalid(node.span);
      if (read.some((scan) => !timestampIn(scan.output))) return context.withoutTimestamp(node.span);
      context.report(`time_series aggregate[${text}] can only be used with the TS command`, node.span);
      return invalid(node.span);
    }
    const nested = node.args.flatMap(aggregateCalls)[0];
    if (nested) {
      context.report(
        `nested aggregations [${context.text(nested.span)}] not allowed inside other aggregations [${text}]`,
        nested.span,
      );
      return invalid(node.span);
    }
    const call = context.resolveAggregate(node, scope, (inner) => this.#interceptArgument(inner));
    if (!call || filter?.kind === 'invalid') return invalid(node.span);
    const value = this.#series.overTime(call, filter);
    return isBare ? this.#bare(node, value) : value;
  }

  /** What a series comes to, of which there is one in its group. */
  #bare(node: SyntaxExpression, value: Expression): Expression {
    if (value.kind === 'invalid') return value;
    this.#ofSeries.push(node);
    const call = oneOf(value, this.context.column(this.context.text(node.span), value.type, value.multi));
    this.#calls.push(call);
    return reference(call.column, node.span);
  }

  /** Behind TS, an argument of an aggregate: of each series the latest value, where no other aggregate says which. */
  #seriesArgument(
    node: SyntaxExpression,
    series: SeriesRows,
    scope: readonly Column[],
    filter: Expression | null,
  ): Expression | undefined {
    const { context } = this;
    const definition = node.kind === 'call' ? findFunction(node.name) : undefined;
    if (node.kind === 'call' && definition?.kind === 'aggregate') return this.#overTime(node, scope, filter);
    if (!isConverted(node)) return this.#interceptArgument(node);
    const value = context.resolve(node, scope, (inner) => this.#interceptArgument(inner));
    return value.kind === 'invalid' || value.kind === 'constant' ? value : series.latest(value, filter);
  }

  /** The buckets of the sparklines, which all share. */
  #buckets: SparklineBuckets | null = null;

  /** An aggregate in each of the buckets that the other arguments say. */
  #sparkline(
    node: SyntaxCall,
    scope: readonly Column[],
    rowScope: readonly Column[],
    filter: Expression | null,
  ): Expression {
    const { context } = this;
    const text = context.text(node.span);
    const refuse = (message: string): Expression => {
      context.report(message, node.span);
      return invalid(node.span);
    };
    if (this.#series)
      return refuse(`[${text}] is not supported behind TS: put the aggregates of series in a STATS before`);
    const buckets = sparklineBuckets(node, rowScope, context);
    if (!buckets || filter?.kind === 'invalid') return invalid(node.span);
    if (this.#buckets && this.#buckets.text !== buckets.text)
      return refuse(
        'All SPARKLINE functions in a single STATS command must share the same timestamp, buckets, from, and to values',
      );
    const shared = this.#buckets ?? buckets;
    const [aggregate] = node.args as [SyntaxExpression];
    const isAggregate = aggregate.kind === 'call' && findFunction(aggregate.name)?.kind === 'aggregate';
    const before = this.#calls.length;
    const value = isAggregate
      ? this.#interceptItem(aggregate, scope, rowScope, filter)!
      : context.resolve(aggregate, rowScope);
    const calls = this.#calls.splice(before);
    if (value.kind === 'invalid') return value;
    const found = `found value [${context.text(aggregate.span)}] type [${messageName(value.type)}]`;
    if (!isAggregate) return refuse(`first argument of [${text}] must be an aggregate function, ${found}`);
    if (!isWholeNumber(value.type) && value.type !== 'double' && value.type !== 'null')
      return refuse(`first argument of [${text}] must be [integer or long or double], ${found}`);
    if (!this.#buckets) {
      this.#buckets = buckets;
      const output = [...this.#input.output, buckets.definition.column];
      this.#input = { kind: 'compute', input: this.#input, definitions: [buckets.definition], output };
    }
    const made = inBuckets(value, calls, shared, context);
    this.#calls.push(...made.calls);
    return made.expression;
  }

  #addCall(node: SyntaxCall, scope: readonly Column[], filter: Expression | null): Expression {
    const { context } = this;
    const series = this.#series;
    const isOverTime = (call: SyntaxExpression): boolean => {
      const definition = call.kind === 'call' ? findFunction(call.name) : undefined;
      return definition?.kind === 'aggregate' && definition.overTime !== undefined;
    };
    const overTime = node.args.flatMap(aggregateCalls).find(isOverTime);
    if (overTime && !series) return this.#overTime(overTime as SyntaxCall, scope, filter);
    const nested = node.args.flatMap(aggregateCalls).filter((call) => !isOverTime(call));
    if (nested.length > 0) {
      // What is wrong with the inner one comes first.
      const isRight =
        series !== null || isSparkline(nested[0]!) || context.resolveAggregate(nested[0] as SyntaxCall, scope) !== null;
      if (!isRight) return invalid(node.span);
      context.report(
        `nested aggregations [${context.text(nested[0]!.span)}] not allowed inside other aggregations [${context.text(node.span)}]`,
        nested[0]!.span,
      );
      return invalid(node.span);
    }
    if (series && /^count$/i.test(node.name) && (node.star || node.args.every(({ kind }) => kind === 'literal'))) {
      const text = context.text(node.span);
      context.report(`count_star [${text}] can't be used with TS command; use count on a field instead`, node.span);
      return invalid(node.span);
    }
    const call = context.resolveAggregate(node, scope, (inner) =>
      series ? this.#seriesArgument(inner, series, scope, filter) : this.#interceptArgument(inner),
    );
    if (!call || filter?.kind === 'invalid') return invalid(node.span);
    this.#regular.push(node);
    // Behind TS the condition is on the rows of the series.
    this.#calls.push({ ...call, filter: series ? null : filter });
    return reference(call.column, node.span);
  }

  /** Inside an aggregate a grouping function is what it is in the BY clause, of each row. */
  #interceptArgument(node: SyntaxExpression, where = 'an aggregation'): Expression | undefined {
    const { context } = this;
    const text = context.text(node.span);
    if (node.kind === 'name') {
      const key = this.#groupings.find(({ item }) => item.name === node.name);
      if (!key || !isCategorizeCall(key.item.expression)) return undefined;
      context.report(`cannot reference CATEGORIZE grouping function [${text}] within ${where}`, node.span);
      return invalid(node.span);
    }
    if (!isGrouping(node)) return undefined;
    const inKeys = this.#groupings.flatMap(({ item }) => groupingCalls(item.expression));
    const isKey = inKeys.some((call) => context.text(call.span) === text);
    if (isKey && !isCategorizeCall(node)) return undefined;
    context.report(
      isKey && where === 'an aggregation'
        ? `cannot use CATEGORIZE grouping function [${text}] within an aggregation`
        : `can only use grouping function [${text}] as part of the BY clause`,
      node.span,
    );
    return invalid(node.span);
  }

  /** Aggregates that are plain calls take their names at once; the rest is computed above. */
  #compose(aggregate: Plan, results: readonly ItemResult[], first: readonly Column[] = []): Plan {
    const { context } = this;
    const definitions: { column: Column; expression: Expression }[] = [];
    const aggregateColumns = results.map(({ item, expression }): Column => {
      if (expression.kind === 'invalid') return context.invalidColumn(item.name);
      if (expression.kind === 'column') return { ...expression.column, name: item.name };
      const column = context.column(item.name, expression.type, expression.multi);
      definitions.push({ column, expression });
      return column;
    });
    const input: Plan =
      definitions.length === 0
        ? aggregate
        : {
            kind: 'compute',
            input: aggregate,
            definitions,
            output: [...aggregate.output, ...definitions.map((definition) => definition.column)],
          };
    return {
      kind: 'project',
      input,
      output: [...aggregateColumns, ...first, ...this.#groupings.map((grouping) => grouping.column)],
    };
  }
}

/** A call of CATEGORIZE. */
export const isCategorizeCall = (node: SyntaxExpression): boolean =>
  node.kind === 'call' && findFunction(node.name)?.name === 'CATEGORIZE';

const isSparkline = (node: SyntaxExpression): boolean =>
  node.kind === 'call' && findFunction(node.name)?.name === 'SPARKLINE';

const isWithout = (node: SyntaxExpression): node is SyntaxCall =>
  node.kind === 'call' && findFunction(node.name)?.name === 'WITHOUT';

/** A field, or conversions of one. */
function isConverted(node: SyntaxExpression): boolean {
  if (node.kind === 'name') return true;
  if (node.kind === 'cast') return isConverted(node.value);
  if (node.kind !== 'call') return false;
  const definition = findFunction(node.name);
  return definition?.kind === 'scalar' && definition.family === 'convert' && node.args.every(isConverted);
}

/** The value of rows that all have the same. */
const oneOf = (value: Expression, column: Column): AggregateCall => ({
  ...{ column, function: 'FIRST', filter: null, span: value.span },
  args: [value, constant('long', 0n, value.span)],
});

const isCategorize = (expression: Expression): expression is Call =>
  expression.kind === 'call' && expression.function === 'CATEGORIZE';

/** The aggregates that stand in an expression, outermost first. */
function aggregateCalls(expression: SyntaxExpression): SyntaxExpression[] {
  if (expression.kind === 'call' && findFunction(expression.name)?.kind === 'aggregate') return [expression];
  return operandsOf(expression).flatMap(aggregateCalls);
}

function names(expression: SyntaxExpression): string[] {
  return expression.kind === 'name' ? [expression.name] : operandsOf(expression).flatMap(names);
}

/** Looks for words in it. */
function searches(expression: SyntaxExpression): boolean {
  const definition = expression.kind === 'call' ? findFunction(expression.name) : undefined;
  return (definition?.kind === 'scalar' && definition.family === 'full text') || operandsOf(expression).some(searches);
}

function distinctBy<T, K>(items: readonly T[], key: (item: T) => K): T[] {
  const seen = new Map<K, T>();
  for (const item of items) if (!seen.has(key(item))) seen.set(key(item), item);
  return [...seen.values()];
}
