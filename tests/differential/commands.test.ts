import { expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { ProcessingCommand } from '../../src/languages/esql/syntax/ast.ts';
import { cellJson } from '../../src/values/json.ts';
import { engineOver, now } from '../support/query.ts';
import { chance } from './pipelines.ts';

/*
 * Random chains of every command. A column that is made and dropped again between two commands must change nothing: the
 * rewrites that such a step stands in the way of, filters that move and columns that are left out, then have no effect.
 */

const many = Number(process.env.HARRIER_CHAINS ?? 150);
const firstSeed = Number(process.env.HARRIER_SEED ?? 1);

/** Ways to write each command over the columns of the index. One without any is not tried, for the reason given. */
const written: Readonly<Record<ProcessingCommand['command'], readonly string[] | string>> = {
  where: ['WHERE n > 3', 'WHERE k LIKE "*a*" OR n < 4', 'WHERE g IN (FROM p | WHERE n > 6 | KEEP g)'],
  eval: ['EVAL x = n * 2, k = TO_UPPER(k)', 'EVAL g = CASE(n % 2 == 0, g, "odd")', 'EVAL n = n + 0'],
  keep: ['KEEP n, k, g, t, km', 'KEEP k*, n, g, t'],
  drop: ['DROP km', 'DROP u'],
  rename: ['RENAME k AS kk | RENAME kk AS k', 'RENAME g AS k2, k AS g | RENAME k2 AS k'],
  stats: [
    'STATS n = COUNT(*), k = MIN(k), t = MAX(t), km = VALUES(km), u = MAX(u) BY g',
    'STATS n = SUM(n), g = MAX(g), t = MIN(t), km = TOP(km, 2, "asc"), u = MIN(u) BY k',
  ],
  inline: ['INLINE STATS m = MAX(n) BY g', 'INLINE STATS n2 = COUNT(*) WHERE n > 2'],
  sort: ['SORT n', 'SORT k DESC NULLS FIRST, n', 'SORT t, g, n DESC'],
  limit: ['LIMIT 7', 'SORT n DESC | LIMIT 4', 'LIMIT 1 BY g'],
  topk: ['TOPK n, 3', 'TOPK n + 1, 1 BY g'],
  bottomk: ['BOTTOMK n, 3', 'BOTTOMK n, 2 BY BUCKET(n, 5.)'],
  mv_expand: ['MV_EXPAND km'],
  sample: 'gives other rows each time',
  dissect: ['DISSECT u "%{scheme}://%{rest}"'],
  grok: ['GROK u "%{WORD:scheme}://%{NOTSPACE:rest}"'],
  uri_parts: ['URI_PARTS p = u'],
  registered_domain: ['REGISTERED_DOMAIN d = k'],
  user_agent: ['USER_AGENT a = u'],
  ip_location: 'needs a database, which tests/cli/geoip.test.ts makes',
  lookup: ['LOOKUP JOIN names ON k', 'LOOKUP JOIN names ON k == name'],
  enrich: 'needs a policy, which tests/server makes',
  dedup: ['DEDUP'],
  change_point: 'needs 22 values in order',
  fillnull: ['FILLNULL "none" ON g', 'FILLNULL 0'],
  fuse: 'needs scores, which the cases of commands have',
  ts_info: 'needs time series, which the cases of functions have',
  metrics_info: 'needs time series, which the cases of functions have',
  fork: ['FORK (WHERE n > 2 | SORT n | LIMIT 3) (STATS n = COUNT(*)) | SORT _fork, n', 'FORK (WHERE n < 5)'],
  harrier_lookup: ['HARRIER_LOOKUP names ON k == name', 'HARRIER_LOOKUP names ON km == name BY wildcard'],
  harrier_previous: ['HARRIER_PREVIOUS before = n ON n BY g', 'HARRIER_PREVIOUS k0 = km ON t BY k'],
};

const keyword = { type: 'keyword' };
const documents = Array.from({ length: 12 }, (_, n) => ({
  n,
  ...(n % 5 !== 4 && { k: ['alpha', 'beta', 'gamma', 'www.example.org'][n % 4] }),
  ...(n % 3 !== 2 && { km: n % 2 === 0 ? ['x', 'y'] : 'z' }),
  ...(n !== 7 && { g: n < 6 ? 'low' : 'high' }),
  t: `2026-03-${String(10 + (n % 4)).padStart(2, '0')}T00:00:00Z`,
  u: n % 2 === 0 ? `https://example.org/${n}` : 'curl/8.5.0',
}));

const step = ' | EVAL `(made)` = 1 | DROP `(made)`';

it(`gives the same with a step in between that does nothing, ${many} chains`, async () => {
  const engine = await engineOver([
    {
      name: 'p',
      mappings: {
        properties: { n: { type: 'integer' }, k: keyword, km: keyword, g: keyword, t: { type: 'date' }, u: keyword },
      },
      docs: documents,
    },
    {
      name: 'names',
      mode: 'lookup',
      mappings: { properties: { k: keyword, name: keyword, owner: keyword } },
      docs: [
        { k: 'alpha', name: 'beta', owner: 'one' },
        { k: 'beta', name: 'beta', owner: 'two' },
        { k: 'gamma', name: 'alpha' },
      ],
    },
  ]);
  const answer = async (query: string): Promise<string> => {
    try {
      const { columns, values } = await engine.query(query, { now, maxRows: null });
      const header = columns.map(({ name, type }) => `${name}:${type}`).join(' ');
      const rows = values.map((row) => row.map((cell, i) => cellJson(cell, columns[i]!.type)).join(' '));
      return [header, ...rows.sort()].join('\n');
    } catch (error) {
      if (error instanceof QueryError) return 'refused';
      return `fault: ${(error as Error).message.split('\n')[0]}`;
    }
  };
  const ways = Object.values(written).flatMap((texts) => (typeof texts === 'string' ? [] : [texts]));
  const wrong: string[] = [];
  const answered = new Set<readonly string[]>();
  for (let seed = firstSeed; seed < firstSeed + many; seed++) {
    const pick = chance(seed * 104_729);
    const chosen = Array.from({ length: 1 + pick(4) }, () => ways[pick(ways.length)]!);
    const texts = chosen.map((way) => way[pick(way.length)]!);
    const plain = `FROM p${texts.map((text) => ` | ${text}`).join('')}`;
    const [one, other] = [
      await answer(plain),
      await answer(`FROM p${texts.map((text) => `${step} | ${text}`).join('')}`),
    ];
    if (one !== other || one.startsWith('fault')) wrong.push(`seed ${seed}: ${plain}\n${one}\nnot\n${other}`);
    if (!one.startsWith('refused')) for (const way of chosen) answered.add(way);
  }
  expect(wrong.join('\n\n')).toBe('');
  // Each of the commands was in some chain that had an answer.
  if (many >= 100) expect(ways.filter((way) => !answered.has(way))).toEqual([]);
}, 600_000);
