// The kinds of queries that hunters write, each with the best SQL for it that we could write over the very table that
// Harrier keeps. `$events`, `$assets` and `$sightings` stand for tables. Answers are compared by the columns of the SQL.

import { hunting } from './hunting.mjs';
import { base64, block, ip, value, where } from './kind.mjs';
import { rules } from './rules.mjs';

/** A thousand blocks of differing lengths, as lists of threats have them. */
const thousand = Array.from({ length: 1000 }, (_, i) => ({
  at: `${11 + (i % 200)}.${(i * 7) % 250}.${(i * 13) % 240}.0`,
  prefix: 24,
}));

/** The bits of an address that a prefix keeps. */
const mask = (prefix) => `${(1n << 128n) - (1n << BigInt(128 - prefix))}::UHUGEINT`;
const isV4 = (column) => `${column} BETWEEN ${ip('0.0.0.0')} AND ${ip('255.255.255.255')}`;
const prefixOf = (column, v4, v6) =>
  `CASE WHEN ${isV4(column)} THEN ${column} & ${mask(96 + v4)} ELSE ${column} & ${mask(v6)} END`;

const conditions = [
  where(
    'equal texts',
    'process.name == "cmd.exe" AND event.outcome == "failure"',
    `"process.name" = 'cmd.exe' AND "event.outcome" = 'failure'`,
  ),
  where(
    'IN of texts',
    'process.name IN ("cmd.exe", "powershell.exe", "certutil21.exe", "wscript.exe", "rundll322.exe")',
    `"process.name" IN ('cmd.exe', 'powershell.exe', 'certutil21.exe', 'wscript.exe', 'rundll322.exe')`,
  ),
  where(
    'LIKE with a wildcard at both ends',
    'process.command_line LIKE "*EncodedCommand*"',
    `contains("process.command_line", 'EncodedCommand')`,
  ),
  where(
    'LIKE with several wildcards',
    'process.command_line LIKE "*copy*share*"',
    `"process.command_line" LIKE '%copy%share%'`,
  ),
  where(
    'LIKE with a question mark',
    'process.executable LIKE "?:\\\\\\\\Users\\\\\\\\*\\\\\\\\Temp\\\\\\\\*"',
    `"process.executable" LIKE '_:\\Users\\%\\Temp\\%'`,
  ),
  where(
    'LIKE any of several patterns',
    'process.command_line LIKE ("*-NoProfile*", "*copy*", "powershell*")',
    `contains("process.command_line", '-NoProfile') OR contains("process.command_line", 'copy') OR starts_with("process.command_line", 'powershell')`,
  ),
  where(
    'RLIKE',
    'process.command_line RLIKE ".*Service[0-9]{2}.*"',
    `regexp_matches("process.command_line", 'Service[0-9]{2}', 's')`,
  ),
  where(
    'RLIKE of alternatives',
    'process.name RLIKE "(cmd|powershell|wscript)[0-9]*\\\\.exe"',
    `regexp_full_match("process.name", '(cmd|powershell|wscript)[0-9]*\\.exe')`,
  ),
  where(
    'text in any case',
    'TO_LOWER(process.command_line) LIKE "*encodedcommand*"',
    `contains(lower("process.command_line"), 'encodedcommand')`,
  ),
  where('equal in any case', 'TO_LOWER(process.name) == "cmd.exe"', `lower("process.name") = 'cmd.exe'`),
  where(
    'STARTS_WITH and ENDS_WITH',
    'STARTS_WITH(process.executable, "C:\\\\Users") AND ENDS_WITH(process.executable, "5.exe")',
    `starts_with("process.executable", 'C:\\Users') AND suffix("process.executable", '5.exe')`,
  ),
  where('MATCH', 'MATCH(message, "publickey")', `regexp_matches("message", '(?i)\\bpublickey\\b')`),
  where(
    'MATCH of several words',
    'MATCH(message, "invalid timeout")',
    `regexp_matches("message", '(?i)\\b(?:invalid|timeout)\\b')`,
  ),
  where(
    'MATCH_PHRASE',
    'MATCH_PHRASE(message, "reset by peer")',
    `regexp_matches("message", '(?i)\\breset by peer\\b')`,
  ),
  where(
    'KQL with wildcards',
    'KQL("process.command_line: *EncodedCommand* and not process.name: powershell*")',
    `contains("process.command_line", 'EncodedCommand') AND NOT starts_with(coalesce("process.name", ''), 'powershell')`,
  ),
  where(
    'KQL of values',
    'KQL("event.outcome: failure and process.parent.name: (bash or cron) and destination.port >= 443")',
    `"event.outcome" = 'failure' AND "process.parent.name" IN ('bash', 'cron') AND "destination.port" >= 443`,
  ),
  where(
    'QSTR with wildcards',
    'QSTR("process.command_line:*Encoded* OR process.executable:*Temp*")',
    `contains("process.command_line", 'Encoded') OR contains("process.executable", 'Temp')`,
  ),
  where(
    'OR of LIKE, equality and RLIKE',
    'process.command_line LIKE "*Encoded*" OR process.name == "cmd.exe" OR user.name RLIKE "user1[0-9]"',
    `contains("process.command_line", 'Encoded') OR "process.name" = 'cmd.exe' OR regexp_full_match("user.name", 'user1[0-9]')`,
  ),
  where(
    'CIDR_MATCH of private networks',
    'NOT CIDR_MATCH(destination.ip, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")',
    ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8']
      .map((net) => `NOT ("destination.ip" ${block('', ...split(net))})`)
      .join(' AND '),
  ),
  where(
    'CIDR_MATCH of a field with several values',
    'CIDR_MATCH(host.ip, "10.20.0.0/16")',
    block('"host.ip"', '10.20.0.0', 16),
  ),
  where(
    'CIDR_MATCH of 1,000 blocks',
    `CIDR_MATCH(destination.ip, ${thousand.map(({ at, prefix }) => `"${at}/${prefix}"`).join(', ')})`,
    `"destination.ip" & ${mask(120)} IN (${thousand.map(({ at }) => ip(at)).join(', ')})`,
  ),
  where('a condition of a field with several values', 'event.category == "network"', `"event.category" = 'network'`),
  where('MV_CONTAINS', 'MV_CONTAINS(tags, "pci")', `"tags" = 'pci' OR list_contains("tags[]", 'pci')`),
  where(
    'MV_COUNT',
    'MV_COUNT(process.args) > 3',
    `coalesce(len("process.args[]"), CASE WHEN "process.args" IS NOT NULL THEN 1 END) > 3`,
  ),
  where(
    'IS NOT NULL of several fields',
    'file.path IS NOT NULL AND url.original IS NOT NULL AND tags IS NULL',
    `"file.path" IS NOT NULL AND "url.original" IS NOT NULL AND "tags" IS NULL AND "tags[]" IS NULL`,
  ),
  where(
    'range of time',
    '@timestamp > NOW() - 24 hours AND @timestamp < NOW() - 1 hour',
    `"@timestamp" > TIMESTAMP '2026-03-09 12:00:00' AND "@timestamp" < TIMESTAMP '2026-03-10 11:00:00'`,
  ),
  where('hours of the night', 'DATE_EXTRACT("hour_of_day", @timestamp) < 6', `hour("@timestamp") < 6`),
  where('weekends', 'DATE_EXTRACT("day_of_week", @timestamp) > 5', `isodow("@timestamp") > 5`),
  where('long texts', 'LENGTH(process.command_line) > 100', `length("process.command_line") > 100`),
  where(
    'versions',
    'TO_VERSION(agent.version) < TO_VERSION("8.10.0")',
    `list_transform(string_split("agent.version", '.'), lambda x: x::INTEGER) < [8, 10, 0]`,
  ),
  where(
    'fields beside each other',
    'source.bytes > destination.bytes * 10',
    `"source.bytes" > "destination.bytes" * 10`,
  ),
];

function split(net) {
  const [at, prefix] = net.split('/');
  return [at, Number(prefix)];
}

const values = [
  where(
    'IP_PREFIX',
    'IP_PREFIX(destination.ip, 24, 64) == TO_IP("11.0.0.0")',
    `${prefixOf('"destination.ip"', 24, 64)} = ${ip('11.0.0.0')}`,
  ),
  {
    name: 'STATS BY IP_PREFIX',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY p = IP_PREFIX(destination.ip, 8, 32) | STATS n = MAX(n), groups = COUNT(*)',
    sql: `SELECT max(n) AS n, count(*) AS groups FROM (SELECT count(*) AS n FROM $events GROUP BY ${prefixOf('"destination.ip"', 8, 32)})`,
  },
  value(
    'DATE_DIFF',
    'DATE_DIFF("minutes", @timestamp, NOW())',
    `(epoch_ms(TIMESTAMP '2026-03-10 12:00:00') - epoch_ms("@timestamp")) // 60000`,
  ),
  value(
    'TO_STRING of addresses',
    'LENGTH(TO_STRING(source.ip))',
    `length(CASE WHEN "source.ip" BETWEEN ${ip('0.0.0.0')} AND ${ip('255.255.255.255')} THEN concat_ws('.', ("source.ip" - ${ip('0.0.0.0')})::UINTEGER >> 24, (("source.ip" - ${ip('0.0.0.0')})::UINTEGER >> 16) & 255, (("source.ip" - ${ip('0.0.0.0')})::UINTEGER >> 8) & 255, ("source.ip" - ${ip('0.0.0.0')})::UINTEGER & 255) ELSE '2606:4700::' || to_hex(("source.ip" & 65535)::INTEGER) END)`,
  ),
  value(
    'sixty EVALs',
    Array.from({ length: 60 }, (_, i) => `(source.bytes + ${i}) * 2 % 7`).join(' + '),
    Array.from({ length: 60 }, (_, i) => `("source.bytes" + ${i}) * 2 % 7`).join(' + '),
  ),
  value('arithmetic of doubles', 'ROUND(source.bytes / 1048576.0, 2)', `round("source.bytes" / 1048576.0::DOUBLE, 2)`),
  value(
    'CONCAT',
    'LENGTH(CONCAT(user.name, "@", host.name, ":", process.name))',
    `length("user.name" || '@' || "host.name" || ':' || "process.name")`,
  ),
  value(
    'REPLACE',
    'LENGTH(REPLACE(process.executable, "user[0-9]+", "X"))',
    `length(regexp_replace("process.executable", 'user[0-9]+', 'X', 'g'))`,
  ),
  value('SUBSTRING', 'SUBSTRING(process.executable, 1, 9)', `substring("process.executable", 1, 9)`),
  value('SPLIT', 'MV_COUNT(SPLIT(process.executable, "\\\\"))', `len(string_split("process.executable", '\\'))`),
  value('MV_LAST of SPLIT', 'MV_LAST(SPLIT(process.executable, "\\\\"))', `split_part("process.executable", '\\', -1)`),
  value('LOCATE', 'LOCATE(process.command_line, "-")', `instr("process.command_line", '-')`),
  value(
    'CASE',
    'CASE(destination.port == 443, "tls", destination.port == 80, "web", destination.port < 1024, "system", "other")',
    `CASE WHEN "destination.port" = 443 THEN 'tls' WHEN "destination.port" = 80 THEN 'web' WHEN "destination.port" < 1024 THEN 'system' ELSE 'other' END`,
  ),
  value(
    'COALESCE',
    'COALESCE(file.path, url.original, process.executable)',
    `coalesce("file.path", "url.original", "process.executable")`,
  ),
  value('FROM_BASE64', 'LENGTH(FROM_BASE64(process.entity_id))', `length(${base64('"process.entity_id"')})`, 'SUM'),
  value('TO_BASE64', 'LENGTH(TO_BASE64(user.name))', `length(to_base64(encode("user.name")))`),
  value(
    'URL_DECODE',
    'LENGTH(URL_DECODE(url.original))',
    `length(CASE WHEN NOT regexp_matches("url.original", '%(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)') THEN url_decode(replace("url.original", '+', ' ')) END)`,
    'SUM',
  ),
  value('HASH', 'HASH("sha256", user.name)', `sha256("user.name")`),
  value('MD5', 'MD5(process.command_line)', `md5("process.command_line")`),
  value('TO_LONG of texts', 'TO_LONG(event.code)', `TRY_CAST("event.code" AS BIGINT)`),
  value('TO_STRING of numbers', 'LENGTH(TO_STRING(source.bytes))', `length("source.bytes"::VARCHAR)`),
  value('TO_STRING of dates', 'TO_STRING(@timestamp)', `strftime("@timestamp", '%Y-%m-%dT%H:%M:%S.%gZ')`),
  value('DATE_FORMAT', 'DATE_FORMAT("yyyy-MM-dd HH:mm", @timestamp)', `strftime("@timestamp", '%Y-%m-%d %H:%M')`),
  value(
    'DATE_PARSE',
    'DATE_DIFF("days", DATE_PARSE("yyyy-MM-dd", SUBSTRING(TO_STRING(@timestamp), 1, 10)), NOW())',
    `date_diff('day', strptime(substring(strftime("@timestamp", '%Y-%m-%dT%H:%M:%S.%gZ'), 1, 10), '%Y-%m-%d'), TIMESTAMP '2026-03-10 12:00:00')`,
  ),
  value(
    'TO_IP of texts',
    'CIDR_MATCH(TO_IP(CONCAT("10.0.", SUBSTRING(event.code, 1, 2), ".1")), "10.0.0.0/8")',
    `"event.code" IS NOT NULL AND list_sum(list_transform(string_split('10.0.' || substring("event.code", 1, 2) || '.1', '.'), lambda x, i: x::UBIGINT << (32 - 8 * i))) >> 24 = 10`,
    'COUNT',
  ),
];

const stats = [
  {
    name: 'top 10 by count',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY process.name | SORT n DESC, process.name | LIMIT 10',
    sql: `SELECT count(*) AS n, "process.name" FROM $events GROUP BY 2 ORDER BY n DESC, 2 LIMIT 10`,
  },
  {
    name: 'rare values',
    esql: 'FROM logs-* | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY process.name, user.name | WHERE hosts == 1 AND n < 3 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(*) AS c, count(DISTINCT "host.name") AS hosts FROM $events GROUP BY "process.name", "user.name" HAVING hosts = 1 AND c < 3)`,
  },
  {
    name: 'BUCKET by the hour',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY b = BUCKET(@timestamp, 1 hour) | STATS n = MAX(n), groups = COUNT(*)',
    sql: `SELECT max(n) AS n, count(*) AS groups FROM (SELECT count(*) AS n FROM $events GROUP BY date_trunc('hour', "@timestamp"))`,
  },
  {
    name: 'BUCKET by the day in a time zone',
    esql: 'SET time_zone = "Europe/Berlin"; FROM logs-* | STATS n = COUNT(*) BY b = BUCKET(@timestamp, 1 day) | STATS n = MAX(n), groups = COUNT(*)',
    sql: `SELECT max(n) AS n, count(*) AS groups FROM (SELECT count(*) AS n FROM $events GROUP BY date_trunc('day', "@timestamp" + INTERVAL 1 HOUR))`,
  },
  {
    name: 'STATS BY a field with several values',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY tags | SORT n DESC, tags | LIMIT 20',
    sql: `SELECT sum(n)::BIGINT AS n, tags FROM (SELECT count(*) AS n, "tags" FROM $events WHERE "tags[]" IS NULL GROUP BY 2 UNION ALL SELECT n, unnest(list_distinct(l)) FROM (SELECT count(*) AS n, "tags[]" AS l FROM $events WHERE "tags[]" IS NOT NULL GROUP BY 2)) GROUP BY 2 ORDER BY n DESC, tags LIMIT 20`,
  },
  {
    name: 'STATS BY host.ip',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY host.ip | STATS n = MAX(n), groups = COUNT(*)',
    sql: `SELECT max(n) AS n, count(*) AS groups FROM (SELECT sum(n)::BIGINT AS n FROM (SELECT count(*) AS n, harrier_ip_text("host.ip") AS ip FROM $events WHERE "host.ip[]" IS NULL GROUP BY "host.ip" UNION ALL SELECT n, unnest(list_distinct(l)) FROM (SELECT count(*) AS n, "host.ip[]" AS l FROM $events WHERE "host.ip[]" IS NOT NULL GROUP BY 2)) GROUP BY ip)`,
  },
  {
    name: 'MV_EXPAND and STATS',
    esql: 'FROM logs-* | MV_EXPAND process.args | STATS n = COUNT(*) BY process.args | SORT n DESC, process.args | LIMIT 5',
    sql: `SELECT count(*) AS n, a AS "process.args" FROM (SELECT unnest("process.args[]") AS a FROM $events UNION ALL SELECT "process.args" FROM $events WHERE "process.args[]" IS NULL) GROUP BY 2 ORDER BY n DESC, 2 LIMIT 5`,
  },
  {
    name: 'several percentiles',
    esql: 'FROM logs-* | STATS a = PERCENTILE(source.bytes, 50), b = PERCENTILE(source.bytes, 95), c = PERCENTILE(source.bytes, 99) BY event.outcome | EVAL a = ROUND(a, 1), b = ROUND(b, 1), c = ROUND(c, 1) | SORT event.outcome',
    sql: `SELECT round(p[1], 1) AS a, round(p[2], 1) AS b, round(p[3], 1) AS c, "event.outcome" FROM (SELECT quantile_cont("source.bytes"::DOUBLE, [0.5, 0.95, 0.99]) AS p, "event.outcome" FROM $events GROUP BY 2)`,
  },
  {
    name: 'MEDIAN by host',
    esql: 'FROM logs-* | STATS m = MEDIAN(source.bytes) BY host.name | STATS m = ROUND(MAX(m))',
    sql: `SELECT round(max(m)) AS m FROM (SELECT quantile_cont("source.bytes"::DOUBLE, 0.5) AS m FROM $events GROUP BY "host.name")`,
  },
  {
    name: 'AVG and STD_DEV',
    esql: 'FROM logs-* | STATS a = AVG(source.bytes), s = STD_DEV(source.bytes), lo = MIN(source.bytes), hi = MAX(source.bytes) BY host.os.type | EVAL a = ROUND(a), s = ROUND(s) | SORT host.os.type',
    sql: `SELECT round(avg("source.bytes")) AS a, round(stddev_pop("source.bytes")) AS s, min("source.bytes") AS lo, max("source.bytes") AS hi, "host.os.type" FROM $events GROUP BY 5`,
  },
  {
    name: 'VALUES',
    esql: 'FROM logs-* | STATS v = VALUES(process.name) BY host.name | EVAL c = MV_COUNT(v) | STATS n = SUM(c)',
    sql: `SELECT sum(c) AS n FROM (SELECT len(list(DISTINCT "process.name")) AS c FROM $events GROUP BY "host.name")`,
  },
  {
    name: 'VALUES of a field with several values',
    esql: 'FROM logs-* | STATS v = VALUES(tags) BY user.name | EVAL c = MV_COUNT(v) | STATS n = SUM(c)',
    sql: `SELECT sum(c) AS n FROM (SELECT count(*) AS c FROM (SELECT DISTINCT "user.name", unnest(coalesce(l, [t])) AS v FROM (SELECT DISTINCT "user.name", "tags" AS t, "tags[]" AS l FROM $events)) WHERE v IS NOT NULL GROUP BY "user.name")`,
  },
  {
    name: 'COUNT_DISTINCT of several fields',
    esql: 'FROM logs-* | STATS a = COUNT_DISTINCT(user.name), b = COUNT_DISTINCT(process.name), c = COUNT_DISTINCT(destination.ip)',
    sql: `SELECT count(DISTINCT "user.name") AS a, count(DISTINCT "process.name") AS b, count(DISTINCT "destination.ip") AS c FROM $events`,
  },
  {
    name: 'COUNT_DISTINCT of a field with several values',
    esql: 'FROM logs-* | STATS n = COUNT_DISTINCT(process.args) BY host.os.type | SORT host.os.type',
    sql: `SELECT count(DISTINCT a) AS n, "host.os.type" FROM (SELECT "host.os.type", unnest(coalesce("process.args[]", ["process.args"])) AS a FROM $events) GROUP BY 2`,
  },
  {
    name: 'counts with conditions',
    esql: 'FROM logs-* | STATS ok = COUNT(*) WHERE event.outcome == "success", bad = COUNT(*) WHERE event.outcome == "failure" BY user.name | WHERE bad > ok | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(*) FILTER (WHERE "event.outcome" = 'success') AS ok, count(*) FILTER (WHERE "event.outcome" = 'failure') AS bad FROM $events GROUP BY "user.name" HAVING bad > ok)`,
  },
  {
    name: 'TOP',
    esql: 'FROM logs-* | STATS t = TOP(source.bytes, 3, "desc") BY host.name | STATS n = MAX(MV_MIN(t))',
    sql: `SELECT max(t[3]) AS n FROM (SELECT max("source.bytes", 3) AS t FROM $events GROUP BY "host.name")`,
  },
  {
    name: 'FIRST and LAST',
    esql: 'FROM logs-* | STATS a = FIRST(process.name, @timestamp), b = LAST(process.name, @timestamp) BY host.name | STATS n = COUNT_DISTINCT(a), m = COUNT_DISTINCT(b)',
    sql: `SELECT count(DISTINCT a) AS n, count(DISTINCT b) AS m FROM (SELECT arg_min("process.name", "@timestamp") AS a, arg_max("process.name", "@timestamp") AS b FROM $events GROUP BY "host.name")`,
    keys: [],
  },
  {
    name: 'beacons: intervals between events',
    esql: 'FROM logs-* | WHERE event.category == "network" | STATS n = COUNT(*), begin = MIN(@timestamp), end = MAX(@timestamp) BY host.name, destination.ip | WHERE n > 1 | EVAL gap = DATE_DIFF("seconds", begin, end) / (n - 1) | STATS n = COUNT(*), gap = MAX(gap)',
    sql: `SELECT count(*) AS n, max((epoch_ms(last) - epoch_ms(first)) // 1000 // (n - 1)) AS gap FROM (SELECT count(*) AS n, min("@timestamp") AS first, max("@timestamp") AS last FROM $events WHERE "event.category" = 'network' GROUP BY "host.name", "destination.ip" HAVING n > 1)`,
  },
];

const commands = [
  {
    name: 'CATEGORIZE',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY c = CATEGORIZE(message) | STATS n = SUM(n)',
    // Tokens and groups of the same texts; how alike categories are is another matter.
    sql: `SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY array_to_string(list_filter(regexp_extract_all("message", '[\\pL\\pN_][\\pL\\pN_.\\-@:/\\\\]*'), lambda t: NOT regexp_matches(t, '[0-9]')), ' '))`,
  },
  {
    name: 'GROK of an address and a user',
    esql: 'FROM logs-* | WHERE message IS NOT NULL | GROK message "%{WORD:outcome} %{WORD:method} for (invalid user )?%{USERNAME:u} from %{IP:a} port %{INT:p:int} ssh2" | WHERE u IS NOT NULL | STATS n = COUNT(*), p = MAX(p), c = COUNT_DISTINCT(a) BY outcome | SORT outcome',
    sql: `SELECT count(*) AS n, max(g.p::INTEGER) AS p, count(DISTINCT g.a) AS c, g.o AS outcome FROM (SELECT regexp_extract("message", '\\b(\\w+)\\b \\b(?:\\w+)\\b for (?:invalid user )?([a-zA-Z0-9._-]+) from ([0-9a-fA-F.:]+) port ([+-]?[0-9]+) ssh2', ['o', 'u', 'a', 'p']) AS g FROM $events) WHERE g.u <> '' GROUP BY 4`,
  },
  {
    name: 'GROK of words',
    esql: 'FROM logs-* | GROK message "Service %{NOTSPACE:s} entered the %{WORD:state} state" | STATS n = COUNT(s) BY state | SORT state',
    sql: `SELECT count(g.s) FILTER (WHERE g.s <> '') AS n, nullif(g.t, '') AS state FROM (SELECT regexp_extract("message", 'Service (\\S+) entered the \\b(\\w+)\\b state', ['s', 't']) AS g FROM $events) GROUP BY 2`,
  },
  {
    name: 'GROK %{GREEDYDATA}',
    esql: 'FROM logs-* | GROK process.command_line "%{DATA:program} %{GREEDYDATA:rest}" | STATS n = COUNT_DISTINCT(program), m = MAX(LENGTH(rest))',
    sql: `SELECT count(DISTINCT nullif(g.p, '')) AS n, max(length(g.r)) AS m FROM (SELECT regexp_extract("process.command_line", '(.*?) (.*)', ['p', 'r'], 's') AS g FROM $events)`,
  },
  {
    name: 'DISSECT',
    esql: 'FROM logs-* | WHERE STARTS_WITH(message, "Service ") | DISSECT message "Service %{s} entered the %{state} state" | STATS n = COUNT(s) BY state | SORT state',
    sql: `SELECT count(g.s) AS n, g.t AS state FROM (SELECT regexp_extract("message", '^Service (.*?) entered the (.*?) state', ['s', 't']) AS g FROM $events WHERE starts_with("message", 'Service ')) GROUP BY 2`,
  },
  {
    name: 'DISSECT of paths',
    esql: 'FROM logs-* | DISSECT process.executable "%{drive}\\\\%{folder}\\\\%{rest}" | STATS n = COUNT(rest) BY folder | SORT folder',
    sql: `SELECT count(*) AS n, f AS folder FROM (SELECT split_part("process.executable", '\\', 2) AS f FROM $events) GROUP BY 2`,
  },
  {
    name: 'URI_PARTS',
    esql: 'FROM logs-* | URI_PARTS u = url.original | STATS n = COUNT(u.path), p = MAX(u.port), q = COUNT(u.query) BY u.domain | SORT n DESC, u.domain | LIMIT 5',
    sql: `SELECT count(*) FILTER (WHERE d IS NOT NULL) AS n, max(TRY_CAST(p AS INTEGER)) AS p, count(nullif(q, '')) AS q, d AS "u.domain" FROM (SELECT nullif(g.d, '') AS d, g.p, g.q FROM (SELECT regexp_extract("url.original", '^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:([^/?#@]*)@)?([^/?#:]*)(?::([0-9]*))?)?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$', ['s', 'i', 'd', 'p', 'f', 'q', 'a']) AS g FROM $events WHERE NOT regexp_matches("url.original", '[\\s<>"{}|\\\\^\`]') OR "url.original" IS NULL)) GROUP BY 4 ORDER BY n DESC, 4 LIMIT 5`,
  },
  {
    name: 'REGISTERED_DOMAIN',
    esql: 'FROM logs-* | REGISTERED_DOMAIN d = dns.question.name | STATS n = COUNT(*) BY d.registered_domain | SORT d.registered_domain',
    sql: `SELECT count(*) AS n, array_to_string(string_split("dns.question.name", '.')[-3:], '.') AS "d.registered_domain" FROM $events GROUP BY 2`,
  },
  {
    name: 'DEDUP',
    esql: 'FROM logs-* | KEEP host.name, process.name, user.name | DEDUP | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT DISTINCT "host.name", "process.name", "user.name" FROM $events)`,
  },
  {
    name: 'INLINE STATS',
    esql: 'FROM logs-* | INLINE STATS a = AVG(source.bytes), s = STD_DEV(source.bytes) BY host.name | EVAL z = (source.bytes - a) / s | WHERE z > 1.7 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM $events e JOIN (SELECT "host.name" AS h, avg("source.bytes") AS a, stddev_pop("source.bytes") AS s FROM $events GROUP BY 1) g ON e."host.name" IS NOT DISTINCT FROM g.h WHERE ("source.bytes" - a) / s > 1.7`,
  },
  {
    name: 'LOOKUP JOIN',
    esql: 'FROM logs-* | LOOKUP JOIN assets ON host.name | STATS n = COUNT(*) BY owner | SORT owner',
    sql: `SELECT count(*) AS n, a."owner" FROM $events e LEFT JOIN $assets a ON e."host.name" = a."host.name" GROUP BY 2`,
  },
  {
    name: 'ENRICH',
    esql: 'FROM logs-* | ENRICH owners ON host.name WITH owner | STATS n = COUNT(*) BY owner | SORT owner',
    sql: `SELECT count(*) AS n, a."owner" FROM $events e LEFT JOIN $assets a ON e."host.name" = a."host.name" GROUP BY 2`,
  },
  {
    name: 'IN of a subquery',
    esql: 'FROM logs-* | WHERE user.name IN (FROM logs-* | WHERE process.name == "certutil27.exe" AND event.action == "fork" | KEEP user.name) | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM $events WHERE "user.name" IN (SELECT "user.name" FROM $events WHERE "process.name" = 'certutil27.exe' AND "event.action" = 'fork')`,
  },
  {
    name: 'newest events',
    esql: 'FROM logs-* | WHERE process.name == "cmd.exe" | SORT @timestamp DESC | LIMIT 100 | KEEP @timestamp, host.name, user.name, process.command_line',
    sql: `SELECT "host.name", "user.name", "process.command_line" FROM (SELECT "@timestamp", "host.name", "user.name", "process.command_line", rowid AS r FROM $events WHERE "process.name" = 'cmd.exe' ORDER BY 1 DESC, r LIMIT 100)`,
  },
  {
    name: 'newest events as documents',
    esql: 'FROM logs-* METADATA _source | SORT @timestamp DESC | LIMIT 50 | KEEP host.name, _source',
    sql: `SELECT e."host.name", to_json(e)::VARCHAR AS document FROM $events e ORDER BY "@timestamp" DESC, rowid LIMIT 50`,
    keys: ['host.name'],
  },
  {
    name: 'LIMIT BY',
    esql: 'FROM logs-* | SORT @timestamp DESC | LIMIT 3 BY host.name | KEEP host.name, @timestamp | STATS n = COUNT(*)',
    sql: `SELECT sum(len(t)) AS n FROM (SELECT max("@timestamp", 3) AS t FROM $events GROUP BY "host.name")`,
  },
  {
    name: 'FORK',
    esql: 'FROM logs-* | FORK (WHERE process.name == "cmd.exe" | STATS n = COUNT(*)) (WHERE destination.port == 22 | STATS n = COUNT(*)) | KEEP n',
    sql: `SELECT count(*) AS n FROM $events WHERE "process.name" = 'cmd.exe' UNION ALL SELECT count(*) FROM $events WHERE "destination.port" = 22`,
  },
  {
    name: 'CHANGE_POINT',
    esql: 'FROM logs-* | STATS c = COUNT(*) BY b = BUCKET(@timestamp, 1 hour) | CHANGE_POINT c ON b | STATS n = SUM(c)',
    sql: `SELECT sum(c) AS n FROM (SELECT count(*) AS c FROM $events GROUP BY date_trunc('hour', "@timestamp"))`,
  },
  {
    name: 'SAMPLE',
    esql: 'FROM logs-* | SAMPLE 0.01 | STATS c = COUNT(*)',
    sql: `SELECT count(*) AS c FROM $events WHERE random() < 0.01`,
    keys: [],
  },
];

/** What hunts put together of these. */
const hunts = [
  {
    name: 'first seen',
    esql: 'FROM logs-* | STATS since = MIN(@timestamp), n = COUNT(*) BY process.hash.sha256 | WHERE since > NOW() - 6 days | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT min("@timestamp") AS first, count(*) AS n FROM $events GROUP BY "process.hash.sha256" HAVING first > TIMESTAMP '2026-03-04 12:00:00')`,
  },
  {
    name: 'rare by the number of hosts',
    esql: 'FROM logs-* | STATS hosts = COUNT_DISTINCT(host.name), n = COUNT(*) BY file.path | WHERE hosts == 1 AND n > 1 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(DISTINCT "host.name") AS hosts, count(*) AS n FROM $events GROUP BY "file.path" HAVING hosts = 1 AND n > 1)`,
  },
  {
    name: 'sessions by half hours',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY user.name, host.os.type, b = BUCKET(@timestamp, 30 minutes) | STATS s = COUNT(*), m = MAX(n) BY user.name | STATS s = MAX(s), m = MAX(m)',
    sql: `SELECT max(s) AS s, max(m) AS m FROM (SELECT count(*) AS s, max(n) AS m FROM (SELECT count(*) AS n, "user.name" FROM $events GROUP BY "user.name", "host.os.type", epoch_us("@timestamp") // 1800000000) GROUP BY "user.name")`,
  },
  {
    name: 'LOOKUP JOIN and a condition on the list',
    esql: 'FROM logs-* | WHERE event.outcome == "failure" | LOOKUP JOIN assets ON host.name | WHERE owner == "team-3" | STATS n = COUNT(*) BY host.name | SORT n DESC, host.name | LIMIT 10',
    sql: `SELECT count(*) AS n, e."host.name" FROM $events e JOIN $assets a ON e."host.name" = a."host.name" WHERE e."event.outcome" = 'failure' AND a."owner" = 'team-3' GROUP BY 2 ORDER BY n DESC, 2 LIMIT 10`,
  },
  {
    name: 'a ladder of CASE',
    esql: 'FROM logs-* | EVAL kind = CASE(process.name LIKE "power*", "shell", process.name LIKE "cmd*", "shell", ENDS_WITH(process.name, "script.exe"), "script", process.executable LIKE "*Temp*", "temp", process.executable LIKE "*System32*", "system", "other") | STATS n = COUNT(*) BY kind | SORT kind',
    sql: `SELECT count(*) AS n, CASE WHEN starts_with("process.name", 'power') THEN 'shell' WHEN starts_with("process.name", 'cmd') THEN 'shell' WHEN suffix("process.name", 'script.exe') THEN 'script' WHEN contains("process.executable", 'Temp') THEN 'temp' WHEN contains("process.executable", 'System32') THEN 'system' ELSE 'other' END AS kind FROM $events GROUP BY 2`,
  },
  {
    name: 'many groups of several keys',
    esql: 'FROM logs-* | STATS n = COUNT(*), b = SUM(source.bytes) BY host.name, user.name, process.name | STATS g = COUNT(*), n = MAX(n), b = MAX(b)',
    sql: `SELECT count(*) AS g, max(n) AS n, max(b) AS b FROM (SELECT count(*) AS n, sum("source.bytes")::BIGINT AS b FROM $events GROUP BY "host.name", "user.name", "process.name")`,
  },
  {
    name: 'VALUES of many groups',
    esql: 'FROM logs-* | STATS v = VALUES(user.name), t = MAX(source.bytes) BY host.name, process.name | EVAL c = MV_COUNT(v) | STATS c = MAX(c), t = MAX(t)',
    sql: `SELECT max(c) AS c, max(t) AS t FROM (SELECT len(list(DISTINCT "user.name")) AS c, max("source.bytes") AS t FROM $events GROUP BY "host.name", "process.name")`,
  },
  {
    name: 'groups by age',
    esql: 'FROM logs-* | EVAL age = DATE_DIFF("hours", @timestamp, NOW()) | STATS n = COUNT(*) BY age | STATS g = COUNT(*), n = MAX(n)',
    sql: `SELECT count(*) AS g, max(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY (epoch_ms(TIMESTAMP '2026-03-10 12:00:00') - epoch_ms("@timestamp")) // 3600000)`,
  },
  where(
    'several endings',
    'ENDS_WITH(file.path, ".exe") OR ENDS_WITH(file.path, ".dll") OR ENDS_WITH(file.path, ".ps1")',
    `suffix("file.path", '.exe') OR suffix("file.path", '.dll') OR suffix("file.path", '.ps1')`,
  ),
  where(
    'RLIKE of groups',
    'process.command_line RLIKE ".*(Encoded|NoProfile).*(ps1|netsvcs|[A-Za-z0-9+/]{60,}).*"',
    `regexp_matches("process.command_line", '(Encoded|NoProfile).*(ps1|netsvcs|[A-Za-z0-9+/]{60,})', 's')`,
  ),
  {
    name: 'MV_EXPAND of tags',
    esql: 'FROM logs-* | MV_EXPAND tags | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY tags | SORT tags',
    sql: `SELECT count(*) AS n, count(DISTINCT "host.name") AS hosts, t AS tags FROM (SELECT "host.name", unnest("tags[]") AS t FROM $events UNION ALL SELECT "host.name", "tags" FROM $events WHERE "tags[]" IS NULL) GROUP BY t`,
  },
  {
    name: 'DISSECT of messages',
    esql: 'FROM logs-* | DISSECT message "%{verb} %{what} for %{rest}" | STATS n = COUNT(*), m = MAX(LENGTH(rest)) BY verb | SORT verb',
    sql: `SELECT count(*) AS n, max(length(nullif(g.r, ''))) AS m, nullif(g.v, '') AS verb FROM (SELECT regexp_extract("message", '^(.*?) (.*?) for (.*)$', ['v', 'w', 'r'], 's') AS g FROM $events) GROUP BY 3`,
  },
  value(
    'signs in command lines',
    'LENGTH(process.command_line) - LENGTH(REPLACE(process.command_line, "[^A-Za-z0-9 ]", ""))',
    `length("process.command_line") - length(regexp_replace("process.command_line", '[^A-Za-z0-9 ]', '', 'g'))`,
  ),
  where(
    'labels of names',
    'MV_COUNT(SPLIT(dns.question.name, ".")) > 4 AND LENGTH(dns.question.name) > 25',
    `len(string_split("dns.question.name", '.')) > 4 AND length("dns.question.name") > 25`,
  ),
  {
    name: 'shares of failures',
    esql: 'FROM logs-* | STATS every = COUNT(*), bad = SUM(CASE(event.outcome == "failure", 1, 0)) BY user.name | EVAL share = bad / every::double | WHERE share > 0.33 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(*) AS a, sum(CASE WHEN "event.outcome" = 'failure' THEN 1 ELSE 0 END) AS bad FROM $events GROUP BY "user.name" HAVING bad / a::DOUBLE > 0.33)`,
  },
  {
    name: 'parents and children',
    esql: 'FROM logs-* | WHERE process.parent.name IN ("winword.exe", "explorer.exe") AND process.name LIKE "*script*" | STATS n = COUNT(*), users = COUNT_DISTINCT(user.name) BY process.parent.name, process.name | SORT n DESC, process.parent.name, process.name | LIMIT 20',
    sql: `SELECT count(*) AS n, count(DISTINCT "user.name") AS users, "process.parent.name", "process.name" FROM $events WHERE "process.parent.name" IN ('winword.exe', 'explorer.exe') AND contains("process.name", 'script') GROUP BY 3, 4 ORDER BY n DESC, 3, 4 LIMIT 20`,
  },
  {
    name: 'groups by a text in lower case',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY p = TO_LOWER(process.executable) | STATS g = COUNT(*), n = MAX(n)',
    sql: `SELECT count(*) AS g, max(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY lower("process.executable"))`,
  },
  {
    name: 'hours of the day by system',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY h = DATE_EXTRACT("hour_of_day", @timestamp), host.os.type | STATS g = COUNT(*), n = MAX(n)',
    sql: `SELECT count(*) AS g, max(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY hour("@timestamp"), "host.os.type")`,
  },
  {
    name: 'groups by CONCAT',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY k = CONCAT(user.name, "@", host.name) | STATS g = COUNT(*), n = MAX(n)',
    sql: `SELECT count(*) AS g, max(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY "user.name" || '@' || "host.name")`,
  },
  {
    name: 'scans',
    esql: 'FROM logs-* | WHERE event.outcome == "failure" | STATS ports = COUNT_DISTINCT(destination.port), hosts = COUNT_DISTINCT(host.name) BY source.ip | WHERE hosts > 2 AND ports > 1 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(DISTINCT "destination.port") AS ports, count(DISTINCT "host.name") AS hosts FROM $events WHERE "event.outcome" = 'failure' GROUP BY "source.ip" HAVING hosts > 2 AND ports > 1)`,
  },
  {
    name: 'GROK of a connection',
    esql: 'FROM logs-* | GROK message "connection from %{IP:a} closed after %{INT:p:int} ms" | STATS n = COUNT(a), c = COUNT_DISTINCT(a), m = MAX(p)',
    sql: `SELECT count(nullif(g.a, '')) AS n, count(DISTINCT nullif(g.a, '')) AS c, max(TRY_CAST(g.p AS INTEGER)) AS m FROM (SELECT regexp_extract("message", 'connection from ([0-9a-fA-F.:]+) closed after ([+-]?[0-9]+) ms', ['a', 'p']) AS g FROM $events)`,
  },
  value(
    'numbers in texts',
    'TO_LONG(MV_LAST(SPLIT(user.id, "-")))',
    `TRY_CAST(split_part("user.id", '-', -1) AS BIGINT)`,
  ),
];

/** Every kind. */
export const kinds = [...conditions, ...values, ...stats, ...commands, ...hunts, ...rules, ...hunting];
