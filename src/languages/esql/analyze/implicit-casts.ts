import type { Parameter } from '../../../functions/definition.ts';
import { parseTimeSpan } from '../../../functions/time-spans.ts';
import { type Constant, type ConstantScalar, constant, type Expression } from '../../../plan/expression.ts';
import { parseDate, parseDateNanos } from '../../../values/date.ts';
import { parseIp } from '../../../values/ip.ts';
import { type EsqlType, isString, isTimeSpan } from '../../../values/types.ts';

/*
 * Literal texts become what their surroundings ask for: in comparisons and arithmetic the type of the other side (never
 * a number), in arguments of functions the first type that the parameter takes. Columns are never cast.
 */

const isLiteralText = (expression: Expression): boolean =>
  expression.kind === 'constant' && expression.type === 'keyword' && !expression.folded;

const comparing: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'IN']);
const operandTypes: readonly EsqlType[] = ['date', 'date_nanos', 'ip', 'version', 'boolean'];

/** For the operands of an operator: the type that each literal text becomes, if any. */
export function operandTargets(name: string, operands: readonly Expression[]): (EsqlType | undefined)[] {
  const arithmetic = name === '+' || name === '-';
  if ((!arithmetic && !comparing.has(name)) || !operands.some(isLiteralText)) return [];
  if (arithmetic && operands.some((operand) => isTimeSpan(operand.type))) {
    return operands.map((operand) => (isLiteralText(operand) ? 'date' : undefined));
  }
  const target = operands.find((operand) => operandTypes.includes(operand.type))?.type;
  return operands.map((operand) => (target && isLiteralText(operand) ? target : undefined));
}

const parameterTypes: readonly EsqlType[] = [
  'date',
  'date_period',
  'time_duration',
  'double',
  'long',
  'integer',
  'ip',
  'version',
  'boolean',
  'unsigned_long',
];

/** For an argument of a function: the type that a literal text becomes, if the parameter takes no text. */
export function implicitTarget(argument: Expression, { accepts, constant: known }: Parameter): EsqlType | undefined {
  // What must be known beforehand may be computed of constants.
  const isText = known ? argument.kind === 'constant' && argument.type === 'keyword' : isLiteralText(argument);
  if (!isText || accepts.types.some(isString)) return undefined;
  const target = parameterTypes.find((type) => accepts.types.includes(type));
  // Only an amount and a unit may be a span.
  const isAmount = argument.kind === 'constant' && /^\s*\S+\s+\S+\s*$/.test(String(argument.value));
  return target && isTimeSpan(target) && !isAmount ? undefined : target;
}

/** Casts a literal text, or a list of them; the error is Elasticsearch's. */
export function castLiteral(literal: Constant, type: EsqlType): Constant | { error: string } {
  if (isTimeSpan(type)) {
    const parsed = parseTimeSpan(String(literal.value), 'either');
    return 'error' in parsed ? parsed : constant(parsed.type, parsed.span, literal.span);
  }
  const values = Array.isArray(literal.value) ? literal.value : [literal.value];
  const converted: ConstantScalar[] = [];
  for (const value of values) {
    const result = convert(String(value), type);
    if (typeof result === 'object')
      return {
        error: `Cannot convert string [${value}] to [${type === 'date' ? 'DATETIME' : type.toUpperCase()}], error [${result.error}]`,
      };
    converted.push(result);
  }
  return constant(type, Array.isArray(literal.value) ? converted : converted[0]!, literal.span);
}

function convert(text: string, type: EsqlType): ConstantScalar | { error: string } {
  switch (type) {
    case 'date':
      return (
        parseDate(text) ?? { error: `failed to parse date field [${text}] with format [strict_date_optional_time]` }
      );
    case 'date_nanos':
      return (
        parseDateNanos(text) ?? {
          error: `failed to parse date field [${text}] with format [strict_date_optional_time_nanos]`,
        }
      );
    case 'ip':
      return parseIp(text) ?? { error: `'${text}' is not an IP string literal.` };
    case 'version':
      return text;
    case 'boolean':
      return text.toLowerCase() === 'true';
    case 'double': {
      const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? number : { error: `Cannot parse number [${text}]` };
    }
    default: {
      const bits = type === 'integer' ? 32 : 64;
      const number = /^\s*[+-]?\d+\s*$/.test(text) ? BigInt(text.trim().replace(/^\+/, '')) : null;
      const fits =
        number !== null &&
        (type === 'unsigned_long' ? number === BigInt.asUintN(64, number) : number === BigInt.asIntN(bits, number));
      return fits ? number : { error: `Cannot parse number [${text}]` };
    }
  }
}
