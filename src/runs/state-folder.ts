import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
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

/** Appends a line to a file; makes it and its folder. Only its owner may read it. */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await appendFile(path, `${line}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    throw new InputError(`cannot write ${path}: ${(error as Error).message}`);
  }
}
