import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { schemaCatalogue } from '../../src/catalogue/schema-catalogue.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { findHunts } from '../../src/hunts/library.ts';
import { analyze } from '../../src/languages/esql/analyze/analyze.ts';
import { parse } from '../../src/languages/esql/parse.ts';
import { NotInEsql, printPlan } from '../../src/languages/esql/print/print.ts';
import { type Plan, rewritePlan } from '../../src/plan/nodes.ts';
import { rewrite } from '../../src/rewrite/rewrite.ts';
import { emit } from '../../src/sql/duckdb/emit.ts';
import { oneTable } from '../../src/sql/duckdb/event-relation.ts';
import { sql } from '../../src/sql/sql.ts';
import { indices } from '../cases/indices.ts';
import { makePipeline } from '../differential/pipelines.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * What is printed of a plan comes to the same plan when it is read again: to the same SQL, but for the names of columns on
 * the way, which an aggregate has from its text, and the numbers of warnings, which are told apart by theirs.
 */

/** The plan of a query; null where it is refused. */
function planOf(text: string, catalogue: Catalogue): { plan: Plan; source: SourceText } | null {
  const source = new SourceText(text);
  const { query } = parse(source);
  const plan = query && analyze(query, source, catalogue, { now, defaultLimit: null }).plan;
  return plan ? { plan, source } : null;
}

function sqlOf({ plan, source }: { plan: Plan; source: SourceText }): string {
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

/** The queries that come to something else once printed, and why plans were not printed. */
function compare(queries: readonly string[], catalogue: Catalogue): { wrong: string[]; refused: string[] } {
  const wrong: string[] = [];
  const refused: string[] = [];
  const columnsOf = ({ output }: Plan): string => output.map(({ name, type }) => `${name}:${type}`).join();
  for (const query of queries) {
    const first = planOf(query, catalogue);
    if (!first) continue;
    try {
      const text = printPlan(first.plan);
      const again = planOf(text, catalogue);
      const isSame = again && columnsOf(again.plan) === columnsOf(first.plan) && sqlOf(again) === sqlOf(first);
      if (!isSame) wrong.push(`${query}\n=>\n${text}\n${again ? `${sqlOf(first)}\n${sqlOf(again)}` : 'is refused'}`);
    } catch (error) {
      if (!(error instanceof NotInEsql)) throw error;
      refused.push(error.message);
    }
  }
  return { wrong, refused };
}

it('prints what comes to the same plan, of pipelines made by chance', async () => {
  const types = ['integer', 'long', 'double', 'boolean', 'keyword', 'date'] as const;
  const columns = [{ name: 'n', type: 'integer' as const }, ...types.map((type) => ({ name: `a_${type}`, type }))];
  const properties = Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
  const { catalogue } = await engineOver([{ name: 'm', mappings: { properties }, docs: [] }]);
  const queries = Array.from({ length: 200 }, (_, seed) => makePipeline(seed, 'm', columns, []).text);
  expect(compare(queries, catalogue)).toEqual({ wrong: [], refused: [] });
}, 60_000);

it('prints what comes to the same plan, of the own hunts', async () => {
  const { hunts } = await findHunts(['hunts']);
  const catalogue = await schemaCatalogue(['logs-endpoint.events.network-*', 'logs-*']);
  const queries = hunts.flatMap((hunt) => hunt.queries.map(({ text }) => text));
  expect(compare(queries, catalogue)).toEqual({ wrong: [], refused: [] });
}, 60_000);

it('prints what comes to the same plan, of the cases', async () => {
  const { catalogue } = await engineOver(indices);
  const cases = fileURLToPath(new URL('../cases', import.meta.url));
  const queries = ['functions', 'commands', 'plans'].flatMap((area) =>
    readdirSync(join(cases, area))
      .filter((name) => name.endsWith('.esql'))
      .flatMap((name) => readFileSync(join(cases, area, name), 'utf8').split(/^-{3,}\n/m)),
  );
  expect(compare(queries, catalogue)).toEqual({ wrong: [], refused: [] });
}, 60_000);
