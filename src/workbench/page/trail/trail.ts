import { signal } from '@preact/signals';
import type { TrailEntry } from '../../contract/calls.ts';
import { call } from '../api/client.ts';
import { sayError } from '../state/session.ts';

/** The trail, newest last; null until it was asked for. */
export const trail = signal<readonly TrailEntry[] | null>(null);

export async function loadTrail(): Promise<void> {
  const { entries } = await call('trail', {});
  trail.value = entries;
}

/** Marks a step, or takes the mark away. */
export async function star(at: number, starred: boolean): Promise<void> {
  const mark = (value: boolean): void => {
    trail.value = (trail.value ?? []).map((entry) => (entry.at === at ? { ...entry, starred: value } : entry));
  };
  mark(starred);
  await call('trail/star', { at, starred }).catch((error) => {
    mark(!starred);
    sayError(error);
  });
}
