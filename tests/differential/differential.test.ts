import { expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import type { CellValue } from '../../src/values/types.ts';
import { engineOver, now } from '../support/query.ts';
import { chance, makePipeline, type Pipeline, stored } from './pipelines.ts';
import type { Row, Scalar, Type, Value } from './reference.ts';

/*
 * Random pipelines, answered by the engine and by the reference: there must be no difference. HARRIER_PIPELINES
 * says how many, HARRIER_SEED where to begin.
 */
const many = Number(process.env.HARRIER_PIPELINES ?? 600);
const firstSeed = Number(process.env.HARRIER_SEED ?? 1);

const columns: readonly { name: string; type: Type }[] = [
  { name: 'n', type: 'integer' },
  { name: 'i', type: 'integer' },
  { name: 'im', type: 'integer' },
  { name: 'l', type: 'long' },
  { name: 'd', type: 'double' },
  { name: 'dm', type: 'double' },
  { name: 'b', type: 'boolean' },
  { name: 'k', type: 'keyword' },
  { name: 'km', type: 'keyword' },
  { name: 't', type: 'date' },
  { name: 'tm', type: 'date' },
];

const samples: Readonly<Record<Type, readonly Scalar[]>> = {
  integer: [0n, 1n, -1n, 5n, 42n, 2147483647n, -2147483648n, 7n],
  long: [0n, 1n, -7n, 3000000000n, 9007199254740993n, -9223372036854775808n],
  double: [0, 0.5, -2.25, 1e6, 3.75, -0.125],
  boolean: [true, false],
  keyword: ['alpha', 'beta', 'Gamma', '', 'élan', 'a b', 'true', 'o'],
  date: [0n, 1709210096789n, 946684799999n, 1773100800000n, -86400000n],
};

function documents(): { rows: Row[]; docs: Record<string, unknown>[] } {
  const pick = chance(99);
  const rows: Row[] = [];
  const docs: Record<string, unknown>[] = [];
  for (let n = 0; n < 30; n++) {
    const row = new Map<string, Value>([['n', BigInt(n)]]);
    const doc: Record<string, unknown> = { n };
    for (const { name, type } of columns.slice(1)) {
      const several = name.endsWith('m') ? pick(4) : Math.min(1, pick(5));
      const values = Array.from({ length: several }, () => samples[type][pick(samples[type].length)]!);
      row.set(name, stored(type, values));
      if (several > 0)
        doc[name] = values.map((value) =>
          typeof value === 'bigint' ? (type === 'long' ? value.toString() : Number(value)) : value,
        );
    }
    rows.push(row);
    docs.push(doc);
  }
  return { rows, docs };
}

/** A cell as both sides can be compared: dates as milliseconds, doubles to nine digits. */
function plain(value: CellValue | Value, type: Type): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${(value as readonly Scalar[]).map((item) => plain(item, type)).join()}]`;
  if (type === 'double')
    return Number((Number(value) + 0).toPrecision(9))
      .toString()
      .replace(/^-0$/, '0');
  if (type === 'date') return String(typeof value === 'string' ? Date.parse(value) : value);
  return JSON.stringify(typeof value === 'bigint' || typeof value === 'number' ? String(value) : value);
}

async function difference(engine: DuckDBEngine, pipeline: Pipeline): Promise<string | null> {
  const got = await engine.query(pipeline.text, { now, maxRows: 100_000 });
  const header = (all: readonly { name: string; type: string }[]): string =>
    all.map(({ name, type }) => `${name}:${type}`).join();
  if (header(got.columns) !== header(pipeline.columns))
    return `columns ${header(got.columns)}, not ${header(pipeline.columns)}`;
  const lines = (rows: readonly (readonly (CellValue | Value)[])[]): string[] => {
    const all = rows.map((row) => row.map((value, i) => plain(value, pipeline.columns[i]!.type)).join(' | '));
    return pipeline.ordered ? all : all.sort();
  };
  const [engineRows, referenceRows] = [lines(got.values), lines(pipeline.rows)];
  const at = engineRows.findIndex((line, i) => line !== referenceRows[i]);
  if (engineRows.length !== referenceRows.length) return `${engineRows.length} rows, not ${referenceRows.length}`;
  return at < 0 ? null : `row ${at}: ${engineRows[at]}, not ${referenceRows[at]}`;
}

it(`answers ${many} random pipelines as the reference does`, async () => {
  const { rows, docs } = documents();
  const properties = Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
  const engine = await engineOver([{ name: 'm', mappings: { properties }, docs }]);
  const wrong: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + many && wrong.length < 10; seed++) {
    const pipeline = makePipeline(seed, 'm', columns, rows);
    const why = await difference(engine, pipeline).catch((error: Error) => error.message);
    if (why) wrong.push(`seed ${seed}: ${why}\n  ${pipeline.text}`);
  }
  expect(wrong.join('\n')).toBe('');
}, 3_600_000);
