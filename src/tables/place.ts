import { number, type Sql, sql } from '../sql/sql.ts';

/** More events than a file or an index has. */
const most = 2 ** 40;

/** The place of an event among all: its number within its file or index, behind the events of those before. */
export const placeBehind = (before: Sql, own: Sql): Sql => sql`${before}::BIGINT * ${number(most)} + ${own}`;
