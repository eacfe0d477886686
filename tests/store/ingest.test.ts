import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sql } from '../../src/sql/sql.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

const event = (n: number, dataset: string): string =>
  JSON.stringify({
    '@timestamp': new Date(Date.UTC(2026, 2, 10) + n).toISOString(),
    data_stream: { type: 'logs', dataset, namespace: 'default' },
    // Large events, so that files differ in their first bytes, and take several batches.
    message: `${dataset} ${n} ${'x'.repeat(1000)}`,
    number: n,
  });
const events = (from: number, to: number, dataset: string): string[] =>
  Array.from({ length: to - from }, (_, i) => event(from + i, dataset));

describe('files that are read in one ingest', () => {
  it('bring every event once, whichever is a copy or a longer state of which', async () => {
    const files: Record<string, string[]> = {
      '1-network': events(0, 5000, 'network'),
      '2-copy-of-1': events(0, 5000, 'network'),
      '3-longer-than-1': events(0, 6000, 'network'),
      '4-processes': events(0, 4000, 'process'),
      '5-both': [...events(7000, 7100, 'network'), ...events(5000, 5100, 'process')],
      '6-small': events(8000, 8010, 'network'),
      '7-longer-than-6': events(8000, 8020, 'network'),
      '8-copy-of-6': events(8000, 8010, 'network'),
      '9-network': events(9000, 12_000, 'network'),
    };
    const paths: string[] = [];
    for (const [name, lines] of Object.entries(files)) {
      const path = join(folder, `${name}.ndjson`);
      await writeFile(path, `${lines.join('\n')}\n`);
      paths.push(path);
    }
    const store = await Store.open(join(folder, 'store'));
    try {
      const report = await ingestFiles(store, { files: paths });
      expect(report.refused.count).toBe(0);
      expect([report.added, report.unchanged]).toEqual([6000 + 4000 + 200 + 20 + 3000, 0]);
      const same = report.reports.flatMap(({ path, reason, cause }) =>
        cause === 'same' ? [`${path}: ${reason}`] : [],
      );
      expect(same.map((text) => text.replaceAll(`${folder}/`, ''))).toEqual([
        '2-copy-of-1.ndjson: the same as 1-network.ndjson',
        '8-copy-of-6.ndjson: the same as 6-small.ndjson',
      ]);
      const found: Record<string, unknown> = {};
      for (const { name, table } of store.committed) {
        const rows = await store.duckdb.connection.runAndReadAll(
          sql`SELECT count(*)::INTEGER, count(DISTINCT "number:whole")::INTEGER FROM ${table}`,
        );
        found[name] = rows.getRows()[0];
      }
      expect(found).toEqual({
        'logs-network-default': [9120, 9120],
        'logs-process-default': [4100, 4100],
      });
      const again = await ingestFiles(store, { files: paths });
      expect([again.added, again.known, again.unchanged]).toEqual([0, 0, 9]);
    } finally {
      await store.close();
    }
  });

  it('are written though one of them cannot be read', async () => {
    const [good, bad] = [join(folder, '1-good.ndjson'), join(folder, '2-bad.ndjson.zst')];
    await writeFile(good, `${events(0, 5000, 'network').join('\n')}\n`);
    // A frame of zstd that asks for terabytes of memory.
    await writeFile(bad, Buffer.from('28b52ffd00f8010000', 'hex'));
    const store = await Store.open(join(folder, 'failing'));
    try {
      const { added, reports } = await ingestFiles(store, { files: [good, bad] });
      expect([added, reports.map(({ read }) => read).sort()]).toEqual([5000, ['all', 'none']]);
      expect((await ingestFiles(store, { files: [good] })).unchanged).toBe(1);
    } finally {
      await store.close();
    }
  });
});
