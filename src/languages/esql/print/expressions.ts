import { scalarNamed } from '../../../functions/table.ts';
import type {
  Call,
  CallOptions,
  Constant,
  ConstantScalar,
  Expression,
  Search,
  TimeSpan,
} from '../../../plan/expression.ts';
import { optionOf } from '../../../plan/expression.ts';
import { formatDate, formatDateNanos } from '../../../values/date.ts';
import { formatIp } from '../../../values/ip.ts';
import type { EsqlType } from '../../../values/types.ts';
import { identifier, string } from './tokens.ts';

/** A plan, or a part of one, that ES|QL has no words for. */
export class NotInEsql extends Error {}

/** What printing an expression asks of its surroundings. */
export interface PrintScope {
  /** What a column is in the text so far. */
  column(id: number, name: string): string;
  /** Tells of the zone in which a call reckons dates: the query has to set it. */
  zone(zone: string): void;
}

/** An expression as ES|QL, in parentheses where it is made by an operator. */
export function printExpression(expression: Expression, scope: PrintScope): string {
  switch (expression.kind) {
    case 'constant':
      return printConstant(expression);
    case 'column':
      return scope.column(expression.column.id, expression.column.name);
    case 'call':
      return printCall(expression, scope);
    case 'search':
      return printSearch(expression, scope);
    case 'inRanges':
      throw new NotInEsql('ranges of addresses, which a rewrite makes of CIDR_MATCH');
    case 'invalid':
      throw new NotInEsql('an expression that is wrong');
  }
}

const infix: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'AND', 'OR']);

function printCall(call: Call, scope: PrintScope): string {
  const { function: name } = call;
  const definition = scalarNamed(name);
  if (definition.family === 'internal') throw new NotInEsql(`the function ${name}, which stands for a command`);
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
    case 'RLIKE':
      return `(${first} ${name} ${rest.length === 1 ? rest[0] : `(${rest.join(', ')})`})`;
    default:
      return `${name}(${[...args, ...printOptions(call, scope)].join(', ')})`;
  }
}

/** What stands in braces; a zone that the function does not take as an option is set for the whole query. */
function printOptions({ function: name, options = [] }: Call, scope: PrintScope): string[] {
  const taken = scalarNamed(name).options ?? [];
  const zone = optionOf(options, 'time_zone');
  if (zone !== undefined && !taken.some((option) => option.name === 'time_zone')) scope.zone(String(zone));
  return optionText(options.filter((option) => taken.some((other) => other.name === option.name)));
}

const optionText = (options: CallOptions): string[] =>
  options.length === 0 ? [] : [`{${options.map(({ name, value }) => `${string(name)}: ${plain(value)}`).join(', ')}}`];

const plain = (value: ConstantScalar): string => (typeof value === 'string' ? string(value) : String(value));

function printSearch({ function: name, query, options = [], fields }: Search, scope: PrintScope): string {
  if (!query) throw new NotInEsql('a filter of the request');
  const asked = printConstant(query);
  const columns = fields.map(({ value }) => printExpression(value, scope));
  const braces = optionText(options);
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

function printConstant({ type, value }: Constant): string {
  if (value === null) return type === 'null' ? 'null' : `null::${castName(type)}`;
  if (Array.isArray(value)) {
    const items = value as readonly ConstantScalar[];
    // One that needs so wide a type gives it to all.
    const cast = items.some((item) => isBare(type, item)) ? '' : `::${castName(type)}`;
    return `[${items.map((item) => bare(type, item)).join(', ')}]${cast}`;
  }
  if (typeof value === 'object') return printSpan(value as TimeSpan);
  return printScalar(type, value as ConstantScalar);
}

const castName = (type: EsqlType): string => (type === 'date' ? 'datetime' : type);

const bareTypes: ReadonlySet<EsqlType> = new Set(['integer', 'double', 'keyword', 'boolean', 'version']);

/** Whether a literal is of the type without a word: whole numbers take the narrowest that holds them. */
function isBare(type: EsqlType, value: ConstantScalar): boolean {
  if (typeof value === 'bigint' && type === 'long') return value > 2n ** 31n - 1n || value < -(2n ** 31n);
  return bareTypes.has(type) || (typeof value === 'bigint' && type === 'unsigned_long' && value > 2n ** 63n - 1n);
}

function bare(type: EsqlType, value: ConstantScalar): string {
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return /^-?\d+$/.test(String(value)) ? `${value}.0` : String(value);
  if (type === 'date') return string(formatDate(value));
  if (type === 'date_nanos') return string(formatDateNanos(value));
  return type === 'ip' ? string(formatIp(value)) : value.toString();
}

const mostMillis = 8.64e15;

function printScalar(type: EsqlType, value: ConstantScalar): string {
  // A minus is an operator, and the smallest number one too large without it.
  if (typeof value === 'bigint' && value < 0n && (type === 'integer' || type === 'long')) return `"${value}"::${type}`;
  // Texts of dates reach less far than dates do.
  if (type === 'date' && Math.abs(Number(value)) > mostMillis) return `TO_DATETIME(${value})`;
  return isBare(type, value) ? bare(type, value) : `${bare(type, value)}::${castName(type)}`;
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
