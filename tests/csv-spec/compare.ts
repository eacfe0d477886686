import type { SpecCase, SpecCell } from './spec-file.ts';

/** An answer of `_query`; integers that JavaScript cannot hold as texts. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly values: readonly (readonly unknown[])[];
  readonly warnings: readonly string[];
}

/** What differs: its kind, which cases are counted by, and the particulars. */
export interface Difference {
  readonly kind: 'refused' | 'fault' | 'columns' | 'types' | 'rows' | 'values' | 'warnings';
  readonly text: string;
}

const short: Readonly<Record<string, string>> = {
  ...{ i: 'integer', short: 'integer', byte: 'integer', l: 'long', d: 'double', float: 'double', half_float: 'double' },
  ...{ scaled_float: 'double', k: 'keyword', s: 'keyword', string: 'keyword', wildcard: 'keyword', n: 'null' },
  ...{
    datetime: 'date',
    dt: 'date',
    b: 'boolean',
    bool: 'boolean',
    ul: 'unsigned_long',
    dn: 'date_nanos',
    v: 'version',
  },
};
const typeName = (type: string): string => {
  const lower = type.toLowerCase();
  return Object.hasOwn(short, lower) ? short[lower]! : lower;
};

/** How an answer differs from a case; null when it is right. */
export function difference(wanted: SpecCase, got: Answer): Difference | null {
  if (got.status >= 500) return { kind: 'fault', text: `${got.status} ${got.reason}` };
  if (got.status >= 400) return { kind: 'refused', text: got.reason };
  const shown = (names: readonly string[]): string => names.join(', ').slice(0, 300);
  const names = got.columns.map(({ name }) => name);
  const wantedNames = wanted.columns.map(({ name }) => name);
  if (names.join('\n') !== wantedNames.join('\n'))
    return { kind: 'columns', text: `${shown(names)}; wanted ${shown(wantedNames)}` };
  const types = wanted.columns.map(({ type }) => typeName(type));
  const wrongType = got.columns.findIndex(({ type }, i) => type !== types[i]);
  if (wrongType >= 0)
    return {
      kind: 'types',
      text: `${names[wrongType]} is ${got.columns[wrongType]!.type}; wanted ${types[wrongType]}`,
    };
  if (got.values.length !== wanted.rows.length)
    return { kind: 'rows', text: `${got.values.length} rows; wanted ${wanted.rows.length}` };
  if (!wanted.approximate) {
    const rows = got.values.map((row) => row.map((value, i) => normal(value, types[i]!)));
    const expected = wanted.rows.map((row) => row.map((cell, i) => normal(cell, types[i]!)));
    const key = (row: readonly unknown[]): string =>
      JSON.stringify(row, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value));
    const order = (a: readonly unknown[], b: readonly unknown[]): number => (key(a) < key(b) ? -1 : 1);
    if (wanted.ignoreOrder) for (const list of [rows, expected]) list.sort(order);
    for (const [i, row] of rows.entries())
      for (const [j, value] of row.entries())
        if (!same(value, expected[i]![j]))
          return {
            kind: 'values',
            text: `row ${i + 1}, ${names[j]}: ${JSON.stringify(value)}; wanted ${JSON.stringify(expected[i]![j])}`,
          };
  }
  return warningsDiffer(wanted, got.warnings);
}

function warningsDiffer(wanted: SpecCase, given: readonly string[]): Difference | null {
  const got = given.filter((text) => !text.startsWith('No limit defined'));
  const missing = wanted.warnings.find((text) => !text.startsWith('No limit defined') && !got.includes(text));
  if (missing !== undefined) return { kind: 'warnings', text: `${JSON.stringify(got)}; wanted ${missing}` };
  const allowed = (text: string): boolean =>
    wanted.warnings.includes(text) || wanted.warningPatterns.some((pattern) => new RegExp(pattern).test(text));
  const extra = got.find((text) => !allowed(text));
  return extra === undefined ? null : { kind: 'warnings', text: `not wanted: ${extra}` };
}

type Normal = string | number | boolean | null | readonly Normal[];

/** A value in the one form that both sides can be compared in. */
function normal(value: unknown, type: string): Normal {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((one) => normal(one, type));
  const text = String(value as SpecCell);
  switch (type) {
    case 'integer':
    case 'long':
    case 'unsigned_long':
      // `1..18` is any number between.
      if (text.includes('..')) return text;
      return BigInt(/^-?\d+$/.test(text) ? text : Math.trunc(Number(text))).toString();
    case 'double':
      return Number(text);
    case 'boolean':
      return text.toLowerCase() === 'true';
    case 'date':
    case 'date_nanos':
      return instant(text);
    case 'geo_point':
    case 'geo_shape':
    case 'cartesian_point':
    case 'cartesian_shape':
      return text
        .toUpperCase()
        .replace(/-?\d+(?:\.\d+)?(?:E-?\d+)?/g, (digits) => Number(Number(digits).toPrecision(7)).toString())
        .replace(/\s*([(),])\s*/g, '$1')
        .trim();
    default:
      return typeof value === 'object' ? JSON.stringify(value) : text;
  }
}

/** An instant to the nanosecond, in UTC; a text that is none stays as it is. */
function instant(text: string): string {
  const [, seconds, fraction = ''] = /^([^.]*?)(?:\.(\d+))?Z?$/.exec(text) ?? [];
  const time = Date.parse(`${seconds}${seconds?.includes('T') ? 'Z' : ''}`);
  return Number.isNaN(time) ? text : `${time / 1000}.${fraction.padEnd(9, '0')}`;
}

function same(a: Normal | undefined, b: Normal | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (typeof a === 'number' && typeof b === 'number')
    return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  const range = typeof b === 'string' ? /^(\d+)\.\.(\d+)$/.exec(b) : null;
  return a === b || (range !== null && Number(a) >= Number(range[1]) && Number(a) <= Number(range[2]));
}
