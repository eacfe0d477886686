import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allMembers, unreadableRecord } from '../../documents/conversion.ts';
import { eventXml } from './event-xml.ts';

interface Converted {
  readonly documents: readonly unknown[];
  readonly unreadable: readonly string[];
}

function converted(text: string | Buffer): Converted {
  const documents: unknown[] = [];
  const unreadable: string[] = [];
  const lines = Buffer.from(eventXml.convert(Buffer.from(text as string), null, () => undefined, allMembers));
  expect(lines.length === 0 || lines.at(-1) === 10).toBe(true);
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(10, at);
    const line = lines.subarray(at, end);
    const record = unreadableRecord(line);
    if (record) unreadable.push(`${record.reason}: ${record.text}`);
    else documents.push(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)));
    at = end + 1;
  }
  return { documents, unreadable };
}

const namespace = "xmlns='http://schemas.microsoft.com/win/2004/08/events/event'";
const event = (inside: string): string => `<Event ${namespace}>${inside}</Event>`;
const dataOf = (inside: string): unknown => {
  const { documents, unreadable } = converted(event(`<EventData>${inside}</EventData>`));
  expect(unreadable).toEqual([]);
  return (documents[0] as { Event?: { EventData?: unknown } }).Event?.EventData;
};

it('writes an event as EVTX files have it', () => {
  const { documents, unreadable } = converted(`<?xml version="1.0" encoding="utf-8"?>
<Events>
${event(`
  <System>
    <Provider Name='Microsoft-Windows-Sysmon' Guid="{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"/>
    <EventID Qualifiers='16384'>7036</EventID>
    <Keywords>0x8020000000000000</Keywords>
    <TimeCreated SystemTime='2024-03-10T10:00:00.123456700Z' />
    <Correlation/>
    <Channel>System</Channel>
    <Security UserID=''/>
  </System>
  <EventData><Data Name='param1'>a &lt;b&gt; &amp; &quot;c&apos;</Data><Data Name='Empty'></Data></EventData>
  <RenderingInfo Culture='en-US'><Message>Not of interest</Message></RenderingInfo>`)}
</Events>`);
  expect(unreadable).toEqual([]);
  expect(documents).toEqual([
    {
      Event: {
        System: {
          Provider: {
            '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}' },
          },
          EventID: { '#attributes': { Qualifiers: 16384 }, '#text': 7036 },
          Keywords: '0x8020000000000000',
          TimeCreated: { '#attributes': { SystemTime: '2024-03-10T10:00:00.123456700Z' } },
          Channel: 'System',
        },
        EventData: { param1: `a <b> & "c'` },
      },
    },
  ]);
});

it.each<[string, string, unknown]>([
  ['named data', '<Data Name="a">x</Data><Data Name="b">y</Data>', { a: 'x', b: 'y' }],
  [
    'data without names',
    '<Data>x</Data><Data/><Data>z</Data><Binary>00FF</Binary>',
    { param1: 'x', param3: 'z', Binary: '00FF' },
  ],
  [
    'several of a name',
    '<Data Name="a">x</Data><Data Name="b">y</Data><Data Name="a">1</Data>',
    { a: ['x', 1], b: 'y' },
  ],
  ['several of a name, some empty', '<Data Name="a"></Data><Data Name="a">z</Data>', { a: 'z' }],
  ['whole numbers', '<a>0</a><b>-12</b><c>123456789012345</c>', { a: 0, b: -12, c: 123456789012345 }],
  [
    'what only looks like numbers',
    '<a>01</a><b>-0</b><c>1234567890123456</c><d>1.5</d><e>0x1f</e><f>-</f><g>+1</g><h> 1</h>',
    { a: '01', b: '-0', c: '1234567890123456', d: '1.5', e: '0x1f', f: '-', g: '+1', h: ' 1' },
  ],
  ['booleans', '<a>true</a><b>false</b><c>True</c><d>truer</d>', { a: true, b: false, c: 'True', d: 'truer' }],
  ['references', '<a>&#65;&#x263A;&#x1D4B3;&#0;&#xD800;&unknown;&</a>', { a: 'A☺𝒳\ufffd\ufffd&unknown;&' }],
  ['a section', '<a>x<![CDATA[<b>&amp;</b>]]>y</a>', { a: 'x<b>&amp;</b>y' }],
  ['a comment', '<!-- <a> --><b>x<!-- y > --><?y > ?>z</b>', { b: 'xz' }],
  ['what JSON escapes', '<a>C:\\x\t"y"\u0001\n</a>', { a: 'C:\\x\t"y"\u0001\n' }],
  [
    'elements in elements',
    '<a xmlns="urn:x" b="c"><d>1</d><d>2</d><e/></a>',
    { a: { '#attributes': { b: 'c' }, d: [1, 2] } },
  ],
  ['text beside an attribute', '<a b="c">x</a>', { a: { '#attributes': { b: 'c' }, '#text': 'x' } }],
  [
    'names that objects inherit',
    '<Data Name="__proto__">x</Data><constructor>y</constructor>',
    JSON.parse('{"__proto__":"x","constructor":"y"}'),
  ],
  ['an attribute with a bracket', '<a b="x > y"/>', { a: { '#attributes': { b: 'x > y' } } }],
  ['a name with a reference', '<Data Name="a&amp;b">x</Data>', { 'a&b': 'x' }],
])('writes %s', (_, inside, expected) => {
  expect(dataOf(inside)).toEqual(expected);
});

it.each<[string, string, number, string]>([
  ['an event that another follows', `${event('<a>')}${event('<b>1</b>')}`, 1, 'its elements are not closed in order'],
  ['a cut-off event', `${event('<b>1</b>')}<Event ${namespace}><System>`, 1, 'it is cut off'],
  ['an event with a damaged tag', `${event('<a b=c>x</a>')}\n${event('<b>1</b>')}`, 1, 'it has a damaged tag'],
  [
    'an event of too many levels',
    event(`${'<a>'.repeat(70)}${'</a>'.repeat(70)}`),
    0,
    'its elements are nested too deeply',
  ],
  ['a declaration', event('<!ENTITY x "y">'), 0, 'it has a declaration inside'],
])('counts %s', (_, text, documents, why) => {
  const read = converted(text);
  expect(read.documents).toHaveLength(documents);
  expect(read.unreadable).toHaveLength(1);
  expect(read.unreadable[0]).toContain(`an event whose XML is damaged: ${why}`);
});

it('counts text between events', () => {
  const { documents, unreadable } = converted(`${event('<a>1</a>')}\noops <x/>\n${event('<a>2</a>')}\n<!-- fine -->\n`);
  expect(documents).toHaveLength(2);
  expect(unreadable).toEqual(['text that is no event: oops <x/>']);
});

it('replaces bytes that are no UTF-8', () => {
  const text = Buffer.concat([Buffer.from('<Event><a>x'), Buffer.from([0xff]), Buffer.from('</a></Event>')]);
  expect(converted(text).documents).toEqual([{ Event: { a: 'x\ufffd' } }]);
});

it.each([
  [event(''), true],
  [`\n<?xml version="1.0"?><Events>${event('')}`, true],
  ['<Event>\n <System>', true],
  [`evtxexport 20181227\n\n${event('')}`, true],
  ['<Events><Event id="1"/></Events>', false],
  ['<EventList/>', false],
  [`text ${event('')}`, false],
])('recognises %j: %s', (text, isEvents) => {
  expect(eventXml.detect(Buffer.from(text), true, 0) !== null).toBe(isEvents);
});

it('cuts behind whole events', () => {
  const cutter = eventXml.cutter(null);
  const text = Buffer.from(`${event('<a/>')}\n<Event `);
  expect(cutter.take(text, false).length).toBe(event('<a/>').length);
  expect(cutter.take(Buffer.from('<Event><a>'), false).length).toBe(0);
  expect(cutter.take(text, true).length).toBe(text.length);
});

it('never fails, whatever the text', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '<Event>',
      '</Event>',
      '<EventData>',
      '</EventData>',
      '<Data Name="a">',
      '</Data>',
      '<a/>',
      '&amp;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<',
      '>',
      '"',
      '=',
      ' ',
      '\n',
      '</',
    ),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      converted(`<Event>${parts.join('')}`);
    }),
  );
});

it.each(['<Event><!--', '<Event><![CDATA[', '<Event><?x ', '<Event a="', '<Event a=\'x" ', '<Event>&', '<Event><a'])(
  'takes no longer than its length for %j without end',
  (part) => {
    const begin = performance.now();
    const { documents } = converted(part.repeat(50_000));
    expect(documents).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(15_000);
  },
);

it('reads a text of many megabytes', () => {
  const text = 'é"'.repeat(3_000_000);
  expect(dataOf(`<a>${text}</a>`)).toEqual({ a: text });
});
