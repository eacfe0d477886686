import pc from 'picocolors';
import { visible } from '../report/visible.ts';
import type { LoadReport } from '../sources/load-report.ts';
import { count } from '../values/quantities.ts';

/** What reading the files found, for standard error: nothing when all is well. */
export function loadNotes(report: LoadReport, colour: boolean): string {
  const colours = pc.createColors(colour);
  const lines: string[] = [];
  const { malformed, ignored } = report;
  if (malformed.count > 0) {
    lines.push(
      `${colours.yellow('warning:')} ${count(malformed.count, 'line')} could not be read as an event; ${count(report.events, 'event')} were`,
    );
    for (const { file, line, reason, preview } of malformed.first)
      lines.push(`  ${visible(file)}:${line}: ${reason}${preview ? `: ${visible(preview)}` : ''}`);
    lines.push(...more(malformed.count - malformed.first.length));
  }
  if (ignored.count > 0) {
    lines.push(
      `${colours.yellow('warning:')} ${count(ignored.count, 'value')} did not fit the type of the field and read as null; the events are kept`,
    );
    for (const { file, line, field, type, preview } of ignored.first)
      lines.push(`  ${visible(file)}:${line}: ${visible(field)} is no ${type}: ${visible(preview)}`);
    lines.push(...more(ignored.count - ignored.first.length));
  }
  for (const note of report.notes) lines.push(`${colours.yellow('note:')} ${visible(note)}`);
  if (report.events === 0) lines.push(`${colours.yellow('warning:')} no events in ${count(report.files, 'file')}`);
  return lines.map((line) => `${line}\n`).join('');
}

const more = (n: number): string[] => (n > 0 ? [`  … and ${n.toLocaleString('en')} more`] : []);
