import fc from 'fast-check';
import { expect, it } from 'vitest';
import { engineOver, now } from '../support/query.ts';

const texts = fc.sample(
  fc.oneof(
    fc.constantFrom('www.example.co.uk', 'a.b.github.io', 'example.com', '.wrong', 'localhost', '', 'Mail.Example.COM'),
    fc.constantFrom('curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'a=1 b=2'),
    fc.domain(),
    fc.constantFrom(
      'a.b.s3.amazonaws.com',
      'i-1.compute.amazonaws.com',
      'x.i-1.eu-west-1.compute.amazonaws.com',
      'dc01',
    ),
    fc.constantFrom(
      '..a.example.com',
      'a..example.com',
      'example.com.',
      '\u00e4.example.com',
      'x y.example.com',
      'com',
      'co.uk',
    ),
    fc.constantFrom(
      'city.kawasaki.jp',
      'a.city.kawasaki.jp',
      'a.b.kawasaki.jp',
      '10.0.0.1',
      'dc01.corp.local',
      'İ.B.example.com',
    ),
  ),
  300,
);
// Each third document has no text.
const docs = texts.map((u, i) => ({ i, ...(i % 3 > 0 && { u }) }));

it.each([
  ['REGISTERED_DOMAIN p = u', 'p.domain, p.registered_domain, p.top_level_domain, p.subdomain'],
  ['USER_AGENT p = u', 'p.name, p.version'],
  ['GROK u "%{WORD:x}(?<y>=(?=1))?"', 'x, y'],
])('%s takes distinct texts apart as it does each', async (parse, keys) => {
  const properties = { i: { type: 'long' }, u: { type: 'keyword' } };
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const rest = `| ${parse} | STATS n = COUNT(*), lowest = MIN(i) BY ${keys} | SORT n, lowest, ${keys}`;
  const options = { now, maxRows: null };
  const [distinct, each] = [`FROM e ${rest}`, `FROM e | LIMIT 100000 ${rest}`];
  expect(engine.statement(distinct, options)).toContain('SELECT DISTINCT');
  expect(engine.statement(each, options)).not.toContain('SELECT DISTINCT');
  const { values } = await engine.query(distinct, options);
  expect(values.length).toBeGreaterThan(2);
  expect(values).toEqual((await engine.query(each, options)).values);
});
