import { beforeAll, describe, expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import type { Parameter, ScalarFunction } from '../../src/functions/definition.ts';
import { functions, operators } from '../../src/functions/table.ts';
import type { EsqlType } from '../../src/values/types.ts';
import { engineOver, now } from '../support/query.ts';
import { called } from './called.ts';

/*
 * The law of functions of single values: a null argument makes the result null, whether it is a constant, which is folded
 * before any row is read, or a column of a row, which the engine looks at.
 */

/** A value of each type that arguments are made of, as ES|QL. */
const values: Partial<Record<EsqlType, string>> = {
  ...{ integer: '2', long: '2::long', double: '2.5', unsigned_long: '2::unsigned_long', boolean: 'true' },
  ...{ keyword: '"2"', ip: '"10.0.0.1"::ip', version: '"1.2"::version', date: '"2026-03-10"::datetime' },
  ...{ geo_point: '"POINT(1 2)"::geo_point', geo_shape: '"POINT(1 2)"::geo_shape' },
};

let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await engineOver([]);
});

async function answer(query: string): Promise<unknown> {
  try {
    return (await engine.query(query, { now, maxRows: 10 })).values[0]![0];
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

const typeOf = ({ accepts }: Parameter): EsqlType | undefined =>
  accepts.types.find((type) => values[type] !== undefined && type !== 'null');

function argumentTypes({ parameters }: ScalarFunction): EsqlType[] | null {
  const types = parameters.map(typeOf);
  return types.every((type) => type !== undefined) ? (types as EsqlType[]) : null;
}

const single = [...functions, ...operators].filter(
  (one): one is ScalarFunction =>
    one.kind === 'scalar' &&
    one.multivalue === 'null-and-warn' &&
    !one.keepsNulls &&
    one.parameters.length > 0 &&
    (argumentTypes(one as ScalarFunction)?.length ?? 0) > 0 &&
    called(one.name, ['a', 'b']) !== null,
);

describe('a null argument makes null', () => {
  it.each(single.map((one) => [one.name, one] as const))('%s', async (name, definition) => {
    const types = argumentTypes(definition)!;
    const constants = types.map((type) => values[type]!);
    // Functions that want more than types of their arguments are left to their own cases.
    if ((await answer(`ROW r = ${called(name, constants)}`)) instanceof QueryError) return;
    for (const [i, parameter] of definition.parameters.entries()) {
      const none = `null::${types[i]}`;
      const folded = await answer(`ROW r = ${called(name, constants.with(i, none))}`);
      if (!(folded instanceof QueryError)) expect({ argument: parameter.name, folded }).toMatchObject({ folded: null });
      if (parameter.constant) continue;
      const fields = types.map((_, j) => `a${j} = ${j === i ? none : constants[j]}`);
      const asked = definition.parameters.map(({ constant }, j) => (constant ? constants[j]! : `a${j}`));
      // A multivalue in another row keeps the columns from being known beforehand.
      const read = await answer(
        `ROW ${fields.join(', ')}, n = [1, 2] | MV_EXPAND n | EVAL r = ${called(name, asked)} | KEEP r | LIMIT 1`,
      );
      expect({ argument: parameter.name, read }).toMatchObject({ read: null });
    }
  });
});
