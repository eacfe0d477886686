import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('matches patterns with every field, and shows the first thousand that nothing names', async () => {
  const folder = temporaryFolder();
  const fields = Array.from({ length: 1100 }, (_, n) => [`f${n}`, n]);
  writeFileSync(join(folder, 'e.ndjson'), JSON.stringify({ id: 1, ...Object.fromEntries(fields), z1: 'a', z2: 'b' }));
  const duckdb = await openDuckDB();
  try {
    const files = await EventFiles.open(duckdb.connection, { data: [folder], cache: false, strict: false });
    const { catalogue, relation, release } = await files.load('all');
    const engine = new DuckDBEngine(duckdb, { catalogue, relation });
    const answer = async (query: string) => {
      const { columns, values, warnings } = await engine.query(query, { now: 0, maxRows: null });
      const row = columns.map(({ name }, i) => [name, values[0]![i]] as const);
      return { row, leftOut: warnings.map((text) => /(\d+) fields are not shown/.exec(text)?.[1]) };
    };
    const z = ['z1', 'z2'];
    const named = [['z1', 'a'] as const, ['z2', 'b'] as const];
    expect(await answer('FROM * | KEEP z*')).toEqual({ row: named, leftOut: [] });
    expect(await answer('FROM * | DROP f*')).toEqual({ row: [['id', 1n], ...named], leftOut: [] });
    for (const query of ['FROM *', 'FROM * | KEEP *']) {
      const { row, leftOut } = await answer(query);
      expect(row).toHaveLength(1000);
      expect(leftOut).toEqual(['103']);
    }
    const both = await answer('FROM * | KEEP *, z*');
    expect(both.row.map(([name]) => name).slice(-2)).toEqual(z);
    expect(both.leftOut).toEqual(['101']);
    release();
    await files.close();
  } finally {
    duckdb.close();
  }
});
