/** A network connection as Sysmon reports it; what is left out is of no matter to the case. */
export interface SysmonConnection {
  /** Milliseconds since the start of the test's day. */
  readonly at: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly protocol?: string;
  readonly initiated?: boolean;
  readonly host?: string;
  readonly image?: string;
  readonly pid?: number;
  readonly user?: string;
}

/** A line of Zeek's conn.log. */
export interface ZeekConnection {
  readonly at: number;
  readonly uid: string | null;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly protocol?: string;
  /** In seconds; null while it is open, as Zeek writes `-`. */
  readonly duration?: number | null;
  readonly sent?: number;
  readonly received?: number;
}

export const day = Date.parse('2026-03-10T08:00:00Z');

/** Sysmon's event 3 as evtx_dump writes it. */
export function sysmonLine(connection: SysmonConnection): string {
  const { at, source, sourcePort, destination, destinationPort, protocol = 'tcp', initiated = true } = connection;
  const { host = 'ws-1', image = 'C:\\Users\\Public\\agent.exe', pid = 4242, user = 'ACME\\ann' } = connection;
  const time = new Date(day + at).toISOString();
  return JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        ...{ EventID: 3, Channel: 'Microsoft-Windows-Sysmon/Operational', Computer: host },
        TimeCreated: { '#attributes': { SystemTime: time } },
      },
      EventData: {
        ...{ UtcTime: time.replace('T', ' ').replace('Z', ''), ProcessId: pid, Image: image, User: user },
        ProcessGuid: `{00000000-0000-0000-0000-${String(pid).padStart(12, '0')}}`,
        ...{ Protocol: protocol, Initiated: String(initiated), SourceIsIpv6: String(source.includes(':')) },
        ...{ SourceIp: source, SourcePort: sourcePort, DestinationIp: destination, DestinationPort: destinationPort },
      },
    },
  });
}

const columns = [
  ...['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'service', 'duration'],
  ...['orig_bytes', 'resp_bytes', 'conn_state', 'missed_bytes', 'history', 'orig_pkts', 'orig_ip_bytes', 'resp_pkts'],
  'resp_ip_bytes',
];
const types = [
  ...['time', 'string', 'addr', 'port', 'addr', 'port', 'enum', 'string', 'interval'],
  ...['count', 'count', 'string', 'count', 'string', 'count', 'count', 'count', 'count'],
];

/** A conn.log as Zeek writes it. */
export function connLog(connections: readonly ZeekConnection[]): string {
  const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tconn'];
  const lines = connections.map(
    ({ at, uid, source, sourcePort, destination, destinationPort, protocol = 'tcp', duration = 1, ...bytes }) => {
      const { sent = 1000, received = 2000 } = bytes;
      return [
        ...[((day + at) / 1000).toFixed(6), uid ?? '-', source, sourcePort, destination, destinationPort, protocol],
        ...['-', duration ?? '-', sent, received, 'SF', 0, 'ShADadFf', 10, sent, 10, received],
      ].join('\t');
    },
  );
  return [...head, `#fields\t${columns.join('\t')}`, `#types\t${types.join('\t')}`, ...lines, ''].join('\n');
}
