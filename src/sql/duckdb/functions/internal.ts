import { bucketsOf } from '../../../functions/buckets.ts';
import { categoryFormat, categoryThreshold } from '../../../functions/grouping.ts';
import type { internals } from '../../../functions/internal.ts';
import { type CallOptions, optionOf } from '../../../plan/expression.ts';
import { isDate, isNumeric } from '../../../values/types.ts';
import { join, number, type Sql, sql, text } from '../../sql.ts';
import { mapList } from '../fragments.ts';
import { fromList, type Representation, single } from '../representation.ts';
import { storageType } from '../storage-type.ts';
import type { SqlFor } from './contract.ts';
import { likeInput, truncateDate, zoneOf } from './dates.ts';
import { timeOf } from './zones.ts';

const numberOption = (options: CallOptions | undefined, name: string): number | undefined => {
  const value = optionOf(options, name);
  return value === undefined ? undefined : Number(value);
};

/** The weight of a group, by its name; one where the options give none. */
function weightOf(group: Sql, options: CallOptions = []): Sql {
  const whens = options
    .filter(({ name }) => name.startsWith('weights.'))
    .map(({ name, value }) => sql`WHEN ${text(name.slice('weights.'.length))} THEN ${number(Number(value))}::DOUBLE`);
  return whens.length === 0 ? sql`1e0` : sql`(CASE ${group} ${whens.reduce((a, b) => sql`${a} ${b}`)} ELSE 1e0 END)`;
}

/** Whether a value, or one of several, is such a one. The condition may stand in a subquery, where DuckDB (1.5) takes no lambda. */
function anyOf(value: Representation, is: (one: Sql) => Sql): Representation {
  if (!value.list) return single(sql`(${is(value.single)})`);
  const any = sql`(SELECT bool_or(${is(sql`v`)}) FROM unnest(${value.list}) AS several(v))`;
  return single(sql`coalesce(${is(value.single)}, ${any})`);
}

export const internalSql: SqlFor<typeof internals> = {
  ONE_VALUE: ([value]) => value,

  BUCKETS(_, { args: [size, from, to], type, options }) {
    const zone = zoneOf(options);
    const { interval, width, range } = bucketsOf(isDate(type), size, from, to, zone);
    const { from: low, to: high, count } = range!;
    if (!interval) {
      const first = Math.floor(low / width!);
      return fromList(
        sql`list_transform(range(${number(BigInt(first))}, ${number(BigInt(first + count))}), lambda b: b * ${number(width!)}::DOUBLE)`,
      );
    }
    const time = (millis: number): Sql => sql`make_timestamp_ms(${number(BigInt(millis))})`;
    const { months, days, milliseconds } = interval;
    const step = sql`(to_months(${number(months)}) + to_days(${number(days)}) + to_milliseconds(${number(milliseconds)}))`;
    const starts = sql`generate_series(${truncateDate(time(low), interval)}, ${time(high - 1)}, ${step})`;
    return fromList(mapList(starts, (b) => likeInput(timeOf(b, zone), type)));
  },

  CATEGORIES([value], { options }) {
    // Tokens hold no line feed, so that texts of them stand in lines: JSON takes a good part of what categories take.
    const counts = sql`histogram(${value.single}) FILTER (WHERE ${value.single} IS NOT NULL)`;
    const texts = sql`array_to_string(map_keys(${counts}), chr(10))`;
    const weights = sql`array_to_string(map_values(${counts})::VARCHAR[], ' ')`;
    const given = sql`harrier_categories(${texts}, ${weights}, ${number(categoryThreshold(options))}::INTEGER, ${text(categoryFormat(options))})`;
    // A list even of one, for it is expanded at once, and named once, for it is costly.
    return { single: sql`NULL::VARCHAR`, list: sql`string_split(${given}, chr(10))` };
  },
  PART: ([value, place]) => sql`split_part(${value}, chr(9), ${place})`,

  RANGES: ([document, field, kind]) => sql`from_json(harrier_ranges(${document}, ${field}, ${kind}), '["VARCHAR"]')`,
  LOADED([document, index, name], { options = [] }) {
    const indices = options.map(({ value }) => text(String(value)));
    if (indices.length === 0) return fromList(sql`NULL::VARCHAR[]`);
    const values = sql`from_json(harrier_source_values(${document.single}, ${name.single}), '["VARCHAR"]')`;
    return fromList(sql`CASE WHEN ${index.single} IN (${join(indices, ', ')}) THEN ${values} END`);
  },

  BOUND([range, place], { type }) {
    const part = sql`split_part(${range}, chr(9), ${place})`;
    return type === 'date' ? sql`make_timestamp_ms(${part}::BIGINT)` : sql`${part}::${storageType(type)}`;
  },
  BETWEEN: ([value, low, high]) => anyOf(value, (one) => sql`${one} BETWEEN ${low.single} AND ${high.single}`),
  IN_RANGES: ([value, document, field]) =>
    anyOf(value, (one) => sql`harrier_in_ranges(${one}, ${document.single}, ${field.single})`),

  SHARE(given, { args, options }) {
    const [value, group, low, high, squares] = given.map((part, i) =>
      part && isNumeric(args[i]!.type) ? sql`(${part})::DOUBLE` : part,
    );
    const weight = weightOf(group!, options);
    const rankConstant = numberOption(options, 'rank_constant');
    if (rankConstant !== undefined) return sql`${weight} / (${number(rankConstant)} + ${value!})`;
    switch (optionOf(options, 'normalizer')) {
      case 'minmax':
        return sql`${weight} * (CASE WHEN ${high!} > ${low!} THEN (${value!} - ${low!}) / (${high!} - ${low!}) ELSE 0e0 END)`;
      case 'l2_norm':
        return sql`${weight} * (CASE WHEN ${squares!} > 0 THEN ${value!} / sqrt(${squares!}) ELSE 0e0 END)`;
      default:
        return sql`${weight} * ${value!}`;
    }
  },
  SUM_OF_SQUARES: ([value], { filter }) => single(sql`sum(pow((${value.single})::DOUBLE, 2))${filter}`),

  // Window i ends at `first + i * step`; the options say between which distances from there a time must lie.
  WINDOWS([time], { options }) {
    const [step, count] = [numberOption(options, 'step')!, numberOption(options, 'count')!];
    // In steps since the first window's end: the windows whose end is late enough, and whose beginning is not too late.
    const steps = (shift: number): Sql =>
      sql`((epoch_ms(${time.single}) + (${number(BigInt(Math.round(shift)))})) / ${number(BigInt(step))}::DOUBLE)`;
    const first = numberOption(options, 'first')!;
    const ends = steps(numberOption(options, 'to')! - first);
    const lowest = optionOf(options, 'to_inclusive') ? sql`ceil(${ends})` : sql`floor(${ends}) + 1`;
    const from = numberOption(options, 'from');
    const low = sql`greatest(0, ${lowest})::BIGINT`;
    if (from === undefined) return fromList(sql`range(${low}, ${number(BigInt(count))})`);
    const starts = steps(from - first);
    const highest = optionOf(options, 'from_inclusive') ? sql`floor(${starts}) + 1` : sql`ceil(${starts})`;
    return fromList(sql`range(${low}, least(${number(BigInt(count))}, ${highest})::BIGINT)`);
  },
};
