import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cloudLogs } from './clouds.ts';
import { linuxLogs } from './linux.ts';
import { sensorLogs } from './sensors.ts';
import { windowsLogs } from './windows.ts';

/** The logs of an office in which nothing is wrong by file, each source in the raw form of its own. */
export const quietLogs = (): Map<string, string[]> =>
  new Map([...windowsLogs(), ...sensorLogs(), ...cloudLogs(), ...linuxLogs()]);

/** Writes the logs of the office into a folder, a file each, unless it is there already. */
export async function writeQuietLogs(folder: string): Promise<void> {
  if (await isThere(folder)) return;
  const temporary = `${folder}.${process.pid}.tmp`;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(temporary);
  try {
    for (const [name, lines] of quietLogs()) await writeFile(join(temporary, name), lines);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process may have been first, and its logs are the same.
    if (!(await isThere(folder))) throw error;
  }
}

const isThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  );
