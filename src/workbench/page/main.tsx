import { render } from 'preact';
import { getAccess } from './api/access.ts';
import { CallError } from './api/client.ts';
import { followStream } from './api/stream.ts';
import { App } from './app.tsx';
import { globalActions } from './global-actions.ts';
import { onKey, register, setEscape } from './state/keys.ts';
import { cancel, connection, hear, load, sayError } from './state/session.ts';
import { recordTrail } from './trail/recorder.ts';

const page = document.getElementById('page')!;

/** Draws the page, and fills it as the server answers. */
async function start(): Promise<void> {
  let refused: string | null = null;
  const token = await getAccess().catch((error: unknown) => {
    refused = error instanceof CallError ? error.message : 'the server does not answer';
    return null;
  });
  if (token === null) connection.value = 'no access';
  page.replaceChildren();
  // What is typed before the first paint counts.
  register(globalActions);
  setEscape(() => void cancel().catch(sayError));
  if (token !== null) addEventListener('keydown', onKey);
  render(<App refused={refused} />, page);
  if (token === null) return;
  followStream(hear, ({ isOpen, isRefused }) => {
    const before = connection.value;
    connection.value = isRefused ? 'ended' : isOpen ? 'open' : 'lost';
    // What happened meanwhile is asked for.
    if (before === 'lost' && isOpen) load().catch(sayError);
  });
  await load().catch(sayError);
  recordTrail();
}

void start();
