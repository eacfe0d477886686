/**
 * SQL text that is safe to send: it can only be made from the `sql` tag, `ident`, `text` and `number`.
 * A plain string is not assignable to it, so a value cannot become SQL unescaped by accident.
 */
export type Sql = string & { readonly __sql: unique symbol };

/** Joins SQL fragments: only other fragments may stand in the holes. */
export function sql(strings: TemplateStringsArray, ...holes: readonly Sql[]): Sql {
  let out = strings[0]!;
  for (let i = 0; i < holes.length; i++) out += holes[i]! + strings[i + 1]!;
  return out as Sql;
}

/** A quoted identifier. */
export const ident = (name: string): Sql => `"${name.includes('"') ? name.replaceAll('"', '""') : name}"` as Sql;

/** A string literal. NUL cannot stand in a DuckDB literal, so it is spelled with chr(0). */
export function text(value: string): Sql {
  if (!/['\0]/.test(value)) return `'${value}'` as Sql;
  const quoted = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return (quoted.length === 1 ? quoted[0]! : `(${quoted.join(' || chr(0) || ')})`) as Sql;
}

/** A number literal: any integer, or a finite double. */
export function number(value: number | bigint): Sql {
  if (typeof value === 'bigint') return `${value}` as Sql;
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  if (Object.is(value, -0)) return '-0e0' as Sql;
  return (Number.isInteger(value) && !Number.isSafeInteger(value) ? `${BigInt(value)}` : `${value}`) as Sql;
}

export function join(parts: readonly Sql[], separator: ', ' | ' AND ' | ' OR ' | ' || ' | ' + ' | '\n'): Sql {
  return parts.join(separator) as Sql;
}

/** The first of some values, at least one, that is not null. */
export const coalesce = (values: readonly Sql[]): Sql =>
  values.length === 1 ? values[0]! : sql`coalesce(${join(values, ', ')})`;

/** Rows one below the other. The engine goes down into each UNION, and no deeper than it can. */
export function unionAll(selects: readonly Sql[]): Sql {
  if (selects.length === 1) return selects[0]!;
  const half = (selects.length + 1) >> 1;
  const below = unionAll(selects.slice(half));
  return sql`${unionAll(selects.slice(0, half))} UNION ALL ${selects.length > 2 ? sql`(${below})` : below}`;
}

export const list = (parts: readonly Sql[]): Sql => `[${parts.join(', ')}]` as Sql;

/**
 * An expression in which a value has a name: it is worked out once, however often the expression names it. The engine has no
 * other way; it prepares the body anew for each chunk of rows, so that one stays short.
 */
export const withName = (name: Sql, value: Sql, body: Sql): Sql =>
  sql`list_transform([${value}], lambda ${name}: ${body})[1]`;

/**
 * Whether a value is one of some constants; null for null. For `IN` the engine joins with a table of the constants, and every
 * such join keeps room for a chunk of all columns that pass it: with hundreds of them that took most of the time of a query.
 */
export const isOneOf = (value: Sql, constants: readonly Sql[]): Sql =>
  constants.length === 1 ? sql`${value} = ${constants[0]!}` : sql`list_contains(${list(constants)}, ${value})`;
