import type { Plan } from './nodes.ts';

/*
 * Plans as JSON. They are plain objects already; JSON lacks two of the values in them: a whole number, which may have more
 * digits than a double holds (longs, dates, addresses), is `{"whole": "-12"}`, and the double that is nought below nought
 * `{"double": "-0"}`.
 */

/** A plan as JSON. */
export const planToJson = (plan: Plan): string =>
  JSON.stringify(plan, (_, value: unknown) => {
    if (typeof value === 'bigint') return { whole: value.toString() };
    return Object.is(value, -0) ? { double: '-0' } : value;
  });

/** The plan that JSON of `planToJson` stands for. */
export const planFromJson = (json: string): Plan =>
  JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('whole' in value && typeof value.whole === 'string') return BigInt(value.whole);
    return 'double' in value && value.double === '-0' ? -0 : value;
  }) as Plan;
