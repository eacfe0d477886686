/** The value of a field, or of a column that a row is expected to have. */
export type FieldValue = string | number | bigint | boolean | readonly FieldValue[] | FieldTable;

export interface FieldTable {
  readonly [name: string]: FieldValue;
}

/** Fields by their full names: `{ process: { name: 'a' } }` has one, process.name. */
export function flatten(table: FieldTable): Map<string, FieldValue> {
  const flat = new Map<string, FieldValue>();
  const add = (inner: FieldTable, prefix: string): void => {
    for (const [name, value] of Object.entries(inner)) {
      if (isTable(value)) add(value, `${prefix}${name}.`);
      else flat.set(prefix + name, value);
    }
  };
  add(table, '');
  return flat;
}

const isTable = (value: FieldValue): value is FieldTable => typeof value === 'object' && !Array.isArray(value);

/** Fields with others in their place: what is named anew replaces what had the name, stood above it or below it. */
export function override<T>(fields: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): Map<string, T> {
  const out = new Map(fields);
  for (const [name, value] of others) {
    for (const known of [...out.keys()]) if (isWithin(known, name) || isWithin(name, known)) out.delete(known);
    out.set(name, value);
  }
  return out;
}

/** Fields without some, each with all below it. */
export const omit = <T>(fields: ReadonlyMap<string, T>, names: readonly string[]): Map<string, T> =>
  new Map([...fields].filter(([field]) => !names.some((name) => isWithin(field, name))));

const isWithin = (field: string, name: string): boolean => field === name || field.startsWith(`${name}.`);

/** A value as JSON, with every digit of a whole number. */
export function fieldJson(value: FieldValue): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly FieldValue[]).map(fieldJson).join(',')}]`;
  if (isTable(value))
    return `{${Object.entries(value)
      .map(([name, inner]) => `${JSON.stringify(name)}:${fieldJson(inner)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}
