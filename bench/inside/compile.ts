import { schemaCatalogue } from '../../src/catalogue/schema-catalogue.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { prepare } from '../../src/engines/duckdb/prepare.ts';
import { planQuery } from '../../src/engines/planned-query.ts';
import { findHunts, ownLibrary } from '../../src/hunts/library.ts';
import { OpenCatalogue } from '../../src/languages/esql/analyze/open-catalogue.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import { parse } from '../../src/languages/esql/parse.ts';
import { indexPatterns, mentions } from '../../src/languages/esql/syntax/walk.ts';
import { rewrite } from '../../src/rewrite/rewrite.ts';
import { oneTable } from '../../src/sql/duckdb/event-relation.ts';
import { sql } from '../../src/sql/sql.ts';

/** The median of nine times, in milliseconds. */
function time(work: () => unknown): number {
  const took = Array.from({ length: 9 }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return took.sort((a, b) => a - b)[4]!;
}

const calls = [
  'CONCAT(host.name, "x")',
  'ROUND(event.risk_score * 2, 1)',
  'DATE_TRUNC(1 day, @timestamp)',
  'CASE(source.port > 1, "a", "b")',
  'TO_STRING(source.bytes)',
  'MV_COUNT(MV_APPEND(tags, tags))',
];

/** Times parsing conditions of growing number, and the whole way of a pipeline of sixty functions to SQL. */
export async function compileTimes(): Promise<Record<string, string | number>[]> {
  const rows: Record<string, string | number>[] = [];
  for (const length of [100, 1000, 10_000]) {
    const terms = Array.from({ length }, (_, i) => `(a${i} == ${i} OR NOT b LIKE "x*")`);
    const text = `FROM a | WHERE ${terms.join(' AND ')}`;
    const ms = time(() => parse(new SourceText(text)));
    const perThousand = ((ms * 1e6) / text.length).toFixed(0);
    rows.push({
      what: `parse ${length} conditions`,
      characters: text.length,
      ms: ms.toFixed(2),
      'µs per 1,000 characters': perThousand,
    });
  }
  const sixty = `FROM a | EVAL ${Array.from({ length: 60 }, (_, i) => `x${i} = ${calls[i % calls.length]}`).join(', ')}`;
  const catalogue = await OpenCatalogue.of(['a'], null);
  const options = { now: Date.now(), maxRows: 1000 };
  const ms = time(() => prepare(sixty, catalogue, oneTable(sql`events`), options));
  rows.push({ what: 'compile 60 functions to SQL', characters: sixty.length, ms: ms.toFixed(2) });
  rows.push(...(await ownHunts()));
  return rows;
}

/** Times planning Harrier's own hunts as a run does: the fields to read, the SQL, then what a run without hits asks. */
async function ownHunts(): Promise<Record<string, string | number>[]> {
  const { hunts } = await findHunts([ownLibrary]);
  const texts = hunts.flatMap(({ queries }) => queries.map(({ text }) => text));
  const all = (): CompiledQuery[] => texts.map((text) => new CompiledQuery(text));
  const catalogue = await schemaCatalogue([...new Set(all().flatMap(({ query }) => indexPatterns(query)))]);
  const options = { now: Date.parse('2026-03-10T12:00:00Z'), maxRows: 1000 };
  const plan = (queries: readonly CompiledQuery[]): void => {
    for (const query of queries) {
      mentions(query.query);
      prepare(query, catalogue, oneTable(sql`events`), options);
    }
  };
  const judge = (queries: readonly CompiledQuery[]): void => {
    for (const query of queries) {
      rewrite(query.plan(catalogue, { now: options.now, defaultLimit: null }).plan);
      planQuery(query, catalogue, { ...options, maxRows: null });
    }
  };
  const characters = texts.join('').length;
  return [
    { what: `plan ${texts.length} queries of the own hunts`, characters, ms: time(() => plan(all())).toFixed(2) },
    {
      ...{ what: 'and judge them without hits', characters },
      ms: time(() => {
        const queries = all();
        plan(queries);
        judge(queries);
      }).toFixed(2),
    },
  ];
}
