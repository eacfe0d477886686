import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countPassing, type Measured } from '../../src/values/joint-count.ts';
import type { AcceptTrial, NearRows, TuningInfo } from '../../src/workbench/contract/calls.ts';
import type { RowsPage } from '../../src/workbench/contract/states.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ownQuestion, runQuestion, untilRead } from './run-question.ts';
import { type StartedUi, startUi } from './start-ui.ts';
import { hunt, transfersFolder } from './transfers.ts';

const folder = transfersFolder(temporaryFolder());
const args = [
  '--data',
  join(folder, 'data'),
  '--config',
  join(folder, 'harrier.toml'),
  '--now',
  '2026-03-10T12:00:01Z',
];
const question = { ...ownQuestion, hunt };
let [ui, writing] = [] as unknown as [StartedUi, StartedUi];
beforeAll(async () => {
  [ui, writing] = await Promise.all([startUi(args), startUi([...args, '--write'])]);
  await Promise.all([untilRead(ui), untilRead(writing)]);
});
afterAll(async () => {
  await Promise.all([ui?.stop(), writing?.stop()]);
});

const rowsOf = (own: StartedUi, handle: string): Promise<RowsPage & { of: number }> =>
  own.call('rows', { handle, columns: [0, 2], from: 0, to: 50, sort: null, filter: null, hidden: false });

const doubles = (text: string): Float64Array => {
  const bytes = Buffer.from(text, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

describe('thresholds', () => {
  it('counted in the page, also jointly, are the rows of a run with --set', async () => {
    const info = await ui.call<TuningInfo>('tuning', { question });
    expect(info).toMatchObject({ rows: 45, limit: null, days: 2 });
    expect(info.thresholds.map(({ name, value, recounts }) => [name, value, recounts])).toEqual([
      ['bytes_sent', 524_288_000, null],
      ['events', 1, null],
    ]);
    const measured = info.thresholds.map(
      ({ operator, measures }): Measured => ({ operator, measures: doubles(measures!) }),
    );
    expect(measured[0]!.measures.filter(Number.isNaN)).toHaveLength(1);
    for (const settings of [
      [524_288_000, 1],
      [64 << 20, 1],
      [64 << 20, 3],
      [100_000, 4],
      [0, 2],
      [1e12, 1],
    ] as const) {
      const set = settings.map((value, i) => ({ name: info.thresholds[i]!.name, value: String(value) }));
      const { rows } = await runQuestion(ui, { ...question, set });
      expect([settings, countPassing(info.rows!, measured, settings)]).toEqual([settings, rows]);
      const { hits } = await ui.call<NearRows>('tuning/near', { handle: info.handle, places: [], count: settings });
      expect(hits).toBe(rows);
    }
  });

  it('a chip is where they begin', async () => {
    const info = await ui.call<TuningInfo>('tuning', {
      question: { ...question, set: [{ name: 'bytes_sent', value: '64MB' }] },
    });
    expect(info.thresholds[0]!.value).toBe(64 << 20);
  });

  it('behind a LIMIT are counted by a run, with the reason', async () => {
    const text = 'FROM logs-* | STATS n = COUNT(*) BY process.name | SORT n DESC | LIMIT 5 | WHERE n > 3';
    const info = await ui.call<TuningInfo>('tuning', { question: { ...question, hunt: null, text } });
    expect(info.thresholds[0]).toMatchObject({ measures: null, recounts: expect.stringContaining('LIMIT') });
    expect(info.thresholds[0]!.ladder).toMatchObject({ rows: null });
    const count = async (setting: number): Promise<number | null> =>
      (await ui.call<NearRows>('tuning/near', { handle: info.handle, places: [], count: [setting] })).hits;
    expect([await count(3), await count(4)]).toEqual([5, 0]);
  });

  it('rows are asked for by place', async () => {
    const info = await ui.call<TuningInfo>('tuning', { question });
    const bytes = doubles(info.thresholds[0]!.measures!);
    const places = [...bytes.keys()].filter((place) => bytes[place]! >= 600 << 20);
    const { values } = await ui.call<NearRows>('tuning/near', { handle: info.handle, places, count: null });
    const name = info.columns.findIndex((column) => column.name === 'process.name');
    expect(values.map((row) => row[name]).sort()).toEqual(['rclone.exe', 'sync.exe', 'video.exe']);
    expect(await ui.call('tuning/accepted', { handle: info.handle })).toEqual({ places: [] });
  });

  it('an answer that is gone says so', async () => {
    await expect(ui.call('tuning/near', { handle: 'none', places: [], count: null })).rejects.toMatchObject({
      status: 410,
    });
  });
});

describe('hunts', () => {
  it('with chips are given as text, and written with --write alone', async () => {
    const chip = { ...question, set: [{ name: 'bytes_sent', value: '64MB' }] };
    const shown = await ui.call<{ toml: string; written: null }>('hunt/write', { question: chip, name: 'More' });
    expect(shown.written).toBeNull();
    expect(shown.toml).toContain('bytes_sent >= 67108864');
    expect(shown.toml).toContain('# A comment that stays');
    expect(shown.toml).toContain('overrides = "--set bytes_sent=64MB"');
    expect(readdirSync(join(folder, 'library'))).toEqual(['network']);
    const request = { question: chip, name: 'More transfers' };
    const { written, hunt: id } = await writing.call<{ written: string; hunt: string }>('hunt/write', request);
    expect(written).toBe(join('library', 'more-transfers.toml'));
    expect(readFileSync(join(folder, written), 'utf8')).toContain('bytes_sent >= 67108864');
    const { rows } = await runQuestion(writing, { ...ownQuestion, hunt: id });
    expect(rows).toBe(4);
    await expect(writing.call('hunt/write', request)).rejects.toThrow('is there already');
  });

  it('from an edited text keep their notes', async () => {
    const text = 'FROM logs-endpoint.events.network-*\n| STATS n = COUNT(*) BY process.name';
    const { toml } = await ui.call<{ toml: string }>('hunt/write', { question: { ...question, text }, name: 'Edited' });
    expect(toml).toContain(text);
    expect(toml).toContain('mitre = ["T1048"]');
    const lone = await ui.call<{ toml: string }>('hunt/write', { question: { ...ownQuestion, text }, name: 'Own' });
    expect(lone.toml).toContain(text);
  });
});

describe('verdicts', () => {
  it('stand beside their rows in the next run, and the last one counts', async () => {
    const first = await runQuestion(ui, question);
    expect(first.rows).toBe(3);
    const judge = (handle: string, row: number, verdict: string | null, note: string | null = null) =>
      ui.call('judge', { question, handle, row, verdict, note });
    await judge(first.handle!, 1, 'benign');
    await judge(first.handle!, 1, 'malicious', 'no backup of ours');
    await judge(first.handle!, 2, 'suspicious');
    await judge(first.handle!, 2, null);
    // More rows, in another order, from the same hunt.
    const later = await runQuestion(ui, { ...question, set: [{ name: 'bytes_sent', value: '1000' }] });
    const page = await rowsOf(ui, later.handle!);
    const judged = page.judgements.flatMap((one, i) => (one ? [[page.columns[1]![i], one.verdict, one.note]] : []));
    expect(judged).toEqual([['sync.exe', 'malicious', 'no backup of ours']]);
    expect(page.judgements.find((one) => one)!.givenFor).toEqual([]);
    const { judged: all } = await ui.call<{ judged: { key: { values: unknown[] } }[] }>('judgements', { hunt });
    expect(all.map(({ key }) => key.values)).toEqual([['sync.exe', '194.26.135.43']]);
    const file = join(ui.state, 'judgements.jsonl');
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(4);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('say what the row was when it has changed since', async () => {
    const narrow = await runQuestion(ui, { ...question, only: ['source.bytes > 1'] });
    await ui.call('judge', { question, handle: narrow.handle!, row: 0, verdict: 'benign', note: null });
    const whole = await runQuestion(ui, question);
    const [rclone] = (await rowsOf(ui, whole.handle!)).judgements;
    expect(rclone).toMatchObject({ verdict: 'benign' });
    expect(rclone!.givenFor.map(({ column, value }) => [column.name, value])).toEqual([
      ['bytes_sent', (800 << 20) - 1],
      ['events', 1],
    ]);
  });
});

describe('the allow-list', () => {
  const entry = { question, reason: 'nightly backup', expires: '2099-01-01', owner: 'j.doe' };
  const like = (column: string, ...values: string[]) => ({ column, is: 'like', values });

  it('suggests the keys of a row, and counts what they hide', async () => {
    const { handle } = await runQuestion(writing, question);
    const suggested = await writing.call<{ conditions: object[]; owner: string }>('accept/conditions', {
      handle,
      row: 2,
    });
    expect(suggested.conditions).toEqual([like('process.name', 'video.exe'), like('destination.ip', '194.26.135.44')]);
    const trial = (...conditions: object[]): Promise<AcceptTrial> =>
      writing.call('accept/trial', { ...entry, handle, conditions });
    expect(await trial(...suggested.conditions)).toMatchObject({ hides: 1, rows: 3, malicious: 0, problem: null });
    expect(await trial(like('destination.ip', '194.26.135.0/24'))).toMatchObject({ hides: 3, rows: 3 });
    expect((await trial(like('bytes_sent', '<= 50 MB'))).problem).toContain('holds numbers');
    expect((await trial()).problem).toContain('hide everything');
    expect((await trial(like('nothing', 'x'))).problem).toContain('gives no column nothing');
  });

  it('refuses what would hide a group that is judged malicious, however its row has changed', async () => {
    const { handle } = await runQuestion(writing, question);
    await writing.call('judge', { question, handle, row: 0, verdict: 'malicious', note: null });
    const later = await runQuestion(writing, { ...question, only: ['source.bytes > 1'] });
    const request = { ...entry, handle: later.handle, conditions: [like('process.name', 'r*')] };
    expect(await writing.call('accept/trial', request)).toMatchObject({
      ...{ hides: 1, malicious: 1 },
      problem: 'it would hide a row that is judged malicious',
    });
    await expect(writing.call('accept/save', request)).rejects.toThrow('judged malicious');
    // A condition that the row meets as it is now, and did not when it was judged.
    const now = { ...request, conditions: [like('bytes_sent', `${(800 << 20) - 1}`)] };
    expect(await writing.call('accept/trial', now)).toMatchObject({ malicious: 1 });
  });

  it('is written with --write alone, and hides the rows from then on', async () => {
    const conditions = [like('process.name', 'video.exe')];
    const shown = await runQuestion(ui, question);
    const given = await ui.call<{ toml: string }>('accept/save', { ...entry, handle: shown.handle, conditions });
    expect(given).toMatchObject({ written: null, toml: expect.stringContaining('process.name') });
    expect(readdirSync(folder)).not.toContain('accepted.toml');
    const { handle } = await runQuestion(writing, question);
    await expect(writing.call('accept/save', { ...entry, handle, conditions, reason: ' ' })).rejects.toThrow(
      'needs a reason',
    );
    await writing.call('accept/save', { ...entry, handle, conditions });
    expect(readFileSync(join(folder, 'accepted.toml'), 'utf8')).toContain('reason = "nightly backup"');
    expect((await rowsOf(writing, handle!)).of).toBe(2);
    const again = await runQuestion(writing, question);
    expect(again).toMatchObject({ rows: 2, hidden: [{ reason: 'nightly backup', rows: 1 }] });
    const info = await writing.call<TuningInfo>('tuning', { question });
    const bytes = doubles(info.thresholds[0]!.measures!);
    const accepted = await writing.call('tuning/accepted', { handle: info.handle });
    expect(accepted).toEqual({ places: [bytes.indexOf(600 << 20)] });
  });
});
