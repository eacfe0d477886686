import type { ComponentType } from 'preact';
import { AttackView } from './attack/attack-view.tsx';
import { CompareView } from './compare/compare-view.tsx';
import { RunsView } from './compare/runs-view.tsx';
import type { View } from './state/location.ts';
import { TrailView } from './trail/trail-view.tsx';

/** What each view beside the list of hunts shows. */
export const views: Readonly<Record<Exclude<View, 'hunts' | 'hunt'>, ComponentType>> = {
  attack: AttackView,
  runs: RunsView,
  compare: CompareView,
  trail: TrailView,
};
