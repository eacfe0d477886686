// How time and memory grow with the number of events: the six queries in one run on stores of growing size, and what
// reading those in took. Fresh processes, once with the engine's own memory and once with 512 MB, and once each hunt alone.
import { timeProcess } from '../measure.mjs';

export const title = 'Growth';

const sizes = [1_000_000, 5_000_000, 20_000_000, 100_000_000];
const millions = (events) => `${events / 1e6} million`;

/** Null where stores were made before it was written down. */
function ingestGrowth({ ingests = [], events }, figure) {
  const [first] = ingests;
  if (!first) return null;
  const sum = ingests.reduce((all, ingest) => all + ingest[figure], 0);
  return sum / events / (first[figure] / first.events);
}

export async function open({ data, events, now, harrier, six }) {
  const stores = [];
  for (const size of new Set([...sizes.filter((size) => size < events), events]))
    stores.push([size, await data.store(size)]);
  const told = (size) => `${millions(size)} events`;
  /** Runs hunts in one process for each group of them, one after the other. */
  const run = (what, who, store, groups, options = []) => ({
    what,
    who,
    unit: 's',
    run: async () => {
      const sum = { value: 0, cpu: 0, megabytes: 0 };
      const both = (a, b, add) => (a === null || b === null ? null : add(a, b));
      for (const hunts of groups) {
        const args = [harrier, 'run', ...hunts, '--store', store, '--now', now, '--format', 'json', ...options];
        const { seconds, cpu, megabytes } = await timeProcess(process.execPath, args);
        sum.value += seconds;
        sum.cpu = both(sum.cpu, cpu, (a, b) => a + b);
        sum.megabytes = both(sum.megabytes, megabytes, Math.max);
      }
      return sum;
    },
  });
  const alone = six.map((hunt) => [hunt]);
  const turns = stores.flatMap(([size, { store }]) => [
    run(told(size), 'six queries', store, [six]),
    run(told(size), 'each hunt in a process of its own', store, alone),
    run(told(size), 'six queries, 512 MB', store, [six], ['--memory', '512MB']),
  ]);
  const [[, first], [largestSize, largest]] = [stores[0], stores.at(-1)];
  const factor = largest.events / first.events;
  const grown = (measured, of) => {
    const [above, below] = [largestSize, stores[0][0]].map((size) => [[told(size), 'six queries']]);
    const ratio = measured.ratio(above, below, of);
    return ratio === null ? null : ratio / factor;
  };
  const demands = [
    {
      name: `peak MB of the six queries, ${told(largestSize)}`,
      most: 2048,
      value: (measured) => measured.get(told(largestSize), 'six queries')?.megabytes ?? null,
    },
    {
      name: `peak MB of the same with --memory 512MB`,
      value: (measured) => measured.get(told(largestSize), 'six queries, 512 MB')?.megabytes ?? null,
    },
    ...stores.map(([size]) => ({
      name: `the six in one process / each hunt in one of its own, ${told(size)}`,
      most: 0.6,
      above: [[told(size), 'six queries']],
      below: [[told(size), 'each hunt in a process of its own']],
    })),
    ...stores.map(([size, { ndjsonBytes, storeBytes }]) => ({
      name: `store size at ${told(size)}, % of plain NDJSON`,
      most: 12,
      value: () => (100 * storeBytes) / ndjsonBytes,
    })),
  ];
  if (stores.length > 1) {
    demands.push(
      {
        name: `queries: growth of time / of events, ${told(stores[0][0])} to ${told(largestSize)}`,
        most: 1,
        value: (measured) => grown(measured, 'values'),
        byCpu: (measured) => grown(measured, 'cpus'),
      },
      {
        name: `ingest: growth of time / of events, ${told(stores[0][0])} to ${told(largestSize)} (once each)`,
        most: 1,
        value: () => largest.ingestSeconds / first.ingestSeconds / factor,
        byCpu: () => largest.ingestCpu / first.ingestCpu / factor,
      },
      {
        // A larger fleet has more different values in as many events: its own first million shows what the number does.
        name: `ingest of ${told(largestSize)}: time of an event / of one in its first million`,
        most: 1,
        value: () => ingestGrowth(largest, 'seconds'),
        byCpu: () => ingestGrowth(largest, 'cpu'),
      },
    );
  }
  return { turns, demands };
}
