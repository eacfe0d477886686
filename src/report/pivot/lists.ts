import type { Pivot, Section } from '../../investigate/pivot.ts';
import { signatureText } from '../../investigate/process-facts.ts';
import { count } from '../../values/quantities.ts';
import { bytes, duration, moment, rhythmText } from './words.ts';

/** A section as rows of texts, the same in every format that people read. */
export interface List {
  readonly name: ListName;
  readonly title: string;
  readonly summary: string;
  /** Columns of numbers stand to the right. */
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows are left out. */
  readonly left: number;
}

/** The sections of what a process did, in the order in which people read them. */
export const listNames = ['network', 'dns', 'files', 'registry', 'libraries', 'other', 'timeline'] as const;
export type ListName = (typeof listNames)[number];

/** How each section is put into rows. */
const makers: { readonly [N in ListName]: (section: Pivot[N]) => List } = {
  network: (section) =>
    list('network', 'Network', 'address', 'addresses', section, [
      ['address', (peer) => peer.address],
      ['port', (peer) => peer.ports.join(', ')],
      ['domain', (peer) => peer.domains.join(', ')],
      ['direction', (peer) => peer.direction ?? ''],
      ['events', (peer) => peer.events],
      ['sent', (peer) => bytes(peer.bytesSent)],
      ['received', (peer) => bytes(peer.bytesReceived)],
      ['first seen', (peer) => moment(peer.firstSeen)],
      ['last seen', (peer) => moment(peer.lastSeen)],
      ['interval', (peer) => rhythmText(peer.rhythm)],
      ['pauses', (peer) => pauses(peer.rhythm.histogram)],
    ]),
  dns: (section) =>
    list('dns', 'DNS', 'name', 'names', section, [
      ['question', ({ name }) => name],
      ['type', ({ types }) => types.join(', ')],
      ['resolved to', ({ ips }) => ips.join(', ')],
      ...occurrence,
    ]),
  files: (section) =>
    list('files', 'Files', 'change', 'changes', section, [
      ['action', ({ action }) => action ?? ''],
      ['file', ({ path, originalPath }) => (originalPath === null ? path : `${path} (was ${originalPath})`)],
      ['size', ({ sizeBytes }) => (sizeBytes === null ? '' : bytes(sizeBytes))],
      ...occurrence,
      ['sha256', ({ sha256 }) => sha256 ?? ''],
    ]),
  registry: (section) =>
    list('registry', 'Registry', 'change', 'changes', section, [
      ['action', ({ action }) => action ?? ''],
      ['value', ({ path }) => path],
      ['type', ({ type }) => type ?? ''],
      ['data', ({ data }) => data.join(', ')],
      ...occurrence,
    ]),
  libraries: (section) =>
    list('libraries', 'Libraries', 'library', 'libraries', section, [
      ['library', ({ path }) => path],
      ['signature', ({ signature }) => signatureText(signature) ?? ''],
      ...occurrence,
      ['sha256', ({ sha256 }) => sha256 ?? ''],
    ]),
  other: (section) =>
    list('other', 'Other events', 'action', 'actions', section, [
      ['action', ({ action }) => action],
      ['category', ({ categories }) => categories.join(', ')],
      ['target', ({ targets }) => targets.join(', ')],
      ...occurrence,
    ]),
  timeline: (section) =>
    list('timeline', 'Timeline', 'entry', 'entries', section, [
      ['time', ({ time }) => moment(time)],
      ['kind', ({ kind }) => kind],
      ['action', ({ action }) => action ?? ''],
      ['what', ({ what }) => what ?? ''],
      ['events', ({ events }) => events],
      ['until', ({ time, last, events }) => (events > 1 && last !== time ? moment(last) : '')],
    ]),
};

/** A section as rows of texts. */
export const listOf = <N extends ListName>(name: N, section: Pivot[N]): List => makers[name](section);

/** Every section of what a process did. */
export const listsOf = (pivot: Pivot): List[] => listNames.map((name) => listOf(name, pivot[name]));

type Column<T> = readonly [string, (entry: T) => string | number];

const occurrence: readonly Column<{ events: number; firstSeen: string | null; lastSeen: string | null }>[] = [
  ['events', ({ events }) => events],
  ['first seen', ({ firstSeen }) => moment(firstSeen)],
  ['last seen', ({ lastSeen }) => moment(lastSeen)],
];

const numbers = new Set(['events', 'sent', 'received', 'size']);

function list<T>(
  name: ListName,
  title: string,
  one: string,
  many: string,
  section: Section<T>,
  columns: readonly Column<T>[],
): List {
  const rows = section.entries.map((entry) => columns.map(([, read]) => String(read(entry))));
  // An empty column carries no information.
  const filled = columns.map((_, i) => rows.some((row) => row[i] !== ''));
  return {
    name,
    title,
    summary: summaryOf(section, one, many),
    columns: columns.flatMap(([column], i) => (filled[i] ? [{ name: column, isNumber: numbers.has(column) }] : [])),
    rows: rows.map((row) => row.filter((_, i) => filled[i])),
    left: Math.max(0, section.total - section.entries.length),
  };
}

function summaryOf({ outcome, missingFields, total, events }: Section<unknown>, one: string, many: string): string {
  if (outcome === 'cannot tell') return `cannot tell: no event of the host carries ${missingFields.join(', ')}`;
  if (outcome === 'none') return 'none';
  return `${count(total, one, many)}, ${count(events, 'event')}`;
}

const bars = '▁▂▃▄▅▆▇█';

/** A histogram in one line of text; zero is a dot. */
export function strip(counts: readonly number[]): string {
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return counts.map((n) => (n === 0 ? '·' : bars[Math.ceil((n / most) * bars.length) - 1]!)).join('');
}

/** How long the pauses are, from the shortest to the longest. */
function pauses(histogram: Pivot['network']['entries'][number]['rhythm']['histogram']): string {
  if (histogram.length === 0) return '';
  return `${duration(histogram[0]!.fromSeconds)} ${strip(histogram.map(({ count: n }) => n))} ${duration(histogram.at(-1)!.toSeconds)}`;
}
