import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseNetwork } from '../../src/values/cidr.ts';
import { parseIp } from '../../src/values/ip.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * HARRIER_LOOKUP against a comparison of every value with every row of the list, in JavaScript: the same rows, each row of
 * the list at most once for each event.
 */

type By = 'value' | 'cidr' | 'wildcard' | 'suffix';

/** Whether a value fits a key, found out without any of what the engine does. */
const fits: Readonly<Record<By, (value: string, key: string) => boolean>> = {
  value: (value, key) => value === key,
  cidr(value, key) {
    const range = parseNetwork(key);
    const address = parseIp(value)!;
    return range !== null && range.low <= address && address <= range.high;
  },
  suffix(value, key) {
    const domain = key
      .toLowerCase()
      .replace(/^(\*\.|\.)/, '')
      .replace(/\.+$/, '');
    const name = value.toLowerCase().replace(/\.+$/, '');
    return domain !== '' && (name === domain || name.endsWith(`.${domain}`));
  },
  wildcard: (value, key) =>
    [key, key.replaceAll('\\\\', '\\')].some((pattern) => {
      const source = pattern
        .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.');
      return new RegExp(`^${source}$`, 'isu').test(value);
    }),
};

const byte = fc.integer({ min: 0, max: 3 });
const address = fc.oneof(
  fc.tuple(fc.constantFrom('10', '11'), byte, byte, byte).map((parts) => parts.join('.')),
  fc.tuple(byte, byte).map(([a, b]) => `2001:db8:${a}::${b}`),
);
const network = fc.oneof(
  address,
  fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([text, bits]) => {
    return `${text}/${text.includes(':') ? bits * 4 : bits}`;
  }),
  fc.tuple(address, address).map((two) => two.join('-')),
  fc.constantFrom('junk', '10.0.0.0/99', '', '-'),
);
const label = fc.constantFrom('a', 'b', 'evil', 'notevil', 'A', 'x%', 'y_');
const name = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .chain((labels) => fc.constantFrom('', '.').map((end) => labels.join('.') + end));
const domain = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  name.map((text) => `.${text}`),
  fc.constantFrom('', '.'),
);
const piece = fc.constantFrom('a', 'B', 'ab', '\\', '\\\\', '%', '_', '^', '.', 'é', 'abcabcab', 'C:\\Users\\');
const path = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
const pattern = fc
  .array(fc.oneof(piece, fc.constantFrom('*', '?', '**')), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));

const cases: Readonly<Record<By, readonly [values: fc.Arbitrary<string>, keys: fc.Arbitrary<string>]>> = {
  value: [name, name],
  cidr: [address, network],
  suffix: [name, domain],
  wildcard: [path, pattern],
};

it.each(Object.keys(cases) as By[])(
  'finds the rows of a list by %s that a comparison of each with each finds',
  async (by) => {
    const [values, keys] = cases[by];
    const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(several(values), { minLength: 1, maxLength: 12 }),
        fc.array(several(keys), { maxLength: 12 }),
        async (events, list) => {
          const engine = await engineOver([
            {
              name: 'events',
              mappings: { properties: { n: { type: 'long' }, v: { type: by === 'cidr' ? 'ip' : 'keyword' } } },
              docs: events.map((v, n) => ({ n, v })),
            },
            {
              name: 'list',
              mode: 'lookup',
              mappings: { properties: { row: { type: 'long' }, k: { type: 'keyword' } } },
              docs: list.map((k, row) => ({ row, k })),
            },
          ]);
          const how = by === 'value' ? '' : ` BY ${by}`;
          const found = await engine.query(
            `FROM events | HARRIER_LOOKUP list ON v == k${how} | KEEP n, row | SORT n, row`,
            {
              now,
              maxRows: null,
            },
          );
          await engine.close();
          const expected = events.flatMap((own, n) => {
            const rows = list.flatMap((one, row) =>
              own.some((value) => one.some((key) => fits[by](value, key))) ? [[BigInt(n), BigInt(row)]] : [],
            );
            return rows.length > 0 ? rows : [[BigInt(n), null]];
          });
          expect(found.values.map((row) => row.map((cell) => (cell === null ? null : BigInt(cell as bigint))))).toEqual(
            expected,
          );
        },
      ),
      { numRuns: 25 },
    );
  },
);
