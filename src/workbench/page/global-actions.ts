import { openSheet } from './palette/sheet.ts';
import { type Action, hasLetterKeys, setLetterKeys } from './state/keys.ts';
import { go, noQuestion, openQuestion } from './state/location.ts';
import { isLocalTime, setLocalTime } from './state/times.ts';

/** Regions of the page, in the order in which F6 walks them. */
const regions = ['.head', '.hunt-list', '#editor', '.thresholds', '.result', '.drawer', '.fields'];

const to = (view: 'hunts' | 'runs' | 'attack' | 'compare' | 'trail'): void =>
  go({ view, question: null, row: null, panel: null, options: {} });

/** What can be done from everywhere. */
export const globalActions: readonly Action[] = [
  { id: 'palette', label: 'Command palette', keys: 'Ctrl+K', where: 'everywhere', run: () => openSheet('palette') },
  { id: 'keys', label: 'Keys of this place', keys: '?', where: 'everywhere', run: () => openSheet('keys') },
  { id: 'report', label: 'Report', keys: 'Ctrl+S', where: 'everywhere', run: () => openSheet('report') },
  {
    id: 'letter-keys',
    label: 'Turn single-letter keys on or off',
    keys: null,
    where: 'everywhere',
    run: () => setLetterKeys(!hasLetterKeys.value),
  },
  {
    id: 'local-times',
    label: 'Times in UTC or of this machine',
    keys: null,
    where: 'everywhere',
    run: () => setLocalTime(!isLocalTime.value),
  },
  { id: 'go-hunts', label: 'Hunts', keys: 'g s', where: 'everywhere', run: () => to('hunts') },
  { id: 'go-runs', label: 'Saved runs', keys: 'g r', where: 'everywhere', run: () => to('runs') },
  { id: 'go-attack', label: 'ATT&CK matrix', keys: 'g a', where: 'everywhere', run: () => to('attack') },
  { id: 'go-compare', label: 'Compare runs', keys: 'g c', where: 'everywhere', run: () => to('compare') },
  { id: 'go-trail', label: 'Trail', keys: 'g h', where: 'everywhere', run: () => to('trail') },
  {
    id: 'query',
    label: 'New query',
    keys: null,
    where: 'everywhere',
    run: () => openQuestion({ ...noQuestion, text: 'FROM *\n| LIMIT 100' }),
  },
  { id: 'search', label: 'Search hunts', keys: '/', where: 'everywhere', run: focusSearch },
  { id: 'undo', label: 'Undo', keys: 'Ctrl+Z', where: 'everywhere', run: () => history.back() },
  { id: 'redo', label: 'Redo', keys: 'Ctrl+Y', where: 'everywhere', run: () => history.forward() },
  { id: 'next-region', label: 'Next region', keys: 'F6', where: 'everywhere', run: () => nextRegion(1) },
  { id: 'last-region', label: 'Region before', keys: 'Shift+F6', where: 'everywhere', run: () => nextRegion(-1) },
];

function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('#search');
  field?.focus();
  field?.select();
}

/** Puts the focus on the next part of the page that is there. */
function nextRegion(step: 1 | -1): void {
  const found = regions.flatMap((selector) => document.querySelector<HTMLElement>(selector) ?? []);
  const now = found.findIndex((region) => region.contains(document.activeElement));
  const next = found[(now + step + found.length) % found.length];
  if (!next) return;
  const inner =
    next.querySelector<HTMLElement>('[role=grid], [role=treegrid]') ??
    next.querySelector<HTMLElement>('[tabindex="0"], button, input, a[href], [contenteditable=true]');
  (inner ?? next).focus();
}
