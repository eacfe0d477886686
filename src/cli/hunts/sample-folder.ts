import { join } from 'node:path';
import { writeQuietLogs } from '../../demo/quiet/quiet-logs.ts';
import { defaultCacheFolder } from '../../files/segment-cache.ts';
import type { Sample } from '../../hunts/testing/hunt-tests.ts';
import { benignFleet, dropOld } from './benign-fleet.ts';

/** Goes up with every change of the logs of the office. */
const quietVersion = 1;
const quietPrefix = 'quiet-logs-';

/** The folder of a sample in which nothing is wrong. It is made once, and kept with the caches. */
export function sampleFolder(sample: Sample, signal: AbortSignal): Promise<string> {
  return sample === 'demo' ? benignFleet(signal) : quietFolder();
}

async function quietFolder(): Promise<string> {
  const caches = defaultCacheFolder();
  const folder = join(caches, `${quietPrefix}${quietVersion}`);
  await writeQuietLogs(folder);
  await dropOld(caches, quietPrefix);
  return folder;
}
