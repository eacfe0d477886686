import pc from 'picocolors';
import { isFault } from '../app/fault.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { isTooDeep, tooDeepText } from '../diagnostics/too-deep.ts';
import { visibleLines } from '../values/visible.ts';

export interface ErrorWords {
  readonly colour: boolean;
  /** Says where in the code an error arose. */
  readonly debug: boolean;
}

/** How an error ends a command: what people read, and the exit code. */
export function endOf(
  thrown: unknown,
  { colour, debug }: ErrorWords,
): { readonly text: string; readonly code: number } {
  const error = isTooDeep(thrown) ? new InputError(tooDeepText, deepHint) : thrown;
  const { message = String(error), stack = message } = error as Partial<Error>;
  const colours = pc.createColors(colour);
  const fault = isFault(error);
  const hint = fault ? reportHint : error instanceof InputError ? error.hint : undefined;
  // Names of files and hunts stand in messages, and come from strangers.
  const said = visibleLines(debug && !(error instanceof InputError) ? stack : message);
  const help = hint === undefined ? '' : `${colours.cyan('help:')} ${visibleLines(hint)}\n`;
  return { text: `${colours.red('error:')} ${said}\n${help}`, code: fault ? 70 : 2 };
}

const deepHint = 'write x IN (…) for many conditions on x, or ask in several queries';

/** What to do about a fault of Harrier's own. */
export const reportHint =
  'this is a fault of Harrier, not of your input: please report it with the command, harrier --version and this message; HARRIER_DEBUG=1 shows where it arose';
