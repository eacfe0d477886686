import { expect, it } from 'vitest';
import { changedCatalogue } from '../../../catalogue/changed-catalogue.ts';
import { mappedCatalogue } from '../analyze/open-catalogue.ts';
import { complete } from './complete.ts';

const indices = mappedCatalogue(
  ['logs-network', 'logs-process'],
  new Map([
    ['@timestamp', 'date' as const],
    ['host.os.family', 'keyword' as const],
    ['process.name', 'keyword' as const],
    ['bytes', 'long' as const],
  ]),
);

const catalogue = changedCatalogue(indices, {
  lists: [{ name: 'iocs', rows: 2, fields: [], networks: new Map() }],
});

/** Proposals at the place of the `^` in a text. */
function at(marked: string): { labels: string[]; valuesOf: string | null; replaced: string } {
  const offset = marked.indexOf('^');
  const text = marked.replace('^', '');
  const { items, span, valuesOf } = complete(text, offset, catalogue, 0);
  return { labels: items.map(({ label }) => label), valuesOf, replaced: text.slice(span.start, span.end) };
}

it.each([
  ['^', 'FROM'],
  ['FR^', 'FROM'],
  ['FROM ^', 'logs-network'],
  ['FROM logs-p^', 'logs-process'],
  ['FROM logs-network, ^', 'logs-process'],
  ['FROM logs-* ^', 'METADATA'],
  ['FROM logs-* METADATA ^', '_index'],
  ['FROM logs-* | ^', 'WHERE'],
  ['FROM logs-* | STA^', 'STATS'],
  ['FROM logs-* | WHERE ^', 'host.os.family'],
  ['FROM logs-* | WHERE host.os.f^', 'host.os.family'],
  ['FROM logs-* | WHERE bytes > 1 ^', 'AND'],
  ['FROM logs-* | WHERE bytes > 1 AND proc^', 'process.name'],
  ['FROM logs-* | WHERE process.name IS ^', 'NOT NULL'],
  ['FROM logs-* | WHERE STARTS_WITH(^', 'process.name'],
  ['FROM logs-* | EVAL a = 1 | WHERE ^', 'a'],
  ['FROM logs-* | EVAL a = TO_L^', 'TO_LOWER'],
  ['FROM logs-* | STATS ^', 'COUNT'],
  ['FROM logs-* | STATS n = SUM(^', 'bytes'],
  ['FROM logs-* | STATS n = COUNT(*) ^', 'BY'],
  ['FROM logs-* | STATS n = COUNT(*) BY ^', 'process.name'],
  ['FROM logs-* | STATS n = COUNT(*) BY b = BUC^', 'BUCKET'],
  ['FROM logs-* | STATS n = COUNT(*) BY process.name | SORT ^', 'n'],
  ['FROM logs-* | SORT bytes ^', 'DESC'],
  ['FROM logs-* | SORT bytes DESC NULLS ^', 'LAST'],
  ['FROM logs-* | KEEP host.os.family, ^', 'process.name'],
  ['FROM logs-* | RENAME ^', 'process.name'],
  ['FROM logs-* | RENAME bytes ^', 'AS'],
  ['FROM logs-* | FORK (WHERE bytes > ^', 'bytes'],
  ['FROM logs-* | EVAL a = 1 | FORK (WHERE a > 0 | KEEP ^', 'a'],
  ['FROM (FROM logs-network | WHERE ^', 'bytes'],
  ['FROM logs-* | WHERE process.name IN (FROM logs-process | KEEP ^', 'process.name'],
  ['FROM logs-* | LOOKUP ^', 'JOIN'],
  ['FROM logs-* | LOOKUP JOIN ^', 'iocs'],
  ['FROM logs-* | HARRIER_LOOKUP io^', 'iocs'],
  ['FROM logs-* | HARRIER_LOOKUP iocs ^', 'ON'],
  ['FROM logs-* | HARRIER_LOOKUP iocs ON ^', 'process.name'],
  ['FROM logs-* | HARRIER_LOOKUP iocs ON process.name ^', '=='],
  ['FROM logs-* | HARRIER_LOOKUP iocs ON process.name == name ^', 'BY'],
  ['FROM logs-* | HARRIER_LOOKUP iocs ON process.name == name BY ^', 'suffix'],
  // What is wrong before the place is passed over.
  ['FROM logs-* | WHERE a = = 2 | STATS n = COUNT(*) BY process.name | WHERE ^', 'n'],
  ['FROM logs-* | WHERE nobody == 1 | EVAL c = bytes | SORT ^', 'c'],
  // What stands behind it as well.
  ['FROM logs-* | WHERE host.^ | STATS n = COUNT(', 'host.os.family'],
])('proposes in %j, among others, %s', (text, wanted) => {
  expect(at(text).labels).toContain(wanted);
});

it.each([
  ['FROM logs-* | STATS n = COUNT(*) BY process.name | SORT ^', 'bytes'],
  ['FROM logs-* | WHERE ^', 'COUNT'],
  ['FROM logs-* | STATS n = COUNT(*) BY ^', 'COUNT'],
  ['FROM logs-* | KEEP ^', 'TO_LOWER'],
  ['FROM logs-* | ^', 'FROM'],
])('does not propose in %j %s', (text, unwanted) => {
  expect(at(text).labels).not.toContain(unwanted);
});

it.each([
  ['FROM logs-* // WHERE ^'],
  ['FROM logs-* | EVAL a = "wor^'],
  ['FROM logs-* | LIMIT ^'],
  ['FROM logs-* /* ^'],
])('proposes nothing in %j', (text) => {
  expect(at(text).labels).toEqual([]);
});

it.each([
  ['FROM logs-* | WHERE process.name == ^', 'process.name'],
  ['FROM logs-* | WHERE process.name == "cm^', 'process.name'],
  ['FROM logs-* | WHERE process.name IN ("cmd.exe", ^', 'process.name'],
  ['FROM logs-* | WHERE process.name NOT IN (^', 'process.name'],
  ['FROM logs-* | WHERE `process.name` != ^', 'process.name'],
  ['FROM logs-* | WHERE process.name LIKE ^', null],
])('asks in %j for values of %s', (text, field) => {
  expect(at(text).valuesOf).toBe(field);
});

it('replaces the word that is written, and a text from its quote on', () => {
  expect(at('FROM logs-* | WHERE host.os.f^amily').replaced).toBe('host.os.f');
  expect(at('FROM logs-n^').replaced).toBe('logs-n');
  expect(at('FROM logs-* | WHERE process.name == "cm^').replaced).toBe('"cm');
});

it('gives the best first', () => {
  expect(at('FROM logs-* | WHERE proc^').labels[0]).toBe('process.name');
  expect(at('FROM logs-* | WHERE fam^').labels[0]).toBe('host.os.family');
});
