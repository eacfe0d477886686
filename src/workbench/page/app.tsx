import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Head } from './head.tsx';
import { Hunt } from './hunt/hunt.tsx';
import { HuntList } from './hunts/hunt-list.tsx';
import { MessageLine } from './message-line.tsx';
import { Sheets } from './sheets.tsx';
import { place } from './state/location.ts';
import { connection, hello } from './state/session.ts';
import { views } from './views.ts';

/** The whole page: the head, the list of hunts, and beside it what is open. */
export function App({ refused }: { readonly refused: string | null }): JSX.Element {
  const { view, question } = place.value;
  const hunt = question?.hunt ?? null;
  // Another view, or another hunt, begins at its top.
  useEffect(() => document.getElementById('main')?.scrollTo(0, 0), [view, hunt]);
  if (connection.value === 'no access') return <NoAccess reason={refused} />;
  const Open = view === 'hunts' || view === 'hunt' ? null : views[view];
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Head />
      <Lost />
      <div class={`regions ${view === 'hunts' ? 'at-hunts' : ''}`}>
        {view === 'hunts' ? null : <HuntList isWide={false} />}
        <main id="main" tabIndex={-1}>
          {view === 'hunts' ? (
            <>
              <h1 class="visually-hidden">Hunts</h1>
              <HuntList isWide />
            </>
          ) : null}
          {view === 'hunt' ? <Hunt /> : null}
          {Open ? <Open /> : null}
        </main>
      </div>
      <MessageLine />
      <Sheets />
      {hello.value === null ? <p class="starting">Reading what there is …</p> : null}
    </>
  );
}

function NoAccess({ reason }: { readonly reason: string | null }): JSX.Element {
  return (
    <main class="no-access">
      <h1>Harrier</h1>
      <p>{reason ?? 'This page needs the link that harrier ui printed: it lets one page in.'}</p>
      <p>Press Enter in the terminal where harrier ui runs for a new link, or start it again.</p>
    </main>
  );
}

/** Says that the server does not answer, and what that means. */
function Lost(): JSX.Element | null {
  const state = connection.value;
  if (state === 'open' || state === 'no access') return null;
  return (
    <p class="lost" role="alert">
      {state === 'ended'
        ? 'Another harrier ui has this address now: open the link that it printed.'
        : 'The terminal has ended, or does not answer. Nothing that was saved is lost; trying again …'}
    </p>
  );
}
