import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { contextOfRows } from '../../src/investigate/row-context.ts';
import { oddEvents, writeEvent } from '../hunts/odd-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { engineOverFile, huntQueries, now } from './support.ts';

const events = [
  { host: 'ws-1', user: 'ann', process: 'a.exe', id: 'p1', bytes: 10, tags: ['x', 'y'] },
  { host: 'ws-1', user: 'ann', process: 'a.exe', id: 'p1', bytes: 20, tags: ['x'] },
  { host: 'ws-2', user: 'bob', process: 'a.exe', id: 'p2', bytes: 30, tags: ['z'] },
  { host: 'ws-2', user: 'eve', process: 'b.exe', id: 'p3', bytes: 40, tags: ['z'] },
  { host: 'ws-2', user: undefined, process: 'b.exe', id: 'p3', bytes: 50, tags: ['z'] },
  { host: undefined, user: undefined, process: 'c.exe', id: 'p4', bytes: 61, tags: ['w'] },
].map(({ host, user, process, id, bytes, tags }, i) => ({
  ...{ '@timestamp': new Date(now - i * 60_000).toISOString(), tags },
  ...{ host: { name: host }, user: { name: user }, process: { name: process, entity_id: id }, source: { bytes } },
  data_stream: { type: 'logs', dataset: 'test', namespace: 'default' },
}));

let engine: DuckDBEngine;
beforeAll(async () => {
  const file = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(file, events.map((event) => JSON.stringify(event)).join('\n'));
  engine = await engineOverFile(file);
});
afterAll(() => engine.close());

const asked = { now, maxRows: null };

async function contextOf(query: string): Promise<string[] | undefined> {
  const shown = await engine.query(query, asked);
  const places = shown.values.map((_, place) => place);
  const context = await contextOfRows(query, shown, places, { engine, now: new Date(now) });
  return context?.rows.map((row) =>
    (row ?? []).map(({ value, several }) => (several ? 'several' : (value ?? '-'))).join(' '),
  );
}

describe('the hosts and users behind rows', () => {
  it.each([
    [
      'groups',
      'FROM logs-* | STATS n = COUNT(*) BY process.entity_id | SORT process.entity_id',
      ['ws-1 ann', 'ws-2 bob', 'ws-2 eve', '- -'],
    ],
    [
      'groups of several',
      'FROM logs-* | STATS n = COUNT(*) BY process.name | SORT process.name',
      ['several several', 'ws-2 eve', '- -'],
    ],
    [
      'after KEEP',
      'FROM logs-* | KEEP process.name, source.bytes | STATS n = SUM(source.bytes) BY process.name | KEEP n | SORT n',
      ['several several', '- -', 'ws-2 eve'],
    ],
    [
      'an OR',
      'FROM logs-* | WHERE process.name == "b.exe" OR source.bytes == 61 | STATS n = COUNT(*) BY process.name | SORT n',
      ['- -', 'ws-2 eve'],
    ],
    [
      'STATS of STATS',
      'FROM logs-* | STATS n = COUNT(*) BY process.entity_id, process.name | STATS m = MAX(n) BY process.name | SORT process.name',
      ['several several', 'ws-2 eve', '- -'],
    ],
    [
      'INLINE STATS',
      'FROM logs-* | INLINE STATS n = COUNT(*) BY process.name | WHERE n == 1 OR n == 2 | KEEP n, source.bytes | SORT source.bytes',
      ['ws-2 eve', 'ws-2 -', '- -'],
    ],
    ['events', 'FROM logs-* | KEEP source.bytes | SORT source.bytes DESC | LIMIT 3', ['- -', 'ws-2 -', 'ws-2 eve']],
    ['MV_EXPAND', 'FROM logs-* | MV_EXPAND tags | WHERE tags == "y" | KEEP tags', ['ws-1 ann']],
    [
      'GROK and RENAME',
      'FROM logs-* | RENAME process.name AS p | DISSECT p "%{stem}.%{ext}" | STATS n = COUNT(*) BY stem | SORT stem | LIMIT 1',
      ['several several'],
    ],
    ['a row of all', 'FROM logs-* | STATS n = COUNT(*)', ['several several']],
    [
      'a host that the row shows',
      'FROM logs-* | STATS n = COUNT(*) BY host.name, process.name | SORT process.name, host.name | LIMIT 2',
      ['ann', 'bob'],
    ],
    ['host and user that the row shows', 'FROM logs-* | STATS n = COUNT(*) BY host.name, user.name', undefined],
    ['no events', 'ROW a = 1', undefined],
    [
      'branches',
      'FROM logs-* | FORK (WHERE source.bytes == 10) (WHERE source.bytes == 20) | KEEP source.bytes',
      undefined,
    ],
  ])('%s', async (_, query, rows) => {
    expect(await contextOf(query)).toEqual(rows);
  });

  it('are those of the rows that are left', async () => {
    const query = 'FROM logs-* | STATS n = COUNT(*) BY process.entity_id | SORT process.entity_id';
    const shown = await engine.query(query, asked);
    const left = { ...shown, values: [shown.values[1]!] };
    const context = await contextOfRows(query, left, [1], { engine, now: new Date(now) });
    expect(context?.rows).toEqual([
      [
        { value: 'ws-2', several: false },
        { value: 'bob', several: false },
      ],
    ]);
  });

  it('leave every row of a hunt as it is', async () => {
    const file = join(temporaryFolder(), 'odd.ndjson');
    const lines = oddEvents(2000, 3, now).map((event, i) => {
      const { host, ...others } = JSON.parse(writeEvent(event, i));
      return JSON.stringify({ ...others, host: { ...host, name: `ws-${i % 3}` }, user: { name: `u-${i % 2}` } });
    });
    writeFileSync(file, lines.join('\n'));
    const odd = await engineOverFile(file);
    let found = 0;
    for (const query of await huntQueries()) {
      const shown = await odd.query(query, asked);
      const places = shown.values.map((_, place) => place);
      const context = await contextOfRows(query, shown, places, { engine: odd, now: new Date(now) });
      if (context) expect([query, context.rows.every((row) => row !== null)]).toEqual([query, true]);
      found += context ? 1 : 0;
    }
    expect(found).toBeGreaterThan(5);
    await odd.close();
  });
});
