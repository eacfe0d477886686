import { InputError } from '../diagnostics/diagnostic.ts';

const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ELOOP', 'its links form a loop'],
]);

/** What the system says about a file, without the name of the error and the call: `no space left on device`. */
export function fileErrorText(error: NodeJS.ErrnoException): string {
  const known = reasons.get(error.code);
  if (known !== undefined) return known;
  const { message } = error;
  return error.code !== undefined && message.startsWith(`${error.code}: `)
    ? message.slice(error.code.length + 2).replace(/, \w+(?: '.*')?$/s, '')
    : message;
}

/** An error for a file that cannot be read. */
export const unreadable = (path: string, error: NodeJS.ErrnoException): InputError =>
  new InputError(`cannot read ${path}: ${fileErrorText(error)}`);
