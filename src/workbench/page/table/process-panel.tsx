import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ProcessTree, spanOf, type TreeRow, treeRows } from '../../../view/process-tree.tsx';
import { Value } from '../../../view/value.tsx';
import type { ActivityItem, PivotItem, ProcessItem, ProcessRef, SectionItem } from '../../contract/calls.ts';
import { call, cancelJob } from '../api/client.ts';
import { go, place } from '../state/location.ts';
import { jobs, work } from '../state/session.ts';
import { countWords } from '../words.ts';
import { holdFocus, type PanelProps } from './drawer.tsx';
import { setOption } from './options.ts';

/** Events that are read to learn which processes a row is about. */
const mostEvents = 100;

/** A process of the row: its place among others, and what it did. */
export function ProcessPanel({ result, row }: PanelProps): JSX.Element {
  const { process: asked } = place.value.options;
  const [refs, setRefs] = useState<readonly ProcessRef[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    holdFocus();
    setRefs(null);
    setFailure(null);
    const request = { question: result.question, handle: result.handle!, row, limit: mostEvents };
    call('row-events', request, controller.signal).then(
      ({ processes }) => setRefs(processes),
      (error: Error) => {
        if (!controller.signal.aborted) setFailure(error.message);
      },
    );
    return () => controller.abort();
  }, [result.handle, row]);
  const subject = asked ?? refs?.[0]?.entityId;
  if (subject === undefined) {
    if (failure !== null) return <p role="status">{`cannot trace: ${failure}`}</p>;
    if (refs === null) return <p role="status">looking for the process …</p>;
    return (
      <p role="status">
        cannot tell: no event of this row has process.entity_id → take <kbd>e</kbd> for its events, or{' '}
        <code>harrier pivot --pid N --host NAME</code>
      </p>
    );
  }
  // An id that somebody chose may be of another host than the events of the row.
  const host = refs?.find(({ entityId }) => entityId === subject)?.host ?? null;
  if (asked === undefined || refs !== null || failure !== null)
    return (
      <>
        <Choice refs={refs ?? []} subject={subject} />
        <Process
          key={subject}
          entityId={subject}
          host={host}
          hunt={result.question.hunt}
          hits={new Set(refs?.map((ref) => ref.entityId))}
        />
      </>
    );
  return <p role="status">looking for the process …</p>;
}

/** The processes of the row, where there are several. */
function Choice({
  refs,
  subject,
}: {
  readonly refs: readonly ProcessRef[];
  readonly subject: string;
}): JSX.Element | null {
  if (refs.length < 2) return null;
  return (
    <label class="choice">
      {`${countWords(refs.length, 'process', 'processes')} in these events: `}
      <select value={subject} onChange={(event) => setOption('process', event.currentTarget.value)}>
        {refs.some(({ entityId }) => entityId === subject) ? null : <option value={subject}>another process</option>}
        {refs.map(({ entityId, name, host, events }) => (
          <option key={entityId} value={entityId}>
            {`${name ?? entityId.slice(0, 20)} on ${host ?? 'an unknown host'}, ${countWords(events, 'event')}`}
          </option>
        ))}
      </select>
    </label>
  );
}

const sections: readonly SectionItem['section'][] = [
  ...(['network', 'dns', 'files', 'registry', 'libraries', 'other', 'timeline'] as const),
];

function Process({
  entityId,
  host,
  hunt,
  hits,
}: {
  readonly entityId: string;
  readonly host: string | null;
  readonly hunt: string | null;
  readonly hits: ReadonlySet<string>;
}): JSX.Element {
  const [known, setKnown] = useState<ReadonlyMap<string, PivotItem>>(new Map());
  const [failure, setFailure] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let job: string | null = null;
    let isLeft = false;
    work(
      { kind: 'pivot', entityId, host, hunt },
      (item) => {
        const found = item as PivotItem;
        if (!isLeft) setKnown((before) => new Map(before).set(found.section, found));
      },
      (started) => {
        job = started.job;
        if (isLeft) void cancelJob(job).catch(() => undefined);
      },
    ).then(
      (state) => {
        if (isLeft) return;
        setOver(true);
        if (state === 'failed') setFailure((job && jobs.value.get(job)?.error) ?? 'the process cannot be read');
      },
      (error: Error) => {
        if (!isLeft) setFailure(error.message);
      },
    );
    return () => {
      isLeft = true;
      if (job !== null) void cancelJob(job).catch(() => undefined);
    };
  }, [entityId, host]);
  const process = known.get('process') as ProcessItem | undefined;
  const activity = known.get('activity') as ActivityItem | undefined;
  if (failure !== null) return <p role="status">{failure}</p>;
  if (!process) return <p role="status">reading the process …</p>;
  return (
    <div class="process">
      {process.notes.map((note) => (
        <p key={note} class="soft">
          {note}
        </p>
      ))}
      <Tree process={process} activity={activity ?? null} hits={hits} />
      <div class="sections">
        <details>
          <summary>
            process <Value value={process.title} type="keyword" name="process.name" />
          </summary>
          <dl>
            {process.facts.map(([term, text]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd class="cell">
                  <Value value={text} type="keyword" name={term} isWhole />
                </dd>
              </div>
            ))}
          </dl>
        </details>
        {sections.map((name) => (
          <Section key={name} name={name} item={(known.get(name) as SectionItem | undefined) ?? null} isOver={isOver} />
        ))}
      </div>
    </div>
  );
}

/** Arrows move, → opens and ← closes, Enter makes a process the one that is looked at. */
function Tree({
  process: { tree },
  activity,
  hits,
}: {
  readonly process: ProcessItem;
  readonly activity: ActivityItem | null;
  readonly hits: ReadonlySet<string>;
}): JSX.Element {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => treeRows(tree, closed), [tree, closed]);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      rows.findIndex(({ process }) => process.isFocus),
    ),
  );
  const box = useRef<HTMLDivElement>(null);
  const at = Math.min(active, rows.length - 1);
  useLayoutEffect(() => {
    const drawer = box.current?.closest('.drawer');
    if (drawer?.contains(document.activeElement)) box.current!.querySelector<HTMLElement>('[role=treegrid]')!.focus();
  }, []);
  useEffect(() => {
    document.getElementById(`processes-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const counts = activity
    ? activity.kinds.reduce<number[]>((sum, { counts: own }) => own.map((n, i) => n + (sum[i] ?? 0)), [])
    : [];
  const toggle = ({ process }: TreeRow, open: boolean): void => {
    const next = new Set(closed);
    if (open) next.delete(process.entityId);
    else next.add(process.entityId);
    setClosed(next);
  };
  const look = ({ process }: TreeRow): void => {
    if (process.entityId === '' || process.isFocus) return;
    holdFocus();
    go({ options: { ...place.value.options, process: process.entityId } });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at]!;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'ArrowDown') setActive(Math.min(rows.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, at - 1));
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(rows.length - 1);
    else if (event.key === 'ArrowRight') {
      if (row.isOpen === false) toggle(row, true);
      else if (row.isOpen) setActive(at + 1);
    } else if (event.key === 'ArrowLeft') {
      if (row.isOpen) toggle(row, false);
      else if (row.parent !== null) setActive(row.parent);
    } else if (event.key === 'Enter') look(row);
    else return;
    event.preventDefault();
  };
  const rowAt = (target: EventTarget | null): number =>
    Number((target as Element).closest('[data-row]')?.getAttribute('data-row') ?? -1);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the tree within
    <div
      ref={box}
      class="tree-box"
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const clicked = rowAt(event.target);
        if (clicked < 0) return;
        setActive(clicked);
        const row = rows[clicked]!;
        if ((event.target as Element).closest('[data-twist]') && row.isOpen !== null) toggle(row, !row.isOpen);
      }}
      onDblClick={(event) => {
        const row = rows[rowAt(event.target)];
        if (row) look(row);
      }}
    >
      {tree.moreAncestors > 0 ? <p class="soft">{`${countWords(tree.moreAncestors, 'more ancestor')} above`}</p> : null}
      <ProcessTree
        id="processes"
        label="Process tree"
        rows={rows}
        span={spanOf(rows)}
        active={at}
        hits={hits}
        activity={activity && { start: activity.start, span: activity.span, counts }}
      />
    </div>
  );
}

function Section({
  name,
  item,
  isOver,
}: {
  readonly name: string;
  readonly item: SectionItem | null;
  readonly isOver: boolean;
}): JSX.Element {
  if (!item) return <p class="soft">{`${name}: ${isOver ? 'interrupted' : 'reading …'}`}</p>;
  const summary = `${item.title}: ${item.summary}`;
  if (item.rows.length === 0)
    return <p class={item.outcome === 'cannot tell' ? 'state-cannot-tell' : 'soft'}>{summary}</p>;
  return (
    <details open={name === 'network'}>
      <summary>{summary}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <div class="section-table" tabIndex={0} role="region" aria-label={item.title}>
        <table>
          <thead>
            <tr>
              {item.columns.map((column) => (
                <th key={column.name} scope="col" class={column.isNumber ? 'numeric' : ''}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {item.rows.map((row, i) => (
              <tr key={i}>
                {row.map((text, at) => (
                  <td key={at} class={`cell ${item.columns[at]!.isNumber ? 'numeric' : ''}`}>
                    <Value value={text === '' ? null : text} type="keyword" name={item.columns[at]!.name} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {item.left > 0 ? <p class="soft">{`${item.left.toLocaleString('en')} more are not shown`}</p> : null}
    </details>
  );
}
