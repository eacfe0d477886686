import { atWork, everyNight, iso, Log, people, pick, type Random, randomFrom, servers } from './office.ts';

const agent = 'C:\\Program Files\\Fleet Manager\\agent.exe';
const defender = 'C:\\Program Files\\Guard\\guard.exe';
const system = 'C:\\Windows\\System32\\';

/** Windows event logs of an ordinary month, as an agent without modules ships them. */
export function windowsLogs(): Map<string, string[]> {
  return new Map([
    ['sysmon.ndjson', sysmon(randomFrom(11))],
    ['security.ndjson', security(randomFrom(12))],
    ['system.ndjson', systemLog(randomFrom(13))],
    ['powershell.ndjson', powershell(randomFrom(14))],
  ]);
}

/** Adds events of a channel to a log. */
class Channel {
  readonly log = new Log();
  #record = 0;

  constructor(
    private readonly channel: string,
    private readonly provider: string,
  ) {}

  add(time: number, id: number, computer: string, data: object, more: object = {}): void {
    this.log.add(time, {
      '@timestamp': iso(time),
      winlog: {
        channel: this.channel,
        provider_name: this.provider,
        event_id: String(id),
        record_id: String(++this.#record),
        computer_name: computer,
        event_data: data,
        ...more,
      },
    });
  }
}

function sysmon(random: Random): string[] {
  const channel = new Channel('Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-Sysmon');
  const starts: readonly [program: string, parent: string, commandLine: string][] = [
    ['C:\\Program Files\\Browser\\browser.exe', 'C:\\Windows\\explorer.exe', '"browser.exe"'],
    ['C:\\Program Files\\Office\\WINWORD.EXE', 'C:\\Windows\\explorer.exe', '"WINWORD.EXE" /n'],
    [`${system}cmd.exe`, agent, 'cmd.exe /c inventory.bat'],
    [`${system}cmd.exe`, 'C:\\Windows\\explorer.exe', '"C:\\Windows\\System32\\cmd.exe"'],
    [`${system}schtasks.exe`, agent, 'schtasks /Create /TN Inventory /TR inventory.bat /SC DAILY'],
    [
      `${system}WindowsPowerShell\\v1.0\\powershell.exe`,
      agent,
      'powershell.exe -NoProfile -EncodedCommand RwBlAHQALQBQAHIAbwBjAGUAcwBzACAAfAAgAE8AdQB0AC0ATgB1AGwAbAA=',
    ],
    [`${system}svchost.exe`, `${system}services.exe`, 'svchost.exe -k netsvcs -p'],
  ];
  const names = ['www.example.com', 'mail.office.example', 'cdn.example.net', 'news.example.org', 'update.example.com'];
  for (const person of people) {
    const on = (time: number, id: number, data: object): void =>
      channel.add(time, id, person.machine, { ...data, User: `OFFICE\\${person.name}` });
    for (const time of atWork(random, 7, 6)) {
      for (const [Image, ParentImage, CommandLine] of starts) on(time, 1, { Image, ParentImage, CommandLine });
      on(time, 10, { SourceImage: defender, TargetImage: `${system}lsass.exe`, GrantedAccess: '0x1410' });
      on(time, 8, { SourceImage: defender, TargetImage: 'C:\\Program Files\\Browser\\browser.exe' });
      on(time, 22, {
        Image: 'C:\\Program Files\\Browser\\browser.exe',
        QueryName: pick(random, names),
        QueryStatus: '0',
      });
      on(time, 17, {
        Image: 'C:\\Program Files\\Browser\\browser.exe',
        PipeName: `\\mojo.${Math.floor(random() * 9000)}.${Math.floor(random() * 9000)}.${Math.floor(random() * 1e12)}`,
      });
      on(time, 7, {
        Image: 'C:\\Windows\\explorer.exe',
        ImageLoaded: 'C:\\Program Files\\Office Menu\\menu.dll',
        Signed: 'false',
        SignatureStatus: 'Unavailable',
        Hashes: 'SHA256=1111111111111111111111111111111111111111111111111111111111111111',
      });
      // Guard asks for the reputation of files by DNS: long names, but few.
      for (let i = 0; i < 4; i++)
        on(time, 22, {
          Image: defender,
          QueryName: `${Math.floor(random() * 2 ** 48).toString(16)}${Math.floor(random() * 2 ** 48).toString(16)}.rep.guard.example`,
          QueryStatus: '0',
        });
    }
    const [logon] = atWork(random, 7, 1);
    on(logon!, 13, {
      EventType: 'SetValue',
      Image: 'C:\\Program Files\\Cloud Drive\\drive.exe',
      TargetObject: `HKU\\${person.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Cloud Drive`,
      Details: '"C:\\Program Files\\Cloud Drive\\drive.exe" /background',
    });
    on(logon!, 20, {
      EventType: 'WmiConsumerEvent',
      Operation: 'Created',
      Name: 'Battery Health',
      Destination: 'C:\\Program Files\\Laptop Tools\\battery.exe',
    });
    on(logon!, 19, {
      EventType: 'WmiFilterEvent',
      Operation: 'Created',
      Name: 'Battery Health',
      Query: 'SELECT * FROM __InstanceModificationEvent WITHIN 3600',
    });
  }
  return channel.log.lines();
}

function security(random: Random): string[] {
  const channel = new Channel('Security', 'Microsoft-Windows-Security-Auditing');
  const logon = (time: number, computer: string, user: string, type: number, address: string): void =>
    channel.add(time, 4624, computer, {
      TargetUserName: user,
      TargetDomainName: 'OFFICE',
      LogonType: String(type),
      IpAddress: address,
    });
  for (const { name, machine, address, isAdministrator, sid } of people) {
    for (const time of atWork(random, 30, 3)) {
      logon(time, machine, name, 2, '127.0.0.1');
      logon(time + 1000, 'files-01', name, 3, address);
      if (isAdministrator) logon(time + 2000, pick(random, servers).name, name, 10, address);
      if (random() < 0.05)
        channel.add(time, 4625, machine, {
          TargetUserName: name,
          Status: '0xc000006d',
          SubStatus: '0xc000006a',
          LogonType: '2',
          IpAddress: address,
        });
      const ticket = { TargetUserName: `${name}@OFFICE.EXAMPLE`, IpAddress: `::ffff:${address}`, Status: '0x0' };
      channel.add(time, 4768, 'dc-01', {
        ...ticket,
        TargetUserName: name,
        PreAuthType: '2',
        TicketEncryptionType: '0x12',
      });
      for (const ServiceName of ['FILES-01$', 'PRINT-01$', 'svc-intranet'])
        channel.add(time, 4769, 'dc-01', { ...ticket, ServiceName, TicketEncryptionType: '0x12' });
      // An old appliance that knows no AES.
      if (random() < 0.1)
        channel.add(time, 4769, 'dc-01', { ...ticket, ServiceName: 'svc-scan', TicketEncryptionType: '0x17' });
    }
    const [once] = atWork(random, 7, 1);
    channel.add(once!, 4698, machine, {
      SubjectUserName: 'SYSTEM',
      SubjectUserSid: 'S-1-5-18',
      TaskName: '\\Inventory',
      TaskContent: `<Task><Exec><Command>${agent}</Command><Arguments>inventory</Arguments></Exec></Task>`,
      UserSid: sid,
    });
    channel.add(once!, 4697, machine, {
      SubjectUserName: `${machine}$`,
      ServiceName: 'Guard Sensor',
      ServiceFileName: `"${defender}" --service`,
    });
  }
  for (const time of everyNight(29, 2)) for (const { name } of servers) logon(time, name, 'svc-backup', 3, '10.20.0.5');
  // New colleagues get an account, and keep it.
  const [joined] = atWork(random, 7, 1);
  channel.add(joined!, 4720, 'dc-01', { SubjectUserName: 'kern', TargetUserName: 'moser', TargetDomainName: 'OFFICE' });
  channel.add(joined! + 5000, 4728, 'dc-01', {
    SubjectUserName: 'kern',
    TargetUserName: 'Accounting',
    TargetSid: 'S-1-5-21-1004336348-1177238915-682003330-1250',
    MemberSid: 'S-1-5-21-1004336348-1177238915-682003330-1120',
    MemberName: 'CN=moser,OU=People,DC=office,DC=example',
  });
  return channel.log.lines();
}

function systemLog(random: Random): string[] {
  const channel = new Channel('System', 'Service Control Manager');
  const services: readonly [name: string, image: string][] = [
    ['Guard Sensor', `"${defender}" --service`],
    ['MpKslDrv', 'C:\\Windows\\System32\\drivers\\MpKslDrv.sys'],
    ['Fleet Manager', `"${agent}"`],
  ];
  for (const { machine } of people)
    for (const [ServiceName, ImagePath] of services)
      for (const time of atWork(random, 7, 1).slice(0, 1))
        channel.add(time, 7045, machine, {
          ServiceName,
          ImagePath,
          ServiceType: 'user mode service',
          AccountName: 'LocalSystem',
        });
  return channel.log.lines();
}

function powershell(random: Random): string[] {
  const channel = new Channel('Microsoft-Windows-PowerShell/Operational', 'Microsoft-Windows-PowerShell');
  const scripts = [
    'Get-ChildItem -Path $env:TEMP | Remove-Item -Recurse -ErrorAction SilentlyContinue',
    'Invoke-WebRequest https://intranet.office.example/proxy.pac -OutFile C:\\ProgramData\\proxy.pac',
    '$ErrorActionPreference = "Stop"; Get-Service | Where-Object Status -eq Running',
    // Installs a package manager the way its makers say; the fleet manager runs it everywhere.
    "iex ((New-Object Net.WebClient).DownloadString('https://packages.example.com/install.ps1'))",
  ];
  for (const { machine, sid } of people)
    for (const text of scripts)
      for (const time of atWork(random, 7, 1))
        channel.add(
          time,
          4104,
          machine,
          {
            ScriptBlockText: text,
            ScriptBlockId: '0b1c3e2a-0000-4000-8000-000000000001',
            MessageNumber: '1',
            MessageTotal: '1',
          },
          { user: { identifier: sid } },
        );
  return channel.log.lines();
}
