import type { Carriage, RecordedSource } from '../catalogue/recorded-source.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { columnsIn, type Expression } from '../plan/expression.ts';
import type { ConditionCounts } from './condition-counts.ts';
import type { CoverageGap, CoverageNote, QueryCoverage } from './coverage.ts';
import {
  droppedByExclusion,
  fieldsOfSomeEvents,
  nearlyFulfilled,
  nearlyFulfilledTogether,
  neverRecorded,
  noTimes,
  notSeen,
  onlyOnWindows,
  recordedIfSetUp,
  scarcelyAsked,
  severalValues,
  silentPlatforms,
  timelessEvents,
  uncarriedSelector,
  unfulfilledSelector,
  unfulfilledTogether,
} from './gaps.ts';
import type { Lack } from './no-rows.ts';
import type { Counts } from './probe.ts';
import { type AskedCondition, isOfSeveral, type NameOf, type Recording, recordingOf, spellingOf } from './recording.ts';
import {
  type EventCondition,
  isMark,
  type RequiredField,
  type Requirements,
  type Selector,
  type TextCondition,
} from './requirements.ts';
import { comparisonIn } from './text-comparison.ts';
import { windowGap } from './window-coverage.ts';
import { windowsOnly } from './windows-only.ts';

/** Fields that fewer of the relevant events carry count as nearly empty. */
const nearlyNone = 0.05;

/** What was found of the events of one scan. */
export interface Part {
  readonly requirements: Requirements;
  readonly streams: ReadonlySet<string>;
  readonly times: Counts['times'];
  /** What the events lack beside fields, and what is to be said of it. */
  readonly gaps: readonly (Omit<CoverageGap, 'verdict'> & { readonly lack: Lack })[];
  readonly notes: readonly CoverageNote[];
  readonly unfulfilled: ReadonlyMap<Expression, Lack>;
  /** Fields that no relevant event carries, and fields that few do. */
  readonly absent: readonly RequiredField[];
  /** Fields that no event carries, where nobody did what would show it. */
  readonly beside: readonly RequiredField[];
  /** Those of the absent ones of which a gap says already what they do. */
  readonly explained: ReadonlySet<RequiredField>;
  readonly scarce: readonly RequiredField[];
  shareOf(field: RequiredField): number;
  /** Set where the data has no such index; then fields that no event of any index carries. */
  readonly missing?: Lack;
  readonly nowhere: readonly RequiredField[];
  readonly emptyFields: QueryCoverage['emptyFields'];
  readonly absentValues: readonly string[];
}

/** What the counts of a scan are judged by. */
export interface Surroundings {
  readonly streams: ReadonlySet<string>;
  /** The indices that the scan reads. */
  readonly indices: readonly string[];
  readonly sources: readonly RecordedSource[];
  /** Other fields that say a time. */
  readonly timeFields: readonly string[];
  readonly now: Date;
  /** The text that the conditions stand in. */
  readonly source: SourceText;
}

/**
 * What follows from the counts of a scan. This is the one place where facts become something that the data lacks,
 * something in doubt, or a note; whether a lack lets no row come out is decided with the whole query.
 */
export function judge(requirements: Requirements, counts: Counts, surroundings: Surroundings): Part {
  const { fields, selectors, bounds, scan } = requirements;
  const { indices, sources, streams, now } = surroundings;
  const names = new Map(
    scan.columns.flatMap(({ column, source }) =>
      typeof source === 'object' ? [[column.id, source.name] as const] : [],
    ),
  );
  const nameOf: NameOf = (column) => names.get(column);
  const events = counts.fields.reduce((sum, group) => sum + group.events, 0);
  const carrying = (field: RequiredField): number =>
    counts.fields.reduce((sum, group) => sum + (group.carrying.get(field.name) ?? 0), 0);

  const carriage = carriageIn(indices, sources);
  /** Whether events without the field are no wonder, as long as none is of the kind that has it. */
  const isOfSome = ({ name }: RequiredField): boolean => ['sometimes', 'some kinds'].includes(carriage(name));

  const gaps: Part['gaps'][number][] = [];
  const notes: CoverageNote[] = [];
  const unfulfilled = new Map<Expression, Lack>();
  const recording = (conditions: readonly AskedCondition[]): Recording =>
    recordingOf(conditions, indices, sources, nameOf);
  const seen = selectors.map(
    ({ condition }, i): AskedCondition => ({ condition, isSeen: counts.selectors[i]!.events > 0 }),
  );

  /** Whether no event at all carries what a selector asks for. */
  const isUncarried = (i: number): boolean =>
    counts.selectors[i]!.carrying === 0 &&
    counts.passing.all > 0 &&
    fields.some((field) => asks(selectors[i]!, field) && !isOfSome(field));
  const lacks = (selector: TextCondition, words: Omit<Part['gaps'][number], 'lack'>): void => {
    unfulfilled.set(selector.original, selector);
    gaps.push({ lack: selector, ...words });
  };
  selectors.forEach((selector, i) => {
    const { events: all, values } = counts.selectors[i]!;
    const silent = selector.values.filter((_, j) => values[j]!.inWindow === 0);
    if (isUncarried(i)) {
      const own = fields.filter((field) => asks(selector, field));
      // A field that no data has is reported as all others are.
      if (own.every(({ isInData }) => isInData)) lacks(selector, uncarriedSelector(selector, own));
    } else if (all === 0 && selector.saysWhence) {
      lacks(selector, unfulfilledSelector(selector));
    } else if (selector.isPlatform && silent.length > 0 && silent.length < selector.values.length) {
      const texts = silent.map(({ text }) => text);
      gaps.push({ lack: {}, ...silentPlatforms(texts, bounds.length > 0) });
    }
  });
  // Whether kinds of events that are not there could have been depends on what the sources record.
  const unseen = selectors.filter(({ saysWhence }, i) => !saysWhence && !seen[i]!.isSeen && !isUncarried(i));
  const impossible = unseen.filter((selector) => {
    const among = seen.filter(({ isSeen, condition }) => isSeen || condition === selector.condition);
    const known = recording(among);
    if (known.how !== 'never') return false;
    const spelled = spellingOf(selector.condition, known.sources, nameOf);
    const words = isOfSeveral(selector.condition, known.sources, nameOf)
      ? severalValues(selector.text, known)
      : neverRecorded([selector.text], known, spelled);
    lacks(selector, words);
    return true;
  });
  /** Set where there are no events of the kind, and would have been if anything of the kind had happened. */
  let isQuiet = false;
  if (events === 0 && selectors.length > 0 && unfulfilled.size === 0 && !selectors.some((_, i) => isUncarried(i))) {
    const known = recording(unseen.length > 0 ? seen : seen.map((one) => ({ ...one, isSeen: true })));
    const texts = (unseen.length > 0 ? unseen : selectors).map(({ text }) => text);
    const { all } = counts.passing;
    const lack = {};
    isQuiet = known.how === 'recorded' || known.how === 'if set up';
    if (known.how === 'never') {
      unfulfilled.set(selectors[0]!.original, lack);
      gaps.push({ lack, ...neverRecorded(texts, known, null) });
    } else if (known.how === 'if set up') gaps.push({ lack, ...recordedIfSetUp(texts, known, all) });
    else if (known.how === 'unknown' && unseen.length === 0 && selectors.some(({ isPlatform }) => isPlatform))
      // The agents of a platform may not have been asked for such events.
      gaps.push({ lack, ...unfulfilledTogether(selectors), isDoubtful: true });
    else notes.push(notSeen(texts, known, all));
  } else if (unseen.length > impossible.length) {
    const texts = unseen.filter((selector) => !impossible.includes(selector)).map(({ text }) => text);
    notes.push(notSeen(texts, null, counts.passing.all));
  }
  requirements.inner.forEach((selector, i) => {
    if (counts.inner[i] !== 0) return;
    const known = recording([...seen.filter(({ isSeen }) => isSeen), { condition: selector.condition, isSeen: false }]);
    if (!selector.saysWhence && known.how !== 'never') return;
    lacks(
      selector,
      known.how === 'never' ? neverRecorded([selector.text], known, null) : unfulfilledSelector(selector),
    );
  });

  const platforms = selectors.filter(({ isPlatform }) => isPlatform);
  const platform = platforms.map(({ text }) => text).join(' and ');
  const window = windowGap({ requirements, times: counts.times }, platform, now);
  if (window) {
    const { isSilent, ...words } = window;
    // What asks last asks for what is left of all the others.
    const last = requirements.conditions.find((one) => [...platforms, ...bounds].some((own) => own.original === one));
    if (isSilent && last) unfulfilled.set(last, window);
    gaps.push({ lack: window, ...words, ...(isSilent && { isOutside: true as const }) });
  }

  const missing = fields.filter((field) => !field.isInData || (events > 0 && carrying(field) === 0));
  // Where there is no event of the kind, none can lack what its source records.
  const hasKind = selectors.some(({ saysWhence }) => !saysWhence);
  const isExcused = (field: RequiredField): boolean => {
    if (events === 0) return isQuiet && carriage(field.name) !== 'never';
    return hasKind ? carriage(field.name) === 'sometimes' : isOfSome(field);
  };
  const wanting = missing.filter((field) => !isExcused(field));
  const excused = missing.filter((field) => events > 0 && isExcused(field) && !isMark(field));
  if (excused.length > 0) notes.push(fieldsOfSomeEvents(excused, events));
  const scarce = fields.filter(
    (field) => !isMark(field) && carrying(field) > 0 && carrying(field) < events * nearlyNone,
  );

  const explained = new Set<RequiredField>();
  for (const condition of counts.passing.conditions.filter(dropsNearlyAll)) {
    const own = fieldsIn(condition, fields);
    const few = own.filter((field) => missing.includes(field) || scarce.includes(field));
    gaps.push({ lack: {}, ...droppedByExclusion(condition, few.length > 0 ? few : own), isDoubtful: true });
    for (const field of few) explained.add(field);
  }
  const foreign = foreignPlatform(platforms);
  for (const condition of foreign === null || counts.passing.strict > 0 ? [] : requirements.events) {
    const parts = windowsOnly(condition.condition, {
      nameOf,
      isAbsent: (column) => missing.some((field) => field.column.id === column),
    });
    if (parts.length === 0) continue;
    const words = onlyOnWindows(condition, parts, foreign!, surroundings.source);
    if (parts.every(({ isPath }) => isPath)) lacks(condition, words);
    else gaps.push({ lack: {}, ...words, isDoubtful: true });
  }
  notes.push(...nearMisses(counts, requirements));
  const isAskedFor = ({ column }: RequiredField): boolean => requirements.filteredOn.has(column.id);
  for (const field of scarce)
    if (isAskedFor(field) && !explained.has(field) && carriage(field.name) !== 'sometimes')
      notes.push(scarcelyAsked(field, carrying(field), events));
  const time = missing.find(({ name }) => name === '@timestamp');
  if (time && bounds.length > 0) {
    gaps.push({ lack: time, ...noTimes(surroundings.timeFields) });
    explained.add(time);
  } else if (counts.times) gaps.push(...timelessGaps(counts.times, surroundings.timeFields));

  return {
    requirements,
    streams,
    times: counts.times,
    gaps,
    notes,
    unfulfilled,
    absent: isQuiet ? [] : wanting,
    beside: isQuiet ? wanting : [],
    explained,
    scarce: scarce.filter((field) => !isAskedFor(field)),
    shareOf: (field) => carrying(field) / events,
    nowhere: [],
    emptyFields: [...missing.filter((field) => field.isInData && !isMark(field)), ...scarce].flatMap((field) =>
      counts.fields
        .map(({ index, platform: of, events: all, carrying: by }) => ({
          field: field.name,
          index,
          platform: of,
          share: (by.get(field.name) ?? 0) / all,
          events: all,
        }))
        .filter(({ share }) => share < nearlyNone),
    ),
    absentValues: selectors.flatMap(({ values }, i) =>
      values.filter((_, j) => counts.selectors[i]!.values[j]!.all === 0).map((value) => value.text),
    ),
  };
}

const asks = ({ condition }: EventCondition, { column }: RequiredField): boolean =>
  columnsIn(condition).some(({ id }) => id === column.id);

/** Whether an exclusion drops nearly all that nothing else drops, for want of its fields. */
const dropsNearlyAll = ({ isExclusion, others, unanswered }: ConditionCounts): boolean =>
  isExclusion && unanswered > 0 && unanswered > others * (1 - nearlyNone);

const fieldsIn = ({ condition }: ConditionCounts, fields: readonly RequiredField[]): RequiredField[] => {
  const ids = new Set(columnsIn(condition).map(({ id }) => id));
  return fields.filter(({ column }) => ids.has(column.id));
};

/** How the sources of some indices carry a field: what any of them leaves open is open. */
function carriageIn(indices: readonly string[], sources: readonly RecordedSource[]): (field: string) => Carriage {
  const own = sources.filter((source) => indices.some((index) => source.hasIndex(index)));
  const order: readonly Carriage[] = ['sometimes', 'some kinds', 'general'];
  return (field) => {
    const known = own.map((source) => source.carriage(field));
    // Every event could have lost a value.
    if (field === '_ignored') return 'sometimes';
    return order.find((one) => known.includes(one)) ?? 'never';
  };
}

/** Events that fulfil everything but for the way in which something is written. */
function nearMisses({ passing }: Counts, requirements: Requirements): CoverageNote[] {
  const found = passing.conditions.flatMap((condition) => {
    const nearest = condition.nearly.find(({ events }) => events > 0);
    return nearest ? [nearlyFulfilled(condition, nearest, requirements)] : [];
  });
  const together = passing.nearly - passing.strict;
  return found.length > 0 || together <= 0 ? found : [nearlyFulfilledTogether(together, passing.conditions)];
}

/** Events without a time lie in no window: where most are, no hits means little. */
function timelessGaps({ timeless, timed }: NonNullable<Counts['times']>, timeFields: readonly string[]): Part['gaps'] {
  const all = timeless + timed;
  if (timed === 0 || timeless <= all * nearlyNone) return [];
  return [{ lack: {}, ...timelessEvents(timeless, all, timeFields), ...(timeless > timed && { isDoubtful: true }) }];
}

/** The platforms that are asked for, where Windows is none of them; null where nothing or another thing is asked. */
function foreignPlatform(platforms: readonly Selector[]): string | null {
  const asked = platforms.flatMap(({ values }) => values.map(({ condition }) => constantIn(condition)));
  const isOther = asked.length > 0 && asked.every((name) => name !== null && !/^win/i.test(name));
  return isOther ? [...new Set(asked)].join(' and ') : null;
}

/** The text that an equality compares with. */
function constantIn(condition: Expression): string | null {
  const texts = condition.kind === 'call' ? (comparisonIn(condition)?.texts ?? []) : [];
  return texts.length === 1 ? texts[0]! : null;
}
