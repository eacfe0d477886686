import type { Parameter, ScalarFunction } from '../../src/functions/definition.ts';
import { functions } from '../../src/functions/table.ts';
import { cellJson } from '../../src/values/json.ts';
import type { CellValue, EsqlType, ScalarValue } from '../../src/values/types.ts';

/*
 * Random calls of every function that works on one row: over columns, and over literals of the same values. What a call
 * comes to must not depend on which of them its arguments are.
 */

/** Types of fields, with values in the order in which they are stored. */
export const samples = {
  boolean: [true, false],
  integer: [0, 1, -1, 7, 42, 2147483647, -2147483648],
  long: ['0', '3', '-7', '3000000000', '9223372036854775807', '-9223372036854775808'],
  unsigned_long: ['0', '5', '9223372036854775808', '18446744073709551615'],
  double: [0, 0.5, -2.25, 1e6, 3.75, -0.125],
  keyword: ['alpha', 'Beta', '', 'élan', 'a b', 'true', '12', '10.0.0.1', '2026-03-10', 'YWJj', 'www.example.co.uk'],
  ip: ['10.0.0.1', '192.168.1.255', '8.8.8.8', '2001:db8::1', '::1'],
  version: ['1.2.3', '1.11.0', '1.2.3-beta', 'x', '2'],
  date: [
    '1970-01-01T00:00:00.000Z',
    '2024-02-29T12:34:56.789Z',
    '2026-03-10T23:59:59.999Z',
    '1955-06-15T00:00:00.000Z',
  ],
  date_nanos: ['1970-01-01T00:00:00.000000001Z', '2024-02-29T12:34:56.789123456Z', '2262-01-01T00:00:00.000Z'],
  geo_point: ['POINT (12.5 55.625)', 'POINT (-70.25 -33.5)', 'POINT (0.0 0.0)'],
  geo_shape: [
    'POLYGON ((10.0 50.0, 15.0 50.0, 15.0 60.0, 10.0 50.0))',
    'LINESTRING (-1.0 2.0, 3.0 4.5)',
    'BBOX (-5.0, 5.0, 5.0, -5.0)',
  ],
} as const satisfies Partial<Record<EsqlType, readonly (string | number | boolean)[]>>;

export type FieldType = keyof typeof samples;
export const fieldTypes = Object.keys(samples) as FieldType[];

/** Functions that no such call can be made of, and why. */
export const notCalled: Readonly<Record<string, string>> = {
  NOW: 'has no arguments',
  TRANGE: 'reads @timestamp',
  FIELD_EXTRACT: 'takes fields of a type that no literal has',
  FIELD_EXTRACT_FLATTENED: 'takes such fields too',
  ...Object.fromEntries(
    ['MIN', 'MAX', 'WITHIN', 'CONTAINS', 'INTERSECTS'].map((n) => [
      `RANGE_${n}`,
      'takes ranges, which no field here has',
    ]),
  ),
  ...Object.fromEntries(['MATCH', 'MATCH_PHRASE', 'MULTI_MATCH', 'TERM', 'QSTR', 'KQL'].map((n) => [n, 'is a search'])),
  ...Object.fromEntries(['BUCKET', 'CATEGORIZE'].map((n) => [n, 'makes groups'])),
};

export const called: readonly ScalarFunction[] = functions.filter(
  (definition): definition is ScalarFunction =>
    definition.kind === 'scalar' && !Object.hasOwn(notCalled, definition.name),
);

/** Constants that some parameters ask for, by the names of the parameters. */
const constants: Readonly<Record<string, readonly string[]>> = {
  pattern: ['"a*"', '".*a.*"'],
  interval: ['1 hour', '1 month', '3 days'],
  datePart: ['"year"', '"hour_of_day"'],
  unit: ['"days"', '"months"'],
  toUnit: ['"hours"', '"days"'],
  fromUnit: ['"month"', '"year"'],
  algorithm: ['"sha-256"', '"md5"'],
  blockX: ['"10.0.0.0/8"', '"::/0"'],
  order: ['"asc"', '"desc"'],
  dateFormat: ['"yyyy-MM-dd"'],
  datePattern: ['"yyyy-MM-dd"'],
  delim: ['","', '" "'],
  percentile: ['50', '12.5'],
};

export interface Call {
  readonly name: string;
  /** The call with what its arguments are of. */
  text(argument: (column: string, type: FieldType) => string): string;
  readonly columns: readonly string[];
}

const columnOf = (type: FieldType, several: boolean): string => `${type}_${several ? 'm' : 's'}`;

/** A random call; null where no argument of the types at hand fits. */
export function randomCall(definition: ScalarFunction, pick: (below: number) => number): Call | null {
  const parameters: Parameter[] = [];
  for (const parameter of definition.parameters as readonly Parameter[]) {
    if (parameter.optional && pick(2) === 0) break;
    parameters.push(parameter);
    if (parameter.variadic && pick(2) === 0) parameters.push(parameter);
  }
  const parts: (string | { readonly column: string; readonly type: FieldType })[] = [];
  let last: FieldType | null = null;
  for (const parameter of parameters) {
    const known = constants[parameter.name];
    const spans = parameter.accepts.types.some((type) => type === 'time_duration' || type === 'date_period');
    if (known && (parameter.constant || pick(2) === 0)) {
      parts.push(known[pick(known.length)]!);
      continue;
    }
    if (spans && parameter.constant) {
      parts.push('2 hours');
      continue;
    }
    const fitting = fieldTypes.filter((type) => parameter.accepts.types.includes(type));
    if (fitting.length === 0) return null;
    // Arguments that must be alike mostly are.
    const type: FieldType = last && fitting.includes(last) && pick(4) > 0 ? last : fitting[pick(fitting.length)]!;
    last = type;
    if (parameter.constant) parts.push(literal(String(samples[type][pick(samples[type].length)]), type));
    else parts.push({ column: columnOf(type, pick(3) === 0), type });
  }
  return {
    name: definition.name,
    columns: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.column])),
    text: (argument) =>
      `${definition.name}(${parts.map((part) => (typeof part === 'string' ? part : argument(part.column, part.type))).join(', ')})`,
  };
}

const quoted = (value: ScalarValue): string => JSON.stringify(String(value));

function literal(value: ScalarValue, type: FieldType): string {
  if (type === 'boolean' || type === 'integer') return String(value);
  if (type === 'double') return /[.eE]/.test(String(value)) ? `${value}` : `${value}.0`;
  return type === 'keyword' ? quoted(value) : `${quoted(value)}::${type}`;
}

/** A cell as the literal that stands for it. */
export function literalOf(cell: CellValue, type: FieldType): string {
  if (cell === null) return `null::${type}`;
  if (!Array.isArray(cell)) {
    const value = cell as ScalarValue;
    // A minus is an operator, and some numbers are too large without it.
    if (type === 'integer') return `${quoted(value)}::integer`;
    if (type === 'double') return `${quoted(cellJson(value, 'double'))}::double`;
    return literal(value, type);
  }
  const items = (cell as readonly ScalarValue[]).map((value) =>
    type === 'boolean' ? String(value) : quoted(type === 'double' ? cellJson(value, 'double') : value),
  );
  const list = `[${items.join(', ')}]`;
  return type === 'boolean' || type === 'keyword' ? list : `${list}::${type}`;
}
