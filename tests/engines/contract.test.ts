import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { planQuery } from '../../src/engines/planned-query.ts';
import { countWhere, freshColumns, grouped } from '../../src/plan/build.ts';
import type { QueryResult } from '../../src/values/types.ts';
import { oddEvents, writeEvent } from '../hunts/odd-events.ts';
import { huntQueries, now } from '../investigate/support.ts';
import { engineNames, enginesOver } from './engines.ts';

/*
 * What every engine must do alike: the same events, the same texts and plans, the same rows. The engine over files is what
 * the others are held against.
 */

/** Queries that an engine answers otherwise, with the reason. */
const skips: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map();

const more = [
  'FROM logs-* | STATS n = COUNT(*) | KEEP n',
  'FROM logs-* METADATA _index | STATS n = COUNT(*), earliest = MIN(@timestamp), latest = MAX(@timestamp) BY _index',
  'FROM logs-* | STATS n = COUNT(*), a = COUNT(destination.ip), v = VALUES(host.os.type) BY destination.ip | SORT n DESC, destination.ip | LIMIT 20',
  // No event has it, and ECS knows it.
  'FROM logs-* | STATS n = COUNT(*), dns = COUNT(dns.question.name) BY kind = dns.question.type',
  'FROM logs-* | EVAL dns = CONCAT(dns.question.name, "!") | WHERE dns IS NULL | STATS n = COUNT(*) BY process.name | LIMIT 5',
  'FROM logs-* | STATS n = COUNT(*) BY process.name | WHERE n > 3 | KEEP n',
  'FROM logs-* | WHERE process.name IN (FROM logs-* | STATS n = COUNT(*) BY process.name | WHERE n > 60 | KEEP process.name) | STATS n = COUNT(*)',
  'FROM logs-* | EVAL few = process.name NOT IN (FROM logs-* | STATS n = COUNT(*) BY process.name | WHERE n > 60 | KEEP process.name) | STATS n = COUNT(*) BY few',
  'FROM logs-* | STATS n = COUNT(*) WHERE (process.name, agent.id) IN (FROM logs-* | SORT @timestamp, process.name, agent.id | LIMIT 9 | KEEP process.name, agent.id), m = COUNT(*)',
  'ROW a = [1, 2], b = "x", c = 1.5 | MV_EXPAND a',
  'FROM logs-* | WHERE source.bytes > 1000 | STATS b = SUM(source.bytes), p = PERCENTILE(source.bytes, 50), d = COUNT_DISTINCT(destination.ip) BY BUCKET(@timestamp, 1 day), process.name',
];

let engines: ReadonlyMap<string, Engine>;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ engines, close } = await enginesOver(oddEvents(3000, 1, now).map(writeEvent)));
}, 120_000);
afterAll(() => close());

const shown = ({ columns, values }: QueryResult): string[] => [
  JSON.stringify(columns.map(({ name, type }) => [name, type])),
  ...values.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))),
];

const texts = [...(await huntQueries()), ...more];
const queries = texts.map((text, i) => [`${i}: ${text.replace(/\s+/g, ' ').slice(0, 60)}`, text] as const);

const [first, ...others] = engineNames as [string, ...string[]];

describe.each(others)('an engine over a %s', (name) => {
  it.each(queries)('gives the rows of %s', async (_, query) => {
    const why = skips.get(name)?.get(query);
    if (why !== undefined) return;
    const options = { now, maxRows: 1000 };
    const expected = await engines.get(first)!.query(query, options);
    const result = await engines.get(name)!.query(query, options);
    expect(shown(result)).toEqual(shown(expected));
    expect(result.warnings).toEqual(expected.warnings);
    expect(result.notes).toEqual(expected.notes);
  });

  it.each(queries)('runs the plan of %s', async (_, query) => {
    if (query.startsWith('ROW') || skips.get(name)?.has(query)) return;
    const planned = (engine: Engine) => planQuery(query, engine.catalogue, { now, maxRows: 1000 });
    const run = (engine: Engine) => engine.run(planned(engine).whole, planned(engine).source);
    expect(shown(await run(engines.get(name)!))).toEqual(shown(await run(engines.get(first)!)));
  });

  it('keeps rows, and goes on with them', async () => {
    const query =
      'FROM logs-* | STATS n = COUNT(*), v = VALUES(destination.ip), latest = MAX(@timestamp) BY process.name, agent.id';
    const answer = async (engine: Engine) => {
      const { whole, source } = planQuery(query, engine.catalogue, { now, maxRows: null });
      const { scans, engine: reading, drop } = await engine.materialise([whole], source);
      const [scan] = scans;
      const fresh = freshColumns(scan!);
      const sum = grouped(
        scan!,
        [scan!.output[3]!],
        [countWhere(fresh('n', 'long'), null), countWhere(fresh('n', 'long'), null)],
        fresh,
      );
      const results = [await reading.run(scan!, source), await reading.run(sum, new SourceText(''))];
      await drop();
      return results.map(({ values }) => values);
    };
    expect(await answer(engines.get(name)!)).toEqual(await answer(engines.get(first)!));
  });
});
