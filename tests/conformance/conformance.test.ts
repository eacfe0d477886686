import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import type { CellValue } from '../../src/values/types.ts';
import type { MappedIndex } from '../support/query.ts';
import { engineOver, now } from '../support/query.ts';
import { hasShared, shared } from '../support/shared.ts';

/*
 * Cases with Elasticsearch's own answers. All must be right, but for what is listed here with its reason.
 */

const known: Readonly<Record<string, string>> = {
  'date-overflow': 'dates end with DuckDB’s timestamps, some 290,000 years off',
};

interface Case {
  readonly id: string;
  readonly area: string;
  readonly indices?: readonly string[];
  readonly query: string;
  readonly columns?: readonly { name: string; type: string }[];
  readonly values?: readonly (readonly unknown[])[];
  readonly ordered?: boolean;
  readonly warnings?: readonly string[];
  readonly error?: string;
}

/** Cells as the cases write them: whole numbers beyond 2^53 as texts. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `num:${value}`;
  return value ?? null;
};

function same(a: unknown, b: unknown, type: string): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => same(item, b[i], type));
  if (type === 'double' && typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  return Object.is(a, b) || (a === 0 && b === 0);
}

const sortKey = (row: readonly unknown[]): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value));

function difference(
  wanted: Case,
  got: {
    columns: readonly { name: string; type: string }[];
    values: readonly (readonly CellValue[])[];
    warnings: readonly string[];
  },
): string | null {
  const names = (columns: readonly { name: string; type: string }[]): string =>
    columns.map(({ name, type }) => `${name}:${type}`).join(', ');
  if (names(got.columns) !== names(wanted.columns!))
    return `columns ${names(got.columns)}, not ${names(wanted.columns!)}`;
  let rows = got.values.map((row) => row.map(plain));
  let expected = wanted.values!.map((row) => row.map(plain));
  if (wanted.ordered === false)
    [rows, expected] = [rows, expected].map((list) => [...list].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))) as [
      typeof rows,
      typeof rows,
    ];
  const right =
    rows.length === expected.length &&
    rows.every((row, i) => row.every((value, j) => same(value, expected[i]![j], wanted.columns![j]!.type)));
  if (!right) return `rows ${JSON.stringify(rows).slice(0, 300)}, not ${JSON.stringify(expected).slice(0, 300)}`;
  const missing = (wanted.warnings ?? []).find((warning) => !got.warnings.some((text) => text.includes(warning)));
  return missing ? `no warning ${missing} in ${JSON.stringify(got.warnings)}` : null;
}

describe.skipIf(!hasShared)('conformance', () => {
  const engines = new Map<string, Promise<DuckDBEngine>>();
  const engineFor = (names: readonly string[]): Promise<DuckDBEngine> => {
    const key = names.join();
    const load = (name: string): MappedIndex =>
      JSON.parse(readFileSync(shared(`conformance/data/${name}.json`), 'utf8'));
    if (!engines.has(key)) engines.set(key, engineOver(names.map(load)));
    return engines.get(key)!;
  };

  async function check(wanted: Case): Promise<string | null> {
    const engine = await engineFor(wanted.indices ?? []);
    try {
      const got = await engine.query(wanted.query, { now, maxRows: 1000 });
      return wanted.error === undefined ? difference(wanted, got) : `no error, but ${wanted.error} was expected`;
    } catch (error) {
      if (!(error instanceof QueryError)) return `internal error: ${(error as Error).message}`;
      if (wanted.error === undefined) return error.message;
      return error.message.includes(wanted.error) ? null : `the error is ${error.message}, not ${wanted.error}`;
    }
  }

  const areas = hasShared ? readdirSync(shared('conformance/cases')) : [];
  it.each(areas)('%s', async (file) => {
    const cases = readFileSync(shared(`conformance/cases/${file}`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Case);
    const wrong: string[] = [];
    for (const wanted of cases) {
      const why = await check(wanted);
      if (why !== null && known[wanted.id] === undefined) wrong.push(`${wanted.id}: ${why}`);
    }
    expect(wrong).toEqual([]);
  });
});
