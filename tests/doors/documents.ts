import fc from 'fast-check';

/*
 * Random documents as JSON text, for laws about how documents are read: names that languages and engines treat specially,
 * and every kind of value, written in every way that JSON allows.
 */

/** A document: its members in order, as JSON text of their values. Each has an `id` of its own. */
export interface RandomDocument {
  readonly id: string;
  readonly members: readonly (readonly [name: string, json: string])[];
}

/** Some documents, and the names of fields to ask for. */
export interface RandomSet {
  readonly documents: readonly RandomDocument[];
  readonly asked: readonly string[];
}

const specialNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'path',
  'Path',
  'PATH',
  'hit_id',
  'hit_index',
  'n',
  'file',
  'filename',
  '_n',
  '_more',
  '_kept',
  '_file',
  'single 0',
  'rest 0',
  'x:whole',
  'x:whole[]',
  'x[]',
  'x',
  'a.b',
  'a',
  'A.b',
  'a.B',
  'a.b.c',
  'a b',
  'a"b',
  "a'b",
  'a`b',
  'a\\b',
  'é',
  'É',
  '名',
  '^a',
  'select',
  '*',
  'a*',
  'name\n',
  'k'.repeat(300),
  'records',
  'items',
  'columns',
  'values',
  'hits',
  'docs',
  'error',
  'sort',
];
const knownNames = [
  'host.name',
  'host',
  'host.ip',
  'process.pid',
  'process.name',
  'process.command_line',
  'process.Ext.token.integrity_level_name',
  'source.ip',
  'source.bytes',
  'event.created',
  'event.category',
  'message',
  'process.code_signature.exists',
  'url.domain',
];
const someName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...specialNames) },
  { weight: 4, arbitrary: fc.constantFrom(...knownNames) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 6 }) },
);

const isUsable = (name: string): boolean =>
  name.split('.').every((part) => part.trim() !== '') &&
  !/^_(id|index|source|ignored|score|version|type|tsid|routing)\b/.test(name) &&
  name !== 'id' &&
  name !== 'fields' &&
  name !== 'data_stream' &&
  !name.startsWith('id.') &&
  !name.startsWith('data_stream.');
const name = someName.filter(isUsable);

const texts = [
  '',
  'a',
  'B',
  'b',
  'true',
  'null',
  '7',
  '1.5',
  '-0',
  '1e3',
  'C:\\x',
  'say "hi"',
  'é',
  '\u0000',
  '\n',
  '2026-03-10',
  '2026-03-10T12:00:00Z',
  '2026-03-10T12:00:00.123+02:00',
  '2026-02-30',
  '2026-03-10T12:00:00,5Z',
  '2026',
  '2026/03/10',
  '2026/03/10 12:00:00',
  '1773100000000',
  '10.0.0.1',
  '10.0.0.300',
  '::1',
  '0:0::1',
  'fe80::1%eth0',
  '18446744073709551615',
];
const numbers = [
  '0',
  '-0',
  '1',
  '7',
  '-5',
  '2147483648',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '123456789012345678901234567890',
  '0.5',
  '1.0',
  '1.10',
  '-1.5',
  '0.1',
  '1e3',
  '1E-2',
  '1.5e+2',
  '0.30000000000000004',
  '1773012345.678901',
  '0.00001',
  '123456789012345.6',
  '1e21',
];
/** A text as JSON, now and then with escapes that it does not need. */
const textJson = fc
  .tuple(fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 6 })), fc.boolean())
  .map(([text, escapes]) =>
    escapes
      ? JSON.stringify(text).replace(/[^\x20-\x7e]|[/a]/g, (c) =>
          [...c]
            .flatMap((one) => (one.length === 1 ? [`\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`] : [one]))
            .join(''),
        )
      : JSON.stringify(text),
  );
const scalarJson = fc.oneof(
  { weight: 5, arbitrary: textJson },
  { weight: 5, arbitrary: fc.constantFrom(...numbers) },
  { weight: 2, arbitrary: fc.constantFrom('true', 'false') },
  { weight: 1, arbitrary: fc.constant('null') },
);
/** Values of one kind, mostly: fields of one kind are the common case, and must not be the only one. */
const likeJson = fc.oneof(
  fc.constantFrom(...numbers.slice(0, 8)),
  fc.constantFrom(...numbers),
  fc.constantFrom('true', 'false'),
  textJson,
  scalarJson,
);

const arrayOf = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`);

const valueJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 8, arbitrary: likeJson },
    { weight: 2, arbitrary: arrayOf(scalarJson) },
    { weight: 1, arbitrary: arrayOf(tie('value')) },
    {
      weight: 2,
      arbitrary: fc
        .uniqueArray(
          fc.tuple(fc.constantFrom('b', 'c', 'name', 'pid', 'ip', '__proto__', 'B', 'constructor'), tie('value')),
          {
            maxLength: 3,
            selector: ([key]) => key,
          },
        )
        .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`),
    },
  ),
})).value;

const document = fc.uniqueArray(fc.tuple(name, valueJson), { maxLength: 5, selector: ([key]) => key });

/** Sets of up to eight documents, which all belong to `logs-d-n`. */
export const randomSet: fc.Arbitrary<RandomSet> = fc
  .tuple(fc.array(document, { minLength: 1, maxLength: 8 }), fc.array(name, { maxLength: 2 }))
  .map(([documents, others]) => {
    const own = documents.flatMap((members) => members.map(([key]) => key));
    return {
      documents: documents.map((members, n) => ({ id: String(n).padStart(3, '0'), members })),
      asked: [...new Set([...own, ...others])],
    };
  });

/** A document as one line of JSON. */
export function jsonOf({ id, members }: RandomDocument): string {
  const stream = ['data_stream', '{"type":"logs","dataset":"d","namespace":"n"}'] as const;
  const all = [['id', JSON.stringify(id)] as const, stream, ...members];
  return `{${all.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`;
}

/** A name as ES|QL takes it. */
export const quotedName = (field: string): string => `\`${field.replaceAll('`', '``')}\``;
