import type { Catalogue } from '../../../catalogue/catalogue.ts';
import type { Fix } from '../../../diagnostics/diagnostic.ts';
import type { SourceText, Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import type { Constant, Expression } from '../../../plan/expression.ts';
import type { AggregateCall, Plan } from '../../../plan/nodes.ts';
import type { LocationDatabase } from '../../../values/ip-location.ts';
import type { Since } from '../../../values/release.ts';
import type { EsqlType } from '../../../values/types.ts';
import type { Command, ProcessingCommand, SourceCommand, Subquery, SyntaxExpression } from '../syntax/ast.ts';
import type { Parser } from '../syntax/parser.ts';

/** What the analysis of a command has at hand. */
export interface AnalysisContext {
  readonly source: SourceText;
  readonly catalogue: Catalogue;
  /** Every name the query mentions: FROM offers the fields among them, known ones that no event carries included. */
  readonly mentioned: ReadonlySet<string>;
  /** FROM must offer every field that the events carry, for the query does not name all that it shows. */
  readonly offersAllFields: boolean;
  /** The zone that dates are reckoned in; null for UTC. */
  readonly timeZone: string | null;
  /** Whether fields that indices do not map are loaded from their documents. */
  readonly loadsUnmapped: boolean;
  /** Whether names that nobody has are columns, of nulls or loaded. */
  readonly takesUnmapped: boolean;
  /** The names that the query asks of a source and that it does not have. */
  unmappedOf(source: SourceCommand): readonly string[];
  /** Asks another source, which is read afterwards, for such names too. */
  askUnmapped(source: SourceCommand, names: readonly string[]): void;
  /** A new column, unlike any other of the plan. */
  column(name: string, type: EsqlType, multi: boolean): Column;
  /** Stands in for a column whose definition is wrong. */
  invalidColumn(name: string): Column;
  /** Records a problem; the analysis goes on to find others. */
  report(message: string, span: Span, hint?: string, fix?: Fix): void;
  /** How many problems there are so far. */
  readonly problems: number;
  /** Records a warning for the answer; `Line l:c: ` comes before the text. */
  warn(message: string, span: Span): void;
  /** Gives an expression its names and types, in terms of the columns in scope. */
  resolve(expression: SyntaxExpression, scope: readonly Column[], intercept?: Intercept): Expression;
  /** The same for a condition that rows must fulfil, in which texts may be searched. */
  resolveCondition(expression: SyntaxExpression, scope: readonly Column[], intercept?: Intercept): Expression;
  /** Resolves a call of an aggregate; null when something is wrong with it. */
  resolveAggregate(
    call: SyntaxExpression & { kind: 'call' },
    scope: readonly Column[],
    intercept?: Intercept,
  ): Omit<AggregateCall, 'filter'> | null;
  /** A literal text as a value of another type; null when it does not say one. */
  castLiteral(literal: Constant, type: EsqlType): Constant | null;
  /** The first of two values that is there. */
  coalesce(value: Expression, other: Expression): Expression;
  /** A value as text. */
  asText(value: Expression): Expression;
  /** Whether wildcards of FROM may fit no index. */
  readonly allowsNoIndices: boolean;
  /** The databases of locations that queries may name. */
  readonly locations: readonly LocationDatabase[];
  /** Both conditions in one. */
  both(left: Expression, right: Expression): Expression;
  /** The keywords of the commands that stand before the one that is looked at, the nearest last. */
  readonly before: readonly string[];
  /** The plan of further commands. */
  pipeline(commands: readonly ProcessingCommand[], input: Plan): Plan;
  /** The plan of a query within this one. */
  subquery(query: Subquery): Plan;
  /** Tells which indices are read: only their fields are meant by a misspelt name. */
  reach(indices: readonly string[]): void;
  /** From here on nobody knows which columns there are: names that are not known are no further problem. */
  forgetColumns(): void;
  /** Reports an unknown column with names like it, and gives an invalid expression. */
  unknownColumn(name: string, span: Span, scope: readonly Column[]): Expression;
  /** Reports a call that needs the time of the row, where rows have none, and gives an invalid expression. */
  withoutTimestamp(call: Span): Expression;
  /** The text of a place in the query. */
  text(span: Span): string;
}

/** Looks at each expression before it is resolved; what it returns stands in its place. */
export type Intercept = (expression: SyntaxExpression) => Expression | undefined;

interface CommandBase {
  /** The command's words, lower case. */
  readonly keyword: string;
  /** The release of Elasticsearch that it came with; none where every release has it. */
  readonly since?: Since;
  /** One line for help and reference. */
  readonly doc: string;
  readonly example: string;
}

/** All there is to know about a source command: how it reads, and which plan it makes. */
export interface SourceDefinition<C extends SourceCommand = SourceCommand> extends CommandBase {
  readonly kind: 'source';
  /** Called with the keyword taken. */
  parse(parser: Parser, span: Span): C;
  analyze(command: C, context: AnalysisContext): Plan;
}

/** The same for a command that works on the rows before it. */
export interface ProcessingDefinition<C extends ProcessingCommand = ProcessingCommand> extends CommandBase {
  readonly kind: 'processing';
  parse(parser: Parser, span: Span): C;
  analyze(command: C, input: Plan, context: AnalysisContext): Plan;
}

/** What a table of commands holds: the definition that belongs to each kind of command node. */
export type CommandTable = {
  readonly [K in SourceCommand['command']]: SourceDefinition<Extract<Command, { command: K }>>;
} & {
  readonly [K in ProcessingCommand['command']]: ProcessingDefinition<Extract<Command, { command: K }>>;
};
