/*
 * How much of what Elastic's integrations make of events Harrier's mappings make of them too. Pipeline tests of the
 * integrations are pairs of files, NAME.json ({"events": […]}) or NAME.log (a JSON document a line), and
 * NAME.json-expected.json; HARRIER_INTEGRATIONS names a folder with any number of them, below folders like
 * packages/system/data_stream/security. They are not part of Harrier: bring your own copy.
 *
 *   node build.mjs && HARRIER_INTEGRATIONS=/tmp/integrations node tests/ecs/compare.mjs [--all] [--least 97] [PART…]
 *
 * Only fields that public hunts and rules ask (asked-fields.json: names alone) are compared, --all compares every field
 * that is expected. PARTs of paths choose sources. Ends with 1 where a source has fewer equal values than --least.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const { values: options, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, least: { type: 'string', default: '97' } },
});
const root = process.env.HARRIER_INTEGRATIONS;
if (!root) {
  console.error('HARRIER_INTEGRATIONS names no folder of pipeline tests');
  process.exit(2);
}
const harrier = resolve(import.meta.dirname, '../../dist/harrier.js');
const asked = JSON.parse(readFileSync(join(import.meta.dirname, 'asked-fields.json'), 'utf8'));
const marker = 'harrier_pair';

/** Lookups in databases and lists that Harrier does not have, and what Elastic's own shippers add. */
const outOfReach = [
  /\.(geo|as)\./,
  /^(event\.ingested|event\.original|ecs\.version|tags|related\.)/,
];
/** What versions of integrations after those whose tests are at hand do otherwise. */
const later = new Map([
  ['okta.system', ['user.name', 'user.email', 'source.user.name', 'okta.debug_context.debug_data.behaviors']],
  ['gcp.audit', ['user.email']],
  ['aws.cloudtrail', ['cloud.provider', 'cloud.service.name']],
  [
    'm365_defender.event',
    ['event.severity', 'client.ip', 'host.hostname', 'process.name', 'process.entity_id', 'process.parent.entity_id'],
  ],
  ['azure.identity_protection', ['client.ip', 'user.domain', 'user.email', 'user.id', 'user.name']],
  ['crowdstrike.fdr', ['event.id']],
  ['zeek.ssl', ['tls.client.server_name']],
  ['zeek.weird', ['rule.name']],
  ['zeek.dns', ['dns.question.name', 'dns.question.registered_domain']],
  ['windows.powershell_operational', ['process.pid', 'user.domain', 'user.name']],
  ['windows.windows_defender', ['event.action', 'event.category', 'event.type', 'user.id']],
]);
/** What Harrier gives beyond the pipelines: shippers and Elastic Agent add it, or the source's own names stay. */
const beyond = [
  /^(host|agent)\.(id|name|ip)$/,
  /^host\.os\./,
  /^data_stream\./,
  /^event\.(dataset|module|kind|created)$/,
  /^winlog\.event_data\./,
  /^message$/,
  /^@timestamp$/,
  /\.(caseless|text)$/,
];
/** What integrations write for nothing: in older versions as a value, in newer ones not at all. */
const nothing = ['', '-', '{00000000-0000-0000-0000-000000000000}'];

const isOne = (patterns, name) => patterns.some((pattern) => pattern.test(name));

/** Pairs by the data stream that they test. */
function pairsBySource() {
  const sources = new Map();
  for (const path of readdirSync(root, { recursive: true })) {
    if (!path.endsWith('-expected.json')) continue;
    const raw = path.slice(0, -'-expected.json'.length);
    const source = /packages\/([^/]+)\/data_stream\/([^/]+)\//.exec(`/${path}`)?.slice(1).join('.') ?? 'pairs';
    if (parts.length > 0 && !parts.some((part) => path.includes(part))) continue;
    const pairs = sources.get(source) ?? [];
    sources.set(source, pairs);
    pairs.push({ name: relative(root, join(root, raw)), raw: join(root, raw), expected: join(root, path) });
  }
  return new Map([...sources].sort(([a], [b]) => a.localeCompare(b)));
}

/** The events of a file, or null where it has none that are JSON. */
function eventsOf(path) {
  let content;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    if (path.endsWith('.json')) return JSON.parse(content).events ?? null;
    return content
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line));
  } catch {
    return null;
  }
}

/** What a test gives a pipeline beside the event: when it was received, names of tenants and the like. */
function configuredFor(raw) {
  const values = new Set();
  for (const path of [join(dirname(raw), 'test-common-config.yml'), `${raw}-config.yml`])
    if (existsSync(path))
      for (const texts of flatten(parse(readFileSync(path, 'utf8'))?.fields ?? {}).values())
        for (const text of comparable(texts)) values.add(text);
  return values;
}

/** Events as pipelines get them are those of a shipper; what it took from a line of JSON stands in message. */
function rawOf(event) {
  if (typeof event.message === 'string' && event.winlog === undefined && event.message.startsWith('{'))
    return JSON.parse(event.message);
  const { ecs, ...raw } = event;
  return raw;
}

/** Every field with its values as texts, the members of objects in lists together. */
function flatten(value, prefix = '', into = new Map()) {
  if (value === null || value === undefined) return into;
  if (Array.isArray(value)) for (const one of value) flatten(one, prefix, into);
  else if (typeof value === 'object')
    for (const [key, member] of Object.entries(value)) flatten(member, prefix === '' ? key : `${prefix}.${key}`, into);
  else {
    const values = into.get(prefix) ?? [];
    into.set(prefix, values);
    values.push(String(value));
  }
  return into;
}

/** Dates to milliseconds and addresses in one spelling: what columns of their types hold. */
function comparable(values) {
  const plain = values.map((value) => {
    if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(value)) {
      const time = Date.parse(value);
      return Number.isNaN(time) ? value : new Date(time).toISOString();
    }
    if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(value)) {
      try {
        return new URL(`http://[${value}]/`).hostname.slice(1, -1);
      } catch {
        return value;
      }
    }
    return value;
  });
  return [...new Set(plain)].filter((value) => !nothing.includes(value)).sort();
}

/** Logs that are no JSON have no place for a marker: their rows come in the order of their lines. */
function textRows(file, ids) {
  const rows = [...query(file, 'order').values()];
  if (rows.length !== ids.length) console.log(`  ${file}: ${rows.length} events where ${ids.length} are expected`);
  return rows.map((row, i) => [ids[i], row]);
}

function query(file, by = marker) {
  const text = 'FROM * METADATA _index | LIMIT 1000000';
  const out = execFileSync(process.execPath, [harrier, 'query', text, '--data', file, '--no-cache', '--format', 'ndjson'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const rows = new Map();
  for (const line of out.split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line);
    const document = row.row ?? row.document ?? row;
    const fields = flatten(document);
    rows.set(by === 'order' ? rows.size : String(fields.get(by)?.[0]), fields);
  }
  return rows;
}

const folder = mkdtempSync(join(tmpdir(), 'harrier-compare-'));
let isShort = false;
try {
  for (const [source, pairs] of pairsBySource()) {
    const expectations = new Map();
    const configured = new Map();
    const lines = [];
    const texts = [];
    for (const { name, raw, expected } of pairs) {
      const events = eventsOf(raw);
      const given = configuredFor(raw);
      const documents = JSON.parse(readFileSync(expected, 'utf8')).expected;
      if (events === null) {
        const ids = documents.map((document, i) => {
          const id = `${name}#${i}`;
          // Times without a year are those of the year in which the test was run.
          if (document) expectations.set(id, flatten({ ...document, '@timestamp': null }));
          configured.set(id, given);
          return id;
        });
        texts.push({ raw, ids });
        continue;
      }
      events.forEach((event, i) => {
        if (!documents[i]) return;
        const id = `${name}#${i}`;
        lines.push(JSON.stringify({ ...rawOf(event), [marker]: id }));
        expectations.set(id, flatten(documents[i]));
        configured.set(id, given);
      });
    }
    if (expectations.size === 0) continue;
    const file = join(folder, `${source}.ndjson`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const rows = new Map(lines.length > 0 ? query(file) : []);
    for (const { raw, ids } of texts) for (const [id, row] of textRows(raw, ids)) rows.set(id, row);
    let equal = 0;
    let all = 0;
    const differences = new Map();
    const indices = new Map();
    for (const [id, expected] of expectations) {
      const got = rows.get(id) ?? new Map();
      const index = got.get('_index')?.[0] ?? 'not there';
      indices.set(index, (indices.get(index) ?? 0) + 1);
      for (const field of options.all ? new Set([...expected.keys(), ...asked]) : asked) {
        if (isOne(outOfReach, field) || later.get(source)?.includes(field)) continue;
        const wanted = comparable(expected.get(field) ?? []);
        const found = comparable(got.get(field) ?? []);
        if (wanted.length > 0 && wanted.every((value) => configured.get(id).has(value))) continue;
        if (wanted.length === 0 && (found.length === 0 || isOne(beyond, field))) continue;
        all += 1;
        if (wanted.join('\0') === found.join('\0')) equal += 1;
        else {
          const ones = differences.get(field) ?? [];
          differences.set(field, ones);
          ones.push({ id, wanted, found });
        }
      }
    }
    const share = all === 0 ? 100 : (100 * equal) / all;
    if (share < Number(options.least)) isShort = true;
    const into = [...indices].map(([index, n]) => `${index} ${n}`).join(', ');
    console.log(`${source}: ${share.toFixed(2)} % of ${all} values in ${expectations.size} events (${into})`);
    for (const [field, ones] of [...differences].sort(([, a], [, b]) => b.length - a.length)) {
      const [{ id, wanted, found }] = ones;
      const shown = (values) => JSON.stringify(values).slice(0, 160);
      console.log(`  ${field}: ${ones.length}; ${id}: wanted ${shown(wanted)}, found ${shown(found)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isShort ? 1 : 0);
