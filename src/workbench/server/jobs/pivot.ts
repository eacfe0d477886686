import { type PivotIndices, type PivotRequest, streamPivot } from '../../../app/pivot.ts';
import type { Pivot, PivotPart } from '../../../investigate/pivot.ts';
import type { ProcessNode } from '../../../investigate/process-tree.ts';
import { factsOf, focusOf } from '../../../report/pivot/facts.ts';
import { type List, type ListName, listOf } from '../../../report/pivot/lists.ts';
import { nameOf } from '../../../report/pivot/words.ts';
import type { Jobs, PivotItem, ProcessLine } from '../../contract/calls.ts';
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
      const request: PivotRequest = {
        ...extent,
        name: { kind: 'entity', id: entityId },
        scope: { host, from: null, to: null },
        indices: indicesFor(hunt, workbench),
        events: workbench.events,
      };
      for await (const part of streamPivot(request, workbench.observer, signal)) {
        const item = itemOf(part);
        if (item) yield item;
      }
    },
  };
}

/** Of events that are here all are looked at; a cluster is asked for no more than the hunt reads. */
function indicesFor(hunt: string | null, { options }: Workbench): PivotIndices {
  if (hunt === null || options.kind !== 'cluster') return { kind: 'any' };
  return { kind: 'hunt', queries: options.library.hunt(hunt).queries.map(({ text }) => text) };
}

/** A part as the page has it; null where no event has a time, and there is no activity to draw. */
function itemOf(part: PivotPart): PivotItem | null {
  if (part.part === 'head') {
    const { tree, notes } = part.value;
    return { section: 'process', title: nameOf(focusOf(tree)), facts: factsOf(part.value), tree: lineOf(tree), notes };
  }
  if (part.part === 'overTime') return part.value && { section: 'activity', ...part.value };
  const { name: section, ...list } = sectionList(part);
  return { section, ...list, outcome: part.value.outcome };
}

const sectionList = <N extends ListName>({ part, value }: { readonly part: N; readonly value: Pivot[N] }): List =>
  listOf(part, value);

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
