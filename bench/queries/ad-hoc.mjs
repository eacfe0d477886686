// What people ask between hunts: filters, the most frequent, the newest, many groups, text search.
// `keys` are the columns by which answers are compared: those that ties leave alone.

export const adHoc = [
  {
    name: 'count behind a filter',
    esql: 'FROM logs-* | WHERE destination.port == 443 AND network.direction == "egress" | STATS n = COUNT(*)',
    keys: ['n'],
    sql: (s) =>
      `SELECT count(*) AS n FROM ${s.table} WHERE ${s.field('destination.port')} = 443 AND ${s.equals('network.direction', 'egress')}`,
  },
  {
    name: 'top 10 programs',
    esql: 'FROM logs-* | WHERE destination.port == 443 | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name | SORT n DESC | LIMIT 10',
    keys: ['n'],
    sql: (s) =>
      `SELECT ${s.field('process.name')} AS "process.name", count(*) AS n, sum(${s.field('source.bytes')}) AS b FROM ${s.table} WHERE ${s.field('destination.port')} = 443 GROUP BY 1 ORDER BY n DESC LIMIT 10`,
  },
  {
    name: 'newest 50 of a program',
    esql: 'FROM logs-* | WHERE process.name == "chrome.exe" | KEEP @timestamp, host.name, process.executable, destination.address | SORT @timestamp DESC | LIMIT 50',
    keys: [],
    sql: (s) =>
      `SELECT ${['@timestamp', 'host.name', 'process.executable', 'destination.address'].map((name) => `${s.field(name)} AS "${name}"`).join(', ')} FROM ${s.table} WHERE ${s.equals('process.name', 'chrome.exe')} ORDER BY ${s.field('@timestamp')} DESC LIMIT 50`,
  },
  {
    name: 'events by the hour',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY hour = DATE_TRUNC(1 hour, @timestamp) | SORT hour',
    keys: ['n'],
    sql: (s) =>
      `SELECT ${s.hour(s.field('@timestamp'))} AS hour, count(*) AS n FROM ${s.table} GROUP BY 1 ORDER BY hour`,
  },
  {
    name: 'addresses by platform',
    esql: 'FROM logs-* | STATS n = COUNT_DISTINCT(destination.address) BY host.os.type | SORT host.os.type',
    keys: ['n'],
    sql: (s) =>
      `SELECT ${s.field('host.os.type')} AS os, count(DISTINCT nullif(${s.field('destination.address')}, '')) AS n FROM ${s.table} GROUP BY 1 ORDER BY 1`,
  },
  {
    name: 'many groups: process and address',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY process.entity_id, destination.address | SORT n DESC | LIMIT 10',
    keys: ['n'],
    sql: (s) =>
      `SELECT ${s.field('process.entity_id')} AS e, ${s.field('destination.address')} AS a, count(*) AS n FROM ${s.table} GROUP BY 1, 2 ORDER BY n DESC LIMIT 10`,
  },
  {
    name: 'more groups: host and port',
    esql: 'FROM logs-* | WHERE source.port IS NOT NULL | STATS n = COUNT(*) BY host.name, source.port | SORT n DESC | LIMIT 10',
    keys: ['n'],
    sql: (s) =>
      `SELECT ${s.field('host.name')} AS h, ${s.field('source.port')} AS p, count(*) AS n FROM ${s.table} WHERE ${s.isNumber(s.field('source.port'))} GROUP BY 1, 2 ORDER BY n DESC LIMIT 10`,
  },
  {
    name: 'text in executables',
    esql: 'FROM logs-* | WHERE process.executable LIKE "*Temp*" | STATS n = COUNT(*) BY process.name | SORT process.name',
    keys: ['process.name', 'n'],
    sql: (s) =>
      `SELECT ${s.field('process.name')} AS "process.name", count(*) AS n FROM ${s.table} WHERE ${s.contains(s.field('process.executable'), 'Temp')} GROUP BY 1 ORDER BY 1`,
  },
  {
    name: 'text in command lines, any case',
    esql: 'FROM logs-* | WHERE TO_LOWER(process.command_line) LIKE "*ssh*" | STATS n = COUNT(*) BY process.name | SORT process.name',
    keys: ['process.name', 'n'],
    sql: (s) =>
      `SELECT ${s.field('process.name')} AS "process.name", count(*) AS n FROM ${s.table} WHERE ${s.containsAnyCase(s.field('process.command_line'), 'ssh')} GROUP BY 1 ORDER BY 1`,
  },
];
