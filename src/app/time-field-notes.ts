import type { FileReport } from '../files/load-report.ts';

/** A field that no event has is misspelled, or belongs to other logs. */
export function timeFieldNotes(field: string, files: readonly FileReport[]): string[] {
  const unknown = files.flatMap((file) => file.unknown ?? []);
  const isUseless = unknown.some(({ withoutTime }) => withoutTime > 0) && unknown.every(({ timed }) => timed === 0);
  return isUseless ? [`--time-field ${field} gave no event a time: harrier inspect shows which fields there are`] : [];
}
