import { streamOf } from '../catalogue/event-kinds.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { Engine } from '../engines/engine.ts';
import { analyze } from '../languages/esql/analyze/analyze.ts';
import { parse } from '../languages/esql/parse.ts';
import type { Plan } from '../plan/nodes.ts';
import { rewriteToRead } from '../rewrite/rewrite.ts';
import type { CoverageGap, EmptyField, QueryCoverage, Verdict } from './coverage.ts';
import { absentGaps, fieldsNowhere, missingIndex, missingPolicy, scarceGaps, selectorGaps } from './gaps.ts';
import { type Counts, count } from './probe.ts';
import { type Requirements, requirementsOf } from './requirements.ts';
import { type TolerantCatalogue, tolerantCatalogue } from './tolerant-catalogue.ts';
import { coverWindow } from './window-coverage.ts';

/** Fields that fewer of the relevant events carry count as nearly empty. */
const nearlyNone = 0.05;

/**
 * Whether the data can answer a query: what it reads is looked for in the events that it is about. Throws a QueryError
 * for a query that is wrong itself.
 */
export async function assess(text: string, engine: Engine, now: Date, signal?: AbortSignal): Promise<QueryCoverage> {
  const source = new SourceText(text);
  const { query, diagnostics } = parse(source);
  if (!query) throw new QueryError(source, diagnostics);
  const tolerant = await tolerantCatalogue(engine.catalogue, query);
  if (tolerant.missingPolicies.length > 0) return withoutPolicies(tolerant);
  const options = { now: now.getTime(), defaultLimit: null };
  const { plan, diagnostics: problems } = analyze(query, source, tolerant.catalogue, options);
  if (!plan) throw new QueryError(source, problems);
  const rewritten = rewriteToRead(plan);
  const names = engine.catalogue.indices.map(({ name }) => name);
  const parts: ScanCoverage[] = [];
  for (const requirements of requirementsOf(rewritten, source)) {
    const reads = requirements.scan.indices;
    const there = reads?.filter((name) => names.includes(name)) ?? null;
    const present = { ...requirements, scan: { ...requirements.scan, indices: there } };
    parts.push(
      there?.length === 0
        ? await missingScan(requirements, engine, source, rewritten, signal)
        : coverScan(
            present,
            await count(present, engine, source, signal),
            rewritten,
            new Set((there ?? names).flatMap((name) => streamOf(name) ?? [])),
          ),
    );
  }
  const window = coverWindow(
    parts.map(({ requirements }) => requirements),
    engine.catalogue,
    now,
  );
  const gaps = distinctGaps([
    ...parts.flatMap((part) => part.gaps),
    ...tolerant.missingIndices.map((pattern) => missingIndex(pattern, 'partial')),
    ...window.gaps,
  ]);
  return {
    verdict: verdictOf(gaps, parts),
    missingIndices: tolerant.missingIndices,
    missingFields: sorted(parts.flatMap((part) => part.missingFields)),
    emptyFields: parts.flatMap((part) => part.emptyFields),
    absentValues: sorted(parts.flatMap((part) => part.absentValues)),
    window: window.coverage,
    gaps,
  };
}

interface ScanCoverage {
  readonly requirements: Requirements;
  readonly missingFields: readonly string[];
  readonly emptyFields: readonly EmptyField[];
  readonly absentValues: readonly string[];
  readonly gaps: readonly CoverageGap[];
}

/** One FROM of several may fail where another still answers: only what all of them lack blinds the query. */
function verdictOf(gaps: readonly CoverageGap[], parts: readonly ScanCoverage[]): Verdict {
  const isBlind = (all: readonly CoverageGap[]): boolean => all.some(({ verdict }) => verdict === 'blind');
  const ofParts = parts.flatMap((part) => part.gaps);
  const others = gaps.filter((gap) => !ofParts.includes(gap));
  if (isBlind(others) || (parts.length > 0 && parts.every((part) => isBlind(part.gaps)))) return 'blind';
  return gaps.length > 0 ? 'partial' : 'ready';
}

/**
 * A FROM of which the data has no index at all. Where there are events of the category that it asks for, they may be
 * what is wanted under another name, and it matters what they lack.
 */
async function missingScan(
  requirements: Requirements,
  engine: Engine,
  source: SourceText,
  plan: Plan,
  signal?: AbortSignal,
): Promise<ScanCoverage> {
  const patterns = requirements.scan.indices ?? [];
  const nowhere = requirements.fields.filter(({ name }) => !engine.catalogue.field(name)?.column);
  const selectors = requirements.selectors.filter(({ text }) => /\bevent\.category\b/.test(text));
  const columns = requirements.scan.columns.map((own) =>
    typeof own.source === 'string' ? own : { ...own, source: engine.catalogue.field(own.source.name) ?? own.source },
  );
  const scan = { ...requirements.scan, indices: null, columns };
  const anywhere = { ...requirements, scan, selectors, bounds: [] };
  const isThere = selectors.length > 0 && (await count(anywhere, engine, source, signal)).fields.length > 0;
  const streams = new Set(patterns.flatMap((pattern) => streamOf(pattern) ?? []));
  return {
    requirements,
    missingFields: nowhere.map(({ name }) => name),
    emptyFields: [],
    absentValues: [],
    gaps: [
      ...patterns.map((pattern) => missingIndex(pattern, 'blind')),
      ...(isThere ? fieldsNowhere(nowhere, requirements, plan, streams) : []),
    ],
  };
}

/** What a policy adds is not known without it, so nothing else of the query can be assessed. */
const withoutPolicies = ({ missingIndices, missingPolicies }: TolerantCatalogue): QueryCoverage => ({
  verdict: 'blind',
  missingIndices,
  missingFields: [],
  emptyFields: [],
  absentValues: [],
  window: { from: null, to: null, covered: null },
  gaps: [...missingIndices.map((pattern) => missingIndex(pattern, 'blind')), ...missingPolicies.map(missingPolicy)],
});

function coverScan(requirements: Requirements, counts: Counts, plan: Plan, streams: ReadonlySet<string>): ScanCoverage {
  const { fields, selectors } = requirements;
  const events = counts.fields.reduce((sum, group) => sum + group.events, 0);
  const carrying = (name: string): number =>
    counts.fields.reduce((sum, group) => sum + (group.carrying.get(name) ?? 0), 0);
  const absent = fields.filter(({ name, isInData }) => !isInData || (events > 0 && carrying(name) === 0));
  const scarce = fields.filter(({ name }) => carrying(name) > 0 && carrying(name) < events * nearlyNone);
  return {
    requirements,
    missingFields: absent.filter(({ isInData }) => !isInData).map(({ name }) => name),
    emptyFields: [...absent.filter(({ isInData }) => isInData), ...scarce].flatMap(({ name }) =>
      counts.fields
        .map(({ index, platform, events: all, carrying: by }) => ({
          field: name,
          index,
          platform,
          share: (by.get(name) ?? 0) / all,
          events: all,
        }))
        .filter(({ share }) => share < nearlyNone),
    ),
    absentValues: selectors.flatMap(({ values }, i) =>
      values.filter((_, j) => counts.selectors[i]!.values[j] === 0).map((value) => value.text),
    ),
    gaps: [
      ...selectorGaps(selectors, counts, events),
      ...(events > 0 || absent.length > 0 ? absentGaps(absent, requirements, plan, streams) : []),
      ...scarceGaps(scarce, requirements, plan, (name) => carrying(name) / events),
    ],
  };
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** Each once, the first of those that say the same. */
const distinctGaps = (gaps: readonly CoverageGap[]): CoverageGap[] =>
  gaps.filter((gap, i) => gaps.findIndex(({ message }) => message === gap.message) === i);
