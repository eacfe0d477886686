import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAfter } from './grid-state.ts';
import {
  choicesFromOptions,
  choicesToOptions,
  columnsBetween,
  layOut,
  moved,
  noChoices,
  rowsBetween,
  withWidth,
} from './layout.ts';

const columns = ['a', 'b', 'c', 'd'].map((name) => ({ name, type: 'long' }));
const names = (choices = noChoices): string[] => layOut(columns, choices).columns.map(({ name }) => name);

describe('columns', () => {
  it('stand as they were put: pinned first, hidden ones gone, others as the answer has them', () => {
    expect(names({ ...noChoices, order: ['d', 'gone'], hidden: ['b'], pinned: ['c'] })).toEqual(['c', 'd', 'a']);
    expect(names(moved(columns, noChoices, 'a', 1))).toEqual(['b', 'a', 'c', 'd']);
    expect(names(moved(columns, noChoices, 'a', -1))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are what the address says, whatever their names', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.uniqueArray(name),
        fc.uniqueArray(name),
        fc.array(fc.tuple(name, fc.integer({ min: 48, max: 2000 }))),
        (order, hidden, widths) => {
          const choices = {
            order,
            hidden,
            pinned: order.slice(0, 2),
            wrapped: order.slice(1),
            widths: new Map(widths),
          };
          expect(choicesFromOptions(choicesToOptions(choices))).toEqual(choices);
        },
      ),
    );
  });

  it('take no width that nobody can use, and no address that was cut', () => {
    expect(withWidth(noChoices, 'a', 3).widths.get('a')).toBe(48);
    expect(choicesFromOptions({ width: 'a:1,b:99999,c:120,%E0%A4%A:100', hide: '%' })).toEqual({
      ...{ order: [], hidden: [], pinned: [], wrapped: [] },
      widths: new Map([['c', 120]]),
    });
  });
});

describe('rows', () => {
  it('are all higher where a column that is shown wraps', () => {
    const heights = [noChoices, { wrapped: ['b'] }, { wrapped: ['b'], hidden: ['b'] }, { wrapped: ['gone'] }].map(
      (choices) => layOut(columns, { ...noChoices, ...choices }).rowHeight,
    );
    expect(heights).toEqual([24, 84, 24, 24]);
  });
});

describe('what is drawn', () => {
  it('covers what is seen, and no more than it must', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 48, max: 300 }), { minLength: 1, maxLength: 60 }),
        fc.nat(8000),
        fc.integer({ min: 1, max: 2000 }),
        (widths, from, width) => {
          const many = widths.map((_, i) => ({ name: `c${i}`, type: 'long' }));
          const layout = layOut(many, { ...noChoices, widths: new Map(widths.map((own, i) => [`c${i}`, own])) });
          const drawn = columnsBetween(layout, from, from + width);
          layout.columns.forEach(({ left, width: own }, i) => {
            const isSeen = left < from + width && left + own > from;
            if (isSeen) expect(i >= drawn.from && i < drawn.to).toBe(true);
          });
        },
      ),
    );
    expect(rowsBetween(2400, 480, 24, 10_000, 10)).toEqual({ from: 90, to: 130 });
    expect(rowsBetween(0, 480, 24, 3, 10)).toEqual({ from: 0, to: 3 });
  });
});

describe('keys', () => {
  const size = { rows: 100, columns: 6, page: 20 };
  const press = (key: string, row: number, column: number, ctrlKey = false) =>
    cellAfter({ row, column }, { key, ctrlKey, metaKey: false }, size);

  it.each<[string, boolean, { row: number; column: number }]>([
    ['ArrowDown', false, { row: 51, column: 3 }],
    ['ArrowUp', false, { row: 49, column: 3 }],
    ['ArrowLeft', false, { row: 50, column: 2 }],
    ['ArrowRight', false, { row: 50, column: 4 }],
    ['PageDown', false, { row: 70, column: 3 }],
    ['PageUp', false, { row: 30, column: 3 }],
    ['Home', false, { row: 50, column: 0 }],
    ['End', false, { row: 50, column: 5 }],
    ['Home', true, { row: 0, column: 0 }],
    ['End', true, { row: 99, column: 5 }],
    ['ArrowDown', true, { row: 99, column: 3 }],
  ])('%s, with Ctrl %s', (key, ctrl, to) => {
    expect(press(key, 50, 3, ctrl)).toEqual(to);
  });

  it('stay in the table, lead into its head, and leave other keys alone', () => {
    expect(press('ArrowDown', 99, 5)).toEqual({ row: 99, column: 5 });
    expect(press('ArrowUp', 0, 1)).toEqual({ row: -1, column: 1 });
    expect(press('PageUp', 5, 1)).toEqual({ row: 0, column: 1 });
    expect(press('x', 5, 1)).toBeNull();
  });
});
