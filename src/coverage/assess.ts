import type { Catalogue } from '../catalogue/catalogue.ts';
import { defendSources } from '../catalogue/defend-source.ts';
import { streamOf } from '../catalogue/event-kinds.ts';
import { type LookupList, listOf, listOfIndex } from '../catalogue/lookup-list.ts';
import type { RecordedSource } from '../catalogue/recorded-source.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { conditionOf, countWhere, freshColumns, given, grouped } from '../plan/build.ts';
import { columnsIn, constant, type Expression, reference } from '../plan/expression.ts';
import { decidingColumns } from '../plan/needed-columns.ts';
import type { Plan } from '../plan/nodes.ts';
import { simplify } from '../rewrite/rewrite.ts';
import type { Counter } from './batched-counts.ts';
import type { CoverageGap, CoverageNote, QueryCoverage, Verdict } from './coverage.ts';
import {
  absentFields,
  type Elsewhere,
  emptyList,
  emptyListColumn,
  fieldsNowhere,
  missingIndex,
  missingLookup,
  missingPolicy,
  scarceField,
  standsIn,
  unmappedEvents,
} from './gaps.ts';
import { judge, type Part } from './judge.ts';
import { type Lack, noRowsFor, type ScanLacks, type StandIn } from './no-rows.ts';
import { count, countSelected } from './probe.ts';
import { categoryElsewhere, numbersOf } from './recording.ts';
import { isMark, type RequiredField, type Requirements, requirementsOf } from './requirements.ts';
import { type TolerantlyTyped, typedTolerantly } from './tolerant-catalogue.ts';
import { coverWindow } from './window-coverage.ts';

/**
 * Whether the data can answer a query: what it reads is looked for in the events that it is about. Blind is only what no
 * row can come out of. `sources`: what is known of what sources can record. Throws a QueryError for a query that is wrong
 * itself.
 */
export async function assess(
  text: QueryText,
  engine: Counter,
  now: Date,
  signal?: AbortSignal,
  sources: readonly RecordedSource[] = defendSources,
): Promise<QueryCoverage> {
  const compiled = CompiledQuery.of(text);
  const { source } = compiled;
  const tolerant = await typedTolerantly(compiled, engine.catalogue, { now: now.getTime() });
  if (tolerant.missingPolicies.length > 0) return withoutPolicies(tolerant, engine.catalogue);
  const { plan: analyzed, diagnostics } = tolerant.analysis;
  if (!analyzed) throw new QueryError(source, diagnostics);
  const plan = simplify(analyzed);
  const { missingLookups } = tolerant;
  const asking = { engine, source, now, sources, signal, missingLookups };
  const parts = await lookedAt(requirementsOf(plan, source), asking);
  const standIns = parts.map(({ requirements }) => standInsOf(requirements, engine.catalogue));
  const fatal = noRowsFor(
    plan,
    parts.map((part, i) => ({ ...lacksOf(part), standIns: standIns[i]!.byColumn })),
  );
  const deciding = new Set(decidingColumns(plan).map(({ id }) => id));
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
          [...part.absent, ...part.beside].filter(
            (field) =>
              verdictFor(field) === verdict && !part.explained.has(field) && !(verdict === 'partial' && isMark(field)),
          ),
          verdict,
          part.requirements,
          part.streams,
        ),
      ),
      ...standIns[i]!.fields.filter((field) => fatal?.has(field) || deciding.has(field.column.id)).map((field) => ({
        verdict: verdictFor(field),
        ...standsIn(field),
      })),
      ...fieldsNowhere(needed(part.nowhere, i), part.requirements, part.streams),
      ...part.scarce.flatMap((field) => needed([field], i)).map((field) => scarceField(field, part.shareOf(field))),
    ]),
    ...tolerant.missingIndices.map((pattern) => ({
      verdict: 'partial' as const,
      ...missing(pattern, tolerant, engine.catalogue),
    })),
  ]);
  return {
    verdict: parts.some(({ explained }) => [...explained].some((field) => fatal?.has(field)))
      ? 'blind'
      : verdictOf(gaps),
    missingIndices: tolerant.missingIndices,
    missingFields: sorted(
      parts.flatMap(({ absent, beside, nowhere }) => [...absent, ...beside, ...nowhere].filter(isUnknown).map(nameOf)),
    ),
    emptyFields: distinctBy(
      parts.flatMap((part) => part.emptyFields),
      ({ field, index, platform }) => JSON.stringify([field, index, platform]),
    ),
    absentValues: sorted(parts.flatMap((part) => part.absentValues)),
    window: coverWindow(parts, now),
    gaps,
    notes: distinctBy(
      parts.flatMap((part) => part.notes),
      ({ message }) => message,
    ),
  };
}

const verdictOf = (gaps: readonly CoverageGap[]): Verdict => {
  if (gaps.some(({ verdict }) => verdict === 'blind')) return 'blind';
  return gaps.length > 0 ? 'partial' : 'ready';
};

const missing = (
  pattern: string,
  { missingLookups }: Pick<TolerantlyTyped, 'missingLookups'>,
  { isElasticsearch = false }: Pick<Catalogue, 'isElasticsearch'>,
  elsewhere?: Elsewhere,
): Pick<CoverageGap, 'message' | 'remedy'> =>
  missingLookups.has(pattern) ? missingLookup(pattern) : missingIndex(pattern, elsewhere, isElasticsearch);

/** What scans are looked at with. */
interface Asking extends Pick<TolerantlyTyped, 'missingLookups'> {
  readonly engine: Counter;
  readonly source: SourceText;
  readonly now: Date;
  readonly sources: readonly RecordedSource[];
  readonly signal: AbortSignal | undefined;
}

/** What the events of each scan lack. Branches often ask the same events the same. */
async function lookedAt(all: readonly Requirements[], asking: Asking): Promise<Part[]> {
  const { engine, source, now, sources, signal } = asking;
  const names = engine.catalogue.indices.map(({ name }) => name);
  const known = new Map<string, Promise<Part>>();
  const look = async (requirements: Requirements): Promise<Part> => {
    const { scan } = requirements;
    const list = scan.indices?.length === 1 ? listOfIndex(scan.indices[0]!) : null;
    if (list !== null) return partOfList(requirements, listOf(engine.catalogue, list)!);
    const there = scan.indices?.filter((name) => names.includes(name)) ?? null;
    if (there?.length === 0) return missingScan(requirements, asking);
    const present = { ...requirements, scan: { ...scan, indices: there } };
    const counts = await count(present, engine, source, signal);
    const indices = there ?? names;
    const streams = new Set(indices.flatMap((name) => streamOf(name) ?? []));
    const timeFields = timeFieldsOf(engine.catalogue, indices);
    const part = judge(present, counts, { streams, indices, sources, timeFields, now, source });
    return { ...part, notes: [...part.notes, ...(await unmapped(present, asking))] };
  };
  // Far away everything is asked at once.
  return severalAtOnce(all, engine.parallel > 1 ? all.length : 1, (requirements) => {
    const { scan, selectors, inner, events, bounds } = requirements;
    const conditions = [...selectors, ...inner, ...events, ...bounds].map(({ original }) => original.span);
    const key = JSON.stringify([scan.indices, scan.columns.map(({ column }) => column.id), conditions]);
    const part = known.get(key) ?? look(requirements);
    known.set(key, part);
    return part;
  });
}

/** Fields in which sources that number their events write the number. */
const numberFields = ['winlog.event_id', 'event.code', 'EventID', 'Event.System.EventID'];

/** What the events say in the words of their source, where no event has the field of ECS that is asked for. */
async function unmapped(
  { scan, selectors }: Requirements,
  { engine, source, sources, signal }: Asking,
): Promise<CoverageNote[]> {
  const field = numberFields
    .flatMap((name) => engine.catalogue.field(name) ?? [])
    .find(({ column }) => column !== null);
  const names = new Map(
    scan.columns.flatMap((one) => (typeof one.source === 'object' ? [[one.column.id, one.source] as const] : [])),
  );
  const nameOf = (column: number): string | undefined => names.get(column)?.name;
  if (!field) return [];
  const absent = selectors.filter(({ condition }) =>
    columnsIn(condition).every(({ id }) => names.get(id)?.column === null),
  );
  const notes = absent.flatMap(({ condition, text }) =>
    numbersOf(condition, sources, nameOf).map(async (kinds): Promise<CoverageNote[]> => {
      const fresh = freshColumns(scan);
      const column = fresh(field.name, field.type, field.listColumn !== null);
      const wide: Plan = { ...scan, columns: [...scan.columns, { column, source: field }], output: [column] };
      const number: Expression = conditionOf('TO_STRING', [reference(column, condition.span)]);
      const isOne = conditionOf('IN', [
        { ...number, type: 'keyword' },
        ...kinds.numbers.map((one) => given('keyword', one)),
      ]);
      const asked = grouped(wide, [], [countWhere(fresh('n', 'long'), isOne)], fresh);
      const events = Number((await engine.run(asked, source, signal)).values[0]![0]);
      return events > 0 ? [unmappedEvents(text, kinds, field.name, events)] : [];
    }),
  );
  return (await Promise.all(notes)).flat();
}

/** Fields that say when something was, those first that ECS has for events. */
const timeFieldsOf = (catalogue: Catalogue, indices: readonly string[]): string[] =>
  catalogue
    .fieldsOf(indices)
    .filter(({ name, type, column }) => type === 'date' && column !== null && name !== '@timestamp')
    .map(({ name }) => name)
    .sort((a, b) => Number(b.startsWith('event.')) - Number(a.startsWith('event.')));

const byColumn = (fields: readonly RequiredField[]): ScanLacks['absent'] =>
  new Map(fields.map((field) => [field.column.id, field]));

const lacksOf = ({ absent, unfulfilled, missing }: Part): ScanLacks => ({
  ...lacksNothing,
  absent: byColumn(absent),
  unfulfilled,
  ...(missing && { missing }),
});

const lacksNothing: ScanLacks = { absent: new Map(), standIns: new Map(), unfulfilled: new Map() };

/** The metadata that a query reads and nobody recorded, and what every event has instead. */
function standInsOf(
  { fields }: Requirements,
  { standIns }: Catalogue,
): { readonly fields: readonly RequiredField[]; readonly byColumn: ReadonlyMap<number, StandIn> } {
  const found = fields.flatMap((field) => {
    const value = standIns?.get(field.name);
    return value === undefined ? [] : [{ field, value }];
  });
  return {
    fields: found.map(({ field }) => field),
    byColumn: new Map(
      found.map(({ field, value }) => [
        field.column.id,
        { value: constant(field.column.type, value, { start: 0, end: 0 }), lack: field },
      ]),
    ),
  };
}

/**
 * A FROM of which the data has no index at all. Where there are events of the category that it asks for, they may be
 * what is wanted under another name, and it matters what they lack.
 */
async function missingScan(requirements: Requirements, asking: Asking): Promise<Part> {
  const { engine, source, sources, signal } = asking;
  const patterns = requirements.scan.indices ?? [];
  const nowhere = requirements.fields.filter(({ name }) => !engine.catalogue.field(name)?.column);
  const selectors = requirements.selectors.filter(({ text }) => /\bevent\.category\b/.test(text));
  const columns = requirements.scan.columns.map((own) =>
    typeof own.source === 'string' ? own : { ...own, source: engine.catalogue.field(own.source.name) ?? own.source },
  );
  const scan = { ...requirements.scan, indices: null, columns, output: columns.map(({ column }) => column) };
  const isAsked = nowhere.length > 0 && selectors.length > 0;
  const isThere = isAsked && (await countSelected({ scan, selectors }, engine, source, signal)) > 0;
  const lack = {};
  const names = engine.catalogue.indices.map(({ name }) => name);
  const textsIn = (those: Requirements['selectors']): string[] =>
    those.flatMap(({ values }) => values.flatMap(({ text }) => /"(\w+)"$/.exec(text)?.[1] ?? []));
  const kinds = textsIn(selectors);
  const platforms = textsIn(requirements.selectors.filter(({ isPlatform }) => isPlatform));
  const elsewhere = (pattern: string): Elsewhere => {
    const category = kinds[0] ?? streamOf(pattern);
    return category === undefined || category === null ? [] : categoryElsewhere(category, platforms, names, sources);
  };
  return {
    ...lackingNothing(requirements),
    streams: new Set(patterns.flatMap((pattern) => streamOf(pattern) ?? [])),
    gaps: patterns.map((pattern) => ({ lack, ...missing(pattern, asking, engine.catalogue, elsewhere(pattern)) })),
    missing: lack,
    nowhere: isThere ? nowhere : [],
  };
}

/** What a list lacks in which rows are looked up: rows, or values in a column. */
function partOfList(requirements: Requirements, { name, rows }: LookupList): Part {
  const lack = {};
  const whole = lackingNothing(requirements);
  if (rows === 0) return { ...whole, gaps: [{ lack, ...emptyList(name) }], missing: lack };
  const absent = requirements.fields.filter(isUnknown);
  const gaps = absent.map((field) => ({ lack: field, ...emptyListColumn(field.name, name) }));
  return { ...whole, gaps, absent, explained: new Set(absent) };
}

const lackingNothing = (requirements: Requirements): Part => ({
  requirements,
  streams: new Set(),
  times: null,
  gaps: [],
  notes: [],
  unfulfilled: new Map(),
  absent: [],
  beside: [],
  explained: new Set(),
  scarce: [],
  shareOf: () => 0,
  nowhere: [],
  emptyFields: [],
  absentValues: [],
});

/** What a policy adds is not known without it, so nothing else of the query can be assessed. */
const withoutPolicies = (
  { missingIndices, missingLookups, missingPolicies }: TolerantlyTyped,
  catalogue: Pick<Catalogue, 'isElasticsearch'>,
): QueryCoverage => ({
  verdict: 'blind',
  missingIndices,
  missingFields: [],
  emptyFields: [],
  absentValues: [],
  window: { from: null, to: null, covered: null },
  gaps: [
    ...missingIndices.map((pattern) => ({
      verdict: 'blind' as const,
      ...missing(pattern, { missingLookups }, catalogue),
    })),
    ...missingPolicies.map(missingPolicy),
  ],
  notes: [],
});

const nameOf = ({ name }: RequiredField): string => name;
const isUnknown = ({ isInData }: RequiredField): boolean => !isInData;
const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

const distinctBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[] =>
  [...new Map([...items].reverse().map((item) => [keyOf(item), item])).values()].reverse();

/** Each once, the first of those that say the same. */
const distinctGaps = (gaps: readonly CoverageGap[]): CoverageGap[] => distinctBy(gaps, ({ message }) => message);
