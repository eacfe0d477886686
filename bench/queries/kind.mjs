// A kind of query: its name, Harrier's text, and SQL over the table that Harrier keeps.

const address = (v4) => (0xffffn << 32n) + v4.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
/** An address of IPv4 as Harrier keeps it. */
export const ip = (v4) => `${address(v4)}::UHUGEINT`;
export const block = (column, v4, prefix) =>
  `${column} BETWEEN ${ip(v4)} AND ${address(v4) + (1n << BigInt(32 - prefix)) - 1n}::UHUGEINT`;

const count = (condition) => `SELECT count(*) AS n FROM $events WHERE ${condition}`;
const counted = (condition) => `FROM logs-* | WHERE ${condition} | STATS n = COUNT(*)`;

/** A condition, as Harrier takes it and as SQL has it. */
export const where = (name, esql, sql) => ({ name, esql: counted(esql), sql: count(sql) });

/** A value of each event, of which the largest is asked, so that every one is made. */
export const value = (name, esql, sql, aggregate = 'MAX') => ({
  name,
  esql: `FROM logs-* | EVAL x = ${esql} | STATS n = ${aggregate}(x)`,
  sql: `SELECT ${aggregate.toLowerCase()}(${sql}) AS n FROM $events`,
});

export const base64 = (column) =>
  `CASE WHEN regexp_full_match(${column}, '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?') THEN decode(from_base64(${column})) END`;

/** Groups of which there are many are counted, so that answers stay short. */
export const groups = (name, esql, sql) => ({
  name,
  esql: `${esql} | STATS g = COUNT(*), n = MAX(n)`,
  sql: `SELECT count(*) AS g, max(n) AS n FROM (${sql})`,
});
