import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';

/**
 * Keeps other processes from watching with the same state; the result lets go of it. What a process that is gone has
 * left is taken over.
 */
export async function lockState(state: string): Promise<() => Promise<void>> {
  const path = join(state, 'watch.lock');
  await mkdir(state, { recursive: true, mode: 0o700 });
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new InputError(`cannot write ${path}: ${(error as Error).message}`);
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (attempt > 0 || isRunning(holder))
      throw new InputError(
        `another harrier watch is at work on ${state}${holder > 0 ? ` (process ${holder})` : ''}`,
        `end it first, or give another --state; if there is none, delete ${path}`,
      );
    await rm(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
