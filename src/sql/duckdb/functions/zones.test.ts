import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDuckDB } from '../../../engines/duckdb/connection.ts';
import type { TimeSpan } from '../../../plan/expression.ts';
import { clockChanges } from '../../../values/time-zone.ts';
import { list, number, type Sql, sql, text } from '../../sql.ts';
import { truncateDate } from './dates.ts';
import { cutInZone, shownIn } from './zones.ts';

let duckdb: Awaited<ReturnType<typeof openDuckDB>>;
beforeAll(async () => {
  duckdb = await openDuckDB();
});
afterAll(() => duckdb.close());

const zones = [
  'Europe/Berlin',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Africa/Casablanca',
  'Pacific/Apia',
  'America/Havana',
  'America/Asuncion',
  'Asia/Beirut',
  'Asia/Tehran',
  'Antarctica/Troll',
];

/** Times every 72 hours and some minutes, and around each change of the clocks by a quarter of an hour. */
function times(zone: string): Sql {
  const changes = list(clockChanges(zone, Date.UTC(2005, 0, 1), Date.UTC(2042, 0, 1)).map(({ at }) => number(at)));
  const around = sql`SELECT changed + i * 900000 AS t FROM (SELECT unnest(${changes}::BIGINT[]) AS changed), range(-20, 20) AS r(i)`;
  return sql`SELECT make_timestamp_ms(t) AS d FROM (SELECT 1104537600000 + i * 259823000 AS t FROM range(0, 4500) AS r(i) UNION ALL ${around})`;
}

it.each(zones)('the clocks of %s show what the calendar of the engine says', async (zone) => {
  const calendar = sql`timezone(${text(zone)}, timezone('UTC', d))`;
  const spans: [string, TimeSpan][] = [
    ['year', { months: 12, days: 0, milliseconds: 0 }],
    ['5 months', { months: 5, days: 0, milliseconds: 0 }],
    ['month', { months: 1, days: 0, milliseconds: 0 }],
    ['week', { months: 0, days: 7, milliseconds: 0 }],
    ['100 days', { months: 0, days: 100, milliseconds: 0 }],
    ['day', { months: 0, days: 1, milliseconds: 0 }],
    ['36 hours', { months: 0, days: 0, milliseconds: 129_600_000 }],
    ['hour', { months: 0, days: 0, milliseconds: 3_600_000 }],
    ['10 minutes', { months: 0, days: 0, milliseconds: 600_000 }],
  ];
  const pairs = [
    [text('shown'), shownIn(sql`d`, zone), calendar],
    ...spans.map(([name, span]) => [
      text(name),
      cutInZone(sql`d`, zone, span, (shown) => truncateDate(shown, span)),
      sql`timezone('UTC', timezone(${text(zone)}, ${truncateDate(calendar, span)}))`,
    ]),
  ] as [Sql, Sql, Sql][];
  for (const [name, made, expected] of pairs) {
    const rows = await duckdb.connection.runAndReadAll(
      sql`SELECT ${name}, d::VARCHAR, (${made})::VARCHAR, (${expected})::VARCHAR FROM (${times(zone)}) WHERE (${made}) IS DISTINCT FROM (${expected}) LIMIT 5`,
    );
    expect(rows.getRows()).toEqual([]);
  }
});
