import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* A hunt that was ported to another platform finds nothing there where only Windows has what it asks for: it cannot tell. */

const folder = temporaryFolder();
const event = JSON.stringify({
  '@timestamp': '2026-03-10T12:00:00Z',
  data_stream: { type: 'logs', dataset: 'endpoint.events.network', namespace: 'default' },
  host: { name: 'srv-1', os: { type: 'linux' } },
  event: { category: ['network'], action: 'connection_attempted' },
  process: { name: 'curl', executable: '/usr/bin/curl', pid: 7, entity_id: 'a' },
  destination: { ip: '203.0.113.9', port: 443 },
});

const unsigned = 'process.code_signature.exists == false';
const verdicts: readonly [string, 'cannot tell' | 'none'][] = [
  ['process.executable LIKE """C:\\\\Users\\\\*"""', 'cannot tell'],
  ['process.executable LIKE "?:\\\\\\\\Windows\\\\\\\\Temp\\\\\\\\*"', 'cannot tell'],
  ['STARTS_WITH(process.executable, """C:\\ProgramData\\""")', 'cannot tell'],
  ['process.executable RLIKE """.*\\\\Downloads\\\\.*"""', 'cannot tell'],
  ['TO_LOWER(process.executable) IN ("""c:\\temp\\a""", """c:\\temp\\b""")', 'cannot tell'],
  ['process.name == "rundll32.exe"', 'cannot tell'],
  ['TO_LOWER(process.name) IN ("powershell.exe", "pwsh.exe")', 'cannot tell'],
  ['process.parent.executable == """C:\\Windows\\explorer.exe"""', 'cannot tell'],
  ['process.name LIKE "*.exe"', 'cannot tell'],
  [`(${unsigned} OR STARTS_WITH(process.executable, """C:\\Users\\"""))`, 'cannot tell'],
  [`(process.name == "a.exe" OR ${unsigned} OR process.code_signature.trusted != true)`, 'cannot tell'],
  ['(process.name == "a.exe" AND destination.port == 4444)', 'cannot tell'],
  // Another platform can fulfil these.
  ['process.name == "wget"', 'none'],
  ['process.name IN ("pwsh", "pwsh.exe")', 'none'],
  ['(process.name == "a.exe" OR process.name == "wget")', 'none'],
  ['(process.executable LIKE "/tmp/*" OR STARTS_WITH(process.executable, """C:\\Users\\"""))', 'none'],
  ['(process.name == "a.exe" OR process.code_signature.exists IS NULL AND destination.port == 4444)', 'none'],
  ['NOT process.name == "a.exe" AND destination.port == 4444', 'none'],
  ['process.executable != """C:\\a""" AND destination.port == 4444', 'none'],
  ['process.command_line LIKE """*C:\\\\*"""', 'none'],
  ['file.name == "a.exe"', 'none'],
];

const inFolder = (...args: string[]): Promise<Finished> => harrier(args, { cwd: folder });
const data = ['--data', 'events.ndjson', '--now', 'latest'];

beforeAll(() => {
  writeFileSync(join(folder, 'events.ndjson'), `${event}\n`);
  for (const platform of ['linux', 'windows']) {
    mkdirSync(join(folder, platform));
    verdicts.forEach(([condition], i) => {
      const query = `FROM logs-endpoint.events.network-*\n| WHERE @timestamp > NOW() - 7 days AND host.os.type == "${platform}" AND ${condition}\n| STATS n = COUNT(*) BY host.name`;
      writeFileSync(
        join(folder, platform, `${String(i).padStart(2, '0')}.md`),
        `# ${i}\n\n\`\`\`esql\n${query}\n\`\`\`\n`,
      );
    });
  }
});

describe('what only Windows has', () => {
  it('leaves a hunt on another platform in doubt or blind', async () => {
    const { stdout } = await inFolder('run', 'linux', ...data, '--format', 'json');
    const { results } = JSON.parse(stdout) as { results: { outcome: string; reasons?: readonly string[] }[] };
    const isForeign = ({ reasons = [] }: (typeof results)[number]): boolean =>
      reasons.some((reason) => / asks for (?:a path of Windows|what only Windows has)/.test(reason));
    const found = results.map((one, i) => [verdicts[i]![0], isForeign(one) ? one.outcome : 'none']);
    expect(found).toEqual(verdicts);
  });

  it('is no matter in a hunt on Windows', async () => {
    const { stdout } = await inFolder('run', 'windows', ...data, '--format', 'json');
    expect(stdout).not.toMatch(/asks for (?:a path of Windows|what only Windows has)/);
  });
});

describe('a hunt of the library on another platform', () => {
  const hunt = 'beaconing-unsigned-process-windows';
  const sibling = 'Beaconing by processes in unusual places (Linux), harrier run beaconing-unsigned-process-linux';

  it('is called after that platform, and names the hunt that was written for it', async () => {
    const { stdout } = await inFolder('run', hunt, '--platform', 'linux', ...data);
    expect(stdout).toMatch(/^Beaconing by unsigned processes \(Linux\) .*cannot tell$/m);
    expect(stdout).toContain(sibling);
    const covered = await inFolder('coverage', hunt, '--platform', 'linux', ...data);
    expect(covered.stdout).toMatch(/^blind +Beaconing by unsigned processes \(Linux\)/);
  });

  it('keeps both when it is derived', async () => {
    const derived = await inFolder('hunts', 'derive', hunt, '--platform', 'linux', '-o', 'derived.toml');
    expect(derived.stderr).toContain('asks for a path of Windows');
    expect(derived.stderr).toContain(sibling);
    expect(readFileSync(join(folder, 'derived.toml'), 'utf8')).toContain(
      'For Linux. What follows was written for Windows:',
    );
    expect((await inFolder('run', 'derived.toml', ...data)).stdout).toContain(sibling);
  });
});
