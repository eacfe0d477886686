import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { prefixCounts } from '../../src/investigate/prefix-counts.ts';
import { noOverrides, type Overrides, override } from '../../src/overrides/override.ts';
import { engineOver } from '../support/query.ts';
import { huntQueries, now, oddEngine } from './support.ts';

const options = { now: new Date(now) };

/** What runs of the prefixes of a query give. */
async function runs(text: string, ends: readonly number[], engine: Engine) {
  const all = [];
  for (const end of ends) {
    const { columns, values } = await engine.query(text.slice(0, end), { now, maxRows: null });
    all.push({ rows: values.length, columns: columns.map(({ name, type }) => `${name}:${type}`) });
  }
  return all;
}

async function expectRuns(text: string, engine: Engine): Promise<void> {
  const { steps, text: counted } = await prefixCounts(text, engine, options);
  expect(counted).toBe(text);
  const ends = steps.map(({ span }) => span.end);
  const found = steps.map(({ rows, columns }) => ({
    rows,
    columns: columns.map(({ name, type }) => `${name}:${type}`),
  }));
  expect(found, text).toEqual(await runs(text, ends, engine));
}

describe('over an index', () => {
  let engine: Engine;
  beforeAll(async () => {
    const keyword = { type: 'keyword' };
    const docs = Array.from({ length: 120 }, (_, n) => ({
      '@timestamp': new Date(now - n * 1_800_000).toISOString(),
      host: `h${n % 5}`,
      name: ['sh', 'cmd', null][n % 3],
      tags: n % 4 === 0 ? ['a', 'b'] : n % 4 === 1 ? 'a' : null,
      bytes: n % 7 === 0 ? null : (n * 37) % 100,
    }));
    const properties = {
      '@timestamp': { type: 'date' },
      host: keyword,
      name: keyword,
      tags: keyword,
      bytes: { type: 'long' },
    };
    engine = await engineOver([
      { name: 'events', mappings: { properties }, docs },
      {
        name: 'names',
        mode: 'lookup',
        mappings: { properties: { name: keyword, kind: keyword } },
        docs: [
          { name: 'sh', kind: 'shell' },
          { name: 'sh', kind: 'unix' },
        ],
      },
    ]);
  });

  const command = fc.constantFrom(
    'WHERE bytes > 20',
    'WHERE host != "h1" AND @timestamp > NOW() - 2 days',
    'WHERE name IS NOT NULL',
    'WHERE n > 2',
    'WHERE host IN (FROM events | WHERE bytes > 90 | KEEP host)',
    'EVAL n = LENGTH(host) + bytes, half = bytes / 2',
    'EVAL bytes = bytes % 10',
    'KEEP host, name, bytes, tags',
    'DROP tags',
    'RENAME host AS computer',
    'SORT bytes DESC',
    'LIMIT 40',
    'LIMIT 1',
    'STATS n = COUNT(*), bytes = MAX(bytes) BY host, name',
    'STATS n = COUNT(*), m = VALUES(name) BY host, tags',
    'STATS n = COUNT(*)',
    'STATS n = MAX(n) BY host',
    'INLINE STATS n = COUNT(*) BY name',
    'INLINE STATS n = COUNT(*) BY tags',
    'MV_EXPAND tags',
    'LOOKUP JOIN names ON name',
    'DISSECT host "%{letter}1"',
    'FORK (WHERE bytes > 50 | STATS n = COUNT(*) BY host) (WHERE bytes < 10)',
    'DEDUP host, name',
    'LIMIT 2 BY host',
  );
  const source = fc.constantFrom(
    'FROM events',
    'SET unmapped_fields = "nullify"; FROM events METADATA _index',
    'FROM (FROM events | WHERE bytes > 10), (FROM events | STATS bytes = SUM(bytes) BY host, name)',
    'ROW host = "h1", name = "sh", bytes = 30, tags = ["a", "b"]',
  );
  const separator = fc.constantFrom(' | ', '\n| ', ' // a | WHERE false\n  | ');

  it('counts what runs of the prefixes give', async () => {
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(source, fc.array(command, { minLength: 1, maxLength: 7 }), separator, async (from, rest, by) => {
        const text = [from, ...rest].join(by);
        try {
          await engine.query(text, { now, maxRows: null });
        } catch (error) {
          if (error instanceof QueryError) return;
          throw error;
        }
        counted += 1;
        await expectRuns(text, engine);
      }),
      { numRuns: 400, ...(process.env.SEED && { seed: Number(process.env.SEED) }) },
    );
    expect(counted).toBeGreaterThan(100);
  }, 240_000);

  it('asks nothing for commands that leave the number as it is, and computes groups once', async () => {
    const asked: string[] = [];
    const counting = new Proxy(engine, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (name !== 'run' && name !== 'materialise') return typeof value === 'function' ? value.bind(target) : value;
        return (...args: unknown[]) => {
          asked.push(name);
          return value.apply(target, args);
        };
      },
    });
    await prefixCounts(
      'FROM events | WHERE bytes > 5 | WHERE name == "sh" | EVAL n = 1 | STATS n = COUNT(*) BY host | EVAL m = n | SORT m | DROP n | LIMIT 3',
      counting,
      options,
    );
    expect(asked).toEqual(['run', 'run', 'run', 'run']);
    asked.length = 0;
    await prefixCounts(
      'FROM events | WHERE bytes > 5 | STATS n = COUNT(*) BY host, name | WHERE n > 1 | STATS n = COUNT(*) BY name | WHERE n > 1',
      counting,
      options,
    );
    // All others read the groups that are kept.
    expect(asked).toEqual(['run', 'run', 'materialise']);
  });

  it('says why there is no number', async () => {
    const { steps } = await prefixCounts(
      'FROM events | WHERE bytes > 5 | SAMPLE 0.5 | WHERE bytes > 9',
      engine,
      options,
    );
    expect(steps.map(({ command: name, rows, reason }) => [name, rows, reason])).toEqual([
      ['FROM', 120, null],
      ['WHERE', expect.any(Number), null],
      ['SAMPLE', null, 'SAMPLE keeps rows at random, so the number is another in each run'],
      ['WHERE', null, 'SAMPLE keeps rows at random, so the number is another in each run'],
    ]);
  });

  it('reports numbers as they become known, and stops when it is cancelled', async () => {
    const known: (readonly [number, number])[] = [];
    const controller = new AbortController();
    const counting = prefixCounts('FROM events | WHERE bytes > 5 | STATS n = COUNT(*) BY host', engine, {
      ...options,
      signal: controller.signal,
      onCount: (step, rows) => {
        known.push([step, rows]);
        controller.abort();
      },
    });
    await expect(counting).rejects.toThrow('aborted');
    expect(known).toEqual([[0, 120]]);
  });

  it('counts a query as overrides leave it, with places in the text as it was', async () => {
    const text = 'FROM events // all\n| STATS n = COUNT(*) BY host\n| WHERE n > 30\n| SORT n';
    const overrides: Overrides = {
      ...noOverrides,
      settings: [{ name: 'n', value: '5000' }],
      conditions: [{ keeps: true, condition: 'bytes > 50' }],
    };
    const overridden = await override(text, overrides, { catalogue: async () => engine.catalogue, now });
    const { steps } = await prefixCounts(overridden.query, engine, options);
    const places = steps.map(({ span }) => overridden.spanBefore(span));
    expect(places.map((span) => span && text.slice(span.start, span.end))).toEqual([
      'FROM events',
      null,
      'STATS n = COUNT(*) BY host',
      'WHERE n > 30',
      'SORT n',
    ]);
    expect(steps.at(-1)!.rows).toBe(0);
  });
});

it('counts hunts over files as runs of their prefixes do', async () => {
  const engine = await oddEngine(3, 3000);
  for (const text of await huntQueries()) await expectRuns(text, engine);
}, 240_000);
