import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';

/** Where Harrier keeps what it remembers: the folder given, else HARRIER_STATE, else the user's state folder. */
export function stateFolder(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  return given ?? env.HARRIER_STATE ?? join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'harrier');
}

/** Names become file names: they may not lead anywhere else. */
export function checkName(name: string, what: string): void {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,99}$/u.test(name))
    throw new InputError(
      `${JSON.stringify(name)} cannot be the name of a ${what}`,
      'use letters, digits, dots, dashes and underscores, and begin with a letter or digit',
    );
}

/** Writes a file that is whole or not there at all, whatever happens meanwhile; makes its folder. Only its owner may read it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new InputError(`cannot write ${path}: ${(error as Error).message}`);
  }
}

/**
 * Appends a line to a file, which several processes may do at once; makes it and its folder. Only its owner may read it.
 * Throws an InputError where it cannot be written.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a+', 0o600);
    try {
      // What a killed process left of a line is no part of this one. One write: lines of two processes do not mix.
      const gap = (await endsWhole(file)) ? '' : '\n';
      await file.write(Buffer.from(`${gap}${line}\n`));
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InputError(`cannot write ${path}: ${(error as Error).message}`);
  }
}

/** Whether a file is empty, or ends with the end of a line. */
async function endsWhole(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === newline;
}

const newline = 0x0a;
