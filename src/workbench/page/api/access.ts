import { send, useToken } from './client.ts';

/** Under this the token lies in the storage of the tab. */
const key = 'harrier token';
const channelName = 'harrier access';
/** Milliseconds in which another tab may hand over its token. */
const patience = 400;

/**
 * Gets the token: for the code in the address, which is removed from it, else from this tab's storage, else from another
 * tab of the same page. Null where there is none: then a new link is needed. Throws a CallError for a code that was used.
 */
export async function getAccess(): Promise<string | null> {
  const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, '', `${location.pathname}#/`);
    const known = sessionStorage.getItem(key);
    try {
      const response = await send('redeem', { method: 'POST', body: JSON.stringify({ code }) });
      return keep(((await response.json()) as { token: string }).token);
    } catch (error) {
      // The same link again, in the tab that it was for.
      if (known === null) throw error;
      return keep(known);
    }
  }
  const own = sessionStorage.getItem(key) ?? (await askOthers());
  return own === null ? null : keep(own);
}

function keep(token: string): string {
  sessionStorage.setItem(key, token);
  useToken(token);
  answerOthers(token);
  return token;
}

let channel: BroadcastChannel | null = null;

function answerOthers(token: string): void {
  channel ??= new BroadcastChannel(channelName);
  channel.onmessage = ({ data }) => {
    if (data === 'who has the token?') channel!.postMessage({ token });
  };
}

function askOthers(): Promise<string | null> {
  const asked = new BroadcastChannel(channelName);
  return new Promise((resolve) => {
    const end = (token: string | null): void => {
      asked.close();
      resolve(token);
    };
    const timer = setTimeout(() => end(null), patience);
    asked.onmessage = ({ data }) => {
      const token = (data as { token?: unknown } | null)?.token;
      if (typeof token !== 'string') return;
      clearTimeout(timer);
      end(token);
    };
    asked.postMessage('who has the token?');
  });
}
