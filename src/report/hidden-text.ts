import { count } from '../values/quantities.ts';
import type { HiddenRows } from './report.ts';

/** One line on the rows that an allow-list took out; null when there are none. */
export function hiddenText(hidden: readonly HiddenRows[]): string | null {
  if (hidden.length === 0) return null;
  const rows = hidden.reduce((sum, one) => sum + one.rows, 0);
  return `${count(rows, 'row')} hidden by ${count(hidden.length, 'entry', 'entries')} of the allow-list`;
}
