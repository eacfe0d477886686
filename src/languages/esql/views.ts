import type { View } from '../../catalogue/catalogue.ts';
import { isWildcard, matchIndices, patternMatcher } from '../../catalogue/index-pattern.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { SourceText, type Span } from '../../diagnostics/source-text.ts';
import { parse } from './parse.ts';
import type {
  FromCommand,
  NamedExpression,
  ProcessingCommand,
  Query,
  Subquery,
  SyntaxExpression,
} from './syntax/ast.ts';

/*
 * Views are queries under a name. Where FROM names one, its query stands as a subquery, and its text follows that of the
 * query that uses it, so that every span has a place.
 */

/** Elasticsearch's bound on views within views. */
const deepest = 10;
/** Views that a query may come to. */
const most = 200;

export interface Expanded {
  readonly query: Query;
  readonly source: SourceText;
  readonly problems: readonly Diagnostic[];
}

/** A query with the views that it names put in their places. */
export function withViews(query: Query, source: SourceText, views: readonly View[]): Expanded {
  if (views.length === 0) return { query, source, problems: [] };
  const expansion = new Expansion(views, source);
  const expanded = expansion.query(query, []) as Query;
  return { query: expanded, source: expansion.source, problems: expansion.problems };
}

class Expansion {
  readonly problems: Diagnostic[] = [];
  #source: SourceText;
  #count = 0;
  readonly #byName: ReadonlyMap<string, View>;
  readonly #names: readonly string[];

  constructor(views: readonly View[], source: SourceText) {
    this.#source = source;
    this.#byName = new Map(views.map((view) => [view.name, view]));
    this.#names = [...this.#byName.keys()];
  }

  get source(): SourceText {
    return this.#source;
  }

  /** `within`: the names of the views that the query stands in. */
  query(query: Subquery, within: readonly string[]): Subquery {
    const source = query.source.command === 'from' ? this.#from(query.source, within) : query.source;
    const pipeline = query.pipeline.map((command) => this.#command(command, within));
    return { ...query, source, pipeline };
  }

  #from(from: FromCommand, within: readonly string[]): FromCommand {
    const patterns = from.patterns.flatMap(({ text, span }) =>
      text.split(',').map((part) => ({ text: part.trim(), span })),
    );
    const asked = patterns.map(({ text }) => text);
    // A wildcard of TS fits indices alone.
    const named = matchIndices(from.isSeries ? asked.filter((text) => !isWildcard(text)) : asked, this.#names);
    const isView = ({ text }: { text: string }): boolean => this.#byName.has(text.replace(/^-/, ''));
    const hasView = (text: string): boolean => isWildcard(text) && named.some(patternMatcher(text));
    const kept = patterns
      .filter((pattern) => !isView(pattern))
      .map((pattern) => (hasView(pattern.text) ? { ...pattern, isOptional: true } : pattern));
    const excludesOnly = kept.every(({ text }) => text.startsWith('-'));
    const subqueries = [
      ...from.subqueries.map((inner) => this.query(inner, within)),
      ...named.flatMap((name) => this.#view(this.#byName.get(name)!, from.span, within) ?? []),
    ];
    // Where every view is excluded again, indices are left, or a name that none has.
    if (named.length === 0) return { ...from, subqueries, patterns: excludesOnly ? from.patterns : kept };
    return { ...from, patterns: excludesOnly ? [] : kept, subqueries };
  }

  #view({ name, query: text }: View, span: Span, within: readonly string[]): Subquery | null {
    const problem = (message: string): null => {
      this.problems.push({ kind: 'verification', message, span });
      return null;
    };
    if (within.includes(name)) return problem(`circular view reference [${[...within, name].join(' -> ')}]`);
    if (within.length >= deepest)
      return problem(
        `The maximum allowed view depth of ${deepest} has been exceeded by [${[...within, name].join(' -> ')}]`,
      );
    this.#count += 1;
    if (this.#count > most) return problem(`the query comes to more than ${most} views`);
    const { query, diagnostics } = parse(new SourceText(text));
    if (!query) return problem(`view [${name}] cannot be read: ${diagnostics[0]?.message}`);
    if (query.settings.length > 0) return problem(`view [${name}] has settings, which only whole queries may have`);
    const { source, start } = this.#source.followedBy(text, name);
    this.#source = source;
    return this.query(shifted(query, start), [...within, name]);
  }

  #command(command: ProcessingCommand, within: readonly string[]): ProcessingCommand {
    if (command.command === 'fork')
      return {
        ...command,
        branches: command.branches.map((branch) => branch.map((one) => this.#command(one, within))),
      };
    const named = <T extends NamedExpression>(field: T): T => ({
      ...field,
      expression: this.#expression(field.expression, within),
    });
    switch (command.command) {
      case 'where':
        return { ...command, condition: this.#expression(command.condition, within) };
      case 'eval':
        return { ...command, fields: command.fields.map(named) };
      case 'stats':
      case 'inline': {
        const filter = (one: SyntaxExpression | null): SyntaxExpression | null => one && this.#expression(one, within);
        return { ...command, aggregates: command.aggregates.map((one) => ({ ...one, filter: filter(one.filter) })) };
      }
      default:
        return command;
    }
  }

  /** The queries within an expression. */
  #expression(expression: SyntaxExpression, within: readonly string[]): SyntaxExpression {
    const inner = (one: SyntaxExpression): SyntaxExpression => this.#expression(one, within);
    switch (expression.kind) {
      case 'inQuery':
        return { ...expression, values: expression.values.map(inner), query: this.query(expression.query, within) };
      case 'binary':
        return { ...expression, left: inner(expression.left), right: inner(expression.right) };
      case 'not':
        return { ...expression, operand: inner(expression.operand) };
      case 'isNull':
      case 'cast':
        return { ...expression, value: inner(expression.value) };
      case 'in':
        return { ...expression, value: inner(expression.value), list: expression.list.map(inner) };
      case 'call':
        return { ...expression, args: expression.args.map(inner) };
      default:
        return expression;
    }
  }
}

/** Syntax whose places are those of a text that stands further on. */
function shifted<T>(node: T, by: number): T {
  if (Array.isArray(node)) return node.map((one) => shifted(one, by)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const moved = Object.entries(node).map(([key, value]): [string, unknown] => {
    if ((key === 'start' || key === 'end') && typeof value === 'number') return [key, value + by];
    return [key, key === 'ends' ? (value as number[]).map((end) => end + by) : shifted(value, by)];
  });
  return Object.fromEntries(moved) as T;
}
