import type { seriesInternals } from '../../../functions/series-internals.ts';
import { optionOf } from '../../../plan/expression.ts';
import { type EsqlType, isWholeNumber } from '../../../values/types.ts';
import { join, number, type Sql, sql, text } from '../../sql.ts';
import { fromList, type Representation, single, valuesOf } from '../representation.ts';
import { storageType } from '../storage-type.ts';
import type { EmitContext, SqlFor } from './contract.ts';

type Options = EmitContext['options'];

const numberOption = (options: Options, name: string): Sql => number(BigInt(Number(optionOf(options, name) ?? 0)));

/** Milliseconds since the epoch, with fractions for nanoseconds. */
const millis = (time: Sql, type: EsqlType): Sql =>
  type === 'date_nanos' ? sql`(epoch_ns(${time}) / 1e6)` : sql`epoch_ms(${time})::DOUBLE`;
const seconds = (time: Sql, type: EsqlType): Sql =>
  type === 'date_nanos' ? sql`(epoch_ns(${time}) / 1e9)` : sql`(epoch_ms(${time}) / 1e3)`;

/** How far a straight line goes on beyond the outermost value: to the bound, or half an interval where that is far. */
const reach = (gap: Sql, interval: Sql): Sql =>
  sql`(CASE WHEN ${gap} > ${interval} * 1.1e0 THEN ${interval} / 2e0 ELSE greatest(${gap}, 0e0) END)`;

/** A value and the time that it is of, in seconds. */
interface Point {
  readonly value: Sql;
  readonly time: Sql;
}

/** How much a counter grew from one value to the next: it began anew where the next is smaller. */
const growth = (from: Point, to: Point): Sql =>
  sql`(CASE WHEN ${to.value} >= ${from.value} THEN ${to.value} - ${from.value} ELSE ${to.value} END)`;

/** What something is in a unit of time; null where no time goes by, as between two values of one time. */
const per = (value: Sql, time: Sql): Sql => sql`(${value} / nullif(${time}, 0e0))`;

const slope = (from: Point, to: Point): Sql => per(growth(from, to), sql`(${to.time} - ${from.time})`);

/** How much a counter grew in a bucket, and in which time, where its bounds are known. */
function withinBounds(
  { count, first, last, resets }: { count: Sql; first: Point; last: Point; resets: Sql },
  { start, end }: { start: Sql; end: Sql },
  before: Point | null,
  after: Point | null,
): { increase: Sql; time: Sql; isPoint: Sql } {
  const total = sql`(${last.value} + ${resets})`;
  const sampled = sql`(${last.time} - ${first.time})`;
  const interval = sql`(${sampled} / ${count})`;
  const inside = per(sql`(${total} - ${first.value})`, sampled);
  const isLone = sql`${count} = 1`;
  const extrapolatedStart = sql`(CASE WHEN ${first.time} > ${start} THEN greatest(0e0, ${first.value} - ${reach(sql`(${first.time} - ${start})`, interval)} * ${inside}) ELSE ${first.value} END)`;
  const extrapolatedEnd = sql`(${total} + ${reach(sql`(${end} - ${last.time})`, interval)} * ${inside})`;
  const atStart = sql`CASE WHEN ${isLone} THEN ${first.value} ELSE ${extrapolatedStart} END`;
  const atEnd = sql`CASE WHEN ${isLone} THEN ${total} ELSE ${extrapolatedEnd} END`;
  const fromTime = sql`CASE WHEN ${isLone} THEN ${first.time} ELSE ${start} END`;
  const toTime = sql`CASE WHEN ${isLone} THEN ${last.time} ELSE ${end} END`;
  /** Where there is a value in the bucket beside, the line to it says what the counter was at the bound. */
  const whereBeside = (beside: Point | null, line: Sql, otherwise: Sql): Sql =>
    beside ? sql`(CASE WHEN ${beside.time} IS NOT NULL THEN ${line} ELSE ${otherwise} END)` : sql`(${otherwise})`;
  const lineBefore = before
    ? sql`(CASE WHEN ${first.value} >= ${before.value} THEN ${before.value} ELSE 0e0 END) + ${slope(before, first)} * (${start} - ${before.time})`
    : start;
  const lineAfter = after ? sql`${last.value} + ${slope(last, after)} * (${end} - ${last.time}) + ${resets}` : end;
  const from = whereBeside(before, start, fromTime);
  const to = whereBeside(after, end, toTime);
  return {
    increase: sql`(${whereBeside(after, lineAfter, atEnd)} - ${whereBeside(before, lineBefore, atStart)})`,
    time: sql`(${to} - ${from})`,
    isPoint: sql`${to} = ${from}`,
  };
}

/** The last two values of a series, the last of them first, as structures of value and time. */
function lastTwo({ single: one, list }: Representation, time: Sql, filter: Sql): Sql {
  const row = (value: Sql): Sql => sql`{v: ${value}, t: ${time}}`;
  if (!list) return sql`max_by(${row(one)}, CASE WHEN ${one} IS NOT NULL THEN ${time} END, 2)${filter}`;
  // Several values of one time follow one another in their order.
  const values = valuesOf({ single: one, list });
  const rows = sql`max_by({v: list_sort(${values}), t: ${time}}, CASE WHEN ${values} IS NOT NULL THEN ${time} END, 2)${filter}`;
  return sql`flatten(list_transform(${rows}, lambda r: list_transform(r.v, lambda v: {v: v, t: r.t})))`;
}

export const seriesInternalSql: SqlFor<typeof seriesInternals> = {
  SERIES(dimensions, { options = [] }) {
    const members = dimensions.map(({ single: one, list }, i) => {
      const name = text(`${JSON.stringify(options[i]!.name)}:`);
      const json = list
        ? sql`coalesce(to_json(${list})::VARCHAR, to_json(${one})::VARCHAR)`
        : sql`to_json(${one})::VARCHAR`;
      return sql`${name} || ${json}`;
    });
    // What is null is left out.
    return single(members.length === 0 ? sql`'{}'` : sql`('{' || concat_ws(',', ${join(members, ', ')}) || '}')`);
  },
  PACKED: ([{ single: one, list }]) =>
    single(list ? sql`coalesce(to_json(${list})::VARCHAR, to_json(${one})::VARCHAR)` : sql`${one}::VARCHAR`),

  BUCKET_END([bucket], { options, type }) {
    const [months, days, length] = ['months', 'days', 'milliseconds'].map((name) => numberOption(options, name));
    const span = sql`(to_months(${months!}::INTEGER) + to_days(${days!}::INTEGER) + to_milliseconds(${length!}))`;
    return sql`(${bucket}::TIMESTAMP + ${span})::${storageType(type)}`;
  },
  EARLIER: ([time, length], { type }) => sql`(${time}::TIMESTAMP - to_milliseconds(${length}))::${storageType(type)}`,
  REACHED([{ single: time }, { single: bucket }], { options, type }) {
    const step = sql`to_milliseconds(${numberOption(options, 'step')})`;
    const last = sql`(${time}::TIMESTAMP + to_milliseconds(${numberOption(options, 'reach')}) - ${step})`;
    const starts = sql`generate_series(${bucket}::TIMESTAMP, greatest(${bucket}::TIMESTAMP, ${last}), ${step})`;
    return fromList(type === 'date_nanos' ? sql`(${starts})::TIMESTAMP_NS[]` : starts);
  },

  COUNTER_CHANGE([count, first, last, firstTime, lastTime, resets, ...others], { args, options }) {
    const [start, end, lastBefore, timeBefore, endBefore, firstAfter, timeAfter, startAfter] = others;
    const type = args[3].type;
    const point = (value: Representation, time: Representation): Point => ({
      value: sql`(${value.single})::DOUBLE`,
      time: seconds(time.single, type),
    });
    const perSecond = optionOf(options, 'per_second') === true;
    const own = {
      count: count.single,
      first: point(first, firstTime),
      last: point(last, lastTime),
      resets: sql`(${resets.single})::DOUBLE`,
    };
    if (!start || !end) {
      const grown = sql`(${own.last.value} + ${own.resets} - ${own.first.value})`;
      const millisBetween = sql`(${millis(lastTime.single, type)} - ${millis(firstTime.single, type)})`;
      const value = perSecond ? per(sql`${grown} * 1e3`, millisBetween) : grown;
      return single(sql`(CASE WHEN ${count.single} > 1 THEN ${value} END)`);
    }
    const bounds = { start: seconds(start.single, type), end: seconds(end.single, type) };
    // Only of the buckets right beside it.
    const beside = (value: Representation, time: Representation, bound: Sql, own: Sql): Point => ({
      value: sql`(${value.single})::DOUBLE`,
      time: sql`(CASE WHEN ${bound} = ${own} THEN ${seconds(time.single, type)} END)`,
    });
    const before = lastBefore ? beside(lastBefore, timeBefore!, endBefore!.single, start.single) : null;
    const after = firstAfter ? beside(firstAfter, timeAfter!, startAfter!.single, end.single) : null;
    const { increase, time, isPoint } = withinBounds(own, bounds, before, after);
    // One value at the very bound: what it grew by belongs to the bucket before.
    const atBound = before
      ? sql`CASE WHEN ${before.time} IS NOT NULL THEN ${perSecond ? slope(before, own.first) : sql`0e0`} END`
      : sql`NULL`;
    return single(
      sql`(CASE WHEN ${count.single} > 0 THEN CASE WHEN ${isPoint} THEN ${atBound} ELSE ${perSecond ? per(increase, time) : increase} END END)`,
    );
  },
  GAUGE_CHANGE([count, first, last, firstTime, lastTime, start, end], { args }) {
    const type = args[3].type;
    const [from, to] = [sql`(${first.single})`, sql`(${last.single})`];
    const [t1, t2] = [firstTime, lastTime].map((time) => millis(time.single, type)) as [Sql, Sql];
    // Elasticsearch divides whole numbers as whole numbers: such gauges hardly ever reach beyond their values.
    const ratio = sql`((${to} - ${from})::DOUBLE / (${t2} - ${t1}))`;
    const steep = isWholeNumber(args[1].type) ? sql`trunc(${ratio})` : ratio;
    const interval = sql`trunc((${t2} - ${t1}) / ${count.single})`;
    const gapBefore = start && reach(sql`(${t1} - ${millis(start.single, type)})`, interval);
    const gapAfter = end && reach(sql`(${millis(end.single, type)} - ${t2})`, interval);
    const value =
      gapBefore && gapAfter
        ? sql`(${to}::DOUBLE + ${gapAfter} * ${steep}) - (${from}::DOUBLE - ${gapBefore} * ${steep})`
        : sql`${to}::DOUBLE - ${from}::DOUBLE`;
    return single(sql`(CASE WHEN ${count.single} > 1 AND ${t2} > ${t1} THEN ${value} END)`);
  },
  LAST_CHANGE([value, time], { args: [, { type }], filter, options }) {
    const two = lastTwo(value, time.single, filter);
    const [later, earlier] = [sql`(${two})[1]`, sql`(${two})[2]`];
    const point = (row: Sql): Point => ({ value: sql`${row}.v::DOUBLE`, time: seconds(sql`${row}.t`, type) });
    const change =
      optionOf(options, 'per_second') === true
        ? slope(point(earlier), point(later))
        : sql`${later}.v::DOUBLE - ${earlier}.v::DOUBLE`;
    return single(sql`(CASE WHEN len(${two}) > 1 THEN ${change} END)`);
  },
  SLOPE([value, time, origin], { args: [, { type }], filter }) {
    const exact = origin && sql`((epoch_ns(${time.single}) - epoch_ns(${origin.single})) / 1e9)`;
    const at = exact ?? seconds(time.single, type);
    const y = value.list ? sql`list_avg(${valuesOf(value)})` : sql`(${value.single})::DOUBLE`;
    const slope = sql`regr_slope(${y}, ${at})${filter}`;
    // Of one value there is none.
    return single(sql`(CASE WHEN isfinite(${slope}) THEN ${slope} END)`);
  },
};
