import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ask, files } from './support.ts';

/*
 * Lines of NDJSON are read by the document reader, arrays by the engine: the same events must be the same to queries.
 */

const text = fc.oneof(
  fc.constantFrom('a', 'B', 'C:\\x', '7', 'true', '', 'é', 'say "hi"'),
  fc.string({ maxLength: 5 }),
);
const address = fc.constantFrom('10.0.0.1', '::1', 'fe80::1%eth0', '10.0.0.300', '0:0::1', '::ffff:1.2.3.4');
const date = fc.constantFrom(
  '2026-03-01T00:00:00Z',
  '2026-03-01T01:00:00.123456789+01:00',
  '2026-03-01',
  1_767_225_600_000,
  'yesterday',
);
const number = fc.oneof(
  fc.integer({ min: -9, max: 99_999 }),
  fc.constantFrom('7', '1.5', 1.5, 2 ** 53, 1e300, -0, 'x', ''),
);
const flag = fc.oneof(fc.boolean(), fc.constantFrom('true', 'no', ''));
const maybeSeveral = (of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 6, arbitrary: of },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.array(fc.oneof(of, fc.constant(null)), { maxLength: 3 }) },
  );

const process = fc.record(
  { name: maybeSeveral(text), pid: maybeSeveral(number), code_signature: fc.record({ exists: maybeSeveral(flag) }) },
  { requiredKeys: [] },
);
const event = fc.record(
  {
    process,
    'process.executable': maybeSeveral(text),
    source: fc.record({ ip: maybeSeveral(address), bytes: maybeSeveral(number) }, { requiredKeys: [] }),
    '@timestamp': date,
    message: maybeSeveral(text),
    own: fc.record({ word: maybeSeveral(text), count: maybeSeveral(fc.integer()) }, { requiredKeys: [] }),
    unwanted: fc.anything({ maxDepth: 3, withNullPrototype: false }),
  },
  { requiredKeys: [] },
);

const wanted = ['process.name', 'process.pid', 'process.code_signature.exists', 'process.executable', 'source.ip'];
const query = `FROM * | KEEP event.id, @timestamp, ${wanted.join(', ')}, source.bytes, message, process.name.caseless, own.word, own.count | SORT event.id`;
// Fields that no event has cannot be named; this one has them all.
const full = {
  process: { name: 'n', pid: 1, code_signature: { exists: true }, executable: 'e' },
  source: { ip: '10.0.0.1', bytes: 1 },
  '@timestamp': '2026-03-01T00:00:00Z',
  message: 'm',
  own: { word: 'w', count: 1 },
};

it('reads the same from lines and from arrays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
      const numbered = [full, ...events].map((one, n) => ({ ...one, 'event.id': String(n).padStart(3, '0') }));
      const lines = numbered.map((one) => JSON.stringify(one));
      const folder = files({ 'a/e.ndjson': lines.join('\n'), 'b/e.json': `[${lines.join(',\n')}]` });
      const [quick, careful] = [await ask(query, `${folder}/a`), await ask(query, `${folder}/b`)];
      expect(quick.columns).toEqual(careful.columns);
      expect(quick.values).toEqual(careful.values);
      expect(quick.report.ignored.count).toBe(careful.report.ignored.count);
    }),
    { numRuns: 30 },
  );
});
