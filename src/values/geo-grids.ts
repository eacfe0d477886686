import { type Box, boxText } from './geometry.ts';

/*
 * Cells of grids on the globe, each a number of 64 bits as Elasticsearch numbers them, and a text:
 *
 * - geohash: `u3bu`. Halves of longitude and latitude in turn, five bits a letter. The number has the letters' bits and
 *   then their count in four.
 * - geotile: `4/8/5`. Zoom, column and row of a map in Mercator's projection.
 * - geohex: `841f059ffffffff`. Uber's H3, whose own numbers stand in hexadecimal.
 */

export type GridType = 'geohash' | 'geotile' | 'geohex';

/** The least and the greatest precision of a grid. */
export const precisions: Readonly<Record<GridType, readonly [number, number]>> = {
  geohash: [1, 12],
  geotile: [0, 29],
  geohex: [0, 15],
};

/** The number of the cell of a geohash that holds a point. */
export function geohashOf(longitude: number, latitude: number, precision: number): bigint {
  const [x, y] = [halves(longitude, 180), halves(latitude, 90)];
  let bits = 0n;
  for (let i = 0; i < precision * 5; i++) {
    const axis = i % 2 === 0 ? x : y;
    bits = (bits << 1n) | ((axis >> BigInt(31 - (i >> 1))) & 1n);
  }
  return BigInt.asIntN(64, (bits << 4n) | BigInt(precision));
}

/** The place of a coordinate between its limits in 32 bits. */
const halves = (value: number, limit: number): bigint =>
  BigInt(Math.min(2 ** 32 - 1, Math.max(0, Math.floor(((value + limit) / (2 * limit)) * 2 ** 32))));

/** Beyond this latitude, north or south, a map in Mercator's projection shows nothing. */
const mostLatitude = 85.0511287798066;

/** The number of the tile that holds a point. */
export function geotileOf(longitude: number, latitude: number, precision: number): bigint {
  const tiles = 2 ** precision;
  const within = (place: number): number => Math.min(tiles - 1, Math.max(0, Math.floor(place)));
  const sine = Math.sin((Math.min(mostLatitude, Math.max(-mostLatitude, latitude)) * Math.PI) / 180);
  const column = within(((longitude + 180) / 360) * tiles);
  const row = within((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * tiles);
  return tileNumber(precision, column, row);
}

const tileNumber = (zoom: number, column: number, row: number): bigint =>
  BigInt.asIntN(64, (BigInt(zoom) << 58n) | (BigInt(column) << 29n) | BigInt(row));

const letters = '0123456789bcdefghjkmnpqrstuvwxyz';

/** A cell as text. */
export function gridText(type: GridType, cell: bigint): string {
  switch (type) {
    case 'geohash':
      return geohashText(cell);
    case 'geotile':
      return tileParts(cell).join('/');
    case 'geohex':
      return BigInt.asUintN(64, cell).toString(16);
  }
}

function geohashText(cell: bigint): string {
  const precision = Number(cell & 15n);
  let rest = BigInt.asUintN(64, cell) >> 4n;
  let text = '';
  for (let i = 0; i < precision; i++) {
    text = letters[Number(rest & 31n)]! + text;
    rest >>= 5n;
  }
  return text;
}

/** Zoom, column and row of a tile. */
function tileParts(cell: bigint): [number, number, number] {
  const bits = BigInt.asUintN(64, cell);
  const low = (1n << 29n) - 1n;
  return [Number(bits >> 58n), Number((bits >> 29n) & low), Number(bits & low)];
}

/** A cell from its text; null when there is none. */
export function parseGrid(type: GridType, text: string): bigint | null {
  switch (type) {
    case 'geohash': {
      const places = [...text].map((letter) => letters.indexOf(letter));
      if (places.length < 1 || places.length > 12 || places.includes(-1)) return null;
      const bits = places.reduce((all, place) => (all << 5n) | BigInt(place), 0n);
      return BigInt.asIntN(64, (bits << 4n) | BigInt(places.length));
    }
    case 'geotile': {
      const parts = /^(\d{1,2})\/(\d{1,9})\/(\d{1,9})$/.exec(text)?.slice(1).map(Number);
      const [zoom, column, row] = parts ?? [99, 0, 0];
      const fits = zoom! <= precisions.geotile[1] && column! < 2 ** zoom! && row! < 2 ** zoom!;
      return fits ? tileNumber(zoom!, column!, row!) : null;
    }
    case 'geohex':
      return /^8[0-9a-f]{14}$/i.test(text) ? BigInt(`0x${text}`) : null;
  }
}

/** The box of a cell of a geohash or of a tile. */
export function gridBox(type: 'geohash' | 'geotile', cell: bigint): Box {
  if (type === 'geotile') {
    const [zoom, column, row] = tileParts(cell);
    const tiles = 2 ** zoom;
    const longitude = (place: number): number => (place / tiles) * 360 - 180;
    const latitude = (place: number): number =>
      (Math.atan(Math.sinh(Math.PI * (1 - (2 * place) / tiles))) * 180) / Math.PI;
    return { minX: longitude(column), maxX: longitude(column + 1), minY: latitude(row + 1), maxY: latitude(row) };
  }
  const precision = Number(cell & 15n);
  const bits = BigInt.asUintN(64, cell) >> 4n;
  const box = { minX: -180, maxX: 180, minY: -90, maxY: 90 };
  for (let i = 0; i < precision * 5; i++) {
    const isUpper = (bits >> BigInt(precision * 5 - 1 - i)) & 1n;
    const [low, high] = i % 2 === 0 ? (['minX', 'maxX'] as const) : (['minY', 'maxY'] as const);
    box[isUpper ? low : high] = (box[low] + box[high]) / 2;
  }
  return box;
}

/** The outline of a cell of a geohash or of a tile as text. */
export const gridOutline = (type: 'geohash' | 'geotile', cell: bigint): string => boxText(gridBox(type, cell));

/** Whether two boxes overlap; those that only touch do not. A box may cross the date line. */
export function boxesOverlap(a: Box, b: Box): boolean {
  if (a.maxY <= b.minY || a.minY >= b.maxY) return false;
  const spans = ({ minX, maxX }: Box): [number, number][] =>
    minX <= maxX
      ? [[minX, maxX]]
      : [
          [minX, 180],
          [-180, maxX],
        ];
  return spans(a).some(([from, to]) => spans(b).some(([low, high]) => from < high && to > low));
}
