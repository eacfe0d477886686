import { beforeAll, describe, expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import type { ScalarFunction } from '../../src/functions/definition.ts';
import { functions, operators } from '../../src/functions/table.ts';
import type { EsqlType } from '../../src/values/types.ts';
import { engineOver, now } from '../support/query.ts';
import { called } from './called.ts';

/* The law of folding: what a function makes of constants before any row is read is what the engine makes of a row. */

const values: Partial<Record<EsqlType, readonly string[]>> = {
  integer: ['7', '-3', '0', '2147483647'],
  long: ['7::long', '-9223372036854775808'],
  double: ['2.5', '-0.0', '1e300'],
  unsigned_long: ['18446744073709551615'],
  boolean: ['true', 'false'],
  keyword: ['"Ab é"', '""', '"10.0.0.1"', '"2026-03-10"'],
  date: ['"2026-03-10T01:02:03.456Z"::datetime'],
  ip: ['"10.0.0.1"::ip'],
  version: ['"1.2"::version'],
};

let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await engineOver([]);
});

async function answer(query: string): Promise<unknown> {
  try {
    const { values, columns } = await engine.query(query, { now, maxRows: 10 });
    return [columns[0]!.type, values[0]![0]];
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

/** Lists of arguments: each value of each type that a parameter takes, with each of the others of the first two. */
function* argumentLists({ parameters }: ScalarFunction): Generator<readonly string[]> {
  const choices = parameters.slice(0, 2).map(({ accepts }) => accepts.types.flatMap((type) => values[type] ?? []));
  if (choices.length === 0 || choices.some((choice) => choice.length === 0)) return;
  for (const first of choices[0]!) {
    if (choices.length === 1) yield [first];
    else for (const second of choices[1]!) yield [first, second];
  }
}

const folded = [...functions, ...operators].filter(
  (one): one is ScalarFunction =>
    one.kind === 'scalar' &&
    one.fold !== undefined &&
    called(one.name, ['a', 'b']) !== null &&
    one.parameters.length > 0,
);

describe('what is folded is what a row would give', () => {
  it.each(folded.map((one) => [one.name, one] as const))('%s', async (name, definition) => {
    for (const args of argumentLists(definition)) {
      const call = called(name, args);
      if (call === null) continue;
      const constant = await answer(`ROW r = ${call}`);
      if (constant instanceof QueryError) continue;
      const fields = args.map((arg, i) => `a${i} = ${arg}`);
      const names = args.map((arg, i) => (definition.parameters[i]!.constant ? arg : `a${i}`));
      const row = `ROW ${fields.join(', ')}, n = [1, 2] | MV_EXPAND n | EVAL r = ${called(name, names)} | KEEP r`;
      const read = await answer(`${row} | LIMIT 1`);
      // A literal text may be read as another type, a column may not.
      if (!(read instanceof QueryError)) expect({ call, result: constant }).toEqual({ call, result: read });
    }
  });
});
