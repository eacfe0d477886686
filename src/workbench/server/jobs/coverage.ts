import { sourcesOf } from '../../../app/recorded-sources.ts';
import { openSession } from '../../../app/session/session.ts';
import { coverEach, type HuntCoverage } from '../../../coverage/hunt-coverage.ts';
import type { Hunt } from '../../../hunts/hunt.ts';
import type { Jobs } from '../../contract/calls.ts';
import type { CoverageInfo } from '../../contract/states.ts';
import type { Workbench } from '../context.ts';
import type { Work } from '../jobs.ts';
import { huntId } from '../library.ts';

/** Whether the data can answer hunts: what is known already at once, then each as soon as it is known. */
export function coverageWork({ hunts: ids }: Jobs['coverage']['request'], workbench: Workbench): Work {
  const { library, reading } = workbench.options;
  const hunts = ids.map((id) => library.hunt(id));
  return {
    kind: 'coverage',
    of: hunts.length,
    async *items(signal) {
      const events = workbench.events;
      const texts = hunts.flatMap((hunt) => library.jobs(huntId(hunt)).map(({ esql }) => esql));
      const session = await openSession({ events, queries: texts, asked: Infinity }, workbench.observer, signal);
      try {
        const { engine, now } = session;
        const soFar = reading() !== null;
        const kept = workbench.coverage.at(workbench.revision, now);
        const unknown: Hunt[] = [];
        for (const hunt of hunts) {
          const known = kept.get(huntId(hunt));
          if (known) yield { ...known, soFar };
          else unknown.push(hunt);
        }
        const asked = unknown.map((hunt) => ({ hunt, queries: library.jobs(huntId(hunt)).map(({ esql }) => esql) }));
        for await (const covered of coverEach(asked, engine, now, signal, await sourcesOf(events.source))) {
          const info = coverageInfo(covered, soFar);
          kept.set(info.hunt, info);
          yield info;
        }
      } finally {
        await session.engine.close();
      }
    },
  };
}

/** What is known of hunts, for as long as the events and the time stay the same. */
export class KnownCoverage {
  #of = '';
  #known = new Map<string, CoverageInfo>();

  /** By the id of the hunt. `revision`: of the events; `now`: what queries take for now. */
  at(revision: number, now: Date): Map<string, CoverageInfo> {
    const key = `${revision} ${now.getTime()}`;
    if (key !== this.#of) {
      this.#of = key;
      this.#known = new Map();
    }
    return this.#known;
  }
}

export function coverageInfo({ hunt, verdict, queries, error }: HuntCoverage, soFar: boolean): CoverageInfo {
  const [narrowest] = [...queries].sort((a, b) => (a.window.covered ?? 1) - (b.window.covered ?? 1));
  const distinct = <T extends { message: string }>(all: readonly T[]): T[] => [
    ...new Map(all.map((one) => [one.message, one])).values(),
  ];
  return {
    ...{ hunt: huntId(hunt), verdict, soFar },
    reasons:
      error === null
        ? distinct(queries.flatMap(({ gaps }) => gaps)).map(({ message, remedy }) => ({ message, remedy }))
        : [{ message: error, remedy: null }],
    notes: distinct(queries.flatMap(({ notes = [] }) => notes)).map(({ message, remedy }) => ({ message, remedy })),
    window: narrowest?.window ?? { from: null, to: null, covered: null },
  };
}
