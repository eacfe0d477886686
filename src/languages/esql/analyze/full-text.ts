import type { ScalarFunction } from '../../../functions/definition.ts';
import { scalarNamed } from '../../../functions/table.ts';
import type { Column } from '../../../plan/column.ts';
import {
  type CallOptions,
  type ConstantScalar,
  type ConstantValue,
  constant,
  type Expression,
  invalid,
  optionOf,
  reference,
} from '../../../plan/expression.ts';
import { own } from '../../../values/own.ts';
import { isZone } from '../../../values/time-zone.ts';
import type { EsqlType } from '../../../values/types.ts';
import { withFields } from '../../filters/clause-limits.ts';
import { type Condition, fieldsOf, QueryDslError } from '../../filters/condition.ts';
import { KqlError, parseKql } from '../../filters/kql.ts';
import { edits, parseQueryString } from '../../filters/query-string.ts';
import { typedCondition } from '../../filters/typed-condition.ts';
import type { AnalysisContext } from '../commands/command.ts';

/** How Elasticsearch's messages name a full-text function, as the query has it. */
export function fullTextName({ name }: { readonly name: string }, written: string): string {
  if (name === 'MATCH' && !/^match\b/i.test(written)) return '[:] operator';
  return `[${own({ MATCH_PHRASE: 'MatchPhrase', MULTI_MATCH: 'MultiMatch', TERM: 'Term' }, name) ?? name}] function`;
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Reports where a full-text function stands that must not stand there; true when all is well. */
export function mayStandHere(
  definition: ScalarFunction,
  args: readonly Expression[],
  span: Expression['span'],
  isCondition: boolean,
  context: AnalysisContext,
): boolean {
  const written = context.text(span);
  const shown = fullTextName(definition, written);
  const refuse = (message: string, at = span): false => {
    context.report(message, at);
    return false;
  };
  // A column that is always null fits nothing; a null that the query has is a mistake.
  const nothing = args.findIndex((arg) => arg.type === 'null' && arg.kind === 'constant');
  if (nothing >= 0) {
    const which = definition.parameters.length === 1 ? '' : `${ordinals[nothing] ?? `${nothing + 1}th`} `;
    return refuse(`${which}argument of [${written}] cannot be null, received [null]`);
  }
  const isQuery = definition.name === 'QSTR' || definition.name === 'KQL';
  const fields = fieldsIn(definition, args);
  const takesAny = definition.name === 'MATCH';
  const computed = fields.find(
    (field) => field.kind !== 'invalid' && field.type !== 'null' && !takesAny && !fieldOf(field)?.field,
  );
  if (!isCondition) refuse(`${shown} is only supported in WHERE and STATS commands`);
  if (computed)
    refuse(
      `${shown} cannot operate on [${context.text(computed.span)}], which is not a field from an index mapping`,
      computed.span,
    );
  const hinders = (keyword: string): boolean =>
    isQuery ? !['from', 'where', 'sort'].includes(keyword) : keyword === 'limit' || keyword === 'stats';
  const after = isCondition ? context.before.findLast(hinders) : undefined;
  if (after) refuse(`${shown} cannot be used after ${after.toUpperCase()}`);
  return isCondition && !computed && !after;
}

/** The arguments that are looked into. */
function fieldsIn({ name }: ScalarFunction, args: readonly Expression[]): readonly Expression[] {
  if (name === 'QSTR' || name === 'KQL') return [];
  return name === 'MULTI_MATCH' ? args.slice(1) : args.slice(0, 1);
}

/** A call of a full-text function as a search in the columns that it looks into. */
export function fullTextCall(
  definition: ScalarFunction,
  args: readonly Expression[],
  options: CallOptions,
  span: Expression['span'],
  scope: readonly Column[],
  now: bigint,
  context: AnalysisContext,
): Expression {
  const fields = fieldsIn(definition, args);
  if (fields.length > 0 && fields.every(({ type }) => type === 'null')) return constant('boolean', false, span);
  const asked = optionOf(options, 'time_zone');
  const ofQuery = definition.name === 'QSTR' || definition.name === 'KQL' ? context.timeZone : null;
  const zone = asked === undefined ? ofQuery : String(asked);
  if (zone !== null && !isZone(zone)) {
    context.report(`Invalid option [time_zone] in [${context.text(span)}], Unknown time-zone ID: ${zone}`, span);
    return invalid(span);
  }
  const all = asked === undefined && zone !== null ? [...options, { name: 'time_zone', value: zone }] : options;
  try {
    const condition = conditionOf(definition, args, options, context);
    if (!condition) return invalid(span);
    const whole = withFields(condition, scope);
    const named = definition.name === 'MATCH' ? [soughtIn(args[0]!)] : [];
    const sought = [...fieldsOf(whole)].flatMap((name): Sought[] => {
      const column = scope.find((candidate) => candidate.name === name);
      return named.length > 0 ? named : column ? [{ name, type: column.type, value: reference(column, span) }] : [];
    });
    return {
      kind: 'search',
      function: definition.name,
      query: args.find((arg) => arg.kind === 'constant') ?? null,
      ...(all.length > 0 && { options: all }),
      condition: typedCondition(whole, new Map(sought.map(({ name, type }) => [name, type])), Number(now), zone),
      fields: sought.map(({ name, value }) => ({ name, value })),
      type: 'boolean',
      multi: false,
      span,
    };
  } catch (error) {
    // A value that no field of its type can have is a mistake of the query.
    if (!(error instanceof QueryDslError)) throw error;
    context.report(error.message, span);
    return invalid(span);
  }
}

function conditionOf(
  { name }: ScalarFunction,
  args: readonly Expression[],
  options: CallOptions,
  context: AnalysisContext,
): Condition | null {
  const textOf = (arg: Expression | undefined): string => constantText(arg);
  const said = (option: string): string => String(optionOf(options, option) ?? '').toLowerCase();
  switch (name) {
    case 'QSTR': {
      const edits = /^\d+$/.test(said('fuzziness')) ? { fuzziness: Number(said('fuzziness')) } : {};
      return parseQueryString(textOf(args[0]), {
        fields: [String(optionOf(options, 'default_field') ?? '*')],
        operator: said('default_operator') === 'and' ? 'and' : 'or',
        lenient: said('lenient') === 'true',
        leadingWildcards: said('allow_leading_wildcard') !== 'false',
        prefixLength: Number(said('fuzzy_prefix_length')),
        phraseSlop: Number(said('phrase_slop')),
        least: (clauses) => leastOf(optionOf(options, 'minimum_should_match'), clauses),
        ...edits,
      });
    }
    case 'KQL':
      try {
        return parseKql(textOf(args[0]), {
          ignoreCase: said('case_insensitive') === 'true',
          ...(optionOf(options, 'default_field') !== undefined && {
            field: String(optionOf(options, 'default_field')),
          }),
        });
      } catch (error) {
        if (!(error instanceof KqlError)) throw error;
        context.report(`Failed to parse KQL query [${textOf(args[0])}]: ${error.message}`, args[0]!.span);
        return null;
      }
    case 'MULTI_MATCH': {
      return multiMatch(args[0]!, args.slice(1), options);
    }
    default:
      return fieldCondition(name, args[0]!, args[1]!, options);
  }
}

/** A text in any of several fields, by the type of the match. */
function multiMatch(query: Expression, fields: readonly Expression[], options: CallOptions): Condition {
  const type = String(optionOf(options, 'type') ?? 'best_fields').toLowerCase();
  const inAny = (text: Expression, given: CallOptions, name = 'MULTI_MATCH'): Condition => ({
    kind: 'or',
    parts: fields.map((field) => fieldCondition(name, field, text, given)),
  });
  if (type === 'phrase') return inAny(query, options, 'MATCH_PHRASE');
  if (type === 'phrase_prefix' || type === 'bool_prefix') {
    const isAll = isAnd(options);
    const how = type === 'phrase_prefix' ? 'prefix' : isAll ? 'allPrefix' : 'anyPrefix';
    const parts = fields.map((field): Condition => {
      const { name, type: fieldType } = soughtIn(field);
      return fieldType === 'null' ? { kind: 'none' } : { kind: 'words', field: name, text: constantText(query), how };
    });
    return { kind: 'or', parts };
  }
  const words = wordsIn(constantText(query));
  if (type !== 'cross_fields' || words.length < 2) return inAny(query, options);
  // Each word may be in another field.
  const plain = options.filter(({ name }) => name !== 'minimum_should_match' && name !== 'operator');
  const least = leastOf(optionOf(options, 'minimum_should_match'), words.length) ?? (isAnd(options) ? words.length : 1);
  const parts = words.map((word) => inAny({ ...constant('keyword', word, query.span) }, plain));
  return { kind: 'enough', parts, least };
}

const wordsIn = (text: string): string[] => [...new Set(text.match(/[\p{L}\p{N}_]+/gu) ?? [])];
const isAnd = (options: CallOptions): boolean => String(optionOf(options, 'operator') ?? 'or').toLowerCase() === 'and';

function fieldCondition(name: string, field: Expression, query: Expression, options: CallOptions): Condition {
  const { name: sought, type } = soughtIn(field);
  const text = constantText(query);
  if (type === 'null') return { kind: 'none' };
  if (name === 'TERM' && type === 'text') {
    const isWord = /^[\p{L}\p{N}_]+$/u.test(text) && text === text.toLowerCase();
    return { kind: 'words', field: sought, text: isWord ? text : '', how: 'any' };
  }
  const words = wordsIn(text);
  if (type === 'text' && words.length === 0 && String(optionOf(options, 'zero_terms_query')).toLowerCase() === 'all')
    // Every row fits; the field is named, so that the call is whole.
    return { kind: 'or', parts: [{ kind: 'all' }, { kind: 'exists', field: sought }] };
  if (name === 'MATCH_PHRASE') {
    const slop = Number(optionOf(options, 'slop') ?? 0);
    return { kind: 'words', field: sought, text, how: 'phrase', ...(slop > 0 && { slop }) };
  }
  const distance = editsIn(optionOf(options, 'fuzziness'));
  const prefix = Number(optionOf(options, 'prefix_length') ?? 0);
  const one = (word: string): Condition =>
    distance === null
      ? { kind: 'words', field: sought, text: word, how: 'any' }
      : { kind: 'fuzzy', field: sought, value: word, distance: distance ?? edits(word), prefix };
  if (type === 'keyword' && distance !== null) return one(text);
  if (type !== 'text') return { kind: 'equals', field: sought, values: [text], ignoreCase: false };
  const all = isAnd(options);
  const least = leastOf(optionOf(options, 'minimum_should_match'), words.length);
  if (least === null && distance === null) return { kind: 'words', field: sought, text, how: all ? 'all' : 'any' };
  return { kind: 'enough', parts: words.map(one), least: least ?? (all ? words.length : 1) };
}

/** How many edits a word may be away: undefined for as many as its length allows, null for none. */
function editsIn(fuzziness: ConstantScalar | undefined): number | undefined | null {
  const said = String(fuzziness ?? '0').toLowerCase();
  if (said.startsWith('auto')) return undefined;
  return Number(said) > 0 ? Math.min(2, Math.trunc(Number(said))) : null;
}

/** What a text is looked for in: a field by its name, or a value that was computed. */
interface Sought {
  readonly name: string;
  readonly type: EsqlType;
  readonly value: Expression;
}

function soughtIn(expression: Expression): Sought {
  const column = fieldOf(expression);
  return column?.field
    ? { name: column.name, type: column.type, value: reference(column, expression.span) }
    : { name: '(value)', type: expression.type, value: expression };
}

/** A field, or one that is converted on the way: the query is about the field itself. */
function fieldOf(expression: Expression): Column | null {
  if (expression.kind === 'column') return expression.column;
  const converted =
    expression.kind === 'call' && scalarNamed(expression.function).family === 'convert'
      ? expression.args[0]
      : undefined;
  return converted ? fieldOf(converted) : null;
}

/** How many of N words: a number, a negative number (that many may be missing), or a percentage. */
function leastOf(asked: unknown, words: number): number | null {
  const found = /^(-?\d+)(%?)$/.exec(String(asked ?? ''));
  if (!found) return null;
  const amount = found[2] ? Math.trunc((words * Number(found[1])) / 100) : Number(found[1]);
  return Math.max(1, Math.min(words, amount < 0 ? words + amount : amount));
}

function constantText(arg: Expression | undefined): string {
  const value: ConstantValue | undefined = arg?.kind === 'constant' ? arg.value : undefined;
  return String(value ?? '');
}
