/** A list with each item changed; the list itself where none changes, so that nothing is copied that stays the same. */
export function mapList<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  let changed: T[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const before = list[i]!;
    const after = change(before);
    if (changed) changed.push(after);
    else if (after !== before) {
      changed = list.slice(0, i);
      changed.push(after);
    }
  }
  return changed ?? list;
}
