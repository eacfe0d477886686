import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Elsewhere threads have no priority of their own.
it.skipIf(process.platform !== 'linux')('puts the planner of what takes long behind all others', async () => {
  const child = spawn(process.execPath, ['dist/harrier.js', 'serve', '--store', temporaryFolder(), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  await once(createInterface(child.stdout), 'line');
  const main = child.pid!;
  const others = (): number[] =>
    readdirSync(`/proc/${main}/task`)
      .map(Number)
      .filter((thread) => thread !== main)
      .map((thread) => getPriority(thread));
  const low = constants.priority.PRIORITY_BELOW_NORMAL;
  await vi.waitFor(() => expect(others().filter((one) => one === low)).toHaveLength(1), 20_000);
  expect(getPriority(main)).toBeLessThan(low);
  child.kill('SIGTERM');
  expect((await exit)[0]).toBe(0);
});
