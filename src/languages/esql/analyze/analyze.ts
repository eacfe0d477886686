import type { Catalogue } from '../../../catalogue/catalogue.ts';
import { closestMatches, didYouMean } from '../../../diagnostics/closest-match.ts';
import type { Diagnostic, Fix } from '../../../diagnostics/diagnostic.ts';
import { placeText, type SourceText, type Span } from '../../../diagnostics/source-text.ts';
import { conditionOf } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { type Constant, constant, type Expression, invalid } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import type { LocationDatabase } from '../../../values/ip-location.ts';
import { isZone, zoneOffset } from '../../../values/time-zone.ts';
import type { EsqlType } from '../../../values/types.ts';
import type { AnalysisContext, Intercept, ProcessingDefinition, SourceDefinition } from '../commands/command.ts';
import { isMetadata } from '../commands/from.ts';
import { latestFirst } from '../commands/series.ts';
import { commands } from '../commands/table.ts';
import { identifier } from '../print/tokens.ts';
import type { ProcessingCommand, Query, SourceCommand, Subquery, SyntaxExpression } from '../syntax/ast.ts';
import { limitsRows, mentions } from '../syntax/walk.ts';
import { type Approximation, readApproximation, whyExact, withIntervals } from './approximation.ts';
import { castLiteral } from './implicit-casts.ts';
import { warnOfNullMisuse } from './null-misuse.ts';
import { notElasticsearch, resolve, resolveAggregate } from './resolve.ts';
import { leftOutText, shownColumns } from './shown-columns.ts';

export interface AnalyzeOptions {
  /** The time that NOW() stands for, in milliseconds since the epoch. */
  readonly now: number;
  /** How many rows come out when the query does not say. */
  readonly defaultLimit: number | null;
  /** The zone that dates are reckoned in where the query does not say. */
  readonly timeZone?: string;
  /** The databases of locations that IP_LOCATION may name. */
  readonly locations?: readonly LocationDatabase[];
  /** Set where a wildcard of FROM may fit no index: it stands for no events and no fields then (Elasticsearch from 9.3 on). */
  readonly allowsNoIndices?: boolean;
}

export interface Analysis {
  /** Null when there is something wrong. */
  readonly plan: Plan | null;
  /** The plan after the source command, and after each command of the pipeline: each stands within the next. */
  readonly steps: readonly Plan[];
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: readonly string[];
  /** The limit that was added because the query has none; null when it has one, or none was to be added. */
  readonly addedLimit: number | null;
}

/** Gives a query its types, in terms of the indices and fields there are. All problems are reported together. */
export function analyze(query: Query, source: SourceText, catalogue: Catalogue, options: AnalyzeOptions): Analysis {
  const { context, whole } = analyzeWithUnmapped(query, source, catalogue, options);
  // Few queries have the word, and looking for it is a tenth of looking at every expression.
  if (/null/i.test(source.text)) warnOfNullMisuse(query, context);
  const output = shownColumns(whole.output);
  const leftOut = whole.output.length - output.length;
  if (leftOut > 0) context.warn(leftOutText(leftOut), query.source.span);
  const shown: Plan = leftOut > 0 ? { kind: 'project', input: whole, output } : whole;
  const { diagnostics, steps } = context;
  const why = context.approximation && whyExact(query, shown, source);
  const answered = context.approximation?.intervals && why === null ? withIntervals(query, shown) : shown;
  const warnings = why === null ? context.warnings : [...context.warnings, why];
  const plan = diagnostics.length > 0 ? null : answered;
  return withDefaultLimit({ plan, steps, diagnostics, warnings, addedLimit: null }, query, options.defaultLimit);
}

/**
 * The plan of the whole query. Where it may name fields that nobody has, they are null columns of the source that they
 * are asked of: which those are shows in one pass, and the next has them.
 */
function analyzeWithUnmapped(
  query: Query,
  source: SourceText,
  catalogue: Catalogue,
  options: AnalyzeOptions,
): { context: Context; whole: Plan } {
  const unmapped = new Map<SourceCommand, Set<string>>();
  const namesSoFar = (): number => [...unmapped.values()].reduce((count, names) => count + names.size, 0);
  for (;;) {
    const before = namesSoFar();
    const context = new Context(
      query,
      source,
      catalogue,
      BigInt(options.now),
      unmapped,
      options.locations,
      options.timeZone,
      options.allowsNoIndices,
    );
    const whole = context.subquery(query);
    if (namesSoFar() === before) return { context, whole };
  }
}

/** An analysis that no limit was added to, with the limit that it has where the query has none. */
export function withDefaultLimit(analysis: Analysis, query: Query, defaultLimit: number | null): Analysis {
  const limited = query.pipeline.some(limitsRows);
  if (defaultLimit === null || limited) return analysis;
  const { plan, steps, diagnostics, warnings } = analysis;
  return {
    steps,
    plan: plan && { kind: 'limit', input: latestFirst(plan), count: BigInt(defaultLimit), output: plan.output },
    diagnostics,
    warnings: [`No limit defined, adding default limit of [${defaultLimit}]`, ...warnings],
    addedLimit: defaultLimit,
  };
}

/** What becomes of the names that no index maps: an error, null columns, or what documents hold under them. */
type Unmapped = 'fail' | 'nullify' | 'load';

/** What SET can set, as far as it means something here. */
function readSettings(
  query: Query,
  zone: string,
  report: AnalysisContext['report'],
): { readonly unmapped: Unmapped; readonly timeZone: string | null; readonly approximation: Approximation | null } {
  let unmapped: Unmapped = 'fail';
  let approximation: Approximation | null = null;
  let timeZone = zone;
  for (const { name, value, span } of query.settings) {
    switch (name) {
      case 'unmapped_fields':
        if (typeof value !== 'string') report('Setting [unmapped_fields] must be of type KEYWORD', span);
        else if (!/^(?:fail|default|nullify|load)$/i.test(value))
          report(`Invalid unmapped_fields [${value}], expected one of [DEFAULT, FAIL, NULLIFY, LOAD]`, span);
        else unmapped = /^(?:nullify|load)$/i.test(value) ? (value.toLowerCase() as Unmapped) : 'fail';
        break;
      case 'time_zone':
        if (typeof value !== 'string') report('Setting [time_zone] must be of type KEYWORD', span);
        else if (!isZone(value))
          report(`Invalid time_zone [${value}], expected a zone such as Europe/Paris or +02:00`, span);
        else timeZone = value;
        break;
      case 'approximation': {
        const read = readApproximation(value);
        if (typeof read === 'string') report(`Error validating setting [approximation]: ${read}`, span);
        else approximation = read;
        break;
      }
      case 'project_routing':
        break;
      default:
        report(`Unknown setting [${name}]`, span);
    }
  }
  return { unmapped, timeZone: zoneOffset(timeZone) === 0 ? null : timeZone, approximation };
}

class Context implements AnalysisContext {
  readonly steps: Plan[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly warnings: string[] = [];
  readonly mentioned: ReadonlySet<string>;
  readonly offersAllFields: boolean;
  readonly timeZone: string | null;
  readonly approximation: Approximation | null;
  readonly #unmappedFields: Unmapped;
  #forgotten = false;
  #columns = 0;

  constructor(
    private readonly query: Query,
    readonly source: SourceText,
    readonly catalogue: Catalogue,
    private readonly now: bigint,
    /** By source, the names that queries ask of it and that nobody has. */
    private readonly unmapped: Map<SourceCommand, Set<string>>,
    readonly locations: readonly LocationDatabase[] = [],
    zone = 'UTC',
    readonly allowsNoIndices = false,
  ) {
    const { names, allFields } = mentions(query);
    this.mentioned = names;
    this.offersAllFields = allFields;
    const settings = readSettings(query, zone, (...problem) => this.report(...problem));
    this.#unmappedFields = settings.unmapped;
    this.timeZone = settings.timeZone;
    this.approximation = settings.approximation;
  }

  before: readonly string[] = [];
  #source: SourceCommand | null = null;
  readonly #reached = new Set<string>();

  column(name: string, type: EsqlType, multi: boolean): Column {
    return { id: ++this.#columns, name, type, multi };
  }

  invalidColumn(name: string): Column {
    return { id: ++this.#columns, name, type: 'null', multi: false, invalid: true };
  }

  report(message: string, span: Span, hint?: string, fix?: Fix): void {
    const known = this.diagnostics.some((other) => other.message === message && other.span.start === span.start);
    if (known) return;
    const more = { ...(hint !== undefined && { hint }), ...(fix && { fix }) };
    this.diagnostics.push({ kind: 'verification', message, span, ...more });
  }

  get problems(): number {
    return this.diagnostics.length;
  }

  warn(message: string, span: Span): void {
    this.warnings.push(`Line ${placeText(this.source.position(span.start))}: ${message}`);
  }

  text(span: Span): string {
    return this.source.slice(span);
  }

  resolve(expression: SyntaxExpression, scope: readonly Column[], intercept?: Intercept): Expression {
    return resolve(expression, { context: this, now: this.now, scope, intercept, isCondition: false });
  }

  resolveCondition(expression: SyntaxExpression, scope: readonly Column[], intercept?: Intercept): Expression {
    return resolve(expression, { context: this, now: this.now, scope, intercept, isCondition: true });
  }

  resolveAggregate(call: SyntaxExpression & { kind: 'call' }, scope: readonly Column[], intercept?: Intercept) {
    return resolveAggregate(call, { context: this, now: this.now, scope, intercept, isCondition: false });
  }

  reach(indices: readonly string[]): void {
    for (const index of indices) this.#reached.add(index);
  }

  forgetColumns(): void {
    this.#forgotten = true;
  }

  both(left: Expression, right: Expression): Expression {
    const span = { start: left.span.start, end: right.span.end };
    return conditionOf('AND', [left, right], span);
  }

  castLiteral(literal: Constant, type: EsqlType): Constant | null {
    const cast = castLiteral(literal, type);
    return 'error' in cast ? null : cast;
  }

  asText(value: Expression): Expression {
    return {
      kind: 'call',
      function: 'TO_STRING',
      args: [value],
      type: 'keyword',
      multi: value.multi,
      span: value.span,
    };
  }

  coalesce(value: Expression, other: Expression): Expression {
    const multi = value.multi || other.multi;
    return { kind: 'call', function: 'COALESCE', args: [value, other], type: other.type, multi, span: value.span };
  }

  pipeline(pipeline: readonly ProcessingCommand[], input: Plan): Plan {
    const outer = this.before;
    const plan = pipeline.reduce((before, command) => {
      const definition = commands[command.command] as ProcessingDefinition;
      if (definition.since === 'harrier' && this.catalogue.isElasticsearch)
        this.report(notElasticsearch(definition.keyword.toUpperCase()), command.span);
      const after = definition.analyze(command, before, this);
      if (pipeline === this.query.pipeline) this.steps.push(after);
      this.before = [...this.before, definition.keyword];
      return after;
    }, input);
    this.before = outer;
    return plan;
  }

  subquery({ source, pipeline }: Subquery): Plan {
    const definition = commands[source.command] as SourceDefinition;
    const [outer, outerSource] = [this.before, this.#source];
    const read = this.#withUnmapped(definition.analyze(source, this), source);
    this.before = [definition.keyword];
    this.#source = source;
    if (pipeline === this.query.pipeline) this.steps.push(read);
    const plan = this.pipeline(pipeline, read);
    this.before = outer;
    this.#source = outerSource;
    return plan;
  }

  get loadsUnmapped(): boolean {
    return this.#unmappedFields === 'load';
  }

  get takesUnmapped(): boolean {
    return this.#unmappedFields !== 'fail';
  }

  unmappedOf(source: SourceCommand): readonly string[] {
    return [...(this.unmapped.get(source) ?? [])];
  }

  askUnmapped(source: SourceCommand, names: readonly string[]): void {
    this.unmapped.set(source, new Set([...this.unmappedOf(source), ...names]));
  }

  #withUnmapped(plan: Plan, source: SourceCommand): Plan {
    const columns = this.unmappedOf(source)
      .filter((name) => !plan.output.some((column) => column.name === name))
      .map((name) => this.column(name, 'null', false));
    if (columns.length === 0) return plan;
    const definitions = columns.map((column) => ({ column, expression: constant('null', null, source.span) }));
    return { kind: 'compute', input: plan, definitions, output: [...plan.output, ...columns] };
  }

  unknownColumn(name: string, span: Span, scope: readonly Column[]): Expression {
    const source = this.#source;
    if (this.#unmappedFields !== 'fail' && source) {
      const asked = this.unmapped.get(source) ?? new Set();
      this.unmapped.set(source, asked);
      // A name that the source has already was lost on the way, by KEEP or STATS.
      if (!asked.has(name) && !this.#forgotten) {
        asked.add(name);
        return constant('null', null, span);
      }
    }
    if (this.#forgotten) return invalid(span);
    // A field that an earlier command dropped is no misspelling.
    const reached = this.catalogue.fieldsOf([...this.#reached]).map((field) => field.name);
    const ofSource = this.catalogue.field(name) ? [] : [...new Set([...reached, ...this.catalogue.knownNames])];
    const candidates = [...scope.map((column) => column.name), ...ofSource];
    const hint = isMetadata(name) ? `FROM gives it when it is asked: FROM … METADATA ${name}` : undefined;
    const [closest] = closestMatches(name, candidates);
    const fix = closest === undefined ? undefined : { span, text: identifier(closest) };
    this.report(`Unknown column [${name}]${didYouMean(name, candidates)}`, span, hint, fix);
    return invalid(span);
  }

  withoutTimestamp(call: Span): Expression {
    if (this.#forgotten) return invalid(call);
    const why = 'which was either not present in the source index, or has been dropped or renamed';
    const setting = 'the [unmapped_fields] setting does not apply to the implicit @timestamp reference';
    const more = this.#unmappedFields === 'fail' ? '' : `; ${setting}`;
    this.report(`[${this.text(call)}] requires the [@timestamp] field, ${why}${more}`, call);
    return invalid(call);
  }
}
