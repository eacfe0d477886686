import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Calls, Hello } from '../../src/workbench/contract/calls.ts';
import type { ResultInfo } from '../../src/workbench/contract/states.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hostileFolder, hostileNow, hostileValues } from './hostile-events.ts';
import { ownQuestion, runQuestion, untilRead } from './run-question.ts';
import { type StartedUi, startUi } from './start-ui.ts';
import { hunt, transfersFolder } from './transfers.ts';

type Rows = Calls['rows']['answer'];
type Events = Calls['row-events']['answer'];

const folder = transfersFolder(temporaryFolder());
let [ui, hostile] = [] as unknown as [StartedUi, StartedUi];
beforeAll(async () => {
  const data = ['--data', join(folder, 'data'), '--config', join(folder, 'harrier.toml')];
  ui = await startUi([...data, '--now', '2026-03-10T12:00:01Z']);
  hostile = await startUi(['--data', hostileFolder(join(temporaryFolder(), 'hostile')), '--now', hostileNow]);
  await Promise.all([untilRead(ui), untilRead(hostile)]);
});
afterAll(async () => {
  await Promise.all([ui?.stop(), hostile?.stop()]);
});

const ask = (text: string, own = ui): Promise<ResultInfo> => runQuestion(own, { ...ownQuestion, text });
const look = { from: 0, to: 500, sort: null, filter: null, hidden: false };
const rows = ({ handle, columns }: ResultInfo, changed: object = {}, own = ui): Promise<Rows> =>
  own.call('rows', { handle, columns: columns.map((_, at) => at), ...look, ...changed });
const eventsOf = (result: ResultInfo, row: number, limit = 100): Promise<Events> =>
  ui.call('row-events', { question: result.question, handle: result.handle, row, limit });

describe('an answer', () => {
  it('says where its columns come from', async () => {
    const { columns, origins } = await ask(`FROM logs-*
| EVAL upper = TO_UPPER(process.name)
| STATS n = COUNT(*), latest = MAX(@timestamp) BY exe = process.name, upper, hour = BUCKET(@timestamp, 1 hour), host.name
| EVAL host.name = CONCAT(host.name, "!"), twice = n * 2`);
    const found = Object.fromEntries(columns.map(({ name }, at) => [name, origins[at]]));
    expect(found).toEqual({
      n: { kind: 'aggregate', field: null },
      latest: { kind: 'aggregate', field: null },
      exe: { kind: 'key', field: 'process.name' },
      upper: { kind: 'key', field: 'upper' },
      hour: { kind: 'key', field: null },
      'host.name': { kind: 'aggregate', field: null },
      twice: { kind: 'aggregate', field: null },
    });
  });

  it('of single events has columns that conditions on events can be about', async () => {
    const { origins } = await ask('FROM logs-* | EVAL n = source.bytes + 1 | KEEP host.name, n | LIMIT 3');
    expect(origins).toEqual([
      { kind: 'event', field: 'host.name' },
      { kind: 'event', field: 'n' },
    ]);
  });

  it('without rows says of how many events', async () => {
    const none = await ask(
      'FROM logs-* | WHERE host.name == "ws-0001" | STATS n = COUNT(*) BY process.name | WHERE n > 999',
    );
    const all = await ask('FROM logs-* | WHERE host.name == "ws-0001" | STATS n = COUNT(*)');
    expect([none.outcome, none.looked]).toEqual(['none', (await rows(all)).columns[0]![0]]);
    const early = await ask('FROM logs-* | WHERE host.name == "nobody" | KEEP host.name');
    expect([early.outcome, early.looked]).toEqual(['none', 111]);
  });

  it('is read in pages: sorted with nulls last, filtered, and only the columns that are shown', async () => {
    const result = await ask('FROM logs-* | STATS b = MAX(source.bytes) BY process.name | SORT process.name');
    const page = await rows(result, { columns: [0], from: 2, to: 5 });
    expect([page.of, page.columns.length, page.places]).toEqual([45, 1, [2, 3, 4]]);
    for (const descending of [true, false]) {
      const sorted = await rows(result, { sort: { column: 0, descending } });
      const values = sorted.columns[0]!;
      expect(values.at(-1)).toBeNull();
      const numbers = values.slice(0, -1) as number[];
      expect(numbers).toEqual([...numbers].sort((a, b) => (descending ? b - a : a - b)));
    }
    const found = await rows(result, { filter: 'RCLONE' });
    expect([found.of, found.columns[1]]).toEqual([1, ['rclone.exe']]);
  });

  it('counts rows like one of a cell', async () => {
    const result = await ask('FROM logs-* | STATS n = COUNT(*) BY process.name | SORT process.name');
    const cell = await ui.call<Calls['cell']['answer']>('cell', { handle: result.handle, row: 0, column: 0 });
    const all = (await rows(result)).columns[0] as number[];
    expect(cell).toEqual({
      ...{ value: all[0], of: all.length, same: all.filter((n) => n === all[0]).length },
      below: all.filter((n) => n < all[0]!).length,
      atLeast: all.filter((n) => n >= all[0]!).length,
    });
  });

  it('that is no longer kept is called stale', async () => {
    await expect(ui.call('rows', { handle: 'gone', columns: [0], ...look })).rejects.toThrow('no longer kept');
  });
});

describe('the events of a row', () => {
  it('are those of its keys, wherever the row stands', async () => {
    const result = await runQuestion(ui, { ...ownQuestion, hunt });
    const [bytes, counts, names] = (await rows(result)).columns as [number[], number[], string[]];
    expect(names.length).toBe(3);
    for (const [row, name] of names.entries()) {
      const { columns, values, total, key, processes } = await eventsOf(result, row);
      expect(total).toBe(counts[row]);
      expect(key).toContain(`process.name=${name}`);
      const at = (wanted: string): number => columns.findIndex((column) => column.name === wanted);
      expect(values.every((event) => event[at('process.name')] === name)).toBe(true);
      expect(values.reduce((sum, event) => sum + Number(event[at('source.bytes')]), 0)).toBe(bytes[row]);
      expect(columns[0]!.name).toBe('@timestamp');
      expect(processes).toEqual([
        { entityId: expect.stringMatching(/^entity-/), host: expect.any(String), name, events: total },
      ]);
    }
  });

  it('are found by keys that the answer does not show', async () => {
    const result = await ask(
      'FROM logs-* | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name | WHERE b == 838860800 | KEEP n, b',
    );
    const { values, columns } = await eventsOf(result, 0);
    const at = columns.findIndex(({ name }) => name === 'process.name');
    expect(new Set(values.map((event) => event[at]))).toEqual(new Set(['rclone.exe']));
  });

  it('are the event itself where a row is one', async () => {
    const result = await ask('FROM logs-* | KEEP @timestamp, process.name, source.bytes');
    const [, names] = (await rows(result)).columns as [string[], string[]];
    for (const row of [0, 7, 50]) {
      const { values, columns, total, key } = await eventsOf(result, row);
      const at = columns.findIndex(({ name }) => name === 'process.name');
      expect([total, key, values[0]![at]]).toEqual([1, null, names[row]]);
    }
  });

  it('are counted where only some are read', async () => {
    const result = await ask('FROM logs-* | STATS n = COUNT(*)');
    const { values, total } = await eventsOf(result, 0, 10);
    expect([values.length, total]).toEqual([10, (await rows(result)).columns[0]![0]]);
  });

  it('of several branches are traced where they are events, and refused where branches aggregate', async () => {
    const events = await ask('FROM logs-* | FORK (WHERE true | SORT @timestamp | LIMIT 2) (WHERE false | LIMIT 1)');
    expect((await eventsOf(events, 0)).total).toBeGreaterThan(0);
    const groups = await ask(
      'FROM logs-* | FORK (STATS n = COUNT(*) BY host.name) (STATS n = COUNT(*) BY process.name)',
    );
    await expect(eventsOf(groups, 0)).rejects.toThrow('branches that aggregate');
  });
});

describe('hostile values', () => {
  it('arrive as they are; long ones are cut in tables and whole on request', async () => {
    const result = await ask(
      'FROM logs-* | WHERE process.entity_id != "root" | SORT @timestamp | KEEP process.entity_id, process.command_line',
      hostile,
    );
    const page = await rows(result, {}, hostile);
    const [ids, lines] = page.columns as [string[], string[]];
    for (const [row, id] of ids.entries()) {
      const text = hostileValues[id.slice('id-'.length)]!;
      if (text.length > 1000) {
        expect(page.cut).toEqual([{ row, column: 1, length: text.length }]);
        expect(lines[row]).toBe(text.slice(0, 1000));
        const record = await hostile.call<Calls['record']['answer']>('record', { handle: result.handle, row });
        expect([(record.values[1] as string).length, record.cut[0]!.length]).toEqual([64 << 10, text.length]);
        const whole = await hostile.call<Calls['cell']['answer']>('cell', { handle: result.handle, row, column: 1 });
        expect(whole.value).toBe(text);
        // Half of a character has a sign of its own.
      } else expect(lines[row]).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
    }
    expect(ids).toHaveLength(Object.keys(hostileValues).length);
    const { data } = await hostile.call<Hello>('hello');
    // The line that is cut off.
    expect(data.faults.join()).toContain('1 ');
  });
});
