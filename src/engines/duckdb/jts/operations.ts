import ArrayList from 'jsts/java/util/ArrayList.js';
import type Coordinate from 'jsts/org/locationtech/jts/geom/Coordinate.js';
import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import LineSegment from 'jsts/org/locationtech/jts/geom/LineSegment.js';
import PrecisionModel from 'jsts/org/locationtech/jts/geom/PrecisionModel.js';
import WKTReader from 'jsts/org/locationtech/jts/io/WKTReader.js';
import WKTWriter from 'jsts/org/locationtech/jts/io/WKTWriter.js';
import BufferOp from 'jsts/org/locationtech/jts/operation/buffer/BufferOp.js';
import BufferParameters from 'jsts/org/locationtech/jts/operation/buffer/BufferParameters.js';
import OverlayOp from 'jsts/org/locationtech/jts/operation/overlay/OverlayOp.js';
import UnaryUnionOp from 'jsts/org/locationtech/jts/operation/union/UnaryUnionOp.js';
import IsValidOp from 'jsts/org/locationtech/jts/operation/valid/IsValidOp.js';
import TopologyPreservingSimplifier from 'jsts/org/locationtech/jts/simplify/TopologyPreservingSimplifier.js';

/*
 * What the library that Elasticsearch computes with makes of geometries, in its port to JavaScript. Geometries come and
 * go as well-known text. The build makes a file of its own of this module.
 */

/* What is used of the library's geometries, whose own types say little. */

type Position = InstanceType<typeof Coordinate>;

interface Geometry {
  getGeometryType(): string;
  getCoordinates(): Position[];
  getNumGeometries(): number;
  getGeometryN(n: number): Geometry;
  isEmpty(): boolean;
}

interface Polygon extends Geometry {
  getExteriorRing(): Geometry;
  getNumInteriorRing(): number;
  getInteriorRingN(n: number): Geometry;
}

const made = (geometry: unknown): Geometry => geometry as Geometry;

const factory = new GeometryFactory(new PrecisionModel());
const reader = new WKTReader(factory);
const writer = new WKTWriter(factory);

/** Boxes are Elasticsearch's own: others know them as polygons. */
const withoutBoxes = (text: string): string =>
  text.replace(/BBOX \(([^,)]+), ([^,)]+), ([^,)]+), ([^,)]+)\)/g, (_, minX, maxX, maxY, minY) => {
    const corners = [
      [minX, minY],
      [maxX, minY],
      [maxX, maxY],
      [minX, maxY],
      [minX, minY],
    ];
    return `POLYGON ((${corners.map((corner) => corner.join(' ')).join(', ')}))`;
  });

const read = (text: string): Geometry => made(reader.read(withoutBoxes(text)));
const written = (geometry: Geometry): string => String(writer.write(geometry));

export interface BufferOptions {
  readonly quadSegs?: number;
  readonly endcap?: string;
  readonly join?: string;
  readonly mitreLimit?: number;
}

const endcaps = new Map([
  ['round', BufferParameters.CAP_ROUND],
  ['flat', BufferParameters.CAP_FLAT],
  ['butt', BufferParameters.CAP_FLAT],
  ['square', BufferParameters.CAP_SQUARE],
]);
const joins = new Map([
  ['round', BufferParameters.JOIN_ROUND],
  ['mitre', BufferParameters.JOIN_MITRE],
  ['miter', BufferParameters.JOIN_MITRE],
  ['bevel', BufferParameters.JOIN_BEVEL],
]);

/** The area within a distance of a geometry. */
export function buffer(text: string, distance: number, options: BufferOptions): string {
  if (distance === 0) return text;
  const { quadSegs = 8, endcap = 'round', join = 'round', mitreLimit = 5 } = options;
  const parameters = new BufferParameters(quadSegs, endcaps.get(endcap), joins.get(join), mitreLimit);
  return snapped(written(made(BufferOp.bufferOp(read(text), distance, parameters))), Math.abs(distance));
}

/** Sines and cosines of right angles are not quite whole: coordinates that miss a short number by that much are it. */
function snapped(text: string, distance: number): string {
  return text.replace(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi, (written) => {
    const value = Number(written);
    const limit = 1e-15 * Math.max(distance, Math.abs(value));
    if (Math.abs(value) < limit) return '0';
    const short = Number(value.toPrecision(12));
    return Math.abs(short - value) < limit ? String(short) : written;
  });
}

export type Overlay = 'intersection' | 'union' | 'difference' | 'symdifference';

/** What two geometries make together. */
export function overlay(left: string, right: string, how: Overlay): string {
  const [a, b] = [read(left), read(right)];
  switch (how) {
    case 'intersection':
      return written(made(OverlayOp.intersection(a, b)));
    case 'union':
      return written(made(OverlayOp.union(a, b)));
    case 'difference':
      return written(made(OverlayOp.difference(a, b)));
    case 'symdifference':
      return written(made(OverlayOp.symDifference(a, b)));
  }
}

/** The union of all parts of a geometry. */
export const dissolved = (text: string): string => written(made(UnaryUnionOp.union(read(text))));

/** A geometry with fewer corners, none of them further away than the tolerance. Nothing may be left of it. */
export const simplified = (text: string, tolerance: number): string => written(simplify(read(text), tolerance));

function simplify(geometry: Geometry, tolerance: number): Geometry {
  switch (geometry.getGeometryType()) {
    case 'LineString':
      return made(factory.createLineString(thinned(geometry.getCoordinates(), tolerance)));
    case 'GeometryCollection':
      return made(factory.createGeometryCollection(partsOf(geometry).map((part) => simplify(part, tolerance))));
    case 'MultiLineString': {
      const parts = new ArrayList(undefined);
      for (const part of partsOf(geometry)) parts.add(simplify(part, tolerance));
      return made(factory.buildGeometry(parts));
    }
    case 'Polygon':
    case 'MultiPolygon': {
      const parts = partsOf(geometry).flatMap((part) => simplifiedPolygon(part as Polygon, tolerance) ?? []);
      if (parts.length === 0) return made(factory.createEmpty(2));
      const area = made(parts.length === 1 ? parts[0] : factory.createMultiPolygon(parts));
      return IsValidOp.isValid(area) ? area : made(BufferOp.bufferOp(area, 0));
    }
    default:
      return geometry;
  }
}

const partsOf = (geometry: Geometry): Geometry[] =>
  Array.from({ length: geometry.getNumGeometries() }, (_, i) => geometry.getGeometryN(i));

/** The shell of a polygon and its holes. */
const ringsOf = (polygon: Polygon): [Position[], ...Position[][]] => {
  const holes = Array.from({ length: polygon.getNumInteriorRing() }, (_, i) => polygon.getInteriorRingN(i));
  return [polygon.getExteriorRing().getCoordinates(), ...holes.map((hole) => hole.getCoordinates())];
};

/** A polygon of rings, of which those without an area are left out; null when the shell is one. */
function polygonOf([shell, ...holes]: readonly Position[][]): Geometry | null {
  if (!shell || shell.length < 4) return null;
  const rings = [shell, ...holes.filter((hole) => hole.length >= 4)].map((ring) => factory.createLinearRing(ring));
  return made(factory.createPolygon(rings[0], rings.slice(1)));
}

const simplifiedPolygon = (polygon: Polygon, tolerance: number): Geometry | null =>
  polygonOf(
    ringsOf(polygon).map((ring) => {
      const corners = thinned(ring, tolerance);
      return isNear(corners, tolerance) ? [...corners.slice(1, -1), corners[1]!] : corners;
    }),
  );

/** Whether the place where a ring begins and ends lies near the line between its neighbours. */
const isNear = (ring: readonly Position[], tolerance: number): boolean =>
  ring.length >= 4 && distance(ring[1]!, ring.at(-2)!, ring[0]!) <= tolerance;

const distance = (from: Position, to: Position, point: Position): number =>
  Number(new LineSegment(from, to).distance(point));

/** A line by the rule of Douglas and Peucker: of what lies between two corners, the one furthest away stays, if any. */
function thinned(line: readonly Position[], tolerance: number): Position[] {
  const kept = new Set([0, line.length - 1]);
  const sections: [number, number][] = [[0, line.length - 1]];
  for (let section = sections.pop(); section; section = sections.pop()) {
    const [from, to] = section;
    let furthest = -1;
    let most = -1;
    for (let i = from + 1; i < to; i++) {
      const away = distance(line[from]!, line[to]!, line[i]!);
      if (away > most) [most, furthest] = [away, i];
    }
    if (most <= tolerance) continue;
    kept.add(furthest);
    sections.push([from, furthest], [furthest, to]);
  }
  return line.filter((_, i) => kept.has(i));
}

/** The same, but that no line crosses another, and no ring loses its area. */
export function simplifiedInPlace(text: string, tolerance: number): string {
  const geometry = read(text);
  if (geometry.isEmpty()) return text;
  return written(withFreeEnds(made(TopologyPreservingSimplifier.simplify(geometry, tolerance)), tolerance));
}

/** Rings without the place where they began, which the library keeps, where that leaves them valid. */
function withFreeEnds(geometry: Geometry, tolerance: number): Geometry {
  switch (geometry.getGeometryType()) {
    case 'Polygon': {
      const freed = ringsOf(geometry as Polygon).map((ring) =>
        ring.length > 4 && isNear(ring, tolerance) ? [ring.at(-2)!, ...ring.slice(1, -1)] : ring,
      );
      const polygon = polygonOf(freed);
      return polygon && IsValidOp.isValid(polygon) ? polygon : geometry;
    }
    case 'MultiPolygon': {
      const parts = factory.createMultiPolygon(partsOf(geometry).map((part) => withFreeEnds(part, tolerance)));
      return IsValidOp.isValid(parts) ? made(parts) : geometry;
    }
    default:
      return geometry;
  }
}
