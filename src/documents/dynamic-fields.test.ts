import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newPath, pieceOf, readDocuments, type Value, valuesOf } from '../../tests/support/read-documents.ts';
import { parseDate } from '../values/date.ts';
import { ownColumns } from './columns.ts';
import { readHere } from './documents.ts';
import type { KnownNames } from './names.ts';

const discover: KnownNames = {
  fields: [],
  objects: [],
  opaque: [],
  open: [],
  unknown: 'discover',
  duplicates: 'first',
  hits: false,
};

describe('a field that nobody knows', () => {
  it.each<[string, string[], string[]]>([
    ['1', ['whole'], ['whole 1']],
    ['[2,1,2]', ['whole[]'], ['whole 1', 'whole 2', 'whole 2']],
    ['9223372036854775807', ['whole'], ['whole 9223372036854775807']],
    ['-9223372036854775808', ['whole'], ['whole -9223372036854775808']],
    ['-0', ['mixed[]'], ['whole -0']],
    ['9223372036854775808', ['mixed[]'], ['unsigned 9223372036854775808']],
    ['18446744073709551615', ['mixed[]'], ['unsigned 18446744073709551615']],
    ['18446744073709551616', ['mixed[]'], ['decimal 18446744073709551616']],
    ['-9223372036854775809', ['mixed[]'], ['decimal -9223372036854775809']],
    ['100000000000000000000000', ['mixed[]'], ['decimal 100000000000000000000000']],
    ['1.5', ['decimal'], ['decimal 1.5']],
    ['-1.0', ['decimal'], ['decimal -1.0']],
    ['0.0', ['decimal'], ['decimal 0.0']],
    ['-0.0', ['mixed[]'], ['decimal -0.0']],
    ['0.00', ['mixed[]'], ['decimal 0.00']],
    ['1.10', ['mixed[]'], ['decimal 1.10']],
    ['1e3', ['mixed[]'], ['decimal 1e3']],
    ['1e307', ['mixed[]'], ['decimal 1e307']],
    ['1e400', ['mixed[]'], ['text 1e400']],
    ['-1e400', ['mixed[]'], ['text -1e400']],
    ['1E+0', ['mixed[]'], ['decimal 1E+0']],
    ['0.0001', ['decimal'], ['decimal 0.0001']],
    ['0.00001', ['mixed[]'], ['decimal 0.00001']],
    ['99999999999999.9', ['decimal'], ['decimal 99999999999999.9']],
    ['999999999999999.9', ['mixed[]'], ['decimal 999999999999999.9']],
    ['0.1234567890123456', ['decimal'], ['decimal 0.1234567890123456']],
    ['1773012345.678901', ['decimal'], ['decimal 1773012345.678901']],
    ['0.4567890123456789', ['mixed[]'], ['decimal 0.4567890123456789']],
    ['0.30000000000000004', ['mixed[]'], ['decimal 0.30000000000000004']],
    ['[0.5,0.25]', ['decimal[]'], ['decimal 0.25', 'decimal 0.5']],
    ['true', ['boolean'], ['boolean true']],
    ['[true,false]', ['boolean[]'], ['boolean false', 'boolean true']],
    ['"x"', ['text'], ['text x']],
    ['""', ['text'], ['text ']],
    ['"\\u0041\\n"', ['text'], ['text A\n']],
    ['["b","a","b"]', ['text[]'], ['text b', 'text a', 'text b']],
    ['"2026-03-10T12:00:00Z"', ['date'], ['date 2026-03-10T12:00:00Z']],
    ['"2026-03\\u002d10"', ['date'], ['date 2026-03-10']],
    ['["2026-03-10","2026-02"]', ['date[]'], ['date 2026-03-10', 'date 2026-02']],
    ['["2026-03-10","x"]', ['mixed[]'], ['date 2026-03-10', 'text x']],
    ['[1,1.5,"x",true,null]', ['mixed[]'], ['whole 1', 'decimal 1.5', 'text x', 'boolean true']],
    ['[[1,[2]],[[[3]]]]', ['whole[]'], ['whole 1', 'whole 2', 'whole 3']],
    ['[[["x"]]]', ['text'], ['text x']],
    ['null', [], []],
    ['[]', [], []],
    ['[null,[[]]]', [], []],
  ])('holds %s in %j', async (json, columns, values) => {
    const { rows, result } = await readDocuments([`{"a":{"x":${json}}}`, `{"a.x":${json}}`], discover);
    expect([...(result.kinds.get('a.x')?.columns ?? [])]).toEqual(columns);
    for (const row of rows) expect(valuesOf(row, result).map(([, kind, text]) => `${kind} ${text}`)).toEqual(values);
  });

  it('may be a scalar in one document and an object in another', async () => {
    const lines = [
      '{"host":"a"}',
      '{"host":{"name":"b"}}',
      '{"host":[1,{"name":"c"},{"x":{"y":2}}]}',
      '{"host.name":3}',
    ];
    const { rows, result } = await readDocuments(lines, discover);
    expect(rows.map((row) => valuesOf(row, result).map((value) => value.join(' ')))).toEqual([
      ['host text a'],
      ['host.name text b'],
      ['host whole 1', 'host.name text c', 'host.x.y whole 2'],
      ['host.name whole 3'],
    ]);
  });

  it('is known by its kinds in columns, in `mixed` and in `_more`', async () => {
    const lines = ['{"a":[1,"x"],"b":1,"c":[true,false]}', '{"a":2,"b":"y"}', '{"c":"2026-03-10"}'];
    const { result } = await readDocuments(lines, { ...discover, mostColumns: 2 });
    expect(result.kinds).toEqual(
      new Map([
        [
          'a',
          {
            columns: new Set(['whole', 'mixed[]']),
            mixed: new Set(['whole', 'text']),
            more: new Set(),
            moreHasLists: false,
            mixedHasLists: true,
          },
        ],
        ['b', { columns: new Set(['whole', 'text']), mixed: new Set(), more: new Set(), moreHasLists: false }],
        ['c', { columns: new Set(), mixed: new Set(), more: new Set(['boolean', 'date']), moreHasLists: true }],
      ]),
    );
  });

  it('has texts in the order that is asked for', async () => {
    const { rows, result } = await readDocuments(['{"a":["b","a","b"]}'], { ...discover, textOrder: 'sortedOnce' });
    expect(valuesOf(rows[0]!, result).map(([, , text]) => text)).toEqual(['a', 'b']);
  });

  it.each(['', '.', 'a..b', '.a', 'a.', '\0', 'a\0', '^00', ' ', '_n', '_more', 'a[]', '__proto__', 'constructor'])(
    'may have the name %j',
    async (name) => {
      for (const mostColumns of [0, 1]) {
        const { rows, result } = await readDocuments([JSON.stringify([name, 1]).replace(/\[(.*),1\]/, '{$1:"x"}')], {
          ...discover,
          mostColumns,
        });
        expect(valuesOf(rows[0]!, result)).toEqual([[name, 'text', 'x']]);
        expect(rows[0]!.has(ownColumns.more)).toBe(mostColumns === 0);
      }
    },
  );

  it('may have a very long name', async () => {
    for (const length of [65_536, 1_000_000]) {
      const name = 'n'.repeat(length);
      for (const mostColumns of length > 65_536 ? [0] : [0, 1]) {
        const lines = [`{"${name}":1}`, `{"a":1,"${name}":{"b":2}}`, '{"a":1}'];
        const { rows, result } = await readDocuments(lines, { ...discover, mostColumns });
        expect(valuesOf(rows[1]!, result).toSorted()).toEqual([
          ['a', 'whole', '1'],
          [`${name}.b`, 'whole', '2'],
        ]);
      }
    }
  });

  it('is found where names have many parts', async () => {
    const name = Array.from({ length: 30_000 }, () => 'a').join('.');
    const { rows, result } = await readDocuments([`{"${name}":1}`, `{"a":{"a":{"${name.slice(4)}":2}}}`], discover);
    expect(rows.map((row) => valuesOf(row, result))).toEqual([[[name, 'whole', '1']], [[name, 'whole', '2']]]);
    const wanted: KnownNames = {
      ...discover,
      fields: [{ name, form: 'dynamic', order: 'asTheyCome' }],
      unknown: 'skip',
    };
    expect((await readDocuments([`{"a":{"a":{"${name.slice(4)}":2}}}`], wanted)).result.kinds.has(name)).toBe(true);
  });
});

describe('dates', () => {
  it.each<[string, boolean]>([
    ['2026', false],
    ['2026-03', true],
    ['2026-00', false],
    ['2026-13', false],
    ['2026-03-10', true],
    ['2026-02-29', false],
    ['2024-02-29', true],
    ['2026-3-10', false],
    ['2026-03-10T', true],
    ['2026-03T10', false],
    ['2026-03-10T12', true],
    ['2026-03-10T24', false],
    ['2026-03-10T12Z', true],
    ['2026-03-10T12:00', true],
    ['2026-03-10T12:60', false],
    ['2026-03-10T12:00+01', true],
    ['2026-03-10T12:00:00', true],
    ['2026-03-10T12:00:60', false],
    ['2026-03-10T12:00:00.1', true],
    ['2026-03-10T12:00:00,123456789Z', true],
    ['2026-03-10T12:00:00.1234567890Z', false],
    ['2026-03-10T12:00:00.Z', false],
    ['2026-03-10T12:00.5Z', false],
    ['2026-03-10T12:00:00Z', true],
    ['2026-03-10T12:00:00z', false],
    ['2026-03-10T12:00:00+0100', true],
    ['2026-03-10T12:00:00-01:00', true],
    ['2026-03-10T12:00:00+18:00', true],
    ['2026-03-10T12:00:00+18:01', false],
    ['2026-03-10T12:00:00+1:00', false],
    ['2026-03-10T12:00:00+01:0', false],
    ['2026-03-10T12:00:00+01:00 ', false],
    ['2026-03-10TZ', false],
    ['2026-03-10 12:00:00', false],
    ['2026/03/10', false],
    ['0000-01-01', true],
  ])('%s: %s', async (text, isDate) => {
    const { result } = await readDocuments([JSON.stringify({ x: text })], discover);
    expect([...result.kinds.get('x')!.columns]).toEqual([isDate ? 'date' : 'text']);
  });

  it('are texts that are parsed as dates', async () => {
    const number = (width: number, most: number): fc.Arbitrary<string> =>
      fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(width, '0'));
    const piece = fc.oneof(
      number(2, 70),
      number(4, 9999),
      fc.constantFrom('-', '-', 'T', ':', ':', '.', ',', 'Z', '+', '+01', '-0530', '+18:59', '2026-03-10T12:00', ' '),
    );
    const likely = fc
      .tuple(number(4, 9999), number(2, 13), number(2, 32), number(2, 24), number(2, 60), number(2, 60), fc.nat())
      .chain(([year, month, day, hour, minute, second, fraction]) =>
        fc
          .tuple(
            fc.constantFrom(
              `${year}-${month}`,
              `${year}-${month}-${day}`,
              `${year}-${month}-${day}T`,
              `${year}-${month}-${day}T${hour}`,
              `${year}-${month}-${day}T${hour}:${minute}`,
              `${year}-${month}-${day}T${hour}:${minute}:${second}`,
              `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}`,
            ),
            fc.constantFrom('', '', 'Z', '+00', '-1800', '+05:30', '-18:30'),
          )
          .map((parts) => parts.join('')),
      );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
      likely,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50 }), async (texts) => {
        const lines = texts.map((one) => JSON.stringify({ x: one }));
        const { rows, result } = await readDocuments(lines, discover);
        rows.forEach((row, n) => {
          const [value] = valuesOf(row, result);
          const isParsed = parseDate(texts[n]!) !== null;
          if (value![1] === 'date') expect([texts[n], isParsed]).toEqual([texts[n], true]);
          // Signs, longer years and numbers are left to those who ask for a date.
          else if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(texts[n]!) && !/[+-]18/.test(texts[n]!))
            expect([texts[n], isParsed]).toEqual([texts[n], false]);
        });
      }),
      { numRuns: 30 },
    );
  });
});

/** What a slow walk of the text of a document finds: values in order, and whether a member stands twice. */
function walk(json: string): { values: Value[]; hasDuplicates: boolean; hasOddKeys: boolean } {
  let at = 0;
  const found = { values: [] as Value[], hasDuplicates: false, hasOddKeys: false };
  const take = (form: RegExp): string | null => {
    form.lastIndex = at;
    const taken = form.exec(json)?.[0] ?? null;
    if (taken !== null) at += taken.length;
    return taken;
  };
  const string = /\s*"(?:[^"\\]|\\.)*"\s*/suy;
  const value = (name: string, counts: boolean): void => {
    take(/\s*/y);
    const add = (kind: string, text: string): void => {
      if (counts) found.values.push([name, kind, text]);
    };
    if (take(/\[\s*/y)) {
      while (!take(/\]\s*/y)) {
        value(name, counts);
        take(/,\s*/y);
      }
    } else if (json[at] === '{') object(name, counts);
    else if (json[at] === '"') {
      const text = JSON.parse(take(string)!) as string;
      add(/^\d{4}-/.test(text) && parseDate(text) !== null ? 'date' : 'text', text);
    } else {
      const text = take(/[^\s,\]}]+\s*/y)!.trim();
      if (text === 'true' || text === 'false') add('boolean', text);
      else if (text !== 'null') add(kindOfNumber(text), text);
    }
    take(/\s*/y);
  };
  const object = (name: string | null, counts: boolean): void => {
    const seen = new Set<string>();
    take(/\{\s*/y);
    while (!take(/\}\s*/y)) {
      const key = JSON.parse(take(string)!) as string;
      take(/:\s*/y);
      const isFirst = !seen.has(key);
      seen.add(key);
      if (counts && !isFirst) found.hasDuplicates = true;
      if (counts && isFirst && key.split('.').some((part) => /^[ \t-\r]*$/.test(part))) found.hasOddKeys = true;
      value(name === null ? key : `${name}.${key}`, counts && isFirst);
      take(/,\s*/y);
    }
  };
  take(/\s*/y);
  object(null, true);
  return found;
}

function kindOfNumber(text: string): string {
  // From 1e308 on numbers are kept as texts.
  if (Math.abs(Number(text)) >= 1e308) return 'text';
  if (!/^-?\d+$/.test(text)) return 'decimal';
  const value = BigInt(text);
  if (value === BigInt.asIntN(64, value)) return 'whole';
  return value === BigInt.asUintN(64, value) ? 'unsigned' : 'decimal';
}

const key = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'b', 'A', 'a.b', 'b.a', 'a.b.a', 'c'), weight: 6 },
  {
    arbitrary: fc.constantFrom(
      ...[
        '',
        '.',
        '..',
        'a.',
        '.a',
        'a..b',
        ' ',
        'a. .b',
        '__proto__',
        'constructor',
        'toString',
        '_n',
        '_id',
        '_index',
      ],
      ...['_source', '_more', 'fields', 'a[]', ':whole', '^', '^^', '\0', '^00', '\0\0', 'é', 'É', '"', '\\', '\u2028'],
      ...['records', 'hits', '😀', 'key '.repeat(50)],
    ),
    weight: 2,
  },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => !/\p{Cs}/u.test(text)), weight: 1 },
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? '-0.0' : String(value))),
  fc.constantFrom(
    ...['0', '-0', '0.0', '-0.0', '1.0', '1.10', '1.00', '1e3', '1E-7', '0.0001', '0.00001', '123456789012345.0'],
    ...['99999999999999.9', '9223372036854775807', '9223372036854775808', '-9223372036854775808'],
    ...['-9223372036854775809', '18446744073709551615', '18446744073709551616', '184467440737095516150', '1e400'],
  ),
  fc
    .tuple(fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), fc.nat(20))
    .map(([value, digits]) => String(value / 10n ** BigInt(digits))),
  fc.tuple(fc.nat(99_999_999), fc.nat(99_999_999)).map(([whole, fraction]) => `${whole}.${fraction}`),
);
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 6 }).filter((value) => !/\p{Cs}/u.test(value)),
    fc.constantFrom('', 'x', 'true', '1', '\0', '2026-03-10T12:00:00Z', '2026-02-30', '2026-03', '2026'),
  )
  .chain((value) =>
    fc.constantFrom(
      JSON.stringify(value),
      `"${[...value].map((c) => (c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('')}"`,
    ),
  );
const space = fc.constantFrom('', '', '', ' ', '\t', ' \r');
const { document } = fc.letrec<{ document: string; value: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    number,
    fc.constantFrom('true', 'false', 'null', '[]', '{}', '[[]]', '[null]'),
    tie('array'),
    tie('document'),
  ),
  array: fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
  document: fc
    .array(fc.tuple(key, tie('value'), space), { maxLength: 6 })
    .map(
      (members) =>
        `{${members.map(([name, value, blank]) => `${blank}${JSON.stringify(name)}${blank}:${blank}${value}${blank}`).join(',')}}`,
    ),
}));
const documents = fc.array(document, { minLength: 1, maxLength: 12 });

const sorted = (values: readonly Value[]): string[] => values.map((value) => JSON.stringify(value)).sort();

describe('random documents', () => {
  it('have the values that a walk of their text finds, with or without columns for all', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.constantFrom(0, 1, 3, 1000), async (lines, mostColumns) => {
        const { rows, result } = await readDocuments(lines, { ...discover, mostColumns });
        const expected = lines.map(walk);
        expect([...result.unread]).toEqual([]);
        const told = expected.flatMap(({ hasDuplicates, hasOddKeys }, n) => (hasDuplicates || hasOddKeys ? [n] : []));
        expect([...result.duplicates]).toEqual(told);
        rows.forEach((row, n) => {
          expect(sorted(valuesOf(row, result))).toEqual(sorted(expected[n]!.values));
        });
        expect(new Set(result.kinds.keys())).toEqual(
          new Set(expected.flatMap(({ values }) => values.map(([name]) => name))),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('have the same values for fields that are asked for, whatever else is', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.array(key), fc.infiniteStream(fc.boolean()), async (lines, others, picks) => {
        const expected = lines.map((line) => walk(line).values);
        const all = new Set([...expected.flat().map(([name]) => name), ...others]);
        const wanted = new Set([...all].filter(() => picks.next().value));
        const fields = [...wanted].map((name) => ({ name, form: 'dynamic', order: 'asTheyCome' }) as const);
        for (const unknown of ['discover', 'skip'] as const) {
          const { rows, result } = await readDocuments(lines, { ...discover, fields, unknown, mostColumns: 1 });
          expect([...result.unread]).toEqual([]);
          rows.forEach((row, n) => {
            const own = expected[n]!.filter(([name]) => unknown === 'discover' || wanted.has(name));
            expect(sorted(valuesOf(row, result))).toEqual(sorted(own));
          });
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are refused for members that stand twice, for keys with empty parts and for metadata', () => {
    fc.assert(
      fc.property(documents, (lines) => {
        const known: KnownNames = { ...discover, duplicates: 'refuse' };
        const result = readHere({ piece: pieceOf(lines), names: known, path: newPath() });
        const refused = lines.flatMap((line, n) => {
          const { hasDuplicates, hasOddKeys } = walk(line);
          const hasMetadata = Object.keys(JSON.parse(line)).some((key) => /^_(id|index|source)(\.|$)/.test(key));
          return hasDuplicates || hasOddKeys || hasMetadata ? [n] : [];
        });
        expect([...result.unread]).toEqual(refused);
        expect(result.duplicates.length).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
