import { grouped } from '../report/groups.ts';
import { hiddenText } from '../report/hidden-text.ts';
import { noHitsInPart, ownNotes, saysOnce } from '../report/outcomes.ts';
import type { RunReport } from '../report/report.ts';
import { shownWarnings } from '../report/shown-warnings.ts';
import { count } from '../values/quantities.ts';
import { visible, visibleLines } from '../values/visible.ts';

/**
 * Errors and notes of a run, for standard error. Where the output is rows alone they are all that is said of each query;
 * else the output has them too, and what many queries share is said once.
 */
export function runNotes(report: RunReport, isRowsAlone: boolean): string {
  const { results, partial, unread } = report;
  const lines: string[] = [];
  const notes: { readonly head: string; readonly note: string }[] = [];
  for (const found of results) {
    const { hunt, result, error, hidden } = found;
    const head = hunt ? `${hunt.name}: ` : '';
    if (error !== null) lines.push(`error: ${visible(head)}${visibleLines(error)}`);
    for (const warning of isRowsAlone ? shownWarnings(result) : []) lines.push(`warning: ${visible(head + warning)}`);
    const rowsHidden = hiddenText(hidden);
    if (rowsHidden !== null) lines.push(`note: ${visible(head + rowsHidden)}`);
    for (const note of ownNotes(found, report)) notes.push({ head, note });
  }
  for (const { text, items } of grouped(notes, ({ note }) => note))
    lines.push(
      items.length > 1
        ? `note: ${visible(text)} (${count(items.length, 'query', 'queries')})`
        : `note: ${visible(items[0]!.head + items[0]!.note)}`,
    );
  if (saysOnce(report)) lines.push(`note: ${noHitsInPart}: ${visible(unread!)}`);
  if (partial) lines.push('interrupted: this is not all');
  return lines.map((line) => `${line}\n`).join('');
}
