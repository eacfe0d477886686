import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { harrier } from '../support/command.ts';
import { hasShared, shared } from '../support/shared.ts';
import { ask, files } from './support.ts';

const events = [
  {
    '@timestamp': '2026-03-10T10:00:00Z',
    host: { name: 'a', os: { family: 'windows' } },
    source: { bytes: 1 },
    event: { category: ['network'] },
  },
  {
    '@timestamp': '2026-03-10T11:00:00Z',
    'host.name': 'b',
    host: { 'os.family': 'linux' },
    source: { bytes: 2 },
    event: { category: ['network', 'session'] },
  },
];
const hits = events.map((event, i) => ({
  _index: `.ds-logs-x.y-prod-2026.03.0${i + 1}-000001`,
  _id: `id${i}`,
  _source: event,
}));
const response = { took: 3, timed_out: false, hits: { total: { value: 2 }, max_score: 1, hits } };
const ndjson = (items: readonly unknown[]): string => `${items.map((item) => JSON.stringify(item)).join('\n')}\n`;

async function zstd(text: string): Promise<Uint8Array> {
  const { connection, close } = await openDuckDB();
  const place = files({ 'plain.ndjson': text });
  await connection.run(
    `COPY (SELECT json FROM read_ndjson_objects('${place}/plain.ndjson')) TO '${place}/x.csv.zst' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', COMPRESSION zstd)`,
  );
  close();
  return readFileSync(join(place, 'x.csv.zst'));
}

describe('shapes of files', () => {
  const query =
    'FROM * METADATA _index, _id | KEEP _index, _id, host.name, host.os.family, source.bytes, event.category | SORT source.bytes';
  const rows = (index: string, ids: boolean) => [
    [index, ids ? 'id0' : null, 'a', 'windows', 1n, 'network'],
    [index, ids ? 'id1' : null, 'b', 'linux', 2n, ['network', 'session']],
  ];
  const shapes: Record<string, [string, boolean]> = {
    'events.ndjson': [ndjson(events), false],
    'events.json': [JSON.stringify(events), false],
    'events-pretty.json': [JSON.stringify(events, null, 2), false],
    'events-apart.json': [events.map((event) => JSON.stringify(event, null, 2)).join('\n'), false],
    'dump.ndjson': [ndjson(hits), true],
    'response.json': [JSON.stringify(response), true],
    'response-pretty.json': [JSON.stringify(response, null, 1), true],
    'windows.ndjson': [ndjson(events).replaceAll('\n', '\r\n'), false],
  };
  for (const [name, [text, isExport]] of Object.entries(shapes)) {
    const index = isExport ? 'logs-x.y-prod' : name.split('.')[0]!;
    it.each(['', '.gz', '.zst'])(`${name}%s`, async (compression) => {
      const content =
        compression === '.gz'
          ? gzipSync(text)
          : compression === '.zst'
            ? name.endsWith('.ndjson')
              ? await zstd(text)
              : null
            : text;
      if (content === null) return;
      const { values, report } = await ask(query, files({ [name + compression]: content }));
      expect(values).toEqual(rows(index, isExport));
      expect(report.malformed.count).toBe(0);
    });
  }

  it('derives the index from data stream, export, option and file name', async () => {
    const stream = { data_stream: { type: 'logs', dataset: 'd', namespace: 'n' }, a: 1 };
    const place = files({
      'My.File.ndjson': ndjson([{ a: 1 }, stream, { 'data_stream.type': 'logs', 'data_stream.dataset': 'e', a: 1 }]),
      'dump.ndjson': ndjson([
        { _index: 'exported', _source: { a: 1 } },
        { _index: 'exported', _source: stream },
      ]),
    });
    const query = 'FROM * METADATA _index | STATS n = SUM(a) BY _index | SORT _index';
    const named = (await ask(query, place)).values.map(([n, name]) => `${name} ${n}`);
    expect(named).toEqual(['exported 1', 'logs-d-n 2', 'logs-e-default 1', 'my.file 1']);
    const given = (await ask(query, place, { index: 'mine' })).values.map(([n, name]) => `${name} ${n}`);
    expect(given).toEqual(['exported 1', 'logs-d-n 2', 'logs-e-default 1', 'mine 1']);
  });

  it('takes file names as they are', async () => {
    const place = files({ 'a*?[b].ndjson': '{"a":1}\n', 'axx[b].ndjson': '{"a":10}\n', "it's.ndjson": '{"a":100}\n' });
    expect((await ask('FROM * | STATS n = SUM(a), c = COUNT(*)', place)).values).toEqual([[111n, 3n]]);
    expect((await ask('FROM * | STATS n = SUM(a)', join(place, 'a*?[b].ndjson'))).values).toEqual([[1n]]);
  });

  it('reads UTF-16 and byte order marks', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"a":"é"}\r\n{"a":"b"}\r\n', 'utf16le')]);
    const { values, report } = await ask(
      'FROM * | KEEP a | SORT a',
      files({ 'p.ndjson': utf16, 'q.ndjson': '\ufeff{"a":"c"}\n' }),
    );
    expect(values).toEqual([['b'], ['c'], ['é']]);
    expect(report.files.map(({ format }) => format)).toEqual(expect.arrayContaining(['NDJSON, UTF-16LE', 'NDJSON']));
  });
});

describe('values', () => {
  it.each<[string, string, unknown[], string[]?]>([
    [
      'numbers of ECS come from texts and decimals',
      'source.bytes',
      [{ source: { bytes: '5' } }, { source: { bytes: 1.7 } }, { 'source.bytes': -3 }],
      ['-3', '1', '5'],
    ],
    [
      'keywords take any scalar',
      'user.id',
      [{ user: { id: 7 } }, { user: { id: true } }, { user: { id: 'x' } }, { user: { id: 1.5 } }],
      ['1.5', '7', 'true', 'x'],
    ],
    ['whole numbers that no mapping knows', 'own.count', [{ own: { count: 5 } }, { own: { count: 7 } }], ['5', '7']],
    ['a text among numbers makes keywords', 'own.mixed', [{ own: { mixed: 5 } }, { own: { mixed: 'x' } }], ['5', 'x']],
    ['booleans', 'own.flag', [{ own: { flag: true } }, { own: { flag: false } }], ['false', 'true']],
    ['decimals', 'own.ratio', [{ own: { ratio: 1 } }, { own: { ratio: 0.5 } }], ['0.5', '1']],
    ['dates', 'own.when', [{ own: { when: '2026-03-10T10:00:00.1239Z' } }], ['2026-03-10T10:00:00.123Z']],
    [
      'times of ECS in every form',
      '@timestamp',
      [
        { '@timestamp': '2022-04-04T18:52:00.6007809Z' },
        { '@timestamp': 1649098320601 },
        { '@timestamp': '2022-04-04T20:52:00.602+02:00' },
        { '@timestamp': '1649098320603' },
      ],
      ['2022-04-04T18:52:00.600Z', '2022-04-04T18:52:00.601Z', '2022-04-04T18:52:00.602Z', '2022-04-04T18:52:00.603Z'],
    ],
    [
      'addresses of both families',
      'source.ip',
      [{ source: { ip: '10.0.0.1' } }, { source: { ip: '2001:DB8::0:1' } }, { source: { ip: '::ffff:9.9.9.9' } }],
      ['9.9.9.9', '10.0.0.1', '2001:db8::1'],
    ],
    ['arrays sorted, keywords once', 'tags', [{ tags: ['b', 'a', 'b', null] }], ['a,b']],
    ['arrays of numbers keep what is there twice', 'own.sizes', [{ own: { sizes: [3, 1, 3] } }], ['1,3,3']],
    [
      'nested arrays and empty ones',
      'tags',
      [{ tags: [['b'], 'a'] }, { tags: [] }, { tags: [null] }, { tags: ['only'] }],
      ['a,b', 'only', 'null', 'null'],
    ],
    [
      'objects in arrays',
      'own.list.x',
      [{ own: { list: [{ x: 1 }, { x: [2, 3] }, { y: 1 }] } }, { own: { list: { x: 4 } } }],
      ['1,2,3', '4'],
    ],
    [
      'one field in two ways',
      'own.a.b',
      [{ own: { a: { b: 'x' } }, 'own.a.b': 'y' }, { 'own.a': { b: 'z' } }],
      ['x,y', 'z'],
    ],
    [
      'points',
      'source.geo.location',
      [
        { source: { geo: { location: { lon: 1.5, lat: 2 } } } },
        { source: { geo: { location: [3, 4] } } },
        { source: { geo: { location: '6,5' } } },
      ],
      ['POINT (1.5 2.0)', 'POINT (3.0 4.0)', 'POINT (5.0 6.0)'],
    ],
    ['sub-fields', 'process.name.caseless', [{ process: { name: 'CMD.exe' } }], ['cmd.exe']],
    [
      'texts with escapes',
      'own.t',
      [{ own: { t: 'a"b\\c\nd' } }, { own: { t: '[x]' } }, { own: { t: '{y}' } }],
      ['[x]', 'a"b\\c\nd', '{y}'],
    ],
  ])('%s', async (_, field, documents, expected) => {
    const key = field === 'source.geo.location' ? '' : ` | SORT ${field}`;
    const { values, report } = await ask(`FROM * | KEEP ${field}${key}`, files({ 'e.ndjson': ndjson(documents) }));
    const texts = values.map(([value]) => String(value));
    expect(key ? texts : texts.sort()).toEqual(expected);
    expect(report.ignored.count).toBe(0);
  });

  it('finds what the sample did not show, in event 30,000', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => ({ own: { n: i % 5 }, process: { name: 'p' } }));
    const odd = [
      { own: { n: 'text' } },
      { process: [{ name: 'in an array' }] },
      { 'process.name': 'dotted' },
      { late: { field: 1 } },
    ];
    const place = files({ 'e.ndjson': ndjson([...many, ...odd]) });
    const { values } = await ask('FROM * | STATS n = COUNT(*) BY process.name | SORT process.name', place);
    expect(values).toEqual([
      [1n, 'dotted'],
      [1n, 'in an array'],
      [30_000n, 'p'],
      [2n, null],
    ]);
    expect((await ask('FROM * | WHERE own.n == "text" | KEEP own.n', place)).values).toEqual([['text']]);
    expect((await ask('FROM * | STATS m = MAX(late.field)', place)).values).toEqual([[1n]]);
    expect((await ask('FROM * | LIMIT 1', place)).columns).toEqual([
      'late.field:long',
      'own.n:keyword',
      'process.name:keyword',
      'process.name.caseless:keyword',
      'process.name.text:text',
    ]);
  });

  it.skipIf(!hasShared)('loads the real samples without a complaint', async () => {
    for (const kind of ['alerts', 'api', 'file', 'library', 'network', 'process', 'registry', 'security']) {
      const { report, values } = await ask('FROM * | LIMIT 5', shared(`elastic-defend/${kind}.sample.json`)).catch(
        (error: Error) => {
          throw new Error(`${kind}: ${error.message}`);
        },
      );
      expect({
        kind,
        events: report.events,
        rows: values.length,
        malformed: report.malformed.count,
        ignored: report.ignored.first,
        notes: report.notes,
      }).toEqual({ kind, events: 1, rows: 1, malformed: 0, ignored: [], notes: [] });
    }
  });
});

describe('bad input', () => {
  const good = '{"a":1}\n';
  it.each<[string, string | Uint8Array, number, [number, string][]]>([
    ['a broken line in the middle', `${good}{"a":\n${good}`, 2, [[2, 'malformed JSON']]],
    ['a cut-off last line', `${good}{"a":"x`, 1, [[2, 'cut off']]],
    ['blank lines count as lines', `${good}\n\nnonsense\n${good}`, 2, [[4, 'malformed JSON']]],
    [
      'what is no object',
      `${good}5\n"x"\nnull\n[1]\n`,
      1,
      [
        [2, 'a number'],
        [3, 'a string'],
        [4, 'null'],
        [5, 'an array'],
      ],
    ],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from(`${good}{"a":"`), Buffer.from([0xff]), Buffer.from(`"}\n${good}`)]),
      2,
      [[2, 'invalid UTF-8']],
    ],
    ['an empty file', '', 0, []],
    ['white space only', '  \n\n', 0, []],
  ])('%s', async (_, content, loaded, bad) => {
    const { report } = await ask('ROW a = 1', files({ 'e.ndjson': content }));
    expect(report.events).toBe(loaded);
    expect(report.malformed.count).toBe(bad.length);
    expect(report.malformed.first.map(({ line }) => line)).toEqual(bad.map(([line]) => line));
    bad.forEach(([, reason], i) => {
      expect(report.malformed.first[i]!.reason).toContain(reason);
    });
  });

  it('a binary file is no crash, and not a list of a million lines', async () => {
    const noise = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256));
    const { report } = await ask('ROW a = 1', files({ 'e.ndjson': noise, 'good.ndjson': good }));
    expect(report.events).toBe(1);
    expect(report.malformed.count).toBe(0);
    expect(report.files).toMatchObject([{ read: 'none', cause: 'foreign' }, { read: 'all' }]);
  });

  it('a truncated .gz gives what it holds, and says so', async () => {
    const whole = gzipSync(
      Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ a: i, b: Math.sin(i) })).join('\n'),
    );
    const { report, values } = await ask(
      'FROM * | STATS n = COUNT(a)',
      files({ 'e.ndjson.gz': whole.subarray(0, whole.length >> 1) }),
    );
    expect(Number(values[0]![0])).toBeGreaterThan(5_000);
    expect(report.events).toBe(Number(values[0]![0]));
    expect(report.files).toMatchObject([
      { read: 'part', reason: expect.stringContaining('ends early'), cause: 'damaged' },
    ]);
  });

  it('reports a truncated .gz that ends with a line', async () => {
    const lines = Array.from({ length: 3 }, (_, i) => `{"a":${i}}\n`).join('');
    const stored = gzipSync(lines, { level: 0 });
    // Stored blocks hold the bytes as they are: without the trailer every line is there.
    const { report } = await ask(
      'FROM * | STATS n = COUNT(a)',
      files({ 'e.ndjson.gz': stored.subarray(0, stored.length - 8) }),
    );
    expect(report.events).toBe(3);
    expect(report.files).toMatchObject([
      { read: 'part', reason: expect.stringContaining('ends early'), cause: 'damaged' },
    ]);
  });

  it('reports a truncated .zst', async () => {
    const whole = await zstd(
      Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ a: i, b: Math.sin(i) })).join('\n'),
    );
    const { report } = await ask(
      'FROM * | STATS n = COUNT(a)',
      files({ 'e.ndjson.zst': whole.subarray(0, whole.length >> 1) }),
    );
    expect(report.events).toBeGreaterThan(1_000);
    expect(report.files).toMatchObject([
      { read: 'part', reason: expect.stringContaining('ends early'), cause: 'damaged' },
    ]);
  });

  it.each<[string, (lines: string) => string]>([
    ['with lines that are no events', (lines) => `${lines}broken\n`.repeat(2)],
    ['with a mark', (lines) => `\ufeff${lines}`],
  ])('reports a truncated .gz %s once', async (_, text) => {
    const lines = Array.from({ length: 3 }, (_, i) => `{"a":${i}}\n`).join('');
    const stored = gzipSync(text(lines), { level: 0 });
    const { report } = await ask('FROM *', files({ 'e.ndjson.gz': stored.subarray(0, stored.length - 8) }));
    const found = text(lines).split('\n');
    expect(report.events).toBe(found.filter((line) => line.includes('{')).length);
    expect(report.malformed.count).toBe(found.filter((line) => line === 'broken').length);
    expect(report.files).toMatchObject([{ read: 'part', reason: expect.stringContaining('its gzip data ends early') }]);
    expect(report.notes).toEqual([]);
  });

  it.each<[string, (text: string) => Uint8Array | Promise<Uint8Array>]>([
    ['gz', gzipSync],
    ['zst', zstd],
  ])('reports truncated hits in .%s, which the engine reads', async (ending, compress) => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ _id: `${i}`, _source: { a: i, b: Math.sin(i) } }));
    const whole = await compress(ndjson(many));
    const { report } = await ask('FROM *', files({ [`e.ndjson.${ending}`]: whole.subarray(0, whole.length >> 1) }));
    expect(report.events).toBeGreaterThan(500);
    expect(report.files).toMatchObject([
      { read: 'part', reason: expect.stringContaining('data ends early'), cause: 'damaged' },
    ]);
  });

  it('a .zst of several frames, as pzstd writes them', async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    const frames = [skippable, await zstd(ndjson(events)), skippable, await zstd(ndjson(events))];
    const { report } = await ask('FROM *', files({ 'e.ndjson.zst': Buffer.concat(frames) }));
    expect([report.events, report.malformed.count, report.notes]).toEqual([4, 0, []]);
  });

  it('a damaged array gives its whole records', async () => {
    const { report, values } = await ask(
      'FROM * | STATS n = COUNT(a)',
      files({ 'e.json': '[{"a":1},\n{"a":"}]"},{"a":3},{"a":' }),
    );
    expect(values).toEqual([[3n]]);
    expect(report.files).toMatchObject([
      { read: 'part', reason: expect.stringContaining('3 whole records'), cause: 'damaged' },
    ]);
  });

  it('a line of 50 MB', async () => {
    const { report, values } = await ask(
      'FROM * | STATS n = COUNT(*), m = SUM(LENGTH(a))',
      files({ 'e.ndjson': `{"a":"x"}\n{"a":"${'y'.repeat(50_000_000)}"}\n{"a":"z"}\n` }),
    );
    expect(values).toEqual([[3n, 50_000_002n]]);
    expect(report.malformed.count).toBe(0);
  });

  it('reports a value of the wrong type with its line, and loses nothing else', async () => {
    const many = Array.from({ length: 5_000 }, () => '{"source":{"bytes":2},"process":{"name":"p"}}').join('\n');
    const place = files({
      'e.ndjson': `${many}\n{"source":{"bytes":"lots"},"process":{"name":"p"}}\n{"source":{"bytes":[1,"x"]},"@timestamp":"yesterday"}\n`,
    });
    const { values, report } = await ask(
      'FROM * | STATS n = COUNT(*), s = SUM(source.bytes), p = COUNT(process.name), t = COUNT(@timestamp)',
      place,
    );
    expect(values).toEqual([[5_002n, 10_001n, 5_001n, 0n]]);
    expect(report.ignored.first.map(({ line, field, type, preview }) => [line, field, type, preview])).toEqual([
      [5_001, 'source.bytes', 'long', 'lots'],
      [5_002, '@timestamp', 'date', 'yesterday'],
      [5_002, 'source.bytes', 'long', '["1","x"]'],
    ]);
    await expect(ask('FROM * | STATS s = SUM(source.bytes)', place, { strict: true })).rejects.toThrow('--strict');
  });

  it.each([
    ['a glob without a match', 'none/*.ndjson', 'no file matches'],
    ['a folder without files', '.', 'no files in'],
  ])('%s', async (_, data, message) => {
    const place = files({});
    await expect(ask('FROM *', join(place, data))).rejects.toThrow(message);
  });
});

describe('the cache', () => {
  const query = 'FROM * | STATS n = SUM(a)';
  it('serves the second run, grows with new fields, and notices changes', async () => {
    const place = files({ 'e.ndjson': '{"a":1,"b":2}\n{"a":2,"b":3}\nbroken\n' });
    const cacheFolder = files({});
    const first = await ask(query, place, { cacheFolder });
    expect([first.values, first.report.fromCache, first.report.malformed.count]).toEqual([[[3n]], false, 1]);
    const second = await ask(query, place, { cacheFolder });
    expect([second.values, second.report.fromCache, second.report.malformed.count]).toEqual([[[3n]], true, 1]);
    const more = await ask('FROM * | STATS n = SUM(b), m = SUM(a)', place, { cacheFolder });
    expect([more.values, more.report.fromCache]).toEqual([[[5n, 3n]], false]);
    expect((await ask('FROM * | STATS n = SUM(b)', place, { cacheFolder })).report.fromCache).toBe(true);
    writeFileSync(join(place, 'e.ndjson'), '{"a":10}\n');
    utimesSync(join(place, 'e.ndjson'), new Date(), new Date(Date.now() + 5_000));
    const changed = await ask(query, place, { cacheFolder });
    expect([changed.values, changed.report.fromCache]).toEqual([[[10n]], false]);
    expect(readdirSync(cacheFolder).every((name) => /\.(duckdb|json)$/.test(name))).toBe(true);
  });

  it('a damaged cache is made anew', async () => {
    const place = files({ 'e.ndjson': '{"a":1}\n' });
    const cacheFolder = files({});
    await ask(query, place, { cacheFolder });
    const name = readdirSync(cacheFolder).find((file) => file.endsWith('.duckdb'));
    writeFileSync(join(cacheFolder, name!), 'not a database');
    const again = await ask(query, place, { cacheFolder });
    expect([again.values, again.report.fromCache]).toEqual([[[1n]], false]);
  });

  it('a folder that cannot be written is a note, not a failure', async () => {
    const place = files({ 'e.ndjson': '{"a":1}\n', blocked: 'a file where a folder should be' });
    const { values, report } = await ask(query, join(place, 'e.ndjson'), { cacheFolder: join(place, 'blocked') });
    expect(values).toEqual([[1n]]);
    expect(report.notes.join()).toContain('could not be kept');
  });

  it('two processes can read at once', async () => {
    const place = files({ 'e.ndjson': ndjson(Array.from({ length: 2_000 }, (_, i) => ({ a: i }))) });
    const runs = await Promise.all(
      Array.from({ length: 3 }, () => harrier(['query', query, '--data', place, '--format', 'csv'])),
    );
    for (const { code, stdout } of runs) expect([code, stdout]).toEqual([0, 'n\r\n1999000\r\n']);
  });
});
