import { Store } from '../../store/store.ts';
import { Writer } from '../../store/writer.ts';
import type { Receiver } from './receivers.ts';

/** Writes hits to an index of a store. A hit that is sent again replaces itself. */
export const indexReceiver = (folder: string, index: string): Receiver => ({
  name: `index ${index}`,
  async deliver(hits) {
    const store = await Store.open(folder);
    try {
      const operations = hits.map(({ id, document }) => ({
        ...{ action: 'index' as const, index, id },
        line: Buffer.from(document),
      }));
      const outcomes = await new Writer(store).apply(operations);
      // What does not fit the index now will not fit it later.
      return outcomes.flatMap((outcome) =>
        'refusal' in outcome ? `the hit ${outcome.id} does not fit the index: ${outcome.refusal.reason}` : [],
      );
    } finally {
      await store.close();
    }
  },
});
