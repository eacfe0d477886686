import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Finished, harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* What commands say of options that would else do nothing that one sees. */

const folder = temporaryFolder();
const inFolder = (...args: string[]): Promise<Finished> => harrier(args, { cwd: folder });

beforeAll(() => {
  const event = { '@timestamp': '2026-03-10T12:00:00Z', process: { name: 'a.exe' } };
  writeFileSync(join(folder, 'logs.ndjson'), `${JSON.stringify(event)}\n`);
  const query = 'FROM logs | STATS n = COUNT(*) BY process.name';
  writeFileSync(join(folder, 'hunt.md'), `# hunt\n\n\`\`\`esql\n${query}\n\`\`\`\n`);
});

it('run --save says under which name, and what compares with it', async () => {
  const run = ['run', 'hunt.md', '--data', 'logs.ndjson', '--state', 'state', '--save', 'monday'];
  expect((await inFolder(...run)).stderr).toContain('saved as monday: harrier diff monday compares with it\n');
  const again = await inFolder(...run);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
  expect((await inFolder(...run, '--force')).code).toBe(0);
});

it('events refuses --max-rows, which is about rows', async () => {
  const { code, stderr } = await inFolder(
    ...['events', 'hunt.md', '--row', '1', '--data', 'logs.ndjson', '--max-rows', '5'],
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining('give --limit N')]);
});
