import type { Handler } from '../call.ts';
import { dataInfo } from './data-info.ts';

/** Changes what queries take for now. */
export const now: Handler<'now'> = async ({ now }, workbench, signal) => {
  workbench.now = now === 'newest event' ? 'latest' : now === 'clock' ? null : new Date(now);
  const data = await dataInfo(workbench, signal);
  workbench.stream.say({ kind: 'data', data });
  return data;
};
