import type { QueryResult } from '../values/types.ts';

/** The warnings that people are shown: a note reports what a limit cuts, and one that could have cut is no news. */
export const shownWarnings = (result: Pick<QueryResult, 'warnings'> | null): readonly string[] =>
  (result?.warnings ?? []).filter((warning) => !warning.startsWith('No limit defined'));
