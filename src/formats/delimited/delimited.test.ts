import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { allMembers } from '../../documents/conversion.ts';
import { convertDelimited, delimitedCutter } from './convert.ts';
import { delimited } from './delimited.ts';
import { detectDelimited } from './detect.ts';

const documents = (text: string): unknown[] => documentsOf(delimited, Buffer.from(text));
const label = (text: string): string | undefined => detectDelimited(Buffer.from(text), true)?.label;

describe('records', () => {
  it.each<[string, string, unknown[]]>([
    [
      'between commas',
      'a,b\n1,x\n2,y\n',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    [
      'with carriage returns',
      'a,b\r\n1,x\r\n2,y\r\n',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    [
      'with carriage returns alone',
      'a,b\r1,x\r2,y\r',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    ['without a last line end', 'a,b\n1,x', [{ a: 1, b: 'x' }]],
    ['between semicolons', 'a;b\n1;x,y\n', [{ a: 1, b: 'x,y' }]],
    ['between tabs', 'a\tb\n1\tx y\n', [{ a: 1, b: 'x y' }]],
    ['between bars', 'a|b\n1|x\n', [{ a: 1, b: 'x' }]],
    ['in quotes', '"a","b"\n"1","x,y"\n', [{ a: 1, b: 'x,y' }]],
    [
      'over lines',
      'a,b\n1,"x\ny"\n2,"\r\n"\n',
      [
        { a: 1, b: 'x\ny' },
        { a: 2, b: '\r\n' },
      ],
    ],
    [
      'with doubled quotes',
      'a,b\n1,"x""y"\n2,""""\n',
      [
        { a: 1, b: 'x"y' },
        { a: 2, b: '"' },
      ],
    ],
    [
      'with quotes inside',
      'a,b\n1,x"y\n2,5" z\n',
      [
        { a: 1, b: 'x"y' },
        { a: 2, b: '5" z' },
      ],
    ],
    ['with text behind a quote', 'a,b\n1,"x"y\n', [{ a: 1, b: 'xy' }]],
    ['with empty cells', 'a,b,c\n1,,\n,"",x\n', [{ a: 1 }, { c: 'x' }]],
    ['without any cell', 'a,b\n,\n1,2\n', [{}, { a: 1, b: 2 }]],
    [
      'among empty lines',
      'a,b\n\n1,x\n\r\n\n2,y\n',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    [
      'below a header again',
      'a,b\n1,x\na,b\n2,y\n',
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    ['below sep=', 'sep=;\r\na;b\r\n1;x\r\n', [{ a: 1, b: 'x' }]],
    ['below #TYPE', '#TYPE Selected.Process\r\n"a","b"\r\n"1","x"\r\n', [{ a: 1, b: 'x' }]],
    [
      'below #Fields',
      '#Software: Exchange\r\n#Fields: a,b\r\n1,"x, y"\r\n#Fields: a,b\r\n2,z\r\n',
      [
        { a: 1, b: 'x, y' },
        { a: 2, b: 'z' },
      ],
    ],
    ['with NUL bytes', 'a,b\n1,x\0y\n', [{ a: 1, b: 'x\0y' }]],
    ['with names without a text', 'a,,b,\n1,2,3,4\n', [{ a: 1, column2: 2, b: 3, column4: 4 }]],
    ['with a name twice', 'a,a,a_2\n1,2,3\n', [{ a: 1, a_2: 2, a_2_2: 3 }]],
    ['with names of nothing', '__proto__,constructor\n1,x\n', [JSON.parse('{"__proto__":1,"constructor":"x"}')]],
    ['with dotted names', 'host.name,process.pid\nws-1,4\n', [{ 'host.name': 'ws-1', 'process.pid': 4 }]],
  ])('reads those %s', (_, text, expected) => {
    expect(documents(text)).toEqual(expected);
  });

  it.each<[string, string, unknown[]]>([
    ['too few', 'a,b,c\n1,2,3\n4,5\n', ['a row of 3 columns has 2 cells', '4,5']],
    ['too many', 'a,b,c\n1,2,3\n4,5,6,7\r\n', ['a row of 3 columns has 4 cells', '4,5,6,7']],
    ['never closed quotes in', 'a,b,c\n1,2,3\n4,"5,6\n', ['a quote that is never closed', '4,"5,6']],
  ])('refuses a row with %s cells', (_, text, expected) => {
    // Enough rows of the right length: what is read of a file follows from most of them.
    const rows = '1,2,3\n'.repeat(20);
    const found = documents(text.replace('1,2,3\n', rows));
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toEqual(expected);
  });

  it('goes on behind a quote that is never closed', () => {
    const text = `a,b,c\n${'1,2,3\n'.repeat(30)}x,"y,z\n${'4,5,6\n'.repeat(3)}`;
    expect(documents(text).slice(30)).toEqual([
      ['a quote that is never closed', 'x,"y,z'],
      ...Array.from({ length: 3 }, () => ({ a: 4, b: 5, c: 6 })),
    ]);
  });
});

describe('values', () => {
  it.each([
    ['0', '0'],
    ['-1', '-1'],
    ['12.50', '12.50'],
    ['123456789012345', '123456789012345'],
    ['1.0E7', '1.0E7'],
    ['1234567890123456', '"1234567890123456"'],
    ['007', '"007"'],
    ['+1', '"+1"'],
    ['-0', '"-0"'],
    ['1e5', '"1e5"'],
    ['1.', '"1."'],
    ['.5', '".5"'],
    ['-', '"-"'],
    ['0x1f', '"0x1f"'],
    ['1,5', '"1,5"'],
    ['true', '"true"'],
    ['C:\\x\ty', '"C:\\\\x\\ty"'],
    ["'-enc", '"-enc"'],
    ["'=1+1", '"=1+1"'],
    ["'5", '"\'5"'],
    ["'-5", '"-5"'],
  ])('reads %s as %s', (cell, expected) => {
    const text = Buffer.from(`a;b\nx;"${cell}"\n`);
    const { plan } = detectDelimited(text, true)!;
    expect(Buffer.from(convertDelimited(text, plan, allMembers)).toString()).toBe(`{ "a":"x","b":${expected}}\n`);
  });

  it('keeps an apostrophe where formulas have no guard', () => {
    expect(documents("a,b\n=1+1,'-x\n")).toEqual([{ a: '=1+1', b: "'-x" }]);
  });

  it('takes the guard from names', () => {
    expect(documents("'@timestamp,n\n2026-03-10T12:00:00Z,1\n")).toEqual([
      { '@timestamp': '2026-03-10T12:00:00Z', n: 1 },
    ]);
  });

  it('embeds objects of columns that hold nothing else', () => {
    const rows = [
      ['1', '{"a":1,\n"b":{"c":"x"}}'],
      ['2', ''],
    ];
    const csv = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
    expect(documents(`Id,AuditData\n${csv}\n`)).toEqual([{ Id: 1, AuditData: { a: 1, b: { c: 'x' } } }, { Id: 2 }]);
  });

  it('leaves objects among texts as texts', () => {
    expect(documents('a,b\n1,{x}\n2,"{""a"":1}"\n')).toEqual([
      { a: 1, b: '{x}' },
      { a: 2, b: '{"a":1}' },
    ]);
  });

  it('replaces bytes that are no UTF-8', () => {
    const text = Buffer.from('a,b\n1,\xff\n', 'latin1');
    expect(documentsOf(delimited, text)).toEqual([{ a: 1, b: '\ufffd' }]);
  });
});

describe('exports', () => {
  it('reads Kibana’s', () => {
    const text =
      '"@timestamp","event.category","process.pid","process.command_line","user.name"\n' +
      '"Mar 1, 2026 @ 12:00:00.123","network, process","4,321","\'-enc a, b",alice\n' +
      '"Mar 10, 2026 @ 12:00:00.000",process,17,"a, b","-"\n';
    expect(label(text)).toBe('CSV, Kibana');
    expect(documents(text)).toEqual([
      {
        '@timestamp': '2026-03-01T12:00:00.123Z',
        'event.category': ['network', 'process'],
        'process.pid': 4321,
        'process.command_line': '-enc a, b',
        'user.name': 'alice',
      },
      {
        '@timestamp': '2026-03-10T12:00:00.000Z',
        'event.category': ['process'],
        'process.pid': 17,
        'process.command_line': 'a, b',
      },
    ]);
  });

  it('reads those of ES|QL', () => {
    const text = '@timestamp,tags,x\r\n2026-03-10T12:00:00.000Z,"[a, b]",1.0E7\r\n2026-03-10T12:00:01.000Z,c,0.5\r\n';
    expect(documents(text)).toEqual([
      { '@timestamp': '2026-03-10T12:00:00.000Z', tags: ['a', 'b'], x: 1e7 },
      { '@timestamp': '2026-03-10T12:00:01.000Z', tags: 'c', x: 0.5 },
    ]);
  });
});

describe('what it is', () => {
  it.each([
    ['a,b\n1,2\n', 'CSV'],
    ['a;b\n1;2\n', 'CSV with semicolons'],
    ['a\tb\n1\t2\n', 'TSV'],
    ['a|b\n1|2\n', 'text between bars'],
    ['2026-03-10,192.0.2.1,x\n2026-03-11,192.0.2.2,y\n', 'CSV, no header'],
    ['alice,login,ok\nbob,login,ok\n', 'CSV, no header'],
  ])('says of %j: %s', (text, expected) => {
    expect(label(text)).toBe(expected);
  });

  it('names columns that have no header', () => {
    expect(documents('2026-03-10,192.0.2.1,x\n')).toEqual([
      { column1: '2026-03-10', column2: '192.0.2.1', column3: 'x' },
    ]);
  });

  it.each([
    'a\n1\n',
    'a,b\n',
    '2026-03-10 12:00:00,123 INFO started\n2026-03-10 12:00:01,456 INFO stopped\n',
    'A line of text, with a comma.\nAnother line of text, with a comma.\n',
    'Mar 10 10:00:00 host sshd[1]: a, b, c\nx\n',
    '<a b="1,2">\n<a b="3,4">\n',
    'key: value\nlist: a, b\nmore: c\n',
    '',
    '\n\n',
    ',\n,\n',
    '"a,b\n1,2\n',
  ])('leaves %j alone', (text) => {
    expect(detectDelimited(Buffer.from(text), true)).toBeNull();
  });
});

/** RFC 4180, with quotes where they are needed or chance wants them. */
const cellText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '""', ',', '\n', '\r\n', 'x', '', "'", '1', '-1.5', '007', '\0', '\r', '\\'),
);
const cell = fc.tuple(cellText, fc.boolean());
const lineOf = (cells: readonly (readonly [string, boolean])[], delimiter: string): string =>
  cells
    .map(([text, quoted]) =>
      quoted || /["\r\n#]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text,
    )
    .join(delimiter);
/** What a cell becomes, by JavaScript's own idea of numbers. */
const given = (text: string): unknown =>
  text.length <= 15 && /^-?\d+(?:\.\d+)?$/.test(text) && !/^-?0\d|^-0$/.test(text) ? Number(text) : text;

it('gives the cells that were written, however the text is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n', '\r\n'),
      fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
      (rows, delimiter, end, steps) => {
        // The first record is enough to know the text by, and keeps guards and objects from being seen.
        const first: (readonly [string, boolean])[] = [
          ['=1+1', false],
          ['x', true],
          ['text', false],
        ];
        const lines = [
          [
            ['first', false],
            ['second', true],
            ['third', false],
          ] as const,
          first,
          ...rows,
        ].map((row) => lineOf(row, delimiter) + end);
        const text = Buffer.from(lines.join(''));
        const expected = [first, ...rows].map((row) =>
          Object.fromEntries(
            row.flatMap(([value], i) => (value === '' ? [] : [[['first', 'second', 'third'][i]!, given(value)]])),
          ),
        );
        expect(documentsOf(delimited, text)).toEqual(expected);
        expect(cutAnywhere(delimited, text, steps)).toEqual(expected);
      },
    ),
    { numRuns: 1000 },
  );
});

it('reads any bytes without harm', () => {
  expectNoHarm(delimited, Buffer.from('a,b,c\n1,2,3\n4,"5",6\n'));
  expectNoHarm(delimited, Buffer.alloc(0));
});

it('reads what follows a quote that is never closed, however far behind it the text ends', () => {
  const before = Buffer.from(`a,b,c\n${'1,2,3\n'.repeat(5000)}4,"5,6\n`);
  const after = Buffer.from('7,8,9\n'.repeat(2_000_000));
  const text = Buffer.concat([before, after]);
  const importer = { ...delimited, detect: () => detectDelimited(text.subarray(0, 1000), false) };
  let count = 0;
  let refused = 0;
  const cut = delimitedCutter(importer.detect()!.plan);
  for (let from = 0, to = 0; from < text.length; ) {
    to = Math.min(text.length, to + (1 << 20));
    const { length, plan } = cut.take(text.subarray(from, to), to === text.length);
    const found = Buffer.from(convertDelimited(text.subarray(from, from + length), plan, allMembers)).toString();
    count += found.split('}\n').length - 1;
    refused += found.split('\x01a quote').length - 1;
    from += length;
    if (to === text.length && length === 0) break;
  }
  expect(refused).toBe(1);
  expect(count).toBeGreaterThan(2_004_000);
});

it('takes a long line with a quote that is never closed for one record', () => {
  const rows = 'a,b,c\n1,2,3\n';
  const text = Buffer.from(`${rows}${'1,2,3\n'.repeat(50_000)}x,"${'y'.repeat(9 << 20)}\n4,"5",6\n`);
  const importer = { ...delimited, detect: () => detectDelimited(text.subarray(0, 1000), false) };
  const found = cutAnywhere(
    importer,
    text,
    Array.from({ length: 100 }, () => 1 << 20),
  );
  expect(found.slice(50_001).map((one) => (Array.isArray(one) ? one[0] : one))).toEqual([
    'a quote that is never closed',
    { a: 4, b: 5, c: 6 },
  ]);
});
