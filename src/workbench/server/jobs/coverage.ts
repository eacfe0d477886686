import { type CoverageRequest, coverHunts } from '../../../app/coverage.ts';
import type { HuntCoverage } from '../../../coverage/hunt-coverage.ts';
import { noOverrides } from '../../../overrides/override.ts';
import type { Jobs } from '../../contract/calls.ts';
import type { CoverageInfo } from '../../contract/states.ts';
import type { Workbench } from '../context.ts';
import type { Work } from '../jobs.ts';
import { huntId } from '../library.ts';

/** Whether the data can answer hunts: what is known already at once, then hunt by hunt. */
export function coverageWork({ hunts: ids }: Jobs['coverage']['request'], workbench: Workbench): Work {
  const { library } = workbench.options;
  const hunts = ids.map((id) => library.hunt(id));
  return {
    kind: 'coverage',
    of: hunts.length,
    async *items(signal) {
      for (const hunt of hunts) {
        const soFar = workbench.options.reading() !== null;
        const request: CoverageRequest = { hunts: [hunt], events: workbench.events, overrides: noOverrides };
        const { hunts: covered } = await coverHunts(request, workbench.observer, signal);
        yield coverageInfo(covered[0]!, soFar);
      }
    },
  };
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
