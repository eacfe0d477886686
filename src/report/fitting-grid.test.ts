import pc from 'picocolors';
import { expect, it } from 'vitest';
import { fittingGrid, proseGrid } from './fitting-grid.ts';
import { SaidOnce } from './said-once.ts';

const plain = pc.createColors(false);
const rows = {
  columns: ['name', 'path', 'size'].map((name) => ({ name, type: 'keyword' as const })),
  values: [
    ['Administrative shares used by few clients', '/a/very/long/path/to/a/file/that/nobody/can/read/here.toml', '12'],
    ['b', '/b', '3'],
  ],
};
const shown = (width: number | null, least = 20): string =>
  [...fittingGrid(rows, width, plain, { less: ['path', 'size'], more: 'see all', least })].join('');

it('leaves columns out in turn until the others can be read, and names them', () => {
  expect(shown(null)).toContain('/here.toml  12');
  expect(shown(120)).not.toContain('no room');
  expect(shown(80, 40)).toContain('no room for path: see all');
  expect(shown(80, 40)).toContain('Administrative shares used by few clients  12');
  for (const width of [44, 60, 80, 100, 120])
    for (const line of shown(width, 30).split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(width, 48));
});

it('breaks prose in the last column under its own beginning', () => {
  const prose = {
    columns: rows.columns.slice(0, 2),
    values: [['syslog', 'a time and a host on its lines, in the form of RFC 5424 or 3164']],
  };
  const [, , first, second] = [...proseGrid(prose, 40, plain)].join('').split('\n');
  expect([first, second]).toEqual([
    'syslog  a time and a host on its lines,',
    '        in the form of RFC 5424 or 3164',
  ]);
});

it('says a note in full once', () => {
  const said = new SaidOnce();
  const note = 'the window lies outside of the data: it is late; hunt elsewhere';
  expect([note, 'another', note].map((one) => said.text(one))).toEqual([
    note,
    'another',
    'as above: the window lies outside of the data',
  ]);
});
