import { type GridType, geohashOf, geotileOf, gridBox, gridOutline } from '../../values/geo-grids.ts';
import type { Box } from '../../values/geometry.ts';
import { geohexBox, geohexOf, geohexOutline } from './geo-hexes.ts';

/* Cells of each grid: hexagons are a library's, the others are computed here. */

/** The number of the cell that holds a point. */
export function gridCell(type: GridType, longitude: number, latitude: number, precision: number): bigint {
  switch (type) {
    case 'geohash':
      return geohashOf(longitude, latitude, precision);
    case 'geotile':
      return geotileOf(longitude, latitude, precision);
    case 'geohex':
      return geohexOf(longitude, latitude, precision);
  }
}

/** The box around a cell. */
export const gridCellBox = (type: GridType, cell: bigint): Box =>
  type === 'geohex' ? geohexBox(cell) : gridBox(type, cell);

/** The outline of a cell as text. */
export const gridCellOutline = (type: GridType, cell: bigint): string =>
  type === 'geohex' ? geohexOutline(cell) : gridOutline(type, cell);
