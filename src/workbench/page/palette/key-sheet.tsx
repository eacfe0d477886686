import type { JSX } from 'preact';
import { type Action, actions, hasLetterKeys, type KeyPlace, setLetterKeys } from '../state/keys.ts';
import { place } from '../state/location.ts';
import { Dialog } from './dialog.tsx';
import { closeSheet } from './sheet.ts';

const names: Readonly<Record<KeyPlace, string>> = {
  process: 'Process',
  table: 'Table',
  hunt: 'Hunt',
  hunts: 'Hunts',
  everywhere: 'Everywhere',
};

/** The keys of this place, nearest first, and the switch for single letters. */
export function KeySheet(): JSX.Element {
  const groups = keysOfPlaces(actions.value);
  return (
    <Dialog label="Keys" name="keys">
      <header>
        <h2>Keys of this place</h2>
        <button data-first type="button" onClick={closeSheet}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      <label class="check">
        <input
          type="checkbox"
          // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked
          role="switch"
          checked={hasLetterKeys.value}
          onChange={(event) => setLetterKeys(event.currentTarget.checked)}
        />{' '}
        Single-letter keys
      </label>
      <p class="hint">
        {hasLetterKeys.value
          ? 'Turn them off where speech input would press them. Ctrl+K does everything without them.'
          : 'They are off: keys of one letter or sign do nothing. Ctrl+K does everything.'}
      </p>
      <div class="groups">
        {groups.map(({ where, keys }) => (
          <section key={where} aria-label={names[where]}>
            <h3>{names[where]}</h3>
            <dl>
              {keys.map(({ label, keys }) => (
                <div key={`${label} ${keys}`}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Registered keys by the place where they work. Of two actions for one key in one place the later one is meant. */
export function keysOfPlaces(
  all: readonly Action[],
): { readonly where: KeyPlace; readonly keys: readonly { readonly label: string; readonly keys: string }[] }[] {
  const { view } = place.value;
  const order: KeyPlace[] = ['process', 'table', 'hunt', 'hunts', 'everywhere'];
  return order
    .filter((where) => where !== 'hunt' || view === 'hunt')
    .map((where) => {
      const own = new Map<string, string>();
      for (const action of all)
        if (action.where === where && action.keys !== null && !own.has(action.keys)) own.set(action.keys, action.label);
      return { where, keys: [...own].map(([keys, label]) => ({ keys, label })) };
    })
    .filter(({ keys }) => keys.length > 0);
}
