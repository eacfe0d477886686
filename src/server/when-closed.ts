import type { ServerResponse } from 'node:http';

/**
 * Acts once when an answer is out, or when its client is gone. It may be gone by now: who listens for `close` alone waits
 * for ever then.
 */
export function whenClosed(response: ServerResponse, act: () => void): void {
  if (response.closed) act();
  else response.once('close', act);
}
