import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EvaluationError, QueryError } from '../../src/diagnostics/diagnostic.ts';
import { functions } from '../../src/functions/table.ts';
import { definitions } from '../../src/languages/esql/commands/table.ts';
import { indices } from '../cases/indices.ts';
import { engineOver, now } from '../support/query.ts';
import { chance } from './pipelines.ts';

/*
 * Queries with words and marks put in, taken out and exchanged: whatever comes of them, it is an answer or a message of
 * the language, never an error of the engine. HARRIER_FUZZ says how many.
 */
const many = Number(process.env.HARRIER_FUZZ ?? 4000);
const firstSeed = Number(process.env.HARRIER_SEED ?? 1);

const cases = join(import.meta.dirname, '../cases');
const seeds = [
  ...['functions', 'commands', 'errors', 'plans'].flatMap((area) =>
    readdirSync(join(cases, area))
      .filter((name) => name.endsWith('.esql'))
      .flatMap((name) => readFileSync(join(cases, area, name), 'utf8').split(/^-{3,}\n/m)),
  ),
  ...functions.map(({ example }) => example),
  ...definitions.map(({ example }) => example),
].filter((query) => query.trim() !== '' && query.length < 400);

const pieces =
  '| ( ) [ ] , == != = " null true 1 - 2147483648 -9223372036854775808 1.5 1e308 0 host bytes tags ip signed @timestamp score version message BY STATS WHERE EVAL COUNT(*) SUM(bytes) MAX( MIN( VALUES( TOP( :: ::ip ::date ::date_nanos ::unsigned_long ::long ::double ::version ::boolean NOT AND OR IN LIKE RLIKE * ` CASE( COALESCE( TO_STRING( ROUND( MV_SUM( MV_SLICE( MV_APPEND( GREATEST( DATE_TRUNC( BUCKET( SPLIT( REPLACE( [1,2] ["a","b"] "2024-01-01" "10.0.0.1" . /* // INLINE MV_EXPAND DISSECT GROK FORK LIMIT ? DEDUP DISTINCT REGISTERED_DOMAIN USER_AGENT WITH {"extract_device_type":true} MV_LIKE( TRANGE( DECAY( TO_GEOSHAPE( ST_BUFFER( ST_UNION( ST_GEOHEX( TO_RANGE( ::geo_shape ::cartesian_shape ::double_range area entry load unmapped_fields="load" {"include_empty_buckets":true}'.split(
    ' ',
  );

function mutate(pick: (below: number) => number): string {
  const any = <T>(items: readonly T[]): T => items[pick(items.length)]!;
  let query = any(seeds);
  for (let times = 1 + pick(3); times > 0; times--) {
    const at = pick(query.length + 1);
    switch (pick(6)) {
      case 0:
        query = `${query.slice(0, at)} ${any(pieces)} ${query.slice(at)}`;
        break;
      case 1:
        query = query.slice(0, at) + query.slice(at + 1 + pick(6));
        break;
      case 2:
        query += ` | ${any(any(seeds).split('|')).trim()}`;
        break;
      case 3:
        query = query.replace(/[A-Za-z_]+\(/, `${any(functions).name}(`);
        break;
      case 4:
        query = query.replace(/(?:==|>=?|<=?) *[^ |]+/, `IN (${any(seeds)})`);
        break;
      default: {
        const words = query.match(/\w+/g) ?? [];
        if (words.length > 1) query = query.replace(any(words), any(words));
      }
    }
  }
  return query;
}

it(`${many} mutated queries give answers or messages`, async () => {
  const engine = await engineOver(indices);
  const pick = chance(firstSeed);
  const wrong: string[] = [];
  for (let i = 0; i < many && wrong.length < 10; i++) {
    const query = mutate(pick);
    try {
      await engine.query(query, { now, maxRows: 100 });
    } catch (error) {
      if (!(error instanceof QueryError) && !(error instanceof EvaluationError))
        wrong.push(`${(error as Error).message.split('\n')[0]}\n  ${query}`);
    }
  }
  expect(wrong.join('\n')).toBe('');
}, 3_600_000);
