/*
 * A small made-up intrusion on one machine, shaped like Elastic Defend's events: a document starts a script host, that
 * starts a loader, and the loader beacons, writes files and registry values, loads libraries and starts children.
 */

type Fields = Record<string, unknown>;

const agent = '00000000-1111-2222-3333-444444444444';

/** The entity id of a process of the intrusion. */
export const entityId = (pid: number): string => Buffer.from(`${agent}-${pid}-1773129600`).toString('base64');

/** The processes, from the eldest down; `wininit` and `services` have no events of their own. */
export const pids = { explorer: 900, winword: 1000, wscript: 1100, loader: 1200, chatty: 1300 } as const;
export const host = { name: 'ws-lab', id: 'host-lab-1' };
/** Hostile on purpose: it must neither reach a terminal nor a page as it is. */
export const hostile = 'C:\\tmp\\\u001b[31m<script>alert(1)</script>".txt';
/** How many children the loader starts. */
export const childCount = 14;

const at = (seconds: number): string => new Date(Date.parse('2026-03-10T08:00:00Z') + seconds * 1000).toISOString();

interface Process {
  readonly pid: number;
  readonly name: string;
  /** Nearest first. */
  readonly ancestors: readonly number[];
  readonly extra?: Fields;
}

const explorer: Process = { pid: pids.explorer, name: 'explorer.exe', ancestors: [800] };
const winword: Process = { pid: pids.winword, name: 'winword.exe', ancestors: [900, 800] };
const wscript: Process = { pid: pids.wscript, name: 'wscript.exe', ancestors: [1000, 900, 800] };
const loader: Process = { pid: pids.loader, name: 'loader.exe', ancestors: [1100, 1000, 900, 800] };
const children = Array.from({ length: childCount }, (_, i) => ({
  pid: 2000 + i,
  name: `child${i}.exe`,
  ancestors: [1200, 1100, 1000, 900, 800],
}));

function event(
  seconds: number,
  process: Process,
  dataset: string,
  action: string,
  type: string,
  fields: Fields,
): Fields {
  const { process: more, ...rest } = fields as { process?: Fields };
  return {
    '@timestamp': at(seconds),
    data_stream: { type: 'logs', dataset: `endpoint.events.${dataset}`, namespace: 'default' },
    host: { ...host, hostname: host.name, os: { full: 'Windows 11 Lab' } },
    event: { action, category: [dataset], type: [type], kind: 'event' },
    user: { name: 'anna', domain: 'LAB', id: 'S-1-5-21-7' },
    process: {
      entity_id: entityId(process.pid),
      pid: process.pid,
      name: process.name,
      executable: `C:\\Lab\\${process.name}`,
      code_signature: { exists: false },
      Ext: { ancestry: process.ancestors.map(entityId) },
      ...more,
    },
    ...rest,
  };
}

function start(seconds: number, process: Process, parent: { pid: number; name: string }): Fields {
  const args = [`C:\\Lab\\${process.name}`, '-zeta', '-alpha'];
  return event(seconds, process, 'process', 'start', 'start', {
    process: {
      args,
      command_line: args.join(' '),
      working_directory: 'C:\\Lab\\',
      hash: { sha256: `aa${process.pid}`, md5: `bb${process.pid}`, sha1: `cc${process.pid}` },
      parent: {
        entity_id: entityId(parent.pid),
        pid: parent.pid,
        name: parent.name,
        executable: `C:\\Lab\\${parent.name}`,
      },
    },
  });
}

const connection = (seconds: number, address: string, type: 'start' | 'end', fields: Fields = {}): Fields =>
  event(seconds, loader, 'network', type === 'start' ? 'connection_attempted' : 'disconnect_received', type, {
    source: { ip: '10.0.0.5', address: '10.0.0.5', port: 50_000, ...(type === 'end' && { bytes: 100 }) },
    destination: { ip: address, address, port: 443, ...(type === 'end' && { bytes: 40 }) },
    network: { direction: 'egress' },
    ...fields,
  });

/** Every event. */
export function intrusion(): Fields[] {
  return [
    start(0, winword, explorer),
    start(5, wscript, winword),
    start(10, loader, wscript),
    ...children.map((child, i) => start(100 + i, child, loader)),
    start(300, { pid: 3000, name: 'grandchild.exe', ancestors: [2000, 1200, 1100, 1000, 900, 800] }, children[0]!),
    // Every 60 seconds, with an end 7 seconds later.
    ...Array.from({ length: 20 }, (_, i) => [
      connection(60 * i + 60, '203.0.113.7', 'start'),
      connection(60 * i + 67, '203.0.113.7', 'end'),
    ]).flat(),
    // Nobody counted the bytes of this one.
    connection(500, '198.51.100.9', 'start', {
      destination: { ip: '198.51.100.9', domain: 'files.example', port: 8443 },
    }),
    // Somebody else came in.
    connection(600, '10.0.0.5', 'end', {
      source: { ip: '192.0.2.66', address: '192.0.2.66', port: 40_000, bytes: 7 },
      destination: { ip: '10.0.0.5', address: '10.0.0.5', port: 4444, bytes: 9 },
      network: { direction: 'ingress' },
    }),
    event(55, loader, 'network', 'lookup_result', 'info', {
      dns: { question: { name: 'c2.example', type: 'A' }, resolved_ip: ['203.0.113.7', '203.0.113.8'] },
    }),
    event(20, loader, 'file', 'creation', 'creation', {
      file: { path: hostile, size: 1234, hash: { sha256: 'dd01' } },
    }),
    event(21, loader, 'file', 'rename', 'change', {
      file: { path: 'C:\\Lab\\notes.locked', Ext: { original: { path: 'C:\\Lab\\notes.txt' } } },
    }),
    event(22, loader, 'file', 'deletion', 'deletion', { file: { path: 'C:\\Lab\\evidence.log' } }),
    event(30, loader, 'registry', 'modification', 'change', {
      registry: {
        path: 'HKEY_USERS\\S-1-5-21-7\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Loader',
        data: { type: 'REG_SZ', strings: ['C:\\Lab\\loader.exe'] },
      },
    }),
    event(11, loader, 'library', 'load', 'start', {
      dll: {
        path: 'C:\\Windows\\System32\\fine.dll',
        code_signature: { exists: true, trusted: true, status: 'trusted', subject_name: 'Lab Windows' },
      },
    }),
    event(12, loader, 'library', 'load', 'start', {
      dll: { path: 'C:\\Lab\\odd.dll', hash: { sha256: 'ee02' }, code_signature: { exists: false } },
    }),
    event(40, loader, 'api', 'VirtualProtect', 'info', {
      process: { Ext: { ancestry: loader.ancestors.map(entityId), api: { name: 'VirtualProtect' } } },
    }),
    event(2000, loader, 'process', 'end', 'end', { process: { exit_code: 3 } }),
  ];
}

/** Events as lines of JSON. */
export const ndjson = (events: readonly Fields[]): string => events.map((one) => `${JSON.stringify(one)}\n`).join('');
