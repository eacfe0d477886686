import type { Attack } from '../../../hunts/attack.ts';
import type { SavedRun } from '../../../runs/saved-run.ts';
import { SavedRuns } from '../../../runs/saved-runs.ts';
import type { HuntCard } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { huntId } from '../library.ts';

/** The tactics of the enterprise matrix from the first to the last step of an attack. */
const order = [
  ...['TA0043', 'TA0042', 'TA0001', 'TA0002', 'TA0003', 'TA0004', 'TA0005', 'TA0006'],
  ...['TA0007', 'TA0008', 'TA0009', 'TA0011', 'TA0010', 'TA0040'],
];

/** What no order is known of comes last. */
function inOrder({ tactics }: Attack): { id: string; name: string }[] {
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return [...tactics].map(([id, name]) => ({ id, name })).sort((a, b) => place(a.id) - place(b.id));
}

/** Saved runs whose outcomes stand beside a hunt. */
const mostRuns = 5;

/** The hunts of the library, with what the last saved runs found. */
export const hunts: Handler<'hunts'> = async (_request, workbench) => {
  const { library } = workbench.options;
  const history = await lastOutcomes(workbench);
  return {
    hunts: library.hunts.map((hunt) => ({ ...library.card(hunt), history: history.get(huntId(hunt)) ?? [] })),
    problems: library.problems,
    tactics: inOrder(workbench.options.attack),
  };
};

async function lastOutcomes({ options }: Workbench): Promise<ReadonlyMap<string, HuntCard['history']>> {
  const found = new Map<string, { run: string; outcome: string; rows: number }[]>();
  const oldestFirst: SavedRun[] = [];
  for await (const run of new SavedRuns(options.state).readNewest(mostRuns)) oldestFirst.unshift(run);
  for (const { name, results } of oldestFirst)
    for (const { hunt, outcome, result } of results) {
      if (!hunt) continue;
      const id = huntId(hunt);
      found.set(id, [...(found.get(id) ?? []), { run: name, outcome, rows: result?.values.length ?? 0 }]);
    }
  return found;
}
