import type { HistoryWriter } from './history-report.ts';

/** The formats by name; each is loaded when it is asked for. */
export const historyFormats = {
  table: async (): Promise<HistoryWriter> => (await import('./table.ts')).table,
  json: async (): Promise<HistoryWriter> => (await import('./json.ts')).json,
} as const;

export type HistoryFormat = keyof typeof historyFormats;
