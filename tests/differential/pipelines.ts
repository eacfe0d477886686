import {
  type Aggregate,
  aggregate,
  and,
  arithmetic,
  call,
  caseWhen,
  coalesce,
  compare,
  comparison,
  type Expression,
  extreme,
  field,
  fromValues,
  groups,
  isNull,
  literal,
  membership,
  multivalue,
  negation,
  or,
  type Row,
  type Scalar,
  type Type,
  type Value,
  valuesOf,
} from './reference.ts';

/** Reproducible random numbers. */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A pipeline as text, with the rows that it must give. */
export interface Pipeline {
  readonly text: string;
  readonly columns: readonly { readonly name: string; readonly type: Type }[];
  readonly rows: readonly (readonly Value[])[];
  /** Whether the order of the rows is part of the answer. */
  readonly ordered: boolean;
}

interface Column {
  readonly name: string;
  readonly type: Type;
}

const slices: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 1],
  [1, 2],
  [-2, -1],
  [-1, -1],
  [2, 5],
];
const types: readonly Type[] = ['integer', 'long', 'double', 'boolean', 'keyword', 'date'];

/** Makes a pipeline over rows whose column `n` identifies each. */
export function makePipeline(seed: number, from: string, columns: readonly Column[], rows: readonly Row[]): Pipeline {
  return new Maker(chance(seed), from, columns, rows).make();
}

class Maker {
  #text: string;
  #columns: Column[];
  #rows: Row[];
  #ordered = false;
  /** The rows can still be identified by `n`. */
  #unique = true;
  #made = 0;

  constructor(
    private readonly pick: (below: number) => number,
    from: string,
    columns: readonly Column[],
    rows: readonly Row[],
  ) {
    this.#text = `FROM ${from}`;
    this.#columns = [...columns];
    this.#rows = [...rows];
  }

  make(): Pipeline {
    const steps = 1 + this.pick(4);
    for (let i = 0; i < steps; i++) this.#step();
    const shown = this.#columns;
    this.#text += ` | KEEP ${shown.map(({ name }) => name).join(', ')}`;
    return {
      text: this.#text,
      columns: shown,
      rows: this.#rows.map((row) => shown.map(({ name }) => row.get(name) ?? null)),
      ordered: this.#ordered,
    };
  }

  #step(): void {
    const steps = [
      () => this.#eval(),
      () => this.#eval(),
      () => this.#eval(),
      () => this.#where(),
      () => this.#where(),
      () => this.#sort(),
      () => this.#expand(),
      () => this.#keep(),
      () => this.#stats(),
    ];
    this.#any(steps)();
  }

  #eval(): void {
    const others = this.#columns.filter(({ name }) => name !== 'n');
    const name = others.length > 0 && this.pick(5) === 0 ? this.#any(others).name : `x${++this.#made}`;
    const expression = this.#expression(this.#type(), 2);
    this.#text += ` | EVAL ${name} = ${expression.text}`;
    this.#rows = this.#rows.map((row) => new Map([...row, [name, expression.evaluate(row)]]));
    this.#columns = [...this.#columns.filter((column) => column.name !== name), { name, type: expression.type }];
  }

  #where(): void {
    const condition = this.#expression('boolean', 3);
    this.#text += ` | WHERE ${condition.text}`;
    this.#rows = this.#rows.filter((row) => condition.evaluate(row) === true);
  }

  #sort(): void {
    if (!this.#unique) return;
    const column = this.#any(this.#columns);
    const descending = this.pick(2) === 0;
    const last = this.pick(2) === 0;
    this.#text += ` | SORT ${column.name} ${descending ? 'DESC' : 'ASC'} NULLS ${last ? 'LAST' : 'FIRST'}, n`;
    const key = (row: Row): Scalar | null => {
      const values = [...valuesOf(row.get(column.name) ?? null)].sort(compare);
      return (descending ? values.at(-1) : values[0]) ?? null;
    };
    this.#rows = [...this.#rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      const ties = compare(a.get('n') as Scalar, b.get('n') as Scalar);
      if (x === null || y === null) return x === y ? ties : (x === null) === last ? 1 : -1;
      return (descending ? -compare(x, y) : compare(x, y)) || ties;
    });
    this.#ordered = true;
    if (this.pick(2) === 0) {
      const count = this.pick(8);
      this.#text += ` | LIMIT ${count}`;
      this.#rows = this.#rows.slice(0, count);
    }
  }

  #expand(): void {
    const others = this.#columns.filter((column) => column.name !== 'n');
    if (others.length === 0) return;
    const { name } = this.#any(others);
    this.#text += ` | MV_EXPAND ${name}`;
    this.#rows = this.#rows.flatMap((row) => {
      const values = valuesOf(row.get(name) ?? null);
      return (values.length === 0 ? [null] : values).map((value) => new Map([...row, [name, value]]));
    });
    this.#unique = false;
    this.#ordered = false;
  }

  #keep(): void {
    const [first] = this.#columns;
    const kept = this.#columns.filter((column) => column === first || column.name === 'n' || this.pick(3) > 0);
    this.#text += ` | KEEP ${kept.map(({ name }) => name).join(', ')}`;
    this.#columns = kept;
    this.#rows = this.#rows.map((row) => new Map(kept.map(({ name }) => [name, row.get(name) ?? null])));
  }

  #stats(): void {
    const count = 1 + this.pick(3);
    const aggregates: { name: string; of: Aggregate }[] = [];
    for (let i = 0; i < count; i++) aggregates.push({ name: `a${++this.#made}`, of: this.#aggregate() });
    const keys = Array.from({ length: this.pick(3) }, () =>
      this.#expression(this.#any(['keyword', 'integer', 'boolean', 'date'] as const), 1),
    );
    const named = keys.map((expression) => ({ name: `g${++this.#made}`, expression }));
    // A key that is a column already is unrolled with its twin: each stands once.
    const distinct = named.filter(
      ({ expression }, i) => named.findIndex((other) => other.expression.text === expression.text) === i,
    );
    const by =
      distinct.length > 0
        ? ` BY ${distinct.map(({ name, expression }) => `${name} = ${expression.text}`).join(', ')}`
        : '';
    this.#text += ` | STATS ${aggregates.map(({ name, of }) => `${name} = ${of.text}`).join(', ')}${by}`;
    const found = groups(
      this.#rows,
      distinct.map(({ expression }) => expression),
    );
    const all = distinct.length === 0 ? [{ keys: [], rows: this.#rows }] : found;
    this.#rows = all.map(
      ({ keys: values, rows }) =>
        new Map<string, Value>([
          ...aggregates.map(({ name, of }) => [name, of.over(rows)] as const),
          ...distinct.map(({ name }, i) => [name, values[i]!] as const),
        ]),
    );
    this.#columns = [
      ...aggregates.map(({ name, of }) => ({ name, type: of.type })),
      ...distinct.map(({ name, expression }) => ({ name, type: expression.type })),
    ];
    this.#unique = false;
    this.#ordered = false;
  }

  #aggregate(): Aggregate {
    const condition = this.pick(4) === 0 ? this.#expression('boolean', 1) : null;
    const numeric = (): Expression => this.#expression(this.#any(['integer', 'long', 'double'] as const), 1);
    switch (this.pick(6)) {
      case 0:
        return aggregate('COUNT', null, condition);
      case 1:
        return aggregate('COUNT', this.#expression(this.#type(), 1), condition);
      case 2:
        return aggregate(
          'COUNT_DISTINCT',
          this.#expression(this.#any(['integer', 'keyword', 'boolean', 'date'] as const), 1),
          condition,
        );
      case 3:
        return aggregate('SUM', numeric(), condition);
      case 4:
        return aggregate('AVG', numeric(), condition);
      default:
        return aggregate(this.pick(2) === 0 ? 'MIN' : 'MAX', this.#expression(this.#type(), 1), condition);
    }
  }

  #type(): Type {
    return this.#any(types);
  }

  #any<T>(items: readonly T[]): T {
    return items[this.pick(items.length)]!;
  }

  /** An expression of a type, no deeper than a number of calls. */
  #expression(type: Type, depth: number): Expression {
    const fields = this.#columns.filter((column) => column.type === type);
    if (depth === 0 || this.pick(5) === 0)
      return fields.length > 0 && this.pick(4) > 0 ? field(this.#any(fields).name, type) : this.#literal(type);
    const of = (wanted: Type): Expression => this.#expression(wanted, depth - 1);
    if (this.pick(4) === 0) return this.#ofAnyType(type, depth);
    switch (type) {
      case 'integer':
        return this.#any([
          () => arithmetic(this.#any(['+', '-', '*', '/', '%'] as const), of('integer'), of('integer')),
          () => call.length(of('keyword')),
          () => multivalue.count(of(this.#type())),
          () => call.abs(of('integer')),
          () => call.minus(of('integer')),
          () => call.toInteger(of(this.#any(['boolean', 'long', 'double'] as const))),
          () => multivalue.sum(of('integer')),
        ])();
      case 'long':
        return this.#any([
          () =>
            arithmetic(
              this.#any(['+', '-', '*', '/', '%'] as const),
              of('long'),
              of(this.#any(['integer', 'long'] as const)),
            ),
          () => call.toLong(of(this.#any(['integer', 'boolean'] as const))),
          () => call.minus(of('long')),
          () => multivalue.sum(of('long')),
        ])();
      case 'double':
        return this.#any([
          () =>
            arithmetic(
              this.#any(['+', '-', '*', '/'] as const),
              of('double'),
              of(this.#any(['integer', 'double'] as const)),
            ),
          () => call.toDouble(of(this.#any(['integer', 'long', 'boolean'] as const))),
          () => call.floor(of('double')),
          () => call.root(of(this.#any(['integer', 'double'] as const))),
          () => call.abs(of('double')),
        ])();
      case 'boolean':
        return this.#condition(depth);
      case 'keyword':
        return this.#any([
          () => call.concat(of('keyword'), of('keyword')),
          () => call.left(of('keyword'), this.#small()),
          () => call.right(of('keyword'), this.#small()),
          () => call.substring(of('keyword'), this.#small()),
          () => call.lower(of('keyword')),
          () => call.upper(of('keyword')),
          () => call.trim(of('keyword')),
          () => call.replace(of('keyword')),
          () => call.toText(of(this.#any(['integer', 'long', 'boolean', 'date'] as const))),
          () => multivalue.concat(of('keyword')),
        ])();
      case 'date':
        return this.#any([
          () => call.addDays(of('date'), this.pick(100) - 50),
          () => call.addMonths(of('date'), this.pick(30) - 15),
          () => call.truncate(of('date'), this.#any(['hour', 'day', 'month'] as const)),
        ])();
    }
  }

  #ofAnyType(type: Type, depth: number): Expression {
    const of = (wanted: Type): Expression => this.#expression(wanted, depth - 1);
    const same = (): Expression => of(type);
    const choices = [
      () => caseWhen(of('boolean'), same(), this.pick(2) === 0 ? same() : null),
      () => coalesce([same(), same()]),
      () => multivalue.pick(this.#any(['MV_FIRST', 'MV_LAST', 'MV_MIN', 'MV_MAX'] as const), same()),
      () => multivalue.sorted(same(), this.pick(2) === 0),
      () => multivalue.distinct(same()),
      () => multivalue.append(same(), same()),
      () => multivalue.slice(same(), ...this.#any(slices)),
      ...(type === 'boolean' ? [] : [() => extreme(this.#any(['GREATEST', 'LEAST'] as const), [same(), same()])]),
    ];
    return this.#any(choices)();
  }

  #condition(depth: number): Expression {
    const of = (wanted: Type): Expression => this.#expression(wanted, depth - 1);
    // What is constant and no literal may be known beforehand or not.
    const side = (): Expression => {
      const made = of('boolean');
      return made.constant && !/^(?:true|false)$/.test(made.text) ? this.#literal('boolean') : made;
    };
    const compared = this.#any(['integer', 'long', 'double', 'keyword', 'date'] as const);
    return this.#any([
      () => and(side(), side()),
      () => or(side(), side()),
      () => negation(of('boolean')),
      () => isNull(of(this.#type()), this.pick(2) === 0),
      () => comparison(this.#any(['==', '!=', '<', '<=', '>', '>='] as const), of(compared), of(compared)),
      () =>
        comparison(
          this.#any(['==', '!=', '<', '>'] as const),
          of('integer'),
          of(this.#any(['long', 'double'] as const)),
        ),
      () => membership(of(compared), [of(compared), of(compared), of(compared)]),
      () => call.startsWith(of('keyword'), of('keyword')),
      () => call.contains(of('keyword'), of('keyword')),
      () => call.like(of('keyword'), this.#any(['*', 'a*', '*e', '*o*', '?l*', 'alpha', ''])),
      () => call.toBoolean(of(this.#any(['integer', 'keyword', 'double'] as const))),
    ])();
  }

  #small(): Expression {
    const value = this.pick(8) - 3;
    return literal('integer', String(value), BigInt(value));
  }

  #literal(type: Type): Expression {
    switch (type) {
      case 'integer': {
        const value = this.#any([0, 1, 2, -1, 7, 100, 2147483647, -2147483648]);
        return literal(type, String(value), BigInt(value));
      }
      case 'long': {
        const value = this.#any([3000000000n, -3000000000n, 9223372036854775807n, 2147483648n]);
        return literal(type, value.toString(), value);
      }
      case 'double': {
        const value = this.#any([0.5, -2.25, 1000000, 3.75]);
        return literal(type, value.toFixed(2), value);
      }
      case 'boolean': {
        const value = this.pick(2) === 0;
        return literal(type, String(value), value);
      }
      case 'keyword': {
        const value = this.#any(['', 'a', 'alpha', 'é', 'o', ' x ']);
        return literal(type, JSON.stringify(value), value);
      }
      case 'date': {
        const value = this.#any(['2024-02-29T12:34:56.789Z', '1999-12-31T23:59:59.999Z', '2026-03-10T00:00:00.000Z']);
        return literal(type, `"${value}"::date`, BigInt(Date.parse(value)));
      }
    }
  }
}

/** Values as an index keeps them: keywords once each and in order, others in order. */
export const stored = (type: Type, values: readonly Scalar[]): Value =>
  fromValues([...(type === 'keyword' ? new Set(values) : values)].sort(compare));
