import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { StateWord } from '../../../view/outcome.tsx';
import { write } from './draft.ts';
import { pastTexts } from './history.ts';

/** The texts of this query that ran, to search and to take up again. */
export function History({ onChoose }: { readonly onChoose: () => void }): JSX.Element | null {
  const [wanted, setWanted] = useState('');
  const [isOpen, setOpen] = useState(false);
  const all = pastTexts().reverse();
  if (all.length === 0) return null;
  const shown = all.filter(({ text }) => text.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <details class="history" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {`History ${all.length} `}
        <kbd>Alt+↑</kbd>
      </summary>
      <div class="menu">
        <input
          type="search"
          aria-label="Search the history"
          placeholder="Search the history"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <ul>
          {shown.map(({ text, result }) => (
            <li key={text}>
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  setOpen(false);
                  write(text);
                  onChoose();
                }}
              >
                <StateWord state={result.outcome} {...(result.outcome === 'hits' && { detail: result.rows })} />
                <code>{text}</code>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
