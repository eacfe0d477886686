import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeQuietLogs } from '../../src/demo/quiet/quiet-logs.ts';
import { ownLibrary } from '../../src/hunts/library.ts';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folders = readdirSync(ownLibrary, { withFileTypes: true }).filter((entry) => entry.isDirectory());

it('the quiet office has events of every source that raw logs are mapped for, and all of them are mapped', async () => {
  const folder = join(temporaryFolder(), 'quiet');
  await writeQuietLogs(folder);
  const query = 'FROM * | STATS n = COUNT(*) BY source = data_stream.dataset | SORT source | KEEP source';
  const { stdout } = await harrier(['query', query, '--data', join(folder, '*'), '--format', 'csv']);
  expect(stdout.trim().split(/\r?\n/).slice(1)).toEqual([
    'auditd_manager.auditd',
    'aws.cloudtrail',
    ...['azure.auditlogs', 'azure.signinlogs', 'o365.audit', 'okta.system', 'suricata.eve', 'system.auth'],
    ...['system.security', 'system.system', 'windows.powershell_operational', 'windows.sysmon_operational'],
    ...['connection', 'dce_rpc', 'dns', 'http', 'smb_files', 'smb_mapping', 'ssl'].map((log) => `zeek.${log}`),
  ]);
}, 120_000);

describe('our own hunts pass their tests, each query of each', () => {
  it.each(folders.map(({ name }) => name))(
    '%s',
    async (name) => {
      const { code, stdout } = await harrier([
        'hunts',
        'test',
        join(ownLibrary, name),
        '--require',
        '--format',
        'json',
      ]);
      const { hunts } = JSON.parse(stdout) as { hunts: { hunt: { name: string }; results: { outcome: string }[] }[] };
      expect(hunts.length).toBeGreaterThan(0);
      const bad = hunts.flatMap(({ hunt, results }) =>
        results.filter(({ outcome }) => outcome !== 'ok').map((test) => ({ hunt: hunt.name, ...test })),
      );
      expect(bad).toEqual([]);
      expect(code).toBe(0);
    },
    600_000,
  );
});
