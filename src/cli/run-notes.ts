import { hiddenText } from '../report/hidden-text.ts';
import { noHitsInPart, ownNotes, saysOnce } from '../report/outcomes.ts';
import type { RunReport } from '../report/report.ts';
import { shownWarnings } from '../report/shown-warnings.ts';
import { visible, visibleLines } from '../values/visible.ts';

/** Errors, notes and, if they are wanted, warnings of a run, for standard error. */
export function runNotes(report: RunReport, withWarnings: boolean): string {
  const { results, partial, unread } = report;
  const lines: string[] = [];
  for (const found of results) {
    const { hunt, result, error, hidden } = found;
    const head = hunt ? `${hunt.name}: ` : '';
    if (error !== null) lines.push(`error: ${visible(head)}${visibleLines(error)}`);
    for (const warning of withWarnings ? shownWarnings(result) : []) lines.push(`warning: ${visible(head + warning)}`);
    const rowsHidden = hiddenText(hidden);
    if (rowsHidden !== null) lines.push(`note: ${visible(head + rowsHidden)}`);
    for (const note of ownNotes(found, report)) lines.push(`note: ${visible(head + note)}`);
  }
  if (saysOnce(report)) lines.push(`note: ${noHitsInPart}: ${visible(unread!)}`);
  if (partial) lines.push('interrupted: this is not all');
  return lines.map((line) => `${line}\n`).join('');
}
