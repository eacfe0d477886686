import { expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { prepare } from '../../src/engines/duckdb/prepare.ts';
import { readFolder } from '../../src/hunts/library.ts';
import { OpenCatalogue } from '../../src/languages/esql/analyze/open-catalogue.ts';
import { parse } from '../../src/languages/esql/parse.ts';
import { indexPatterns } from '../../src/languages/esql/syntax/walk.ts';
import { scansOf } from '../../src/plan/nodes.ts';
import { oneTable } from '../../src/sql/duckdb/event-relation.ts';
import { storageType } from '../../src/sql/duckdb/storage-type.ts';
import { ident, join, sql } from '../../src/sql/sql.ts';

/*
 * Elastic's public library, where HARRIER_CORPUS names a copy of github.com/elastic/detection-rules: every hunt and every
 * ES|QL rule must run, or be refused for a reason that is its own fault.
 */

const folder = process.env.HARRIER_CORPUS;

/** What no Elasticsearch runs either, or what needs inference or a policy that only its author has. */
const trueReasons = [
  /^mismatched input '=' expecting/,
  /^mismatched input 'by' expecting/,
  /^no viable alternative at input '\)'/,
  /^token recognition error at: '".*\\\?/,
  /^Unexpected temporal unit: 'm'/,
  /^cannot find enrich policy \[libs-policy-/,
  /^the command COMPLETION is not supported/,
];

it.skipIf(!folder)(
  'Elastic’s own hunts and rules run, or are refused for their own fault',
  async () => {
    const { connection } = await openDuckDB();
    const refused: string[] = [];
    let ran = 0;
    for (const part of ['hunting', 'rules']) {
      for (const hunt of (await readFolder(`${folder}/${part}`)).hunts) {
        for (const { text } of hunt.queries) {
          const { query } = parse(new SourceText(text));
          const catalogue = await OpenCatalogue.of(query ? indexPatterns(query) : [], query);
          try {
            const prepared = prepare(text, catalogue, oneTable(sql`events`), { now: Date.now(), maxRows: 1000 });
            await connection.run(eventsTable(prepared.rewritten));
            await connection.runAndReadAll(prepared.emitted.sql);
            ran += 1;
          } catch (error) {
            if (!(error instanceof QueryError)) throw new Error(`${hunt.file}: ${(error as Error).message}`);
            const [first] = error.diagnostics;
            if (!trueReasons.some((reason) => reason.test(first!.message)))
              refused.push(`${hunt.file}: ${first!.message}`);
          }
        }
      }
    }
    expect(refused).toEqual([]);
    expect(ran).toBeGreaterThan(340);
  },
  300_000,
);

/** A table with one empty event, and every column that a plan reads. */
function eventsTable(plan: Parameters<typeof scansOf>[0]): ReturnType<typeof sql> {
  const columns = new Map<string, ReturnType<typeof sql>>();
  for (const scan of scansOf(plan)) {
    for (const { source } of scan.columns) {
      if (typeof source === 'string' || source.column === null) continue;
      columns.set(source.column, storageType(source.type));
      if (source.listColumn !== null) columns.set(source.listColumn, sql`${storageType(source.type)}[]`);
    }
  }
  const own = [...columns].map(([name, type]) => sql`NULL::${type} AS ${ident(name)}`);
  const metadata = [sql`'a' AS "_index"`, sql`'1' AS "_id"`, sql`NULL::VARCHAR[] AS "_ignored"`];
  return sql`CREATE OR REPLACE TABLE events AS SELECT ${join([...metadata, ...own], ', ')}`;
}
