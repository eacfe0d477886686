import { javaDouble } from './java-double.ts';

/*
 * Geometries as well-known text, on a plane of longitude and latitude or of plain coordinates: edges are straight there,
 * as Lucene has them, and a border belongs to its polygon.
 */

type Position = readonly [number, number];
type Line = readonly Position[];

/** A geometry taken apart. Each polygon is its shell and its holes. */
interface Shape {
  readonly points: readonly Position[];
  readonly lines: readonly Line[];
  readonly polygons: readonly (readonly Line[])[];
}

export interface Box {
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

export type Relation = 'intersects' | 'contains' | 'within' | 'disjoint';

interface Geometry {
  readonly text: string;
  readonly shape: Shape;
}

/** Why a text is no geometry, in the words of Elasticsearch's reader of well-known text. */
class Misshapen extends Error {}

const nothing: Shape = { points: [], lines: [], polygons: [] };

const kinds: ReadonlySet<string> = new Set([
  ...['POINT', 'MULTIPOINT', 'LINESTRING', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON'],
  ...['GEOMETRYCOLLECTION', 'BBOX', 'ENVELOPE'],
]);

/** Numbers are words too. */
const isWord = (token: string): boolean => /^[A-Za-z\d+.-]/.test(token);

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(
    text: string,
    private readonly onGlobe: boolean,
  ) {
    this.#tokens = text.match(/[A-Za-z\d+.-]+|\S/g) ?? [];
  }

  whole(): Geometry {
    const found = this.#geometry();
    if (this.#at < this.#tokens.length)
      throw new Misshapen(`expected end of WKT string but found additional text: ${this.#shownToken()}`);
    return found;
  }

  #shownToken(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) return 'END-OF-STREAM';
    return isWord(token) ? token : `'${token}'`;
  }

  #accepts(token: string): boolean {
    if (this.#tokens[this.#at]?.toUpperCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  #take(...expected: readonly string[]): string {
    const found = expected.find((token) => this.#accepts(token));
    if (found === undefined) throw new Misshapen(`expected ${expected.join(' or ')} but found: ${this.#shownToken()}`);
    return found;
  }

  #number(): number {
    const token = this.#tokens[this.#at];
    if (token === undefined || !isWord(token)) throw new Misshapen(`expected number but found: ${this.#shownToken()}`);
    const value = Number(token);
    if (!Number.isFinite(value)) throw new Misshapen(`invalid number found: ${token}`);
    this.#at += 1;
    return value;
  }

  #position(): Position {
    const [x, y] = [this.#number(), this.#number()];
    // A height may follow, which counts for nothing.
    if (isWord(this.#tokens[this.#at] ?? '')) this.#number();
    if (this.onGlobe && Math.abs(y) > 90)
      throw new Misshapen(`invalid latitude ${javaDouble(y)}; must be between -90.0 and 90.0`);
    if (this.onGlobe && Math.abs(x) > 180)
      throw new Misshapen(`invalid longitude ${javaDouble(x)}; must be between -180.0 and 180.0`);
    return [x, y];
  }

  #listed<T>(item: () => T): T[] {
    this.#take('(');
    const items = [item()];
    while (this.#take(',', ')') === ',') items.push(item());
    return items;
  }

  /** A position of a MULTIPOINT may stand in parentheses of its own. */
  #loosePosition = (): Position =>
    this.#tokens[this.#at] === '(' ? this.#listed(() => this.#position())[0]! : this.#position();

  #line = (): Line => {
    const positions = this.#listed(() => this.#position());
    if (positions.length < 2) throw new Misshapen('at least two points in the line are required');
    return positions;
  };

  #rings = (): Line[] => {
    const rings = this.#listed(this.#line);
    for (const ring of rings) {
      if (!same(ring[0]!, ring.at(-1)!))
        throw new Misshapen('first and last points of the linear ring must be the same (it must close itself)');
      if (ring.length < 4) throw new Misshapen('at least 4 polygon points required');
    }
    return rings;
  };

  #geometry(): Geometry {
    const word = this.#tokens[this.#at] ?? '';
    if (!isWord(word)) throw new Misshapen(`expected word but found: ${this.#shownToken()}`);
    this.#at += 1;
    const kind = word.toUpperCase();
    if (kinds.has(kind) && this.#accepts('EMPTY')) return { text: `${kind} EMPTY`, shape: nothing };
    switch (kind) {
      case 'POINT': {
        const points = this.#listed(() => this.#position());
        if (points.length > 1) throw new Misshapen("expected ) but found: ','");
        return { text: `POINT ${lineText(points)}`, shape: { ...nothing, points } };
      }
      case 'MULTIPOINT': {
        const points = this.#listed(this.#loosePosition);
        return { text: `MULTIPOINT ${lineText(points)}`, shape: { ...nothing, points } };
      }
      case 'LINESTRING': {
        const line = this.#line();
        return { text: `LINESTRING ${lineText(line)}`, shape: { ...nothing, lines: [line] } };
      }
      case 'MULTILINESTRING': {
        const lines = this.#listed(this.#line);
        return { text: `MULTILINESTRING ${linesText(lines)}`, shape: { ...nothing, lines } };
      }
      case 'POLYGON': {
        const polygon = this.#rings();
        return { text: `POLYGON ${linesText(polygon)}`, shape: { ...nothing, polygons: [polygon] } };
      }
      case 'MULTIPOLYGON': {
        const polygons = this.#listed(this.#rings);
        return { text: `MULTIPOLYGON (${polygons.map(linesText).join(', ')})`, shape: { ...nothing, polygons } };
      }
      case 'BBOX':
      case 'ENVELOPE':
        return this.#box();
      case 'GEOMETRYCOLLECTION': {
        const parts = this.#listed(() => this.#geometry());
        const all = <K extends keyof Shape>(key: K): Shape[K][number][] =>
          parts.flatMap(({ shape }) => [...shape[key]]);
        return {
          text: `GEOMETRYCOLLECTION (${parts.map(({ text }) => text).join(', ')})`,
          shape: { points: all('points'), lines: all('lines'), polygons: all('polygons') },
        };
      }
      default:
        throw new Misshapen(`Unknown geometry type: ${word.toLowerCase()}`);
    }
  }

  /** BBOX (smallest x, largest x, largest y, smallest y). */
  #box(): Geometry {
    const sides = this.#listed(() => this.#number());
    const [minX, maxX, maxY, minY] = sides as [number, number, number, number];
    if (sides.length !== 4) throw new Misshapen(`a box has 4 sides, not ${sides.length}`);
    if (minY > maxY) throw new Misshapen('max y cannot be less than min y');
    if (minX > maxX && !this.onGlobe) throw new Misshapen('max x cannot be less than min x');
    const rectangle = (from: number, to: number): Line[] => [
      [
        [from, minY],
        [to, minY],
        [to, maxY],
        [from, maxY],
        [from, minY],
      ],
    ];
    // One that goes from the east to the west crosses the date line.
    const polygons = minX <= maxX ? [rectangle(minX, maxX)] : [rectangle(minX, 180), rectangle(-180, maxX)];
    return { text: boxText({ minX, maxX, minY, maxY }), shape: { ...nothing, polygons } };
  }
}

const lineText = (line: Line): string => `(${line.map(([x, y]) => `${javaDouble(x)} ${javaDouble(y)}`).join(', ')})`;
const linesText = (lines: readonly Line[]): string => `(${lines.map(lineText).join(', ')})`;

export const boxText = ({ minX, maxX, minY, maxY }: Box): string =>
  `BBOX (${[minX, maxX, maxY, minY].map(javaDouble).join(', ')})`;

const plainPoint = /^POINT \((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)$/;
const most = 1000;
const cached = new Map<string, Geometry | { readonly error: string }>();

/** What a text says, or why it is no geometry. Points are read anew: there are many of them, each seen once. */
function read(text: string, onGlobe: boolean): Geometry | { readonly error: string } {
  const point = plainPoint.exec(text);
  if (point) {
    const position: Position = [Number(point[1]), Number(point[2])];
    if (!onGlobe || (Math.abs(position[0]) <= 180 && Math.abs(position[1]) <= 90))
      return { text: `POINT ${lineText([position])}`, shape: { ...nothing, points: [position] } };
  }
  const key = `${onGlobe ? 'globe' : 'plane'} ${text}`;
  const known = cached.get(key);
  if (known !== undefined) return known;
  const found = readAnew(text, onGlobe);
  if (cached.size >= most) cached.clear();
  cached.set(key, found);
  return found;
}

function readAnew(text: string, onGlobe: boolean): Geometry | { readonly error: string } {
  try {
    return new Reader(text, onGlobe).whole();
  } catch (error) {
    if (error instanceof Misshapen) return { error: error.message };
    throw error;
  }
}

/** What a text says; null when it is no geometry. */
function geometryOf(text: string, onGlobe: boolean): Geometry | null {
  const found = read(text, onGlobe);
  return 'error' in found ? null : found;
}

/** Why a text is no geometry; null when it is one. */
export function geometryError(text: string, onGlobe: boolean): string | null {
  const found = read(text, onGlobe);
  return 'error' in found ? found.error : null;
}

/** A geometry in one spelling; null when the text is none. */
export const normalGeometry = (text: string, onGlobe: boolean): string | null =>
  geometryOf(text, onGlobe)?.text ?? null;

/** How two geometries stand to one another; null when a text is none. */
export function related(left: string, right: string, relation: Relation, onGlobe: boolean): boolean | null {
  const [a, b] = [geometryOf(left, onGlobe)?.shape, geometryOf(right, onGlobe)?.shape];
  if (!a || !b) return null;
  if (areApart(a, b)) return relation === 'disjoint';
  switch (relation) {
    case 'intersects':
      return intersects(a, b);
    case 'disjoint':
      return !intersects(a, b);
    case 'within':
      return within(a, b);
    case 'contains':
      return within(b, a);
  }
}

/**
 * How far geometries reach, west of the prime meridian and east of it apart: around the globe, what lies on both sides of
 * the date line is closer together than it looks. Infinite where there is nothing.
 */
export interface Extent {
  readonly westMin: number;
  readonly westMax: number;
  readonly eastMin: number;
  readonly eastMax: number;
  readonly minY: number;
  readonly maxY: number;
}

/** How far a geometry reaches; null when there is nothing in it. */
export function extentOf(text: string, onGlobe: boolean): Extent | null {
  const shape = geometryOf(text, onGlobe)?.shape;
  if (!shape) return null;
  const extent = {
    ...{ westMin: Infinity, westMax: -Infinity, eastMin: Infinity, eastMax: -Infinity },
    ...{ minY: Infinity, maxY: -Infinity },
  };
  let isEmpty = true;
  for (const [x, y] of positionsOf(shape)) {
    isEmpty = false;
    const [min, max] = x < 0 ? (['westMin', 'westMax'] as const) : (['eastMin', 'eastMax'] as const);
    extent[min] = Math.min(extent[min], x);
    extent[max] = Math.max(extent[max], x);
    extent.minY = Math.min(extent.minY, y);
    extent.maxY = Math.max(extent.maxY, y);
  }
  return isEmpty ? null : extent;
}

/** The smallest box around a geometry, which on the globe may cross the date line; null when there is nothing in it. */
export function boxOf(text: string, onGlobe: boolean): Box | null {
  const extent = extentOf(text, onGlobe);
  if (!extent) return null;
  const { westMin, westMax, eastMin, eastMax, minY, maxY } = extent;
  const around = 180 - eastMin + (westMax + 180);
  if (onGlobe && Number.isFinite(westMin) && Number.isFinite(eastMin) && eastMax - westMin > around)
    return { minX: eastMin, maxX: westMax, minY, maxY };
  return { minX: Math.min(westMin, eastMin), maxX: Math.max(westMax, eastMax), minY, maxY };
}

/** What the midst of a geometry is reckoned from: sums over its parts of the highest dimension that has any extent. */
export interface Midst {
  readonly dimension: 0 | 1 | 2;
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** A point, an edge or a ring: where its midst is, and what that weighs, which is its length or its area. */
type Part = Midst;

const pointPart = ([x, y]: Position): Part => ({ dimension: 0, x, y, weight: 1 });

const lineParts = (line: Line): Part[] =>
  edgesOf(line).map(([a, b]) => {
    const weight = Math.hypot(b[0] - a[0], b[1] - a[1]);
    return weight === 0 ? pointPart(a) : { dimension: 1, x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, weight };
  });

function ringPart(ring: Line, isHole: boolean): Part {
  let [twice, x, y] = [0, 0, 0];
  for (const [a, b] of edgesOf(ring)) {
    const turn = a[0] * b[1] - b[0] * a[1];
    twice += turn;
    x += turn * (a[0] + b[0]);
    y += turn * (a[1] + b[1]);
  }
  const area = Math.abs(twice) / 2;
  return { dimension: 2, x: x / (3 * twice), y: y / (3 * twice), weight: isHole ? -area : area };
}

/** A polygon without an area counts as the line around it. */
function polygonParts([shell, ...holes]: readonly Line[]): Part[] {
  const parts = [ringPart(shell!, false), ...holes.map((hole) => ringPart(hole, true))];
  return sum(parts.map(({ weight }) => weight)) === 0 ? lineParts(shell!) : parts;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The sums for the midst of a geometry; null when there is nothing in it. */
export function midstOf(text: string, onGlobe: boolean): Midst | null {
  const shape = geometryOf(text, onGlobe)?.shape;
  if (!shape) return null;
  const { points, lines, polygons } = shape;
  const parts = [...polygons.flatMap(polygonParts), ...lines.flatMap(lineParts), ...points.map(pointPart)].filter(
    ({ x, y }) => Number.isFinite(x) && Number.isFinite(y),
  );
  const dimension = ([2, 1, 0] as const).find((one) => parts.some((part) => part.dimension === one));
  if (dimension === undefined) return null;
  const highest = parts.filter((part) => part.dimension === dimension);
  const weight = sum(highest.map((part) => part.weight));
  if (weight <= 0) return null;
  const [x, y] = [sum(highest.map((part) => part.x * part.weight)), sum(highest.map((part) => part.y * part.weight))];
  return { dimension, x, y, weight };
}

const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];

/** On which side of a line a position is: 0 on it. */
const side = ([ax, ay]: Position, [bx, by]: Position, [x, y]: Position): number =>
  Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));

const between = (a: number, b: number, value: number): boolean => value >= Math.min(a, b) && value <= Math.max(a, b);

const onEdge = (p: Position, a: Position, b: Position): boolean =>
  between(a[0], b[0], p[0]) && between(a[1], b[1], p[1]) && side(a, b, p) === 0;

const edgesOf = (line: Line): [Position, Position][] => line.slice(1).map((end, i) => [line[i]!, end]);

const onLine = (p: Position, line: Line): boolean => edgesOf(line).some(([a, b]) => onEdge(p, a, b));

/** Crossed from one side to the other, in the midst of both. */
const cross = ([a, b]: [Position, Position], [c, d]: [Position, Position]): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

const touch = (one: [Position, Position], other: [Position, Position]): boolean =>
  cross(one, other) ||
  onEdge(one[0], ...other) ||
  onEdge(one[1], ...other) ||
  onEdge(other[0], ...one) ||
  onEdge(other[1], ...one);

/** 1 inside, 0 on the border, -1 outside. */
function inRing(p: Position, ring: Line): number {
  let inside = false;
  for (const [a, b] of edgesOf(ring)) {
    if (onEdge(p, a, b)) return 0;
    const passes = a[1] > p[1] !== b[1] > p[1];
    if (passes && p[0] < ((b[0] - a[0]) * (p[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside ? 1 : -1;
}

function inPolygon(p: Position, [shell, ...holes]: readonly Line[]): boolean {
  return inRing(p, shell!) >= 0 && holes.every((hole) => inRing(p, hole) <= 0);
}

const linesTouch = (a: Line, b: Line): boolean =>
  edgesOf(a).some((one) => edgesOf(b).some((other) => touch(one, other)));

const lineMeetsPolygon = (line: Line, polygon: readonly Line[]): boolean =>
  inPolygon(line[0]!, polygon) || polygon.some((ring) => linesTouch(line, ring));

function intersects(a: Shape, b: Shape): boolean {
  return meets(a, b) || meets(b, a);
}

/** Whether the boxes around two shapes have nothing in common: a quick answer to most pairs. */
function areApart(a: Shape, b: Shape): boolean {
  const [one, other] = [surroundings(a), surroundings(b)];
  return one.minX > other.maxX || other.minX > one.maxX || one.minY > other.maxY || other.minY > one.maxY;
}

const known = new WeakMap<Shape, Box>();

function surroundings(shape: Shape): Box {
  const found = known.get(shape);
  if (found) return found;
  const box = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity };
  for (const [x, y] of positionsOf(shape)) {
    box.minX = Math.min(box.minX, x);
    box.maxX = Math.max(box.maxX, x);
    box.minY = Math.min(box.minY, y);
    box.maxY = Math.max(box.maxY, y);
  }
  known.set(shape, box);
  return box;
}

const positionsOf = (shape: Shape): Position[] => [...shape.points, ...shape.lines.flat(), ...shape.polygons.flat(2)];

/** The cases of an intersection of which the first has the lesser part. */
function meets(a: Shape, b: Shape): boolean {
  return (
    a.points.some(
      (p) =>
        b.points.some((q) => same(p, q)) ||
        b.lines.some((line) => onLine(p, line)) ||
        b.polygons.some((polygon) => inPolygon(p, polygon)),
    ) ||
    a.lines.some(
      (line) =>
        b.lines.some((other) => linesTouch(line, other)) ||
        b.polygons.some((polygon) => lineMeetsPolygon(line, polygon)),
    ) ||
    a.polygons.some((polygon) => b.polygons.some((other) => lineMeetsPolygon(polygon[0]!, other)))
  );
}

const middle = ([a, b]: [Position, Position]): Position => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** Whether all of a line lies in a polygon: its corners do, its edges leave it nowhere. */
function lineWithin(line: Line, polygon: readonly Line[]): boolean {
  return edgesOf(line).every(
    (edge) =>
      inPolygon(edge[0], polygon) &&
      inPolygon(edge[1], polygon) &&
      inPolygon(middle(edge), polygon) &&
      !polygon.some((ring) => edgesOf(ring).some((other) => cross(edge, other))),
  );
}

function polygonWithin(inner: readonly Line[], outer: readonly Line[]): boolean {
  if (!lineWithin(inner[0]!, outer)) return false;
  // A hole of the outer one must not lie open inside.
  return outer.slice(1).every((hole) => !hole.some((p) => inRing(p, inner[0]!) > 0 && inPolygon(p, inner)));
}

/** Each part of the first lies in one part of the second. */
function within(a: Shape, b: Shape): boolean {
  if (a.points.length + a.lines.length + a.polygons.length === 0) return false;
  return (
    a.points.every((p) => meets({ ...nothing, points: [p] }, b)) &&
    a.lines.every(
      (line) =>
        b.polygons.some((polygon) => lineWithin(line, polygon)) ||
        b.lines.some((other) => edgesOf(line).every((edge) => [...edge, middle(edge)].every((p) => onLine(p, other)))),
    ) &&
    a.polygons.every((polygon) => b.polygons.some((other) => polygonWithin(polygon, other)))
  );
}
