// The hunts on a store: each alone beside the same by hand, and all in one run. Every process stays open and is warm; the
// times are those of the queries within it.
import { byHand } from '../queries/hunts.mjs';
import { harrierName, openContestants, turnsOf } from './open-contestants.mjs';

export const title = 'Hunts on the store, warm, in the process';
export const sideBySide = true;

export async function open(context) {
  const contestants = await openContestants({ ...context, huntPaths: [...context.six, ...context.library] });
  const { harrier } = contestants;
  const jobs = (await harrier.ask('jobs')).rows;
  const named = jobs.map((job, place) => {
    const query = byHand(job, context.now);
    return { place, query, name: query?.name ?? `${job.name}${job.query > 0 ? `, query ${job.query + 1}` : ''}` };
  });
  const six = context.isOwn ? named.slice(0, 6) : named;
  const sixTogether = context.isOwn ? 'the six in one run' : 'all in one run';
  const together = (what, some) => ({
    what,
    who: harrierName,
    unit: 'ms',
    run: async () => {
      const { ms, cpu, megabytes } = await harrier.ask(
        'hunts',
        some.map(({ place }) => place),
      );
      return { value: ms, cpu, megabytes };
    },
  });
  const turns = named.flatMap(({ place, name, query }) =>
    turnsOf(name, contestants, () => harrier.ask('hunts', [place]), query),
  );
  turns.push(together(sixTogether, six));
  if (named.length > six.length) turns.push(together('the whole library in one run', named));

  const ratioTo = (who, most) =>
    six
      .filter(({ query }) => query)
      .map(({ name }) => ({
        name: `${name}: Harrier / ${who}`,
        most,
        above: [[name, harrierName]],
        below: [[name, who]],
      }));
  const oneRun = (what, some, most) => ({
    name: `${what} / the sum of each alone`,
    most,
    above: [[what, harrierName]],
    below: some.map(({ name }) => [name, harrierName]),
  });
  const demands = [
    ...ratioTo('SQL, expert’s table', 1),
    ...ratioTo('ClickHouse', 0.6),
    ...ratioTo('SQL, same table'),
    oneRun(sixTogether, six, 0.6),
    ...(named.length > six.length ? [oneRun('the whole library in one run', named)] : []),
  ];
  return { turns, demands, close: contestants.close };
}
