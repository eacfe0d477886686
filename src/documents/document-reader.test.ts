import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import type { Bytes } from './bytes.ts';
import { columnNames, type Documents, type Piece } from './document-reader.ts';
import { readHere } from './documents.ts';
import type { KnownNames, WantedField } from './names.ts';

let connection: DuckDBConnection;
const folder = temporaryFolder();
let files = 0;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

const fields: readonly WantedField[] = [
  { name: 'a.text', form: 'text', order: 'sortedOnce', longest: 12 },
  { name: 'a.b.whole', form: 'whole', order: 'sorted', least: -1000, most: 1000 },
  { name: 'a.decimal', form: 'decimal', order: 'sorted' },
  { name: 'flag', form: 'boolean', order: 'sorted' },
  { name: 'time.at', form: 'date', order: 'sorted' },
  { name: 'time.nanos', form: 'dateNanos', order: 'sorted' },
  { name: 'ip', form: 'address', order: 'sortedOnce' },
  { name: 'message', form: 'text', order: 'asTheyCome' },
  { name: 'other', form: 'any', order: 'asTheyCome', takesObjects: true },
];
const names: KnownNames = { fields, objects: ['empty'], opaque: ['opaque'], open: ['loose'] };

function pieceOf(lines: readonly (string | Buffer)[], keeps: Documents['keeps'] = 'needed'): Documents {
  const encoded = lines.map((line) => Buffer.from(line as string));
  const places = new Uint32Array(lines.length * 2);
  let at = 0;
  encoded.forEach((line, i) => {
    places[2 * i] = at;
    at += line.length;
    places[2 * i + 1] = at;
    at += 1;
  });
  const bytes = Buffer.concat(encoded.flatMap((line) => [line, Buffer.from('\n')]));
  return { bytes, places, keeps, together: false, first: 0 };
}

type Row = Readonly<Record<string, unknown>>;

/** Rows as the engine reads them, and the documents that were not read. */
async function read(lines: readonly (string | Buffer)[], known = names): Promise<{ rows: Row[]; unread: number[] }> {
  // The engine remembers files by their names.
  const path = join(folder, `${files++}.parquet`);
  const result = readHere({ piece: pieceOf(lines), names: known, path });
  const unread = [...result.unread];
  if (result.rows === 0) return { rows: [], unread };
  const found = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}') ORDER BY n`);
  return { rows: found.getRowObjectsJson() as Row[], unread };
}

const column = (row: Row, name: string, kind: 'single' | 'list' | 'rest'): unknown =>
  row[columnNames[kind](fields.findIndex((field) => field.name === name))] ?? null;

describe('values in their common form', () => {
  it.each<[string, string, unknown]>([
    ['a.text', '{"a":{"text":"x"}}', 'x'],
    ['a.text', '{"a.text":"x"}', 'x'],
    ['a.text', ' { "a" : { "text" : "x" } } ', 'x'],
    ['a.text', '{"\\u0061":{"te\\u0078t":"\\u00e9\\ud83d\\ude00\\n\\"\\/"}}', 'é😀\n"/'],
    ['a.text', '{"a":{"text":""}}', ''],
    ['a.text', '{"a":{"text":["x","x"]}}', 'x'],
    ['a.text', '{"a":[{"text":"x"},{"text":null},{}]}', 'x'],
    ['a.text', '{"a":{"text":null}}', null],
    ['a.text', '{"a":{"text":[]}}', null],
    ['a.text', '{"unknown":null,"also":[[],{"x":null}]}', null],
    ['a.b.whole', '{"a.b":{"whole":-7}}', '-7'],
    ['a.b.whole', '{"a":{"b.whole":1000}}', '1000'],
    ['a.decimal', '{"a":{"decimal":0.1}}', 0.1],
    ['a.decimal', '{"a":{"decimal":-12.5e3}}', -12500],
    ['a.decimal', '{"a":{"decimal":123456789012345e-22}}', 123456789012345e-22],
    ['flag', '{"flag":false}', false],
    ['time.at', '{"time":{"at":"2024-02-29T23:59:59.9999999Z"}}', '2024-02-29 23:59:59.999'],
    ['time.at', '{"time":{"at":"1969-12-31T23:59:59Z"}}', '1969-12-31 23:59:59'],
    ['time.nanos', '{"time":{"nanos":"2024-02-29T23:59:59.123456789Z"}}', '2024-02-29 23:59:59.123456789'],
    ['ip', '{"ip":"10.0.0.1"}', '281470849515521'],
    ['ip', '{"ip":"::ffff:a00:1"}', '281470849515521'],
    ['ip', '{"ip":"FE80::1"}', '338288524927261089654018896841347694593'],
    ['ip', '{"ip":"::"}', '0'],
    ['ip', '{"ip":"1:2:3:4:5:6:7:8"}', '5192455318486707404433266433261576'],
    ['ip', '{"ip":"1:2:3:4:5:6::"}', '5192455318486707404433266432802816'],
  ])('%s of %s', async (name, line, value) => {
    const { rows, unread } = await read([line]);
    expect(unread).toEqual([]);
    expect(column(rows[0]!, name, 'single')).toEqual(value);
    expect(column(rows[0]!, name, 'rest')).toBeNull();
    expect(rows[0]!.doubtful ?? null).toBeNull();
  });

  it.each<[string, string, unknown[]]>([
    ['a.text', '{"a":[{"text":["b","a"]},{"text":"b"}]}', ['a', 'b']],
    ['message', '{"message":["b","a","b"]}', ['b', 'a', 'b']],
    ['a.b.whole', '{"a":{"b":{"whole":[3,-1,3]}}}', ['-1', '3', '3']],
    ['ip', '{"ip":["10.0.0.2","::1","10.0.0.1","0:0:0:0:0:0:0:1"]}', ['1', '281470849515521', '281470849515522']],
  ])('several of %s in %s', async (name, line, values) => {
    const { rows } = await read([line]);
    expect(column(rows[0]!, name, 'list')).toEqual(values);
    expect(column(rows[0]!, name, 'single')).toBeNull();
  });
});

describe('values in another form', () => {
  it.each<[string, string, string]>([
    ['a.text', '{"a":{"text":12}}', '12'],
    ['a.text', '{"a":{"text":"more than twelve"}}', '"more than twelve"'],
    ['a.text', '{"a":[{"text":"x"},{"text":[1, "y"]},{"text":true}]}', '["x",[1, "y"],true]'],
    ['a.text', '{"a":{"text":[["x"]]}}', '[["x"]]'],
    ['a.b.whole', '{"a":{"b":{"whole":1001}}}', '1001'],
    ['a.b.whole', '{"a":{"b":{"whole":1.0}}}', '1.0'],
    ['a.b.whole', '{"a":{"b":{"whole":"7"}}}', '"7"'],
    ['a.decimal', '{"a":{"decimal":0.1234567890123456}}', '0.1234567890123456'],
    ['a.decimal', '{"a":{"decimal":1e300}}', '1e300'],
    ['flag', '{"flag":"true"}', '"true"'],
    ['time.at', '{"time":{"at":"2023-02-29T00:00:00Z"}}', '"2023-02-29T00:00:00Z"'],
    ['time.at', '{"time":{"at":"2024-01-01T24:00:00Z"}}', '"2024-01-01T24:00:00Z"'],
    ['time.at', '{"time":{"at":"2024-01-01T00:00:00.Z"}}', '"2024-01-01T00:00:00.Z"'],
    ['time.at', '{"time":{"at":1700000000000}}', '1700000000000'],
    ['ip', '{"ip":"10.0.0.256"}', '"10.0.0.256"'],
    ['ip', '{"ip":"10.0.0.01"}', '"10.0.0.01"'],
    ['ip', '{"ip":"1::2::3"}', '"1::2::3"'],
    ['ip', '{"ip":"1:2:3:4:5:6:7:8:9"}', '"1:2:3:4:5:6:7:8:9"'],
    ['ip', '{"ip":"1:2:3:4:5:6:7:8::"}', '"1:2:3:4:5:6:7:8::"'],
    ['ip', '{"ip":":1"}', '":1"'],
    ['other', '{"other":{"lat":1, "lon":[2]}}', '{"lat":1, "lon":[2]}'],
    ['other', '{"other":[1,2]}', '[1,2]'],
  ])('%s of %s comes as JSON, with its document', async (name, line, json) => {
    const { rows, unread } = await read([line]);
    expect(unread).toEqual([]);
    expect(column(rows[0]!, name, 'rest')).toBe(json);
    expect(column(rows[0]!, name, 'single')).toBeNull();
    expect(rows[0]!.doubtful).toBe(line);
  });
});

it.each([
  '',
  '[]',
  '{"a":{"text":"x"}',
  '{"a":{"text":"x"}}x',
  '{"unknown":1}',
  '{"a":{"unknown":1}}',
  '{"a":1}',
  '{"a":{"text":{"x":1}}}',
  '{"a.text.x":1}',
  '{"flag":true,"flag":true}',
  '{"a":{},"a":{}}',
  '{"message":"\\ud800"}',
  '{"message":"tab\t"}',
  '{"flag":tru}',
  '{"a":{"b":{"whole":01}}}',
  `{"message":${'['.repeat(300)}${']'.repeat(300)}}`,
])('is not read: %s', async (line) => {
  const { rows, unread } = await read(['{"flag":true}', line, '{"flag":true}']);
  expect(unread).toEqual([1]);
  expect(rows.map(({ n }) => n)).toEqual(['0', '2']);
});

it('keeps documents with parts that are not looked into', async () => {
  const lines = ['{"opaque":{"x":1}}', '{"loose":{"x":[1,{"y":2}]}}', '{"opaque":null,"empty":{}}', '{"flag":true}'];
  const { rows, unread } = await read(lines);
  expect(unread).toEqual([]);
  expect(rows.map(({ kept }) => kept)).toEqual([lines[0], lines[1], null, null]);
});

it('passes over what does not matter', async () => {
  const { rows } = await read(['{"flag":true,"skip":{"x":[1]},"a":{"skip":2}}'], {
    ...names,
    ignored: ['skip', 'a.skip'],
  });
  expect(rows).toEqual([{ n: '0', [columnNames.single(3)]: true }]);
});

it('does not read what is no UTF-8', async () => {
  const bad = Buffer.from([...Buffer.from('{"message":"'), 0xc3, ...Buffer.from('"}')]);
  expect((await read(['{"message":"ä"}', bad])).unread).toEqual([1]);
});

describe('as JavaScript reads it', () => {
  const known = [...fields.map(({ name }) => name), 'loose.x', 'opaque'];
  const scalar = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !/\p{Cs}/u.test(text)),
    fc.integer({ min: -2000, max: 2000 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constantFrom(null, '2024-05-06T07:08:09.1Z', '10.1.2.3', '::1', '255.255.255.255'),
  );
  const value = fc.oneof(
    { arbitrary: scalar, weight: 4 },
    { arbitrary: fc.array(scalar, { maxLength: 5 }), weight: 1 },
  );
  const document = fc.dictionary(fc.constantFrom(...known), value, { maxKeys: 6 });
  /** Some names divided at a dot. */
  const nested = fc.tuple(document, fc.integer({ min: 0, max: 255 })).map(([flat, bits]) => {
    const result: Record<string, unknown> = {};
    Object.entries(flat).forEach(([name, content], i) => {
      const dot = name.indexOf('.');
      const head = name.slice(0, dot);
      if (dot < 0 || (bits >> i) & 1) result[name] = content;
      else result[head] = { ...(result[head] as object | undefined), [name.slice(dot + 1)]: content };
    });
    return result;
  });
  const valuesOf = (content: unknown): unknown[] =>
    (Array.isArray(content) ? content : [content]).filter((one) => one !== null && one !== undefined);

  it('finds the same values in documents of all kinds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nested, { minLength: 1, maxLength: 30 }), fc.nat(2), async (documents, indent) => {
        const { rows, unread } = await read(documents.map((one) => JSON.stringify(one, null, indent)));
        expect(unread).toEqual([]);
        documents.forEach((one, n) => {
          for (const { name, form, order } of fields) {
            const dot = name.indexOf('.');
            const inner = one[name.slice(0, dot)] as Record<string, unknown> | undefined;
            const content = one[name] ?? (dot < 0 ? undefined : inner?.[name.slice(dot + 1)]);
            const expected = valuesOf(content);
            const row = rows[n]!;
            const rest = column(row, name, 'rest') as string | null;
            const single = column(row, name, 'single');
            const list = column(row, name, 'list') as unknown[] | null;
            if (rest !== null) expect(JSON.parse(rest)).toEqual(JSON.parse(JSON.stringify(content)));
            else if (form === 'text') {
              const found = single === null ? (list ?? []) : [single];
              const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
              const texts = expected as string[];
              expect(found).toEqual(order === 'asTheyCome' ? texts : [...new Set(texts)].sort(byBytes));
            } else if (form === 'whole' || form === 'decimal') {
              const found = (single === null ? (list ?? []) : [single]).map(Number);
              expect(found).toEqual((expected as number[]).map((one) => (one === 0 ? 0 : one)).sort((a, b) => a - b));
            } else
              expect((single === null ? 0 : 1) + (list?.length ?? 0)).toBe(
                new Set(expected).size && (form === 'address' ? new Set(expected).size : expected.length),
              );
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('takes nothing for JSON that is none', async () => {
    const anything: KnownNames = { fields: [], objects: [], opaque: [], open: [''] };
    const text = fc
      .json()
      .chain((json) => fc.tuple(fc.constant(json), fc.nat(json.length), fc.string({ maxLength: 2 }), fc.nat(2)));
    await fc.assert(
      fc.asyncProperty(text, async ([json, at, put, cut]) => {
        const line = `{"x":${json.slice(0, at)}${put}${json.slice(at + cut)}}`;
        let isJson = true;
        try {
          JSON.parse(line);
        } catch {
          isJson = false;
        }
        const { unread } = await read([line.replaceAll('\n', ' ')], anything);
        if (!isJson) expect(unread).toEqual([0]);
        else if (!/"[^"]*":.*"/.test(json) && !line.includes('\\ud')) expect(unread).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

it('holds many different texts, long ones and numbers at their limits', async () => {
  const lines = Array.from({ length: 70_000 }, (_, n) => JSON.stringify({ message: `text ${n}`, 'a.decimal': n / 8 }));
  lines.push(JSON.stringify({ message: 'x'.repeat(3_000_000) }));
  const { rows, unread } = await read(lines);
  expect(unread).toEqual([]);
  expect(rows.length).toBe(70_001);
  expect(column(rows[69_999]!, 'message', 'single')).toBe('text 69999');
  expect(column(rows[69_999]!, 'a.decimal', 'single')).toBe(69_999 / 8);
  expect((column(rows[70_000]!, 'message', 'single') as string).length).toBe(3_000_000);
});

describe('lines that begin in a stretch of bytes', () => {
  /** Lines as JavaScript finds them: where each begins and ends with its line end, and what stands in it. */
  function linesOf(content: Buffer): { begin: number; end: number; line: Buffer }[] {
    const lines: { begin: number; end: number; line: Buffer }[] = [];
    for (let begin = 0; begin < content.length; begin = lines.at(-1)!.end) {
      const at = content.indexOf('\n', begin);
      const end = at < 0 ? content.length : at + 1;
      const [last] = [content.subarray(begin, at < 0 ? end : at)];
      lines.push({ begin, end, line: last.at(-1) === 13 ? last.subarray(0, -1) : last });
    }
    return lines;
  }

  function readLines(bytes: Bytes, from: number, to: number, most: number) {
    const path = join(folder, `${files++}.parquet`);
    const piece: Piece = { bytes, from, to, most, keeps: 'none', together: false, first: 0 };
    return { path, ...readHere({ piece, names, path }) };
  }

  const isEvent = (line: Buffer): boolean => /^\{"flag":(true|false)\}$/.test(line.toString());
  const isBlank = (line: Buffer): boolean => /^[ \t]*$/.test(line.toString());
  const line = fc.constantFrom(
    '{"flag":true}',
    '{"flag":false}',
    '',
    '  \t',
    '\r',
    '{"flag":tru}',
    '{',
    '[]',
    'ä',
    '\xff',
  );
  const content = fc
    .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 30 }), line)
    .map(([lines, last]) => Buffer.from(`${lines.flat().join('')}${last}`, 'latin1'));

  it('are read once, and in order, wherever the stretches begin', () => {
    const file = join(folder, 'lines.ndjson');
    const check = fc.property(content, fc.integer({ min: 1, max: 40 }), fc.boolean(), (bytes, most, isInFile) => {
      const expected = linesOf(bytes);
      if (isInFile) writeFileSync(file, bytes);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const found: unknown[] = [];
        let at = 0;
        for (const [from, to] of [
          [0, cut],
          [cut, bytes.length],
        ] as const) {
          for (let begin = from; ; ) {
            const { lines, unread, rows } = readLines(isInFile ? file : bytes, begin, to, most);
            const own = expected.slice(at, at + lines!.count);
            expect([...unread]).toEqual(own.flatMap(({ line }, n) => (isEvent(line) || isBlank(line) ? [] : [n])));
            expect(rows).toBe(own.filter(({ line }) => isEvent(line)).length);
            if (own.length > 0)
              expect(lines).toEqual({ count: own.length, begin: own[0]!.begin, end: own.at(-1)!.end });
            found.push(...own);
            at += own.length;
            if (own.length < most || lines!.end >= to) break;
            begin = lines!.end;
          }
          expect(found).toEqual(expected.filter(({ begin }) => begin < to));
        }
      }
    });
    fc.assert(check, { numRuns: 60 });
  });

  it('are read whatever their length, and however much is read at once', async () => {
    const messages = Array.from({ length: 5_000 }, (_, n) => `${n} ${'x'.repeat((n * 7919) % 1500)}`);
    messages[2_000] = 'y'.repeat(3_000_000);
    const file = join(folder, 'long.ndjson');
    const lines = messages.map((message) => JSON.stringify({ message }));
    writeFileSync(file, lines.join('\r\n'));
    const bytes = Buffer.byteLength(lines.join('\r\n'));
    for (const step of [100_003, 1 << 20, (1 << 20) + 1, bytes]) {
      const found: unknown[] = [];
      for (let from = 0; from < bytes; from += step) {
        const { path, unread, rows } = readLines(file, from, Math.min(bytes, from + step), 5_000);
        expect([...unread]).toEqual([]);
        if (rows === 0) continue;
        const message = columnNames.single(fields.findIndex(({ name }) => name === 'message'));
        const read = await connection.runAndReadAll(`SELECT n, "${message}" FROM read_parquet('${path}') ORDER BY n`);
        const own = read.getRowsJson();
        expect(own.map(([n]) => Number(n))).toEqual(own.map((_, n) => n));
        found.push(...own.map(([, one]) => one));
      }
      expect(found).toEqual(messages);
    }
  });
});

it('writes columns that are known besides, without those of documents that were not read', async () => {
  const path = join(folder, 'beside.parquet');
  const piece = {
    ...pieceOf(['{"flag":true}', '{', '{"flag":false}'], 'all'),
    beside: [
      { name: 'id', values: ['ä', 'b', 'c'] },
      { name: 'version', values: BigInt64Array.from([1n, 2n, -3n]) },
    ],
  };
  readHere({ piece, names, path });
  const found = await connection.runAndReadAll(`SELECT id, version, kept FROM read_parquet('${path}')`);
  expect(found.getRowsJson()).toEqual([
    ['ä', '1', '{"flag":true}'],
    ['c', '-3', '{"flag":false}'],
  ]);
});

it('puts rows together that have much in common, and each keeps what is its own', async () => {
  const count = 10_000;
  // Numbers made by chance, the same in every run.
  let state = 7;
  const pick = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const lines = Array.from({ length: count }, (_, n) => {
    if (n % 1000 === 999) return '{';
    const document = {
      flag: pick(3) === 0 ? null : pick(2) === 0,
      'a.text': pick(20) === 0 ? null : `text ${pick(9)}`,
      message: `message ${n}`,
      'a.b.whole': pick(4) === 0 ? [n % 7, 900] : n % 900,
      'a.decimal': n / 4,
      'time.at': pick(5) === 0 ? undefined : new Date(n * 1000).toISOString(),
      other: pick(9) === 0 ? { n } : undefined,
    };
    return JSON.stringify(document);
  });
  const [asTheyCame, together] = await Promise.all(
    [false, true].map(async (isTogether) => {
      const path = join(folder, `together-${isTogether}.parquet`);
      const beside = [{ name: 'id', values: lines.map((_, n) => `id ${n}`) }];
      readHere({ piece: { ...pieceOf(lines, 'all'), together: isTogether, beside }, names, path });
      const found = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
      return found.getRowObjectsJson() as Row[];
    }),
  );
  expect(together!.length).toBe(count - 10);
  expect(together!.toSorted((a, b) => Number(a.n) - Number(b.n))).toEqual(asTheyCame);
  // The fewest runs that there may be: flags are one of three, and texts one of ten within each.
  const runs = (name: string): number =>
    together!.filter((row, i) => i === 0 || column(row, name, 'single') !== column(together![i - 1]!, name, 'single'))
      .length;
  expect([runs('flag'), runs('a.text')]).toEqual([3, 30]);
  // Rows alike in both stay in the order of their documents.
  const alike = together!.filter(
    (row) => column(row, 'flag', 'single') && column(row, 'a.text', 'single') === 'text 3',
  );
  expect(alike.map(({ n }) => Number(n))).toEqual(alike.map(({ n }) => Number(n)).sort((a, b) => a - b));
});
