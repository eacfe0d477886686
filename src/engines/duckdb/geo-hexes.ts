import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as H3 from 'h3-js';
import { packageFolder } from '../../package/package-folder.ts';
import type { Box } from '../../values/geometry.ts';
import { javaDouble } from '../../values/java-double.ts';

let loaded: typeof H3 | null = null;

/** The library of hexagons, which is compiled from C: loaded when a query first asks for one. */
function h3(): typeof H3 {
  loaded ??= createRequire(import.meta.url)(join(packageFolder(), 'dist', 'h3.cjs')) as typeof H3;
  return loaded;
}

/** The number of the hexagon that holds a point. */
export const geohexOf = (longitude: number, latitude: number, precision: number): bigint =>
  BigInt(`0x${h3().latLngToCell(latitude, longitude, precision)}`);

/** The corners of a hexagon, of which one in twelve has five, longitude first. */
const cornersOf = (cell: bigint): [number, number][] => h3().cellToBoundary(cell.toString(16), true).slice(0, -1);

/** The outline of a hexagon as text. */
export function geohexOutline(cell: bigint): string {
  const corners = cornersOf(cell);
  const text = [...corners, corners[0]!].map(([x, y]) => `${javaDouble(x)} ${javaDouble(y)}`).join(', ');
  return `POLYGON ((${text}))`;
}

/** The box around a hexagon: its edges are the shortest ways between its corners, and so bulge towards the poles. */
export function geohexBox(cell: bigint): Box {
  const corners = cornersOf(cell);
  const box = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity };
  for (const [i, corner] of corners.entries()) {
    const [low, high] = latitudes(corner, corners[(i + 1) % corners.length]!);
    box.minY = Math.min(box.minY, low);
    box.maxY = Math.max(box.maxY, high);
    box.minX = Math.min(box.minX, corner[0]);
    box.maxX = Math.max(box.maxX, corner[0]);
  }
  const [hasNorth, hasSouth] = [90, -90].map(
    (pole) => h3().latLngToCell(pole, 0, h3().getResolution(cell.toString(16))) === cell.toString(16),
  );
  if (hasNorth || hasSouth) return { ...box, minX: -180, maxX: 180, ...(hasNorth ? { maxY: 90 } : { minY: -90 }) };
  if (box.maxX - box.minX <= 180) return box;
  // It crosses the date line: from its least eastern corner to its greatest western one.
  const [east, west] = [corners.map(([x]) => x).filter((x) => x > 0), corners.map(([x]) => x).filter((x) => x <= 0)];
  return { ...box, minX: Math.min(...east), maxX: Math.max(...west) };
}

type Vector = readonly [number, number, number];

const toVector = ([x, y]: readonly [number, number]): Vector => {
  const [lambda, phi] = [(x * Math.PI) / 180, (y * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
};
const crossed = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The least and the greatest latitude of the shortest way between two points. */
function latitudes(a: readonly [number, number], b: readonly [number, number]): [number, number] {
  const [from, to] = [toVector(a), toVector(b)];
  const normal = crossed(from, to);
  const length = Math.hypot(...normal);
  const ends: [number, number] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  if (length === 0) return ends;
  // The circle's northernmost point lies on the way if it lies between both ends; the southernmost is opposite.
  const [x, y, z] = normal;
  const north: Vector = [-x * z, -y * z, x * x + y * y];
  const south: Vector = [x * z, y * z, -(x * x + y * y)];
  const lies = (point: Vector): boolean => dot(crossed(from, point), normal) > 0 && dot(crossed(point, to), normal) > 0;
  const highest = (Math.acos(Math.min(1, Math.abs(z) / length)) * 180) / Math.PI;
  return [lies(south) ? -highest : ends[0], lies(north) ? highest : ends[1]];
}
