import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own, which tests kill. */
export interface ServerProcess {
  readonly process: ChildProcess;
  readonly url: string;
}

export async function serveProcess(folder: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['dist/harrier.js', 'serve', '--store', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return { process: child, url: line };
}

export async function kill({ process }: Pick<ServerProcess, 'process'>): Promise<void> {
  const exit = process.exitCode === null && process.signalCode === null ? once(process, 'exit') : null;
  process.kill('SIGKILL');
  await exit;
}
