import { streamOf } from '../catalogue/event-kinds.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { printCondition } from '../languages/esql/print/print.ts';
import { indexPattern, string } from '../languages/esql/print/tokens.ts';
import { count } from '../values/quantities.ts';
import type { ConditionCounts } from './condition-counts.ts';
import type { CoverageGap, CoverageNote } from './coverage.ts';
import type { categoryElsewhere, Recording } from './recording.ts';
import type { RequiredField, Requirements, Selector, TextCondition } from './requirements.ts';
import { whoRecords } from './who-records.ts';
import type { WindowsPart } from './windows-only.ts';

/** What is to be said of a gap, whatever it does to the answer. */
type Words = Pick<CoverageGap, 'message' | 'remedy'>;

/** Events of the same category that stand in an index of another source. */
export type Elsewhere = ReturnType<typeof categoryElsewhere>;

/** A pattern that no index of the data fits. */
export function missingIndex(pattern: string, elsewhere: Elsewhere = [], isCluster = false): Words {
  const stream = streamOf(pattern);
  const source = stream ? `the ${stream} events of Elastic Defend` : 'that data source';
  const named = elsewhere
    .slice(0, mostElsewhere)
    .map(({ index, title, numbers }) => `${numbersText(numbers)}${title} in ${indexPattern(index)}`);
  const left = elsewhere.length - named.length;
  const other = left > 0 ? [...named, `${left} more`] : named;
  return {
    message: `no index is called ${pattern}`,
    remedy:
      other.length > 0
        ? `the data has such events as ${listed(other)}: name that index in the hunt, with the values that it has; or export ${source}`
        : `export or ingest ${source}${isCluster ? '' : '; events without data_stream fields take the name that --index gives'}`,
  };
}

const mostElsewhere = 3;
const mostNumbers = 4;

/** `event 1, 5 of `; nothing for sources that do not number their events. */
const numbersText = (numbers: readonly string[]): string =>
  numbers.length === 0 ? 'events of ' : `event ${fewOf(numbers)} of `;

const fewOf = (numbers: readonly string[]): string =>
  `${numbers.slice(0, mostNumbers).join(', ')}${numbers.length > mostNumbers ? ', …' : ''}`;

/** Events that say in the words of their source what a condition asks in those of ECS. */
export const unmappedEvents = (
  text: string,
  { title, numbers }: { readonly title: string; readonly numbers: readonly string[] },
  field: string,
  events: number,
): CoverageNote => ({
  message: `${count(events, 'event')} ${events === 1 ? 'has' : 'have'} ${field} ${fewOf(numbers)}: your data has ${clipped(text)} as ${numbersText(numbers)}${title}`,
  remedy: `no mapping gave these events the names of ECS: read the raw logs as files, or ask ${field} instead`,
});

/** What rows are looked up in, and is neither an index nor a list. */
export const missingLookup = (name: string): Words => ({
  message: `no index and no list is called ${name}`,
  remedy: `name the file of the list, such as --lookup ${name}.csv; in a store it may be an index`,
});

/** A list in which nothing is found. */
export const emptyList = (name: string): Words => ({
  message: `the list ${name} has no rows: nothing is found in it`,
  remedy: 'give --lookup a file that has rows',
});

/** A column of a list without a value. */
export const emptyListColumn = (column: string, name: string): Words => ({
  message: `the column ${column} of the list ${name} has no values`,
  remedy: 'give --lookup a file with values in it, or do without it in the query',
});

/** An ENRICH whose policy nobody made. */
export const missingPolicy = (name: string): CoverageGap => ({
  verdict: 'blind',
  message: `no enrich policy is called ${name}`,
  remedy: 'make it in a store, with PUT /_enrich/policy on harrier serve, and hunt there with --store',
});

const otherPlatform = 'add events of that platform, or hunt on the one that there is with --platform';

/** A condition on the kind of event that no event fulfils. */
export const unfulfilledSelector = ({ text, isPlatform }: Pick<Selector, 'text' | 'isPlatform'>): Words => ({
  message: `no event fulfils ${text}`,
  remedy: isPlatform
    ? otherPlatform
    : 'this data source may not record such events: see what it has with FROM … | STATS COUNT(*) BY event.category, event.action',
});

const longest = 100;
const clipped = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text);

const asList = (texts: readonly string[]): string =>
  texts.length === 1 ? texts[0]! : `${texts.map(clipped).join(' and ')} at once`;

/** Conditions on the kind of event that each is fulfilled and never at once, of a source that nobody knows. */
export const unfulfilledTogether = (selectors: readonly Selector[]): Words => ({
  message: `no event fulfils ${asList(selectors.map(({ text }) => text))}`,
  remedy:
    'nothing is known of what this source records on that platform: see what it has with FROM … | STATS COUNT(*) BY host.os.type, event.category, event.action',
});

/** A kind of event that these sources never record. */
export const neverRecorded = (
  texts: readonly string[],
  { titles }: Extract<Recording, { how: 'never' }>,
  spelled: string | null,
): Words => ({
  message: `no event fulfils ${asList(texts)}: ${listed(titles)} never ${titles.length > 1 ? 'record' : 'records'} such events`,
  remedy:
    spelled === null
      ? 'another data source or another hunt is needed'
      : `it is written ${string(spelled)}, and letter case counts`,
});

/** A comparison with a field of which these sources give several values at once. */
export const severalValues = (text: string, { titles }: Extract<Recording, { how: 'never' }>): Words => ({
  message: `no event fulfils ${clipped(text)}: ${listed(titles)} ${titles.length > 1 ? 'give' : 'gives'} such events several values, of which no comparison is true`,
  remedy: 'ask with MV_CONTAINS(field, "value")',
});

/** A kind of event that was not seen, and that is recorded only where something is set up. */
export const recordedIfSetUp = (
  texts: readonly string[],
  { titles, needs }: Extract<Recording, { how: 'if set up' }>,
  all: number,
): Words => ({
  message: `not seen: ${ofAll(0, all)} ${texts.map(clipped).join(' and ')}, and ${listed(titles)} ${titles.length > 1 ? 'record' : 'records'} them only with ${needs.join(' or ')}`,
  remedy: 'find out whether that was set up: if it was, nobody did it',
});

/** A kind of event that was not seen, and could have been, as far as is known. */
export const notSeen = (texts: readonly string[], known: Recording | null, all: number): CoverageNote => ({
  message: `not seen: ${ofAll(0, all)} ${texts.map(clipped).join(' and ')}`,
  remedy:
    known?.how !== 'unknown'
      ? null
      : 'nothing is known of what this source can record: see what it has with FROM … | STATS COUNT(*) BY event.category, event.action',
});

const ofAll = (n: number, all: number): string =>
  `${n.toLocaleString('en')} of ${count(all, 'event')} ${all === 1 ? 'fulfils' : 'fulfil'}`;

const listed = (titles: readonly string[]): string =>
  titles.length < 2 ? titles.join('') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;

/** An exclusion by a field that hardly any event has, which drops all the others. */
export function droppedByExclusion(
  { text, others, unanswered }: ConditionCounts,
  fields: readonly RequiredField[],
): Words {
  const names = fields.map(({ name }) => name);
  const more = names.map((name) => `${name} IS NULL`).join(' OR ');
  return {
    message: `${clipped(text)} drops ${unanswered.toLocaleString('en')} of ${count(others, 'event')}, which ${unanswered === 1 ? 'has' : 'have'} no ${names.join(', ')}`,
    remedy: text.length > longest ? `add OR ${more} to it` : `write (${text} OR ${more})`,
  };
}

/** Fields that no relevant event carries, and that their source records in some events only. */
export const fieldsOfSomeEvents = (fields: readonly RequiredField[], events: number): CoverageNote => ({
  message: `not seen: ${ofAll(0, events).replace(/ fulfils?$/, '')} ${events === 1 ? 'carries' : 'carry'} ${fields.map(({ name }) => name).join(', ')}, which ${fields.length === 1 ? 'stands' : 'stand'} in some events only`,
  remedy: null,
});

/** A field that a condition asks for and that hardly any event carries. */
export const scarcelyAsked = ({ name }: RequiredField, carrying: number, events: number): CoverageNote => ({
  message: `only ${carrying.toLocaleString('en')} of ${count(events, 'relevant event')} ${carrying === 1 ? 'carries' : 'carry'} ${name}`,
  remedy: null,
});

/** Events that fulfil everything but for the way in which something is written. */
export function nearlyFulfilled(
  { text }: ConditionCounts,
  { miss, condition, events }: ConditionCounts['nearly'][number],
  { scan }: Requirements,
): CoverageNote {
  const from = scan.indices === null ? '*' : scan.indices.map(indexPattern).join(', ');
  const shown = printCondition(condition);
  return {
    message: `${count(events, 'event')} ${events === 1 ? 'fulfils' : 'fulfil'} ${clipped(text)} but for ${miss}`,
    isNear: true,
    remedy:
      shown === null ? null : `look at ${events === 1 ? 'it' : 'them'} with FROM ${from} | WHERE ${shown} | LIMIT 10`,
  };
}

/** The same of several conditions. */
export const nearlyFulfilledTogether = (events: number, conditions: readonly ConditionCounts[]): CoverageNote => {
  const misses = [...new Set(conditions.flatMap(({ nearly }) => nearly.map(({ miss }) => miss)))];
  return {
    message: `${count(events, 'event')} ${events === 1 ? 'fulfils' : 'fulfil'} all conditions but for ${misses.slice(0, -1).join(', ')}${misses.length > 1 ? ' or ' : ''}${misses.at(-1)}`,
    isNear: true,
    remedy: 'ask for fewer of the conditions to see what these events have',
  };
};

/** Events without a time, which no window has. */
export const timelessEvents = (timeless: number, all: number, timeFields: readonly string[]): Words => ({
  message: `${timeless.toLocaleString('en')} of ${count(all, 'event')} ${timeless === 1 ? 'has' : 'have'} no @timestamp, and ${timeless === 1 ? 'lies' : 'lie'} in no window`,
  remedy: nameTime(timeFields),
});

/** The same where no event has a time. */
export const noTimes = (timeFields: readonly string[]): Words => ({
  message: 'no event carries @timestamp, and so none lies in the window',
  remedy: nameTime(timeFields),
});

const nameTime = (timeFields: readonly string[]): string =>
  timeFields.length > 0
    ? `take the time from another field of files with --time-field ${timeFields[0]}`
    : 'name the field of files that says when they were with --time-field; harrier inspect shows which there are';

/** A condition on the kind of event that no event of the indices says, whatever its kind. */
export const uncarriedSelector = ({ text }: Pick<Selector, 'text'>, fields: readonly RequiredField[]): Words => ({
  message: `no event of these indices carries ${fields.map(({ name }) => name).join(', ')}, which ${clipped(text)} asks for`,
  remedy: 'collect a data source that records it, or export with all fields',
});

/** Platforms, of several that a condition asks for, that have no events. */
export const silentPlatforms = (texts: readonly string[], isWindow: boolean): Words => ({
  message: `no event${isWindow ? ' of the window' : ''} fulfils ${texts.join(', ')}`,
  remedy: otherPlatform,
});

/** Fields that no relevant event carries. */
export function absentFields(
  fields: readonly RequiredField[],
  verdict: CoverageGap['verdict'],
  requirements: Requirements,
  streams: ReadonlySet<string>,
): CoverageGap[] {
  if (fields.length === 0) return [];
  const effect =
    verdict === 'blind'
      ? 'no row can come out'
      : `what the query asks of ${fields.length === 1 ? 'it' : 'them'} goes unanswered`;
  return [
    {
      verdict,
      message: `no ${fields.some(({ isInData }) => isInData) ? 'relevant ' : ''}event carries ${fields.map(({ name }) => name).join(', ')}: ${effect}`,
      remedy: whoRecords(fields, requirements, streams),
    },
  ];
}

/** Fields that rows cannot do without and that no event carries, whatever its index: another name would not help. */
export function fieldsNowhere(
  needed: readonly RequiredField[],
  requirements: Requirements,
  streams: ReadonlySet<string>,
): CoverageGap[] {
  if (needed.length === 0) return [];
  const names = needed.map(({ name }) => name).join(', ');
  return [
    {
      verdict: 'blind',
      message: `no event of any index carries ${names}: under the right name no row could come out either`,
      remedy: whoRecords(needed, requirements, streams),
    },
  ];
}

/** Metadata that nobody recorded, which is the same in every event. */
export function standsIn({ name }: RequiredField): Words {
  return name === '_score'
    ? {
        message: '_score is 0 in every event: nothing scores events here',
        remedy:
          'leave out what the query asks of _score, since full-text functions keep only what matches; only an Elasticsearch cluster ranks events: hunt there with --url',
      }
    : {
        message: `${name} is the same in every event: these events do not record it`,
        remedy: `leave out what the query asks of ${name}, or hunt on the Elasticsearch cluster that knows it with --url`,
      };
}

/** A field that rows cannot do without and that hardly any event carries. */
export const scarceField = ({ name }: RequiredField, share: number): CoverageGap => ({
  verdict: 'partial',
  message: `only ${(share * 100).toFixed(1)} % of the relevant events carry ${name}, without which no row comes out`,
  remedy: 'look at what sets these events apart: FROM … | STATS COUNT(*), COUNT(field) BY event.action, agent.version',
});

/** A condition of which only what Windows has could be fulfilled, in a hunt on another platform. */
export function onlyOnWindows(
  { text }: TextCondition,
  parts: readonly WindowsPart[],
  platform: string,
  source: SourceText,
): Words {
  const shown = parts.map(({ condition }) => source.slice(condition.span).replace(/\s+/g, ' '));
  const own = shown.map(clipped).join(' or ');
  const isPath = parts.every((part) => part.isPath);
  const what = isPath ? 'a path of Windows' : 'what only Windows has';
  const rest = own === clipped(text) ? '' : `, and no ${platform} event fulfils the rest of ${clipped(text)}`;
  return {
    message: `${own} asks for ${what}${rest}`,
    remedy: `ask for what ${platform} has instead, or run a hunt that was written for it: harrier hunts search --platform ${platform}`,
  };
}
