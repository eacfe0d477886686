import type { formats } from '../../../functions/formats.ts';
import { ident, join, number, type Sql, sql, text } from '../../sql.ts';
import type { Evaluation, SqlFor } from './contract.ts';
import { doubleToText } from './texts.ts';

/** Units from the smallest on, each with how many of the smallest it is. */
type Units = readonly (readonly [name: string, size: number])[];

const steps = (names: readonly string[], step: number): Units => names.map((name, i) => [name, step ** i]);
const binary = steps(['b', 'kb', 'mb', 'gb', 'tb', 'pb'], 1024);
const decimal = steps(['B', 'KB', 'MB', 'GB', 'TB', 'PB'], 1000);
const lengths: Units = [
  ['nanos', 1],
  ['micros', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 6e10],
  ['h', 3.6e12],
  ['d', 8.64e13],
];

/** A double as Java writes it, cut after the first digit behind the point, which is left out where it is zero. */
function cut(value: Sql): Sql {
  const p = ident('p');
  const [whole, digits] = [sql`split_part(${p}, '.', 1)`, sql`split_part(${p}, '.', 2)`];
  const digit = sql`left(${digits}, 1)`;
  const exponent = sql`regexp_extract(${digits}, 'E.*')`;
  const short = sql`${whole} || CASE WHEN ${digit} = '0' THEN '' ELSE '.' || ${digit} END || ${exponent}`;
  return sql`(list_transform([${doubleToText(value)}], lambda ${p}: ${short}))[1]`;
}

/** An amount in a unit: in the one asked for, else in the largest of which it is one at least. */
function measured(
  amount: Sql,
  unit: Sql | undefined,
  units: Units,
  { unbounded, tooSmall }: { readonly unbounded: string; readonly tooSmall: Sql },
): Evaluation {
  const asked = unit && sql`lower(${unit})`;
  const choose = (result: (name: string, size: number) => Sql): Sql => {
    const cases = [...units].reverse().map(([name, size]) => {
      const when = asked ? sql`${asked} = ${text(name.toLowerCase())}` : sql`${amount} >= ${number(size)}`;
      return sql`WHEN ${when} THEN ${result(name, size)}`;
    });
    const [first] = units;
    return sql`CASE ${join(cases, '\n')}${asked ? sql`` : sql` ELSE ${result(...first!)}`} END`;
  };
  const size = choose((_, one) => sql`${text(String(one))}::DOUBLE`);
  const known =
    asked &&
    sql`${asked} IN (${join(
      units.map(([name]) => text(name.toLowerCase())),
      ', ',
    )})`;
  const names = text(`], expected one of [${units.map(([name]) => name).join(', ')}]`);
  const unknown = sql`'Unsupported unit [' || ${unit ?? sql`''`} || ${names}`;
  const value = sql`CASE WHEN ${amount} = -1 ${known ? sql`AND ${known} ` : sql``}THEN ${text(unbounded)} WHEN ${amount} >= 0 THEN ${cut(sql`(${amount}::DOUBLE / ${size})`)} || ${choose((name) => text(name))} END`;
  return {
    value,
    failure: {
      when: known ? sql`${amount} < -1 OR NOT ${known}` : sql`${amount} < -1`,
      reason: sql`'java.lang.IllegalArgumentException: ' || CASE WHEN ${amount} < -1 THEN ${tooSmall} ELSE ${unknown} END`,
    },
  };
}

const shown = (amount: Sql): Sql => sql`(${amount})::VARCHAR`;

export const formatSql: SqlFor<typeof formats> = {
  FMT_BYTES: ([bytes, unit]) =>
    measured(bytes, unit, binary, {
      unbounded: '-1b',
      tooSmall: sql`'Values less than -1 bytes are not supported: ' || ${shown(bytes)} || 'b'`,
    }),
  FMT_BYTES_SI: ([bytes, unit]) =>
    measured(bytes, unit, decimal, {
      unbounded: '-1B',
      tooSmall: sql`'Values less than [-1] bytes are not supported: [' || ${shown(bytes)} || ']'`,
    }),
  FMT_DURATION([nanos, unit]) {
    const made = measured(nanos, unit, lengths, {
      unbounded: '-1',
      tooSmall: sql`'duration cannot be negative, was given [' || ${shown(nanos)} || ']'`,
    });
    return unit ? made : { ...made, value: sql`CASE WHEN ${nanos} = 0 THEN '0s' ELSE ${made.value} END` };
  },
  FMT_PERCENT([value]) {
    const percent = sql`(${value}::DOUBLE * 100e0)`;
    return sql`CASE WHEN ${percent} = trunc(${percent}) AND abs(${percent}) < 9e15 THEN (${percent})::BIGINT::VARCHAR || '%' ELSE harrier_percent(${percent}) END`;
  },
};
