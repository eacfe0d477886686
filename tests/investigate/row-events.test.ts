import { beforeAll, describe, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { eventOfRow, eventsOfGroups, groupColumns, keysOfRows, traceable } from '../../src/investigate/row-events.ts';
import type { CellValue } from '../../src/values/types.ts';
import { huntQueries, now, oddEngine } from './support.ts';

const queries = await huntQueries();
let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await oddEngine(3);
});

const total = (values: readonly (readonly CellValue[])[], at: number): bigint =>
  values.reduce((sum, row) => {
    const cell = row[at]!;
    const each = cell === null ? [] : Array.isArray(cell) ? (cell as readonly bigint[]) : [cell as bigint];
    return each.reduce((all, value) => all + BigInt(value), sum);
  }, 0n);

describe('the events of a row', () => {
  it.each([
    ['keys of one value', 'STATS n = COUNT(*), b = SUM(source.bytes) BY process.name, agent.id'],
    ['keys of several', 'STATS n = COUNT(*), b = SUM(source.bytes) BY process.entity_id, destination.ip | SORT n DESC'],
    [
      'numbers and booleans',
      'STATS n = COUNT(*), b = SUM(source.bytes) BY source.bytes, process.code_signature.exists',
    ],
    [
      'computed keys',
      'EVAL day = DATE_TRUNC(1 day, @timestamp), up = TO_UPPER(process.name) | STATS n = COUNT(*), b = SUM(source.bytes) BY day, up | SORT b DESC',
    ],
    [
      'dropped keys',
      'KEEP process.name, source.bytes | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name | WHERE n > 3 | KEEP n, b',
    ],
    ['buckets', 'STATS n = COUNT(*), b = SUM(source.bytes) BY t = BUCKET(@timestamp, 1 day)'],
    [
      'STATS over STATS',
      'STATS c = COUNT(*), s = SUM(source.bytes) BY process.name, agent.id | WHERE c > 2 | STATS n = SUM(c), b = SUM(s) BY process.name',
    ],
    ['no keys', 'WHERE source.bytes > 100 | STATS n = COUNT(*), b = SUM(source.bytes)'],
  ])('%s: add up to what was aggregated', async (_, pipeline) => {
    const text = `FROM logs-* | WHERE @timestamp > now() - 3 days | ${pipeline}`;
    const { values } = await engine.query(text, { now, maxRows: 40 });
    const query = await traceable(text, engine, new Date(now));
    const keys = await keysOfRows({ query, engine }, values.length);
    expect(values.length).toBeGreaterThan(0);
    const [n, b] = [0, 1];
    for (const [i, row] of values.entries()) {
      const { plan, fields } = await eventsOfGroups({ query, engine }, [keys[i]!]);
      const events = await engine.run(plan, query.source);
      const bytes = events.columns.findIndex(({ name }) => name === 'source.bytes');
      expect(BigInt(events.values.length)).toBe(BigInt(row[n] as bigint));
      expect(total(events.values, bytes)).toBe(BigInt((row[b] as bigint | null) ?? 0n));
      expect([...fields.keys()]).toContain('destination.address');
    }
  });
  it.each(queries)('are found for every row of a hunt, %#', async (text) => {
    const query = await traceable(text, engine, new Date(now));
    const { values, columns } = await engine.query(text, { now, maxRows: 1000 });
    const rows = Math.min(values.length, 20);
    if (groupColumns(query) === null) {
      const { plan } = eventOfRow(query, rows);
      const events = await engine.run(plan, query.source);
      expect(events.values).toHaveLength(rows);
      for (const [i, { name }] of columns.entries()) {
        const at = events.columns.findIndex((column) => column.name === name);
        if (at >= 0) expect(events.values.map((row) => row[at])).toEqual(values.slice(0, rows).map((row) => row[i]));
      }
      return;
    }
    for (const key of await keysOfRows({ query, engine }, rows)) {
      const { plan } = await eventsOfGroups({ query, engine }, [key]);
      expect((await engine.run(plan, query.source)).values.length).toBeGreaterThan(0);
    }
  });
  it('several rows at once', async () => {
    const text = 'FROM logs-* | STATS n = COUNT(*) BY agent.id';
    const query = await traceable(text, engine, new Date(now));
    const { values } = await engine.query(text, { now, maxRows: 1000 });
    const { plan } = await eventsOfGroups({ query, engine }, await keysOfRows({ query, engine }, 2));
    const events = await engine.run(plan, query.source);
    expect(BigInt(events.values.length)).toBe(BigInt(values[0]![0] as bigint) + BigInt(values[1]![0] as bigint));
  });
  it.each([
    ['FORK', 'FROM logs-* | FORK (WHERE source.bytes > 100) (WHERE source.bytes < 50 | EVAL small = true)'],
    ['subqueries', 'FROM (FROM logs-* | WHERE source.bytes > 100), (FROM logs-* | WHERE source.bytes < 50)'],
  ])('are those that rows of %s are themselves', async (_, branches) => {
    const text = `${branches} | WHERE @timestamp > now() - 3 days | KEEP @timestamp, source.bytes, process.name | SORT source.bytes, @timestamp`;
    const { values } = await engine.query(text, { now, maxRows: 30 });
    const query = await traceable(text, engine, new Date(now));
    expect(groupColumns(query)).toBeNull();
    const { plan, fields } = eventOfRow(query, values.length);
    const events = await engine.run(plan, query.source);
    const at = ['@timestamp', 'source.bytes', 'process.name'].map((name) =>
      events.columns.findIndex((column) => column.name === name),
    );
    expect(values.length).toBeGreaterThan(5);
    expect(events.values.map((row) => at.map((i) => row[i]))).toEqual(values);
    expect([...fields.keys()]).toContain('destination.address');
  });
  it.each([
    ['FORK', 'FROM logs-* | FORK (WHERE source.bytes > 100) (WHERE source.bytes < 5000)'],
    ['subqueries', 'FROM (FROM logs-* | WHERE source.bytes > 100), (FROM logs-* | WHERE source.bytes < 5000)'],
  ])('are as often there as the branches of %s have them', async (_, branches) => {
    const text = `${branches} | STATS n = COUNT(*) BY process.name | SORT n DESC`;
    const { values } = await engine.query(text, { now, maxRows: 10 });
    const query = await traceable(text, engine, new Date(now));
    const keys = await keysOfRows({ query, engine }, values.length);
    expect(values.length).toBeGreaterThan(0);
    for (const [i, [n]] of values.entries()) {
      const { plan } = await eventsOfGroups({ query, engine }, [keys[i]!]);
      expect(BigInt((await engine.run(plan, query.source)).values.length)).toBe(BigInt(n as bigint));
    }
  });
  it.each([
    'FROM logs-* | FORK (STATS n = COUNT(*) BY process.name) (STATS n = COUNT(*) BY agent.id)',
    'FROM logs-* | FORK (STATS n = COUNT(*) BY process.name) (LIMIT 3) | STATS m = SUM(n)',
  ])('are unknown where branches aggregate: %s', async (text) => {
    await expect(traceable(text, engine, new Date(now))).rejects.toThrow('nothing says which branch');
  });
});
