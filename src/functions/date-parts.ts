/** The units of DATE_DIFF with their other names; months where they are calendar units, else nanoseconds. */
export const diffUnits: readonly { readonly names: string; readonly months?: number; readonly nanoseconds?: bigint }[] =
  [
    { names: 'year years yy yyyy', months: 12 },
    { names: 'quarter quarters qq q', months: 3 },
    { names: 'month months mm m', months: 1 },
    { names: 'dayofyear dy y day days dd d weekday weekdays dw', nanoseconds: 86_400_000_000_000n },
    { names: 'week weeks wk ww', nanoseconds: 604_800_000_000_000n },
    { names: 'hour hours hh', nanoseconds: 3_600_000_000_000n },
    { names: 'minute minutes mi n', nanoseconds: 60_000_000_000n },
    { names: 'second seconds ss s', nanoseconds: 1_000_000_000n },
    { names: 'millisecond milliseconds ms', nanoseconds: 1_000_000n },
    { names: 'microsecond microseconds mcs', nanoseconds: 1000n },
    { names: 'nanosecond nanoseconds ns', nanoseconds: 1n },
  ];

export type DiffUnit = (typeof diffUnits)[number];

/** The unit of that name, in any case. */
export const unitNamed = (name: string): DiffUnit | undefined =>
  diffUnits.find(({ names }) => names.split(' ').includes(name.toLowerCase()));

/** What a date is cut to before units within it are counted. */
export type WholeUnit = 'day' | 'week' | 'month' | 'year';

/** How often a unit fits into another: a number, or what depends on the date. Null where nobody counts that. */
export function unitCount(to: string, from: string): { count: bigint } | { within: WholeUnit } | null {
  const [one, other] = [unitNamed(to)!, unitNamed(from)!];
  const day = 86_400_000_000_000n;
  const isClock = ({ nanoseconds }: DiffUnit): boolean => nanoseconds !== undefined && nanoseconds < day;
  if (one === other) return { count: 1n };
  if (isClock(one) && isClock(other)) return { count: other.nanoseconds! / one.nanoseconds! };
  if (other.nanoseconds === 7n * day) return one.nanoseconds === day ? { count: 7n } : { within: 'week' };
  if (other.months === 12) return one.months ? { count: BigInt(12 / one.months) } : { within: 'year' };
  if (other.months === 1) return { within: 'month' };
  return /^(?:day|days|dd|d)$/i.test(from) ? { within: 'day' } : null;
}

/** The fields of java.time's ChronoField. */
export const chronoFields = [
  'aligned_day_of_week_in_month',
  'aligned_day_of_week_in_year',
  'aligned_week_of_month',
  'aligned_week_of_year',
  'ampm_of_day',
  'clock_hour_of_ampm',
  'clock_hour_of_day',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'epoch_day',
  'era',
  'hour_of_ampm',
  'hour_of_day',
  'instant_seconds',
  'micro_of_day',
  'micro_of_second',
  'milli_of_day',
  'milli_of_second',
  'minute_of_day',
  'minute_of_hour',
  'month_of_year',
  'nano_of_day',
  'nano_of_second',
  'offset_seconds',
  'proleptic_month',
  'second_of_day',
  'second_of_minute',
  'year',
  'year_of_era',
] as const;

export type ChronoField = (typeof chronoFields)[number];

/** The field of that name, in any case. */
export const chronoField = (name: string): ChronoField | undefined =>
  chronoFields.find((field) => field === name.toLowerCase());
