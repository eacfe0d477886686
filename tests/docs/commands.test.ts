import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forms, type WindowsRecord } from '../ecs/windows-forms.ts';
import { bin, type Finished, start } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* The commands of pages that people follow from the top: each runs as it stands there, in one folder, and says what the page says. */

const docs = fileURLToPath(new URL('../../docs', import.meta.url));

/** The sections of a page, each with those of its commands that are Harrier's. */
function sectionsOf(name: string): { readonly heading: string; readonly commands: readonly string[] }[] {
  return readFileSync(join(docs, name), 'utf8')
    .split(/^#+ /m)
    .slice(1)
    .map((part) => ({
      heading: part.split('\n', 1)[0]!,
      commands: [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
        .flatMap(([, block]) => block!.split('\n'))
        .filter((line) => line.startsWith('harrier ')),
    }));
}

/** A folder in which `harrier` is a command. */
function place(): { readonly folder: string; run(command: string): Promise<Finished> } {
  const folder = temporaryFolder();
  const path = join(folder, 'bin');
  mkdirSync(path);
  writeFileSync(join(path, 'harrier'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(join(path, 'harrier'), 0o755);
  return {
    folder,
    run: (command) =>
      start('sh', ['-c', command], {
        cwd: folder,
        env: { PATH: `${path}:${process.env.PATH}`, HARRIER_STATE: join(folder, 'state') },
      }).finished,
  };
}

/** What the commands of each section print. */
async function follow(name: string, { run }: ReturnType<typeof place>): Promise<Map<string, string>> {
  const printed = new Map<string, string>();
  for (const { heading, commands } of sectionsOf(name))
    for (const command of commands) {
      const { code, stdout, stderr } = await run(command);
      // A hunt that names a field which nobody knows cannot tell, and might be misspelt: 1 says so.
      const isLibrary = command.startsWith('harrier run hunts/windows');
      expect(isLibrary ? [0, 1] : [0], `${command}: ${stderr}`).toContain(code);
      printed.set(heading, `${printed.get(heading) ?? ''}${stdout}${stderr}`);
    }
  return printed;
}

describe.skipIf(process.platform === 'win32')('the commands of a page', () => {
  it('answer the ten questions of a first day', { timeout: 300_000 }, async () => {
    const here = place();
    const printed = await follow('questions.md', here);
    const answers: readonly [question: string, answer: RegExp][] = [
      ['1. Is anything beaconing?', /Beaconing by unsigned processes \(Windows\).*5 hits[\s\S]*gfxsvc\.exe/],
      ['2. Which of these hunts can my data answer?', /\d+ ready, \d+ partial, \d+ blind/],
      [
        '3. Why is this hunt blind?',
        /blind +Event logs cleared[\s\S]*no index is called logs-system\.security-\*\n +→/,
      ],
      ['4. The hunt is too strict: what would a lower threshold give?', /← current[\s\S]*6 hits[\s\S]*near-119\.exe/],
      ['5. Which events are behind the first row?', /500 events of process\.entity_id=Y2Y5/],
      ['6. What else did that process do?', /gfxsvc\.exe[\s\S]*2a0e:97c0:3e3:1::7/],
      ['7. Can I ask the same of Linux?', /records no process\.code_signature[\s\S]*wrote beaconing-linux\.toml/],
      ['8. What is new since the last time?', /[1-9]\d* new, \d+ gone/],
      ['9. That is our backup. How do I leave it out?', /4 hits[\s\S]*it hides 1 of 5 rows[\s\S]*1 row hidden/],
      ['10. How do I hand this over?', /^/],
    ];
    expect(
      sectionsOf('questions.md')
        .slice(1)
        .map(({ heading }) => heading),
    ).toEqual(answers.map(([name]) => name));
    for (const [question, answer] of answers) expect(printed.get(question), question).toMatch(answer);
    const report = readFileSync(join(here.folder, 'report.html'), 'utf8');
    expect(report).toMatch(/By host[\s\S]*ws-0003/);
  });

  it('lead from a triage folder to a report', { timeout: 300_000 }, async () => {
    const here = place();
    mkdirSync(join(here.folder, 'recordings'));
    writeFileSync(
      join(here.folder, 'recordings', 'psexec_2020-09-20.json'),
      recording.map((record) => `${forms.nxlog!(record)}\n`).join(''),
    );
    const printed = await follow('tutorial.md', here);
    const steps: readonly [step: string, says: RegExp][] = [
      ['2. What is in it?', /logs-windows\.sysmon_operational[\s\S]*logs-system\.system/],
      ['3. Which hunts can it answer?', /\d+ ready, \d+ partial, \d+ blind/],
      ['4. Run them', /with hits[\s\S]*Unusual services \(Windows\)[\s\S]*cannot tell/],
      ['5. Look at a hit', /srv-0002[\s\S]*Print Helper/],
      ['6. Ask something of your own', /7045/],
    ];
    for (const [step, says] of steps) expect(printed.get(step), step).toMatch(says);
    expect(readFileSync(join(here.folder, 'report.html'), 'utf8')).toMatch(/By host[\s\S]*srv-0002/);
    expect(existsSync(join(here.folder, 'layer.json'))).toBe(true);
  });
});

/** A small recording of the kind that the tutorial is about: remote execution by a service, as NXLog exports it. */
const at = (second: number): string => `2020-09-20T12:00:${String(second).padStart(2, '0')}.000Z`;
const sysmon = {
  channel: 'Microsoft-Windows-Sysmon/Operational',
  provider: 'Microsoft-Windows-Sysmon',
  guid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
  computer: 'srv-0002.corp.example',
};
const recording: readonly WindowsRecord[] = [
  {
    ...sysmon,
    id: 1,
    time: at(1),
    data: {
      UtcTime: '2020-09-20 12:00:01.000',
      ProcessGuid: '{71b87c12-dc77-5f66-e102-000000000400}',
      ProcessId: '612',
      Image: 'C:\\Windows\\System32\\services.exe',
      CommandLine: 'C:\\Windows\\system32\\services.exe',
      User: 'NT AUTHORITY\\SYSTEM',
      ParentImage: 'C:\\Windows\\System32\\wininit.exe',
    },
  },
  {
    channel: 'System',
    provider: 'Service Control Manager',
    id: 7045,
    time: at(5),
    computer: 'srv-0002.corp.example',
    data: {
      ServiceName: 'Print Helper',
      ImagePath: '%COMSPEC% /C start /b powershell.exe -NoP -W Hidden',
      ServiceType: 'user mode service',
      StartType: 'demand start',
      AccountName: 'LocalSystem',
    },
  },
  {
    ...sysmon,
    id: 1,
    time: at(6),
    data: {
      UtcTime: '2020-09-20 12:00:06.000',
      ProcessGuid: '{71b87c12-dc7c-5f66-e202-000000000400}',
      ProcessId: '4100',
      Image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      CommandLine: 'powershell.exe -NoP -W Hidden',
      User: 'NT AUTHORITY\\SYSTEM',
      ParentImage: 'C:\\Windows\\System32\\cmd.exe',
    },
  },
];
