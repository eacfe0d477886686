import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

it.each(['text', 'json'])('says its URL once, in a line of its own, whatever the log says: %s', async (format) => {
  const child = spawn(
    process.execPath,
    ['dist/harrier.js', 'serve', '--store', temporaryFolder(), '--port', '0', '--log-format', format],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, all] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
    all += chunk;
  });
  child.stderr.on('data', (chunk) => {
    all += chunk;
  });
  const exit = once(child, 'exit');
  while (!out.includes('\n')) await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect((await exit)[0]).toBe(0);
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(all.match(/http:/g)).toHaveLength(1);
});
