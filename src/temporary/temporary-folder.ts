import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import { fileErrorText } from '../diagnostics/file-error.ts';
import { isFullDisk } from '../diagnostics/full-disk.ts';

/** What to do where the disk with temporary files is full. */
export const otherDisk = 'set TMPDIR to a folder on a disk with more room';

/** An error of the system while temporary files were written, in words where the disk is full; any other as it is. */
export const temporaryError = (error: unknown): unknown =>
  error instanceof Error && isFullDisk(error)
    ? new InputError(`cannot write temporary files to ${tmpdir()}: no space left on device`, otherDisk)
    : error;

/** Numbers of processes count within a machine, or a container: what distinguishes it from others that share the folder. */
const machine = createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8);
/** What a name says of the process that it belongs to. */
export const ownerOfName = `${machine}-${process.pid}`;
const named = /^harrier-[a-z]+-([0-9a-f]{8}-\d+)(?:-|$)/;
const made = new Set<string>();
let isSwept = false;

/** A path for temporary files of this process, which later runs remove if it cannot. */
export const temporaryPath = (purpose: string): string => join(tmpdir(), `harrier-${purpose}-${ownerOfName}`);

/** Makes a folder that only its owner can use. It is removed when the process ends, if not before. */
export function makeTemporaryFolder(purpose: string): string {
  if (!isSwept) {
    isSwept = true;
    removeLeftBehind();
    process.once('exit', () => made.forEach(removeTemporaryFolder));
  }
  try {
    const path = mkdtempSync(`${temporaryPath(purpose)}-`);
    made.add(path);
    return path;
  } catch (error) {
    throw new InputError(`cannot make a folder in ${tmpdir()}: ${fileErrorText(error as Error)}`, otherDisk);
  }
}

export function removeTemporaryFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  made.delete(path);
}

/** Removes what processes left behind that were killed: the user's own, on this machine, that run no more. */
function removeLeftBehind(): void {
  for (const name of namesIn(tmpdir())) {
    const owner = named.exec(name)?.[1];
    if (owner === undefined || !hasEnded(owner)) continue;
    try {
      const path = join(tmpdir(), name);
      const { uid } = lstatSync(path);
      if (uid === (process.getuid?.() ?? uid)) rmSync(path, { recursive: true, force: true });
    } catch {
      // What cannot be removed stays.
    }
  }
}

/** Whether an owner, as names say it, was a process of this machine that runs no more. */
export function hasEnded(owner: string): boolean {
  const [where, pid] = owner.split('-');
  return where === machine && !isRunning(Number(pid));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Another program may have the number by now: then nothing is removed until it ends. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
