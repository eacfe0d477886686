import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownerOfName } from '../temporary/temporary-folder.ts';
import { SegmentCache } from './segment-cache.ts';

it('removes what a killed run had begun to write, and nothing that another still writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harrier-test-'));
  const cache = new SegmentCache(folder, '');
  // A process that has ended, whose number is free.
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const own = cache.begin().path;
  const dead = cache.begin().path.replace(ownerOfName, ownerOfName.replace(/\d+$/, String(pid)));
  const elsewhere = cache.begin().path.replace(ownerOfName, `00000000-${pid}`);
  const written = [own, dead, elsewhere].flatMap((path) => [path, `${path}.wal`]);
  for (const path of written) writeFileSync(path, '');
  const { id, path } = cache.begin();
  writeFileSync(path, '');
  cache.put(path, { id, names: null, files: new Set() });
  expect(written.filter(existsSync)).toEqual([own, `${own}.wal`, elsewhere, `${elsewhere}.wal`]);
  rmSync(folder, { recursive: true });
});
