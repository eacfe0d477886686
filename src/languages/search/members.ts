import { illegal, malformed } from './search-error.ts';

/*
 * Members of a body, each read as what it must be. `where` names the part of the body in errors.
 */

export type Json = Readonly<Record<string, unknown>>;

export function objectIn(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`[${where}] malformed, expected an object but found [${JSON.stringify(value)}]`);
  return value as Json;
}

/** The one member of an object. */
export function onlyMember(value: unknown, where: string): readonly [string, unknown] {
  const entries = Object.entries(objectIn(value, where));
  if (entries.length !== 1) throw malformed(`[${where}] malformed, expected one member but found [${entries.length}]`);
  return entries[0]!;
}

export function textIn(value: unknown, where: string): string {
  if (typeof value !== 'string') throw malformed(`[${where}] must be a text but is [${JSON.stringify(value)}]`);
  return value;
}

/** A whole number, also written as a text. */
export function wholeIn(value: unknown, where: string, least = 0): number {
  const whole = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof whole !== 'number' || !Number.isInteger(whole))
    throw malformed(`[${where}] must be a whole number but is [${String(value)}]`);
  if (whole < least)
    throw illegal(
      least === 0
        ? `[${where}] parameter cannot be negative, found [${whole}]`
        : `[${where}] must be [${least}] or more, found [${whole}]`,
    );
  return whole;
}

export function numberIn(value: unknown, where: string): number {
  const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof amount === 'bigint') return Number(amount);
  if (typeof amount !== 'number' || !Number.isFinite(amount))
    throw malformed(`[${where}] must be a number but is [${String(value)}]`);
  return amount;
}

export function booleanIn(value: unknown, where: string): boolean {
  if (value === true || value === 'true' || value === '') return true;
  if (value === false || value === 'false') return false;
  throw illegal(`Failed to parse value [${String(value)}] as only [true] or [false] are allowed for [${where}].`);
}

/** Refuses members that are not known, by name. */
export function onlyKnown(body: Json, known: ReadonlySet<string>, where: string): void {
  for (const key of Object.keys(body)) if (!known.has(key)) throw malformed(`[${where}] unknown field [${key}]`);
}
