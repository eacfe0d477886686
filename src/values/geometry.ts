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

class Misshapen extends Error {}

const nothing: Shape = { points: [], lines: [], polygons: [] };

/** A coordinate as Java prints it. */
const shown = (value: number): string => (Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : `${value}`);

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(
    text: string,
    private readonly onGlobe: boolean,
  ) {
    this.#tokens = text.match(/[A-Za-z]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[(),]|\S/g) ?? [];
  }

  whole(): Geometry {
    const found = this.#geometry();
    if (this.#at < this.#tokens.length) throw new Misshapen();
    return found;
  }

  #take(expected?: string): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined || (expected !== undefined && token !== expected)) throw new Misshapen();
    return token;
  }

  #number(): number {
    const value = Number(this.#take());
    if (!Number.isFinite(value)) throw new Misshapen();
    return value;
  }

  #position(): Position {
    const [x, y] = [this.#number(), this.#number()];
    if (/^[-+.\d]/.test(this.#tokens[this.#at] ?? '')) this.#number();
    if (this.onGlobe && (Math.abs(x) > 180 || Math.abs(y) > 90)) throw new Misshapen();
    return [x, y];
  }

  #listed<T>(item: () => T): T[] {
    this.#take('(');
    const items = [item()];
    while (this.#tokens[this.#at] === ',') {
      this.#at += 1;
      items.push(item());
    }
    this.#take(')');
    return items;
  }

  /** A position of a MULTIPOINT may stand in parentheses of its own. */
  #loosePosition = (): Position =>
    this.#tokens[this.#at] === '(' ? this.#listed(() => this.#position())[0]! : this.#position();

  #line = (): Line => {
    const positions = this.#listed(() => this.#position());
    if (positions.length < 2) throw new Misshapen();
    return positions;
  };

  #rings = (): Line[] => {
    const rings = this.#listed(this.#line);
    for (const ring of rings) if (ring.length < 4 || !same(ring[0]!, ring.at(-1)!)) throw new Misshapen();
    return rings;
  };

  #geometry(): Geometry {
    const kind = this.#take().toUpperCase();
    if (this.#tokens[this.#at]?.toUpperCase() === 'EMPTY') {
      this.#at += 1;
      return { text: `${kind} EMPTY`, shape: nothing };
    }
    switch (kind) {
      case 'POINT': {
        const points = this.#listed(() => this.#position());
        if (points.length > 1) throw new Misshapen();
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
        throw new Misshapen();
    }
  }

  /** BBOX (smallest x, largest x, largest y, smallest y). */
  #box(): Geometry {
    const sides = this.#listed(() => this.#number());
    if (sides.length !== 4) throw new Misshapen();
    const [minX, maxX, maxY, minY] = sides as [number, number, number, number];
    if (minY > maxY || (minX > maxX && !this.onGlobe)) throw new Misshapen();
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

const lineText = (line: Line): string => `(${line.map(([x, y]) => `${shown(x)} ${shown(y)}`).join(', ')})`;
const linesText = (lines: readonly Line[]): string => `(${lines.map(lineText).join(', ')})`;

export const boxText = ({ minX, maxX, minY, maxY }: Box): string =>
  `BBOX (${[minX, maxX, maxY, minY].map(shown).join(', ')})`;

const plainPoint = /^POINT \((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)$/;
const most = 1000;
const cached = new Map<string, Geometry | null>();

/** What a text says; null when it is no geometry. Points are read anew: there are many of them, each seen once. */
function geometryOf(text: string, onGlobe: boolean): Geometry | null {
  const point = plainPoint.exec(text);
  if (point) {
    const position: Position = [Number(point[1]), Number(point[2])];
    const fits = !onGlobe || (Math.abs(position[0]) <= 180 && Math.abs(position[1]) <= 90);
    return fits ? { text: `POINT ${lineText([position])}`, shape: { ...nothing, points: [position] } } : null;
  }
  const key = `${onGlobe ? 'globe' : 'plane'} ${text}`;
  const known = cached.get(key);
  if (known !== undefined) return known;
  let found: Geometry | null = null;
  try {
    found = new Reader(text, onGlobe).whole();
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
  }
  if (cached.size >= most) cached.clear();
  cached.set(key, found);
  return found;
}

/** A geometry in one spelling; null when the text is none. */
export const normalGeometry = (text: string, onGlobe: boolean): string | null =>
  geometryOf(text, onGlobe)?.text ?? null;

/** How two geometries stand to one another; null when a text is none. */
export function related(left: string, right: string, relation: Relation, onGlobe: boolean): boolean | null {
  const [a, b] = [geometryOf(left, onGlobe)?.shape, geometryOf(right, onGlobe)?.shape];
  if (!a || !b) return null;
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

/** The smallest box around a geometry; null when there is nothing in it. */
export function boxOf(text: string, onGlobe: boolean): Box | null {
  const shape = geometryOf(text, onGlobe)?.shape;
  if (!shape) return null;
  const positions = [...shape.points, ...shape.lines.flat(), ...shape.polygons.flat(2)];
  if (positions.length === 0) return null;
  const box = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity };
  for (const [x, y] of positions) {
    box.minX = Math.min(box.minX, x);
    box.maxX = Math.max(box.maxX, x);
    box.minY = Math.min(box.minY, y);
    box.maxY = Math.max(box.maxY, y);
  }
  return box;
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
