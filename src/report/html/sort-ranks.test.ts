import { describe, expect, it } from 'vitest';
import type { CellValue, EsqlType } from '../../values/types.ts';
import { sortRanks } from './sort-ranks.ts';

describe('sortRanks', () => {
  it.each<[EsqlType, CellValue[], (number | null)[]]>([
    ['long', [9007199254740993n, 9007199254740992n, -1n, null], [2, 1, 0, null]],
    ['double', [1e7, 0.5, 0.5, -3], [2, 1, 1, 0]],
    ['ip', ['10.0.0.2', '9.9.9.9', '10.0.0.10', '::1'], [2, 1, 3, 0]],
    ['date', ['2026-03-10T04:00:00.000Z', '1969-12-31T00:00:00.000Z', '2026-03-09T23:59:59.999Z'], [2, 0, 1]],
    ['date_nanos', ['2026-03-10T04:00:00.123456789Z', '2026-03-10T04:00:00.123Z'], [1, 0]],
    ['version', ['1.10.0', '1.9.0', '1.10.0-rc1'], [2, 0, 1]],
    ['keyword', ['file10', 'file9', 'File1'], [2, 1, 0]],
    ['boolean', [true, false], [1, 0]],
    ['long', [[5n, 1n], 3n], [1, 0]],
  ])('%s by value', (type, values, ranks) => expect(sortRanks(values, type)).toEqual(ranks));
});
