import type { TuningWriter } from './tuning-report.ts';

/** The formats by name; each is loaded when it is asked for. */
export const tuningFormats = {
  table: async (): Promise<TuningWriter> => (await import('./table.ts')).table,
  json: async (): Promise<TuningWriter> => (await import('./json.ts')).json,
} as const;

export type TuningFormat = keyof typeof tuningFormats;
