import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { defaults, type FleetOptions, generateFleet, least, madeBefore, recipe } from '../../demo/generate.ts';
import { openDuckDB } from '../../engines/duckdb/connection.ts';
import { defaultCacheFolder } from '../../files/segment-cache.ts';
import { createProgress } from '../progress.ts';

const prefix = 'benign-fleet-';
/** Fleets of other versions are dropped once they were not read for this many milliseconds. */
const keptFor = 7 * 86_400_000;

/** The folder of the sample fleet without what is planted in it. It is made once, and kept with the caches. */
export async function benignFleet(signal: AbortSignal): Promise<string> {
  const size = { hosts: least.hosts, events: least.events, days: defaults.days, seed: defaults.seed };
  const options: FleetOptions = { ...size, end: defaults.end, benign: true, out: '' };
  const folder = defaultCacheFolder();
  const key = createHash('sha256').update(recipe(options)).digest('hex').slice(0, 16);
  const out = join(folder, `${prefix}${key}`);
  if (await madeBefore({ ...options, out })) {
    const now = new Date();
    await utimes(out, now, now).catch(() => undefined);
    return out;
  }
  await mkdir(folder, { recursive: true });
  const temporary = `${out}.${process.pid}.tmp`;
  try {
    await make({ ...options, out: temporary }, signal);
    await rename(temporary, out);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process may have been first, and its fleet is the same.
    if (!(await madeBefore({ ...options, out }))) throw error;
  }
  await dropOld(folder, prefix);
  return out;
}

async function make(options: FleetOptions, signal: AbortSignal): Promise<void> {
  const duckdb = await openDuckDB();
  const progress = createProgress(process.stderr);
  const interrupt = (): void => duckdb.connection.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    await generateFleet(duckdb.connection, options, (fraction) =>
      progress.update({ phase: 'making benign events', fraction, totalBytes: options.events * 1500 }),
    );
  } finally {
    signal.removeEventListener('abort', interrupt);
    progress.done();
    duckdb.close();
  }
}

/** Removes samples of other versions that were not read for a while. */
export async function dropOld(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > keptFor) await rm(path, { recursive: true, force: true });
  }
}
