import { filesRead, type LoadReport } from '../files/load-report.ts';
import { count } from '../values/quantities.ts';

/** What was read of the events and what was not: `12,345 events from 3 files, 2 lines and 1 file not read`. */
export function readText(load: LoadReport): string {
  const { events, files, malformed } = load;
  const read = filesRead(load);
  // A copy is read under another name, and an empty file has nothing to read.
  const missed = files.filter(({ read, cause }) => read === 'none' && cause !== 'same' && cause !== 'empty').length;
  const left = [
    ...(malformed.count > 0 ? [count(malformed.count, 'line')] : []),
    ...(missed > 0 ? [count(missed, 'file')] : []),
  ];
  const notRead = left.length === 0 ? '' : `, ${left.join(' and ')} not read`;
  // A file that was looked at in part was not read.
  const from = read === 0 ? '' : ` from ${count(read, 'file')}`;
  return `${count(events, 'event')}${from}${notRead}`;
}

/** `85 ms`, `1.4 s`, `3 min 20 s`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
