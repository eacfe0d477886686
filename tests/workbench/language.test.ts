import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Calls } from '../../src/workbench/contract/calls.ts';
import type { Question } from '../../src/workbench/contract/question.ts';
import { fleetFolder } from './fleet.ts';
import { type StartedUi, startUi } from './start-ui.ts';

let ui: StartedUi;
beforeAll(async () => {
  ui = await startUi(['--data', fleetFolder()]);
  // Counts are of all events once all are read.
  for (;;) {
    const { reading } = (await ui.call<Calls['hello']['answer']>('hello')).data;
    if (reading === null) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}, 300_000);
afterAll(() => ui?.stop());

const call = <K extends keyof Calls>(name: K, request: Calls[K]['request']): Promise<Calls[K]['answer']> =>
  ui.call(name, request as object);

const none: Question = {
  ...{ hunt: null, query: 0, text: null, window: null, platform: null },
  ...{ set: [], only: [], exclude: [] },
};
const text = `FROM logs-endpoint.events.network-*
| WHERE @timestamp > NOW() - 8 hours
| WHERE host.os.family == "windows"
| STATS n = COUNT(*) BY process.name
| SORT n DESC`;
const asked = (text: string, more: Partial<Question> = {}): Question => ({ ...none, text, ...more });

it.each([
  ['host.os.family', 'host.os.famly', 'host.os.famly', 'host.os.family'],
  ['COUNT', 'CONT', 'CONT', 'COUNT'],
  ['SORT', 'SRT', 'SRT', 'SORT'],
  ['==', '=', '=', '=='],
  ['"windows"', "'windows'", "'windows'", '"windows"'],
  ['network-*', 'netwrk-default', 'logs-endpoint.events.netwrk-default', 'logs-endpoint.events.network-default'],
])('offers for %s, written %s, the edit that puts it right', async (right, wrong, place, written) => {
  const broken = text.replace(right, wrong);
  const { problems } = await call('language/check', { text: broken });
  const { fix, severity } = problems[0]!;
  expect(severity).toBe('error');
  expect(broken.slice(fix!.from, fix!.to)).toBe(place);
  expect(fix!.text).toBe(written);
  const fixed = broken.slice(0, fix!.from) + fix!.text + broken.slice(fix!.to);
  expect((await call('language/check', { text: fixed })).problems.filter((one) => one.severity === 'error')).toEqual(
    [],
  );
});

it('says what is hardly meant, and the columns after each step', async () => {
  const { problems, steps } = await call('language/check', { text: `${text}\n| WHERE process.name == null` });
  expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
  expect(steps.map(({ command }) => command)).toEqual(['FROM', 'WHERE', 'WHERE', 'STATS', 'SORT', 'WHERE']);
  expect(steps[0]!.columns!.length).toBeGreaterThan(50);
  expect(steps[3]!.columns).toEqual([
    { name: 'n', type: 'long' },
    { name: 'process.name', type: 'keyword' },
  ]);
});

it('knows the columns up to the step that is wrong', async () => {
  const { steps } = await call('language/check', { text: text.replace('COUNT(*)', 'COUNT(') });
  expect(steps.map(({ columns }) => columns !== null)).toEqual([true, true, true, false, false]);
});

it('proposes fields with their share, and values with their numbers', async () => {
  const place = { text, offset: text.indexOf('os.family') + 5 };
  const shared = async (): Promise<string | null | undefined> =>
    (await call('language/complete', place)).items.find(({ label }) => label === 'host.os.family')?.detail;
  await expect.poll(shared, { timeout: 30_000 }).toBe('keyword · all events');
  const { from, items } = await call('language/complete', { text, offset: text.indexOf('"windows"') + 4 });
  expect(from).toBe(text.indexOf('"windows"'));
  expect(items).toEqual([
    {
      label: 'windows',
      kind: 'value',
      detail: expect.stringMatching(/^[\d,]+ events$/),
      info: null,
      apply: '"windows"',
    },
  ]);
});

it('formats what parses, and leaves alone what does not', async () => {
  const { edits } = await call('language/format', { text: 'from a | limit 1' });
  expect(edits.length).toBeGreaterThan(0);
  expect((await call('language/format', { text: 'from a | limit' })).edits).toEqual([]);
});

it('counts the rows after each step as runs do, chips among them', async () => {
  const { steps } = await call('counts', { question: asked(text, { only: ['process.name == "chrome.exe"'] }) });
  expect(steps.map(({ command, from }) => [command, from === null])).toEqual([
    ['FROM', false],
    ['WHERE', true],
    ['WHERE', false],
    ['WHERE', false],
    ['STATS', false],
    ['SORT', false],
  ]);
  const rows = steps.map((step) => step.rows!);
  expect(rows.every((n, i) => i === 0 || n <= rows[i - 1]!)).toBe(true);
  expect(rows.slice(-2)).toEqual([1, 1]);
  const { rows: left, of } = await call('condition-count', {
    question: asked(text),
    condition: 'process.name == "chrome.exe"',
  });
  expect(left).toBe(rows[3]);
  expect(of).toBeGreaterThan(left!);
});

it('counts as far as the text can be read', async () => {
  const { steps } = await call('counts', { question: asked(text.replace('os.family', 'os.famly')) });
  expect(steps.map(({ rows }) => rows !== null)).toEqual([true, true, false, false, false]);
  expect(steps[2]!.reason).toContain('Unknown column [host.os.famly]');
  expect(steps[3]!.reason).toBe('a step before it is wrong');
});

it('says why a condition leaves nobody knows how many', async () => {
  const { rows, reason } = await call('condition-count', { question: asked(text), condition: 'n > 3' });
  expect([rows, reason]).toEqual([null, 'n is not of single events: the query computes it later']);
});

it('shows events outside of the window, at most the bars asked for, and all of them', async () => {
  const { bars, window, step, reason } = await call('histogram', { question: asked(text), bars: 200, by: null });
  expect(reason).toBeNull();
  expect(bars.length).toBeLessThanOrEqual(200);
  expect(bars.every(({ from, to }, i) => to - from === step && (i === 0 || from === bars[i - 1]!.to))).toBe(true);
  const { steps } = await call('counts', { question: asked(text.replace(/\n\| WHERE @timestamp.*/, '')) });
  expect(bars.reduce((sum, { counts }) => sum + counts[0]!, 0)).toBe(steps[1]!.rows);
  expect(bars.reduce((sum, { events }) => sum + events, 0)).toBe(steps[0]!.rows);
  expect(window.to).toBeNull();
  expect(window.from).toBeGreaterThan(bars[0]!.from);
});

it('divides bars by a field', async () => {
  const request = { question: asked(text), bars: 20 };
  const whole = await call('histogram', { ...request, by: null });
  const divided = await call('histogram', { ...request, by: 'process.name' });
  expect(divided.series).toContain('chrome.exe');
  expect(divided.series.at(-1)).toBe('other');
  expect(divided.bars.map(({ counts }) => [counts.reduce((sum, n) => sum + n, 0)])).toEqual(
    whole.bars.map(({ counts }) => counts),
  );
  expect((await call('histogram', { ...request, by: 'nobody' })).reason).toBe('the events have no field nobody');
});

it('says what fields hold at a step', async () => {
  const { fields } = await call('fields', { question: asked(text), step: 2 });
  const { rows } = (await call('counts', { question: asked(text) })).steps[2]!;
  const family = fields.find(({ name }) => name === 'host.os.family');
  expect(family).toEqual({ name: 'host.os.family', type: 'keyword', present: rows, rows });
  const values = await call('field-values', { question: asked(text), step: 2, field: 'host.os.family' });
  expect(values).toEqual({
    ...{ rows, present: rows, distinct: 1, least: 'windows', most: 'windows' },
    top: [{ value: 'windows', rows }],
  });
  const ports = await call('field-values', { question: asked(text), step: 2, field: 'destination.port' });
  expect(ports.top.length).toBeLessThanOrEqual(10);
  expect(ports.top.every((one, i) => i === 0 || one.rows <= ports.top[i - 1]!.rows)).toBe(true);
});

it.each(['hunt/open', 'counts', 'histogram', 'tuning', 'fields', 'field-values', 'condition-count'])(
  '%s says of a wrong text with chips that it is wrong, and no browser takes that for an error of the page',
  async (name) => {
    const question = asked(text.replace('SORT', 'SRT'), { window: '24h', only: ['process.nme == "x"'] });
    const more = {
      ...(name === 'histogram' && { bars: 10, by: null }),
      ...(name.startsWith('field') && { step: 3 }),
      ...(name === 'field-values' && { field: 'process.name' }),
      ...(name === 'condition-count' && { condition: 'a == 1' }),
    };
    const response = await fetch(`${ui.origin}/api/v1/call/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await ui.token()}` },
      body: JSON.stringify({ question, ...more }),
    });
    expect(response.status).toBe(200);
    expect(JSON.stringify(await response.json())).toMatch(/SRT|process\.nme|only/);
  },
);
