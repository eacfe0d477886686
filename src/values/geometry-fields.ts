import { valuesAt } from './document-path.ts';
import { normalGeometry } from './geometry.ts';

/** The mapping types that hold geometries as texts, by the types of their columns. */
type GeometryType = 'geo_shape' | 'cartesian_point' | 'cartesian_shape';

/**
 * The geometries that a document has in a field, as well-known text; null where it has none. They stand there as texts
 * or as GeoJSON, points of a plane also as `x,y`, a pair of numbers or an object. What is no geometry is left out.
 */
export function geometriesOf(document: string, name: string, type: GeometryType): string[] | null {
  const found = valuesAt(JSON.parse(document), name)
    .flatMap((value) => (type === 'cartesian_point' ? pointTexts(value) : shapeTexts(value)))
    .flatMap((text) => normalGeometry(text, type === 'geo_shape') ?? []);
  return found.length > 0 ? found : null;
}

function shapeTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(shapeTexts);
  if (typeof value === 'string') return [value];
  const text = typeof value === 'object' && value !== null ? geoJsonText(value) : null;
  return text === null ? [] : [text];
}

function pointTexts(value: unknown): string[] {
  if (typeof value === 'string')
    return [/^[^,()]+,[^,()]+$/.test(value) ? `POINT (${value.replace(',', ' ')})` : value];
  if (Array.isArray(value)) {
    const isPair = value.length >= 2 && value.every((part) => typeof part === 'number');
    return isPair ? [`POINT (${value[0]} ${value[1]})`] : value.flatMap(pointTexts);
  }
  if (typeof value !== 'object' || value === null) return [];
  const { x, y } = value as { x?: unknown; y?: unknown };
  return x === undefined ? shapeTexts(value) : [`POINT (${x} ${y})`];
}

/** GeoJSON as well-known text; null where it is none. */
function geoJsonText(value: object): string | null {
  const { type, coordinates, geometries } = value as { type?: unknown; coordinates?: unknown; geometries?: unknown };
  const kind = String(type).toUpperCase();
  if (kind === 'GEOMETRYCOLLECTION')
    return Array.isArray(geometries) ? `${kind} (${geometries.flatMap(shapeTexts).join(', ')})` : null;
  if (!Array.isArray(coordinates)) return null;
  if (kind !== 'ENVELOPE') return `${kind} ${nestedText(coordinates, kind === 'POINT')}`;
  const [[minX, maxY] = [], [maxX, minY] = []] = coordinates as (readonly unknown[])[];
  return `BBOX (${[minX, maxX, maxY, minY].join(', ')})`;
}

/** Lists of positions, however deep, in parentheses; a single position has some of its own where it stands alone. */
function nestedText(value: readonly unknown[], isAlone: boolean): string {
  if (!Array.isArray(value[0])) return isAlone ? `(${value.join(' ')})` : value.join(' ');
  return `(${value.map((one) => nestedText(one as readonly unknown[], false)).join(', ')})`;
}
