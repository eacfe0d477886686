import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FieldTypes } from '../../src/catalogue/field-types.ts';
import { shippedMappings } from '../../src/ecs/shipped-mappings.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { findInputs } from '../../src/files/find-inputs.ts';
import { sourcesOf } from '../../src/files/input-sources.ts';
import { readMapped } from '../../src/files/read-mapped.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { files } from './support.ts';

const zeek = (path: string, rest: object): string =>
  `${JSON.stringify({ _path: path, ts: 1773144000.5, uid: 'C1', 'id.orig_h': '10.0.0.5', 'id.resp_h': '10.0.0.9', ...rest })}\n`;
const windows = (channel: string, provider: string, id: number, data: object): string =>
  `${JSON.stringify({ Event: { System: { Provider: { '#attributes': { Name: provider } }, EventID: id, Channel: channel, Computer: 'pc1', TimeCreated: { '#attributes': { SystemTime: '2026-03-10T12:00:00Z' } } }, EventData: data } })}\n`;
const okta = `${JSON.stringify({ uuid: 'u1', published: '2026-03-10T12:00:00Z', eventType: 'user.session.start', actor: { id: 'a', alternateId: 'ann@x.example', type: 'User' }, outcome: { result: 'SUCCESS' }, client: { ipAddress: '10.0.0.5' } })}\n`;

it.each([
  ['logs of a sensor', zeek('conn', { proto: 'tcp', conn_state: 'SF' }), zeek('dns', { query: 'x.example' }), 1],
  [
    'forwarded logs of Windows',
    windows('Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-Sysmon', 1, { Image: 'C:\\a.exe' }),
    windows('Security', 'Microsoft-Windows-Security-Auditing', 4688, { NewProcessName: 'C:\\b.exe' }),
    1,
  ],
  ['sources that have nothing in common', zeek('conn', { proto: 'tcp', conn_state: 'SF' }), okta, 2],
])('a file is read once or again for a source that its beginning does not show: %s', async (_, first, later, times) => {
  const folder = files({ 'x.ndjson': first.repeat(3000) + later.repeat(50) });
  const { files: inputs } = await findInputs([join(folder, 'x.ndjson')]);
  const out = temporaryFolder();
  const { sources } = await sourcesOf(inputs[0]!, out);
  const { connection } = await openDuckDB();
  let ends = 0;
  const { mapped } = await readMapped(
    connection,
    sources,
    new Set(['source.ip', 'process.executable', 'dns.question.name']),
    await FieldTypes.load(),
    await shippedMappings(),
    join(out, 'columns'),
    {
      onRead: (_source, bytes) => {
        if (bytes === inputs[0]!.bytes) ends += 1;
      },
    },
  );
  expect(mapped[0]!.map(({ events }) => events).sort((a, b) => b - a)).toEqual([3000, 50]);
  expect(ends).toBe(times);
});
