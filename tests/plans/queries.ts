import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { indices } from '../cases/indices.ts';
import { makePipeline, stored } from '../differential/pipelines.ts';
import type { Row, Scalar, Type } from '../differential/reference.ts';
import type { MappedIndex } from '../support/query.ts';
import { hasShared, shared } from '../support/shared.ts';

/* Queries whose plans the tests print, with the events that they read. */

export interface Queries {
  readonly name: string;
  readonly indices: readonly MappedIndex[];
  readonly texts: readonly string[];
}

const cases = fileURLToPath(new URL('../cases', import.meta.url));
const casesOf = (area: string): string[] =>
  readdirSync(join(cases, area))
    .filter((name) => name.endsWith('.esql'))
    .flatMap((name) => readFileSync(join(cases, area, name), 'utf8').split(/^-{3,}\n/m))
    .filter((text) => text.trim() !== '');

/** What the printer refuses in words. */
const unsayable: readonly RegExp[] = [
  // Only Harrier has it.
  /\bharrier_/i,
  // The steps that STATS behind TS comes to.
  /^\s*TS\b/i,
  // Queries about several columns, and within the aggregates of INLINE STATS.
  /\)\s+(?:NOT )?IN \((?:FROM|ROW)\b/,
  /\bINLINE STATS [^|]* IN \(FROM\b/,
  // Aggregates of INLINE STATS that go together under several conditions.
  /\bINLINE STATS [^|]*\bSPARKLINE\b/,
];

/** The cases of the functions, the commands and the plans. */
export const caseQueries: Queries = {
  name: 'the cases',
  indices,
  texts: ['functions', 'commands', 'plans'].flatMap(casesOf).filter((text) => !unsayable.some((one) => one.test(text))),
};

const lines = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The conformance cases, all over one set of indices. */
export function conformanceQueries(): Queries {
  const files = (folder: string): string[] => (hasShared ? readdirSync(shared(`conformance/${folder}`)) : []);
  return {
    name: 'the conformance cases',
    indices: files('data').map((file) => ({
      name: file.replace(/\.json$/, ''),
      ...(JSON.parse(readFileSync(shared(`conformance/data/${file}`), 'utf8')) as Omit<MappedIndex, 'name'>),
    })),
    texts: files('cases').flatMap((file) =>
      lines(shared(`conformance/cases/${file}`)).flatMap(({ query, error }) =>
        error === undefined ? [String(query)] : [],
      ),
    ),
  };
}

const values: Readonly<Record<Exclude<Type, 'null'>, readonly Scalar[]>> = {
  integer: [0n, 1n, -1n, 42n],
  long: [0n, -7n, 3_000_000_000n],
  double: [0, 0.5, -2.25],
  boolean: [true, false],
  keyword: ['alpha', 'beta', '', 'a b'],
  date: [0n, 1_709_210_096_789n, 1_773_100_800_000n],
};

/** Random pipelines over an index of every type. */
export function randomQueries(count: number): Queries {
  const types = Object.keys(values) as (keyof typeof values)[];
  const columns = [{ name: 'n', type: 'integer' as Type }, ...types.map((type) => ({ name: `a_${type}`, type }))];
  const rows: Row[] = [];
  const docs: Record<string, unknown>[] = [];
  for (let n = 0; n < 20; n++) {
    const picked = types.map((type, i) => [type, values[type].slice((n + i) % 4, ((n + i) % 4) + (n % 3))] as const);
    rows.push(
      new Map([['n', BigInt(n)], ...picked.map(([type, some]) => [`a_${type}`, stored(type, [...some])] as const)]),
    );
    const cells = picked.map(([type, some]) => [
      `a_${type}`,
      some.map((value) => (typeof value === 'bigint' ? Number(value) : value)),
    ]);
    docs.push({ n, ...Object.fromEntries(cells) });
  }
  const properties = Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
  return {
    name: 'random pipelines',
    indices: [{ name: 'm', mappings: { properties }, docs }],
    texts: Array.from({ length: count }, (_, seed) => makePipeline(seed, 'm', columns, rows).text),
  };
}

const keyword = { type: 'keyword' };

/** What only a store has that looks up other indices. */
export const lookupQueries: Queries = {
  name: 'lookups',
  indices: [
    {
      name: 'events',
      mappings: { properties: { host: keyword, owner: keyword, ip: { type: 'ip' }, port: { type: 'integer' } } },
      docs: [
        { host: 'a', owner: 'nobody', ip: '10.1.2.3', port: 443 },
        { host: ['a', 'b'], ip: '8.8.8.8', port: 8080 },
        { host: 'c', owner: 'alice', ip: '10.0.0.1' },
        { port: 22 },
      ],
    },
    {
      name: 'assets',
      mode: 'lookup',
      mappings: { properties: { host: keyword, owner: keyword, least: { type: 'integer' } } },
      docs: [
        { host: 'a', owner: 'alice', least: 80 },
        { host: 'b', owner: 'bob', least: 500 },
        { host: 'b', owner: 'bea', least: 0 },
      ],
    },
    {
      name: 'networks',
      mappings: { properties: { block: { type: 'ip_range' }, zone: keyword } },
      docs: [
        { block: '10.0.0.0/8', zone: 'inside' },
        { block: '10.1.0.0/16', zone: 'lab' },
      ],
    },
  ],
  texts: [
    'FROM events | ENRICH owners ON host WITH owner | SORT port | KEEP host, owner, port',
    'FROM events | RENAME owner AS o | ENRICH owners ON host WITH a = owner, n = least | EVAL owner = CONCAT(o, "!") | KEEP *',
    'FROM events | ENRICH owners ON host WITH owner | STATS n = COUNT(*)',
    'FROM events | EVAL zone = "none" | ENRICH zones ON ip WITH place = zone | STATS n = COUNT(*) BY place, zone',
    'FROM events | LOOKUP JOIN assets ON host | SORT port, owner',
    'FROM events | LOOKUP JOIN assets ON host, owner | SORT port, least',
    'FROM events | RENAME host AS h | LOOKUP JOIN assets ON h == host | KEEP h, host, owner | SORT h, owner',
    'FROM events | RENAME host AS h, owner AS o | LOOKUP JOIN assets ON h == host AND o == owner',
    'FROM events | RENAME host AS h, owner AS o | LOOKUP JOIN assets ON h == host AND port > least | KEEP h, o, owner',
    'FROM events | EVAL least = port - 100 | RENAME host AS h, owner AS o | LOOKUP JOIN assets ON h == host AND port > 100 | KEEP h, o, least',
    'FROM events | EVAL h = host, x = owner | DROP host, owner | EVAL host = h | LOOKUP JOIN assets ON host | KEEP x, h, host, owner',
    'FROM events | STATS n = COUNT(*) WHERE port > 100, m = MAX(port) WHERE owner == "alice", s = SUM(port) BY host',
    'FROM events | STATS d = COUNT_DISTINCT(host) WHERE port > 100, v = VALUES(host) WHERE port > 100',
    'FROM events | WHERE host LIKE ("a*", "c") OR owner RLIKE ("al.*", "n.*") | KEEP host, owner',
    'FROM events | WHERE MV_CONTAINS(host, "a") | KEEP host, port',
    'FROM events | EVAL c = MV_CONTAINS(host, ["a", "b"]) | KEEP host, c',
    'FROM events | INLINE STATS n = COUNT(*) BY host | WHERE n > 1 | STATS m = MAX(port) BY n',
    'FROM events | MV_EXPAND host | LIMIT 1 BY host | KEEP host',
  ],
};
