import type { JSX } from 'preact';
import { Lifeline, type LifelineProps, type TimeSpan } from './lifeline.tsx';
import { Value } from './value.tsx';

/** A process of a tree; null for what no event says. Times are ISO 8601. */
export interface ProcessOfTree {
  readonly entityId: string;
  readonly name: string | null;
  readonly pid: number | null;
  readonly executable: string | null;
  readonly commandLine: string | null;
  readonly user: string | null;
  readonly signature: string | null;
  readonly started: string | null;
  readonly ended: string | null;
  /** None for a process that only others name. */
  readonly events: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly isFocus: boolean;
  readonly children: readonly ProcessOfTree[];
  readonly moreChildren: number;
}

/** A row of a tree, as an indented list shows it. */
export interface TreeRow {
  readonly process: ProcessOfTree;
  readonly level: number;
  readonly place: number;
  readonly siblings: number;
  /** Null where it has no children. */
  readonly isOpen: boolean | null;
  /** The row of its parent; null for the root. */
  readonly parent: number | null;
}

/** The rows of a tree, without the children of those that are closed. */
export function treeRows(root: ProcessOfTree, closed: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (
    process: ProcessOfTree,
    level: number,
    place: number,
    siblings: number,
    parent: number | null,
  ): void => {
    const isOpen = process.children.length === 0 ? null : !closed.has(process.entityId);
    const at = rows.push({ process, level, place, siblings, isOpen, parent }) - 1;
    if (!isOpen) return;
    for (const [i, child] of process.children.entries()) visit(child, level + 1, i + 1, process.children.length, at);
  };
  visit(root, 1, 1, 1, null);
  return rows;
}

const millis = (time: string | null): number | null => (time === null ? null : Date.parse(time));

/** The time in which the processes of a tree have events. */
export function spanOf(rows: readonly TreeRow[]): TimeSpan {
  const times = rows.flatMap(({ process: { started, ended, firstSeen, lastSeen } }) =>
    [started, ended, firstSeen, lastSeen].flatMap((time) => millis(time) ?? []),
  );
  return times.length === 0
    ? { from: 0, to: 1 }
    : {
        from: times.reduce((least, time) => Math.min(least, time)),
        to: times.reduce((most, time) => Math.max(most, time)),
      };
}

export interface ProcessTreeProps {
  readonly id: string;
  readonly label: string;
  readonly rows: readonly TreeRow[];
  readonly span: TimeSpan;
  /** The row that keys move from. */
  readonly active: number;
  /** What the process in the middle did over time. */
  readonly activity: LifelineProps['activity'];
  /** The processes that a hit is about. */
  readonly hits: ReadonlySet<string>;
}

/** A process between its ancestors and descendants: an indented list, with the life of each beside it. */
export function ProcessTree({ id, label, rows, span, active, activity, hits }: ProcessTreeProps): JSX.Element {
  return (
    <div
      class="process-tree"
      id={id}
      role="treegrid"
      data-keys="process"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length}
      aria-colcount={4}
      aria-activedescendant={`${id}-${active}`}
    >
      {rows.map((row, i) => (
        <div
          key={row.process.entityId}
          id={`${id}-${i}`}
          data-row={i}
          role="row"
          class={`tree-row ${i === active ? 'active' : ''} ${row.process.isFocus ? 'focus' : ''}`}
          aria-rowindex={i + 1}
          aria-level={row.level}
          aria-posinset={row.place}
          aria-setsize={row.siblings}
          aria-selected={i === active}
          {...(row.isOpen !== null && { 'aria-expanded': row.isOpen })}
        >
          <ProcessCells
            row={row}
            span={span}
            activity={row.process.isFocus ? activity : null}
            isHit={hits.has(row.process.entityId)}
          />
        </div>
      ))}
    </div>
  );
}

function ProcessCells({
  row: { process, level, isOpen },
  span,
  activity,
  isHit,
}: {
  readonly row: TreeRow;
  readonly span: TimeSpan;
  readonly activity: LifelineProps['activity'];
  readonly isHit: boolean;
}): JSX.Element {
  const { name, executable, entityId, pid, commandLine, user, signature, events, moreChildren } = process;
  const { started, ended, firstSeen, lastSeen } = process;
  const called = name ?? executable?.replace(/^.*[/\\]/, '') ?? (entityId === '' ? 'unknown' : entityId);
  return (
    <>
      <div role="gridcell" aria-colindex={1} class="tree-name">
        <svg class="indent" width={level * 16} height="24" aria-hidden="true">
          {level > 1 ? <path d={`M ${(level - 1) * 16 - 8} 0 V 12 H ${(level - 1) * 16 + 2}`} /> : null}
        </svg>
        <span class="twist" data-twist="" aria-hidden="true">
          {isOpen === null ? '' : isOpen ? '▾' : '▸'}
        </span>
        <span class="cell">
          <Value value={called} type="keyword" name="process.name" />
        </span>
        {pid === null ? null : <span class="soft">{pid}</span>}
        {isHit ? <strong class="hit">HIT</strong> : null}
        {events === 0 ? <em class="soft">no event of its own</em> : null}
        {moreChildren > 0 ? <em class="soft">{`${moreChildren.toLocaleString('en')} more children`}</em> : null}
      </div>
      <div role="gridcell" aria-colindex={2} class="tree-life">
        <Lifeline
          span={span}
          from={millis(started ?? firstSeen)}
          to={millis(ended ?? lastSeen)}
          hasBegin={started !== null}
          hasEnd={ended !== null}
          activity={activity}
          label={lifeText(process)}
        />
      </div>
      <div role="gridcell" aria-colindex={3} class="tree-who cell">
        <Value
          value={[user, signature].filter((part) => part !== null).join(', ') || null}
          type="keyword"
          name="user.name"
        />
      </div>
      <div role="gridcell" aria-colindex={4} class="tree-command cell">
        <Value value={commandLine ?? executable} type="keyword" name="process.command_line" />
      </div>
    </>
  );
}

/** `started 2026-03-10 04:00:25, ended …, 12 events`; what no event says is said to be unknown. */
export function lifeText({ events, started, ended, firstSeen, lastSeen }: ProcessOfTree): string {
  if (events === 0) return 'no event of its own: when it ran is not known';
  const at = (time: string): string => time.slice(0, 19).replace('T', ' ');
  const parts = [
    started !== null
      ? `started ${at(started)}`
      : firstSeen !== null
        ? `start not recorded, first event ${at(firstSeen)}`
        : '',
    ended !== null ? `ended ${at(ended)}` : lastSeen !== null ? `end not recorded, last event ${at(lastSeen)}` : '',
    `${events.toLocaleString('en')} ${events === 1 ? 'event' : 'events'}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
