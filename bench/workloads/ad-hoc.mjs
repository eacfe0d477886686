// What people ask between hunts, on the same store and the same contestants; warm, in the process.
import { adHoc } from '../queries/ad-hoc.mjs';
import { harrierName, openContestants, turnsOf } from './open-contestants.mjs';

export const title = 'Questions between hunts, warm, in the process';
export const sideBySide = true;

export async function open(context) {
  const contestants = await openContestants({ ...context, huntPaths: [] });
  const turns = adHoc.flatMap((query) =>
    turnsOf(query.name, contestants, (harrier) => harrier.ask('query', query.esql), query),
  );
  const demands = ['SQL, expert’s table', 'ClickHouse'].flatMap((who) =>
    adHoc.map(({ name }) => ({
      name: `${name}: Harrier / ${who}`,
      above: [[name, harrierName]],
      below: [[name, who]],
    })),
  );
  return { turns, demands, close: contestants.close };
}
