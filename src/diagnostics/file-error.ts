import { InputError } from './diagnostic.ts';

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

/** A file that cannot be read. */
export class UnreadableFile extends InputError {
  /** Without the path. */
  readonly reason: string;

  constructor(path: string, error: NodeJS.ErrnoException) {
    const reason = fileErrorText(error);
    super(`cannot read ${path}: ${reason}`);
    this.reason = reason;
  }
}
