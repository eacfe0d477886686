import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileGrok, grok } from '../../src/values/grok.ts';
import { engineOver, now } from '../support/query.ts';
import '../support/property-seed.ts';

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '::',
    '::1',
    '1::',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
  ),
  fc.constantFrom(
    '010.1.1.1',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '.1.2.3.4',
    '1::2::3',
    ':1',
    '12345::',
    'cafe',
    '',
  ),
);
const piece = fc.constantFrom(
  'a',
  'from ',
  ' from ',
  ' ',
  ' port ',
  '9',
  'x-1',
  '<',
  '>',
  ',',
  '%',
  '\n',
  'é',
  'be',
  '.',
  ':',
  ' - ',
);
const text = fc
  .array(fc.oneof(address, piece, fc.nat(99).map(String)), { maxLength: 9 })
  .map((parts) => parts.join(''));
const line = fc
  .tuple(
    piece,
    fc.constantFrom('from ', '<', '', ','),
    address,
    fc.constantFrom(' port 22', '>', ' - ', ' x', ',w'),
    piece,
  )
  .map((parts) => parts.join(''));
const texts = [...new Set(fc.sample(fc.oneof(text, line), 900))];

it.each([
  ['from %{IP:a} port %{INT:p:int}', true],
  ['%{WORD:o} from %{IP:a} port %{INT:p:int}|<%{IPV6:b}>', true],
  ['(?<all>(?:%{IP:a})?,)%{WORD:w}', true],
  ['%{IPORHOST:h} %{WORD:w}', true],
  ['%{IPV4:a}(?<rest>.*) - ', false],
  ['%{IP:a} (?<rest>[^>]*)>', true],
  ['<?%{IP:a}[ >](port )?(?<p>[0-9]*)', true],
  ['%{NOTSPACE:n}%{IP:a} ', false],
  ['%{IP:a}:%{INT:p}', false],
  ['%{IP:a}', false],
])('GROK %s finds what the pattern finds', async (pattern, isLoose) => {
  const properties = { i: { type: 'long' }, u: { type: 'keyword' } };
  const docs = [...texts.map((u, i) => ({ i, u })), { i: texts.length }];
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const compiled = compileGrok(pattern);
  if (typeof compiled === 'string') throw new Error(compiled);
  const names = compiled.fields.map(({ name }) => name);
  const query = `FROM e | GROK u """${pattern}""" | SORT i | KEEP ${names.join(', ')}`;
  const options = { now, maxRows: null };
  expect(engine.statement(query, options).includes('"whole"')).toBe(isLoose);
  const { values } = await engine.query(query, options);
  const expected = texts.map((one) => {
    const found = grok(JSON.stringify({ patterns: [pattern], names }), one);
    return found === null ? names.map(() => null) : (JSON.parse(found) as string[][]).map(([value]) => value ?? null);
  });
  const shown = (row: readonly unknown[]): (string | null)[] =>
    row.map((value) => (value === null ? null : String(value)));
  const wrong = texts.flatMap((one, i) =>
    JSON.stringify(shown(values[i]!)) === JSON.stringify(expected[i]) ? [] : [[one, shown(values[i]!), expected[i]]],
  );
  expect(wrong).toEqual([]);
  expect(expected.some(([first]) => first !== null)).toBe(true);
});
