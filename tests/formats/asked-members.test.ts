import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AskedMembers } from '../../src/documents/conversion.ts';
import { askedMembers, type KnownNames } from '../../src/documents/names.ts';
import { delimited } from '../../src/formats/delimited/delimited.ts';
import type { Importer } from '../../src/formats/importer.ts';
import { w3c } from '../../src/formats/w3c/w3c.ts';
import { zeek } from '../../src/formats/zeek/zeek.ts';
import { documentsOf } from '../support/importing.ts';

const columns = ['a', 'b.c', 'd', 'e'];
const cell = fc.constantFrom('x', '1', '-', '""', '(empty)', "it's", '0.5', 'T');
const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 5 }), { minLength: 1, maxLength: 8 });
const headOf = {
  zeek: `#separator \\x09\n#path\tt\n#fields\t${columns.join('\t')}\n#types\tstring\tcount\tbool\tset[string]\n`,
  w3c: `#Software: x\n#Fields: ${columns.join(' ')}\n`,
  delimited: `${columns.join(',')}\n`,
};
const importers: readonly (readonly [keyof typeof headOf, Importer<never>, string])[] = [
  ['zeek', zeek as unknown as Importer<never>, '\t'],
  ['w3c', w3c as unknown as Importer<never>, ' '],
  ['delimited', delimited as unknown as Importer<never>, ','],
];

it.each(importers)('%s gives what is asked for as if all were', (name, importer, separator) => {
  fc.assert(
    fc.property(rows, fc.subarray(columns), (values, some) => {
      const first = ['x', '1', 'T', 'x'].join(separator);
      // Formats are recognised by the rows that a file begins with.
      const good = Array.from({ length: 200 }, () => first);
      const text = `${headOf[name]}${[...good, ...values.map((row) => row.join(separator))].join('\n')}\n`;
      const asked: AskedMembers = (members) => members.map((member) => some.includes(member));
      const isKept = ([member]: [string, unknown]): boolean => !columns.includes(member) || some.includes(member);
      const expected = documentsOf(importer, Buffer.from(text)).map((document) =>
        // A record that cannot be read is a list of the reason and the text.
        Array.isArray(document) ? document : Object.fromEntries(Object.entries(document as object).filter(isKept)),
      );
      expect(documentsOf(importer, Buffer.from(text), asked)).toEqual(expected);
    }),
  );
});

const names = (fields: readonly string[], more: Partial<KnownNames> = {}): KnownNames => ({
  fields: fields.map((name) => ({ name, form: 'text', order: 'sorted' })),
  objects: [],
  opaque: [],
  open: [],
  unknown: 'skip',
  duplicates: 'first',
  hits: true,
  ...more,
});

it.each<[string, KnownNames, string[], string[]]>([
  ['the names themselves', names(['a', 'c.d']), ['a', 'b', 'c.d', 'c.e'], ['a', 'c.d']],
  ['what names are within', names(['a.b.c']), ['a', 'a.b', 'a.bc', 'b'], ['a', 'a.b']],
  ['what is within names', names(['a']), ['a.b', 'ab', 'a.b.c'], ['a.b', 'a.b.c']],
  ['metadata', names(['a']), ['_id', '_index', 'b'], ['_id', '_index']],
  ['all of what may be hits', names(['a']), ['_source', 'b'], ['_source', 'b']],
  ['all of what may be hits with fields', names(['a']), ['fields', 'b'], ['fields', 'b']],
  ['all where names are found out', names(['a'], { unknown: 'discover' }), ['b'], ['b']],
  ['all where objects matter', names(['a'], { objects: ['x'] }), ['b'], ['b']],
])('members asked for: %s', (_, known, members, expected) => {
  const asked = askedMembers(known)(members);
  expect(members.filter((_name, i) => asked[i])).toEqual(expected);
});
