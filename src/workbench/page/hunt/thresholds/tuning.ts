import { computed, signal } from '@preact/signals';
import { countPassing, type Measured, nearMisses, passes } from '../../../../values/joint-count.ts';
import { type Axis, axisOf, type Bin, binsOf } from '../../../../view/bins.ts';
import type { NearRows, TuningInfo, TuningThreshold } from '../../../contract/calls.ts';
import type { Question, Setting } from '../../../contract/question.ts';
import { CallError, call } from '../../api/client.ts';
import { questionKey } from '../../state/location.ts';
import { data, sayError } from '../../state/session.ts';
import { areBytes, settingText } from './amounts.ts';
import { cuttingRank, rankOf, settingAt } from './ranks.ts';

/** A threshold with what the page needs to count under it. */
export interface OpenThreshold extends TuningThreshold {
  readonly place: number;
  readonly isBytes: boolean;
  /** A value a row; null where only the server can count. */
  readonly values: Float64Array | null;
  /** Those of rows that have one, ascending. */
  readonly sorted: Float64Array | null;
  readonly axis: Axis | null;
  readonly bins: readonly Bin[];
}

/** A query whose thresholds are moved. */
export interface Opened {
  readonly key: string;
  readonly info: TuningInfo;
  readonly thresholds: readonly OpenThreshold[];
}

/** How many hits there are, and who counted them. */
export interface Counted {
  readonly hits: number;
  readonly isCut: boolean;
  readonly by: 'page' | 'run';
}

/** Rows that are looked at: the first that pass, and those that miss the threshold in hand by the least. */
export interface SampleRows {
  /** How many rows pass. */
  readonly hits: number;
  readonly passing: NearRows['values'];
  readonly near: NearRows['values'];
}

/** Bars of a distribution. */
const bars = 60;
/** Rows that pass that are shown, and near misses. */
export const mostPassing = 20;
const mostNear = 5;
/** Milliseconds after a move in which another one may follow before the server is asked. */
const pause = 120;

export const open = signal<Opened | null>(null);
/** Why thresholds cannot be moved; null where they can. */
export const refusal = signal<string | null>(null);
/** The setting of each threshold under the hand. */
export const settings = signal<readonly number[]>([]);
/** The place of the threshold that is moved. */
export const inHand = signal(0);
export const sample = signal<SampleRows | null>(null);
/** Places of rows that the allow-list hides; null until they are known, and where the rows are too many to look. */
const hidden = signal<ReadonlySet<number> | null>(null);
const recounted = signal<{ readonly settings: readonly number[]; readonly counted: Counted } | null>(null);

/** Thresholds by which the page counts: all that decide alone, or none of them where one only counts by a run. */
export const measured = computed<readonly OpenThreshold[]>(() => {
  const alone = open.value?.thresholds.filter(({ isAlone }) => isAlone) ?? [];
  return alone.length > 0 && alone.every(({ values }) => values !== null) ? alone : [];
});

const measuresOf = ({ operator, values }: OpenThreshold): Measured => ({ operator, measures: values! });

/** Hits at some settings, where the page can count them. */
function countHere(at: readonly number[]): Counted | null {
  const { info, thresholds } = open.value!;
  const moved = thresholds.filter(({ place, value }) => at[place] !== value);
  if (moved.some(({ isAlone }) => !isAlone)) return null;
  if (measured.value.length > 0) {
    const passing = countPassing(
      info.rows ?? 0,
      measured.value.map(measuresOf),
      measured.value.map(({ place }) => at[place]!),
    );
    return limited(passing, info.limit);
  }
  const [one, ...more] = moved;
  if (!one || more.length > 0) return null;
  const rung = one.ladder?.settings.indexOf(at[one.place]!) ?? -1;
  const rows = one.ladder?.rows?.[rung];
  return rows === undefined ? null : limited(rows, info.limit);
}

const limited = (passing: number, limit: number | null): Counted => ({
  hits: limit === null ? passing : Math.min(passing, limit),
  isCut: limit !== null && passing > limit,
  by: 'page',
});

const isSame = (a: readonly number[], b: readonly number[]): boolean => a.every((one, i) => one === b[i]);

/** Hits under the hand; null until they are counted. */
export const counted = computed<Counted | null>(() => {
  if (!open.value) return null;
  const run = recounted.value;
  if (run && isSame(run.settings, settings.value)) return run.counted;
  return countHere(settings.value);
});

/** Hits at the settings that stand in the query; null where only a run counts them. */
export const present = computed<number | null>(() =>
  open.value ? (countHere(open.value.thresholds.map(({ value }) => value))?.hits ?? null) : null,
);

export const isMoved = computed(
  () => open.value?.thresholds.some(({ place, value }) => settings.value[place] !== value) ?? false,
);

/** Set where the events have changed since the rows were read. */
export const isStale = computed(() => open.value !== null && (data.value?.revision ?? 0) !== open.value.info.revision);

let asked: AbortController | null = null;

/** Opens a question for its thresholds to be moved. */
export async function openTuning(question: Question): Promise<void> {
  asked?.abort();
  const own = new AbortController();
  asked = own;
  const key = questionKey(question);
  if (open.value?.key !== key) forget();
  try {
    const info = await call('tuning', { question }, own.signal);
    if (asked !== own) return;
    open.value = { key, info, thresholds: info.thresholds.map(openThreshold) };
    refusal.value = null;
    settings.value = info.thresholds.map(({ value }) => value);
    inHand.value = Math.min(inHand.value, Math.max(0, info.thresholds.length - 1));
    recounted.value = null;
    ask();
    void askHidden().catch(onError);
  } catch (error) {
    if (asked !== own) return;
    forget();
    refusal.value = (error as Error).message;
  }
}

/** Asks which of the rows the allow-list hides: when it has changed, too. */
export async function askHidden(): Promise<void> {
  const current = open.value;
  hidden.value = null;
  if (!current || measured.value.length === 0) return;
  const { places } = await call('tuning/accepted', { handle: current.info.handle });
  if (open.value === current) hidden.value = places && new Set(places);
}

/** Of the rows that pass under the hand, how many the allow-list hides; null where that is not known. */
export const hiddenPassing = computed<number | null>(() => {
  const all = measured.value.map(measuresOf);
  const at = measured.value.map(({ place }) => settings.value[place]!);
  if (all.length === 0 || hidden.value === null) return null;
  let passing = 0;
  for (const row of hidden.value)
    if (all.every(({ operator, measures }, i) => passes(measures[row]!, operator, at[i]!))) passing += 1;
  return passing;
});

/** Lets go of what is open. */
export function forget(): void {
  clearTimeout(timer);
  asking?.abort();
  open.value = null;
  settings.value = [];
  sample.value = null;
  hidden.value = null;
  recounted.value = null;
  refusal.value = null;
}

function openThreshold(threshold: TuningThreshold, place: number): OpenThreshold {
  const common = { ...threshold, place, isBytes: areBytes(threshold.subject) };
  if (threshold.measures === null) return { ...common, values: null, sorted: null, axis: null, bins: [] };
  const values = doublesOf(threshold.measures);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const axis = axisOf(sorted);
  return { ...common, values, sorted, axis, bins: binsOf(sorted, axis, bars) };
}

function doublesOf(text: string): Float64Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}

/** Sets a threshold, and asks for the rows that pass then. */
export function move(place: number, setting: number): void {
  inHand.value = place;
  if (settings.value[place] === setting) return;
  settings.value = settings.value.map((one, i) => (i === place ? setting : one));
  ask();
}

/** Settings under the hand that are not those of the query, as chips have them. */
export function movedSettings(): Setting[] {
  return (open.value?.thresholds ?? [])
    .filter(({ place, value }) => settings.value[place] !== value)
    .map(({ name, place, isBytes }) => ({ name, value: settingText(settings.value[place]!, isBytes) }));
}

/** A question with the settings under the hand. */
export function withMoved(question: Question): Question {
  const moved = open.value?.key === questionKey(question) ? movedSettings() : [];
  const names = new Set(moved.map(({ name }) => name));
  return moved.length === 0
    ? question
    : { ...question, set: [...question.set.filter(({ name }) => !names.has(name)), ...moved] };
}

export function reset(): void {
  if (!open.value) return;
  settings.value = open.value.thresholds.map(({ value }) => value);
  ask();
}

/** Positions of the slider of a threshold, and where it stands. */
export function positionsOf(threshold: OpenThreshold, setting: number): { readonly most: number; readonly at: number } {
  const { sorted, ladder, operator } = threshold;
  if (sorted) return { most: sorted.length, at: rankOf(sorted, operator, setting) };
  const all = ladder?.settings ?? [];
  const at = all.findIndex((one) => one >= setting);
  return { most: Math.max(0, all.length - 1), at: at < 0 ? Math.max(0, all.length - 1) : at };
}

/** The setting at a position of the slider; the position is taken in the direction in which the hand moves. */
export function settingAtPosition(threshold: OpenThreshold, position: number, direction: 1 | -1): number {
  const { sorted, ladder } = threshold;
  if (!sorted) return ladder?.settings[Math.max(0, Math.min(ladder.settings.length - 1, position))] ?? threshold.value;
  return settingAt(sorted, cuttingRank(sorted, position, direction), threshold);
}

/** Sets the loosest threshold that gives at most a number of hits; false where none does. */
export function loosestFor(place: number, mostHits: number): boolean {
  const threshold = open.value?.thresholds[place];
  const { looser } = threshold ?? {};
  if (!threshold || !looser) return false;
  const { most } = positionsOf(threshold, settings.value[place]!);
  const hitsAt = (position: number): number => {
    const setting = settingAtPosition(threshold, position, looser === 'lower' ? 1 : -1);
    return countHere(settings.value.map((one, i) => (i === place ? setting : one)))?.hits ?? Infinity;
  };
  let [few, many] = looser === 'lower' ? [most, 0] : [0, most];
  if (hitsAt(few) > mostHits) return false;
  if (hitsAt(many) <= mostHits) few = many;
  while (Math.abs(few - many) > 1) {
    const middle = Math.round((few + many) / 2);
    if (hitsAt(middle) <= mostHits) few = middle;
    else many = middle;
  }
  move(place, settingAtPosition(threshold, few, looser === 'lower' ? 1 : -1));
  return true;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let asking: AbortController | null = null;

/** Asks the server for rows, and for the count where the page cannot, once the hand rests. */
function ask(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void askNow().catch(onError), pause);
}

async function askNow(): Promise<void> {
  const current = open.value;
  if (!current) return;
  asking?.abort();
  const own = new AbortController();
  asking = own;
  const at = settings.value;
  const { passing, near } = placesAt(at);
  const here = countHere(at);
  const count = here ? null : current.thresholds.map(({ value }, i) => (at[i] === value ? null : at[i]!));
  if (!count && passing.length + near.length === 0) {
    sample.value = measured.value.length > 0 ? { hits: 0, passing: [], near: [] } : null;
    return;
  }
  const places = [...passing.slice(0, mostPassing), ...near];
  const { values, hits, isCut } = await call('tuning/near', { handle: current.info.handle, places, count }, own.signal);
  if (asking !== own || open.value !== current) return;
  if (hits !== null) recounted.value = { settings: at, counted: { hits, isCut, by: 'run' } };
  const asks = places.length - near.length;
  sample.value =
    measured.value.length === 0
      ? null
      : {
          hits: here?.hits ?? hits ?? 0,
          passing: values.slice(0, asks),
          near: values.slice(asks),
        };
}

/** Places of rows that pass all thresholds, the strongest first, and of those that miss the one in hand by the least. */
function placesAt(at: readonly number[]): { readonly passing: readonly number[]; readonly near: readonly number[] } {
  const all = measured.value;
  const rows = open.value?.info.rows ?? 0;
  const hand = all.findIndex(({ place }) => place === inHand.value);
  if (all.length === 0) return { passing: [], near: [] };
  const passing: number[] = [];
  for (let row = 0; row < rows; row++)
    if (all.every(({ values, operator, place }) => passes(values![row]!, operator, at[place]!))) passing.push(row);
  const { values, looser, place } = all[Math.max(0, hand)]!;
  const sign = looser === 'higher' ? 1 : -1;
  passing.sort((a, b) => sign * (values![a]! - values![b]!) || a - b);
  const near = nearMisses(
    all.map(measuresOf),
    all.map((one) => at[one.place]!),
    all.findIndex((one) => one.place === place),
    mostNear,
  );
  return { passing, near };
}

function onError(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  // The rows were dropped meanwhile: they are read again at the next move.
  if (error instanceof CallError && error.status === 410) refusal.value = 'stale: the rows are no longer kept';
  else sayError(error);
}
