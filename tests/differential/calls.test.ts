import { beforeAll, expect, it } from 'vitest';
import { EvaluationError, QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { functions } from '../../src/functions/table.ts';
import { cellJson } from '../../src/values/json.ts';
import type { CellValue, EsqlType, ScalarValue } from '../../src/values/types.ts';
import { engineOver, now } from '../support/query.ts';
import { type Call, called, fieldTypes, literalOf, notCalled, randomCall, samples } from './calls.ts';
import { chance } from './pipelines.ts';

/** How many calls of each function; HARRIER_SEED says where to begin. */
const many = Number(process.env.HARRIER_CALLS ?? 3);
const firstSeed = Number(process.env.HARRIER_SEED ?? 1);
const rows = 4;

let engine: DuckDBEngine;
let cells: Map<string, readonly CellValue[]>;
beforeAll(async () => {
  const pick = chance(7);
  const mapped = fieldTypes.flatMap((type) => [`${type}_s`, `${type}_m`].map((name) => [name, { type }] as const));
  const docs = Array.from({ length: rows }, (_, n) => {
    const values = fieldTypes.flatMap((type): [string, unknown][] => {
      const value = (): unknown => samples[type][pick(samples[type].length)];
      // The first document has everything, the last nothing.
      const single = n < rows - 1 ? [[`${type}_s`, value()] as [string, unknown]] : [];
      const several = n === 0 ? [value(), value(), value()] : n === 1 ? value() : n === 2 ? [value(), value()] : null;
      return [...single, ...(several === null ? [] : [[`${type}_m`, several] as [string, unknown]])];
    });
    return Object.fromEntries([['n', n], ...values]);
  });
  engine = await engineOver([
    { name: 'f', mappings: { properties: Object.fromEntries([['n', { type: 'integer' }], ...mapped]) }, docs },
  ]);
  const { columns, values } = await engine.query('FROM f | SORT n', { now, maxRows: null });
  cells = new Map(columns.map(({ name }, i) => [name, values.map((row) => row[i]!)]));
});

it('calls every function of single rows, or says why not', () => {
  const names = functions.filter(({ kind }) => kind === 'scalar').map(({ name }) => name);
  const covered = new Set([...called.map(({ name }) => name), ...Object.keys(notCalled)]);
  expect(names.filter((name) => !covered.has(name))).toEqual([]);
  const never = called.filter(
    (definition) => !Array.from({ length: 40 }, (_, seed) => randomCall(definition, chance(seed))).some(Boolean),
  );
  expect(never.map(({ name }) => name)).toEqual([]);
});

/** A cell to compare: doubles to nine digits. */
function plain(cell: CellValue, type: EsqlType): string {
  if (type !== 'double' || cell === null) return cellJson(cell, type);
  const round = (value: ScalarValue): string => String(Number((Number(value) + 0).toPrecision(9)));
  return Array.isArray(cell) ? `[${(cell as readonly ScalarValue[]).map(round).join()}]` : round(cell as ScalarValue);
}

/** The results of some calls as the columns of one query; why there are none where it is refused. */
async function ask(query: string): Promise<{ types: EsqlType[]; values: string[][] } | string> {
  try {
    const { columns, values } = await engine.query(query, { now, maxRows: null });
    return {
      types: columns.map(({ type }) => type),
      values: values.map((row) => row.map((cell, i) => plain(cell, columns[i]!.type))),
    };
  } catch (error) {
    if (error instanceof QueryError || error instanceof EvaluationError) return error.message;
    throw new Error(`${query}\n  ${(error as Error).message.split('\n')[0]}`);
  }
}

/** What differs between a call over columns and the same over literals; null where nothing does. */
async function difference(call: Call): Promise<string | null> {
  const overColumns = `FROM f | SORT n | EVAL r = ${call.text((column) => column)} | KEEP r`;
  const whole = await ask(overColumns);
  for (let row = 0; row < rows; row++) {
    const text = call.text((column, type) => literalOf(cells.get(column)![row]!, type));
    const alone = await ask(`ROW r = ${text}`);
    // Mistakes in arguments are reported where they are known beforehand, and are null in rows.
    if (typeof alone === 'string' || typeof whole === 'string') continue;
    const [expected, got] = [whole.values[row]![0], alone.values[0]![0]];
    if (whole.types[0] !== alone.types[0])
      return `${overColumns}\n  is ${whole.types[0]}, and ${alone.types[0]} over literals: ${text}`;
    if (expected !== got) return `${overColumns}\n  row ${row}: ${expected}, and ${got} over literals: ${text}`;
  }
  return null;
}

it(`gives the same over columns and over literals, ${many} calls of each function`, async () => {
  const wrong: string[] = [];
  for (const definition of called)
    for (let seed = firstSeed; seed < firstSeed + many; seed++) {
      const call = randomCall(definition, chance(seed * 7919 + definition.name.length));
      const why = call && (await difference(call).catch((error: Error) => `fault: ${error.message}`));
      if (why) wrong.push(why);
    }
  expect(wrong.join('\n')).toBe('');
}, 600_000);
