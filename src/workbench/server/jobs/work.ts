import type { JobKind, JobRequest, Jobs } from '../../contract/calls.ts';
import type { Workbench } from '../context.ts';
import type { Work } from '../jobs.ts';
import { backfillWork } from './backfill.ts';
import { coverageWork } from './coverage.ts';
import { diffWork } from './diff.ts';
import { pivotWork } from './pivot.ts';
import { reportWork } from './report.ts';
import { runWork } from './run.ts';

/** How each kind of long work is done. */
type Works = { readonly [K in JobKind]: (request: Jobs[K]['request'], workbench: Workbench) => Work | Promise<Work> };

const works: Works = {
  backfill: backfillWork,
  coverage: coverageWork,
  diff: diffWork,
  pivot: pivotWork,
  report: reportWork,
  run: runWork,
};

export function workOf(request: JobRequest, workbench: Workbench): Work | Promise<Work> {
  const work = works[request.kind] as (request: JobRequest, workbench: Workbench) => Work | Promise<Work>;
  return work(request, workbench);
}
