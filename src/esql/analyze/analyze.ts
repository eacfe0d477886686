import type { Catalogue } from '../../catalogue/catalogue.ts';
import { didYouMean } from '../../diagnostics/closest-match.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { SourceText, Span } from '../../diagnostics/source-text.ts';
import type { EsqlType } from '../../values/types.ts';
import type { AnalysisContext, Intercept, ProcessingDefinition, SourceDefinition } from '../commands/command.ts';
import { commands } from '../commands/table.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, invalid } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { Query, SyntaxExpression } from '../syntax/ast.ts';
import { mentions } from '../syntax/walk.ts';
import { resolve, resolveAggregate } from './resolve.ts';

export interface AnalyzeOptions {
  /** The time that NOW() stands for, in milliseconds since the epoch. */
  readonly now: number;
  /** How many rows come out when the query does not say. */
  readonly defaultLimit: number | null;
}

export interface Analysis {
  /** Null when there is something wrong. */
  readonly plan: Plan | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: readonly string[];
  /** The limit that was added because the query has none; null when it has one, or none was to be added. */
  readonly addedLimit: number | null;
}

/** Gives a query its types, in terms of the indices and fields there are. All problems are reported together. */
export function analyze(query: Query, source: SourceText, catalogue: Catalogue, options: AnalyzeOptions): Analysis {
  const context = new Context(query, source, catalogue, BigInt(options.now));
  const from = commands[query.source.command] as SourceDefinition;
  let plan = from.analyze(query.source, context);
  for (const command of query.pipeline) {
    const definition = commands[command.command] as ProcessingDefinition;
    plan = definition.analyze(command, plan, context);
  }
  const limited = query.pipeline.some((command) => command.command === 'limit');
  const addedLimit = limited ? null : options.defaultLimit;
  if (addedLimit !== null) plan = { kind: 'limit', input: plan, count: BigInt(addedLimit), output: plan.output };
  const { diagnostics, warnings } = context;
  if (addedLimit !== null) warnings.unshift(`No limit defined, adding default limit of [${addedLimit}]`);
  return { plan: diagnostics.length > 0 ? null : plan, diagnostics, warnings, addedLimit };
}

class Context implements AnalysisContext {
  readonly diagnostics: Diagnostic[] = [];
  readonly warnings: string[] = [];
  readonly mentioned: ReadonlySet<string>;
  readonly offersAllFields: boolean;
  #columns = 0;

  constructor(
    query: Query,
    readonly source: SourceText,
    readonly catalogue: Catalogue,
    private readonly now: bigint,
  ) {
    const { names, allFields } = mentions(query);
    this.mentioned = names;
    this.offersAllFields = allFields;
  }

  column(name: string, type: EsqlType, multi: boolean): Column {
    return { id: ++this.#columns, name, type, multi };
  }

  invalidColumn(name: string): Column {
    return { id: ++this.#columns, name, type: 'null', multi: false, invalid: true };
  }

  report(message: string, span: Span, hint?: string): void {
    const known = this.diagnostics.some((other) => other.message === message && other.span.start === span.start);
    if (!known) this.diagnostics.push({ kind: 'verification', message, span, ...(hint !== undefined && { hint }) });
  }

  warn(message: string, span: Span): void {
    const { line, column } = this.source.position(span.start);
    this.warnings.push(`Line ${line}:${column}: ${message}`);
  }

  text(span: Span): string {
    return this.source.slice(span);
  }

  resolve(expression: SyntaxExpression, scope: readonly Column[], intercept?: Intercept): Expression {
    return resolve(expression, { context: this, now: this.now, scope, intercept });
  }

  resolveAggregate(call: SyntaxExpression & { kind: 'call' }, scope: readonly Column[]) {
    return resolveAggregate(call, { context: this, now: this.now, scope, intercept: undefined });
  }

  unknownColumn(name: string, span: Span, scope: readonly Column[]): Expression {
    // A field that an earlier command dropped is no misspelling.
    const ofSource = this.catalogue.field(name) ? [] : this.catalogue.knownNames;
    const candidates = [...scope.map((column) => column.name), ...ofSource];
    this.report(`Unknown column [${name}]${didYouMean(name, candidates)}`, span);
    return invalid(span);
  }
}
