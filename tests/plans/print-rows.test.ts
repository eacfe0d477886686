import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { findFunction } from '../../src/functions/table.ts';
import { analyze } from '../../src/languages/esql/analyze/analyze.ts';
import { commands } from '../../src/languages/esql/commands/table.ts';
import { parse } from '../../src/languages/esql/parse.ts';
import { printPlan, TooOld } from '../../src/languages/esql/print/print.ts';
import type { ProcessingCommand, Subquery, SyntaxExpression } from '../../src/languages/esql/syntax/ast.ts';
import { expressionsOf, operandsOf } from '../../src/languages/esql/syntax/walk.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { hasFeature, type Release, releaseOf, type Since } from '../../src/values/release.ts';
import { bulk, startServer, type TestServer } from '../server/support.ts';
import { caseQueries, conformanceQueries, lookupQueries, type Queries, randomQueries } from './queries.ts';

/*
 * What is printed of a plan gives the rows of the query, also in the words of an older version; and it has no word that the
 * version lacks.
 */

const versions = [undefined, '8.14.3', '8.16.0', '8.19.2', '9.0.0', '9.2.1-SNAPSHOT'] as const;

async function serverWith({ indices }: Queries): Promise<TestServer> {
  const server = await startServer();
  for (const { name, mode, mappings, docs } of indices) {
    const settings = mode ? { settings: { index: { mode } } } : {};
    await server.send('PUT', `/${name}`, { mappings, ...settings });
    await server.send('POST', `/${name}/_bulk`, bulk(...docs.flatMap((doc, i) => [{ create: { _id: `${i}` } }, doc])));
  }
  const owners = { match: { indices: 'assets', match_field: 'host', enrich_fields: ['owner', 'least'] } };
  const zones = { range: { indices: 'networks', match_field: 'block', enrich_fields: ['zone'] } };
  for (const [name, policy] of Object.entries({ owners, zones })) {
    await server.send('PUT', `/_enrich/policy/${name}`, policy);
    await server.send('POST', `/_enrich/policy/${name}/_execute`);
  }
  return server;
}

/** What comes back, in an order that does not matter. */
async function answer(server: TestServer, query: string): Promise<string | null> {
  const { status, json } = await server.send('POST', '/_query', { query });
  if (status !== 200) return null;
  const { columns, values } = json as { columns: { name: string; type: string }[]; values: unknown[][] };
  const rows = values.map((row) => JSON.stringify(row)).sort();
  return [columns.map(({ name, type }) => `${name}:${type}`).join(), ...rows].join('\n');
}

/** Answers that change with every run. */
const changes = /\bNOW\s*\(|\bSAMPLE\b/i;

/** The functions and commands of a text that a release lacks. */
function lacking(text: string, release: Release): string[] {
  const found: { name: string; since?: Since }[] = [];
  const look = (expression: SyntaxExpression): void => {
    const definition = expression.kind === 'call' ? findFunction(expression.name) : undefined;
    if (definition) found.push(definition);
    operandsOf(expression).forEach(look);
  };
  const pipeline = (all: readonly ProcessingCommand[]): void => {
    for (const command of all) {
      const { keyword: name, since } = commands[command.command];
      found.push({ name, ...(since && { since }) });
      expressionsOf(command).forEach(look);
      if (command.command === 'fork') command.branches.forEach(pipeline);
    }
  };
  const whole = (query: Subquery): void => {
    if (query.source.command === 'from') query.source.subqueries.forEach(whole);
    pipeline(query.pipeline);
  };
  whole(parse(new SourceText(text)).query!);
  return found.flatMap(({ name, since }) => (since && !hasFeature(release, since) ? [name] : []));
}

function planOf(text: string, catalogue: Catalogue) {
  const source = new SourceText(text);
  const { query } = parse(source);
  return query && analyze(query, source, catalogue, { now: Date.now(), defaultLimit: null }).plan;
}

describe.each([lookupQueries, caseQueries, conformanceQueries(), randomQueries(60)])('$name', (queries) => {
  it('give the same rows once printed', async () => {
    const server = await serverWith(queries);
    const catalogue = await new StoreQueries(server.store, { concurrent: 1, waiting: 0 }).catalogue(
      server.store.duckdb.connection,
      () => true,
    );
    const wrong: string[] = [];
    let printed = 0;
    for (const query of queries.texts) {
      const wanted = changes.test(query) ? null : await answer(server, query);
      const plan = wanted === null ? null : planOf(query, catalogue);
      if (!plan) continue;
      const seen = new Set<string>();
      for (const version of versions) {
        try {
          const text = printPlan(plan, version === undefined ? {} : { version });
          const missing = version === undefined ? [] : lacking(text, releaseOf(version)!);
          if (missing.length > 0) wrong.push(`${version} lacks ${missing.join()}: ${text}`);
          const got = seen.has(text) ? wanted : await answer(server, text);
          seen.add(text);
          printed += 1;
          if (got !== wanted) wrong.push(`${query}\n=> ${version}\n${text}\n${wanted}\n${got}`);
        } catch (error) {
          if (!(error instanceof TooOld)) throw error;
          if (version === undefined || hasFeature(releaseOf(version)!, error.needs)) throw error;
        }
      }
    }
    expect(wrong).toEqual([]);
    // More than half, although many cases are of functions that the oldest versions do not have.
    expect(printed).toBeGreaterThan(0.5 * versions.length * queries.texts.length);
  }, 120_000);
});
