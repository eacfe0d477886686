import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import { eventOfRow, groupColumns, keysOfRows, traceable } from '../../src/investigate/row-events.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import { mentions } from '../../src/languages/esql/syntax/walk.ts';
import { engineOver } from '../support/query.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { now } from './support.ts';

/*
 * Row N is the same row whoever asks: a run, which reads the fields of the query, and whoever looks for the events behind
 * the row, who reads them all, perhaps of files that were read in another order.
 */

const hosts = ['a', 'b', 'c'];
const events = Array.from({ length: 2400 }, (_, i) => ({
  '@timestamp': new Date(now - (i % 7) * 60_000).toISOString(),
  data_stream: { type: 'logs', dataset: 'test', namespace: 'default' },
  event: { id: `e${i}`, action: ['start', 'end'][i % 2] },
  host: { name: hosts[(i * 5) % 3] },
  ...(i % 4 > 0 && {
    process: { args: [`-${i % 3}`, `-${i % 5}`, '-x'], pid: i % 11, command_line: `run -${i % 3} ${i}` },
  }),
}));

const path = temporaryFolder();
const data = join(path, 'data');
mkdirSync(data);
for (const [part, size] of [1700, 1, 699].entries()) {
  const from = [0, 1700, 1701][part]!;
  const lines = events.slice(from, from + size).map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(join(data, `${part}.ndjson`), lines.join(''));
}
const owners = ['a', 'b', 'b', 'c'].map((name, n) => ({ 'host.name': name, team: `t${n}` }));
writeFileSync(join(data, 'owners.ndjson'), owners.map((owner) => `${JSON.stringify(owner)}\n`).join(''));

type Open = (text: string, reads: 'its fields' | 'all fields') => Promise<{ engine: DuckDBEngine; close(): void }>;

/** Files in several states of the cache: none, all of them at once, one file earlier than the others. */
const files =
  (cacheFolder: string | null): Open =>
  async (text, reads) => {
    const duckdb = await openDuckDB();
    const named = mentions(new CompiledQuery(text).query);
    const wanted = reads === 'all fields' || named.allFields ? 'all' : named.names;
    const options = { cache: cacheFolder !== null, strict: false, ...(cacheFolder !== null && { cacheFolder }) };
    const found = await EventFiles.open(duckdb.connection, { data: [data], ...options });
    const { relation, catalogue, release } = await found.load(wanted);
    const close = (): void => {
      duckdb.close();
      release();
    };
    return { engine: new DuckDBEngine(duckdb, { catalogue, relation }), close };
  };

async function store(): Promise<Open> {
  const keyword = { type: 'keyword' };
  const engine = await engineOver([
    {
      name: 'logs-test-default',
      mappings: {
        properties: {
          '@timestamp': { type: 'date' },
          event: { properties: { id: keyword, action: keyword } },
          host: { properties: { name: keyword } },
          process: { properties: { args: keyword, pid: { type: 'long' }, command_line: keyword } },
        },
      },
      docs: events,
    },
    {
      name: 'owners',
      mode: 'lookup',
      mappings: { properties: { 'host.name': keyword, team: keyword } },
      docs: owners,
    },
  ]);
  return async () => ({ engine, close: () => {} });
}

const piece = fc.constantFrom(
  'WHERE process.pid != 3',
  'SORT host.name',
  'SORT process.args DESC, @timestamp',
  'SORT event.action NULLS FIRST',
  'MV_EXPAND process.args',
  'LIMIT 120',
  'LIMIT 3 BY host.name',
  'EVAL kind = CASE(process.pid > 5, "high", "low")',
  'DISSECT process.command_line "run %{flag} %{number}"',
  'INLINE STATS c = COUNT(*) BY host.name',
  'LOOKUP JOIN owners ON host.name',
);
const ending = fc.constantFrom(
  'KEEP event.id, process.args',
  'KEEP event.id, process.args | SORT process.args',
  'KEEP event.id | LIMIT 70',
  'STATS n = COUNT(*), v = VALUES(process.args) BY host.name, process.pid | MV_EXPAND v | SORT v',
  'STATS n = COUNT(*) BY host.name, process.pid, event.action | SORT n DESC | KEEP n, host.name, process.pid, event.action',
);
const pipeline = fc
  .tuple(fc.array(piece, { maxLength: 3 }), ending)
  .map(([pieces, end]) => ['FROM logs-*', ...pieces, end].join(' | '));

/** Every row of a query, by the events or the keys behind it: the same as the row shows. */
async function rowsAreTheirs(text: string, open: Open): Promise<void> {
  const run = await open(text, 'its fields');
  const { columns, values } = await run.engine.query(text, { now, maxRows: 60 });
  run.close();
  const { engine, close } = await open(text, 'all fields');
  try {
    const query = await traceable(text, engine, new Date(now));
    const groups = groupColumns(query);
    const at = (name: string): number => columns.findIndex((column) => column.name === name);
    if (groups) {
      const keys = await keysOfRows({ query, engine }, values.length);
      const found = keys.map((key) => key.map(({ value }) => value));
      expect(found).toEqual(values.map((row) => groups.map(({ name }) => row[at(name)])));
      return;
    }
    for (const row of [1, 2, Math.ceil(values.length / 2), values.length].filter((n) => n <= values.length && n > 0)) {
      const { plan } = eventOfRow(query, row);
      const found = await engine.run(plan, query.source);
      const id = found.columns.findIndex(({ name }) => name === 'event.id');
      expect(found.values.at(-1)![id]).toBe(values[row - 1]![at('event.id')]);
    }
  } finally {
    close();
  }
}

describe('row N is the same row for the run and for its events', { timeout: 600_000 }, () => {
  it.each<[string, () => Open | Promise<Open>]>([
    ['files', () => files(null)],
    ['kept files', () => files(join(path, 'cache'))],
    ['a store', store],
  ])('over %s', async (_, door) => {
    const open = await door();
    await fc.assert(
      fc.asyncProperty(pipeline, (text) => rowsAreTheirs(text, open)),
      { numRuns: Number(process.env.LAWS ?? 8) },
    );
  });
});

describe('rows of several branches come in the order of these', () => {
  const first = 'WHERE process.pid > 5 | KEEP event.id, host.name';
  const second = 'WHERE event.action == "end" | SORT host.name DESC, event.id | LIMIT 40 | KEEP event.id, host.name';
  it.each<[string, string, boolean]>([
    ['FORK', `FROM logs-* | FORK (${first}) (${second}) | KEEP event.id, host.name`, true],
    ['subqueries', `FROM (FROM logs-* | ${first}), (FROM logs-* | ${second})`, true],
    [
      'branches of groups',
      'FROM logs-* | FORK (STATS n = COUNT(*) BY host.name) (STATS n = COUNT(*) BY process.pid)',
      false,
    ],
    [
      'branches within',
      `FROM (FROM logs-* | FORK (${first}) (${second}) | KEEP event.id), (FROM logs-* | ${second})`,
      false,
    ],
    [
      'an order that leaves ties',
      `FROM (FROM logs-* | ${second}), (FROM logs-* | ${first}) | SORT host.name | LIMIT 90`,
      false,
    ],
  ])('%s', async (_, text, isPlain) => {
    const open = files(null);
    const rowsWith = async (reads: 'its fields' | 'all fields'): Promise<unknown[]> => {
      const { engine, close } = await open(text, reads);
      const { values } = await engine.query(text, { now, maxRows: 5000 });
      close();
      return [...values];
    };
    const rows = await rowsWith('its fields');
    expect(rows.length).toBeGreaterThan(10);
    expect(await rowsWith('all fields')).toEqual(rows);
    if (!isPlain) return;
    // Those of the first are those that the first alone gives, and so are those of the second behind them.
    const { engine, close } = await open(text, 'its fields');
    const ask = (branch: string) => engine.query(`FROM logs-* | ${branch}`, { now, maxRows: 5000 });
    const [one, two] = [await ask(first), await ask(second)];
    close();
    expect(rows).toEqual([...one.values, ...two.values]);
  });
});
