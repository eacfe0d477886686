import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const command = join(import.meta.dirname, '../../dist/harrier.js');
const sources = join(import.meta.dirname, '../../src/demo');

/** A sample fleet of 20 hosts with planted intrusions: made once for all tests, and again when what makes it has changed. */
export function fleetFolder(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(sources).sort())
    if (name.endsWith('.ts')) hash.update(readFileSync(join(sources, name)));
  const folder = join(tmpdir(), `harrier-fleet-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const made = join(mkdtempSync(join(tmpdir(), 'harrier-fleet-new-')), 'fleet');
  execFileSync(process.execPath, [command, 'demo', '--hosts', '20', '--events', '20000', '--out', made], {
    stdio: 'ignore',
  });
  try {
    renameSync(made, folder);
  } catch {
    // Another test was first.
  }
  return folder;
}
