import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readMappingFile } from './check-mapping.ts';
import { draftMapping } from './draft-mapping.ts';
import type { MappingFile } from './mapping.ts';

const draft = (documents: object[], isEcs: (name: string) => boolean = () => false): string =>
  draftMapping({ name: 'acme', title: 'Acme', sample: 'a.json', documents, isEcs });
const read = (documents: object[]): MappingFile => parse(draft(documents)) as MappingFile;

it.each<[string, object, string]>([
  ['source.ip', { clientIp: '192.0.2.1' }, 'clientIp'],
  ['source.ip', { clientIp: '192.0.2.1:51000' }, 'clientIp'],
  ['source.ip', { src_ip: '[2001:db8::1]:80' }, 'src_ip'],
  ['source.ip', { src_ip: '2001:db8::1' }, 'src_ip'],
  ['source.ip', { remote: { addr: '192.0.2.1' } }, 'remote.addr'],
  ['destination.ip', { dstip: '192.0.2.1' }, 'dstip'],
  ['destination.port', { dest_port: '443' }, 'dest_port'],
  ['source.port', { srcPort: 51000 }, 'srcPort'],
  ['user.name', { userName: 'ann' }, 'userName'],
  ['user.email', { user: 'ann@example.org' }, 'user'],
  ['host.name', { Computer: 'ws-1' }, 'Computer'],
  ['process.executable', { Image: 'C:\\Windows\\System32\\cmd.exe' }, 'Image'],
  ['process.name', { Image: 'cmd.exe' }, 'Image'],
  ['process.command_line', { CommandLine: 'cmd /c dir' }, 'CommandLine'],
  ['process.pid', { pid: 7 }, 'pid'],
  ['process.parent.pid', { ppid: 7 }, 'ppid'],
  ['url.full', { request_url: 'https://example.org/a' }, 'request_url'],
  ['url.path', { uri: '/a/b' }, 'uri'],
  ['http.request.method', { verb: 'GET' }, 'verb'],
  ['http.response.status_code', { status: 404 }, 'status'],
  ['file.hash.md5', { hash: '44d88612fea8a8f36de82e1278abb02f' }, 'hash'],
  ['file.hash.sha256', { sha256: 'a'.repeat(64) }, 'sha256'],
  ['dns.question.name', { query: 'example.org' }, 'query'],
  ['network.transport', { proto: 'TCP' }, 'proto'],
  ['event.action', { eventType: 'login' }, 'eventType'],
  ['message', { msg: 'it was so' }, 'msg'],
])('guesses %s of %j', (field, document, raw) => {
  const value = read([document]).fields![field];
  expect(typeof value === 'object' && 'from' in value ? value.from : value).toBe(raw);
});

it.each<[string, object]>([
  ['source.ip', { clientIp: 'unknown' }],
  ['destination.port', { port: 70_000 }],
  ['file.hash.md5', { hash: 'zzz' }],
  ['http.response.status_code', { status: 7 }],
])('guesses no %s of %j', (field, document) => {
  expect(read([document]).fields).not.toHaveProperty([field]);
});

describe('recognises', () => {
  it('by names that all events have, rather than by common ones', () => {
    const documents = [
      { id: 1, time: '2026-03-10T12:00:00Z', acmeZone: 'a', acmeGate: 1 },
      { id: 2, time: '2026-03-10T12:00:00Z', acmeZone: 'b', acmeGate: 1, extra: 1 },
    ];
    expect(Object.keys(read(documents).when!)).toEqual(['acmeZone', 'acmeGate', 'id']);
  });

  it('by a value that all share, where it says what the source is', () => {
    const documents = ['a', 'b', 'c'].map((zone) => ({ zone, product: 'Acme Gate' }));
    expect(read(documents).when).toEqual({ product: 'Acme Gate', zone: { exists: true } });
  });

  it('not by empty texts, which are no values', () => {
    expect(read([{ empty: '', full: 'x' }]).when).toEqual({ full: { exists: true } });
  });
});

it.each<[string, object[]]>([
  ['odd names', [{ 'a: b': 1, '#c': 'x', "d'e": '\n# injected: yes', 'user\nname': 'x', true: 'y', constructor: 1 }]],
  ['lists and objects', [{ a: [{ b: 1 }, { b: 2 }], c: { d: [] } }]],
  ['nothing that looks like anything', [{ zzz: true }]],
  ['one empty event', [{}]],
])('makes a mapping that fits of %s', async (_, documents) => {
  const { problems } = await readMappingFile(draft(documents), 'draft');
  expect(problems).toEqual([]);
});
