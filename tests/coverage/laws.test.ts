import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assess } from '../../src/coverage/assess.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { engineOverFile, now } from '../investigate/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * Coverage says blind only where no hit could come out: not of the events that are there, nor of more events of the same
 * kinds and times that carry nothing but what these carry. And it says ready only where the window has events of the
 * platform that a hunt is about.
 */

const hour = 3_600_000;

/** What tells kinds of events apart; events of one kind and time carry the same fields, or fewer. */
interface Kind {
  readonly action: string;
  readonly platform: string;
  readonly hoursAgo: number;
  readonly fields: readonly (keyof typeof values)[];
}

const values = {
  'user.name': ['ann', 'bob'],
  'source.bytes': [1, 100, 5000],
  'process.args': ['-a', '-b'],
  'process.name': ['sh', 'cmd.exe'],
  'host.name': ['h1', 'h2'],
} as const;

const kind: fc.Arbitrary<Kind> = fc.record({
  action: fc.constantFrom('start', 'end'),
  platform: fc.constantFrom('windows', 'linux'),
  hoursAgo: fc.constantFrom(1, 30),
  fields: fc.subarray(Object.keys(values) as (keyof typeof values)[]),
});

/** An event of a kind. `dice` chooses which of its fields it has, and their values; without it, it has all. */
function eventOf({ action, platform, hoursAgo, fields }: Kind, dice: (below: number) => number): object {
  const own = fields.flatMap((name) => {
    const all: readonly unknown[] = values[name];
    const chosen = dice(all.length + 2);
    if (chosen === all.length) return [];
    return [[name, chosen > all.length ? all : all[chosen]] as const];
  });
  return {
    '@timestamp': new Date(now - hoursAgo * hour).toISOString(),
    data_stream: { type: 'logs', dataset: 'test', namespace: 'default' },
    'event.action': action,
    'host.os.type': platform,
    ...Object.fromEntries(own),
  };
}

const some = fc.constantFrom;
const condition = fc.oneof(
  some(
    'event.action == "start"',
    'event.action IN ("start", "stop")',
    'event.action == "stop"',
    'host.os.type == "windows"',
    'NOT host.os.type == "windows"',
    '(event.action == "start" OR host.os.type == "linux")',
    '@timestamp > NOW() - 1 day',
  ),
  some(
    'user.name == "ann"',
    'user.name IS NULL',
    'NOT user.name == "ann"',
    'user.name IN ("ann", "eve")',
    'NOT user.name IN ("eve")',
    'host.name IN ("x", user.name)',
    'source.bytes > 50',
    'NOT (source.bytes > 50 AND host.name == "h1")',
    '(source.bytes > 50 OR process.name == "sh")',
    'COALESCE(user.name, host.name, "nobody") != "eve"',
    'COALESCE(source.bytes, 70) > 60',
    'CASE(source.bytes > 50, "big", user.name == "ann", "ann", "small") == "small"',
    'MV_COUNT(process.args) > 1',
    'NOT MV_CONTAINS(process.args, "-a")',
    'MV_INTERSECTS(process.args, ["-a", "-c"])',
    'MV_APPEND(process.args, "x") == "x"',
    'MV_UNION(process.args, user.name) IS NOT NULL',
    'GREATEST(source.bytes, 3) > 2',
    'NOT STARTS_WITH(process.name, "c")',
    'CONCAT(user.name, host.name) LIKE "*h*"',
    'NOT MATCH(process.name, "sh")',
    'process.name : "sh"',
  ),
  some(
    '_score > 0',
    'NOT _score > 0',
    '_score IN (1, 2)',
    '(_version > 1 OR host.name == "h1")',
    'NOT (_version == 1 AND host.name == "h1")',
    '_id IS NOT NULL',
  ),
);
const where = condition.map((text) => `WHERE ${text}`);
const either = fc.tuple(condition, condition).map(([a, b]) => `FORK (WHERE ${a}) (WHERE ${b})`);
const stats = some(
  'STATS n = COUNT(user.name) | WHERE n == 0',
  'STATS n = COUNT(*) | WHERE n == 0',
  'STATS n = COUNT_DISTINCT(user.name) BY host.os.type | WHERE n < 1',
  'STATS a = ABSENT(user.name), p = PRESENT(process.name) BY event.action | WHERE a OR p',
  'STATS p = PRESENT(source.bytes) BY host.name | WHERE NOT p',
  'STATS m = MAX(source.bytes) BY host.name | WHERE m IS NULL OR m > 50',
  'STATS s = SUM(source.bytes), n = COUNT(*) BY host.os.type | WHERE host.os.type == "windows" AND s > 50',
  'STATS v = VALUES(user.name) BY host.name | WHERE MV_COUNT(v) > 1',
  'STATS n = COUNT(*) WHERE user.name == "ann" BY event.action | WHERE n == 0',
  'INLINE STATS m = MAX(source.bytes) BY host.name | WHERE COALESCE(m, 5) > 3',
  'INLINE STATS n = COUNT(user.name) BY process.name | WHERE n == 0',
  'INLINE STATS n = COUNT(*) BY user.name | WHERE n > 0',
  'EVAL u = user.name | MV_EXPAND process.args | WHERE process.args == "-a" OR u IS NULL',
  'DISSECT process.name "%{stem}.%{ending}" | WHERE ending IS NULL',
  'RENAME host.os.type AS os | WHERE os == "linux"',
  'STATS m = MAX(_score), v = MAX(_version) BY host.name | WHERE m > 0 OR v > 1',
  'STATS s = SUM(_score) BY host.name | WHERE s == 0',
);
const hunt = fc
  .tuple(fc.array(where, { maxLength: 2 }), fc.option(either, { nil: null, freq: 3 }), fc.option(stats, { nil: null }))
  .map(([first, fork, last]) =>
    ['FROM logs-* METADATA _score, _version, _id', ...first, ...(fork ? [fork] : []), ...(last ? [last] : [])].join(
      ' | ',
    ),
  );

const folder = temporaryFolder();
let files = 0;
async function over<T>(events: readonly object[], ask: (engine: DuckDBEngine) => Promise<T>): Promise<T> {
  const file = join(folder, `${++files}.ndjson`);
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const engine = await engineOverFile(file);
  try {
    return await ask(engine);
  } finally {
    await engine.close();
  }
}

const hits = (events: readonly object[], texts: readonly string[]): Promise<boolean[]> =>
  over(events, async (engine) => {
    const found: boolean[] = [];
    for (const text of texts) found.push((await engine.query(text, { now, maxRows: 10 })).values.length > 0);
    return found;
  });

/** Hunts of which the window has no event at all of the platform, with whether the events are of one. */
const silent = (kinds: readonly Kind[]): string[] => {
  const recent = kinds.filter(({ hoursAgo }) => hoursAgo < 24);
  return ['windows', 'linux']
    .filter((platform) => !recent.some((one) => one.platform === platform))
    .flatMap((platform) => [
      `FROM logs-* | WHERE @timestamp > NOW() - 1 day AND host.os.type == "${platform}" | KEEP event.action`,
      `FROM logs-* | WHERE @timestamp > NOW() - 1 day | STATS n = COUNT(*) BY host.os.type | WHERE host.os.type == "${platform}"`,
      `FROM logs-* | WHERE host.os.type == "${platform}" | EVAL t = @timestamp | WHERE t > NOW() - 1 day AND t < NOW()`,
    ])
    .concat(
      recent.length === 0
        ? ['FROM logs-* | WHERE @timestamp > NOW() - 1 day | STATS n = COUNT(*) BY event.action']
        : [],
    );
};

it('says blind only where no hit can come out, and ready only where there is something to see', {
  timeout: 1_200_000,
}, async () => {
  let blind = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(kind, {
        minLength: 1,
        maxLength: 4,
        selector: ({ action, platform, hoursAgo }) => `${action} ${platform} ${hoursAgo}`,
      }),
      fc.array(hunt, { minLength: 6, maxLength: 6 }),
      fc.gen(),
      async (kinds, hunts, gen) => {
        const dice = (below: number): number => gen(fc.nat, { max: below - 1 });
        const events = kinds.map((one) => eventOf(one, () => 0));
        const more = Array.from({ length: 40 }, () => eventOf(kinds[dice(kinds.length)]!, dice));
        const possible = await hits([...events, ...more], hunts);
        const there = await hits(events, hunts);
        const quiet = silent(kinds);
        const verdicts = await over(events, async (engine) => {
          const found: string[] = [];
          for (const text of [...hunts, ...quiet]) found.push((await assess(text, engine, new Date(now))).verdict);
          return found;
        });
        hunts.forEach((text, i) => {
          if (verdicts[i] === 'blind') blind += 1;
          if (possible[i] || there[i]) expect(`${text}: ${verdicts[i]}`).not.toBe(`${text}: blind`);
        });
        quiet.forEach((text, i) => {
          expect(`${text}: ${verdicts[hunts.length + i]}`).not.toBe(`${text}: ready`);
        });
      },
    ),
    { numRuns: Number(process.env.LAWS ?? 15) },
  );
  expect(blind).toBeGreaterThan(0);
});
