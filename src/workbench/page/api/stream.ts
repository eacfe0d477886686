import type { StreamLine } from '../../contract/calls.ts';
import { CallError, send } from './client.ts';

const lockName = 'harrier stream';
const channelName = 'harrier lines';
/** Milliseconds before the stream is opened again; longer each time. */
const firstPause = 500;
const longestPause = 10_000;

export interface StreamState {
  readonly isOpen: boolean;
  /** Set when the server no longer takes the token: it has ended, and another one has its place. */
  readonly isRefused: boolean;
}

/**
 * Follows the server. One tab holds the stream and hands its lines to the others: browsers allow six connections to a
 * server, and a stream for each tab would leave none for calls. Lines that were heard already are passed over.
 */
export function followStream(hear: (line: StreamLine) => void, state: (state: StreamState) => void): void {
  const channel = new BroadcastChannel(channelName);
  let last = 0;
  const take = (line: StreamLine): void => {
    if (line.kind !== 'alive') {
      if (line.seq <= last) return;
      last = line.seq;
    } else if (line.seq < last) last = line.seq;
    hear(line);
  };
  channel.onmessage = ({ data }) => {
    if ('line' in data) take(data.line as StreamLine);
    else if ('state' in data) state(data.state as StreamState);
    else if (data.ask === 'state') channel.postMessage({ state: own });
  };
  let own: StreamState = { isOpen: false, isRefused: false };
  const tell = (next: StreamState): void => {
    own = next;
    state(next);
    channel.postMessage({ state: next });
  };
  // What another tab heard before this one came is asked for by number, not by the stream.
  channel.postMessage({ ask: 'state' });
  void navigator.locks.request(lockName, async () => {
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
      try {
        const response = await send(`stream?after=${last}`);
        tell({ isOpen: true, isRefused: false });
        pause = firstPause;
        await readLines(response, (line) => {
          take(line);
          channel.postMessage({ line });
        });
      } catch (error) {
        if (error instanceof CallError && error.status === 401) {
          tell({ isOpen: false, isRefused: true });
          return;
        }
      }
      tell({ isOpen: false, isRefused: false });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  });
}

async function readLines(response: Response, hear: (line: StreamLine) => void): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') hear(JSON.parse(line) as StreamLine);
  }
}
