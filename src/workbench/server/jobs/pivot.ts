import { type PivotIndices, pivotOnProcess } from '../../../app/pivot.ts';
import type { Pivot } from '../../../investigate/pivot.ts';
import type { ProcessNode } from '../../../investigate/process-tree.ts';
import { factsOf, focusOf } from '../../../report/pivot/facts.ts';
import { listsOf } from '../../../report/pivot/lists.ts';
import { nameOf } from '../../../report/pivot/words.ts';
import type { Jobs, PivotItem, ProcessLine, SectionItem } from '../../contract/calls.ts';
import type { Workbench } from '../context.ts';
import type { Work } from '../jobs.ts';

/** Levels of ancestors and of descendants, children of one process, and entries of a section. */
const extent = { depth: 5, children: 20, limit: 200 };
/** The process, its activity, and seven sections. */
const items = 9;

/** Everything that the events record about a process, a section at a time. */
export function pivotWork({ entityId, host, hunt }: Jobs['pivot']['request'], workbench: Workbench): Work {
  return {
    kind: 'pivot',
    of: items,
    async *items(signal) {
      const pivot = await pivotOnProcess(
        {
          ...extent,
          name: { kind: 'entity', id: entityId },
          scope: { host, from: null, to: null },
          indices: indicesFor(hunt, workbench),
          events: workbench.events,
        },
        workbench.observer,
        signal,
      );
      yield* sectionsOf(pivot);
    },
  };
}

/** Of events that are here all are looked at; a cluster is asked for no more than the hunt reads. */
function indicesFor(hunt: string | null, { options }: Workbench): PivotIndices {
  if (hunt === null || options.kind !== 'cluster') return { kind: 'any' };
  return { kind: 'hunt', queries: options.library.hunt(hunt).queries.map(({ text }) => text) };
}

function* sectionsOf(pivot: Pivot): Generator<PivotItem> {
  const { tree, notes, overTime } = pivot;
  yield { section: 'process', title: nameOf(focusOf(tree)), facts: factsOf(pivot), tree: lineOf(tree), notes };
  if (overTime) yield { section: 'activity', ...overTime };
  for (const { name, ...list } of listsOf(pivot)) {
    const section = name as SectionItem['section'];
    yield { section, ...list, outcome: pivot[section].outcome };
  }
}

const lineOf = ({
  pid,
  children,
  moreChildren = 0,
  moreAncestors = 0,
  sha256: _,
  ...node
}: ProcessNode): ProcessLine => ({
  ...node,
  ...{ moreChildren, moreAncestors },
  pid: pid === null ? null : Number(pid),
  children: children.map(lineOf),
});
