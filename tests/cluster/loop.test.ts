import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { harrier, type Running, startHarrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * Every command of the loop says over a cluster what it says over a store of the same events, byte for byte: but for the
 * engine's name, how long it took, and how to say where the events are.
 */

const folder = temporaryFolder();
const store = join(folder, 'store');
const served = join(folder, 'served');
let server: Running;
let url = '';
let entity = '';

beforeAll(async () => {
  const fleet = join(folder, 'fleet');
  await harrier(['demo', '--hosts', '20', '--events', '20000', '--out', fleet]);
  const files = [join(fleet, 'network.ndjson'), join(fleet, 'process.ndjson')];
  const events = readFileSync(files[0]!, 'utf8').split('\n');
  const event = JSON.parse(events.find((line) => line.includes('45.61.136.14'))!);
  entity = event.process.entity_id;
  // The same process in an index that no hunt names, and one that knows no processes.
  const elsewhere = ['logs-elsewhere-default', 'metrics-elsewhere-default'].map((index) => {
    const file = join(folder, `${index}.ndjson`);
    const [type, dataset, namespace] = index.split('-');
    const { process, ...rest } = event;
    const other = {
      ...rest,
      data_stream: { type, dataset, namespace },
      // In each index another type, and one that ECS does not give it.
      labels: { mixed: type === 'logs' ? 1 : 'one' },
      source: { port: 'none' },
      ...(type === 'logs' && { process }),
    };
    writeFileSync(file, `${JSON.stringify(other)}\n`);
    return file;
  });
  await harrier(['ingest', ...files, ...elsewhere, '--store', store]);
  // Two processes cannot open one store.
  cpSync(store, served, { recursive: true });
  server = startHarrier(['serve', '--store', served, '--port', '0']);
  let written = '';
  await server.until(({ stdout }) => {
    written = stdout;
    return stdout.includes('\n');
  });
  url = written
    .trim()
    .split(/\s+/)
    .find((word) => word.startsWith('http'))!;
}, 120_000);

afterAll(async () => {
  server.child.kill();
  await server.finished;
});

const told = (text: string): string =>
  text
    .replaceAll(`--store ${store}`, 'EVENTS')
    .replaceAll(`--engine elasticsearch --url ${url}`, 'EVENTS')
    .replace(/"took_ms": ?\d+/g, '"took_ms":0')
    .replace(/took \d[\d,.]* m?s\b/g, 'took 0 ms')
    .replace(/; \d[\d,.]* m?s$/gm, '; 0 ms')
    .replace(/<(b|dd)>(?:duckdb|elasticsearch)</g, '<$1><')
    .replace(/"engine":"\w+"/, '"engine":""');

const now = ['--now', '2026-03-10T12:00:00Z'];
const exfiltration = 'exfiltration-by-volume-windows';
const unknown = [
  'FROM logs-endpoint.events.network-* METADATA _index',
  // No event has it, and ECS knows it.
  '| EVAL dns = COALESCE(dns.question.name, "none"), day = DATE_TRUNC(1 day, @timestamp)',
  '| STATS n = COUNT(*), first_ip = MIN(destination.ip) BY dns, day, host.os.type',
].join(' ');

it.each([
  ['run', 'hunts/network', '--hosts', '--format', 'json', ...now],
  ['run', 'hunts/network', '--hosts', '--format', 'md', '--now', 'latest'],
  ['run', 'hunts/network', '--no-hosts'],
  ['run', 'hunts/network', '--window', '1h', '--set', 'bytes_sent=1KB', '--format', 'ndjson', ...now],
  ['query', unknown, '--format', 'json', ...now],
  // ECS knows these, no index has them, and nothing comes of them.
  ...['KEEP process.name, dns.question.name', 'RENAME dns.question.name AS q | DROP q', 'DROP dns.question.type'].map(
    (named) => ['query', `FROM logs-endpoint.events.network-* | ${named} | STATS n = COUNT(*) BY process.name`, ...now],
  ),
  ['query', 'FROM logs-* | EVAL dns.question.name = "x" | STATS n = COUNT(*) BY dns.question.name', ...now],
  ['query', 'FROM logs-* | WHERE nothing.knows == 1', ...now],
  ['query', 'FROM nowhere-* | LIMIT 1', ...now],
  ['coverage', 'hunts/network', '--format', 'json', ...now],
  ['tune', 'hunts/network', '--format', 'json', ...now],
  ['tune', exfiltration, '--at', Array.from({ length: 20 }, (_, i) => (i + 1) * 1e8).join(','), ...now],
  ['backfill', 'hunts/network', '--step', '12h', '--format', 'json', ...now],
  ['events', exfiltration, '--row', '1', '--fields', '*', '--format', 'json', ...now],
  ['events', 'rare-external-connections-linux', '--query', '2', '--row', '2', ...now],
  ['events', exfiltration, '--row', '1', '--format', 'csv', ...now],
  ['events', 'rare-external-connections-linux', '--row', '1', '--format', 'md', ...now],
  ['run', 'hunts/network', '--hosts', '--format', 'html', ...now],
  ['check', 'hunts/network', '--format', 'json'],
  [
    'check',
    'FROM logs-nowhere | WHERE nosuch == 1 | LIMIT 1',
    'FROM logs-* | WHERE source.port LIKE "4*" OR nosuch == 1 OR destination.ip == "x" | LIMIT 1',
    'FROM logs-* | WHERE dns.question.name == "x" AND other.ip == "a" AND labels.mixed IS NULL | KEEP source.ip',
  ],
  ['pivot', '--pid', '45917', '--host', 'nobody', ...now],
  ['pivot', 'ENTITY', '--format', 'json', ...now],
  ['pivot', 'ENTITY', '--hunt', exfiltration, '--format', 'html', ...now],
  ['pivot', 'ENTITY', '--hunt', 'hunts/network', ...now],
  ['pivot', 'ENTITY', '--index-pattern', 'logs-*,-logs-endpoint.events.*', '--format', 'json', ...now],
  ['pivot', 'ENTITY', '--index-pattern', 'logs-nowhere*', ...now],
])(
  '%s %s %s %s',
  async (...args) => {
    const named = args.map((arg) => (arg === 'ENTITY' ? entity : arg));
    const [here, there] = await Promise.all([
      harrier([...named, '--store', store]),
      harrier([...named, '--engine', 'elasticsearch', '--url', url]),
    ]);
    expect(told(there.stdout)).toBe(told(here.stdout));
    expect(there.code, there.stderr).toBe(here.code);
  },
  60_000,
);
