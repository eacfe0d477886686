import { signal } from '@preact/signals';
import type { SavedRunInfo } from '../../contract/calls.ts';
import { call } from '../api/client.ts';
import { sayError } from '../state/session.ts';

/** The saved runs, the newest first; null until they were asked for. */
export const savedRuns = signal<readonly SavedRunInfo[] | null>(null);

/** Asks for the saved runs again. */
export async function loadSavedRuns(): Promise<readonly SavedRunInfo[]> {
  const { runs } = await call('runs', {});
  savedRuns.value = runs;
  return runs;
}

export const refreshSavedRuns = (): void => void loadSavedRuns().catch(sayError);
