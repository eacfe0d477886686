import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const here = temporaryFolder();
const hour = 3_600_000;
const newest = Date.parse('2026-03-10T12:00:00Z');

/** A network event of a Windows host as Elastic Defend writes it. */
const event = (host: string, hoursAgo: number, more: object = {}) => ({
  '@timestamp': new Date(newest - hoursAgo * hour).toISOString(),
  data_stream: { type: 'logs', dataset: 'endpoint.events.network', namespace: 'default' },
  event: { category: ['network'], action: 'disconnect_received' },
  host: { name: host, os: { type: 'windows', family: 'windows' } },
  process: { name: 'a.exe', executable: 'C:\\a.exe', entity_id: 'a', code_signature: { exists: false } },
  source: { bytes: 5 },
  destination: { ip: '8.8.8.8', address: '8.8.8.8' },
  ...more,
});
/** What Sysmon records of a connection: neither bytes nor a signature. */
const sysmon = (dataset: string) =>
  [0, 24, 160, 170].map((ago) =>
    event('w', ago, {
      data_stream: { type: 'logs', dataset, namespace: 'default' },
      process: { name: 'a.exe', executable: 'C:\\a.exe', entity_id: 'a' },
      source: { ip: '10.0.0.1' },
    }),
  );

const volume = `FROM logs-endpoint.events.network-*
| WHERE @timestamp > NOW() - 8 hours AND host.os.family == "windows" AND event.category == "network"
| STATS total = SUM(source.bytes) BY process.entity_id, destination.address
| WHERE total >= 1000`;

/** What `coverage --format json` says of queries over events. */
async function coverage(events: readonly object[], queries: Record<string, string>, ...args: string[]) {
  const data = join(here, `${Math.random()}.ndjson`);
  writeFileSync(data, events.map((one) => JSON.stringify(one)).join('\n'));
  const hunts = Object.entries(queries).map(([name, query]) => {
    const file = join(here, `${name}-${Math.random()}.toml`);
    writeFileSync(file, `[hunt]\nname = "${name}"\nuuid = "${name}"\nquery = ['''\n${query}\n''']\n`);
    return file;
  });
  const finished = await harrier([
    'coverage',
    ...hunts,
    '--data',
    data,
    '--now',
    'latest',
    '--format',
    'json',
    ...args,
  ]);
  return { ...finished, document: JSON.parse(finished.stdout) };
}

describe('coverage', () => {
  it('is ready, partial or blind, in the document that is promised', async () => {
    const hosts = ['a', 'b', 'c', 'd'].flatMap((host) => [event(host, 0), event(host, 170)]);
    const { code, document } = await coverage(hosts, {
      ready: volume,
      platform: volume.replace('host.os.family == "windows"', 'host.os.family == "macos"'),
      either: volume.replace('host.os.family == "windows"', 'host.os.type IN ("windows", "linux")'),
      wide: volume.replace('8 hours', '30 days'),
      field: volume.replace('SUM(source.bytes)', 'SUM(destination.bytes)'),
      beside: volume.replace('destination.address', 'destination.domain'),
      policy: `${volume} | ENRICH nobody`,
    });
    expect(code).toBe(0);
    expect(Object.keys(document.hunts[0]).slice(0, 2)).toEqual(['uuid', 'name']);
    expect(document.hunts.map(({ name, verdict }: { name: string; verdict: string }) => [name, verdict])).toEqual([
      ['ready', 'ready'],
      ['platform', 'blind'],
      ['either', 'partial'],
      ['wide', 'partial'],
      ['field', 'blind'],
      ['beside', 'partial'],
      ['policy', 'blind'],
    ]);
    const [ready, platform, either, wide, field] = document.hunts;
    expect(ready).toMatchObject({
      missing_indices: [],
      missing_fields: [],
      empty_fields: [],
      absent_values: [],
      window: { from: '2026-03-10T04:00:00.000Z', to: '2026-03-10T12:00:00.000Z', covered: 1 },
    });
    expect(platform.absent_values).toEqual(['host.os.family == "macos"']);
    expect(either.absent_values).toEqual(['host.os.type == "linux"']);
    expect(wide.window.covered).toBeCloseTo(170 / 720, 3);
    expect(field.missing_fields).toEqual(['destination.bytes']);
  });

  it.each([
    ['under their own name', 'windows.sysmon_operational', ['logs-endpoint.events.network-*']],
    ['under the name that is asked for', 'endpoint.events.network', []],
  ])('names the fields that Sysmon lacks, %s', async (_, dataset, missing) => {
    const signed = volume.replace('| STATS', '| WHERE process.code_signature.trusted != true | STATS');
    const { document } = await coverage(sysmon(dataset), { volume, signed });
    expect(document.hunts).toMatchObject([
      { verdict: 'blind', missing_indices: missing, missing_fields: ['source.bytes'] },
      { verdict: 'blind', missing_fields: ['process.code_signature.trusted', 'source.bytes'] },
    ]);
    expect(document.hunts[0].reasons.join()).toMatch(/carries source\.bytes: .*no row c/);
  });

  it('reports clocks that are wrong, and does not use them', async () => {
    const regular = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((host) => [0, 50, 170].map((ago) => event(host, ago)));
    const shifted = [72, 122, 242].map((ago) => event('late', ago));
    const future = event('early', -24 * 365 * 20);
    const { document, stderr } = await coverage([...regular, ...shifted, future], { volume });
    expect(document.now).toBe('2026-03-10T12:00:00.000Z');
    expect(stderr).toContain('1 event from the future, up to 2046');
    expect(document.hunts[0].verdict).toBe('ready');
    expect(document.time_faults).toMatchObject([
      { host: 'early', kind: 'future', events: 1 },
      { host: 'late', kind: 'clock', message: expect.stringContaining('3 days earlier') },
    ]);
  });

  it('is blind with a wrong query, which is an error too', async () => {
    const { code, document } = await coverage([event('a', 0)], { wrong: 'FROM logs-* | WHERE host.name = "a"' });
    expect(code).toBe(1);
    expect(document.hunts[0]).toMatchObject({ verdict: 'blind', error: expect.stringContaining("'='") });
    expect(document.hunts[0].reasons).toEqual([document.hunts[0].error]);
  });

  it('looks at hunts as overrides leave them', async () => {
    const { document } = await coverage(
      [event('a', 0), event('a', 30)],
      { volume },
      '--platform',
      'linux',
      '--window',
      '1d',
    );
    expect(document.hunts[0]).toMatchObject({
      verdict: 'blind',
      absent_values: ['host.os.type == "linux"'],
      window: { from: '2026-03-09T12:00:00.000Z' },
    });
  });
});
