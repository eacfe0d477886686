import { atWork, everyNight, Log, officeAddress, people, pick, type Random, randomFrom } from './office.ts';

/** Logs of two servers in an ordinary month: auth.log as `journalctl -o json` prints it, and audit.log. */
export const linuxLogs = (): Map<string, string[]> =>
  new Map([
    ['journal.ndjson', journal(randomFrom(41))],
    ['audit.log', audit(randomFrom(42))],
  ]);

function journal(random: Random): string[] {
  const log = new Log();
  const add = (time: number, host: string, program: string, message: string): void =>
    log.add(time, {
      __REALTIME_TIMESTAMP: String(time * 1000),
      _HOSTNAME: host,
      SYSLOG_IDENTIFIER: program,
      SYSLOG_FACILITY: '10',
      _PID: String(800 + Math.floor(random() * 9000)),
      MESSAGE: message,
    });
  const commands = ['/usr/bin/systemctl restart app', '/usr/bin/apt-get update', '/usr/bin/less /var/log/syslog'];
  for (const { name } of people.filter(({ isAdministrator }) => isAdministrator))
    for (const time of atWork(random, 30, 3)) {
      const host = pick(random, ['web-01', 'web-02']);
      if (random() < 0.1)
        add(time - 5000, host, 'sshd', `Failed password for ${name} from ${officeAddress} port 40100 ssh2`);
      add(
        time,
        host,
        'sshd',
        `Accepted publickey for ${name} from ${officeAddress} port 40100 ssh2: ED25519 SHA256:abc`,
      );
      add(time + 1000, host, 'sshd', `pam_unix(sshd:session): session opened for user ${name}(uid=1000) by (uid=0)`);
      for (const command of commands)
        add(time + 60_000, host, 'sudo', `  ${name} : TTY=pts/0 ; PWD=/home/${name} ; USER=root ; COMMAND=${command}`);
    }
  // The internet tries passwords, and fails.
  for (const time of everyNight(14, 4))
    for (let i = 0; i < 30; i++)
      add(
        time + i * 4000,
        'web-01',
        'sshd',
        `Failed password for root from 45.9.20.${10 + (i % 3)} port ${40000 + i} ssh2`,
      );
  const [installed] = atWork(random, 7, 1);
  add(
    installed!,
    'web-02',
    'useradd',
    'new user: name=redis, UID=118, GID=125, home=/var/lib/redis, shell=/usr/sbin/nologin, from=none',
  );
  return log.lines();
}

/** A program that starts, or does something to a file, as audit.log records it in several lines. */
interface Deed {
  readonly syscall: number;
  readonly uid: number;
  readonly euid: number;
  readonly executable: string;
  readonly args?: readonly string[];
  readonly path?: string;
}

const deeds: readonly Deed[] = [
  { syscall: 59, uid: 1000, euid: 0, executable: '/usr/bin/sudo', args: ['sudo', 'systemctl', 'restart', 'app'] },
  { syscall: 59, uid: 0, euid: 0, executable: '/usr/bin/chmod', args: ['chmod', '0755', '/srv/app'] },
  { syscall: 59, uid: 0, euid: 0, executable: '/usr/bin/kmod', args: ['modprobe', 'overlay'] },
  { syscall: 313, uid: 0, euid: 0, executable: '/usr/bin/kmod' },
  { syscall: 257, uid: 0, euid: 0, executable: '/usr/bin/dpkg', path: '/etc/cron.daily/logrotate' },
  { syscall: 257, uid: 1000, euid: 1000, executable: '/usr/bin/vim', path: '/home/kern/notes.txt' },
];

function audit(random: Random): string[] {
  const lines: string[] = [];
  let serial = 100;
  for (const time of atWork(random, 7, 12).sort((a, b) => a - b)) {
    const { syscall, uid, euid, executable, args, path } = pick(random, deeds);
    const head = (type: string): string =>
      `node=${serial % 2 === 0 ? 'web-01' : 'web-02'} type=${type} msg=audit(${(time / 1000).toFixed(3)}:${serial}):`;
    const name = executable.slice(executable.lastIndexOf('/') + 1);
    lines.push(
      `${head('SYSCALL')} arch=c000003e syscall=${syscall} success=yes exit=0 a0=0 a1=0 a2=441 a3=0 items=0 ppid=1 pid=${900 + serial} auid=1000 uid=${uid} gid=${uid} euid=${euid} suid=${euid} fsuid=${euid} egid=${euid} sgid=${euid} fsgid=${euid} tty=pts0 ses=3 comm="${name}" exe="${executable}" key="quiet"\n`,
    );
    if (args) lines.push(`${head('EXECVE')} argc=${args.length} ${args.map((arg, i) => `a${i}="${arg}"`).join(' ')}\n`);
    if (path)
      lines.push(
        `${head('PATH')} item=0 name="${path}" inode=11 dev=08:01 mode=0100644 ouid=0 ogid=0 nametype=NORMAL\n`,
      );
    lines.push(`${head('PROCTITLE')} proctitle="${name}"\n`);
    serial++;
  }
  return lines;
}
