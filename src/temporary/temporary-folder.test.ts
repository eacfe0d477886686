import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { InputError } from '../diagnostics/diagnostic.ts';
import * as fresh from './temporary-folder.ts';

const before = process.env.TMPDIR;
afterEach(() => {
  process.env.TMPDIR = before ?? '';
  if (before === undefined) delete process.env.TMPDIR;
});

/** The module as a process has it that begins in a folder for temporary files. */
async function begun(folder: string): Promise<typeof fresh> {
  process.env.TMPDIR = folder;
  vi.resetModules();
  return import('./temporary-folder.ts');
}

it('removes what dead processes left, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'harrier-test-'));
  const { makeTemporaryFolder, removeTemporaryFolder, temporaryPath } = await begun(folder);
  const own = basename(temporaryPath('columns'));
  // A process that has ended, whose number is free.
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const dead = own.replace(/\d+$/, String(pid));
  const kept = [
    `${own}-alive1`,
    own.replace(/-[0-9a-f]{8}-\d+$/, `-00000000-${pid}-others`),
    'harrier-demo',
    `harrier-${pid}`,
    `other-${dead}`,
  ];
  for (const name of [dead, `${dead}-abcdef`, ...kept]) mkdirSync(join(folder, name, 'below'), { recursive: true });
  const made = makeTemporaryFolder('input');
  expect(readdirSync(folder).sort()).toEqual([...kept, basename(made)].sort());
  removeTemporaryFolder(made);
  expect(readdirSync(folder).sort()).toEqual(kept.sort());
});

it('says where no folder can be made', async () => {
  const { makeTemporaryFolder } = await begun(join(tmpdir(), 'none', 'at', 'all'));
  expect(() => makeTemporaryFolder('input')).toThrow(/^cannot make a folder in .*none.at.all: no such file/);
});

it('names the place where the disk is full', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(fresh.temporaryError(full)).toBeInstanceOf(InputError);
  expect(String(fresh.temporaryError(full))).toContain(tmpdir());
  const other = new Error('x');
  expect(fresh.temporaryError(other)).toBe(other);
});
