import { bucketsOf, numberOf } from '../../../functions/buckets.ts';
import type { groupings } from '../../../functions/grouping.ts';
import { optionOf, type TimeSpan } from '../../../plan/expression.ts';
import { type EsqlType, isDate } from '../../../values/types.ts';
import { number, type Sql, sql, text } from '../../sql.ts';
import { type SqlFor, unsupported } from './contract.ts';
import { likeInput, plainDate, truncateDate, zoneOf } from './dates.ts';
import { cutInZone } from './zones.ts';

function ofDate(field: Sql, type: EsqlType, interval: TimeSpan, zone: string | null): Sql {
  const start = (date: Sql): Sql => cutInZone(date, zone, interval, (shown) => truncateDate(shown, interval));
  return likeInput(start(plainDate(field, type)), type);
}

export const groupingSql: SqlFor<typeof groupings> = {
  BUCKET([field], { args: [, size, from, to], type, options }) {
    const zone = zoneOf(options);
    const { interval, width = numberOf(size.value) } = bucketsOf(isDate(type), size, from, to, zone);
    if (interval) return ofDate(field, type, interval, zone);
    if (width === 0 || !Number.isFinite(width)) {
      const reason = text('java.lang.ArithmeticException: / by zero');
      return { value: sql`NULL::DOUBLE`, failure: { when: sql`${field} IS NOT NULL`, reason } };
    }
    const literal = sql`${number(width)}::DOUBLE`;
    return sql`(floor((${field})::DOUBLE / ${literal}) * ${literal})`;
  },
  WITHOUT: unsupported('STATS makes a key of it'),
  CATEGORIZE: ([value], { options }) =>
    sql`harrier_category_tokens(${value}, ${text(String(optionOf(options, 'analyzer') ?? 'ml_standard'))})`,
};
