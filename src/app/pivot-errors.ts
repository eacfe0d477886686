import { InputError } from '../diagnostics/diagnostic.ts';
import type { Candidate, Found, ProcessName } from '../investigate/find-process.ts';
import type { Scope } from '../investigate/subject.ts';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';

/** Nothing is what was asked for: says whether the data could have held it, and what comes near. */
export function notFound(
  name: ProcessName,
  { host, from, to }: Scope,
  { data, near }: Extract<Found, { kind: 'none' }>,
): InputError {
  const { events, withEntityId, withPid, asAncestor, elsewhere } = data;
  const asked = name.kind === 'pid' ? `the pid ${name.pid}` : `the entity id ${visible(name.id)}`;
  const where = host === null ? '' : ` on ${visible(host)}`;
  const within = from === null && to === null ? '' : ' in that time';
  const all = count(events, 'event');
  if (events === 0) return new InputError('there are no events to look in', 'check --data, --store or --index-pattern');
  if (name.kind === 'pid' && withPid === 0)
    return new InputError(`cannot tell: none of ${all} carries process.pid`, 'look at the events with harrier query');
  if (name.kind === 'entity' && withEntityId === 0)
    return new InputError(
      `cannot tell: none of ${all} carries process.entity_id`,
      withPid > 0
        ? 'these events know processes by their numbers: --pid N --host NAME'
        : 'nor does any carry process.pid: these events do not record processes',
    );
  const known =
    name.kind === 'pid'
      ? `none of ${count(withPid, 'event')} with a process.pid has ${asked}${where}${within}`
      : `none of ${count(withEntityId, 'event')} with a process.entity_id has ${asked}${where}${within}`;
  if (elsewhere.length > 0)
    return new InputError(known, `it is on ${elsewhere.map(visible).join(', ')}: give that --host`);
  if (asAncestor > 0)
    return new InputError(known, `${count(asAncestor, 'event')} list it as an ancestor, and say nothing else about it`);
  if (near.length > 0) return new InputError(known, `did you mean\n${lines(near)}`);
  if (name.kind === 'pid') return new InputError(known, 'check the name of the host, and --from and --to');
  return new InputError(known, 'nothing in the data comes near it: are these the events that the hunt ran on?');
}

/** More than one process is what was asked for. */
export function notOne(name: ProcessName, { candidates, total }: Extract<Found, { kind: 'several' }>): InputError {
  const left = total - candidates.length;
  const list = `${lines(candidates)}${left > 0 ? `\n  … and ${count(left, 'other')}` : ''}`;
  const ids = new Set(candidates.map(({ entityId }) => entityId));
  if (name.kind === 'entity' && ids.size === 1)
    return new InputError(`several hosts have the entity id ${visible(name.id)}`, `give --host:\n${list}`);
  return name.kind === 'entity'
    ? new InputError(
        `${count(total, 'process', 'processes')} have an entity id that ${partsOf(name.id)}`,
        `give one of these ids:\n${list}`,
      )
    : new InputError(
        `the pid ${name.pid} was ${count(total, 'process', 'processes')}`,
        `give the entity id, or narrow the time with --from and --to:\n${list}`,
      );
}

/** `begins with YWRj and ends with Cg==`, of a shortened id. */
function partsOf(id: string): string {
  const [beginning = '', end = ''] = id.split('…').map(visible);
  const parts = [
    ...(beginning === '' ? [] : [`begins with ${beginning}`]),
    ...(end === '' ? [] : [`ends with ${end}`]),
  ];
  return parts.join(' and ');
}

const lines = (candidates: readonly Candidate[]): string =>
  candidates
    .map(({ entityId, name, host, events, firstSeen }) => {
      const parts = [
        entityId ?? 'no entity id',
        name ?? 'no name',
        host === null ? 'no host' : `on ${host}`,
        count(events, 'event'),
        firstSeen === null ? '' : `from ${firstSeen}`,
      ];
      return `  ${parts
        .filter((part) => part !== '')
        .map(visible)
        .join('  ')}`;
    })
    .join('\n');
