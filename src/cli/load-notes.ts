import pc from 'picocolors';
import type { FileReport, LoadReport } from '../files/load-report.ts';
import { isMissing, notReadText, partlyReadText } from '../files/unread.ts';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { shownNotes } from './similar-notes.ts';

/** What reading the files found, for standard error: nothing when all is well. */
export function loadNotes(report: LoadReport, colour: boolean): string {
  const colours = pc.createColors(colour);
  const lines: string[] = [];
  const { files, malformed, ignored, duplicates } = report;
  const isIncomplete = files.some(isMissing);
  // Lines that are no events are listed below.
  for (const text of [notReadText(files, files.length), partlyReadText(files.filter(isMissing))])
    if (text !== null) lines.push(`${colours.yellow(isIncomplete ? 'warning:' : 'note:')} ${visible(text)}`);
  if (malformed.count > 0) {
    lines.push(
      `${colours.yellow('warning:')} ${count(malformed.count, 'line')} could not be read as an event; ${count(report.events, 'event')} ${report.events === 1 ? 'was' : 'were'}`,
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
  if (duplicates.count > 0) {
    lines.push(
      `${colours.yellow('warning:')} ${count(duplicates.count, 'event')} with a member that was not read or is oddly named`,
    );
    for (const { file, line, reason } of duplicates.first) lines.push(`  ${visible(file)}:${line}: ${visible(reason)}`);
    lines.push(...more(duplicates.count - duplicates.first.length));
  }
  for (const note of shownNotes([...files.flatMap(unknownNotes), ...report.notes]))
    lines.push(`${colours.yellow('note:')} ${visible(note)}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** What is to be known of events that keep the names of their source. Notes of one kind differ in files and numbers only. */
export function unknownNotes({ path, unknown }: FileReport): string[] {
  if (!unknown) return [];
  const { events, withoutTime, likelyTime } = unknown;
  const one = events === 1;
  const kept = `${path}: ${count(events, 'event')} of a source that no mapping knows ${one ? 'keeps its' : 'keep their'} own field names; harrier inspect shows ${one ? 'it' : 'them'}`;
  if (withoutTime === 0) return [kept];
  const without = `${path}: ${count(withoutTime, 'event')} ${withoutTime === 1 ? 'has' : 'have'} no @timestamp`;
  return likelyTime === null
    ? [kept, `${without}, and no field looks like a time; --time-field NAME would name one`]
    : [kept, `${without}; --time-field ${likelyTime.field} would take it from there (${likelyTime.example})`];
}

const more = (n: number): string[] => (n > 0 ? [`  … and ${n.toLocaleString('en')} more`] : []);
