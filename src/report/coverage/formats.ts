import type { CoverageWriter } from './coverage-report.ts';

/** The formats by name; each is loaded when it is asked for. */
export const coverageFormats = {
  table: async (): Promise<CoverageWriter> => (await import('./table.ts')).table,
  html: async (): Promise<CoverageWriter> => {
    const [{ coverageHtml }, { readAssets }] = await Promise.all([import('./html.ts'), import('../html/assets.ts')]);
    return coverageHtml(readAssets());
  },
  json: async (): Promise<CoverageWriter> => (await import('./json.ts')).json,
} as const;

export type CoverageFormat = keyof typeof coverageFormats;
