import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { schemaCatalogue } from '../../src/catalogue/schema-catalogue.ts';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import { prepare } from '../../src/engines/duckdb/prepare.ts';
import { findHunts } from '../../src/hunts/library.ts';
import { parseQueryDsl } from '../../src/languages/filters/parse-query-dsl.ts';
import { planFromJson, planToJson } from '../../src/plan/json.ts';
import type { Plan } from '../../src/plan/nodes.ts';
import { rewrite } from '../../src/rewrite/rewrite.ts';
import { emit } from '../../src/sql/duckdb/emit.ts';
import { oneTable } from '../../src/sql/duckdb/event-relation.ts';
import { sql } from '../../src/sql/sql.ts';
import { indices } from '../cases/indices.ts';
import { makePipeline } from '../differential/pipelines.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * A plan is data: written as JSON and read back it is the same plan, and becomes the same SQL. So it gives the same rows.
 */

const relation = oneTable(sql`events`);
const options = { now, maxRows: 1000 };

/** What differs of a query's plan after JSON; null where nothing does. Queries that are refused have no plan. */
function difference(text: string, catalogue: Catalogue, filter?: object): string | null {
  const condition = filter && parseQueryDsl(filter);
  const { source, analysis, rewritten } = prepare(text, catalogue, relation, {
    ...options,
    ...(condition && { filter: condition }),
  });
  const again = (plan: Plan): Plan => planFromJson(planToJson(plan));
  expect(again(rewritten)).toEqual(rewritten);
  const sqlOf = (plan: Plan): string => emit(plan, source, relation).sql;
  const [before, after] = [sqlOf(rewrite(analysis.plan)), sqlOf(rewrite(again(analysis.plan)))];
  if (before !== after) return `${text}\n${before}\n${after}`;
  return sqlOf(again(rewritten)) === sqlOf(rewritten) ? null : text;
}

function differences(queries: readonly string[], catalogue: Catalogue): (string | null)[] {
  return queries.map((query) => {
    try {
      return difference(query, catalogue);
    } catch (error) {
      if (error instanceof QueryError) return null;
      throw error;
    }
  });
}

describe('a plan as JSON is the plan', () => {
  const cases = fileURLToPath(new URL('../cases', import.meta.url));
  let catalogue: Catalogue;
  beforeAll(async () => {
    ({ catalogue } = await engineOver(indices));
  });

  for (const area of ['functions', 'commands', 'plans']) {
    it(`of the cases of ${area}`, () => {
      for (const file of readdirSync(join(cases, area)).filter((name) => name.endsWith('.esql'))) {
        const queries = readFileSync(join(cases, area, file), 'utf8').split(/^-{3,}\n/m);
        expect(differences(queries, catalogue).filter(Boolean), file).toEqual([]);
      }
    });
  }

  it('with a filter of the request', () => {
    const filter = {
      bool: {
        must: [{ range: { '@timestamp': { gte: 'now-7d' } } }, { query_string: { query: 'login AND host:a*' } }],
        must_not: [{ terms: { bytes: [1, 2] } }, { wildcard: { 'process.name': '*.exe' } }],
        should: [{ match: { message: 'failed' } }, { regexp: { host: 'a.*' } }, { term: { ip: '10.0.0.0/8' } }],
      },
    };
    expect(difference('FROM logs-net-* | STATS n = COUNT(*) BY host', catalogue, filter)).toBeNull();
  });
});

it('a plan as JSON is the plan, of the hunts', async () => {
  const { hunts } = await findHunts(['hunts']);
  const catalogue = await schemaCatalogue(['logs-*']);
  const queries = hunts.flatMap((hunt) => hunt.queries.map(({ text }) => text));
  expect(queries.length).toBeGreaterThan(0);
  expect(differences(queries, catalogue).filter(Boolean)).toEqual([]);
});

it('a plan as JSON is the plan, of pipelines made by chance', async () => {
  const types = ['integer', 'long', 'double', 'boolean', 'keyword', 'date'] as const;
  const columns = [{ name: 'n', type: 'integer' as const }, ...types.map((type) => ({ name: `a_${type}`, type }))];
  const properties = Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
  const { catalogue } = await engineOver([{ name: 'm', mappings: { properties }, docs: [] }]);
  const queries = Array.from({ length: 200 }, (_, seed) => makePipeline(seed, 'm', columns, []).text);
  expect(differences(queries, catalogue).filter(Boolean)).toEqual([]);
});
