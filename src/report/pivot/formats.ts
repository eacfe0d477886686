import type { Pivot } from '../../investigate/pivot.ts';
import type { Surface } from '../report.ts';

/** Writes the facts about a process in one format, piece by piece. */
export type PivotFormat = (pivot: Pivot, surface: Surface) => Iterable<string>;

/** The formats by name; each is loaded when it is asked for. */
export const pivotFormats = {
  text: async (): Promise<PivotFormat> => (await import('./text.ts')).text,
  json: async (): Promise<PivotFormat> => (await import('./json.ts')).json,
  html: async (): Promise<PivotFormat> => (await import('./html.ts')).html,
} as const;

export type PivotFormatName = keyof typeof pivotFormats;
export const pivotFormatNames = Object.keys(pivotFormats) as PivotFormatName[];
