/**
 * Does work for each item, for some of them at a time; results are in the order of the items. After a failure nothing more is
 * begun, and it is thrown once what was begun has ended.
 */
export async function severalAtOnce<T, R>(
  items: readonly T[],
  parallel: number,
  work: (item: T, place: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const place = next++;
      try {
        results[place] = await work(items[place]!, place);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
