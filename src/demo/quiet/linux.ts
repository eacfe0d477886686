import { atWork, everyNight, Log, officeAddress, people, pick, type Random, randomFrom } from './office.ts';

/** auth.log of an ordinary month on two servers, as `journalctl -o json` prints it. */
export const linuxLogs = (): Map<string, string[]> => new Map([['journal', journal(randomFrom(41))]]);

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
