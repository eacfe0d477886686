import { atWork, iso, Log, officeEnd, people, pick, type Random, randomFrom, servers } from './office.ts';

/** Sites that people use, and what stands behind them. */
const sites = [
  { name: 'www.example.com', address: '93.184.215.14' },
  { name: 'mail.example.net', address: '142.250.184.211' },
  { name: 'meet.example.org', address: '52.112.10.7' },
  { name: 'news.example.com', address: '151.101.1.67' },
  { name: 'drive.example.net', address: '13.107.42.12' },
] as const;

/** What Zeek and Suricata write in an ordinary week. */
export function sensorLogs(): Map<string, string[]> {
  const logs = zeek(randomFrom(21));
  logs.set('suricata.ndjson', suricata(randomFrom(22)));
  return logs;
}

function zeek(random: Random): Map<string, string[]> {
  const logs = new Map<string, Log>();
  const add = (path: string, time: number, from: string, to: string, port: number, more: object): void => {
    const log = logs.get(path) ?? new Log();
    logs.set(path, log);
    log.add(time, {
      _path: path,
      ts: time / 1000,
      uid: `C${Math.floor(random() * 2 ** 48).toString(36)}`,
      'id.orig_h': from,
      'id.orig_p': 49152 + Math.floor(random() * 16000),
      'id.resp_h': to,
      'id.resp_p': port,
      ...more,
    });
  };
  const connection = (duration: number, sent: number, received: number): object => ({
    proto: 'tcp',
    conn_state: 'SF',
    duration,
    orig_ip_bytes: sent,
    resp_ip_bytes: received,
  });
  for (const { address, machine } of people) {
    for (const time of atWork(random, 7, 40)) {
      const site = pick(random, sites);
      const sent = 400 + Math.floor(random() * random() * 200_000);
      add('conn', time, address, site.address, 443, connection(random() * 120, sent, sent * 9));
      add('dns', time, address, '10.20.0.2', 53, {
        proto: 'udp',
        query: site.name,
        qtype_name: 'A',
        rcode_name: 'NOERROR',
      });
      add('ssl', time, address, site.address, 443, {
        version: 'TLSv13',
        cipher: 'TLS_AES_128_GCM_SHA256',
        server_name: site.name,
        established: true,
        ja3: '773906b0efdefa24a7f2b8eb6985bf37',
      });
      if (random() < 0.2)
        add('http', time, address, site.address, 80, {
          trans_depth: 1,
          method: 'GET',
          host: site.name,
          uri: '/status',
          user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Browser/133.0',
          status_code: 200,
          request_body_len: 0,
          response_body_len: 1200,
        });
      if (random() < 0.2) {
        add('smb_mapping', time, address, '10.20.0.3', 445, { path: `\\\\files-01\\teams`, share_type: 'DISK' });
        add('smb_files', time, address, '10.20.0.3', 445, {
          action: 'SMB::FILE_OPEN',
          path: '\\\\files-01\\teams',
          name: `${machine}\\report.docx`,
        });
        add('dce_rpc', time, address, '10.20.0.2', 135, { endpoint: 'samr', operation: 'SamrConnect5', rtt: 0.001 });
      }
      // Somebody prints on a printer that is off.
      if (random() < 0.01)
        add('conn', time, address, '10.20.0.4', 9100, {
          proto: 'tcp',
          conn_state: 'S0',
          orig_ip_bytes: 60,
          resp_ip_bytes: 0,
        });
    }
    // Meetings are long, and the same for all.
    for (const time of atWork(random, 7, 1))
      add('conn', time, address, sites[2].address, 443, connection(5400, 300_000_000, 500_000_000));
  }
  // Every machine asks for the time, each ten minutes or so, of a server of the office's own.
  for (const { address } of [...people, ...servers])
    for (let time = officeEnd - 2 * 86_400_000; time < officeEnd; time += 600_000)
      add('conn', time + Math.floor(random() * 9000), address, '10.20.0.2', 123, {
        proto: 'udp',
        conn_state: 'SF',
        duration: 0.01,
        orig_ip_bytes: 76,
        resp_ip_bytes: 76,
      });
  return new Map([...logs].map(([path, log]) => [`zeek-${path}.ndjson`, log.lines()]));
}

function suricata(random: Random): string[] {
  const log = new Log();
  const alert = (time: number, from: string, to: string, id: number, signature: string, severity: number): void =>
    log.add(time, {
      timestamp: iso(time).replace('Z', '000+0000'),
      event_type: 'alert',
      flow_id: Math.floor(random() * 2 ** 50),
      src_ip: from,
      src_port: 50000,
      dest_ip: to,
      dest_port: 443,
      proto: 'TCP',
      alert: { action: 'allowed', signature_id: id, signature, category: 'Misc activity', severity },
    });
  for (const { address } of people)
    for (const time of atWork(random, 7, 4)) {
      const site = pick(random, sites);
      alert(time, address, site.address, 9100001, 'OFFICE POLICY meeting software', 3);
      alert(time, address, site.address, 9100002, 'OFFICE INFO cloud storage', 2);
    }
  return log.lines();
}
