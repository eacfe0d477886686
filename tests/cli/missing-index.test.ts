import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* Where no index is called as a hunt asks, the hunt is right and the data cannot tell: every command says so, and why. */

const folder = temporaryFolder();
writeFileSync(
  join(folder, 'a.ndjson'),
  `${JSON.stringify({
    '@timestamp': '2026-03-10T12:00:00Z',
    data_stream: { type: 'logs', dataset: 'endpoint.events.network', namespace: 'default' },
    host: { name: 'srv-1', os: { type: 'linux' } },
    event: { category: ['network'], action: 'connection_attempted' },
  })}\n`,
);
const queries = { rows: 'n >= 3', literal: 'true' };
for (const [name, condition] of Object.entries(queries))
  writeFileSync(
    join(folder, `${name}.md`),
    `# ${name}\n\n\`\`\`sql\nFROM logs-fleet.absent-*, logs-other.absent-* | STATS n = COUNT(*) BY host.name | WHERE ${condition}\n\`\`\`\n`,
  );

const ask = (...args: string[]) => harrier([...args, '--data', 'a.ndjson', '--now', 'latest'], { cwd: folder });

describe.each(Object.keys(queries))('a hunt over indices that are missing (%s)', (name) => {
  it.each<[string, number, string[]]>([
    ['run', 0, []],
    ['tune', 0, []],
    ['backfill', 0, []],
    ['events', 2, ['--row', '1']],
    ['accept', 2, ['--row', '1', '--reason', 'none']],
  ])('cannot tell in %s', async (command, code, more) => {
    const found = await ask(command, `${name}.md`, ...more);
    const said = found.stdout + found.stderr;
    expect(found.code).toBe(code);
    expect(said).toContain('cannot tell');
    expect(said).toContain('no index is called logs-fleet.absent-*');
    // What to do is said once.
    expect(said.split('export or ingest that data source')).toHaveLength(2);
    expect(said).not.toContain('Unknown index');
    expect(said).not.toContain('null');
  });
});

it('a query that is wrong itself stays an error', async () => {
  writeFileSync(join(folder, 'wrong.md'), '# wrong\n\n```sql\nFROM logs-* | STATS n = NONE(*) | WHERE n > 3\n```\n');
  for (const command of ['tune', 'backfill']) {
    const { code, stdout, stderr } = await ask(command, 'wrong.md');
    expect([code, stdout]).toEqual([1, expect.stringContaining('the query cannot run')]);
    expect(stderr).toContain('error: ');
  }
});

it('coverage names the hunt of the library that was written for the platform, as run does', async () => {
  const hunt = 'beaconing-unsigned-process-windows';
  for (const command of ['coverage', 'run']) {
    const { stdout } = await ask(command, hunt, '--platform', 'linux');
    expect(stdout).toContain('harrier run beaconing-unsigned-process-linux');
  }
  expect((await ask('coverage', hunt)).stdout).not.toContain('the library has');
});
