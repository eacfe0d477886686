import { javaDouble } from './java-double.ts';

/**
 * Points on the globe as Elasticsearch takes them in JSON: an object with lat and lon, GeoJSON, a text (`lat,lon` or WKT), a
 * pair of numbers (lon first), or an array of such. Gives each as WKT, null for one that is no point.
 */
export function pointsOfJson(json: string): (string | null)[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [null];
  }
  const isPair = Array.isArray(value) && value.length >= 2 && value.every((item) => typeof item === 'number');
  if (Array.isArray(value) && !isPair) return value.filter((item) => item !== null).map(pointOf);
  return [pointOf(value)];
}

function pointOf(value: unknown): string | null {
  if (Array.isArray(value)) return wkt(value[0], value[1]);
  if (typeof value === 'string') {
    const [, lon, lat] = /^\s*POINT\s*\(\s*(\S+)\s+(\S+?)\s*\)\s*$/i.exec(value) ?? [];
    if (lon !== undefined) return wkt(lon, lat);
    const parts = value.split(',');
    return parts.length === 2 ? wkt(parts[1], parts[0]) : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const members = new Map<string, unknown>(Object.entries(value));
  const coordinates = members.get('coordinates');
  if (Array.isArray(coordinates)) return wkt(coordinates[0], coordinates[1]);
  return wkt(members.get('lon'), members.get('lat'));
}

function wkt(lon: unknown, lat: unknown): string | null {
  const [x, y] = [lon, lat].map((part) =>
    typeof part === 'number' || (typeof part === 'string' && part.trim() !== '') ? Number(part) : Number.NaN,
  );
  if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
  return `POINT (${javaDouble(x!)} ${javaDouble(y!)})`;
}
