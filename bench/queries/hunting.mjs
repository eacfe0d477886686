// Kinds of queries in which hunters put several commands and functions together: narrowing, deriving, counting, comparing
// with what is usual. Written for the events of the benchmark, beside SQL for the same.
import { block, groups, ip, value, where } from './kind.mjs';

const now = `TIMESTAMP '2026-03-10 12:00:00'`;
const ago = (interval) => `"@timestamp" > ${now} - INTERVAL ${interval}`;
const hour = `date_trunc('hour', "@timestamp")`;
const privateNets = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const inNets = (column, nets) =>
  `(${nets.map((net) => block(column, net.split('/')[0], Number(net.split('/')[1]))).join(' OR ')})`;
const listed = (nets) => nets.map((net) => `"${net}"`).join(', ');
const args = 'coalesce("process.args[]", ["process.args"])';
/** The network that an address of IPv4 is in. */
const network24 = (column) =>
  `CASE WHEN ${column} BETWEEN ${ip('0.0.0.0')} AND ${ip('255.255.255.255')} THEN ${column} & ${(1n << 128n) - 256n}::UHUGEINT END`;

const conditions = [
  where(
    'hunt: conditions from dear to cheap',
    'process.command_line RLIKE ".*Service[0-7][0-9].*" AND TO_LOWER(process.executable) LIKE "*system32*" AND LENGTH(process.command_line) > 30 AND event.outcome == "failure" AND destination.port == 22',
    `"destination.port" = 22 AND "event.outcome" = 'failure' AND length("process.command_line") > 30 AND contains(lower("process.executable"), 'system32') AND regexp_matches("process.command_line", 'Service[0-7][0-9]', 's')`,
  ),
  where(
    'hunt: a decoded text before a cheap condition',
    'FROM_BASE64(process.entity_id) LIKE "*-17*" AND destination.port == 3389',
    `"destination.port" = 3389 AND contains(CASE WHEN regexp_full_match("process.entity_id", '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?') THEN decode(from_base64("process.entity_id")) END, '-17')`,
  ),
  where(
    'hunt: NOT of lists and of patterns',
    'NOT (process.name IN ("chrome4.exe", "teams.exe") OR process.command_line LIKE "*renderer*" OR user.name RLIKE "user[0-4].*") AND event.action != "rename"',
    `NOT ("process.name" IN ('chrome4.exe', 'teams.exe') OR contains("process.command_line", 'renderer') OR regexp_matches("user.name", '^user[0-4]')) AND "event.action" <> 'rename'`,
  ),
  where(
    'hunt: OR of several ANDs',
    '(process.name == "cmd.exe" AND process.parent.name == "winword.exe") OR (process.name LIKE "powershell*" AND process.command_line LIKE "*-EncodedCommand*") OR (event.code == "4625" AND user.name == "user7")',
    `("process.name" = 'cmd.exe' AND "process.parent.name" = 'winword.exe') OR (starts_with("process.name", 'powershell') AND contains("process.command_line", '-EncodedCommand')) OR ("event.code" = '4625' AND "user.name" = 'user7')`,
  ),
  where(
    'hunt: TO_LOWER with LIKE of several patterns',
    'TO_LOWER(process.command_line) LIKE ("*-encodedcommand*", "*downloadstring*", "*\\\\\\\\share\\\\\\\\*") OR TO_LOWER(process.name) LIKE "cert*"',
    `contains(lower("process.command_line"), '-encodedcommand') OR contains(lower("process.command_line"), 'downloadstring') OR contains(lower("process.command_line"), '\\share\\') OR starts_with(lower("process.name"), 'cert')`,
  ),
  where(
    'hunt: RLIKE of groups and classes',
    'file.path RLIKE "[A-Z]:\\\\\\\\(Users|Windows)\\\\\\\\.*f[0-9]{3,4}\\\\.(exe|dll|ps1)"',
    `regexp_full_match("file.path", '[A-Z]:\\\\(Users|Windows)\\\\.*f[0-9]{3,4}\\.(exe|dll|ps1)', 's')`,
  ),
  where(
    'hunt: networks of both fields',
    `CIDR_MATCH(source.ip, ${listed(privateNets)}) AND CIDR_MATCH(destination.ip, "11.0.0.0/8", "12.5.0.0/16", "13.1.2.0/24") AND destination.port IN (443, 8443)`,
    `${inNets('"source.ip"', privateNets)} AND ${inNets('"destination.ip"', ['11.0.0.0/8', '12.5.0.0/16', '13.1.2.0/24'])} AND "destination.port" IN (443, 8443)`,
  ),
  where(
    'hunt: a network of a field',
    'CIDR_MATCH(source.ip, CONCAT("10.", SUBSTRING(event.code, 1, 1), ".0.0/16"))',
    `"source.ip" & ${(1n << 128n) - (1n << 16n)}::UHUGEINT = ${ip('10.0.0.0')} + (substring("event.code", 1, 1)::UHUGEINT * 65536)`,
  ),
  where(
    'hunt: KQL of nested groups',
    'KQL("(event.action: start or event.action: fork) and not (user.name: user1* or user.name: user2*) and (file.path: *.exe or process.executable: *Temp*)")',
    `"event.action" IN ('start', 'fork') AND NOT (coalesce(starts_with("user.name", 'user1'), false) OR coalesce(starts_with("user.name", 'user2'), false)) AND (suffix("file.path", '.exe') OR contains("process.executable", 'Temp'))`,
  ),
  where(
    'hunt: QSTR, then MATCH',
    'QSTR("event.outcome:failure AND process.parent.name:(bash OR cron)") AND MATCH(message, "publickey")',
    `"event.outcome" = 'failure' AND "process.parent.name" IN ('bash', 'cron') AND regexp_matches("message", '(?i)\\bpublickey\\b')`,
  ),
  where(
    'hunt: MATCH of all words',
    'MATCH(message, "timeout closed", {"operator": "AND"})',
    `regexp_matches("message", '(?i)\\btimeout\\b') AND regexp_matches("message", '(?i)\\bclosed\\b')`,
  ),
  where(
    'hunt: part of an executable in its command line',
    'LOCATE(process.command_line, process.name) == 1 AND NOT ENDS_WITH(process.executable, process.name) OR STARTS_WITH(process.executable, "C:\\\\Users")',
    `(instr("process.command_line", "process.name") = 1 AND NOT suffix("process.executable", "process.name")) OR starts_with("process.executable", 'C:\\Users')`,
  ),
  where(
    'hunt: arguments of several kinds',
    'MV_COUNT(process.args) >= 3 AND MV_CONTAINS(process.args, "-NoProfile") AND MV_LAST(process.args) LIKE "SUVY*"',
    `len("process.args[]") >= 3 AND list_contains("process.args[]", '-NoProfile') AND starts_with("process.args[]"[-1], 'SUVY')`,
  ),
  where(
    'hunt: times of day and of the week',
    '(DATE_EXTRACT("hour_of_day", @timestamp) >= 20 OR DATE_EXTRACT("hour_of_day", @timestamp) < 6) AND DATE_EXTRACT("day_of_week", @timestamp) <= 5 AND @timestamp > NOW() - 5 days',
    `(hour("@timestamp") >= 20 OR hour("@timestamp") < 6) AND isodow("@timestamp") <= 5 AND ${ago('5 DAY')}`,
  ),
  where(
    'hunt: age and size together',
    'DATE_DIFF("hours", @timestamp, NOW()) >= 12 AND DATE_DIFF("hours", @timestamp, NOW()) <= 36 AND file.size > 1024 * 1024 AND file.size / 1024 < 40000',
    `(epoch_ms(${now}) - epoch_ms("@timestamp")) // 3600000 BETWEEN 12 AND 36 AND "file.size" > 1048576 AND "file.size" // 1024 < 40000`,
  ),
];

const values = [
  value(
    'hunt: nested CONCAT, SUBSTRING and TO_UPPER',
    'LENGTH(CONCAT(TO_UPPER(SUBSTRING(user.name, 1, 1)), SUBSTRING(user.name, 2), CONCAT(" on ", CONCAT(host.name, " (", host.os.type, ")"))))',
    `length(upper(substring("user.name", 1, 1)) || substring("user.name", 2) || ' on ' || "host.name" || ' (' || "host.os.type" || ')')`,
  ),
  value(
    'hunt: REPLACE of several patterns',
    'LENGTH(REPLACE(REPLACE(process.command_line, "\\"", ""), "C:\\\\\\\\Users\\\\\\\\[^\\\\\\\\]+", "~"))',
    `length(regexp_replace(replace("process.command_line", '"', ''), 'C:\\\\Users\\\\[^\\\\]+', '~', 'g'))`,
  ),
  value(
    'hunt: the extension of a file',
    'TO_LOWER(MV_LAST(SPLIT(file.path, ".")))',
    `lower(split_part("file.path", '.', -1))`,
  ),
  value(
    'hunt: the folder of a program',
    'SUBSTRING(process.executable, 1, LENGTH(process.executable) - LENGTH(process.name))',
    `substring("process.executable", 1, length("process.executable") - length("process.name"))`,
  ),
  value(
    'hunt: HASH of a lower text',
    'HASH("sha1", TO_LOWER(CONCAT(process.executable, process.parent.name)))',
    `sha1(lower("process.executable" || "process.parent.name"))`,
  ),
  value(
    'hunt: TRIM, REVERSE and LEFT',
    'LEFT(REVERSE(TRIM(process.command_line)), 12)',
    `left(reverse(trim("process.command_line")), 12)`,
  ),
  value(
    'hunt: JSON_EXTRACT',
    'TO_LONG(JSON_EXTRACT(CONCAT("{\\"port\\": ", TO_STRING(source.port), ", \\"user\\": \\"", user.name, "\\"}"), "port"))',
    `TRY_CAST(json_extract_string('{"port": ' || "source.port" || ', "user": "' || "user.name" || '"}', '$.port') AS BIGINT)`,
  ),
  value(
    'hunt: DATE_PARSE and DATE_TRUNC of a text',
    'DATE_DIFF("days", DATE_TRUNC(1 week, DATE_PARSE("yyyy-MM-dd\'T\'HH:mm:ss", SUBSTRING(TO_STRING(@timestamp), 1, 19))), NOW())',
    `date_diff('day', date_trunc('week', strptime(substring(strftime("@timestamp", '%Y-%m-%dT%H:%M:%S.%gZ'), 1, 19), '%Y-%m-%dT%H:%M:%S')), ${now})`,
  ),
  value(
    'hunt: logarithms and roots',
    'ROUND(LOG10(source.bytes + 1) * SQRT(destination.bytes) / POW(2, 3), 2)',
    `round(log10("source.bytes" + 1) * sqrt("destination.bytes") / pow(2, 3), 2)`,
  ),
  value(
    'hunt: GREATEST and LEAST',
    'GREATEST(source.bytes, destination.bytes, file.size) - LEAST(source.bytes, destination.bytes)',
    `greatest("source.bytes", "destination.bytes", "file.size") - least("source.bytes", "destination.bytes")`,
  ),
  value(
    'hunt: a chain of CASE over derived values',
    'CASE(LENGTH(process.command_line) > 120 AND process.name LIKE "power*", 4, LOCATE(process.command_line, "-k") > 0, 3, MV_COUNT(SPLIT(process.command_line, " ")) > 5, 2, 1)',
    `CASE WHEN length("process.command_line") > 120 AND starts_with("process.name", 'power') THEN 4 WHEN instr("process.command_line", '-k') > 0 THEN 3 WHEN len(string_split("process.command_line", ' ')) > 5 THEN 2 ELSE 1 END`,
  ),
  value(
    'hunt: MV_SORT, MV_SLICE and MV_CONCAT',
    'LENGTH(MV_CONCAT(MV_SLICE(MV_SORT(process.args), 0, 2), ","))',
    `length(array_to_string(list_sort(coalesce("process.args[]", ["process.args"]))[:3], ','))`,
  ),
  value(
    'hunt: MV_APPEND and MV_DEDUPE of arguments',
    'MV_COUNT(MV_APPEND(MV_DEDUPE(process.args), process.name))',
    `len(list_distinct(coalesce("process.args[]", ["process.args"]))) + 1`,
  ),
];

const stats = [
  groups(
    'hunt: COUNT_DISTINCT of several fields by three keys',
    'FROM logs-* | STATS n = COUNT_DISTINCT(user.name), p = COUNT_DISTINCT(process.name), d = COUNT_DISTINCT(destination.port) BY host.name, event.action, event.outcome | WHERE n > 3 AND p > 5',
    `SELECT count(DISTINCT "user.name") AS n, count(DISTINCT "process.name") AS p, count(DISTINCT "destination.port") AS d FROM $events GROUP BY "host.name", "event.action", "event.outcome" HAVING n > 3 AND p > 5`,
  ),
  groups(
    'hunt: rare parent and child by the number of hosts',
    'FROM logs-* | WHERE event.action IN ("start", "fork") AND @timestamp > NOW() - 6 days | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name), users = COUNT_DISTINCT(user.name), since = MIN(@timestamp), until = MAX(@timestamp) BY process.parent.name, process.name, user.name | WHERE hosts <= 2 AND n < 5',
    `SELECT count(*) AS n, count(DISTINCT "host.name") AS hosts, count(DISTINCT "user.name") AS users, min("@timestamp") AS a, max("@timestamp") AS b FROM $events WHERE "event.action" IN ('start', 'fork') AND ${ago('6 DAY')} GROUP BY "process.parent.name", "process.name", "user.name" HAVING hosts <= 2 AND n < 5`,
  ),
  groups(
    'hunt: STATS with WHERE in several aggregates',
    'FROM logs-* | STATS n = COUNT(*), bad = COUNT(*) WHERE event.outcome == "failure", up = SUM(source.bytes) WHERE destination.port == 443, far = MAX(destination.bytes) WHERE NOT CIDR_MATCH(destination.ip, "10.0.0.0/8"), late = MIN(@timestamp) WHERE process.name == "cmd.exe" BY user.name, host.os.type | WHERE bad > 10 AND up > 0',
    `SELECT count(*) AS n, count(*) FILTER (WHERE "event.outcome" = 'failure') AS bad, sum("source.bytes") FILTER (WHERE "destination.port" = 443) AS up, max("destination.bytes") FILTER (WHERE NOT ${block('"destination.ip"', '10.0.0.0', 8)}) AS far, min("@timestamp") FILTER (WHERE "process.name" = 'cmd.exe') AS late FROM $events GROUP BY "user.name", "host.os.type" HAVING bad > 10 AND up > 0`,
  ),
  {
    name: 'hunt: BUCKET into a number of spans',
    esql: 'FROM logs-* | WHERE @timestamp > NOW() - 6 days | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY b = BUCKET(@timestamp, 20, NOW() - 6 days, NOW()) | STATS g = COUNT(*), n = MAX(n), u = MAX(u)',
    sql: `SELECT count(*) AS g, max(n) AS n, max(u) AS u FROM (SELECT count(*) AS n, count(DISTINCT "user.name") AS u FROM $events WHERE ${ago('6 DAY')} GROUP BY epoch_us("@timestamp") // 43200000000)`,
  },
  {
    name: 'hunt: BUCKET of numbers',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY b = BUCKET(source.bytes, 250000.0), host.os.type | STATS g = COUNT(*), n = MAX(n)',
    sql: `SELECT count(*) AS g, max(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY floor("source.bytes" / 250000.0::DOUBLE), "host.os.type")`,
  },
  {
    name: 'hunt: a z-score of hours',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY host.name, h = DATE_TRUNC(1 hour, @timestamp) | INLINE STATS a = AVG(n), s = STD_DEV(n) BY host.name | EVAL z = CASE(s > 0, (n - a) / s, 0.0) | WHERE z > 2.5 | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name)',
    sql: `WITH c AS (SELECT count(*) AS n, "host.name" AS h FROM $events GROUP BY 2, ${hour}) SELECT count(*) AS n, count(DISTINCT h) AS hosts FROM (SELECT h, (n - avg(n) OVER w) / nullif(stddev_pop(n) OVER w, 0) AS z FROM c WINDOW w AS (PARTITION BY h)) WHERE z > 2.5`,
  },
  {
    name: 'hunt: INLINE STATS, then shares',
    esql: 'FROM logs-* | WHERE event.outcome == "failure" | STATS n = COUNT(*) BY user.name, event.action | INLINE STATS whole = SUM(n) BY user.name | EVAL share = n / whole::double | WHERE share > 0.2 | STATS n = COUNT(*), share = ROUND(MAX(share), 4)',
    sql: `SELECT count(*) AS n, round(max(share), 4) AS share FROM (SELECT n / (sum(n) OVER (PARTITION BY u))::DOUBLE AS share FROM (SELECT count(*) AS n, "user.name" AS u FROM $events WHERE "event.outcome" = 'failure' GROUP BY 2, "event.action")) WHERE share > 0.2`,
  },
  groups(
    'hunt: percentiles under a condition',
    'FROM logs-* | STATS n = COUNT(*), a = PERCENTILE(source.bytes, 99), b = PERCENTILE(destination.bytes, 90), m = MAX(source.bytes) BY process.name | EVAL r = m / a | WHERE r > 1.0 AND n > 10',
    `SELECT n FROM (SELECT count(*) AS n, quantile_cont("source.bytes"::DOUBLE, 0.99) AS a, quantile_cont("destination.bytes"::DOUBLE, 0.9) AS b, max("source.bytes") AS m FROM $events GROUP BY "process.name") WHERE m / a > 1.0 AND n > 10`,
  ),
  groups(
    'hunt: MEDIAN, STD_DEV and extremes by two keys',
    'FROM logs-* | STATS n = COUNT(*), m = MEDIAN(destination.bytes), s = STD_DEV(destination.bytes), lo = MIN(destination.bytes), hi = MAX(destination.bytes) BY user.name, destination.port | WHERE hi > m + 2 * s',
    `SELECT n FROM (SELECT count(*) AS n, quantile_cont("destination.bytes"::DOUBLE, 0.5) AS m, stddev_pop("destination.bytes") AS s, min("destination.bytes") AS lo, max("destination.bytes") AS hi FROM $events GROUP BY "user.name", "destination.port") WHERE hi > m + 2 * s`,
  ),
  groups(
    'hunt: FIRST and LAST, and the time between',
    'FROM logs-* | STATS a = FIRST(event.action, @timestamp), b = LAST(event.action, @timestamp), s = MIN(@timestamp), e = MAX(@timestamp), n = COUNT(*) BY host.name, process.entity_id | EVAL d = DATE_DIFF("seconds", s, e) | WHERE a == "start" AND b == "end" AND d > 60',
    `SELECT n FROM (SELECT arg_min("event.action", "@timestamp") AS a, arg_max("event.action", "@timestamp") AS b, min("@timestamp") AS s, max("@timestamp") AS e, count(*) AS n FROM $events GROUP BY "host.name", "process.entity_id") WHERE a = 'start' AND b = 'end' AND (epoch_ms(e) - epoch_ms(s)) // 1000 > 60`,
  ),
  groups(
    'hunt: VALUES of several fields under a condition',
    'FROM logs-* | WHERE event.code IN ("4624", "4625", "4688") | STATS n = COUNT(*), v = VALUES(event.code), p = VALUES(process.parent.name), d = VALUES(destination.port) BY user.name, host.name | WHERE MV_COUNT(v) == 3 AND MV_CONTAINS(p, "bash") AND MV_COUNT(d) > 1',
    `SELECT n FROM (SELECT count(*) AS n, list(DISTINCT "event.code") AS v, list(DISTINCT "process.parent.name") AS p, list(DISTINCT "destination.port") AS d FROM $events WHERE "event.code" IN ('4624', '4625', '4688') GROUP BY "user.name", "host.name") WHERE len(v) = 3 AND list_contains(p, 'bash') AND len(d) > 1`,
  ),
  {
    name: 'hunt: TOP of several fields',
    esql: 'FROM logs-* | STATS t = TOP(process.name, 2, "desc"), s = TOP(destination.bytes, 5, "asc"), e = TOP(@timestamp, 1, "desc") BY host.name | EVAL c = MV_COUNT(s), w = MV_CONCAT(t, "|") | STATS c = SUM(c), w = MAX(w)',
    sql: `SELECT sum(len(s)) AS c, max(array_to_string(t, '|')) AS w FROM (SELECT max("process.name", 2) AS t, min("destination.bytes", 5) AS s, max("@timestamp", 1) AS e FROM $events GROUP BY "host.name")`,
  },
  groups(
    'hunt: bytes by networks and hours',
    'FROM logs-* | EVAL net = IP_PREFIX(destination.ip, 16, 48), h = DATE_TRUNC(3 hours, @timestamp) | STATS n = SUM(source.bytes), c = COUNT(*) BY net, h | WHERE c > 2',
    `SELECT sum("source.bytes") AS n, count(*) AS c FROM $events GROUP BY CASE WHEN "destination.ip" BETWEEN ${ip('0.0.0.0')} AND ${ip('255.255.255.255')} THEN "destination.ip" & ${(1n << 128n) - (1n << 16n)}::UHUGEINT ELSE "destination.ip" & ${(1n << 128n) - (1n << 80n)}::UHUGEINT END, epoch_us("@timestamp") // 10800000000 HAVING c > 2`,
  ),
  groups(
    'hunt: distinct networks of each user',
    'FROM logs-* | EVAL net = IP_PREFIX(source.ip, 24, 64) | STATS n = COUNT_DISTINCT(net), ips = COUNT_DISTINCT(source.ip) BY user.name | WHERE n > 5',
    `SELECT count(DISTINCT coalesce(${network24('"source.ip"')}, "source.ip" & ${(1n << 128n) - (1n << 64n)}::UHUGEINT)) AS n, count(DISTINCT "source.ip") AS ips FROM $events GROUP BY "user.name" HAVING n > 5`,
  ),
  groups(
    'hunt: groups by a text of several parts',
    'FROM logs-* | EVAL k = CONCAT(TO_LOWER(process.parent.name), " > ", TO_LOWER(process.name), " : ", event.action) | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY k | WHERE hosts < 195',
    `SELECT count(*) AS n, count(DISTINCT "host.name") AS hosts FROM $events GROUP BY lower("process.parent.name") || ' > ' || lower("process.name") || ' : ' || "event.action" HAVING hosts < 195`,
  ),
  groups(
    'hunt: groups by the length of texts',
    'FROM logs-* | EVAL l = ROUND(LENGTH(process.command_line) / 10) * 10, e = MV_LAST(SPLIT(process.executable, "\\\\")) | STATS n = COUNT(*) BY l, e',
    `SELECT count(*) AS n FROM $events GROUP BY length("process.command_line") // 10 * 10, split_part("process.executable", '\\', -1)`,
  ),
  groups(
    'hunt: SUM of CASE by hosts',
    'FROM logs-* | STATS n = COUNT(*), score = SUM(CASE(process.name == "cmd.exe", 5, process.command_line LIKE "*Encoded*", 10, destination.port == 22, 2, 0)), w = SUM(CASE(event.outcome == "failure", 1, 0)) BY host.name, user.name | WHERE score > 40 AND w > 1',
    `SELECT count(*) AS n, sum(CASE WHEN "process.name" = 'cmd.exe' THEN 5 WHEN contains("process.command_line", 'Encoded') THEN 10 WHEN "destination.port" = 22 THEN 2 ELSE 0 END) AS score, sum(CASE WHEN "event.outcome" = 'failure' THEN 1 ELSE 0 END) AS w FROM $events GROUP BY "host.name", "user.name" HAVING score > 40 AND w > 1`,
  ),
  groups(
    'hunt: categories of events, several values, by hours',
    'FROM logs-* | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY event.category, h = BUCKET(@timestamp, 4 hours)',
    `SELECT count(*) AS n, count(DISTINCT u) AS u FROM (SELECT unnest(coalesce("event.category[]", ["event.category"])) AS c, epoch_us("@timestamp") // 14400000000 AS h, "user.name" AS u FROM $events) GROUP BY c, h`,
  ),
  {
    name: 'hunt: STATS thrice',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY user.name, host.name, d = DATE_TRUNC(1 day, @timestamp) | STATS hosts = COUNT(*), n = SUM(n) BY user.name, d | STATS m = MAX(hosts), a = AVG(n), days = COUNT(*) BY user.name | WHERE m > 100 AND days > 3 | STATS n = COUNT(*), m = MAX(m)',
    sql: `SELECT count(*) AS n, max(m) AS m FROM (SELECT max(hosts) AS m, avg(n) AS a, count(*) AS days FROM (SELECT u, d, count(*) AS hosts, sum(n) AS n FROM (SELECT "user.name" AS u, "host.name" AS h, date_trunc('day', "@timestamp") AS d, count(*) AS n FROM $events GROUP BY 1, 2, 3) GROUP BY u, d) GROUP BY u HAVING m > 100 AND days > 3)`,
  },
];

const commands = [
  {
    name: 'hunt: LOOKUP JOIN of thousands by two keys',
    esql: 'FROM logs-* | LOOKUP JOIN sightings ON user.name, host.name | WHERE verdict IS NOT NULL | STATS n = COUNT(*), w = SUM(weight) BY verdict | SORT verdict',
    sql: `SELECT count(*) AS n, sum("weight")::BIGINT AS w, "verdict" FROM $events e JOIN $sightings s ON e."user.name" = s."user.name" AND e."host.name" = s."host.name" WHERE "verdict" IS NOT NULL GROUP BY 3 ORDER BY 3`,
  },
  groups(
    'hunt: what no list knows',
    'FROM logs-* | WHERE event.action == "start" | LOOKUP JOIN sightings ON user.name, host.name | WHERE verdict IS NULL | STATS n = COUNT(*) BY user.name, host.name',
    `SELECT count(*) AS n FROM $events e WHERE "event.action" = 'start' AND NOT EXISTS (SELECT 1 FROM $sightings s WHERE e."user.name" = s."user.name" AND e."host.name" = s."host.name") GROUP BY "user.name", "host.name"`,
  ),
  {
    name: 'hunt: groups first, LOOKUP JOIN afterwards',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY user.name, host.name | LOOKUP JOIN sightings ON user.name, host.name | WHERE verdict == "bad" AND n > 1 | STATS n = SUM(n), g = COUNT(*)',
    sql: `SELECT sum(n)::BIGINT AS n, count(*) AS g FROM (SELECT count(*) AS n, "user.name" AS u, "host.name" AS h FROM $events GROUP BY 2, 3) e JOIN $sightings s ON e.u = s."user.name" AND e.h = s."host.name" WHERE "verdict" = 'bad' AND n > 1`,
  },
  {
    name: 'hunt: ENRICH by several fields and a key of it',
    esql: 'FROM logs-* | WHERE destination.port IN (22, 3389) | ENRICH owners ON host.name WITH team = owner, criticality | EVAL risk = CASE(criticality >= 3, "high", criticality == 2, "middle", "low") | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY team, risk | SORT n DESC, team, risk | LIMIT 20',
    sql: `SELECT count(*) AS n, count(DISTINCT "user.name") AS u, a."owner" AS team, CASE WHEN a."criticality" >= 3 THEN 'high' WHEN a."criticality" = 2 THEN 'middle' ELSE 'low' END AS risk FROM $events e LEFT JOIN $assets a ON e."host.name" = a."host.name" WHERE "destination.port" IN (22, 3389) GROUP BY 3, 4 ORDER BY n DESC, 3, 4 LIMIT 20`,
  },
  {
    name: 'hunt: DISSECT and GROK of one text',
    esql: 'FROM logs-* | WHERE message LIKE "* ssh2" | DISSECT message "%{verb} %{method} for %{rest}" | GROK rest "(invalid user )?%{USERNAME:u} from %{NOTSPACE:a} port %{INT:p:int}" | STATS n = COUNT(*), users = COUNT_DISTINCT(u), p = MAX(p) BY verb | SORT verb',
    sql: `SELECT count(*) AS n, count(DISTINCT g.u) AS users, max(g.p::INTEGER) AS p, verb FROM (SELECT split_part("message", ' ', 1) AS verb, regexp_extract("message", ' for (?:invalid user )?([a-zA-Z0-9._-]+) from (\\S+) port ([0-9]+)', ['u', 'a', 'p']) AS g FROM $events WHERE suffix("message", ' ssh2')) GROUP BY 4 ORDER BY 4`,
  },
  {
    name: 'hunt: GROK of a request',
    esql: 'FROM logs-* | GROK message "%{WORD:verb} %{URIPATH:path} %{INT:status:int} %{INT:took:int}ms from %{IPORHOST:client}" | WHERE status == 200 AND took > 500 | STATS n = COUNT(*), paths = COUNT_DISTINCT(path), took = MAX(took) BY verb',
    sql: `SELECT count(*) AS n, count(DISTINCT g.p) AS paths, max(g.t::INTEGER) AS took, g.v AS verb FROM (SELECT regexp_extract("message", '\\b(\\w+)\\b (/\\S*) ([0-9]+) ([0-9]+)ms from (\\S+)', ['v', 'p', 's', 't', 'c']) AS g FROM $events WHERE contains("message", 'ms from ')) WHERE g.s = '200' AND g.t::INTEGER > 500 GROUP BY 4`,
  },
  {
    name: 'hunt: DISSECT with an empty key',
    esql: 'FROM logs-* | WHERE process.command_line LIKE "*--type=*" | DISSECT process.command_line "%{program} --type=%{type} --id=%{} --port %{port}" | EVAL port = TO_LONG(port) | WHERE port < 1024 | STATS n = COUNT(*), p = MAX(port) BY type',
    sql: `SELECT count(*) AS n, max(p) AS p, type FROM (SELECT g.t AS type, TRY_CAST(g.p AS BIGINT) AS p FROM (SELECT regexp_extract("process.command_line", '^(.*?) --type=(.*?) --id=.*? --port (.*)$', ['r', 't', 'p']) AS g FROM $events WHERE contains("process.command_line", '--type='))) WHERE p < 1024 GROUP BY 3`,
  },
  {
    name: 'hunt: MV_EXPAND of SPLIT',
    esql: 'FROM logs-* | WHERE event.action == "creation" | EVAL part = SPLIT(process.executable, "\\\\") | MV_EXPAND part | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY part | SORT n DESC, part | LIMIT 10',
    sql: `SELECT count(*) AS n, count(DISTINCT h) AS hosts, part FROM (SELECT "host.name" AS h, unnest(string_split("process.executable", '\\')) AS part FROM $events WHERE "event.action" = 'creation') GROUP BY 3 ORDER BY n DESC, 3 LIMIT 10`,
  },
  {
    name: 'hunt: FORK of counts and of newest events',
    esql: 'FROM logs-* | WHERE process.name LIKE "certutil*" | FORK (STATS n = COUNT(*)) (STATS n = COUNT_DISTINCT(user.name)) (WHERE event.outcome == "failure" | STATS n = COUNT(*)) (SORT @timestamp DESC | LIMIT 10 | STATS n = COUNT(*)) | KEEP _fork, n | SORT _fork',
    sql: `WITH e AS (SELECT * FROM $events WHERE starts_with("process.name", 'certutil')) SELECT 'fork1' AS _fork, count(*) AS n FROM e UNION ALL SELECT 'fork2', count(DISTINCT "user.name") FROM e UNION ALL SELECT 'fork3', count(*) FROM e WHERE "event.outcome" = 'failure' UNION ALL SELECT 'fork4', count(*) FROM (SELECT "@timestamp" FROM e ORDER BY "@timestamp" DESC LIMIT 10)`,
  },
  groups(
    'hunt: RENAME, DROP and KEEP before STATS',
    'FROM logs-* | RENAME host.name AS h, user.name AS u | DROP process.args, message | EVAL who = CONCAT(u, "@", h) | KEEP who, event.action, source.bytes, destination.bytes | WHERE source.bytes > destination.bytes | STATS n = COUNT(*), b = SUM(source.bytes - destination.bytes) BY who, event.action | WHERE b > 1000000',
    `SELECT count(*) AS n, sum("source.bytes" - "destination.bytes") AS b FROM $events WHERE "source.bytes" > "destination.bytes" GROUP BY "user.name" || '@' || "host.name", "event.action" HAVING b > 1000000`,
  ),
  {
    name: 'hunt: CHANGE_POINT of distinct users',
    esql: 'FROM logs-* | WHERE event.outcome == "failure" | STATS c = COUNT_DISTINCT(user.name) BY b = BUCKET(@timestamp, 2 hours) | CHANGE_POINT c ON b AS type, pvalue | STATS n = SUM(c)',
    sql: `SELECT sum(c) AS n FROM (SELECT count(DISTINCT "user.name") AS c FROM $events WHERE "event.outcome" = 'failure' GROUP BY epoch_us("@timestamp") // 7200000000)`,
  },
  {
    name: 'hunt: SAMPLE before groups',
    esql: 'FROM logs-* | SAMPLE 0.1 | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY process.name | STATS g = COUNT(*)',
    sql: `SELECT count(*) AS g FROM (SELECT count(*) AS n, count(DISTINCT "user.name") AS u FROM $events WHERE random() < 0.1 GROUP BY "process.name")`,
  },
  {
    name: 'hunt: DEDUP, then groups',
    esql: 'FROM logs-* | WHERE event.action == "start" | KEEP host.name, user.name, process.name | DEDUP | STATS n = COUNT(*) BY process.name | SORT n DESC, process.name | LIMIT 10',
    sql: `SELECT count(*) AS n, p AS "process.name" FROM (SELECT DISTINCT "host.name", "user.name", "process.name" AS p FROM $events WHERE "event.action" = 'start') GROUP BY 2 ORDER BY n DESC, 2 LIMIT 10`,
  },
  {
    name: 'hunt: the newest of each host, returned',
    esql: 'FROM logs-* | WHERE event.category == "process" | SORT @timestamp DESC | LIMIT 1 BY host.name | KEEP @timestamp, host.name, process.name, process.command_line',
    sql: `SELECT "host.name", "process.name", "process.command_line" FROM $events WHERE "event.category" = 'process' QUALIFY row_number() OVER (PARTITION BY "host.name" ORDER BY "@timestamp" DESC, rowid) = 1`,
    keys: ['host.name'],
  },
  {
    name: 'hunt: newest events with derived columns',
    esql: 'FROM logs-* | WHERE process.command_line LIKE "*-EncodedCommand*" AND user.name LIKE "user1*" | EVAL len = LENGTH(process.command_line), age = DATE_DIFF("minutes", @timestamp, NOW()), ext = MV_LAST(SPLIT(process.executable, ".")) | KEEP @timestamp, host.name, user.name, process.name, len, age, ext | SORT @timestamp DESC | LIMIT 50',
    sql: `SELECT "host.name", "user.name", "process.name", length("process.command_line") AS len, split_part("process.executable", '.', -1) AS ext FROM (SELECT * FROM $events WHERE contains("process.command_line", '-EncodedCommand') AND starts_with("user.name", 'user1') ORDER BY "@timestamp" DESC, rowid LIMIT 50)`,
  },
  {
    name: 'hunt: longest command lines',
    esql: 'FROM logs-* | EVAL len = LENGTH(process.command_line) | WHERE len > 100 | SORT len DESC, @timestamp DESC | LIMIT 20 | KEEP len, host.name, process.name, process.command_line',
    sql: `SELECT length("process.command_line") AS len FROM $events WHERE length("process.command_line") > 100 ORDER BY len DESC, "@timestamp" DESC LIMIT 20`,
  },
  {
    name: 'hunt: all columns of ten events',
    esql: 'FROM logs-* | WHERE process.name == "cmd.exe" AND destination.port == 3389 | LIMIT 10',
    sql: `SELECT * FROM $events WHERE "process.name" = 'cmd.exe' AND "destination.port" = 3389 LIMIT 10`,
    keys: ['process.name'],
  },
  {
    name: 'hunt: users of a subquery, and what else they did',
    esql: 'FROM logs-* | WHERE user.name IN (FROM logs-* | WHERE process.command_line LIKE "*-EncodedCommand*" AND destination.port == 3389 AND event.outcome == "failure" AND event.code == "4625" | KEEP user.name) AND destination.port == 22 | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY user.name | SORT n DESC, user.name | LIMIT 10',
    sql: `SELECT count(*) AS n, count(DISTINCT "host.name") AS hosts, "user.name" FROM $events WHERE "destination.port" = 22 AND "user.name" IN (SELECT "user.name" FROM $events WHERE "destination.port" = 3389 AND "event.outcome" = 'failure' AND "event.code" = '4625' AND contains("process.command_line", '-EncodedCommand')) GROUP BY 3 ORDER BY n DESC, 3 LIMIT 10`,
  },
  groups(
    'hunt: URI_PARTS, then groups by the first folder',
    'FROM logs-* | WHERE url.original IS NOT NULL | URI_PARTS u = url.original | EVAL folder = MV_SLICE(SPLIT(u.path, "/"), 1), host = TO_LOWER(u.domain) | STATS n = COUNT(*) BY host, folder',
    `SELECT count(*) AS n FROM (SELECT lower(regexp_extract("url.original", '^[a-z]+://(?:[^/@]*@)?([^/:]*)', 1)) AS h, split_part(regexp_extract("url.original", '^[a-z]+://[^/]*([^?#]*)', 1), '/', 2) AS f FROM $events WHERE "url.original" IS NOT NULL) GROUP BY h, f`,
  ),
  {
    name: 'hunt: labels of names and their length',
    esql: 'FROM logs-* | WHERE dns.question.name IS NOT NULL | EVAL label = MV_FIRST(SPLIT(dns.question.name, ".")), parent = REPLACE(dns.question.name, "^[^.]+\\\\.", "") | STATS n = COUNT(*), names = COUNT_DISTINCT(label), l = AVG(LENGTH(label)) BY parent | WHERE names > 10 AND l > 4 | STATS g = COUNT(*), names = MAX(names)',
    sql: `SELECT count(*) AS g, max(names) AS names FROM (SELECT count(*) AS n, count(DISTINCT split_part("dns.question.name", '.', 1)) AS names, avg(length(split_part("dns.question.name", '.', 1))) AS l FROM $events WHERE "dns.question.name" IS NOT NULL GROUP BY regexp_replace("dns.question.name", '^[^.]+\\.', '') HAVING names > 10 AND l > 4)`,
  },
];

/** Functions and commands that hunts use now and then. */
const others = [
  value(
    'hunt: TO_UPPER and BYTE_LENGTH',
    'BYTE_LENGTH(TO_UPPER(process.command_line))',
    `strlen(upper("process.command_line"))`,
  ),
  value('hunt: TO_DOUBLE of texts', 'TO_DOUBLE(CONCAT(event.code, ".5"))', `TRY_CAST("event.code" || '.5' AS DOUBLE)`),
  value(
    'hunt: MONTH_NAME and DAY_NAME',
    'CONCAT(DAY_NAME(@timestamp), MONTH_NAME(@timestamp))',
    `dayname("@timestamp") || monthname("@timestamp")`,
  ),
  value(
    'hunt: DATE_FORMAT of odd pattern',
    'DATE_FORMAT("dd/MM/yy HH:mm:ss", @timestamp)',
    `strftime("@timestamp", '%d/%m/%y %H:%M:%S')`,
  ),
  value(
    'hunt: DATE_FORMAT with week',
    'DATE_FORMAT("EEE, d MMM yyyy", @timestamp)',
    `strftime("@timestamp", '%a, %-d %b %Y')`,
  ),
  value(
    'hunt: DATE_EXTRACT of several',
    'DATE_EXTRACT("minute_of_day", @timestamp) + DATE_EXTRACT("day_of_year", @timestamp) * 1440',
    `hour("@timestamp")*60 + minute("@timestamp") + dayofyear("@timestamp") * 1440`,
  ),
  value(
    'hunt: ABS, CEIL, FLOOR and modulo',
    'ABS(source.bytes - destination.bytes) % 1000 + FLOOR(source.bytes / 7.0) - CEIL(destination.bytes / 3.0)',
    `abs("source.bytes" - "destination.bytes") % 1000 + floor("source.bytes" / 7.0::DOUBLE) - ceil("destination.bytes" / 3.0::DOUBLE)`,
  ),
  value(
    'hunt: MV_ZIP',
    'MV_COUNT(MV_ZIP(process.args, process.args, "="))',
    `len(list_transform(list_zip(${args}, ${args}), lambda x: x[1] || '=' || x[2]))`,
  ),
  where(
    'hunt: MV_INTERSECTION',
    'MV_COUNT(MV_INTERSECTION(tags, ["pci", "test"])) > 0',
    `coalesce(list_has_any("tags[]", ['pci','test']), "tags" IN ('pci', 'test'))`,
  ),
  where(
    'hunt: MV_CONTAINS of several',
    'MV_CONTAINS(tags, ["prod", "pci"])',
    `list_has_all("tags[]", ['prod', 'pci'])`,
  ),
  where(
    'hunt: CONTAINS of fields',
    'CONTAINS(process.command_line, process.name) AND CONTAINS(process.executable, "Temp")',
    `contains("process.command_line", "process.name") AND contains("process.executable", 'Temp')`,
  ),
  where('hunt: colon operator', 'message : "running"', `regexp_matches("message", '(?i)\\brunning\\b')`),
  where(
    'hunt: KQL of time and port',
    'KQL("@timestamp >= \\"2026-03-08\\" and destination.port < 1024 and process.name: cmd*")',
    `"@timestamp" >= TIMESTAMP '2026-03-08' AND "destination.port" < 1024 AND starts_with("process.name", 'cmd')`,
  ),
  where(
    'hunt: KQL of any field',
    'KQL("user.name: user17 or host.name: \\"host-3\\" or source.ip: \\"10.0.0.0/8\\"")',
    `"user.name" = 'user17' OR "host.name" = 'host-3' OR ${block('"source.ip"', '10.0.0.0', 8)}`,
  ),
  where(
    'hunt: QSTR of phrases',
    'QSTR("message:\\"invalid user\\" AND NOT event.code:1")',
    `regexp_matches("message", '(?i)\\binvalid user\\b') AND "event.code" <> '1'`,
  ),
  where(
    'hunt: MATCH_PHRASE and MATCH',
    'MATCH_PHRASE(message, "entered the stopped state") OR MATCH(message, "timeout")',
    `regexp_matches("message", '(?i)\\bentered the stopped state\\b') OR regexp_matches("message", '(?i)\\btimeout\\b')`,
  ),
  where(
    'hunt: RLIKE of case',
    'TO_UPPER(user.name) RLIKE "USER[1-3]?[0-9]"',
    `regexp_full_match(upper("user.name"), 'USER[1-3]?[0-9]')`,
  ),
  where(
    'hunt: LIKE list on lower',
    'TO_LOWER(file.path) LIKE ("*.exe", "*.dll", "*\\\\\\\\temp\\\\\\\\*.ps1")',
    `suffix(lower("file.path"), '.exe') OR suffix(lower("file.path"), '.dll') OR (contains(lower("file.path"), '\\temp\\') AND suffix(lower("file.path"), '.ps1'))`,
  ),
  where(
    'hunt: NOT LIKE and nulls',
    'file.path IS NOT NULL AND file.path NOT LIKE "C:\\\\\\\\Windows\\\\\\\\*" AND NOT process.name LIKE "svchost*"',
    `"file.path" IS NOT NULL AND NOT starts_with("file.path", 'C:\\Windows\\') AND NOT starts_with("process.name", 'svchost')`,
  ),
  where(
    'hunt: two fields equal or not',
    'source.port == destination.port OR user.name != process.name AND event.duration > 9000000000',
    `"source.port" = "destination.port" OR "user.name" <> "process.name" AND "event.duration" > 9000000000`,
  ),
  where(
    'hunt: IN of fields',
    'destination.port IN (22, 53, 80) AND event.code IN ("4624", "4625") AND source.bytes IS NOT NULL',
    `"destination.port" IN (22, 53, 80) AND "event.code" IN ('4624', '4625') AND "source.bytes" IS NOT NULL`,
  ),
  where(
    'hunt: DATE_TRUNC equal',
    'DATE_TRUNC(1 day, @timestamp) == "2026-03-08"::date',
    `date_trunc('day', "@timestamp") = TIMESTAMP '2026-03-08'`,
  ),
  where(
    'hunt: STARTS_WITH of a field',
    'STARTS_WITH(process.command_line, process.name) AND LENGTH(process.command_line) - LENGTH(process.name) > 60',
    `starts_with("process.command_line", "process.name") AND length("process.command_line") - length("process.name") > 60`,
  ),
  where(
    'hunt: NETWORK_DIRECTION',
    'NETWORK_DIRECTION(source.ip, destination.ip, ["private"]) == "outbound"',
    `${inNets('"source.ip"', privateNets)} AND NOT ${inNets('"destination.ip"', privateNets)}`,
  ),
  groups(
    'hunt: STATS BY CASE',
    'FROM logs-* | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY k = CASE(destination.port < 1024, "low", destination.port < 5000, "middle", "high"), event.action',
    `SELECT count(*) AS n, count(DISTINCT "user.name") FROM $events GROUP BY CASE WHEN "destination.port" < 1024 THEN 'low' WHEN "destination.port" < 5000 THEN 'middle' ELSE 'high' END, "event.action"`,
  ),
  groups(
    'hunt: STATS BY two fields with several values',
    'FROM logs-* | STATS n = COUNT(*) BY tags, event.category',
    `SELECT count(*) AS n FROM (SELECT unnest(coalesce("tags[]", ["tags"])) AS t, c FROM (SELECT "tags", "tags[]", unnest(coalesce("event.category[]", ["event.category"])) AS c FROM $events)) GROUP BY t, c`,
  ),
  groups(
    'hunt: WEIGHTED_AVG and VARIANCE',
    'FROM logs-* | STATS n = COUNT(*), w = WEIGHTED_AVG(source.bytes, destination.bytes), v = VARIANCE(destination.bytes) BY user.name',
    `SELECT count(*) AS n, sum("source.bytes" * "destination.bytes")::DOUBLE / sum("destination.bytes") AS w, var_pop("destination.bytes") AS v FROM $events GROUP BY "user.name"`,
  ),
  groups(
    'hunt: PRESENT and ABSENT',
    'FROM logs-* | STATS n = COUNT(file.path), p = PRESENT(dns.question.name), a = ABSENT(url.original) BY host.name, event.action',
    `SELECT count("file.path") AS n, count("dns.question.name") > 0 AS p, count("url.original") = 0 AS a FROM $events GROUP BY "host.name", "event.action"`,
  ),
  groups(
    'hunt: MIN and MAX of texts and addresses',
    'FROM logs-* | STATS n = COUNT(*), a = MIN(source.ip), b = MAX(destination.ip), c = MAX(process.name), d = MIN(user.name) BY host.name, event.code',
    `SELECT count(*) AS n, min("source.ip"), max("destination.ip"), max("process.name"), min("user.name") FROM $events GROUP BY "host.name", "event.code"`,
  ),
  groups(
    'hunt: VALUES of addresses',
    'FROM logs-* | WHERE event.outcome == "failure" | STATS n = COUNT(*), v = VALUES(source.ip) BY user.name | WHERE MV_COUNT(v) > 5',
    `SELECT n FROM (SELECT count(*) AS n, list(DISTINCT "source.ip") AS v FROM $events WHERE "event.outcome" = 'failure' GROUP BY "user.name") WHERE len(v) > 5`,
  ),
  groups(
    'hunt: AVG of derived',
    'FROM logs-* | STATS n = COUNT(*), a = AVG(LENGTH(process.command_line)), m = MAX(LENGTH(process.command_line)) BY process.name, process.parent.name | WHERE m > a * 1.2',
    `SELECT n FROM (SELECT count(*) AS n, avg(length("process.command_line")) AS a, max(length("process.command_line")) AS m FROM $events GROUP BY "process.name", "process.parent.name") WHERE m > a * 1.2`,
  ),
  groups(
    'hunt: COUNT_DISTINCT of CONCAT',
    'FROM logs-* | STATS n = COUNT_DISTINCT(CONCAT(user.name, host.name)) BY process.name',
    `SELECT count(DISTINCT "user.name" || "host.name") AS n FROM $events GROUP BY "process.name"`,
  ),
  groups(
    'hunt: COUNT_DISTINCT of addresses by hour',
    'FROM logs-* | STATS n = COUNT_DISTINCT(destination.ip) BY host.name, h = DATE_TRUNC(1 hour, @timestamp)',
    `SELECT count(DISTINCT "destination.ip") AS n FROM $events GROUP BY "host.name", date_trunc('hour', "@timestamp")`,
  ),
  groups(
    'hunt: SUM with overflow guard',
    'FROM logs-* | STATS n = SUM(event.duration), m = SUM(event.duration / 1000000) BY user.name, destination.port',
    `SELECT sum("event.duration")::BIGINT AS n, sum("event.duration" // 1000000)::BIGINT AS m FROM $events GROUP BY "user.name", "destination.port"`,
  ),
  {
    name: 'hunt: INLINE STATS by two keys',
    esql: 'FROM logs-* | INLINE STATS m = MAX(destination.bytes), c = COUNT(*) BY host.name, process.name | WHERE destination.bytes == m AND c > 20 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM $events e JOIN (SELECT "host.name" AS h, "process.name" AS p, max("destination.bytes") AS m, count(*) AS c FROM $events GROUP BY 1, 2) g ON e."host.name" = g.h AND e."process.name" = g.p WHERE "destination.bytes" = m AND c > 20`,
  },
  {
    name: 'hunt: INLINE STATS without keys',
    esql: 'FROM logs-* | INLINE STATS a = AVG(source.bytes), s = STD_DEV(source.bytes) | WHERE source.bytes > a + 1.5 * s | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM $events, (SELECT avg("source.bytes") AS a, stddev_pop("source.bytes") AS s FROM $events) WHERE "source.bytes" > a + 1.5 * s`,
  },
  {
    name: 'hunt: SORT of three keys',
    esql: 'FROM logs-* | SORT host.name, destination.bytes DESC, @timestamp | LIMIT 25 | KEEP host.name, destination.bytes',
    sql: `SELECT "host.name", "destination.bytes" FROM $events ORDER BY "host.name", "destination.bytes" DESC NULLS FIRST, "@timestamp" LIMIT 25`,
  },
  {
    name: 'hunt: subqueries in FROM',
    esql: 'FROM (FROM logs-* | WHERE event.code == "4624" | KEEP user.name), (FROM logs-* | WHERE destination.port == 22 | KEEP user.name) | STATS n = COUNT(*) BY user.name | SORT n DESC, user.name | LIMIT 5',
    sql: `SELECT count(*) AS n, u AS "user.name" FROM (SELECT "user.name" AS u FROM $events WHERE "event.code" = '4624' UNION ALL SELECT "user.name" FROM $events WHERE "destination.port" = 22) GROUP BY 2 ORDER BY n DESC, 2 LIMIT 5`,
  },
  {
    name: 'hunt: MV_EXPAND twice',
    esql: 'FROM logs-* | WHERE process.name == "cmd.exe" | MV_EXPAND tags | MV_EXPAND event.category | STATS n = COUNT(*) BY tags, event.category | SORT n DESC, tags, event.category | LIMIT 5',
    sql: `SELECT count(*) AS n, t AS tags, c AS "event.category" FROM (SELECT unnest(coalesce("tags[]", ["tags"])) AS t, c FROM (SELECT "tags", "tags[]", unnest(coalesce("event.category[]", ["event.category"])) AS c FROM $events WHERE "process.name" = 'cmd.exe')) GROUP BY 2, 3 ORDER BY n DESC, 2, 3 LIMIT 5`,
  },
  {
    name: 'hunt: ENRICH, LOOKUP JOIN and STATS',
    esql: 'FROM logs-* | ENRICH owners ON host.name WITH owner | LOOKUP JOIN sightings ON user.name, host.name | STATS n = COUNT(*), b = COUNT(*) WHERE verdict == "bad" BY owner | SORT owner | LIMIT 20',
    sql: `SELECT count(*) AS n, count(*) FILTER (WHERE s."verdict" = 'bad') AS b, a."owner" FROM $events e LEFT JOIN $assets a ON e."host.name" = a."host.name" LEFT JOIN $sightings s ON e."user.name" = s."user.name" AND e."host.name" = s."host.name" GROUP BY 3 ORDER BY 3 LIMIT 20`,
  },
  {
    name: 'hunt: LOOKUP JOIN that multiplies',
    esql: 'FROM logs-* | WHERE event.code == "4625" AND destination.port == 22 | LOOKUP JOIN sightings ON host.name | STATS n = COUNT(*), w = SUM(weight) BY verdict | SORT verdict',
    sql: `SELECT count(*) AS n, sum("weight")::BIGINT AS w, "verdict" FROM $events e LEFT JOIN $sightings s ON e."host.name" = s."host.name" WHERE "event.code" = '4625' AND "destination.port" = 22 GROUP BY 3 ORDER BY 3`,
  },
  {
    name: 'hunt: FILLNULL-like COALESCE',
    esql: 'FROM logs-* | EVAL s = COALESCE(source.bytes, 0), f = COALESCE(file.size, 0), p = COALESCE(file.path, "-") | STATS s = SUM(s), f = SUM(f), n = COUNT_DISTINCT(p) BY event.action | SORT event.action',
    sql: `SELECT sum(coalesce("source.bytes", 0))::BIGINT AS s, sum(coalesce("file.size", 0))::BIGINT AS f, count(DISTINCT coalesce("file.path", '-')) AS n, "event.action" FROM $events GROUP BY 4 ORDER BY 4`,
  },
  {
    name: 'hunt: TOP of another field',
    esql: 'FROM logs-* | STATS t = TOP(destination.bytes, 3, "desc", process.pid) BY user.name | STATS n = SUM(MV_COUNT(t))',
    sql: `SELECT sum(len(t)) AS n FROM (SELECT arg_max("process.pid", "destination.bytes", 3) AS t FROM $events GROUP BY "user.name")`,
  },
  {
    name: 'hunt: GROK with alternatives',
    esql: 'FROM logs-* | WHERE message LIKE "*closed after*" | GROK message "closed after %{INT:ms:long} ms: (?<why>timeout|reset by peer|done)" | STATS n = COUNT(*), m = MAX(ms) BY why | SORT why',
    sql: `SELECT count(*) AS n, max(g.m::BIGINT) AS m, g.w AS why FROM (SELECT regexp_extract("message", 'closed after ([+-]?[0-9]+) ms: (timeout|reset by peer|done)', ['m', 'w']) AS g FROM $events WHERE contains("message", 'closed after')) GROUP BY 3 ORDER BY 3`,
  },
  {
    name: 'hunt: DISSECT with append and skip',
    esql: 'FROM logs-* | WHERE message LIKE "Accepted*" | DISSECT message "%{} %{how} for %{user} from %{ip} port %{port} %{?rest}" | STATS n = COUNT(*), u = COUNT_DISTINCT(user), p = COUNT_DISTINCT(port) BY how',
    sql: `SELECT count(*) AS n, count(DISTINCT g.u) AS u, count(DISTINCT g.p) AS p, g.h AS how FROM (SELECT regexp_extract("message", '^\\S+ (.*?) for (.*?) from (.*?) port (.*?) ', ['h', 'u', 'i', 'p']) AS g FROM $events WHERE starts_with("message", 'Accepted')) GROUP BY 4`,
  },
  {
    name: 'hunt: percentile by bucket',
    esql: 'FROM logs-* | STATS p = PERCENTILE(event.duration, 95), n = COUNT(*) BY h = BUCKET(@timestamp, 1 hour), event.outcome | STATS n = MAX(n), g = COUNT(*)',
    sql: `SELECT max(n) AS n, count(*) AS g FROM (SELECT quantile_cont("event.duration"::DOUBLE, 0.95) AS p, count(*) AS n FROM $events GROUP BY date_trunc('hour', "@timestamp"), "event.outcome")`,
  },
  {
    name: 'hunt: day over day',
    esql: 'FROM logs-* | EVAL recent = @timestamp > NOW() - 24 hours | STATS a = COUNT(*) WHERE recent, b = COUNT(*) WHERE NOT recent BY process.name, user.name | EVAL r = a / (b / 6.0 + 1) | WHERE r > 0.5 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(*) FILTER (WHERE "@timestamp" > TIMESTAMP '2026-03-09 12:00:00') AS a, count(*) FILTER (WHERE NOT "@timestamp" > TIMESTAMP '2026-03-09 12:00:00') AS b FROM $events GROUP BY "process.name", "user.name") WHERE a / (b / 6.0::DOUBLE + 1) > 0.5`,
  },
  {
    name: 'hunt: new since yesterday',
    esql: 'FROM logs-* | STATS f = MIN(@timestamp), hosts = VALUES(host.name), n = COUNT(*) BY destination.ip | WHERE f > NOW() - 1 day AND n > 1 AND MV_COUNT(hosts) > 1 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT min("@timestamp") AS f, list(DISTINCT "host.name") AS hosts, count(*) AS n FROM $events GROUP BY "destination.ip") WHERE f > TIMESTAMP '2026-03-09 12:00:00' AND n > 1 AND len(hosts) > 1`,
  },
  {
    name: 'hunt: beacon jitter',
    esql: 'FROM logs-* | STATS n = COUNT(*), f = MIN(@timestamp), l = MAX(@timestamp), s = STD_DEV(event.duration), a = AVG(event.duration) BY host.name, destination.port, process.name | WHERE n > 20 | EVAL c = s / a, hours = DATE_DIFF("hours", f, l) | WHERE c < 0.6 AND hours > 24 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(*) AS n, min("@timestamp") AS f, max("@timestamp") AS l, stddev_pop("event.duration") AS s, avg("event.duration") AS a FROM $events GROUP BY "host.name", "destination.port", "process.name") WHERE n > 20 AND s / a < 0.6 AND (epoch_ms(l) - epoch_ms(f)) // 3600000 > 24`,
  },
  {
    name: 'hunt: newest wide with LIKE',
    esql: 'FROM logs-* | WHERE process.command_line LIKE "*netsvcs*" | SORT @timestamp DESC | LIMIT 20',
    sql: `SELECT * FROM $events WHERE contains("process.command_line", 'netsvcs') ORDER BY "@timestamp" DESC, rowid LIMIT 20`,
    keys: ['host.name'],
  },
  {
    name: 'hunt: distinct list of values',
    esql: 'FROM logs-* | STATS BY host.name, host.os.type | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT DISTINCT "host.name", "host.os.type" FROM $events)`,
  },
];

export const hunting = [...conditions, ...values, ...stats, ...commands, ...others];
