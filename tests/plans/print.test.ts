import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { findHunts } from '../../src/hunts/library.ts';
import { analyze } from '../../src/languages/esql/analyze/analyze.ts';
import { OpenCatalogue } from '../../src/languages/esql/analyze/open-catalogue.ts';
import { parse } from '../../src/languages/esql/parse.ts';
import { printPlan } from '../../src/languages/esql/print/print.ts';
import { indexPatterns } from '../../src/languages/esql/syntax/walk.ts';
import type { Column } from '../../src/plan/column.ts';
import { type Plan, rewritePlan, scansOf } from '../../src/plan/nodes.ts';
import { distinctInSteps } from '../../src/rewrite/distinct-in-steps.ts';
import { rewrite, rules } from '../../src/rewrite/rewrite.ts';
import { stableOrder } from '../../src/rewrite/stable-order.ts';
import { emit } from '../../src/sql/duckdb/emit.ts';
import { oneTable } from '../../src/sql/duckdb/event-relation.ts';
import { sql } from '../../src/sql/sql.ts';
import { engineOver, now } from '../support/query.ts';
import { hasShared, shared } from '../support/shared.ts';
import { caseQueries, conformanceQueries, lookupQueries, randomQueries } from './queries.ts';

/*
 * What is printed of a plan comes to the same plan when it is read again: to the same SQL, but for the names of columns on
 * the way, which an aggregate has from its text, and the numbers of warnings, which are told apart by theirs.
 */

interface Planned {
  readonly plan: Plan;
  readonly source: SourceText;
}

/** What the cases may know of their events. */
let overCases: Catalogue;
beforeAll(async () => {
  overCases = (await engineOver(caseQueries.indices)).catalogue;
});

/** The plan of a query; null where it is refused. */
function planOf(text: string, catalogue: Catalogue): Planned | null {
  const source = new SourceText(text);
  const { query } = parse(source);
  const plan = query && analyze(query, source, catalogue, { now, defaultLimit: null }).plan;
  return plan ? { plan, source } : null;
}

function sqlOf({ plan, source }: Planned): string {
  const names = new Map<string, number>();
  const numbered = (name: string): string => {
    if (!names.has(name)) names.set(name, names.size);
    return `"${names.get(name)}"`;
  };
  // A projection is no step of its own, but keeps a SORT and its LIMIT from being one.
  const { output } = plan;
  const input = rewritePlan(rewrite(plan), (node) => (node.kind === 'project' ? node.input : node));
  return emit({ kind: 'project', input, output }, source, oneTable(sql`events`))
    .sql.replace(/harrier_warn\(\d+/g, 'harrier_warn(')
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (token) => (token.startsWith('"') ? numbered(token) : token));
}

/** Rewriting that makes no plan of what only this engine has: the places of events, and INLINE STATS in two steps. */
const sayable = rules.filter((rule) => rule !== stableOrder && rule !== distinctInSteps);

const columnsOf = ({ output }: Plan): string => output.map(({ name, type }) => `${name}:${type}`).join();

/** What is wrong with the text that a query's plan is printed as, and with that of its rewritten plan. */
function faults(query: string, catalogue: Catalogue): string[] {
  const first = planOf(query, catalogue);
  if (!first) return [];
  const text = printPlan(first.plan);
  const again = planOf(text, catalogue);
  const isSame = again && columnsOf(again.plan) === columnsOf(first.plan) && sqlOf(again) === sqlOf(first);
  const rewritten = printPlan(sayable.reduce((plan, rule) => rule(plan), first.plan));
  const later = planOf(rewritten, catalogue);
  const isLike = later && columnsOf(later.plan) === columnsOf(first.plan);
  return [
    ...(isSame ? [] : [`${query}\n=>\n${text}\n${again ? `${sqlOf(first)}\n${sqlOf(again)}` : 'is refused'}`]),
    ...(isLike ? [] : [`${query}\n=> rewritten\n${rewritten}`]),
  ];
}

describe.each([caseQueries, lookupQueries, conformanceQueries(), randomQueries(200)])('$name', ({ indices, texts }) => {
  it('come to the same plan once printed', async () => {
    const { catalogue } = await engineOver(indices);
    expect(texts.flatMap((query) => faults(query, catalogue))).toEqual([]);
  }, 60_000);
});

it('prints hunts as what comes to the same plan', async () => {
  const { hunts } = await findHunts(['hunts', ...(hasShared ? [shared('seeds')] : [])]);
  for (const { text } of hunts.flatMap(({ queries }) => queries)) {
    const { query } = parse(new SourceText(text));
    expect(faults(text, await OpenCatalogue.of(query ? indexPatterns(query) : [], query))).toEqual([]);
  }
}, 60_000);

describe('a version', () => {
  const words: readonly (readonly [version: string, query: string, printed: string])[] = [
    ['8.13.4', 'FROM logs-net-a | LIMIT 1', 'ES|QL needs Elasticsearch 8.14 or newer'],
    ['7.17.0', 'FROM logs-net-a | LIMIT 1', 'ES|QL needs Elasticsearch 8.14 or newer'],
    ['9.1.0', 'FROM logs-net-a | INLINE STATS n = COUNT(*) BY host', 'INLINE STATS needs Elasticsearch 9.2 or newer'],
    ['8.19.0', 'FROM logs-net-a | STATS x = LAST(host, bytes)', 'LAST needs Elasticsearch 9.4 or newer'],
    ['9.0.4', 'FROM logs-net-a | FORK (LIMIT 1) (LIMIT 2)', 'FORK needs Elasticsearch 8.19, 9.1 or newer'],
    [
      '9.3.0',
      'FROM logs-net-a | FORK (LIMIT 1) (WHERE bytes > 5)',
      'a branch that has no LIMIT needs Elasticsearch 9.4',
    ],
    ['9.1.0', 'FROM logs-net-a | FORK (LIMIT 1) (STATS n = COUNT(*))', 'FORK (LIMIT 1 | KEEP'],
    ['8.15.0', 'FROM logs-net-a | STATS x = MIN(host)', 'is no number and no date needs Elasticsearch 8.16'],
    ['8.15.0', 'FROM logs-net-a | STATS x = MIN(@timestamp)', 'MIN(@timestamp)'],
    ['8.19.0', 'FROM logs-net-a | EVAL x = CONTAINS(host, "a")', 'CONTAINS needs Elasticsearch 9.2 or newer'],
    [
      '8.17.0',
      'FROM logs-net-a METADATA _score | KEEP _score',
      'METADATA _score needs Elasticsearch 8.18, 9.0 or newer',
    ],
    [
      '9.3.0',
      'SET time_zone = "+02:00"; ROW a = DATE_TRUNC(1 day, NOW())',
      'SET time_zone needs Elasticsearch 9.4 or newer',
    ],
    ['8.15.0', 'FROM logs-net-a | STATS n = COUNT(*) WHERE bytes > 5', 'COUNT(CASE((bytes > 5), 1, null))'],
    ['8.16.0', 'FROM logs-net-a | STATS n = COUNT(*) WHERE bytes > 5', 'COUNT(*) WHERE (bytes > 5)'],
    ['8.19.0', 'FROM logs-net-a | WHERE host LIKE ("a*", "b*")', '(host LIKE "a*" OR host LIKE "b*")'],
    ['9.2.0', 'FROM logs-net-a | WHERE host LIKE ("a*", "b*")', '(host LIKE ("a*", "b*"))'],
    ['8.15.0', 'FROM logs-net-a | WHERE MV_CONTAINS(tags, "a")', 'COALESCE(MV_COUNT(MV_DEDUPE(MV_APPEND(tags, "a")))'],
    ['8.14.0', 'FROM logs-net-a | WHERE MV_CONTAINS(tags, "a")', 'MV_CONTAINS needs Elasticsearch 8.15 or newer'],
    ['10.0.0', 'FROM logs-net-a | WHERE MV_CONTAINS(tags, "a")', 'WHERE MV_CONTAINS(tags, "a")'],
  ];

  it.each(words)('%s has words for %s, or says what it needs', (version, query, printed) => {
    const print = (): string => printPlan(planOf(query, overCases)!.plan, { version });
    if (printed.includes(' needs ')) expect(print).toThrow(printed);
    else expect(print()).toContain(printed);
  });
});

describe('plans that no query makes', () => {
  const span = { start: 0, end: 0 };
  const column = (id: number, name: string, type: Column['type'], multi = false): Column => ({ id, name, type, multi });

  const made = (query: string, change: (plan: Plan) => Plan): string => {
    const text = printPlan(change(planOf(query, overCases)!.plan));
    expect(planOf(text, overCases)).not.toBeNull();
    return text;
  };

  it('give the second column of a name another one', () => {
    const twice = (plan: Plan): Plan => ({ kind: 'project', input: plan, output: [...plan.output, ...plan.output] });
    expect(made('FROM logs-net-a | KEEP host', twice)).toMatch(/KEEP host, `host 2`$/);
  });

  it('truncate what BUCKET makes of single rows', () => {
    const rows = (plan: Plan): Plan => {
      const [aggregate] = [plan].flatMap((node) => (node.kind === 'project' ? [node.input] : [node]));
      return aggregate?.kind === 'aggregate' ? aggregate.input : plan;
    };
    const ofDates = made('FROM logs-net-a | STATS n = COUNT(*) BY d = BUCKET(@timestamp, 1 day)', rows);
    expect(ofDates).toContain('d = DATE_TRUNC(1 days, @timestamp)');
    const ofNumbers = made('FROM logs-net-a | STATS n = COUNT(*) BY d = BUCKET(bytes, 50.)', rows);
    expect(ofNumbers).toContain('(FLOOR(TO_DOUBLE(bytes) / 50.0) * 50.0)');
  });

  it('expand a copy of values that are shown beside them', () => {
    const expanded = (plan: Plan): Plan => {
      const source = scansOf(plan)[0]!.output.find(({ name }) => name === 'tags')!;
      const each = column(1000, 'tag', 'keyword');
      return { kind: 'expand', input: plan, source, column: each, output: [...plan.output, each] };
    };
    expect(made('FROM logs-net-a | KEEP tags', expanded)).toContain('EVAL tag = tags\n| MV_EXPAND tag');
  });

  it('match ranges of addresses by blocks', () => {
    const ranges = (plan: Plan): Plan => {
      const value = scansOf(plan)[0]!.output.find(({ name }) => name === 'ip')!;
      const low = 0xffff_0a00_0001n;
      const condition = {
        kind: 'inRanges' as const,
        value: { kind: 'column' as const, column: value, type: value.type, multi: value.multi, span },
        ranges: [{ low, high: low + 4n }],
        ...{ type: 'boolean' as const, multi: false, span },
      };
      return { kind: 'filter', input: plan, condition, output: plan.output };
    };
    expect(made('FROM logs-net-a | KEEP ip', ranges)).toContain(
      'CIDR_MATCH(ip, "10.0.0.1", "10.0.0.2/31", "10.0.0.4/31")',
    );
  });
});
