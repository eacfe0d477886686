import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { message } from './state/session.ts';

/** Milliseconds that a message stays; errors stay until the next one. */
const stay = 6000;

/** What the page has to say, for those who look and for those who listen. */
export function MessageLine(): JSX.Element {
  const said = message.value;
  useEffect(() => {
    if (!said || said.isError) return undefined;
    const timer = setTimeout(() => {
      if (message.value === said) message.value = null;
    }, stay);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div class="messages">
      <p role="status" aria-live="polite">
        {said && !said.isError ? said.text : ''}
      </p>
      <p role="alert" class={said?.isError ? 'error' : ''}>
        {said?.isError ? said.text : ''}
      </p>
      {said ? (
        <button type="button" class="quiet" onClick={() => (message.value = null)}>
          Dismiss
        </button>
      ) : null}
    </div>
  );
}
