import type { InputError } from '../diagnostics/diagnostic.ts';
import { visible } from '../values/visible.ts';

const most = 3;

/** Reports on standard error which files of a folder are not hunts that can run: the first few, and how many more. */
export function tellSkipped(problems: readonly InputError[]): void {
  for (const problem of problems.slice(0, most)) process.stderr.write(`skipped: ${visible(problem.message)}\n`);
  const more = problems.length - most;
  if (more > 0) process.stderr.write(`skipped ${more} more files; harrier hunts lint lists them\n`);
}
