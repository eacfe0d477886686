import type { JSX } from 'preact';
import { placeText } from '../table/strip.tsx';
import { nearestFix, problems, writtenText } from './draft.ts';

const words = { error: 'error', warning: 'warning', info: 'advice' } as const;

/** What is wrong with the text, in words, each with its place and what to do. */
export function Problems({
  onGo,
  onFix,
}: {
  readonly onGo: (offset: number) => void;
  readonly onFix: () => void;
}): JSX.Element {
  const nearest = nearestFix();
  return (
    <ul id="problems" class="problems" aria-label="Problems" aria-live="polite">
      {problems.value.map(({ from, severity, message, hint, fix }) => (
        <li key={`${from} ${message}`} class={`problem-${severity}`}>
          <button type="button" class="quiet" onClick={() => onGo(from)}>
            {placeText(writtenText.value, from)}
          </button>
          <span>{` ${words[severity]}: ${message}`}</span>
          {hint === null ? null : <span class="remedy">{` → ${hint}`}</span>}
          {fix !== null && fix === nearest ? (
            <button type="button" onClick={onFix}>
              {`→ ${fix.text === '' ? 'delete it' : fix.text} `}
              <kbd>Ctrl+.</kbd>
            </button>
          ) : fix !== null ? (
            <span class="remedy">{` → ${fix.text}`}</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
