/** Metres in each unit of distance, by the names that Elasticsearch takes. */
const metres: ReadonlyMap<string, number> = new Map([
  ...['in', 'inch'].map((name) => [name, 0.0254] as const),
  ...['yd', 'yards'].map((name) => [name, 0.9144] as const),
  ...['ft', 'feet'].map((name) => [name, 0.3048] as const),
  ...['km', 'kilometers'].map((name) => [name, 1000] as const),
  ...['nmi', 'NM', 'nauticalmiles'].map((name) => [name, 1852] as const),
  ...['mm', 'millimeters'].map((name) => [name, 0.001] as const),
  ...['cm', 'centimeters'].map((name) => [name, 0.01] as const),
  ...['mi', 'miles'].map((name) => [name, 1609.344] as const),
  ...['m', 'meters', ''].map((name) => [name, 1] as const),
]);

/** The metres of `200km` and the like; null when the text is no distance. */
export function parseDistance(text: string): number | null {
  const found = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)\s*$/i.exec(text);
  const unit = found && metres.get(found[2]!);
  return unit === null || unit === undefined ? null : Number(found![1]) * unit;
}
