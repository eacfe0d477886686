import type { ListMatch } from '../../../catalogue/lookup-list.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import type { TimeUnit } from '../../../functions/time-spans.ts';
import type { NamePattern } from './name-pattern.ts';

/** The value of a literal; whole numbers are bigint so that no digit is lost. */
export type LiteralValue = bigint | number | string | boolean | null;
export type LiteralType = 'integer' | 'long' | 'unsigned_long' | 'double' | 'keyword' | 'boolean' | 'null';

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type BinaryOperator = ComparisonOperator | ArithmeticOperator | 'and' | 'or';

/** Expressions as written, before names and types are known. Spans leave out enclosing parentheses. */
export type SyntaxExpression =
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly value: LiteralValue; readonly span: Span }
  | {
      readonly kind: 'array';
      readonly type: LiteralType;
      readonly values: readonly LiteralValue[];
      readonly span: Span;
    }
  | { readonly kind: 'timeSpan'; readonly span: Span; readonly amount: bigint; readonly unit: TimeUnit }
  | {
      readonly kind: 'name';
      readonly name: string;
      readonly span: Span;
      /** Nobody wrote it: a call is always of the time of the row. */
      readonly isImplied?: true;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: SyntaxExpression;
      readonly right: SyntaxExpression;
      readonly span: Span;
    }
  | { readonly kind: 'not'; readonly operand: SyntaxExpression; readonly span: Span }
  | { readonly kind: 'negate'; readonly operand: SyntaxExpression; readonly span: Span }
  | {
      readonly kind: 'in';
      readonly value: SyntaxExpression;
      readonly list: readonly SyntaxExpression[];
      readonly span: Span;
    }
  | {
      /** `value IN (FROM …)`, or `(value, value) IN (FROM …)`. */
      readonly kind: 'inQuery';
      readonly values: readonly SyntaxExpression[];
      readonly query: Subquery;
      readonly span: Span;
    }
  | {
      readonly kind: 'like';
      readonly flavour: 'LIKE' | 'RLIKE';
      readonly value: SyntaxExpression;
      readonly patterns: readonly SyntaxExpression[];
      readonly span: Span;
    }
  | { readonly kind: 'isNull'; readonly value: SyntaxExpression; readonly negated: boolean; readonly span: Span }
  | { readonly kind: 'cast'; readonly value: SyntaxExpression; readonly typeName: string; readonly span: Span }
  | {
      readonly kind: 'call';
      readonly name: string;
      /** The name that stands in the query, where it means a call of another: EARLIEST is FIRST. */
      readonly written?: string;
      readonly args: readonly SyntaxExpression[];
      /** `f(*)`. */
      readonly star: boolean;
      /** `f(a, {"name": value})`. */
      readonly options?: readonly CallOption[];
      readonly span: Span;
    };

/** The text that a literal is; null for any other expression. */
export const literalText = (expression: SyntaxExpression): string | null =>
  expression.kind === 'literal' && typeof expression.value === 'string' ? expression.value : null;

export interface CallOption {
  readonly name: string;
  readonly value: bigint | number | string | boolean;
  readonly span: Span;
}

/** `name = expression` or a bare expression, whose name is its text. `span` covers the whole item. */
export interface NamedExpression {
  readonly name: string;
  /** Where the name was given, or the expression when it was not. */
  readonly nameSpan: Span;
  readonly named: boolean;
  readonly expression: SyntaxExpression;
  readonly span: Span;
}

interface CommandBase {
  readonly span: Span;
}
export interface FromCommand extends CommandBase {
  readonly command: 'from';
  /** Written TS: the rows are time series. */
  readonly isSeries?: true;
  readonly patterns: readonly {
    readonly text: string;
    readonly span: Span;
    /** Views fit it, so that no index need do so. */
    readonly isOptional?: boolean;
  }[];
  readonly subqueries: readonly Subquery[];
  readonly metadata: readonly { readonly name: string; readonly span: Span }[];
}
export interface RowCommand extends CommandBase {
  readonly command: 'row';
  readonly fields: readonly NamedExpression[];
}
export interface WhereCommand extends CommandBase {
  readonly command: 'where';
  readonly condition: SyntaxExpression;
}
export interface EvalCommand extends CommandBase {
  readonly command: 'eval';
  readonly fields: readonly NamedExpression[];
}
export interface KeepCommand extends CommandBase {
  readonly command: 'keep';
  readonly patterns: readonly NamePattern[];
}
export interface DropCommand extends CommandBase {
  readonly command: 'drop';
  readonly patterns: readonly NamePattern[];
}
export interface RenameCommand extends CommandBase {
  readonly command: 'rename';
  readonly clauses: readonly { readonly from: NamePattern; readonly to: NamePattern; readonly span: Span }[];
}
export interface StatsCommand extends CommandBase {
  readonly command: 'stats';
  readonly aggregates: readonly (NamedExpression & { readonly filter: SyntaxExpression | null })[];
  readonly groupings: readonly NamedExpression[];
}
export interface SortCommand extends CommandBase {
  readonly command: 'sort';
  readonly keys: readonly {
    readonly expression: SyntaxExpression;
    readonly descending: boolean;
    readonly nulls: 'first' | 'last';
    readonly span: Span;
  }[];
}
export interface LimitCommand extends CommandBase {
  readonly command: 'limit';
  readonly count: bigint;
  /** What rows must have in common to count together; null where all do. */
  readonly by: readonly SyntaxExpression[] | null;
}
/** The rows with the largest or smallest values: SORT and LIMIT in one. */
interface RankedRows extends CommandBase {
  readonly value: SyntaxExpression;
  readonly count: bigint;
  readonly by: readonly SyntaxExpression[] | null;
}
export interface TopkCommand extends RankedRows {
  readonly command: 'topk';
}
export interface BottomkCommand extends RankedRows {
  readonly command: 'bottomk';
}
export interface ShowCommand extends CommandBase {
  readonly command: 'show';
}
export interface MvExpandCommand extends CommandBase {
  readonly command: 'mv_expand';
  readonly column: { readonly name: string; readonly span: Span };
}
export interface SampleCommand extends CommandBase {
  readonly command: 'sample';
  readonly probability: number;
}
export interface DissectCommand extends CommandBase {
  readonly command: 'dissect';
  readonly value: SyntaxExpression;
  readonly pattern: string;
  readonly separator: string;
}
export interface GrokCommand extends CommandBase {
  readonly command: 'grok';
  readonly value: SyntaxExpression;
  readonly patterns: readonly string[];
}
export interface UriPartsCommand extends CommandBase {
  readonly command: 'uri_parts';
  readonly prefix: string;
  readonly value: SyntaxExpression;
}
export interface RegisteredDomainCommand extends CommandBase {
  readonly command: 'registered_domain';
  readonly prefix: string;
  readonly value: SyntaxExpression;
}
/** `"name": value` behind WITH, or a list of values. */
export interface WithOption {
  readonly name: string;
  readonly value: LiteralValue | readonly LiteralValue[];
  readonly span: Span;
}
export interface UserAgentCommand extends CommandBase {
  readonly command: 'user_agent';
  readonly prefix: string;
  readonly value: SyntaxExpression;
  readonly options: readonly WithOption[];
}
export interface IpLocationCommand extends CommandBase {
  readonly command: 'ip_location';
  readonly prefix: string;
  readonly value: SyntaxExpression;
  readonly options: readonly WithOption[];
}
export interface InlineStatsCommand extends CommandBase {
  readonly command: 'inline';
  readonly aggregates: StatsCommand['aggregates'];
  readonly groupings: StatsCommand['groupings'];
}
export interface LookupJoinCommand extends CommandBase {
  readonly command: 'lookup';
  readonly index: { readonly text: string; readonly span: Span };
  /** Names of keys, or conditions over both sides. */
  readonly conditions: readonly SyntaxExpression[];
}
export interface HarrierLookupCommand extends CommandBase {
  readonly command: 'harrier_lookup';
  readonly list: { readonly text: string; readonly span: Span };
  /** The column whose values are looked up, and that of the list. */
  readonly left: { readonly name: string; readonly span: Span };
  readonly right: { readonly name: string; readonly span: Span };
  readonly by: ListMatch;
}
export interface EnrichCommand extends CommandBase {
  readonly command: 'enrich';
  readonly policy: { readonly text: string; readonly span: Span };
  /** The column to match; the policy's own field when there is none. */
  readonly on: { readonly name: string; readonly span: Span } | null;
  /** Fields of the policy and the names they get; all when there are none. */
  readonly fields: readonly { readonly name: string; readonly field: string; readonly span: Span }[] | null;
}
export interface DedupCommand extends CommandBase {
  readonly command: 'dedup';
}
export interface ChangePointCommand extends CommandBase {
  readonly command: 'change_point';
  readonly value: SyntaxExpression;
  /** What the values are in the order of: the timestamp when nothing is said. */
  readonly key: SyntaxExpression;
  readonly type: string;
  readonly pvalue: string;
  readonly groups: readonly SyntaxExpression[];
}
export interface FillNullCommand extends CommandBase {
  readonly command: 'fillnull';
  /** A literal; null for the default of each type. */
  readonly value: SyntaxExpression | null;
  readonly patterns: readonly NamePattern[];
}
export interface FuseCommand extends CommandBase {
  readonly command: 'fuse';
  readonly method: 'rrf' | 'linear';
  readonly score: { readonly name: string; readonly span: Span };
  readonly group: { readonly name: string; readonly span: Span };
  readonly keys: readonly { readonly name: string; readonly span: Span }[];
  readonly options: readonly CallOption[];
}
export interface TsInfoCommand extends CommandBase {
  readonly command: 'ts_info';
}
export interface MetricsInfoCommand extends CommandBase {
  readonly command: 'metrics_info';
}
/** `HARRIER_PREVIOUS name = value ON key BY groups`. */
export interface HarrierPreviousCommand extends CommandBase {
  readonly command: 'harrier_previous';
  readonly name: string;
  readonly value: SyntaxExpression;
  readonly key: SyntaxExpression;
  readonly groups: readonly SyntaxExpression[];
}
export interface ForkCommand extends CommandBase {
  readonly command: 'fork';
  readonly branches: readonly (readonly ProcessingCommand[])[];
}

export type SourceCommand = FromCommand | RowCommand | ShowCommand;
export type ProcessingCommand =
  | WhereCommand
  | EvalCommand
  | KeepCommand
  | DropCommand
  | RenameCommand
  | StatsCommand
  | SortCommand
  | LimitCommand
  | TopkCommand
  | BottomkCommand
  | MvExpandCommand
  | SampleCommand
  | DissectCommand
  | GrokCommand
  | UriPartsCommand
  | RegisteredDomainCommand
  | HarrierLookupCommand
  | HarrierPreviousCommand
  | UserAgentCommand
  | IpLocationCommand
  | InlineStatsCommand
  | LookupJoinCommand
  | EnrichCommand
  | DedupCommand
  | ChangePointCommand
  | FillNullCommand
  | FuseCommand
  | TsInfoCommand
  | MetricsInfoCommand
  | ForkCommand;
export type Command = SourceCommand | ProcessingCommand;

/** A source command with processing commands in order. */
export interface Subquery {
  readonly source: SourceCommand;
  readonly pipeline: readonly ProcessingCommand[];
  /** Where the source command ends in the text, and then each command of the pipeline. */
  readonly ends: readonly number[];
}

/** What a setting is set to: a constant, or a map of constants by their names. */
export type SettingValue = LiteralValue | ReadonlyMap<string, LiteralValue>;

/** `SET name = value;` before a query. */
export interface Setting {
  readonly name: string;
  readonly value: SettingValue;
  readonly span: Span;
}

/** A parsed query. */
export interface Query extends Subquery {
  readonly settings: readonly Setting[];
}
