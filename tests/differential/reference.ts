/*
 * A slow evaluator of ES|QL in plain JavaScript, written from the facts alone: one row at a time, no plan, no SQL. What
 * it and the engine answer must be the same.
 */

/** One value: whole numbers and dates (milliseconds) as bigint, doubles as number. */
export type Scalar = bigint | number | string | boolean;
/** What a cell holds: nothing, one value, or two and more. */
export type Value = Scalar | readonly Scalar[] | null;
export type Type = 'integer' | 'long' | 'double' | 'boolean' | 'keyword' | 'date';
export type Row = ReadonlyMap<string, Value>;

/** An expression that knows its text and how it is evaluated. */
export interface Expression {
  readonly type: Type;
  readonly text: string;
  /** The same for every row, and known before any is read. */
  readonly constant?: boolean;
  evaluate(row: Row): Value;
}

const isList = (value: Value): value is readonly Scalar[] => Array.isArray(value);
export const valuesOf = (value: Value): readonly Scalar[] => (value === null ? [] : isList(value) ? value : [value]);
export const fromValues = (values: readonly Scalar[]): Value =>
  values.length === 0 ? null : values.length === 1 ? values[0]! : values;

/** Strings order by their bytes. */
export function compare(a: Scalar, b: Scalar): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return a < b ? -1 : a > b ? 1 : 0;
}

export const field = (name: string, type: Type): Expression => ({
  type,
  text: name,
  evaluate: (row) => row.get(name) ?? null,
});

export const literal = (type: Type, text: string, value: Value): Expression => ({
  type,
  text,
  constant: true,
  evaluate: () => value,
});

/** A function of single values: null in, null out; several values give null. */
function single(
  type: Type,
  text: string,
  args: readonly Expression[],
  apply: (...values: never[]) => Scalar | null,
): Expression {
  return {
    type,
    text,
    constant: args.every((arg) => arg.constant === true),
    evaluate(row) {
      const values = args.map((arg) => arg.evaluate(row));
      if (values.some((value) => value === null || isList(value))) return null;
      return apply(...(values as never[]));
    },
  };
}

/** A conversion: each value on its own, what fails left out. */
function each(type: Type, text: string, arg: Expression, apply: (value: never) => Scalar | null): Expression {
  return {
    type,
    text,
    evaluate: (row) =>
      fromValues(
        valuesOf(arg.evaluate(row)).flatMap((value) =>
          (apply(value as never) ?? null) === null ? [] : [apply(value as never)!],
        ),
      ),
  };
}

const bits = { integer: 32, long: 64 } as const;
const wrapped = (type: 'integer' | 'long', value: bigint): bigint | null =>
  value === BigInt.asIntN(bits[type], value) ? value : null;
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function arithmetic(operator: '+' | '-' | '*' | '/' | '%', a: Expression, b: Expression): Expression {
  const type: Type =
    a.type === 'double' || b.type === 'double' ? 'double' : a.type === 'long' || b.type === 'long' ? 'long' : 'integer';
  return single(type, `(${a.text} ${operator} ${b.text})`, [a, b], (x: bigint | number, y: bigint | number) => {
    if (type === 'double') {
      const [left, right] = [Number(x), Number(y)];
      const result = { '+': left + right, '-': left - right, '*': left * right, '/': left / right, '%': left % right };
      return finite(result[operator]);
    }
    const [left, right] = [BigInt(x), BigInt(y)];
    if ((operator === '/' || operator === '%') && right === 0n) return null;
    const result = {
      '+': () => left + right,
      '-': () => left - right,
      '*': () => left * right,
      '/': () => left / right,
      '%': () => left % right,
    };
    const whole = result[operator]();
    // The smallest number divided by -1 is itself, as Java has it.
    return operator === '/'
      ? BigInt.asIntN(bits[type as 'integer' | 'long'], whole)
      : wrapped(type as 'integer' | 'long', whole);
  });
}

export const comparison = (operator: '==' | '!=' | '<' | '<=' | '>' | '>=', a: Expression, b: Expression): Expression =>
  single('boolean', `(${a.text} ${operator} ${b.text})`, [a, b], (x: Scalar, y: Scalar) => {
    const mixed = typeof x !== typeof y;
    const order = mixed ? compare(Number(x), Number(y)) : compare(x, y);
    return { '==': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
      operator
    ];
  });

/** Three-valued; a list on either side makes the result null, unless a constant has decided it before. */
function logic(operator: 'AND' | 'OR', a: Expression, b: Expression): Expression {
  const decisive = operator === 'OR';
  const nowhere: Row = new Map();
  const decided = [a, b].some((side) => side.constant && side.evaluate(nowhere) === decisive);
  return {
    type: 'boolean',
    text: `(${a.text} ${operator} ${b.text})`,
    constant: decided || (a.constant === true && b.constant === true),
    evaluate(row) {
      if (decided) return decisive;
      const neutral = [a, b].find((side) => side.constant && side.evaluate(nowhere) === !decisive);
      if (neutral) return (neutral === a ? b : a).evaluate(row);
      const [x, y] = [a.evaluate(row), b.evaluate(row)];
      if (isList(x) || isList(y)) return null;
      if (x === decisive || y === decisive) return decisive;
      return x === null || y === null ? null : !decisive;
    },
  };
}
export const and = (a: Expression, b: Expression): Expression => logic('AND', a, b);
export const or = (a: Expression, b: Expression): Expression => logic('OR', a, b);
export const negation = (a: Expression): Expression => single('boolean', `(NOT ${a.text})`, [a], (x: boolean) => !x);

export const isNull = (a: Expression, negated: boolean): Expression => ({
  type: 'boolean',
  text: `(${a.text} IS ${negated ? 'NOT ' : ''}NULL)`,
  constant: a.constant === true,
  evaluate: (row) => (a.evaluate(row) === null) !== negated,
});

/** No match and a null, or a list of several, in the list: null. */
export const membership = (value: Expression, list: readonly Expression[]): Expression => ({
  type: 'boolean',
  text: `(${value.text} IN (${list.map(({ text }) => text).join(', ')}))`,
  evaluate(row) {
    const one = value.evaluate(row);
    if (one === null || isList(one)) return null;
    const all = list.map((item) => item.evaluate(row));
    // With one element it is an equality.
    if (all.some((item) => item !== null && !isList(item) && compare(item, one) === 0)) return true;
    return all.some((item) => item === null || isList(item)) ? null : false;
  },
});

export const caseWhen = (condition: Expression, yes: Expression, no: Expression | null): Expression => ({
  type: yes.type,
  text: `CASE(${condition.text}, ${yes.text}${no ? `, ${no.text}` : ''})`,
  evaluate: (row) => (condition.evaluate(row) === true ? yes.evaluate(row) : (no?.evaluate(row) ?? null)),
});

export const coalesce = (args: readonly Expression[]): Expression => ({
  type: args[0]!.type,
  text: `COALESCE(${args.map(({ text }) => text).join(', ')})`,
  evaluate(row) {
    for (const arg of args) {
      const value = arg.evaluate(row);
      if (value !== null) return value;
    }
    return null;
  },
});

export const extreme = (name: 'GREATEST' | 'LEAST', args: readonly Expression[]): Expression => ({
  type: args[0]!.type,
  text: `${name}(${args.map(({ text }) => text).join(', ')})`,
  evaluate(row) {
    const pick = (values: readonly Scalar[]): Scalar =>
      values.reduce((a, b) => ((name === 'GREATEST') === compare(a, b) >= 0 ? a : b));
    const values = args.map((arg) => arg.evaluate(row));
    if (values.some((value) => value === null)) return null;
    return pick(values.map((value) => pick(valuesOf(value))));
  },
});

/** Functions by the shape of their arguments. */
export const call = {
  length: (a: Expression) => single('integer', `LENGTH(${a.text})`, [a], (x: string) => BigInt([...x].length)),
  concat: (a: Expression, b: Expression) =>
    single('keyword', `CONCAT(${a.text}, ${b.text})`, [a, b], (x: string, y: string) => x + y),
  left: (a: Expression, n: Expression) =>
    single('keyword', `LEFT(${a.text}, ${n.text})`, [a, n], (x: string, y: bigint) =>
      [...x].slice(0, Math.max(0, Number(y))).join(''),
    ),
  right: (a: Expression, n: Expression) =>
    single('keyword', `RIGHT(${a.text}, ${n.text})`, [a, n], (x: string, y: bigint) => {
      const letters = [...x];
      return letters.slice(Math.max(0, letters.length - Math.max(0, Number(y)))).join('');
    }),
  substring: (a: Expression, start: Expression) =>
    single('keyword', `SUBSTRING(${a.text}, ${start.text})`, [a, start], (x: string, y: bigint) => {
      const letters = [...x];
      const from = y > 0n ? Number(y) - 1 : y === 0n ? 0 : Math.max(0, letters.length + Number(y));
      return letters.slice(from).join('');
    }),
  startsWith: (a: Expression, b: Expression) =>
    single('boolean', `STARTS_WITH(${a.text}, ${b.text})`, [a, b], (x: string, y: string) => x.startsWith(y)),
  contains: (a: Expression, b: Expression) =>
    single('boolean', `CONTAINS(${a.text}, ${b.text})`, [a, b], (x: string, y: string) => x.includes(y)),
  trim: (a: Expression) => single('keyword', `TRIM(${a.text})`, [a], (x: string) => x.trim()),
  replace: (a: Expression) =>
    single('keyword', `REPLACE(${a.text}, "[aeiou]", "*")`, [a], (x: string) => x.replace(/[aeiou]/g, '*')),
  /** What everything fits asks whether there is anything. */
  like: (a: Expression, pattern: string): Expression =>
    pattern === '*'
      ? { ...isNull(a, true), text: `(${a.text} LIKE "*")` }
      : single('boolean', `(${a.text} LIKE "${pattern}")`, [a], (x: string) =>
          new RegExp(
            `^${pattern
              .replace(/[.+^${}()|[\]\\]/g, '\\$&')
              .replace(/\*/g, '.*')
              .replace(/\?/g, '.')}$`,
            'su',
          ).test(x),
        ),
  lower: (a: Expression) => each('keyword', `TO_LOWER(${a.text})`, a, (x: string) => x.toLowerCase()),
  upper: (a: Expression) => each('keyword', `TO_UPPER(${a.text})`, a, (x: string) => x.toUpperCase()),
  toText: (a: Expression) =>
    each('keyword', `TO_STRING(${a.text})`, a, (x: Scalar) =>
      a.type === 'date' ? new Date(Number(x)).toISOString() : String(x),
    ),
  toInteger: (a: Expression) =>
    each('integer', `TO_INTEGER(${a.text})`, a, (x: Scalar) => {
      if (typeof x === 'boolean') return x ? 1n : 0n;
      if (typeof x === 'number')
        return x >= -2147483648 && x <= 2147483647 ? wrapped('integer', BigInt(Math.floor(x + 0.5))) : null;
      return wrapped('integer', x as bigint);
    }),
  toLong: (a: Expression) =>
    each('long', `TO_LONG(${a.text})`, a, (x: Scalar) => (typeof x === 'boolean' ? (x ? 1n : 0n) : (x as bigint))),
  toDouble: (a: Expression) => each('double', `TO_DOUBLE(${a.text})`, a, (x: Scalar) => Number(x)),
  toBoolean: (a: Expression) =>
    each('boolean', `TO_BOOLEAN(${a.text})`, a, (x: Scalar) =>
      typeof x === 'string' ? x.toLowerCase() === 'true' : Number(x) !== 0,
    ),
  abs: (a: Expression) =>
    single(a.type, `ABS(${a.text})`, [a], (x: bigint | number) =>
      typeof x === 'number' ? Math.abs(x) : wrapped(a.type as 'integer' | 'long', x < 0n ? -x : x),
    ),
  floor: (a: Expression) => single('double', `FLOOR(${a.text})`, [a], (x: number) => Math.floor(x)),
  root: (a: Expression) =>
    single('double', `SQRT(${a.text})`, [a], (x: number | bigint) => (Number(x) < 0 ? null : Math.sqrt(Number(x)))),
  minus: (a: Expression) =>
    single(a.type, `(-(${a.text}))`, [a], (x: bigint | number) =>
      typeof x === 'number' ? -x : wrapped(a.type as 'integer' | 'long', -x),
    ),
  addDays: (a: Expression, days: number) =>
    single('date', `(${a.text} + ${days} days)`, [a], (x: bigint) => x + BigInt(days) * 86_400_000n),
  addMonths: (a: Expression, months: number) =>
    single('date', `(${a.text} + ${months} months)`, [a], (x: bigint) => {
      const at = new Date(Number(x));
      const day = at.getUTCDate();
      at.setUTCDate(1);
      at.setUTCMonth(at.getUTCMonth() + months);
      const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
      at.setUTCDate(Math.min(day, last));
      return BigInt(at.getTime());
    }),
  truncate: (a: Expression, unit: 'hour' | 'day' | 'month') =>
    single('date', `DATE_TRUNC(1 ${unit}, ${a.text})`, [a], (x: bigint) => {
      const at = new Date(Number(x));
      at.setUTCMinutes(0, 0, 0);
      if (unit !== 'hour') at.setUTCHours(0);
      if (unit === 'month') at.setUTCDate(1);
      return BigInt(at.getTime());
    }),
};

/** Functions of all values of a cell. */
export const multivalue = {
  count: (a: Expression): Expression => ({
    type: 'integer',
    text: `MV_COUNT(${a.text})`,
    evaluate(row) {
      const value = a.evaluate(row);
      return value === null ? null : BigInt(valuesOf(value).length);
    },
  }),
  pick: (name: 'MV_MIN' | 'MV_MAX' | 'MV_FIRST' | 'MV_LAST', a: Expression): Expression => ({
    type: a.type,
    text: `${name}(${a.text})`,
    evaluate(row) {
      const values = valuesOf(a.evaluate(row));
      if (values.length === 0) return null;
      const sorted = [...values].sort(compare);
      return { MV_MIN: sorted[0]!, MV_MAX: sorted.at(-1)!, MV_FIRST: values[0]!, MV_LAST: values.at(-1)! }[name];
    },
  }),
  sum: (a: Expression): Expression => ({
    type: a.type,
    text: `MV_SUM(${a.text})`,
    evaluate(row) {
      const values = valuesOf(a.evaluate(row));
      if (values.length === 0) return null;
      if (a.type === 'double') return finite((values as number[]).reduce((x, y) => x + y, 0));
      return wrapped(
        a.type as 'integer' | 'long',
        (values as bigint[]).reduce((x, y) => x + y, 0n),
      );
    },
  }),
  sorted: (a: Expression, descending: boolean): Expression => ({
    type: a.type,
    text: `MV_SORT(${a.text}, "${descending ? 'DESC' : 'ASC'}")`,
    evaluate(row) {
      const values = [...valuesOf(a.evaluate(row))].sort(compare);
      return fromValues(descending ? values.reverse() : values);
    },
  }),
  distinct: (a: Expression): Expression => ({
    type: a.type,
    text: `MV_DEDUPE(${a.text})`,
    evaluate: (row) => fromValues([...new Set(valuesOf(a.evaluate(row)))]),
  }),
  append: (a: Expression, b: Expression): Expression => ({
    type: a.type,
    text: `MV_APPEND(${a.text}, ${b.text})`,
    evaluate(row) {
      const [x, y] = [a.evaluate(row), b.evaluate(row)];
      return x === null || y === null ? null : fromValues([...valuesOf(x), ...valuesOf(y)]);
    },
  }),
  slice: (a: Expression, start: number, end: number): Expression => ({
    type: a.type,
    text: `MV_SLICE(${a.text}, ${start}, ${end})`,
    evaluate(row) {
      const values = valuesOf(a.evaluate(row));
      const place = (at: number): number => (at < 0 ? values.length + at : at);
      const [from, to] = [Math.max(0, place(start)), place(end)];
      return to < 0 ? null : fromValues(values.slice(from, to + 1));
    },
  }),
  concat: (a: Expression): Expression => ({
    type: 'keyword',
    text: `MV_CONCAT(${a.text}, "-")`,
    evaluate(row) {
      const value = a.evaluate(row);
      return value === null ? null : valuesOf(value).join('-');
    },
  }),
};

/** An aggregate over the rows of a group. */
export interface Aggregate {
  readonly type: Type;
  readonly text: string;
  over(rows: readonly Row[]): Value;
}

export function aggregate(name: string, arg: Expression | null, condition: Expression | null): Aggregate {
  const text = `${name}(${arg?.text ?? '*'})${condition ? ` WHERE ${condition.text}` : ''}`;
  const type: Type = /^COUNT/.test(name)
    ? 'long'
    : name === 'AVG'
      ? 'double'
      : name === 'SUM'
        ? arg!.type === 'double'
          ? 'double'
          : 'long'
        : arg!.type;
  return {
    type,
    text,
    over(all) {
      const rows = condition ? all.filter((row) => condition.evaluate(row) === true) : all;
      if (!arg) return BigInt(rows.length);
      const values = rows.flatMap((row) => valuesOf(arg.evaluate(row)));
      switch (name) {
        case 'COUNT':
          return BigInt(values.length);
        case 'COUNT_DISTINCT':
          return BigInt(new Set(values.map((value) => (Object.is(value, -0) ? 0 : value))).size);
        case 'SUM':
          if (values.length === 0) return null;
          if (type === 'double') return finite((values as number[]).reduce((a, b) => a + b, 0));
          return wrapped(
            'long',
            (values as bigint[]).reduce((a, b) => a + b, 0n),
          );
        case 'AVG':
          // Whole numbers are added up exactly, as SUM does: the ends of 64 bits come to -1.
          return values.length === 0
            ? null
            : finite(
                (typeof values[0] === 'bigint'
                  ? Number((values as bigint[]).reduce((a, b) => a + b, 0n))
                  : (values as number[]).reduce((a, b) => a + b, 0)) / values.length,
              );
        default: {
          if (values.length === 0) return null;
          const sorted = [...values].sort(compare);
          return name === 'MIN' ? sorted[0]! : sorted.at(-1)!;
        }
      }
    },
  };
}

/** Rows in the groups of their keys: null is a key, and several values put a row into the group of each. */
export function groups(rows: readonly Row[], keys: readonly Expression[]): { keys: readonly Value[]; rows: Row[] }[] {
  const found = new Map<string, { keys: readonly Value[]; rows: Row[] }>();
  for (const row of rows) {
    let tuples: Value[][] = [[]];
    for (const key of keys) {
      const values = [...new Set(valuesOf(key.evaluate(row)))];
      tuples = tuples.flatMap((tuple) => (values.length === 0 ? [null] : values).map((value) => [...tuple, value]));
    }
    for (const tuple of tuples) {
      const id = tuple
        .map((value) => (value === null ? 'null' : `${typeof value} ${Object.is(value, -0) ? 0 : value}`))
        .join('\u0000');
      const group = found.get(id) ?? { keys: tuple, rows: [] };
      found.set(id, group);
      group.rows.push(row);
    }
  }
  return [...found.values()];
}
