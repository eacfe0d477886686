import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import type { HuntResult } from '../../report/report.ts';
import type { CellValue } from '../../values/types.ts';
import { lockState } from './lock.ts';
import { newHits } from './new-hits.ts';
import { webhookReceiver } from './receivers.ts';
import { Schedule } from './schedule.ts';
import { readWatches } from './watch-config.ts';
import { readWatchState } from './watch-state.ts';

const at = (time: string): Date => new Date(`2026-03-10T${time}Z`);

describe('schedules', () => {
  const hourly = new Schedule('0 * * * *', 'UTC');
  it.each<[string, string | null, string, string | null, number]>([
    ['never ran: the newest time counts', null, '12:30:00', '12:00:00', 0],
    ['ran: nothing until the next', '12:00:00', '12:59:59', null, 0],
    ['the very moment is due', '12:00:00', '13:00:00', '13:00:00', 0],
    ['missed times are made up for once', '08:00:00', '12:30:00', '12:00:00', 3],
    ['a clock that was set back', '13:00:00', '12:30:00', null, 0],
  ])('%s', (_, last, now, due, missed) => {
    expect(hourly.due(last === null ? null : at(last), at(now))).toEqual(due && { at: at(due), missed });
  });
  it('know time zones, and seconds', () => {
    expect(new Schedule('0 9 * * *', 'Europe/Berlin').next(at('00:00:00'))).toEqual(at('08:00:00'));
    expect(new Schedule('*/10 * * * * *').due(null, at('12:00:15'))).toEqual({ at: at('12:00:10'), missed: 0 });
    const everySecond = new Schedule('* * * * * *');
    expect(everySecond.due(at('12:00:00'), at('12:00:02.900'))).toEqual({ at: at('12:00:02'), missed: 1 });
    expect(everySecond.due(at('12:00:02'), at('12:00:02.900'))).toBeNull();
    expect(() => new Schedule('0 9 * * *', 'Europe/Belin')).toThrow('there is no time zone Europe/Belin');
    expect(() => new Schedule('0 25 * * *')).toThrow();
  });
});

it.each([
  [{ name: 'a/b' }, 'cannot be the name of a watch'],
  [{ schedule: 'hourly please' }, 'watch a: the schedule cannot be read'],
  [{ data: ['x'], store: 'y' }, 'watch a: data and store'],
  [{ webhook: 'https://x', header: 'A' }, 'header and header_env belong together'],
  [{ header: 'A', header_env: 'B' }, 'there is no webhook for the header'],
])('settings %j', (more, message) => {
  expect(() => readWatches([{ name: 'a', schedule: '0 * * * *', hunts: ['h'], ...more }], '/x.toml')).toThrow(message);
});

const query = 'FROM logs-* | STATS n = COUNT(*) BY process.name';
const found = (...values: CellValue[][]): HuntResult => ({
  ...{ hunt: null, query: 0, text: query, outcome: 'hits', error: null, notes: [] },
  ...{ coverage: null, hidden: [{ entry: 'e', reason: 'r', rows: 2 }], drillDown: null, evidence: null },
  result: {
    columns: [
      { name: 'n', type: 'long' },
      { name: 'process.name', type: 'keyword' },
      { name: '@timestamp', type: 'date' },
    ],
    ...{ values, warnings: [], notes: [], tookMs: 1 },
  },
});

describe('new hits', () => {
  const long = at('00:00:00');
  it('are those whose keys were not seen before, whatever else is different', async () => {
    const first = await newHits('w', [found([9007199254740993n, 'a', null])], {}, at('10:00:00'), long);
    expect(first.hits.map(({ document }) => document)).toEqual([
      `{"@timestamp":"2026-03-10T10:00:00.000Z","harrier":{"watch":"w","hunt":{"uuid":null,"name":null},"query":0,"id":"${first.hits[0]!.id}"},"n":9007199254740993,"process.name":"a"}`,
    ]);
    expect(first.queries).toEqual([{ hunt: '', query: 0, outcome: 'hits', rows: 1, new: 1, hidden: 2 }]);
    const results = [found([2n, 'a', null], [1n, 'b', '2026-03-10T09:00:00.000Z'])];
    const second = await newHits('w', results, first.known, at('11:00:00'), long);
    expect(second.hits.map(({ document }) => JSON.parse(document))).toMatchObject([
      {
        'process.name': 'b',
        '@timestamp': '2026-03-10T11:00:00.000Z',
        'event.original_time': '2026-03-10T09:00:00.000Z',
      },
    ]);
    expect(Object.values(second.known)).toEqual([
      { first: '2026-03-10T10:00:00.000Z', last: '2026-03-10T11:00:00.000Z' },
      { first: '2026-03-10T11:00:00.000Z', last: '2026-03-10T11:00:00.000Z' },
    ]);
  });
  it('are known by keys that the answer does not show, or by their number', async () => {
    const shown = (...keys: string[]): HuntResult => {
      const result = found(...keys.map((): CellValue[] => [1n, 'a', null]));
      const hiddenKeys = {
        columns: [{ name: 'host.name', type: 'keyword' as const }],
        values: keys.map((key) => [key]),
      };
      return { ...result, result: { ...result.result!, hiddenKeys } };
    };
    const first = await newHits('w', [shown('h1')], {}, at('10:00:00'), long);
    const second = await newHits('w', [shown('h2', 'h1')], first.known, at('11:00:00'), long);
    expect([first.hits.length, second.hits.length]).toEqual([1, 1]);
    const one = await newHits('w', [found([1n, 'a', null])], {}, at('10:00:00'), long);
    const two = await newHits('w', [found([1n, 'a', null], [1n, 'a', null])], one.known, at('11:00:00'), long);
    expect(two.hits).toHaveLength(1);
    const both = await newHits('w', [shown('h1', 'h2')], {}, at('10:00:00'), long);
    expect(new Set(both.hits.map(({ id }) => id)).size).toBe(2);
  });
  it('are new again when they were not seen for long', async () => {
    const { known } = await newHits('w', [found([1n, 'a', null], [1n, 'b', null])], {}, at('10:00:00'), long);
    const later = await newHits('w', [found([1n, 'a', null])], known, at('12:00:00'), at('10:00:01'));
    expect([later.hits.length, Object.keys(later.known).length]).toEqual([1, 1]);
  });
});

it('one process watches a state at a time; what a dead one left is taken over', async () => {
  const state = temporaryFolder();
  const unlock = await lockState(state);
  expect(readFileSync(join(state, 'watch.lock'), 'utf8')).toBe(String(process.pid));
  await unlock();
  writeFileSync(join(state, 'watch.lock'), String(process.ppid));
  await expect(lockState(state)).rejects.toThrow(`(process ${process.ppid})`);
  writeFileSync(join(state, 'watch.lock'), '4194399');
  await (await lockState(state))();
});

it('reports a state that cannot be read', async () => {
  const state = temporaryFolder();
  expect((await readWatchState(state, 'w')).last).toBeNull();
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(state, 'watches'));
  writeFileSync(join(state, 'watches', 'w.json'), '{"version":9}');
  await expect(readWatchState(state, 'w')).rejects.toThrow('cannot be read by this Harrier');
});

describe('webhook', () => {
  const serving = async (
    answer: (n: number) => number | null,
    work: (url: string, bodies: unknown[]) => Promise<void>,
  ) => {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push({ ...JSON.parse(body), key: request.headers['x-key'] });
        const status = answer(bodies.length);
        if (status !== null) response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/secret?token=secret`, bodies);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const hits = [{ id: '1', document: '{"a":9007199254740993}' }];
  const header = { name: 'X-Key', variable: 'K' };
  const signal = new AbortController().signal;
  it('is tried again while that may help, with its header', async () => {
    await serving(
      (n) => (n === 1 ? 503 : 204),
      async (url, bodies) => {
        const receiver = webhookReceiver('w', { url, header, timeout: 5000, retries: 1 }, { K: 'v' });
        expect(receiver.name).not.toContain('secret');
        await receiver.deliver(hits, signal);
        expect(bodies).toEqual(Array(2).fill({ watch: 'w', hits: [{ a: 9007199254740992 }], key: 'v' }));
      },
    );
  });
  it.each<[string, number | null, string, number]>([
    ['a refusal', 403, 'it answered 403', 1],
    ['another place', 302, 'it answered 302', 1],
    ['a breakdown', 500, 'it answered 500', 2],
    ['silence', null, 'no answer within 0.2 s', 2],
  ])('%s is reported after fitting tries', async (_, status, reason, tries) => {
    await serving(
      () => status,
      async (url, bodies) => {
        const receiver = webhookReceiver('w', { url, header: null, timeout: 200, retries: 1 }, {});
        await expect(receiver.deliver(hits, signal)).rejects.toThrow(reason);
        expect(bodies).toHaveLength(tries);
      },
    );
  });
  it('needs the variable of its header', () => {
    const webhook = { url: 'http://x/', header, timeout: 1, retries: 0 };
    expect(() => webhookReceiver('w', webhook, {})).toThrow('the environment variable K is not set');
  });
});
