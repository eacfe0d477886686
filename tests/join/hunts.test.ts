import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { hasShared, shared } from '../support/shared.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { connLog, type SysmonConnection, sysmonLine, type ZeekConnection } from './logs.ts';

/*
 * A day of an office as Sysmon and Zeek record it: neither has the process and the bytes, and the hunts by volume need
 * both. Ordinary traffic, a process that sends 1.5 GB to one address, and one that calls another every 20 seconds.
 */

const folder = temporaryFolder();
const hosts: SysmonConnection[] = [];
const sensors: ZeekConnection[] = [];

interface Program {
  readonly image: string;
  readonly pid: number;
}
const browser: Program = { image: 'C:\\Program Files\\Browser\\browser.exe', pid: 100 };
const thief: Program = { image: 'C:\\Users\\Public\\sync.exe', pid: 200 };
const beacon: Program = { image: 'C:\\Users\\Public\\tray.exe', pid: 300 };
const minute = 60_000;

function connect(at: number, { image, pid }: Program, host: number, destination: string, sent: number): void {
  const i = sensors.length;
  const ends = { source: `10.0.0.${host}`, sourcePort: 50_000 + (i % 10_000), destination, destinationPort: 443 };
  // Sysmon is late by up to two seconds, and every tenth connection is on a host without it.
  if (i % 10 !== 9) hosts.push({ at: at + (i % 5) * 400, ...ends, host: `ws-${host}`, image, pid: pid + host });
  const turned = { source: destination, sourcePort: 443, destination: ends.source, destinationPort: ends.sourcePort };
  // Zeek takes the answer for the beginning where it missed the first packet.
  const seen = i % 17 === 0 ? { ...turned, sent: 4000, received: sent } : { ...ends, sent, received: 4000 };
  sensors.push({ at, uid: `C${i}`, ...seen, duration: 5 });
}

beforeAll(async () => {
  for (let i = 0; i < 600; i++) connect(i * minute, browser, 1 + (i % 9), `93.184.216.${1 + (i % 50)}`, 20_000);
  for (let i = 0; i < 30; i++) connect(480 * minute + i * 3 * minute, thief, 5, '93.184.1.1', 60_000_000);
  for (let i = 0; i < 600; i++) connect(360 * minute + i * 20_000, beacon, 6, '93.184.2.2', 500);
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'sysmon.ndjson'), hosts.map((host) => `${sysmonLine(host)}\n`).join(''));
  writeFileSync(join(folder, 'logs', 'conn.log'), connLog(sensors));
}, 60_000);

interface Answer {
  readonly hunt: { readonly uuid: string };
  readonly columns: readonly { readonly name: string }[];
  readonly values: readonly (readonly unknown[])[];
  readonly error: unknown;
}

async function hunt(hunts: readonly string[], data: string): Promise<Answer[]> {
  const run = ['run', ...hunts, '--data', data, '--now', 'latest', '--no-cache', '--format', 'json'];
  const { stdout } = await harrier(run, { cwd: folder });
  return JSON.parse(stdout).results;
}

const cellsOf = ({ columns, values }: Answer): unknown[] =>
  values.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));

describe('harrier join', () => {
  it('writes events that the hunts by volume find the process in, and neither log alone', async () => {
    const { code, stderr } = await harrier(
      ['join', '--data', 'logs/sysmon.ndjson', '--data', 'logs/conn.log', '--output', 'joined.ndjson'],
      { cwd: folder },
    );
    expect([code, stderr]).toEqual([
      0,
      `1,107 events written
Sysmon: 1,107 connections: 1,107 matched, 0 unmatched
Zeek: 1,230 connections: 1,107 matched, 123 unmatched
        122  Sysmon has no such addresses and ports
          1  before or after what Sysmon recorded
matched by addresses, ports and time: 1,107
Zeek's times are 800 ms earlier in the median, at most 1.6 s apart
66 matches with source and destination the other way round in Zeek: bytes follow the addresses of Sysmon
`,
    ]);
    const own = 'exfiltration-by-volume-windows';
    const [found] = await hunt([own], 'joined.ndjson');
    expect(cellsOf(found!)).toMatchObject([
      { 'process.executable': thief.image, 'destination.address': '93.184.1.1', bytes_sent: 1_620_000_000 },
    ]);
    const [raw] = await hunt([own], 'logs');
    expect(raw!.values).toEqual([]);
  });

  it.skipIf(!hasShared)('serves published hunts unchanged', async () => {
    const seeds = ['000_7ffca20c3c7ce5aa', '001_8ae838118abfe1ee', '003_13990826e3abeec1'];
    const files = seeds.map((name) => shared(`seeds/${name}.txt`));
    for (const file of files) expect(readFileSync(file, 'utf8').length).toBeGreaterThan(0);
    const [often, volume, total] = await hunt(files, 'joined.ndjson');
    expect(cellsOf(often!)).toMatchObject([{ 'process.name': 'tray.exe', 'destination.address': '93.184.2.2' }]);
    const sent = [{ 'process.executable': thief.image, 'destination.address': '93.184.1.1' }];
    expect([cellsOf(volume!), cellsOf(total!)]).toMatchObject([sent, sent]);
  });

  it('writes to standard output, and never over a log', async () => {
    const { stdout } = await harrier(['join', '--data', 'logs', '--tolerance', '1s'], { cwd: folder });
    const lines = stdout.trimEnd().split('\n');
    expect(new Set(lines.map((line) => JSON.parse(line)['event.action']))).toEqual(new Set(['disconnect_received']));
    const over = await harrier(['join', '--data', 'logs', '--out', 'logs/conn.log', '--force'], { cwd: folder });
    expect([over.code, over.stderr]).toEqual([2, expect.stringContaining('would be lost')]);
  });

  it.each([
    ['--tolerance 5', /no span of time/],
    ['--clock-offset soon', /no span of time/],
    ['--out a.ndjson --output b.ndjson', /different files/],
  ])('%s is refused', async (options, reason) => {
    const { code, stderr } = await harrier(['join', '--data', 'logs', ...options.split(' ')], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringMatching(reason)]);
  });
});
