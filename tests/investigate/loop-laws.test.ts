import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ElasticsearchEngine } from '../../src/engines/elasticsearch/engine.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { backfill } from '../../src/investigate/backfill.ts';
import { openTuning } from '../../src/investigate/open-tuning.ts';
import { eventsOfGroups, keysOfRows, traceable } from '../../src/investigate/row-events.ts';
import { tune } from '../../src/investigate/tune.ts';
import { noOverrides, type Overrides, override } from '../../src/overrides/override.ts';
import type { Platform } from '../../src/overrides/platform.ts';
import { setThreshold } from '../../src/overrides/set-threshold.ts';
import { applyEdits } from '../../src/overrides/text-edit.ts';
import { countPassing, type Measured, nearMisses } from '../../src/values/joint-count.ts';
import { serverOver } from '../server/support.ts';
import { engineOver, type MappedIndex, storeOver } from '../support/query.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { engineOverFile, now } from './support.ts';

/*
 * Each command of the loop is what single runs of a hunt say it is: overrides are the hunt written otherwise, or other
 * events; tune and backfill are runs at other thresholds and times; the events behind a row give that row.
 */

const minute = 60_000;

interface Event {
  readonly id: string;
  readonly minutesAgo: number;
  readonly host: string;
  readonly platform: Platform;
  readonly process: string;
  readonly bytes: number;
  readonly user: string | null;
}

const event: fc.Arbitrary<Omit<Event, 'id'>> = fc.record({
  minutesAgo: fc.integer({ min: 0, max: 3000 }),
  host: fc.constantFrom('a', 'b', 'c'),
  platform: fc.constantFrom('windows', 'linux'),
  process: fc.constantFrom('sh', 'cmd.exe', 'x'),
  bytes: fc.integer({ min: 0, max: 9 }),
  user: fc.constantFrom(null, 'ann', 'bob'),
});

const documentOf = ({ id, minutesAgo, host, platform, process, bytes, user }: Event): Record<string, unknown> => ({
  '@timestamp': new Date(now - minutesAgo * minute).toISOString(),
  data_stream: { type: 'logs', dataset: 'test', namespace: 'default' },
  event: { id },
  host: { name: host, os: { type: platform } },
  process: { name: process },
  source: { bytes },
  ...(user !== null && { user: { name: user } }),
});

const folder = temporaryFolder();
let files = 0;
const overFiles = (events: readonly Event[]): Promise<Engine> => {
  const file = join(folder, `${++files}.ndjson`);
  writeFileSync(file, events.map((one) => `${JSON.stringify(documentOf(one))}\n`).join(''));
  return engineOverFile(file);
};

const keyword = { type: 'keyword' };
const indexOf = (events: readonly Event[]): MappedIndex => ({
  name: 'logs-test-default',
  mappings: {
    properties: {
      '@timestamp': { type: 'date' },
      'event.id': keyword,
      'host.name': keyword,
      'host.os.type': keyword,
      'process.name': keyword,
      'source.bytes': { type: 'long' },
      'user.name': keyword,
    },
  },
  docs: events.map(documentOf),
});
const overStore = (events: readonly Event[]): Promise<Engine> => engineOver([indexOf(events)]);

/** A server of ours stands for the cluster. */
async function overCluster(events: readonly Event[]): Promise<Engine> {
  const server = await serverOver(await storeOver([indexOf(events)]));
  const wanted = { patterns: [['logs-*']], enrich: false, everywhere: false };
  const engine = await ElasticsearchEngine.open({ url: await server.listen() }, wanted);
  await engine.known();
  const close = engine.close.bind(engine);
  engine.close = async () => {
    await close();
    await server.app.close();
    await server.store.close();
  };
  return engine;
}

/** Where the same events lie. */
const doors: readonly (readonly [string, (events: readonly Event[]) => Promise<Engine>])[] = [
  ['files', overFiles],
  ['a store', overStore],
  ['a cluster', overCluster],
];

/** A hunt: what overrides change, and the commands around it. */
interface Hunt {
  readonly window: string | null;
  readonly platform: Platform | null;
  readonly threshold: number;
  readonly shape: number;
  /** What stands between commands: one line, or a line each with a comment. */
  readonly between: string;
}

const spans = ['3 hours', '1 day', '30 hours'] as const;
const hunt: fc.Arbitrary<Hunt> = fc.record({
  window: fc.option(fc.constantFrom(...spans), { nil: null, freq: 3 }),
  platform: fc.option(fc.constantFrom<Platform>('windows', 'linux'), { nil: null, freq: 2 }),
  threshold: fc.integer({ min: 1, max: 6 }),
  shape: fc.nat(15),
  between: fc.constantFrom(' | ', '\n| ', ' // a | WHERE false\n| ', '\r\n| '),
});

function textOf({ window, platform, threshold, shape, between }: Hunt): string {
  const time = window === null ? [] : [`@timestamp > NOW() - ${window}`];
  const place = platform === null ? [] : [`host.os.type == "${platform}"`];
  const where = (...conditions: readonly string[]): string[] =>
    conditions.length > 0 ? [`WHERE ${conditions.join(' AND ')}`] : [];
  const from = ['FROM logs-*', ...where(...time, ...place)];
  const passes = `WHERE n >= ${threshold}`;
  const commands = [
    [...from, 'STATS n = COUNT(*), b = SUM(source.bytes) BY host.name, process.name', passes],
    [...from, 'RENAME host.name AS h', 'STATS n = COUNT(*), b = MAX(source.bytes) BY h', passes, 'SORT n DESC, h'],
    [
      ...from,
      'WHERE source.bytes > 2',
      'KEEP host.name, process.name, source.bytes',
      'STATS n = COUNT(*) BY process.name',
      passes,
    ],
    [...from, 'STATS n = COUNT(*) BY user.name, host.name', passes, 'SORT n DESC', 'LIMIT 2'],
    [...from, 'EVAL kind = CASE(source.bytes > 4, "big", "small")', 'STATS n = COUNT(*) BY kind, host.name', passes],
    [...from, 'STATS n = COUNT(*) BY host.name, process.name', 'STATS m = MAX(n), n = SUM(n) BY host.name', passes],
    [...from, 'INLINE STATS n = COUNT(*) BY host.name', passes, 'STATS k = COUNT(*), n = MAX(n) BY process.name'],
    [
      ...from,
      `FORK (STATS n = COUNT(*) BY host.name | ${passes}) (STATS n = COUNT(*) BY process.name | ${passes})`,
      'KEEP n, host.name, process.name',
    ],
    [
      `FROM (${from.join(' | ')}), (${[...from, 'WHERE source.bytes > 5'].join(' | ')})`,
      'STATS n = COUNT(*) BY host.name',
      passes,
    ],
    [
      'FROM logs-*',
      ...where(...time),
      'STATS n = COUNT(*) BY host.os.type, host.name',
      ...where(...place),
      passes,
      'KEEP n, host.name',
    ],
    [
      'FROM logs-*',
      `FORK (${['WHERE true', ...where(...time, ...place)].join(' | ')}) (${['WHERE source.bytes > 3', ...where(...time, ...place)].join(' | ')})`,
      'STATS n = COUNT(*) BY host.name',
      passes,
    ],
    [
      'FROM (FROM logs-*), (FROM logs-* | WHERE source.bytes > 5)',
      ...where(...time, ...place),
      'STATS n = COUNT(*) BY host.name',
      passes,
    ],
    [
      ...from,
      'DROP user.name',
      'MV_EXPAND process.name',
      'RENAME process.name AS p, host.name AS h',
      'STATS n = COUNT(*) BY p, h',
      passes,
    ],
    [...from, 'SORT @timestamp, event.id', 'LIMIT 30', 'STATS n = COUNT(*) BY host.name', passes],
    [
      'FROM logs-*',
      'RENAME host.os.type AS os, @timestamp AS t',
      ...where(...time, ...place).map((text) => text.replace('host.os.type', 'os').replace('@timestamp', 't')),
      'STATS n = COUNT(*) BY host.name, os',
      passes,
      'DROP os',
    ],
    [
      ...from,
      'INLINE STATS m = COUNT(*) BY process.name',
      'WHERE m > 2',
      'FORK (WHERE source.bytes > 3) (WHERE source.bytes <= 3)',
      'STATS n = COUNT(*) BY host.name',
      passes,
    ],
  ];
  return commands[shape]!.join(between);
}

/** Shapes whose rows are made of one branch of events. */
const isTraceable = ({ shape }: Hunt): boolean => ![7, 8, 10, 11, 15].includes(shape);

/** Conditions on single events, and what they mean. */
const conditions: readonly (readonly [string, (event: Event) => boolean])[] = [
  ['process.name == "sh"', ({ process }) => process === 'sh'],
  ['user.name == "ann" // a person', ({ user }) => user === 'ann'],
  ['source.bytes > 3 OR\n  host.name == "a"', ({ bytes, host }) => bytes > 3 || host === 'a'],
  ['NOT user.name LIKE "b*"', ({ user }) => user !== null && user !== 'bob'],
  ['user.name IS NULL', ({ user }) => user === null],
];

const rowsOf = async (engine: Engine, text: string, at = now): Promise<unknown[]> => [
  ...(await engine.query(text, { now: at, maxRows: null })).values,
];

describe.each(doors)('over %s', (_, open) => {
  const law = (
    name: string,
    holds: (asked: Hunt, events: readonly Event[], engine: Engine, dice: (below: number) => number) => Promise<void>,
  ): void =>
    it(name, { timeout: 1_200_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(
          hunt,
          fc.array(event, { minLength: 20, maxLength: 60 }),
          fc.infiniteStream(fc.nat(1000)),
          async (asked, plain, numbers) => {
            const events = plain.map((one, i): Event => ({ ...one, id: `e${i}` }));
            const engine = await open(events);
            try {
              await holds(asked, events, engine, (below) => numbers.next().value! % below);
            } finally {
              await engine.close();
            }
          },
        ),
        { numRuns: Number(process.env.LAWS ?? 6), endOnFailure: true },
      );
    });
  const overridden = async (engine: Engine, asked: Hunt, change: Partial<Overrides>): Promise<unknown[]> => {
    const surroundings = { catalogue: async () => engine.catalogue, now };
    const { query } = await override(textOf(asked), { ...noOverrides, ...change }, surroundings);
    return await rowsOf(engine, query.text);
  };

  law('an exclusion is a run over the other events, and the contrary', async (asked, events, engine, dice) => {
    const [condition, holds] = conditions[dice(conditions.length)]!;
    const keeps = dice(2) === 0;
    const left = events.filter((one) => holds(one) === keeps);
    if (left.length === 0) return;
    const others = await overFiles(left);
    const expected = await rowsOf(others, textOf(asked));
    await others.close();
    expect(await overridden(engine, asked, { conditions: [{ keeps, condition }] })).toEqual(expected);
  });
  law('a window, a platform and a threshold are the hunt with others', async (asked, _, engine, dice) => {
    const window = spans[dice(spans.length)]!;
    const platform = (['windows', 'linux'] as const)[dice(2)]!;
    const threshold = dice(7);
    const run = async (other: Hunt): Promise<unknown[]> => await rowsOf(engine, textOf(other));
    expect(await overridden(engine, asked, { window: { last: window } })).toEqual(await run({ ...asked, window }));
    expect(await overridden(engine, asked, { platform })).toEqual(await run({ ...asked, platform }));
    if (asked.shape !== 7)
      expect(await overridden(engine, asked, { settings: [{ name: 'n', value: String(threshold) }] })).toEqual(
        await run({ ...asked, threshold }),
      );
  });
  law('tune counts the rows of runs at each threshold', async (asked, _, engine) => {
    if (asked.shape === 7) return;
    const options = { now: new Date(now), hitsPerDay: 5, at: [0, 1, 2, 4, 9], threshold: 'n' };
    const { studies } = await tune(textOf(asked), engine, options);
    for (const { hits } of studies)
      for (const { threshold, hits: counted } of hits)
        expect([threshold, counted]).toEqual([
          threshold,
          (await rowsOf(engine, textOf({ ...asked, threshold }))).length,
        ]);
    expect(studies).toHaveLength(1);
  });
  law(
    'tune counts the rows of runs at each threshold on events and between two STATS',
    async (asked, _, engine, dice) => {
      const at = String(dice(9));
      const shapes = [
        [
          `WHERE source.bytes > ${at}`,
          'STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY host.name',
          'WHERE n >= 2',
        ],
        [
          `WHERE process.name != "x" AND source.bytes <= ${at}`,
          'STATS n = COUNT(*) BY host.name, process.name',
          'STATS m = MAX(n) BY host.name',
          'SORT m DESC, host.name',
          'LIMIT 2',
        ],
        [
          'STATS n = COUNT(*) BY host.name, source.bytes',
          `WHERE source.bytes < ${at}`,
          'STATS k = COUNT(*) BY host.name',
        ],
        [
          'STATS n = COUNT(*) BY host.name, process.name',
          `WHERE ${at} < n`,
          'STATS k = SUM(n) BY host.name',
          'WHERE k > 9',
        ],
        [`EVAL l = LENGTH(user.name)`, 'MV_EXPAND user.name', `WHERE l >= ${at}`, 'STATS n = COUNT(*) BY user.name'],
        // No question counts these at once.
        [`WHERE source.bytes > ${at}`, 'STATS n = COUNT(*)'],
        [`WHERE source.bytes > ${at} OR user.name == "ann"`, 'STATS n = COUNT(*) BY host.name'],
        [`WHERE source.bytes >= ${at}`, 'INLINE STATS n = COUNT(*) BY host.name', 'WHERE n > 9', 'KEEP host.name'],
        [`WHERE source.bytes >= ${at}`, 'SORT source.bytes, event.id', 'LIMIT 9', 'STATS n = COUNT(*) BY host.name'],
        ['SORT source.bytes, event.id', 'LIMIT 9', `WHERE source.bytes > ${at}`, 'KEEP event.id'],
        // These rows are events.
        [`WHERE source.bytes > ${at} AND source.bytes < 8`, 'KEEP host.name, source.bytes', 'LIMIT 7'],
      ];
      const text = ['FROM logs-*', 'WHERE @timestamp > NOW() - 2 days', ...shapes[dice(shapes.length)]!].join(
        asked.between,
      );
      const options = { now: new Date(now), hitsPerDay: 2, at: [0, 1, 2.5, 4, 9], threshold: null };
      const { studies } = await tune(text, engine, options);
      for (const { threshold: own, hits, suggestion } of studies)
        for (const { threshold, hits: counted } of [...hits, ...(suggestion ? [suggestion] : [])]) {
          const run = applyEdits(text, [setThreshold(own, { name: own.name, value: String(threshold) })]);
          expect([own.name, threshold, counted]).toEqual([own.name, threshold, (await rowsOf(engine, run)).length]);
        }
      expect(studies.length).toBeGreaterThan(0);
    },
  );
  law('measures count what runs with other thresholds give', async (asked, _, engine, dice) => {
    const from = ['FROM logs-*', ...(asked.window === null ? [] : [`WHERE @timestamp > NOW() - ${asked.window}`])];
    const shapes = [
      [
        'STATS n = COUNT(*), b = SUM(source.bytes) BY host.name, process.name',
        'WHERE n >= 3 AND b < 30',
        'KEEP host.name, process.name, n, b',
      ],
      [
        'STATS n = COUNT(*), b = AVG(source.bytes) BY user.name',
        'EVAL r = b / n',
        'WHERE n > 3',
        'WHERE r <= 1.5',
        'SORT n DESC, user.name',
        'LIMIT 2',
      ],
      [
        'INLINE STATS n = COUNT(*) BY process.name',
        'INLINE STATS b = MAX(source.bytes) BY host.name, user.name',
        'WHERE 5 < n AND b != 9',
        'KEEP host.name, n, b',
      ],
      ['STATS n = COUNT(*) BY host.name, process.name', 'WHERE n > 2', 'STATS b = SUM(n) BY host.name', 'WHERE b > 9'],
      [
        'WHERE source.bytes > 3',
        'STATS n = COUNT(*) BY host.name, process.name',
        'WHERE n > 1',
        'STATS k = MAX(n) BY host.name',
      ],
      ['STATS n = COUNT(*), b = SUM(source.bytes) BY process.name, host.name', 'WHERE n > 3 OR b > 40'],
      [
        'STATS n = COUNT(*), b = SUM(source.bytes) BY process.name, host.name',
        'SORT n',
        'LIMIT 4',
        'WHERE n > 3 AND b > 40',
      ],
    ];
    const text = [...from, ...shapes[dice(shapes.length)]!].join(asked.between);
    const surroundings = { catalogue: async () => engine.catalogue, now };
    const [all, laddered] = [
      await openTuning(text, engine, { now: new Date(now) }),
      await openTuning(text, engine, { now: new Date(now), mostRows: 2 }),
    ];
    const run = async (settings: readonly (number | null)[]): Promise<number> => {
      const set = settings.flatMap((value, i) =>
        value === null ? [] : [{ name: all.thresholds[i]!.name, value: String(value) }],
      );
      const { query } = await override(text, { ...noOverrides, settings: set }, surroundings);
      return (await rowsOf(engine, query.text)).length;
    };
    expect(all.thresholds).toHaveLength(2);
    for (let i = 0; i < 4; i++) {
      const settings = all.thresholds.map(({ value }) => (dice(4) === 0 ? value : dice(value * 3)));
      const hits = await run(settings);
      expect((await all.count(settings)).hits).toBe(hits);
      const measured = all.thresholds.filter(({ measures }) => measures);
      if (measured.length < 2) continue;
      const counted = countPassing(all.rows!, measured as Measured[], settings);
      expect(Math.min(counted, all.limit ?? Infinity)).toBe(hits);
      const places = nearMisses(measured as Measured[], settings, 1, 5);
      const rows = await all.rowsAt(places);
      expect(rows).toHaveLength(places.length);
      const b = all.columns.findIndex(({ name }) => name === measured[1]!.name);
      if (b >= 0)
        expect(rows.map((row) => Number(row[b]))).toEqual(places.map((place) => measured[1]!.measures![place]));
    }
    for (const [i, { ladder, value }] of laddered.thresholds.entries()) {
      if (!ladder) continue;
      expect([...ladder.settings]).toContain(value);
      for (let at = 0; at < ladder.settings.length; at += 3) {
        const setting = ladder.settings[at]!;
        const settings = all.thresholds.map((_, other) => (other === i ? setting : null));
        const { isWhole } = all.thresholds[i]!;
        if (isWhole && !Number.isInteger(setting)) continue;
        expect(Math.min(ladder.rows[at]!, laddered.limit ?? Infinity)).toBe(await run(settings));
      }
    }
    await all.close();
    await laddered.close();
  });
  law('backfill runs the hunt as of each time, over what had happened', async (asked, events, engine, dice) => {
    const schedule = { first: now - (900 + dice(600)) * minute, step: (60 + dice(600)) * minute, count: 3 };
    const { windows } = await backfill(textOf(asked), engine, schedule);
    for (const { now: at, rows } of windows) {
      const past = events.filter(({ minutesAgo }) => now - minutesAgo * minute <= at);
      if (past.length === 0) continue;
      const then = await overFiles(past);
      expect([...rows]).toEqual(await rowsOf(then, textOf(asked), at));
      await then.close();
    }
  });
  law('the events behind a row give the row', async (asked, events, engine) => {
    if (!isTraceable(asked)) return;
    const text = textOf(asked);
    const rows = await rowsOf(engine, text);
    const query = await traceable(text, engine, new Date(now));
    const keys = await keysOfRows({ query, engine }, rows.length);
    for (const [i, row] of rows.slice(0, 3).entries()) {
      const { plan } = await eventsOfGroups({ query, engine }, [keys[i]!]);
      const found = await engine.run(plan, query.source);
      const id = found.columns.findIndex(({ name }) => name === 'event.id');
      const ids = new Set(found.values.map((cells) => cells[id]));
      expect(ids.size).toBe(found.values.length);
      const alone = await overFiles(events.filter((one) => ids.has(one.id)));
      const again = await rowsOf(alone, textOf({ ...asked, threshold: 0 }));
      await alone.close();
      // INLINE STATS counts other events too.
      if (asked.shape !== 6) expect(again).toEqual([row]);
    }
  });
});
