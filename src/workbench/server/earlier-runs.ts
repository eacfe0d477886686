import type { HuntResult } from '../../report/report.ts';
import { applyAccepted } from '../../runs/accepted/apply.ts';
import type { AcceptedList } from '../../runs/accepted/entry.ts';
import { diffRuns, identityOf } from '../../runs/run-diff.ts';
import type { SavedRun } from '../../runs/saved-run.ts';
import { SavedRuns } from '../../runs/saved-runs.ts';
import type { ResultInfo } from '../contract/states.ts';

/** Saved runs that are looked through for the newest one of a hunt. */
const mostRuns = 5;

/** The newest saved runs, read once. */
export class EarlierRuns {
  #runs: Promise<readonly SavedRun[]> | null = null;

  constructor(private readonly state: string) {}

  /** Rows that the newest saved run of the same query did not have; null where none asked the same text. */
  async newRows(result: HuntResult, accepted: AcceptedList | null): Promise<ResultInfo['fresh']> {
    if (!result.hunt) return null;
    this.#runs ??= this.#read();
    const identity = identityOf(result);
    for (const run of await this.#runs) {
      const before = run.results.find((other) => identityOf(other) === identity);
      if (!before) continue;
      if (before.text !== result.text) return null;
      const [old, now] = applyAccepted([before, result], accepted, new Date());
      const side = { now: run.now, unread: null };
      const { queries } = await diffRuns(
        { ...side, name: run.name, results: [old!] },
        { ...side, name: null, results: [now!] },
      );
      const { diff } = queries[0]!;
      return diff && { rows: diff.added.length, since: run.name };
    }
    return null;
  }

  async #read(): Promise<SavedRun[]> {
    const runs: SavedRun[] = [];
    for await (const run of new SavedRuns(this.state).readNewest(mostRuns)) runs.push(run);
    return runs;
  }
}
