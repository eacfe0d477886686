import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that each of some programs sends, and one that sends none that were counted. */
const programs: readonly (readonly [name: string, bytes: number | null])[] = [
  ...Array.from({ length: 40 }, (_, n): [string, number] => [
    `tool-${String(n).padStart(2, '0')}.exe`,
    1000 * (n + 1) ** 2,
  ]),
  ['backup.exe', 64 << 20],
  ['rclone.exe', 800 << 20],
  ['sync.exe', 700 << 20],
  ['video.exe', 600 << 20],
  ['idle.exe', null],
];

export const hunt = '7a4d3c5e-0001-4000-8000-000000000001';

/** A folder with a day of network events, a hunt over them with two thresholds, and a harrier.toml that names its library. */
export function transfersFolder(folder: string): string {
  const [data, library] = [join(folder, 'data'), join(folder, 'library')];
  for (const each of [data, library, join(library, 'network')]) mkdirSync(each, { recursive: true });
  const lines = programs.flatMap(([name, bytes], place) =>
    Array.from({ length: 1 + (place % 4) }, (_, n, of = 1 + (place % 4)) =>
      JSON.stringify({
        '@timestamp': new Date(Date.parse('2026-03-10T12:00:00Z') - (place * 10 + n) * 60_000).toISOString(),
        data_stream: { dataset: 'endpoint.events.network', type: 'logs', namespace: 'default' },
        event: { category: ['network'], action: 'disconnect_received' },
        host: { name: `ws-${String(place % 5).padStart(4, '0')}`, os: { family: 'windows', type: 'windows' } },
        process: { name, entity_id: `entity-${place}` },
        destination: { ip: `194.26.135.${place + 1}` },
        ...(bytes !== null && { source: { bytes: n === 0 ? bytes - (of - 1) : 1 } }),
      }),
    ),
  );
  writeFileSync(join(data, 'network.ndjson'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(library, 'network', 'transfers.toml'),
    `[hunt]
author = "Tests"
uuid = "${hunt}"
name = "Large transfers"
description = "Programs that send much."
integration = ["endpoint"]
language = ["ES|QL"]
mitre = ["T1048"]
# A comment that stays
query = ['''
FROM logs-endpoint.events.network-*
| WHERE @timestamp > NOW() - 2 days
| STATS bytes_sent = SUM(source.bytes), events = COUNT(*) BY process.name, destination.ip
| WHERE bytes_sent >= 524288000 AND events >= 1
| SORT bytes_sent DESC
''']
`,
  );
  writeFileSync(join(folder, 'harrier.toml'), 'libraries = ["library"]\n');
  return folder;
}
