// What public detection rules and hunts put together: several keys, functions within functions, commands one after the
// other. Written for the events of the benchmark, beside SQL for the same.
import { base64, block, groups, ip, value, where } from './kind.mjs';

const args = 'coalesce("process.args[]", ["process.args"])';
const ps = `"process.name" IN ('powershell.exe', 'powershell20.exe', 'powershell40.exe', 'cmd.exe')`;
const psEsql = 'process.name IN ("powershell.exe", "powershell20.exe", "powershell40.exe", "cmd.exe")';

/** The text of an address, as a number. */
const text = `'10.' || substring("host.name", 6, 2) || '.0.' || ("destination.port" % 250)`;
const address = `(CASE WHEN regexp_full_match(${text}, '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])') THEN (281470681743360 + list_dot_product(string_split(${text}, '.')::DOUBLE[], [16777216, 65536, 256, 1]::DOUBLE[])::BIGINT)::UHUGEINT END)`;

export const rules = [
  groups(
    'rule: STATS of several aggregates by four keys',
    'FROM logs-* | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name), b = SUM(source.bytes), a = AVG(source.bytes) BY process.name, user.name, event.action, host.os.type',
    `SELECT count(*) AS n, count(DISTINCT "host.name") AS hosts, sum("source.bytes") AS b, avg("source.bytes") AS a FROM $events GROUP BY "process.name", "user.name", "event.action", "host.os.type"`,
  ),
  {
    name: 'rule: COUNT_DISTINCT with WHERE',
    esql: 'FROM logs-* | STATS bad = COUNT_DISTINCT(user.name) WHERE event.outcome == "failure", ok = COUNT_DISTINCT(user.name) WHERE event.outcome == "success" AND event.code == "4624" BY source.ip | WHERE bad > 1 AND ok == 0 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT count(DISTINCT "user.name") FILTER (WHERE "event.outcome" = 'failure') AS bad, count(DISTINCT "user.name") FILTER (WHERE "event.outcome" = 'success' AND "event.code" = '4624') AS ok FROM $events GROUP BY "source.ip" HAVING bad > 1 AND ok = 0)`,
  },
  groups(
    'rule: a long chain of CASE in a key',
    'FROM logs-* | EVAL risk = CASE(process.executable LIKE "C:\\\\\\\\Users\\\\\\\\*", 3, process.executable LIKE "*Vendor 1*", 2, event.outcome == "failure" AND destination.port == 3389, 5, destination.port IN (22, 23), 4, user.name RLIKE "user[0-9]", 1, 0) | WHERE risk > 0 | STATS n = COUNT(*) BY risk, host.os.type, user.name',
    `SELECT count(*) AS n FROM (SELECT CASE WHEN starts_with("process.executable", 'C:\\Users\\') THEN 3 WHEN contains("process.executable", 'Vendor 1') THEN 2 WHEN "event.outcome" = 'failure' AND "destination.port" = 3389 THEN 5 WHEN "destination.port" IN (22, 23) THEN 4 WHEN regexp_full_match("user.name", 'user[0-9]') THEN 1 ELSE 0 END AS risk, "host.os.type" AS os, "user.name" AS u FROM $events) WHERE risk > 0 GROUP BY risk, os, u`,
  ),
  {
    name: 'rule: GROK, then a condition',
    esql: 'FROM logs-* | WHERE message LIKE "Service *" | GROK message "Service %{NOTSPACE:s} entered the %{WORD:state} state" | WHERE state == "stopped" AND s LIKE "Service1*" | STATS n = COUNT(*) BY s | SORT n DESC, s | LIMIT 10',
    sql: `SELECT count(*) AS n, g.s AS s FROM (SELECT regexp_extract("message", 'Service (\\S+) entered the \\b(\\w+)\\b state', ['s', 't']) AS g FROM $events WHERE starts_with("message", 'Service ')) WHERE g.t = 'stopped' AND starts_with(g.s, 'Service1') GROUP BY 2 ORDER BY n DESC, 2 LIMIT 10`,
  },
  {
    name: 'rule: DISSECT, then a condition',
    esql: 'FROM logs-* | WHERE message LIKE "Process *" | DISSECT message "Process %{p} started by %{u} with id %{i}" | WHERE p == "cmd.exe" AND u != "user1" | STATS n = COUNT(*), u = COUNT_DISTINCT(u)',
    sql: `SELECT count(*) AS n, count(DISTINCT g.u) AS u FROM (SELECT regexp_extract("message", '^Process (.*?) started by (.*?) with id (.*)$', ['p', 'u', 'i']) AS g FROM $events WHERE starts_with("message", 'Process ')) WHERE g.p = 'cmd.exe' AND g.u <> 'user1'`,
  },
  where(
    'rule: lower case, endings and RLIKE of several fields',
    '(TO_LOWER(process.name) IN ("cmd.exe", "wscript.exe") OR ENDS_WITH(TO_LOWER(process.parent.name), "word.exe")) AND TO_LOWER(process.command_line) RLIKE ".*(encodedcommand|copy).*" AND NOT ENDS_WITH(TO_LOWER(process.executable), "5.exe")',
    `(lower("process.name") IN ('cmd.exe', 'wscript.exe') OR suffix(lower("process.parent.name"), 'word.exe')) AND regexp_matches(lower("process.command_line"), 'encodedcommand|copy') AND NOT suffix(lower("process.executable"), '5.exe')`,
  ),
  where(
    'rule: MV_CONTAINS of arguments',
    'MV_CONTAINS(process.args, "-EncodedCommand") AND MV_COUNT(process.args) == 4',
    `list_contains("process.args[]", '-EncodedCommand') AND len("process.args[]") = 4`,
  ),
  value(
    'rule: MV_CONCAT of arguments',
    'LENGTH(MV_CONCAT(process.args, " "))',
    `length(coalesce(array_to_string("process.args[]", ' '), "process.args"))`,
  ),
  value(
    'rule: MV_FIRST and MV_LAST of arguments',
    'CONCAT(MV_MIN(process.args), MV_MAX(process.args))',
    `coalesce(list_min("process.args[]"), "process.args") || coalesce(list_max("process.args[]"), "process.args")`,
  ),
  groups(
    'rule: MV_SLICE and MV_DEDUPE of arguments',
    'FROM logs-* | EVAL a = MV_COUNT(MV_DEDUPE(process.args)) | STATS n = COUNT(*) BY a, host.os.type',
    `SELECT count(*) AS n FROM $events GROUP BY coalesce(len(list_distinct("process.args[]")), 1), "host.os.type"`,
  ),
  where(
    'rule: CIDR lists of both sides',
    'CIDR_MATCH(source.ip, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16") AND NOT CIDR_MATCH(destination.ip, "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "224.0.0.0/4", "::1", "FE80::/10", "FF00::/8")',
    `(${['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((net) => block('"source.ip"', net.split('/')[0], Number(net.split('/')[1]))).join(' OR ')}) AND NOT (${['10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '224.0.0.0/4'].map((net) => block('"destination.ip"', net.split('/')[0], Number(net.split('/')[1]))).join(' OR ')} OR "destination.ip" = 1 OR "destination.ip" BETWEEN 338288524927261089654018896841347694592::UHUGEINT AND 338620831926207318622244848606417780735::UHUGEINT OR "destination.ip" >= 338953138925153547590470800371487866880::UHUGEINT)`,
  ),
  {
    name: 'rule: the time between the first and the last event',
    esql: 'FROM logs-* | STATS begin = MIN(@timestamp), end = MAX(@timestamp), n = COUNT(*) BY host.name, process.entity_id | EVAL m = DATE_DIFF("minutes", begin, end) | WHERE m < 60 AND n > 1 | STATS n = COUNT(*), m = MAX(m)',
    sql: `SELECT count(*) AS n, max(m) AS m FROM (SELECT (epoch_ms(max("@timestamp")) - epoch_ms(min("@timestamp"))) // 60000 AS m, count(*) AS n FROM $events GROUP BY "host.name", "process.entity_id") WHERE m < 60 AND n > 1`,
  },
  {
    name: 'rule: STD_DEV by key and a z-score',
    esql: 'FROM logs-* | EVAL day = DATE_TRUNC(1 day, @timestamp) | STATS n = COUNT(*) BY user.name, day | STATS a = AVG(n), s = STD_DEV(n), m = MAX(n) BY user.name | EVAL z = (m - a) / s | WHERE z > 1.5 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT avg(n) AS a, stddev_pop(n) AS s, max(n) AS m FROM (SELECT count(*) AS n, "user.name" FROM $events GROUP BY "user.name", date_trunc('day', "@timestamp")) GROUP BY "user.name") WHERE (m - a) / s > 1.5`,
  },
  {
    name: 'rule: percentiles by key',
    esql: 'FROM logs-* | STATS p = PERCENTILE(source.bytes, 95), m = MEDIAN(source.bytes), d = MEDIAN_ABSOLUTE_DEVIATION(source.bytes) BY user.name | STATS p = ROUND(MAX(p)), m = ROUND(MAX(m)), d = ROUND(MAX(d))',
    sql: `SELECT round(max(q[1])) AS p, round(max(q[2])) AS m, round(max(d)) AS d FROM (SELECT quantile_cont("source.bytes"::DOUBLE, [0.95, 0.5]) AS q, mad("source.bytes"::DOUBLE) AS d FROM $events GROUP BY "user.name")`,
  },
  {
    name: 'rule: LOOKUP JOIN, then STATS by several keys',
    esql: 'FROM logs-* | LOOKUP JOIN assets ON host.name | WHERE criticality >= 2 | STATS n = COUNT(*), users = COUNT_DISTINCT(user.name) BY owner, event.action | SORT n DESC, owner, event.action | LIMIT 10',
    sql: `SELECT count(*) AS n, count(DISTINCT "user.name") AS users, a."owner", e."event.action" FROM $events e JOIN $assets a ON e."host.name" = a."host.name" WHERE a."criticality" >= 2 GROUP BY 3, 4 ORDER BY n DESC, 3, 4 LIMIT 10`,
  },
  {
    name: 'rule: ENRICH, a condition, then STATS',
    esql: 'FROM logs-* | ENRICH owners ON host.name WITH owner, criticality | WHERE criticality == 3 AND event.outcome == "failure" | STATS n = COUNT(*) BY owner, user.name | STATS g = COUNT(*), n = MAX(n)',
    sql: `SELECT count(*) AS g, max(n) AS n FROM (SELECT count(*) AS n FROM $events e JOIN $assets a ON e."host.name" = a."host.name" WHERE a."criticality" = 3 AND e."event.outcome" = 'failure' GROUP BY a."owner", e."user.name")`,
  },
  {
    name: 'rule: FORK of three branches',
    esql: `FROM logs-* | WHERE ${psEsql} | FORK (STATS n = COUNT(*) BY k = user.name | SORT n DESC, k | LIMIT 3) (STATS n = COUNT(*) BY k = host.name | SORT n DESC, k | LIMIT 3) (STATS n = COUNT(*) BY k = event.action | SORT n DESC, k | LIMIT 3) | KEEP n, k`,
    sql: `(SELECT count(*) AS n, "user.name" AS k FROM $events WHERE ${ps} GROUP BY 2 ORDER BY n DESC, k LIMIT 3) UNION ALL (SELECT count(*) AS n, "host.name" AS k FROM $events WHERE ${ps} GROUP BY 2 ORDER BY n DESC, k LIMIT 3) UNION ALL (SELECT count(*) AS n, "event.action" AS k FROM $events WHERE ${ps} GROUP BY 2 ORDER BY n DESC, k LIMIT 3)`,
  },
  {
    name: 'rule: INLINE STATS of counts',
    esql: 'FROM logs-* | INLINE STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY process.hash.sha256 | WHERE n < 2000 AND hosts < 40 | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM $events e JOIN (SELECT "process.hash.sha256" AS h, count(*) AS n, count(DISTINCT "host.name") AS hosts FROM $events GROUP BY 1) g ON e."process.hash.sha256" IS NOT DISTINCT FROM g.h WHERE g.n < 2000 AND hosts < 40`,
  },
  value(
    'rule: REPLACE within REPLACE',
    'LENGTH(REPLACE(REPLACE(process.command_line, "[0-9]+", "N"), "\\\\\\\\", "/"))',
    `length(regexp_replace(regexp_replace("process.command_line", '[0-9]+', 'N', 'g'), '\\\\', '/', 'g'))`,
  ),
  groups(
    'rule: normalised command lines',
    `FROM logs-* | WHERE ${psEsql} | EVAL c = REPLACE(TO_LOWER(process.command_line), "[a-z0-9+/=]{20,}|[0-9]+", "_") | STATS n = COUNT(*) BY c`,
    `SELECT count(*) AS n FROM $events WHERE ${ps} GROUP BY regexp_replace(lower("process.command_line"), '[a-z0-9+/=]{20,}|[0-9]+', '_', 'g')`,
  ),
  groups(
    'rule: a part of SPLIT as a key',
    'FROM logs-* | EVAL v = MV_FIRST(SPLIT(REPLACE(process.executable, "C:\\\\\\\\", ""), "\\\\")) | STATS n = COUNT(*) BY v, event.action',
    `SELECT count(*) AS n FROM $events GROUP BY split_part(regexp_replace("process.executable", 'C:\\\\', '', 'g'), '\\', 1), "event.action"`,
  ),
  where(
    'rule: URL_DECODE and a condition',
    'URL_DECODE(url.original) LIKE "*a b.js*" AND url.original LIKE "*example.com*"',
    `contains("url.original", 'example.com') AND contains(url_decode(replace("url.original", '+', ' ')), 'a b.js')`,
  ),
  {
    name: 'rule: FROM_BASE64 of a part of a command line',
    esql: 'FROM logs-* | WHERE process.command_line LIKE "*-EncodedCommand *" | GROK process.command_line "-EncodedCommand %{NOTSPACE:e}" | EVAL d = FROM_BASE64(e) | WHERE d LIKE "*DownloadString*" | STATS n = COUNT(*), m = MAX(LENGTH(d))',
    sql: `SELECT count(*) AS n, max(length(d)) AS m FROM (SELECT ${base64('e')} AS d FROM (SELECT regexp_extract("process.command_line", '-EncodedCommand (\\S+)', 1) AS e FROM $events WHERE contains("process.command_line", '-EncodedCommand '))) WHERE contains(d, 'DownloadString')`,
  },
  groups(
    'rule: HASH of several fields as a key',
    'FROM logs-* | EVAL k = MD5(CONCAT(host.name, "|", process.name, "|", event.action)) | STATS n = COUNT(*) BY k',
    `SELECT count(*) AS n FROM $events GROUP BY md5("host.name" || '|' || "process.name" || '|' || "event.action")`,
  ),
  value(
    'rule: TO_BASE64 of command lines',
    'LENGTH(TO_BASE64(process.command_line))',
    `length(to_base64(encode("process.command_line")))`,
  ),
  groups(
    'rule: BUCKET with several keys',
    'FROM logs-* | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY b = BUCKET(@timestamp, 1 hour), host.name, event.action',
    `SELECT count(*) AS n, count(DISTINCT "user.name") AS u FROM $events GROUP BY date_trunc('hour', "@timestamp"), "host.name", "event.action"`,
  ),
  {
    name: 'rule: TOP of texts and of times',
    esql: 'FROM logs-* | STATS t = TOP(process.name, 3, "asc"), b = TOP(destination.bytes, 2, "desc") BY user.name | STATS n = MAX(MV_CONCAT(t, ",")), b = MAX(MV_MAX(b))',
    sql: `SELECT max(array_to_string(t, ',')) AS n, max(b[1]) AS b FROM (SELECT min("process.name", 3) AS t, max("destination.bytes", 2) AS b FROM $events GROUP BY "user.name")`,
  },
  {
    name: 'rule: VALUES, then MV_CONCAT',
    esql: `FROM logs-* | WHERE ${psEsql} | STATS v = VALUES(event.action), p = VALUES(process.parent.name), n = COUNT(*) BY host.name, user.name | EVAL t = MV_CONCAT(MV_SORT(v), ", "), q = MV_CONCAT(MV_SORT(p), ", ") | STATS t = MAX(LENGTH(t)), q = MAX(LENGTH(q))`,
    sql: `SELECT max(length(t)) AS t, max(length(q)) AS q FROM (SELECT array_to_string(list_sort(list(DISTINCT "event.action")), ', ') AS t, array_to_string(list_sort(list(DISTINCT "process.parent.name")), ', ') AS q, count(*) FROM $events WHERE ${ps} GROUP BY "host.name", "user.name")`,
  },
  {
    name: 'rule: SAMPLE of values',
    esql: 'FROM logs-* | STATS s = SAMPLE(user.name, 5) BY host.name | STATS n = SUM(MV_COUNT(s))',
    sql: `SELECT sum(len(s)) AS n FROM (SELECT (list("user.name"))[:5] AS s FROM $events GROUP BY "host.name")`,
    keys: [],
  },
  {
    name: 'rule: DEDUP of wide rows',
    esql: 'FROM logs-* | KEEP host.name, user.name, process.name, process.executable, event.action, destination.port | DEDUP | STATS n = COUNT(*)',
    sql: `SELECT count(*) AS n FROM (SELECT DISTINCT "host.name", "user.name", "process.name", "process.executable", "event.action", "destination.port" FROM $events)`,
  },
  groups(
    'rule: COALESCE chains in a key',
    'FROM logs-* | EVAL k = COALESCE(dns.question.name, file.path, url.original, TO_STRING(destination.port), "none"), b = COALESCE(source.bytes, file.size, 0) | STATS n = COUNT(*), b = SUM(b) BY k',
    `SELECT count(*) AS n, sum(coalesce("source.bytes", "file.size", 0)) AS b FROM $events GROUP BY coalesce("dns.question.name", "file.path", "url.original", "destination.port"::VARCHAR, 'none')`,
  ),
  where(
    'rule: KQL of a rule',
    'KQL("event.action: (start or fork) and process.name: (cmd.exe or powershell*.exe) and process.args: (*Encoded* or *netsvcs*) and not user.name: (user1 or user2) and not process.executable: *Vendor*")',
    `"event.action" IN ('start', 'fork') AND ("process.name" = 'cmd.exe' OR "process.name" LIKE 'powershell%.exe') AND (contains("process.args", 'Encoded') OR contains("process.args", 'netsvcs') OR array_to_string("process.args[]", chr(1)) LIKE '%Encoded%' OR array_to_string("process.args[]", chr(1)) LIKE '%netsvcs%') AND "user.name" NOT IN ('user1', 'user2') AND NOT contains("process.executable", 'Vendor')`,
  ),
  where(
    'rule: QSTR of ranges',
    'QSTR("destination.port:[1 TO 1023] AND event.outcome:failure AND NOT user.name:user1?")',
    `"destination.port" BETWEEN 1 AND 1023 AND "event.outcome" = 'failure' AND NOT coalesce("user.name" LIKE 'user1_', false)`,
  ),
  where(
    'rule: long arguments in a condition',
    'TO_LONG(SUBSTRING(REPLACE(user.id, "S-1-5-21-", ""), 1, 3)) > 250 AND MV_COUNT(SPLIT(CONCAT(process.executable, "\\\\", process.name), "\\\\")) > 5',
    `TRY_CAST(substring(regexp_replace("user.id", 'S-1-5-21-', '', 'g'), 1, 3) AS BIGINT) > 250 AND len(string_split("process.executable" || '\\' || "process.name", '\\')) > 5`,
  ),
  where(
    'rule: TO_IP of a part in a condition',
    'CIDR_MATCH(TO_IP(CONCAT("10.", SUBSTRING(host.name, 6, 2), ".0.", TO_STRING(destination.port % 250))), "10.16.0.0/12")',
    `${address} BETWEEN ${ip('10.16.0.0')} AND ${ip('10.31.255.255')}`,
  ),
  value(
    'rule: LENGTH, LOCATE and SUBSTRING together',
    'SUBSTRING(process.command_line, LOCATE(process.command_line, " ") + 1, 12)',
    `substring("process.command_line", instr("process.command_line", ' ') + 1, 12)`,
  ),
  {
    name: 'rule: CATEGORIZE with another key',
    esql: 'FROM logs-* | STATS n = COUNT(*) BY c = CATEGORIZE(message), host.os.type | STATS n = SUM(n)',
    sql: `SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM $events GROUP BY "host.os.type", array_to_string(list_filter(regexp_extract_all("message", '[\\pL\\pN_][\\pL\\pN_.\\-@:/\\\\]*'), lambda t: NOT regexp_matches(t, '[0-9]')), ' '))`,
  },
  {
    name: 'rule: MV_EXPAND, then several conditions',
    esql: `FROM logs-* | WHERE ${psEsql} | MV_EXPAND process.args | WHERE process.args LIKE "-*" AND LENGTH(process.args) < 20 | STATS n = COUNT(*), hosts = COUNT_DISTINCT(host.name) BY process.args | SORT n DESC, process.args | LIMIT 10`,
    sql: `SELECT count(*) AS n, count(DISTINCT h) AS hosts, a AS "process.args" FROM (SELECT "host.name" AS h, unnest(${args}) AS a FROM $events WHERE ${ps}) WHERE starts_with(a, '-') AND length(a) < 20 GROUP BY 3 ORDER BY n DESC, 3 LIMIT 10`,
  },
  groups(
    'rule: parts of the date as keys',
    'FROM logs-* | EVAL h = DATE_EXTRACT("hour_of_day", @timestamp), d = DATE_FORMAT("EEEE", @timestamp) | WHERE h < 6 OR h > 20 | STATS n = COUNT(*) BY h, d, user.name',
    `SELECT count(*) AS n FROM (SELECT hour("@timestamp") AS h, dayname("@timestamp") AS d, "user.name" AS u FROM $events) WHERE h < 6 OR h > 20 GROUP BY h, d, u`,
  ),
  groups(
    'rule: conditions of sums',
    'FROM logs-* | STATS up = SUM(source.bytes), down = SUM(destination.bytes), n = COUNT(*) BY host.name, destination.ip | EVAL share = up::double / (up + down) | WHERE share > 0.9 AND up > 1000000',
    `SELECT * FROM (SELECT sum("source.bytes")::BIGINT AS up, sum("destination.bytes")::BIGINT AS down, count(*) AS n FROM $events GROUP BY "host.name", "destination.ip") WHERE up::DOUBLE / (up + down) > 0.9 AND up > 1000000`,
  ),
];
