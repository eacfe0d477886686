import uFuzzy from '@leeoniya/ufuzzy';
import type { HuntCard, SavedRunInfo } from '../../contract/calls.ts';
import type { Action } from '../state/keys.ts';

/** Something that the palette offers. */
export interface Entry {
  readonly id: string;
  readonly kind: 'command' | 'hunt' | 'run';
  readonly label: string;
  /** What else it can be found by, and what stands beside it. */
  readonly detail: string;
  /** Its keys, for what can be done without the palette. */
  readonly keys: readonly string[];
  run(): void;
}

/** What is offered, and where hunts and runs lead. */
export interface Offered {
  readonly actions: readonly Action[];
  readonly hunts: readonly HuntCard[];
  readonly runs: readonly SavedRunInfo[];
  openHunt(hunt: HuntCard): void;
  openRun(run: SavedRunInfo): void;
}

/** Everything that can be done now: commands first, then hunts, then saved runs. */
export function entriesOf({ actions, hunts, runs, openHunt, openRun }: Offered): Entry[] {
  return [
    ...commandsOf(actions),
    ...hunts.map((hunt) => ({
      ...{ id: `hunt ${hunt.id}`, kind: 'hunt' as const, label: hunt.name, keys: [] },
      detail: hunt.techniques.map(({ id }) => id).join(' '),
      run: () => openHunt(hunt),
    })),
    ...runs.map((saved) => ({
      ...{ id: `run ${saved.name}`, kind: 'run' as const, label: saved.name, keys: [] },
      detail: 'saved run: compare with it',
      run: () => openRun(saved),
    })),
  ];
}

/** Commands by their labels: the same command with two keys is one entry. */
function commandsOf(actions: readonly Action[]): Entry[] {
  const found = new Map<string, Entry>();
  for (const { id, label, keys, isOff, run } of actions) {
    if (isOff?.()) continue;
    const known = found.get(label);
    const all = [...(known?.keys ?? []), ...(keys === null ? [] : [keys])];
    found.set(label, { kind: 'command', id: known?.id ?? id, label, detail: '', keys: all, run: known?.run ?? run });
  }
  return [...found.values()];
}

/** Letters may be left out or stand apart, as in `exfvol` for "Exfiltration by volume". */
const fuzzy = new uFuzzy({ intraMode: 0, intraIns: Number.POSITIVE_INFINITY, intraChars: '.' });
const close = new uFuzzy({ intraMode: 1 });

/** The entries for a text, the best first; all of them for none. Words may stand in any order. */
export function searchEntries(entries: readonly Entry[], text: string): Entry[] {
  const wanted = text.trim();
  if (wanted === '') return [...entries];
  const texts = entries.map(({ label, detail, keys }) => [label, detail, ...keys].join(' '));
  for (const search of [close, fuzzy]) {
    const [places, info, order] = search.search(texts, wanted, 1, 2000);
    if (!places || places.length === 0) continue;
    return (info && order ? order.map((at) => info.idx[at]!) : [...places]).map((at) => entries[at]!);
  }
  return [];
}
