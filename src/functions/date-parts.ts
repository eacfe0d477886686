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
