import type { Span } from '../../../diagnostics/source-text.ts';
import { castTargets } from '../../../functions/conversions.ts';
import { scalarNamed } from '../../../functions/table.ts';
import { parseTimeSpan } from '../../../functions/time-spans.ts';
import type {
  Call,
  CallOptions,
  Constant,
  ConstantScalar,
  Expression,
  Search,
  TimeSpan,
} from '../../../plan/expression.ts';
import { columnsIn, optionOf } from '../../../plan/expression.ts';
import { cidrBlocks } from '../../../values/cidr.ts';
import { formatDate, formatDateNanos } from '../../../values/date.ts';
import { formatIp } from '../../../values/ip.ts';
import { own } from '../../../values/own.ts';
import type { Since } from '../../../values/release.ts';
import { type EsqlType, isTimeSpan } from '../../../values/types.ts';
import { forms } from './forms.ts';
import { testedColumn } from './in-queries.ts';
import { NotInEsql } from './not-in-esql.ts';
import { identifier, string } from './tokens.ts';

/** What printing an expression asks of its surroundings. */
export interface PrintScope {
  /** What a column is in the text so far. */
  column(id: number, name: string): string;
  /** The condition that a column stands for, where one does: that a value is one of a query's. */
  inQuery?(id: number): string | undefined;
  /** Sets the zone in which a call computes dates: it holds for the whole query. */
  zone(zone: string): void;
  /** The grouping functions that may be used: those in BY in aggregates, and all of them in LIMIT BY. */
  readonly keys?: readonly string[] | 'all';
  /** Whether the release that the text is for has what came with another. */
  has(since: Since): boolean;
  /** Notes what the printed text of a call stands for in the query. */
  note?(text: string, span: Span): void;
  /** Refuses what the release lacks; what came with no later release is always there. */
  need(what: string, since: Since | undefined): void;
}

/** An expression as ES|QL, in parentheses where it is made by an operator. */
export function printExpression(expression: Expression, scope: PrintScope): string {
  switch (expression.kind) {
    case 'constant':
      return printConstant(expression, scope);
    case 'column':
      return scope.column(expression.column.id, expression.column.name);
    case 'call':
      return noted(printCall(expression, scope), expression, scope);
    case 'search':
      return noted(printSearch(expression, scope), expression, scope);
    case 'inRanges': {
      const blocks = expression.ranges.flatMap(cidrBlocks).map(string);
      const text = `CIDR_MATCH(${[printExpression(expression.value, scope), ...blocks].join(', ')})`;
      return noted(text, expression, scope);
    }
    case 'invalid':
      throw new NotInEsql('an expression that is wrong');
  }
}

function noted(text: string, { span }: Pick<Expression, 'span'>, scope: PrintScope): string {
  scope.note?.(text, span);
  return text;
}

const infix: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'AND', 'OR']);

function printCall(call: Call, scope: PrintScope): string {
  const { function: name } = call;
  const { family, since, isGrouping } = scalarNamed(name);
  const tested = testedColumn(call);
  const asked = tested && scope.inQuery?.(tested.id);
  if (asked) return asked;
  if (family === 'internal') throw new NotInEsql(`the function ${name}, which stands for a command`);
  const args = call.args.map((arg) => printExpression(arg, scope));
  const [first, ...rest] = args;
  if (infix.has(name)) return `(${args.join(` ${name} `)})`;
  switch (name) {
    case 'NOT':
      return `(NOT ${first})`;
    case 'NEGATE':
      return `(-${first})`;
    case 'IS NULL':
    case 'IS NOT NULL':
      return `(${first} ${name})`;
    case 'IN':
      return `(${first} IN (${rest.join(', ')}))`;
    case 'LIKE':
    case 'RLIKE': {
      if (rest.length === 1) return `(${first} ${name} ${rest[0]})`;
      if (scope.has(forms['LIKE with several patterns'])) return `(${first} ${name} (${rest.join(', ')}))`;
      return `(${rest.map((pattern) => `${first} ${name} ${pattern}`).join(' OR ')})`;
    }
    case 'COALESCE':
      if (isUnited(call, args)) {
        scope.need('a field of several types', forms['a field of several types']);
        return first!;
      }
  }
  if (isGrouping) {
    const inBy = namedCall(call, args, scope);
    return scope.keys === 'all' || scope.keys?.includes(inBy) ? inBy : truncated(call, args, scope);
  }
  if (name === 'MV_CONTAINS' && !scope.has(since!)) return olderContains(call, args, scope);
  return namedCall(call, args, scope);
}

function namedCall(call: Call, args: readonly string[], scope: PrintScope): string {
  scope.need(call.function, scalarNamed(call.function).since);
  return `${call.function}(${[...args, ...printOptions(call, scope)].join(', ')})`;
}

/** A key of STATS: there grouping functions may stand. */
export const printKey = (key: Expression, scope: PrintScope): string =>
  key.kind === 'call' && scalarNamed(key.function).isGrouping
    ? namedCall(
        key,
        key.args.map((arg) => printExpression(arg, scope)),
        scope,
      )
    : printExpression(key, scope);

/** BUCKET of a single row, which can stand in STATS … BY only: DATE_TRUNC and FLOOR are the same for given widths. */
function truncated(call: Call, args: readonly string[], scope: PrintScope): string {
  const [value, size, ...bounds] = call.args;
  if (call.function !== 'BUCKET' || bounds.length > 0 || size?.kind !== 'constant')
    throw new NotInEsql(`${call.function} outside of a STATS`);
  if (isTimeSpan(size.type)) return namedCall({ ...call, function: 'DATE_TRUNC' }, [...args].reverse(), scope);
  const width = bare('double', Number(size.value));
  return `(FLOOR(${value!.type === 'double' ? args[0] : `TO_DOUBLE(${args[0]})`} / ${width}) * ${width})`;
}

/** Whether these are the conversions of one field under each of its types: they are all written as one. */
function isUnited({ args }: Call, texts: readonly string[]): boolean {
  const read = new Set(args.flatMap(columnsIn).map(({ id }) => id));
  return texts.length > 1 && read.size === texts.length && new Set(texts).size === 1;
}

/** Whether one set of values holds another of constants: putting both together adds no value. */
function olderContains({ function: name, args }: Call, texts: readonly string[], scope: PrintScope): string {
  const { since } = scalarNamed(name);
  const [, wanted] = args;
  if (wanted?.kind !== 'constant' || wanted.value === null) scope.need(name, since);
  scope.need(name, scalarNamed('MV_APPEND').since);
  const count = (values: string): string => `MV_COUNT(MV_DEDUPE(${values}))`;
  return `COALESCE(${count(`MV_APPEND(${texts.join(', ')})`)} == ${count(texts[0]!)}, false)`;
}

/** What stands in braces; a zone that the function does not take as an option is set for the whole query. */
function printOptions({ function: name, options = [] }: Call, scope: PrintScope): string[] {
  const taken = scalarNamed(name).options ?? [];
  const zone = optionOf(options, 'time_zone');
  if (zone !== undefined && !taken.some((option) => option.name === 'time_zone')) scope.zone(String(zone));
  const given = options.filter((option) => taken.some((other) => other.name === option.name));
  const isSpan = ({ name, value }: CallOptions[number]): boolean =>
    taken.some((option) => option.name === name && option.type === 'distance') && isTimeSpanText(value);
  const texts = given.map((option) =>
    isSpan(option) ? `${string(option.name)}: ${option.value}` : optionText([option])[0]!,
  );
  return texts.length === 0 ? [] : [`{${texts.join(', ')}}`];
}

const isTimeSpanText = (value: ConstantScalar): boolean =>
  typeof value === 'string' && 'span' in parseTimeSpan(value, 'time_duration');

/** Options as they stand in braces. */
export const optionText = (options: CallOptions): string[] =>
  options.map(({ name, value }) => `${string(name)}: ${plain(value)}`);

const inBraces = (options: CallOptions): string[] =>
  options.length === 0 ? [] : [`{${optionText(options).join(', ')}}`];

const plain = (value: ConstantScalar): string => (typeof value === 'string' ? string(value) : String(value));

function printSearch({ function: name, query, options = [], fields }: Search, scope: PrintScope): string {
  if (!query) throw new NotInEsql('a filter of the request');
  const asked = printConstant(query, scope);
  const columns = fields.map(({ value }) => printExpression(value, scope));
  const braces = inBraces(options);
  scope.need(name, scalarNamed(name).since);
  switch (name) {
    case 'QSTR':
    case 'KQL':
      // The text names its fields itself.
      if (fields.some(({ name: field }, i) => identifier(field) !== columns[i]))
        throw new NotInEsql(`${name} on a field that has another name by then`);
      return `${name}(${[asked, ...braces].join(', ')})`;
    case 'MULTI_MATCH':
      return `${name}(${[asked, ...columns, ...braces].join(', ')})`;
    default:
      return `${name}(${[...columns, asked, ...braces].join(', ')})`;
  }
}

function printConstant({ type, value }: Constant, scope: PrintScope): string {
  if (value === null) {
    if (type === 'null') return 'null';
    if (type !== 'flattened') return converted('null', type, scope);
    // No conversion makes one.
    scope.need('FIELD_EXTRACT_FLATTENED', scalarNamed('FIELD_EXTRACT_FLATTENED').since);
    return 'FIELD_EXTRACT_FLATTENED(null, "")';
  }
  if (Array.isArray(value)) {
    const items = value as readonly ConstantScalar[];
    const list = `[${items.map((item) => bare(type, item)).join(', ')}]`;
    // One that needs so wide a type gives it to all.
    return items.some((item) => isBare(type, item)) ? list : converted(list, type, scope);
  }
  if (typeof value === 'object') return printSpan(value as TimeSpan);
  return printScalar(type, value as ConstantScalar, scope);
}

/** A literal as a value of another type: by its conversion, which is older than `::`. */
function converted(literal: string, type: EsqlType, scope: PrintScope): string {
  const name = own(castTargets, type);
  if (name === undefined) throw new NotInEsql(`a constant of the type ${type}`);
  scope.need(name, scalarNamed(name).since);
  return `${name}(${literal})`;
}

const bareTypes: ReadonlySet<EsqlType> = new Set(['integer', 'double', 'keyword', 'boolean']);

/** Whether a literal is of the type without a word: whole numbers take the narrowest that holds them. */
function isBare(type: EsqlType, value: ConstantScalar): boolean {
  if (typeof value === 'bigint' && type === 'long') return value > 2n ** 31n - 1n || value < -(2n ** 31n);
  return bareTypes.has(type) || (typeof value === 'bigint' && type === 'unsigned_long' && value > 2n ** 63n - 1n);
}

function bare(type: EsqlType, value: ConstantScalar): string {
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return String(value);
  if (Object.is(value, -0)) return '-0.0';
  if (typeof value === 'number') return /^-?\d+$/.test(String(value)) ? `${value}.0` : String(value);
  if (type === 'date') return string(formatDate(value));
  if (type === 'date_nanos') return string(formatDateNanos(value));
  return type === 'ip' ? string(formatIp(value)) : value.toString();
}

const mostMillis = 8.64e15;

function printScalar(type: EsqlType, value: ConstantScalar, scope: PrintScope): string {
  // A minus is an operator, and the smallest number one too large without it.
  if (typeof value === 'bigint' && value < 0n && (type === 'integer' || type === 'long'))
    return converted(string(value.toString()), type, scope);
  // Texts of dates reach less far than dates do.
  if (type === 'date' && Math.abs(Number(value)) > mostMillis) return `TO_DATETIME(${value})`;
  return isBare(type, value) ? bare(type, value) : converted(bare(type, value), type, scope);
}

const clock: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
  ['milliseconds', 1],
];

function printSpan({ months, days, milliseconds }: TimeSpan): string {
  const amount = (count: number, unit: string): string[] => (count === 0 ? [] : [`${count} ${unit}`]);
  const [unit, length] = clock.find(([, size]) => milliseconds % size === 0)!;
  const parts = [...amount(months, 'months'), ...amount(days, 'days'), ...amount(milliseconds / length, unit)];
  if (parts.length === 0) return '0 milliseconds';
  return parts.length === 1 ? parts[0]! : `(${parts.join(' + ')})`;
}
