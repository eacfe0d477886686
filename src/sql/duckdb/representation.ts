import { type Sql, sql } from '../sql.ts';

/**
 * How a value stands in SQL. `single` holds the value of rows that have exactly one; `list`, where a column may be
 * multivalued, the list of those that have more. Each is null where the other applies, so a function of single values
 * reads `single` and needs no code for lists.
 */
export interface Representation {
  readonly single: Sql;
  readonly list: Sql | null;
  /** All values as one list, null where there is none: set where that is how the value is made. */
  readonly all?: Sql;
}

/** A value that is never several. */
export const single = (value: Sql): Representation => ({ single: value, list: null });

/** All values as one list; null where there is none. */
export function valuesOf({ single, list, all }: Representation): Sql {
  if (all) return all;
  const one = sql`CASE WHEN ${single} IS NOT NULL THEN [${single}] END`;
  return list ? sql`coalesce(${list}, ${one})` : one;
}

/** A value from a list of all its values, which may be null or empty. */
export function fromList(all: Sql): Representation {
  return {
    single: sql`(CASE WHEN len(${all}) = 1 THEN (${all})[1] END)`,
    list: sql`(CASE WHEN len(${all}) > 1 THEN ${all} END)`,
    all: sql`(CASE WHEN len(${all}) > 0 THEN ${all} END)`,
  };
}

/** The same from a list that holds no value only by being null. */
export const fromValues = (all: Sql): Representation => ({
  single: sql`(CASE WHEN len(${all}) = 1 THEN (${all})[1] END)`,
  list: sql`(CASE WHEN len(${all}) > 1 THEN ${all} END)`,
  all,
});

/** SQL longer than this is bound to a name before it is repeated, so that nested calls stay short. */
export const longArgument = 160;

export const isLong = ({ single, list, all }: Representation): boolean =>
  single.length > longArgument ||
  (list !== null && list.length > longArgument) ||
  (all !== undefined && all.length > longArgument);
