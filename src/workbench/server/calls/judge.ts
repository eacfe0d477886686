import { InputError } from '../../../diagnostics/diagnostic.ts';
import type { Handler } from '../call.ts';
import { judgedResult } from '../judgements.ts';

/** Adds a verdict and a note about the group of a row; with neither, what was said is taken back. */
export const judge: Handler<'judge'> = async ({ question, handle, row, verdict, note }, workbench) => {
  const kept = workbench.handles.get(handle);
  if (row >= kept.rows.length) throw new InputError(`there is no row ${row + 1}`);
  const about = (await judgedResult(kept)).about(row);
  const text = note === null || note.trim() === '' ? null : note.trim();
  await workbench.judgements.append({ ...about, at: new Date(), by: workbench.options.user, verdict, note: text });
  workbench.stream.say({ kind: 'judged', hunt: question.hunt });
  return { saved: true };
};
