/** What a benign program's traffic looks like; see traffic.ts. */
export type Profile =
  | 'browser'
  | 'updater'
  | 'call'
  | 'backup'
  | 'sync'
  | 'packages'
  | 'internal'
  | 'occasional'
  | 'server'
  | 'mail';
export type Platform = 'windows' | 'linux' | 'macos';

/** A program that runs on every host of a platform. */
export interface Program {
  readonly platform: Platform;
  readonly name: string;
  readonly executable: string;
  /** Who signed it; null for nobody. Linux has no signatures at all. */
  readonly signer: string | null;
  readonly user: 'person' | 'system';
  readonly profile: Profile;
  readonly commandLine: string;
}

const windows = (
  name: string,
  folder: string,
  signer: string | null,
  user: Program['user'],
  profile: Profile,
  args = '',
): Program => ({
  platform: 'windows',
  name,
  executable: `${folder}\\${name}`,
  signer,
  user,
  profile,
  commandLine: `"${folder}\\${name}"${args && ` ${args}`}`,
});
const unix = (
  platform: 'linux' | 'macos',
  executable: string,
  signer: string | null,
  user: Program['user'],
  profile: Profile,
  args = '',
): Program => ({
  platform,
  name: executable.slice(executable.lastIndexOf('/') + 1),
  executable,
  signer,
  user,
  profile,
  commandLine: `${executable}${args && ` ${args}`}`,
});

/** The benign fleet: much of it looks like what the hunts look for, and none of it must be found. */
export const programs: readonly Program[] = [
  windows(
    'chrome.exe',
    'C:\\Program Files\\Google\\Chrome\\Application',
    'Google LLC',
    'person',
    'browser',
    '--type=utility',
  ),
  windows(
    'msedge.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application',
    'Microsoft Corporation',
    'person',
    'browser',
  ),
  windows('ms-teams.exe', 'C:\\Program Files\\WindowsApps\\MSTeams', 'Microsoft Corporation', 'person', 'call'),
  windows(
    'OneDrive.exe',
    'C:\\Program Files\\Microsoft OneDrive',
    'Microsoft Corporation',
    'person',
    'sync',
    '/background',
  ),
  windows(
    'OUTLOOK.EXE',
    'C:\\Program Files\\Microsoft Office\\root\\Office16',
    'Microsoft Corporation',
    'person',
    'mail',
  ),
  windows(
    'MsMpEng.exe',
    'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18',
    'Microsoft Windows Publisher',
    'system',
    'updater',
  ),
  windows('GoogleUpdate.exe', 'C:\\Program Files (x86)\\Google\\Update', 'Google LLC', 'system', 'updater', '/svc'),
  windows('svchost.exe', 'C:\\Windows\\System32', 'Microsoft Windows Publisher', 'system', 'updater', '-k netsvcs -p'),
  windows('veeamagent.exe', 'C:\\Program Files\\Veeam\\Endpoint', 'Veeam Software Group GmbH', 'system', 'backup'),
  windows('inventory.exe', 'C:\\Tools', null, 'system', 'internal', '--server 10.0.0.12'),
  windows('labelprinter.exe', 'D:\\Apps\\LabelPrinter', null, 'person', 'occasional'),
  unix('linux', '/usr/bin/firefox', null, 'person', 'browser'),
  unix('linux', '/usr/bin/apt-get', null, 'system', 'packages', 'update'),
  unix('linux', '/usr/bin/curl', null, 'person', 'packages', '-sSf https://example.org/status'),
  unix('linux', '/usr/bin/git', null, 'person', 'packages', 'fetch --all'),
  unix('linux', '/usr/lib/snapd/snapd', null, 'system', 'updater'),
  unix('linux', '/usr/sbin/chronyd', null, 'system', 'updater', '-F 1'),
  unix('linux', '/usr/bin/restic', null, 'system', 'backup', 'backup /home'),
  unix('linux', '/usr/sbin/sshd', null, 'system', 'server', '-D'),
  unix('linux', '/opt/inventory/agent', null, 'system', 'internal'),
  unix('macos', '/Applications/Safari.app/Contents/MacOS/Safari', 'Software Signing', 'person', 'browser'),
  unix(
    'macos',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'Developer ID Application: Google LLC (EQHXZ8M8AV)',
    'person',
    'browser',
  ),
  unix(
    'macos',
    '/Applications/zoom.us.app/Contents/MacOS/zoom.us',
    'Developer ID Application: Zoom Video Communications, Inc. (BJ4HAAB9B3)',
    'person',
    'call',
  ),
  unix('macos', '/usr/libexec/nsurlsessiond', 'Software Signing', 'system', 'updater'),
  unix(
    'macos',
    '/System/Library/CoreServices/backupd.bundle/Contents/Resources/backupd',
    'Software Signing',
    'system',
    'backup',
  ),
  unix('macos', '/usr/local/bin/inventoryd', null, 'system', 'internal'),
  unix('macos', '/Users/Shared/tools/colorpick', null, 'person', 'occasional'),
];
