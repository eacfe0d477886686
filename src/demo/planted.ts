import type { Platform } from './programs.ts';

/** One conversation of a planted process: events at even distances, the last exactly `minutes` after the first. */
export interface PlantedFlow {
  readonly destination: string;
  /** How long before the end of the data it ends. */
  readonly endsHoursAgo: number;
  readonly minutes: number;
  readonly events: number;
  /** `pairs`: attempt and disconnect in turn; else events of one action only. */
  readonly mode: 'pairs' | 'connection_attempted' | 'disconnect_received';
  /** Bytes sent by all disconnects together. */
  readonly bytes: number;
  readonly user?: 'person' | 'system';
}

/** A process that somebody should find, or that nobody should although it nearly looks like it. */
export interface Planted {
  readonly story: string;
  readonly techniques: readonly string[];
  readonly platform: Platform;
  /** Which host of the platform, from zero. */
  readonly host: number;
  readonly executable: string;
  readonly commandLine: string;
  readonly signature: 'none' | 'untrusted' | 'trusted';
  readonly user: 'person' | 'system';
  readonly flows: readonly PlantedFlow[];
  /** What finds it; nothing for a near miss. */
  readonly found: readonly Behaviour[];
}

export type Behaviour =
  | 'windows-beacon'
  | 'macos-beacon'
  | 'linux-beacon'
  | 'windows-exfiltration'
  | 'macos-exfiltration'
  | 'linux-exfiltration'
  | 'linux-rare'
  | 'linux-rare-root';

const gib = 1024 ** 3;

function beacon(destination: string, minutes: number, events: number, endsHoursAgo = 3): PlantedFlow {
  return { destination, minutes, events, endsHoursAgo, mode: 'pairs', bytes: events * 300 };
}

function volume(destination: string, bytes: number, endsHoursAgo = 1): PlantedFlow {
  return { destination, minutes: 240, events: 20, endsHoursAgo, mode: 'pairs', bytes };
}

function attempts(destination: string, events: number, user?: 'person' | 'system'): PlantedFlow {
  const flow: PlantedFlow = {
    destination,
    minutes: 600,
    events,
    endsHoursAgo: 30,
    mode: 'connection_attempted',
    bytes: 0,
  };
  return user ? { ...flow, user } : flow;
}

type Sketch = Pick<Planted, 'story' | 'host' | 'executable' | 'flows'> & Partial<Planted>;
const make =
  (platform: Platform, defaults: Partial<Planted>, found: readonly Behaviour[]) =>
  (sketch: Sketch): Planted => ({
    platform,
    techniques: ['T1071'],
    signature: 'none',
    user: 'person',
    commandLine: sketch.executable,
    found,
    ...defaults,
    ...sketch,
  });

const winBeacon = make('windows', { techniques: ['T1071', 'T1071.001'] }, ['windows-beacon']);
const macBeacon = make('macos', { techniques: ['T1071', 'T1071.001'] }, ['macos-beacon']);
const linuxBeacon = make('linux', { techniques: ['T1071', 'T1059.004'] }, ['linux-beacon']);
const winVolume = make('windows', { techniques: ['T1048', 'T1567.002'], signature: 'trusted' }, [
  'windows-exfiltration',
]);
const macVolume = make('macos', { techniques: ['T1048', 'T1567.002'], signature: 'trusted' }, ['macos-exfiltration']);
const linuxVolume = make('linux', { techniques: ['T1048', 'T1567.002'] }, ['linux-exfiltration']);
const linuxRare = make('linux', { techniques: ['T1071.001', 'T1105'] }, ['linux-rare']);
const nobody = (planted: Planted): Planted => ({ ...planted, found: [] });

/** The intrusions of the sample fleet, and beside each what must not be taken for one. All of it is made up. */
export const planted: readonly Planted[] = [
  winBeacon({
    story: 'an unsigned binary in a user profile talks to one address every 25 seconds for five hours',
    host: 0,
    executable: 'C:\\Users\\jdoe\\AppData\\Roaming\\SyncHelper\\synchelper.exe',
    flows: [beacon('185.220.101.34', 300, 720)],
  }),
  winBeacon({
    story: 'a binary whose signature is not trusted calls home over IPv6',
    host: 1,
    executable: 'C:\\ProgramData\\Intel\\gfxsvc.exe',
    signature: 'untrusted',
    user: 'system',
    flows: [beacon('2a0e:97c0:3e3:1::7', 180, 500)],
  }),
  winBeacon({
    story: 'a signed tool copied to C:\\Users\\Public is used as a proxy',
    host: 2,
    executable: 'C:\\Users\\Public\\Libraries\\rundll32.exe',
    signature: 'trusted',
    flows: [beacon('91.92.240.11', 240, 600)],
  }),
  winBeacon({
    story: 'exactly 120 connections an hour for exactly two hours',
    host: 3,
    executable: 'C:\\Temp\\edge-exact.exe',
    flows: [beacon('45.61.136.9', 120, 240)],
  }),
  winBeacon({
    story: 'one hour and a half counts as two hours, and makes exactly 120 an hour',
    host: 3,
    executable: 'C:\\Temp\\edge-rounding.exe',
    flows: [beacon('45.61.136.10', 90, 240)],
  }),
  nobody(
    winBeacon({
      story: '119 connections an hour',
      host: 4,
      executable: 'C:\\Temp\\near-119.exe',
      flows: [beacon('45.61.136.11', 120, 239)],
    }),
  ),
  nobody(
    winBeacon({
      story: 'less than half an hour counts as none, however many connections',
      host: 4,
      executable: 'C:\\Temp\\near-short.exe',
      flows: [beacon('45.61.136.12', 29, 400)],
    }),
  ),
  nobody(
    winBeacon({
      story: 'the same interval pattern from a trusted, signed updater',
      host: 5,
      executable: 'C:\\Program Files\\Vendor\\agent.exe',
      signature: 'trusted',
      flows: [beacon('45.61.136.13', 300, 720)],
    }),
  ),
  nobody(
    winBeacon({
      story: 'an unsigned tool that talks to the local network only',
      host: 5,
      executable: 'C:\\Tools\\poller.exe',
      flows: [beacon('172.20.4.9', 300, 720)],
    }),
  ),
  nobody(
    winBeacon({
      story: 'a beacon that ended before the seven days began',
      host: 0,
      executable: 'C:\\Temp\\near-old.exe',
      flows: [beacon('45.61.136.14', 300, 720, 24 * 7 + 2)],
    }),
  ),

  winVolume({
    story: 'an archive of 3 GB goes to a file-sharing address in four hours',
    host: 0,
    executable: 'C:\\Users\\jdoe\\Downloads\\rclone.exe',
    flows: [volume('104.21.33.7', 3 * 10 ** 9)],
  }),
  winVolume({
    story: 'more than 4 GiB in one sum, beyond 32 bits',
    host: 1,
    executable: 'C:\\Program Files\\WinSCP\\WinSCP.exe',
    flows: [volume('194.26.135.89', 5 * 10 ** 9)],
  }),
  winVolume({
    story: 'exactly one GiB',
    host: 2,
    executable: 'C:\\Temp\\exact-gib.exe',
    flows: [volume('194.26.135.90', gib)],
  }),
  nobody(
    winVolume({
      story: 'one byte less than a GiB',
      host: 2,
      executable: 'C:\\Temp\\near-gib.exe',
      flows: [volume('194.26.135.91', gib - 1)],
    }),
  ),
  nobody(
    winVolume({
      story: 'two GB, but nine hours ago',
      host: 3,
      executable: 'C:\\Temp\\near-early.exe',
      flows: [volume('194.26.135.92', 2 * 10 ** 9, 9)],
    }),
  ),
  nobody(
    winVolume({
      story: '80 GB to a backup server on the local network',
      host: 4,
      executable: 'C:\\Program Files\\Vendor\\backup.exe',
      flows: [volume('192.168.7.20', 80 * 10 ** 9)],
    }),
  ),

  macBeacon({
    story: 'an unsigned binary in a hidden folder beacons for nine hours',
    host: 0,
    executable: '/Users/mira/Library/.fonts/fontd',
    flows: [beacon('5.188.206.18', 540, 1200)],
  }),
  macBeacon({
    story: 'an ad-hoc signed binary with exactly 120 connections an hour for eight hours',
    host: 1,
    executable: '/private/tmp/exact8',
    signature: 'untrusted',
    flows: [beacon('5.188.206.19', 480, 960)],
  }),
  nobody(
    macBeacon({
      story: 'seven hours are too few',
      host: 1,
      executable: '/private/tmp/near7',
      flows: [beacon('5.188.206.20', 440, 1100)],
    }),
  ),
  nobody(
    macBeacon({
      story: 'the same interval pattern from a notarised app',
      host: 0,
      executable: '/Applications/Status.app/Contents/MacOS/Status',
      signature: 'trusted',
      flows: [beacon('5.188.206.21', 540, 1200)],
    }),
  ),
  macVolume({
    story: 'two GB of documents leave through a command-line client',
    host: 0,
    executable: '/opt/homebrew/bin/rclone',
    flows: [volume('162.125.66.18', 2 * 10 ** 9)],
  }),
  nobody(
    macVolume({
      story: 'half a GB to a photo service',
      host: 1,
      executable: '/Applications/Photos.app/Contents/MacOS/Photos',
      flows: [volume('17.248.150.10', 5 * 10 ** 8)],
    }),
  ),

  linuxBeacon({
    story: 'a program in shared memory beacons every 25 seconds',
    host: 0,
    executable: '/dev/shm/.x/kdevtmpd',
    flows: [beacon('80.94.95.112', 300, 720)],
  }),
  linuxBeacon({
    story: 'exactly 120 connections an hour from /tmp',
    host: 1,
    executable: '/tmp/exact120',
    user: 'system',
    flows: [beacon('80.94.95.113', 120, 240)],
  }),
  nobody(
    linuxBeacon({
      story: '119 connections an hour from /tmp',
      host: 1,
      executable: '/tmp/near119',
      flows: [beacon('80.94.95.114', 120, 239)],
    }),
  ),
  nobody(
    linuxBeacon({
      story: 'the same interval pattern from an installed exporter',
      host: 0,
      executable: '/usr/local/bin/metrics-exporter',
      flows: [beacon('80.94.95.115', 300, 720)],
    }),
  ),
  linuxVolume({
    story: 'a database dump of 6 GB leaves by scp',
    host: 1,
    executable: '/usr/bin/scp',
    flows: [volume('46.166.139.111', 6 * 10 ** 9)],
  }),
  nobody(
    linuxVolume({
      story: 'one byte less than a GiB',
      host: 0,
      executable: '/usr/bin/near-gib',
      flows: [volume('46.166.139.112', gib - 1)],
    }),
  ),

  linuxRare({
    story: 'a downloader calls out once and is never seen again',
    host: 0,
    executable: '/var/tmp/.u/upd',
    flows: [attempts('179.43.175.10', 1)],
  }),
  linuxRare({
    story: 'five connections of one agent, exactly the bound',
    host: 1,
    executable: '/home/dev/.local/bin/exactfive',
    flows: [attempts('179.43.175.11', 5)],
  }),
  linuxRare({
    story: 'root runs a renamed tunnel',
    host: 0,
    executable: '/usr/local/sbin/systemd-netd',
    user: 'system',
    found: ['linux-rare', 'linux-rare-root'],
    flows: [attempts('179.43.175.12', 3)],
  }),
  linuxRare({
    story: 'a common tool that root hardly ever uses',
    host: 1,
    executable: '/usr/bin/socat',
    user: 'person',
    found: ['linux-rare-root'],
    flows: [attempts('179.43.175.13', 2, 'system'), attempts('179.43.175.14', 20)],
  }),
  nobody(
    linuxRare({
      story: 'six connections are one too many',
      host: 1,
      executable: '/home/dev/.local/bin/nearsix',
      flows: [attempts('179.43.175.15', 6)],
    }),
  ),
  nobody(
    linuxRare({
      story: 'a rare tool that stays in the local network',
      host: 0,
      executable: '/opt/lab/probe',
      flows: [attempts('10.9.8.7', 2)],
    }),
  ),
  nobody(
    linuxRare({
      story: 'seen on two agents (the first)',
      host: 0,
      executable: '/opt/lab/twohosts',
      flows: [attempts('179.43.175.16', 2)],
    }),
  ),
  nobody(
    linuxRare({
      story: 'seen on two agents (the second)',
      host: 1,
      executable: '/opt/lab/twohosts',
      flows: [attempts('179.43.175.16', 2)],
    }),
  ),
];
