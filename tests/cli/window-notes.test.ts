import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* Every command over a window says the same of it: what is later than --now, and why a window holds nothing. */

const folder = temporaryFolder();
const event = (day: number, name: string): string =>
  JSON.stringify({ '@timestamp': `2026-03-${String(day).padStart(2, '0')}T12:00:00Z`, process: { name } });
const hunts = {
  open: 'FROM logs | WHERE @timestamp > NOW() - 7 days | STATS n = COUNT(*) BY process.name | WHERE n >= 1',
  closed:
    'FROM logs | WHERE @timestamp > NOW() - 7 days AND @timestamp <= NOW() | STATS n = COUNT(*) BY process.name | WHERE n >= 1',
  timeless: 'FROM logs | STATS n = COUNT(*) BY process.name | WHERE n >= 1',
  other: 'FROM calm | WHERE @timestamp > NOW() - 7 days | STATS n = COUNT(*) BY process.name | WHERE n >= 1',
};

const inFolder = (...args: string[]): Promise<Finished> => harrier(args, { cwd: folder });
const now = '2026-03-03T12:00:00Z';
const data = ['--data', 'logs.ndjson', '--data', 'calm.ndjson'];
const note = `note: 3 events are later than --now ${now}; add --to ${now} to leave them out\n`;

beforeAll(async () => {
  for (const [name, query] of Object.entries(hunts))
    writeFileSync(join(folder, `${name}.md`), `# ${name}\n\n\`\`\`esql\n${query}\n\`\`\`\n`);
  writeFileSync(join(folder, 'logs.ndjson'), [1, 2, 3, 4, 5, 6].map((day) => event(day, 'a.exe')).join('\n'));
  writeFileSync(join(folder, 'calm.ndjson'), event(1, 'b.exe'));
  await inFolder('run', 'open.md', ...data, '--now', now, '--save', 'before', '--state', 'state');
  await inFolder('ingest', 'logs.ndjson', 'calm.ndjson', '--store', 'store');
});

describe('events that are later than --now', () => {
  it.each([
    ['run', ['run', 'open.md', 'closed.md']],
    ['tune', ['tune', 'open.md']],
    ['coverage', ['coverage', 'open.md']],
    ['events', ['events', 'open.md', '--row', '1']],
    ['a hunt that asks for no time', ['run', 'timeless.md']],
    ['a window of the command line', ['run', 'open.md', '--window', '24h']],
  ])('are counted by %s', async (_, args) => {
    expect((await inFolder(...args, ...data, '--now', now)).stderr).toContain(note);
  });

  it('are counted over a store, and by diff, which cannot leave them out', async () => {
    expect((await inFolder('run', 'open.md', '--store', 'store', '--now', now)).stderr).toContain(note);
    const { stderr } = await inFolder('diff', 'before', ...data, '--state', 'state');
    expect(stderr).toContain(`3 events are later than --now ${now}; --now bounds no end`);
  });

  it.each([
    ['--to bounds them', ['run', 'open.md', '--now', now, '--to', now]],
    ['a window has its end', ['run', 'open.md', '--now', now, '--window', '24h', '--to', now]],
    ['the query bounds them', ['run', 'closed.md', '--now', now]],
    ['another index has them', ['run', 'other.md', '--now', now]],
    ['now is the newest event', ['run', 'open.md', '--now', 'latest']],
    ['now is the clock', ['run', 'open.md']],
    ['a query of no hunt says what it reads', ['query', hunts.open, '--now', now]],
  ])('are not mentioned where %s', async (_, args) => {
    const { code, stderr } = await inFolder(...args, ...data);
    expect([code, stderr.includes('later than')]).toEqual([0, false]);
  });

  it('--window ends at --to', async () => {
    const { stdout } = await inFolder(...['run', 'timeless.md', '--window', '48h', '--to', now, '--print-query']);
    expect(stdout).toContain('@timestamp >= "2026-03-01T12:00:00.000Z" AND @timestamp < "2026-03-03T12:00:00.000Z"');
  });
});

describe('a window that holds no event', () => {
  const reason = 'the window lies outside of the data: the window is ';
  it.each([
    ['run', ['run', 'open.md']],
    ['tune', ['tune', 'open.md']],
    ['events', ['events', 'open.md', '--row', '1']],
    ['events of a key', ['events', 'open.md', '--key', 'process.name=a.exe']],
    ['accept', ['accept', 'open.md', '--row', '1', '--reason', 'x']],
  ])('is named by %s, with what to do', async (_, args) => {
    const { stdout, stderr } = await inFolder(...args, ...data);
    expect(stdout + stderr).toContain(reason);
    expect(stdout + stderr).toContain('--now 2026-03-06T12:00:00Z');
  });

  it('is a note of tune in JSON', async () => {
    const { stdout } = await inFolder('tune', 'open.md', ...data, '--format', 'json');
    expect(JSON.parse(stdout).results[0].notes[0]).toContain(reason);
    const found = await inFolder('tune', 'open.md', ...data, '--now', 'latest', '--format', 'json');
    expect(JSON.parse(found.stdout).results[0].notes).toEqual([]);
  });
});

describe('--now latest over indices of very different times', () => {
  it.each([
    ['run', ['run', 'open.md', 'other.md']],
    ['coverage', ['coverage', 'open.md', 'other.md']],
  ])('%s names the index that is late, once', async (_, args) => {
    writeFileSync(join(folder, 'late.ndjson'), event(31, 'c.exe'));
    const { stderr } = await inFolder(...args, ...data, '--data', 'late.ndjson', '--now', 'latest');
    const said =
      'note: --now latest is 2026-03-31T12:00:00Z, the newest event of late, and logs ends 2026-03-06T12:00:00Z (and 1 other index before): 2 queries look at a window without events; hunt there with --now 2026-03-06T12:00:00Z\n';
    expect(stderr.split(said)).toHaveLength(2);
    const alone = await inFolder(...args, ...data, '--now', '2026-03-31T12:00:00Z');
    expect(alone.stderr).not.toContain('the newest event of');
  });
});

describe('a window that ends before it begins', () => {
  const early = '2026-02-01T00:00:00Z';
  const late = '2026-04-01T00:00:00Z';
  const own = 'the window ends at 2026-02-01T00:00:00.000Z, and begins at 2026-02-27T12:00:00.000Z';
  const orders = '--from is not before --to';
  const asOf = ['--now', '2026-03-06T12:00:00Z'];

  it.each<readonly [what: string, args: readonly string[], reason: string]>([
    ['run', ['run', 'open.md', '--to', early], own],
    ['run as of the newest event', ['run', 'open.md', '--now', 'latest', '--to', early], own],
    ['run of several', ['run', 'open.md', 'other.md', '--to', early], own],
    ['tune', ['tune', 'open.md', '--to', early], own],
    ['events', ['events', 'open.md', '--row', '1', '--to', early], own],
    ['coverage', ['coverage', 'open.md', '--to', early], own],
    ['a query that has an end of its own', ['run', 'closed.md', '--from', late], 'begins at 2026-04-01T00:00:00.000Z'],
    [
      'the same moment',
      ['run', 'open.md', '--to', '2026-02-27T12:00:00Z'],
      'the window ends at 2026-02-27T12:00:00.000Z',
    ],
    ['a beginning later than now', ['run', 'open.md', '--from', late], 'which is later than now'],
    ['run', ['run', 'open.md', '--from', late, '--to', early], orders],
    ['tune', ['tune', 'open.md', '--from', late, '--to', early], orders],
    ['events', ['events', 'open.md', '--row', '1', '--from', late, '--to', early], orders],
    ['coverage', ['coverage', 'open.md', '--from', late, '--to', early], orders],
    ['backfill', ['backfill', 'open.md', '--from', late, '--to', early], 'is after the last'],
    ['backfill as of before its first time', ['backfill', 'open.md', '--from', late], 'is after the last'],
    ['pivot', ['pivot', 'abc', '--from', late, '--to', early], '--from is later than --to'],
  ])('is refused by %s: %s', async (_, args, reason) => {
    const now = args.includes('--now') ? [] : asOf;
    const { code, stdout, stderr } = await inFolder(...args, ...data, ...now);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(reason)]);
  });

  it('is refused for the hunt that has it, and others run', async () => {
    const { code, stdout } = await inFolder(...['run', 'open.md', 'timeless.md', '--to', early], ...data, ...asOf);
    expect(code).toBe(1);
    expect(stdout).toContain(own);
  });

  it.each([
    ['a window with --to', ['--window', '24h', '--to', '2026-03-02T13:00:00Z']],
    ['both ends', ['--from', '2026-03-01T00:00:00Z', '--to', '2026-03-02T13:00:00Z']],
    ['a later end', ['--to', '2026-03-02T13:00:00Z']],
  ])('is not that of %s', async (_, args) => {
    const { code, stdout } = await inFolder('run', 'open.md', ...data, ...asOf, ...args);
    expect([code, stdout]).toEqual([0, expect.stringContaining('a.exe')]);
  });
});
