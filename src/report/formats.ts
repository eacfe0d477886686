import type { Format } from './report.ts';

/** The formats by name; each is loaded when it is asked for. */
export const formats = {
  table: async (): Promise<Format> => (await import('./table.ts')).table,
  json: async (): Promise<Format> => (await import('./json.ts')).json,
  ndjson: async (): Promise<Format> => (await import('./ndjson.ts')).ndjson,
  csv: async (): Promise<Format> => (await import('./csv.ts')).csv,
  md: async (): Promise<Format> => (await import('./markdown.ts')).markdown,
  html: async (): Promise<Format> => {
    const [{ htmlFormat }, { readAssets }] = await Promise.all([import('./html/html.ts'), import('./html/assets.ts')]);
    return htmlFormat(readAssets());
  },
} as const;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

/** The formats that hold rows and nothing else: warnings have no place in them. */
export const rowsAlone: ReadonlySet<FormatName> = new Set(['csv', 'ndjson']);
