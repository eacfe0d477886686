import { hiddenText } from '../report/hidden-text.ts';
import { noHitsInPart, ownNotes, saysOnce } from '../report/outcomes.ts';
import type { RunReport } from '../report/report.ts';
import { shownWarnings } from '../report/shown-warnings.ts';
import { visible, visibleLines } from '../report/visible.ts';

/** Errors, warnings and notes of a run, for standard error: not every format has a place for them. */
export function runNotes(report: RunReport): string {
  const { results, partial, unread } = report;
  const lines: string[] = [];
  for (const found of results) {
    const { hunt, result, error, hidden } = found;
    const head = hunt ? `${hunt.name}: ` : '';
    if (error !== null) lines.push(`error: ${visible(head)}${visibleLines(error)}`);
    for (const warning of shownWarnings(result)) lines.push(`warning: ${visible(head + warning)}`);
    const rowsHidden = hiddenText(hidden);
    if (rowsHidden !== null) lines.push(`note: ${visible(head + rowsHidden)}`);
    for (const note of ownNotes(found, report)) lines.push(`note: ${visible(head + note)}`);
  }
  if (saysOnce(report)) lines.push(`note: ${noHitsInPart}: ${visible(unread!)}`);
  if (partial) lines.push('interrupted: this is not all');
  return lines.map((line) => `${line}\n`).join('');
}
