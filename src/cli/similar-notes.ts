/** How many notes of one kind are shown. */
const shown = 3;

/** Notes to show: of those that differ only in their file and in numbers, the first few, and how many more there are. */
export function shownNotes(notes: readonly string[]): string[] {
  const alike = new Map<string, string[]>();
  for (const note of notes) {
    const kind = note.replace(/^.*: /s, '').replace(/[\d,]+/g, '0');
    alike.set(kind, [...(alike.get(kind) ?? []), note]);
  }
  return [...alike.values()].flatMap((all) =>
    all.length <= shown + 1 ? all : [...all.slice(0, shown), `… and ${all.length - shown} more like it`],
  );
}
