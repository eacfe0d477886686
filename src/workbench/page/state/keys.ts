import { computed, signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { place } from './location.ts';

/** Where a key works: everywhere, or while a part of the page has the focus or is open. */
export type KeyPlace = 'everywhere' | 'hunts' | 'hunt' | 'table' | 'process';

/** Something that can be done: by its key, from the palette, or by a button that shows the key. */
export interface Action {
  readonly id: string;
  readonly label: string;
  /** As people read it: `Ctrl+K`, `g s`, `Shift+R`. Null for what only the palette has. */
  readonly keys: string | null;
  readonly where: KeyPlace;
  /** Whether it can be done now. */
  readonly isOff?: () => boolean;
  run(): void;
}

/** What can be done now, with the newest first: of two actions for one key in one place the later one is meant. */
const registered = signal<readonly Action[]>([]);
export const actions = computed(() => registered.value);

/**
 * Adds actions while a part of the page is shown. What takes keys or the focus is set up in a layout effect, here and
 * elsewhere: it is there before the next key, however fast somebody types.
 */
export function useActions(make: () => readonly Action[], dependencies: readonly unknown[] = []): void {
  useLayoutEffect(() => register(make()), dependencies as unknown[]);
}

/** Adds actions; gives what takes them away again. */
export function register(own: readonly Action[]): () => void {
  registered.value = [...own, ...registered.value];
  return () => {
    registered.value = registered.value.filter((action) => !own.includes(action));
  };
}

/** Single letters can be turned off, for those who speak to their machine (WCAG 2.1.4). */
export const hasLetterKeys = signal(localStorage.getItem('harrier letter keys') !== 'off');
export function setLetterKeys(on: boolean): void {
  hasLetterKeys.value = on;
  localStorage.setItem('harrier letter keys', on ? 'on' : 'off');
}

/** What Esc closes: the layer that was opened last. */
const layers: (() => void)[] = [];

/** Lets Esc close something before anything below it; gives what takes it away again. */
export function openLayer(close: () => void): () => void {
  layers.push(close);
  return () => {
    const at = layers.lastIndexOf(close);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** What Esc does where no layer is open. */
let onEscape: () => void = () => undefined;
export function setEscape(does: () => void): void {
  onEscape = does;
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input:not([type=range], [type=checkbox], [type=radio]), textarea, select'));

/** A key press as the table of keys names it. */
function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const isSign = key.length === 1 && !/[a-z]/i.test(key);
  const named =
    key === ' '
      ? 'Space'
      : key === 'Escape'
        ? 'Esc'
        : /^[a-z]$/i.test(key) && (ctrlKey || metaKey || shiftKey)
          ? key.toUpperCase()
          : key;
  // A sign such as ? needs Shift on most keyboards, and is named by itself.
  return [ctrlKey || metaKey ? 'Ctrl+' : '', altKey ? 'Alt+' : '', shiftKey && !isSign ? 'Shift+' : '', named].join('');
}

/** Milliseconds in which the second key of `g s` follows the first. */
const chordTime = 1500;
let chord: { readonly key: string; readonly at: number } | null = null;

/** The places that count for a key now, the nearest first. */
function placesOf(target: EventTarget | null): KeyPlace[] {
  const found: KeyPlace[] = [];
  for (let node = target instanceof Element ? target : null; node; node = node.parentElement) {
    const own = node.getAttribute('data-keys');
    if (own !== null) found.push(own as KeyPlace);
  }
  const { view } = place.value;
  if (view === 'hunt') found.push('hunt');
  if (view === 'hunts' || view === 'hunt') found.push('hunts');
  return [...found, 'everywhere'];
}

/** Does what a key is for. */
export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
  const pressed = nameOf(event);
  if (pressed === 'Esc') {
    const close = layers.pop();
    if (close) close();
    else onEscape();
    event.preventDefault();
    return;
  }
  const isPlain = !/^(?:Ctrl|Alt)\+/.test(pressed) && !/^F\d/.test(pressed);
  if (isPlain && isField(event.target)) return;
  const isLetter = /^(?:Shift\+)?[^+\s]$|^\+$/.test(pressed);
  if (isLetter && !hasLetterKeys.value) return;
  // In a dialog only its own keys count.
  if (
    document.querySelector('dialog[open]') &&
    pressed !== 'Ctrl+K' &&
    !(event.target as Element).closest?.('[data-keys]')
  )
    return;
  const began = chord !== null && Date.now() - chord.at < chordTime ? `${chord.key} ` : '';
  chord = null;
  const wanted = [`${began}${pressed}`, pressed];
  const places = placesOf(event.target);
  // The second key of `g r` is no key of its own, wherever that would be nearer.
  for (const keys of wanted)
    for (const where of places) {
      const found = actions.value.find((action) => action.where === where && action.keys === keys && !action.isOff?.());
      if (!found) continue;
      event.preventDefault();
      found.run();
      return;
    }
  if (actions.value.some(({ keys }) => keys?.startsWith(`${pressed} `))) {
    chord = { key: pressed, at: Date.now() };
    event.preventDefault();
  }
}
