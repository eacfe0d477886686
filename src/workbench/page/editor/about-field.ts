import type { Completion } from '../../contract/calls.ts';
import { call } from '../api/client.ts';
import { cursorStep, written } from './draft.ts';

/** Values that stand beside a proposed field. */
const mostValues = 3;

/** The most frequent values of a proposed field, in a line; null for anything else. */
export async function aboutField({ kind, label }: Completion): Promise<string | null> {
  const question = written.value;
  if (kind !== 'field' || !question) return null;
  const step = Math.max(0, cursorStep.value - 1);
  const { top, distinct } = await call('field-values', { question, step, field: label });
  if (top.length === 0) return 'no row has a value';
  const shown = top.slice(0, mostValues).map(({ value, rows }) => `${String(value)} (${rows.toLocaleString('en')})`);
  return `${distinct === null ? '' : `${distinct.toLocaleString('en')} values: `}${shown.join(', ')}`;
}
