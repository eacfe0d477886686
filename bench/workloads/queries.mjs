// The kinds of queries that hunters write, beside hand-written SQL over the same table; warm, in one process. What counts
// is the processors' time.
import { Contestant } from '../measure.mjs';
import { kinds } from '../queries/kinds.mjs';
import { harrierName } from './open-contestants.mjs';

export const title = 'Kinds of queries, warm, in the process';
export const sideBySide = true;

const byHand = 'SQL, same table';

export async function open({ data, events, now, bundle, named }) {
  const { store } = await data.varied(events);
  const harrier = await Contestant.start('harrier', [bundle, store, '[]', now]);
  const wanted = kinds.filter(({ name }) => !named || named.test(name));
  const turn = (what, who, keys, ask) => ({
    ...{ what, who, unit: 'ms', keys },
    run: async () => {
      const { ms, cpu, rows, megabytes } = await ask();
      return { value: ms, cpu, rows, megabytes };
    },
  });
  const turns = wanted.flatMap(({ name, esql, sql, keys }) => [
    turn(name, byHand, keys ?? 'all', () => harrier.ask('sql', sql)),
    turn(name, harrierName, keys ?? 'all', () => harrier.ask('query', esql)),
  ]);
  const demands = wanted.map(({ name }) => ({
    name,
    most: 2,
    value: (measured) => measured.ratio([[name, harrierName]], [[name, byHand]], 'cpus'),
  }));
  return { turns, demands, close: () => harrier.stop() };
}
