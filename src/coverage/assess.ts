import { streamOf } from '../catalogue/event-kinds.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import type { Expression } from '../plan/expression.ts';
import { simplify } from '../rewrite/rewrite.ts';
import type { Counter } from './batched-counts.ts';
import type { CoverageGap, QueryCoverage, Verdict } from './coverage.ts';
import {
  absentFields,
  fieldsNowhere,
  missingIndex,
  missingPolicy,
  scarceField,
  silentPlatforms,
  unfulfilledSelector,
  unfulfilledTogether,
} from './gaps.ts';
import { type Lack, noRowsFor, type ScanLacks } from './no-rows.ts';
import { type Counts, count } from './probe.ts';
import { type RequiredField, type Requirements, requirementsOf } from './requirements.ts';
import { type TolerantlyTyped, typedTolerantly } from './tolerant-catalogue.ts';
import { coverWindow, windowGap } from './window-coverage.ts';

/** Fields that fewer of the relevant events carry count as nearly empty. */
const nearlyNone = 0.05;

/**
 * Whether the data can answer a query: what it reads is looked for in the events that it is about. Blind is only what no
 * row can come out of. Throws a QueryError for a query that is wrong itself.
 */
export async function assess(
  text: QueryText,
  engine: Counter,
  now: Date,
  signal?: AbortSignal,
): Promise<QueryCoverage> {
  const compiled = CompiledQuery.of(text);
  const { source } = compiled;
  const tolerant = await typedTolerantly(compiled, engine.catalogue, { now: now.getTime() });
  if (tolerant.missingPolicies.length > 0) return withoutPolicies(tolerant);
  const { plan: analyzed, diagnostics } = tolerant.analysis;
  if (!analyzed) throw new QueryError(source, diagnostics);
  const plan = simplify(analyzed);
  const parts = await lookedAt(requirementsOf(plan, source), engine, source, now, signal);
  const fatal = noRowsFor(plan, parts.map(lacksOf));
  /** Those of some fields of a scan for want of which no row could come out, were the rest there. */
  const needed = (fields: readonly RequiredField[], place: number): RequiredField[] => {
    if (fields.length === 0) return [];
    const lacks = { ...lacksNothing, absent: byColumn(fields) };
    const without = noRowsFor(
      plan,
      parts.map((_, i) => (i === place ? lacks : lacksNothing)),
    );
    return fields.filter((field) => without?.has(field));
  };
  const isMissing = parts.length > 0 && parts.every(({ missing }) => missing);
  const verdictFor = (lack: Lack): CoverageGap['verdict'] => (fatal?.has(lack) ? 'blind' : 'partial');
  const gaps = distinctGaps([
    ...parts.flatMap((part, i) => [
      ...part.gaps.map(({ lack, ...words }) => ({
        verdict: isMissing ? ('blind' as const) : verdictFor(lack),
        ...words,
      })),
      ...(['blind', 'partial'] as const).flatMap((verdict) =>
        absentFields(
          part.absent.filter((field) => verdictFor(field) === verdict),
          verdict,
          part.requirements,
          part.streams,
        ),
      ),
      ...fieldsNowhere(needed(part.nowhere, i), part.requirements, part.streams),
      ...part.scarce.flatMap((field) => needed([field], i)).map((field) => scarceField(field, part.shareOf(field))),
    ]),
    ...tolerant.missingIndices.map((pattern) => ({ verdict: 'partial' as const, ...missingIndex(pattern) })),
  ]);
  return {
    verdict: verdictOf(gaps),
    missingIndices: tolerant.missingIndices,
    missingFields: sorted(
      parts.flatMap(({ absent, nowhere }) => [...absent, ...nowhere].filter(isUnknown).map(nameOf)),
    ),
    emptyFields: distinctBy(
      parts.flatMap((part) => part.emptyFields),
      ({ field, index, platform }) => JSON.stringify([field, index, platform]),
    ),
    absentValues: sorted(parts.flatMap((part) => part.absentValues)),
    window: coverWindow(parts, now),
    gaps,
  };
}

const verdictOf = (gaps: readonly CoverageGap[]): Verdict => {
  if (gaps.some(({ verdict }) => verdict === 'blind')) return 'blind';
  return gaps.length > 0 ? 'partial' : 'ready';
};

/** What was found of the events of one scan. */
interface Part {
  readonly requirements: Requirements;
  readonly streams: ReadonlySet<string>;
  readonly times: Counts['times'];
  /** What the events lack beside fields, and what is to be said of it. */
  readonly gaps: readonly (Pick<CoverageGap, 'message' | 'remedy'> & { readonly lack: Lack })[];
  readonly unfulfilled: ReadonlyMap<Expression, Lack>;
  /** Fields that no relevant event carries, and fields that few do. */
  readonly absent: readonly RequiredField[];
  readonly scarce: readonly RequiredField[];
  shareOf(field: RequiredField): number;
  /** Set where the data has no such index; then fields that no event of any index carries. */
  readonly missing?: Lack;
  readonly nowhere: readonly RequiredField[];
  readonly emptyFields: QueryCoverage['emptyFields'];
  readonly absentValues: readonly string[];
}

/** What the events of each scan lack. Branches often ask the same events the same. */
async function lookedAt(
  all: readonly Requirements[],
  engine: Counter,
  source: SourceText,
  now: Date,
  signal?: AbortSignal,
): Promise<Part[]> {
  const names = engine.catalogue.indices.map(({ name }) => name);
  const known = new Map<string, Promise<Part>>();
  const look = async (requirements: Requirements): Promise<Part> => {
    const { scan } = requirements;
    const there = scan.indices?.filter((name) => names.includes(name)) ?? null;
    if (there?.length === 0) return missingScan(requirements, engine, source, signal);
    const present = { ...requirements, scan: { ...scan, indices: there } };
    const counts = await count(present, engine, source, signal);
    return presentScan(present, counts, new Set((there ?? names).flatMap((name) => streamOf(name) ?? [])), now);
  };
  // Far away everything is asked at once.
  return severalAtOnce(all, engine.parallel > 1 ? all.length : 1, (requirements) => {
    const { scan, selectors, bounds } = requirements;
    const conditions = [...selectors, ...bounds].map(({ original }) => original.span);
    const key = JSON.stringify([scan.indices, scan.columns.map(({ column }) => column.id), conditions]);
    const part = known.get(key) ?? look(requirements);
    known.set(key, part);
    return part;
  });
}

const byColumn = (fields: readonly RequiredField[]): ScanLacks['absent'] =>
  new Map(fields.map((field) => [field.column.id, field]));

const lacksOf = ({ absent, unfulfilled, missing }: Part): ScanLacks => ({
  absent: byColumn(absent),
  unfulfilled,
  ...(missing && { missing }),
});

const lacksNothing: ScanLacks = { absent: new Map(), unfulfilled: new Map() };

/**
 * A FROM of which the data has no index at all. Where there are events of the category that it asks for, they may be
 * what is wanted under another name, and it matters what they lack.
 */
async function missingScan(
  requirements: Requirements,
  engine: Counter,
  source: SourceText,
  signal?: AbortSignal,
): Promise<Part> {
  const patterns = requirements.scan.indices ?? [];
  const nowhere = requirements.fields.filter(({ name }) => !engine.catalogue.field(name)?.column);
  const selectors = requirements.selectors.filter(({ text }) => /\bevent\.category\b/.test(text));
  const columns = requirements.scan.columns.map((own) =>
    typeof own.source === 'string' ? own : { ...own, source: engine.catalogue.field(own.source.name) ?? own.source },
  );
  const scan = { ...requirements.scan, indices: null, columns };
  const anywhere = { ...requirements, scan, selectors, bounds: [] };
  const isThere = selectors.length > 0 && (await count(anywhere, engine, source, signal)).fields.length > 0;
  const missing = {};
  return {
    requirements,
    streams: new Set(patterns.flatMap((pattern) => streamOf(pattern) ?? [])),
    times: null,
    gaps: patterns.map((pattern) => ({ lack: missing, ...missingIndex(pattern) })),
    unfulfilled: new Map(),
    absent: [],
    scarce: [],
    shareOf: () => 0,
    missing,
    nowhere: isThere ? nowhere : [],
    emptyFields: [],
    absentValues: [],
  };
}

/** What a policy adds is not known without it, so nothing else of the query can be assessed. */
const withoutPolicies = ({ missingIndices, missingPolicies }: TolerantlyTyped): QueryCoverage => ({
  verdict: 'blind',
  missingIndices,
  missingFields: [],
  emptyFields: [],
  absentValues: [],
  window: { from: null, to: null, covered: null },
  gaps: [
    ...missingIndices.map((pattern) => ({ verdict: 'blind' as const, ...missingIndex(pattern) })),
    ...missingPolicies.map(missingPolicy),
  ],
});

function presentScan(requirements: Requirements, counts: Counts, streams: ReadonlySet<string>, now: Date): Part {
  const { fields, selectors, bounds, filteredOn } = requirements;
  const events = counts.fields.reduce((sum, group) => sum + group.events, 0);
  const carrying = ({ name }: RequiredField): number =>
    counts.fields.reduce((sum, group) => sum + (group.carrying.get(name) ?? 0), 0);
  const absent = fields.filter((field) => isUnknown(field) || (events > 0 && carrying(field) === 0));
  const scarce = fields.filter((field) => carrying(field) > 0 && carrying(field) < events * nearlyNone);
  const gaps: Part['gaps'][number][] = [];
  const unfulfilled = new Map<Expression, Lack>();
  selectors.forEach((selector, i) => {
    const { events: all, values } = counts.selectors[i]!;
    const silent = selector.values.filter((_, j) => values[j]!.inWindow === 0);
    if (all === 0) {
      unfulfilled.set(selector.original, selector);
      gaps.push({ lack: selector, ...unfulfilledSelector(selector) });
    } else if (selector.isPlatform && silent.length > 0 && silent.length < selector.values.length)
      gaps.push({
        lack: {},
        ...silentPlatforms(
          silent.map(({ text }) => text),
          bounds.length > 0,
        ),
      });
  });
  if (gaps.length === 0 && events === 0 && selectors.length > 1) {
    unfulfilled.set(selectors[0]!.original, selectors);
    gaps.push({ lack: selectors, ...unfulfilledTogether(selectors) });
  }
  const platforms = selectors.filter(({ isPlatform }) => isPlatform);
  const window = windowGap({ requirements, times: counts.times }, platforms.map(({ text }) => text).join(' and '), now);
  if (window) {
    const { isSilent, ...words } = window;
    // What asks last asks for what is left of all the others.
    const last = requirements.conditions.find((one) => [...platforms, ...bounds].some((own) => own.original === one));
    if (isSilent && last) unfulfilled.set(last, window);
    gaps.push({ lack: window, ...words });
  }
  return {
    requirements,
    streams,
    times: counts.times,
    gaps,
    unfulfilled,
    absent,
    scarce: scarce.filter(({ column }) => !filteredOn.has(column.id)),
    shareOf: (field) => carrying(field) / events,
    nowhere: [],
    emptyFields: [...absent.filter(({ isInData }) => isInData), ...scarce].flatMap((field) =>
      counts.fields
        .map(({ index, platform, events: all, carrying: by }) => ({
          field: field.name,
          index,
          platform,
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

const nameOf = ({ name }: RequiredField): string => name;
const isUnknown = ({ isInData }: RequiredField): boolean => !isInData;
const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

const distinctBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[] =>
  [...new Map([...items].reverse().map((item) => [keyOf(item), item])).values()].reverse();

/** Each once, the first of those that say the same. */
const distinctGaps = (gaps: readonly CoverageGap[]): CoverageGap[] => distinctBy(gaps, ({ message }) => message);
