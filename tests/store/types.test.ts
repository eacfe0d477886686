import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { Writer } from '../../src/store/writer.ts';
import { bulk, startServer } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What a store answers, with the types of its columns. */
async function ask(store: Store, query: string): Promise<{ types: string[]; values: unknown[][] }> {
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 });
  const { columns, values } = await queries.run(query, { now: 0, maxRows: null });
  return { types: columns.map(({ name, type }) => `${name}:${type}`), values: values as unknown[][] };
}

async function written(store: Store, index: string, lines: readonly string[], atOnce = lines.length): Promise<void> {
  const writer = new Writer(store);
  for (let from = 0; from < lines.length; from += atOnce) {
    const outcomes = await writer.apply(
      lines
        .slice(from, from + atOnce)
        .map((line) => ({ action: 'create', index, id: null, line: Buffer.from(line) }) as const),
    );
    for (const outcome of outcomes) if ('refusal' in outcome) throw outcome.refusal;
  }
  await store.refresh('all');
}

describe('the type of a field that no mapping knows', () => {
  it.each<[string, readonly string[], string, readonly unknown[]]>([
    ['whole numbers', ['1', '[3, 2]'], 'long', [1n, [2n, 3n]]],
    ['the largest long', ['9223372036854775807'], 'long', [9223372036854775807n]],
    ['larger ones', ['9223372036854775808', '1'], 'unsigned_long', [9223372036854775808n, 1n]],
    ['larger and negative ones', ['9223372036854775808', '-1'], 'double', [2 ** 63, -1]],
    ['decimals', ['1', '2.5', '1e3'], 'double', [1, 2.5, 1000]],
    ['booleans', ['true', '[true, false]'], 'boolean', [true, [false, true]]],
    [
      'dates',
      ['"2026-03-10"', '"2026-03-10T12:00:00Z"'],
      'date',
      ['2026-03-10T00:00:00.000Z', '2026-03-10T12:00:00.000Z'],
    ],
    ['no dates', ['"2026-02-30"', '"2026-03-10"'], 'keyword', ['2026-02-30', '2026-03-10']],
    [
      'numbers and texts',
      ['1.10', '1e3', '18446744073709551616', '"x"'],
      'keyword',
      ['1.10', '1e3', '18446744073709551616', 'x'],
    ],
    ['arrays in arrays', ['[[1, [2]], 3]', '[[[4]]]'], 'long', [[1n, 2n, 3n], 4n]],
    ['nothing beside something', ['null', '[]', '"x"'], 'keyword', [null, null, 'x']],
  ])('holds all values: %s', async (_, values, type, expected) => {
    const store = await Store.open(temporaryFolder());
    try {
      await written(
        store,
        'logs-a-b',
        values.map((value, n) => `{"n": ${n}, "v": ${value}}`),
      );
      const answer = await ask(store, 'FROM logs-a-b | SORT n | KEEP v');
      expect(answer).toEqual({ types: [`v:${type}`], values: expected.map((value) => [value]) });
    } finally {
      await store.close();
    }
  });

  it('is its own whatever other names are', async () => {
    const store = await Store.open(temporaryFolder());
    const names = [
      'path',
      'Path',
      'PATH',
      '__proto__',
      'constructor',
      'hit_id',
      '_n',
      'x[]',
      'x',
      'x:whole',
      'x.y',
      'x.keyword',
    ];
    try {
      await written(store, 'plain', [`{${names.map((name, i) => `${JSON.stringify(name)}: "${i}"`).join(', ')}}`]);
      const fields = names.map((name) => `\`${name}\``);
      const { values } = await ask(store, `FROM plain | KEEP ${fields.join(', ')}`);
      expect(values).toEqual([names.map((_, i) => String(i))]);
    } finally {
      await store.close();
    }
  });
});

describe('values that a mapping leaves out', () => {
  it('stay in multi-fields, and are named in _ignored', async () => {
    const server = await startServer();
    const text = { type: 'match_only_text' };
    const keyword = { type: 'keyword', ignore_above: 5 };
    const properties = {
      long: { ...keyword, fields: { text } },
      alone: keyword,
      text: { ...text, fields: { keyword } },
    };
    await server.send('PUT', '/cl', { mappings: { properties } });
    const documents = [
      { long: 'more than five', alone: 'more than five', text: 'more than five', free: 'x'.repeat(257) },
      { long: 'five', alone: ['five', 'more than five'], text: 'five', free: 'x' },
    ];
    for (const document of documents) await server.send('POST', '/cl/_doc?refresh=true', document);
    const { json } = await server.send('POST', '/_query', {
      query:
        'FROM cl METADATA _ignored | SORT text | KEEP long, long.text, alone, text.keyword, _ignored, free.keyword',
    });
    expect(json.values).toEqual([
      ['five', 'five', 'five', 'five', 'alone', 'x'],
      [
        null,
        'more than five',
        null,
        null,
        expect.arrayContaining(['alone', 'free.keyword', 'long', 'text.keyword']),
        null,
      ],
    ]);
  });
});

describe('a mapping', () => {
  it('shows a field below one that has values under a dotted name', async () => {
    const server = await startServer();
    await server.send('POST', '/_bulk', bulk({ create: { _index: 'logs-a-b' } }, { host: 'a', h: { os: 1 } }));
    await server.send(
      'POST',
      '/_bulk',
      bulk({ create: { _index: 'logs-a-b' } }, { host: { name: 'b', os: { x: 1.5 } } }),
    );
    const { json } = await server.send('GET', '/logs-a-b/_mapping');
    expect(json['logs-a-b'].mappings.properties).toEqual({
      h: { properties: { os: { type: 'long' } } },
      host: { type: 'keyword' },
      'host.name': { type: 'keyword' },
      'host.os': { properties: { x: { type: 'double' } } },
    });
    const { json: caps } = await server.send('GET', '/logs-a-b/_field_caps?fields=host*');
    expect(Object.keys(caps.fields.host)).toEqual(['keyword', 'object']);
    const { json: found } = await server.send('POST', '/_query', {
      query: 'FROM logs-a-b METADATA _source | SORT host | KEEP _source',
    });
    expect(found.values).toEqual([[{ host: 'a', h: { os: 1 } }], [{ 'host.name': 'b', 'host.os': { x: 1.5 } }]]);
  });
});

describe('the order of arrival', () => {
  const name = fc.constantFrom(
    'a',
    'A',
    'b.c',
    'b',
    '__proto__',
    'host.name',
    'source.ip',
    'process.pid',
    'path',
    'a.keyword',
  );
  const value = fc.oneof(
    fc.constantFrom(
      '1',
      '-1',
      '1.10',
      '1e3',
      '9223372036854775808',
      'true',
      '"x"',
      '"2026-03-10"',
      '"1"',
      'null',
      '[]',
    ),
    fc.constantFrom(
      '[1, 2]',
      '[1, "x"]',
      '[[1], [2.5]]',
      '"10.0.0.1"',
      '["b", "a", "b"]',
      '{"d": 1}',
      '[{"d": 1}, {"d": "x"}]',
    ),
  );
  const document = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 });

  it('changes no type and no answer', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('logs-a-b', 'plain'),
        fc.infiniteStream(fc.nat()),
        async (documents, index, chance) => {
          const lines = documents.map(
            (members, n) => `{"n": ${n}${members.map(([key, json]) => `, ${JSON.stringify(key)}: ${json}`).join('')}}`,
          );
          const shuffled = lines.map((line) => [chance.next().value, line] as const).sort(([a], [b]) => a - b);
          const ways: readonly (readonly [readonly string[], number])[] = [
            [lines, lines.length],
            [[...lines].reverse(), 1],
            [shuffled.map(([, line]) => line), 2],
          ];
          const answers: unknown[] = [];
          for (const [own, atOnce] of ways) {
            const folder = temporaryFolder();
            const filled = await Store.open(folder);
            await written(filled, index, own, atOnce);
            await filled.close();
            const store = await Store.open(folder);
            answers.push(await ask(store, `FROM ${index} METADATA _source, _ignored | SORT n`));
            await store.close();
          }
          expect(answers[1]).toEqual(answers[0]);
          expect(answers[2]).toEqual(answers[0]);
        },
      ),
      { numRuns: Number(process.env.ORDERS ?? 12) },
    );
  });
});
