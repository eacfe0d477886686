import type { JoinedSide, JoinReport } from '../join/join-report.ts';
import { count } from '../values/quantities.ts';

/** What was matched and what was not, for people: a line for each number. */
export function joinSummary(report: JoinReport & { readonly events: number }): string {
  const { hosts, sensors, methods, swapped, difference, likelyOffset } = report;
  const lines = [`${count(report.events, 'event')} written`];
  lines.push(sideText('Sysmon', hosts), ...unmatchedLines(hosts, hostReasons));
  lines.push(sideText('Zeek', sensors), ...unmatchedLines(sensors, sensorReasons));
  for (const [method, n] of methods) lines.push(`matched by ${methodTexts[method]}: ${n.toLocaleString('en')}`);
  if (difference)
    lines.push(
      `Zeek's times are ${amount(Math.abs(difference.median))} ${difference.median < 0 ? 'earlier' : 'later'} in the median, at most ${amount(difference.most)} apart`,
    );
  if (swapped > 0)
    lines.push(
      `${count(swapped, 'match', 'matches')} with source and destination the other way round in Zeek: bytes follow the addresses of Sysmon`,
    );
  if (likelyOffset)
    lines.push(
      `${count(likelyOffset.connections, 'unmatched connection')} with the same addresses and ports ${likelyOffset.connections === 1 ? 'is' : 'are'} apart by nearly the same time: try --clock-offset ${offsetText(likelyOffset.milliseconds)}`,
    );
  return lines.map((line) => `${line}\n`).join('');
}

const methodTexts = {
  start: 'addresses, ports and time',
  during: 'addresses and ports, while the Zeek connection was open',
  nat: 'the address and port of the other host and time, through address translation',
} as const;

type Reasons = ReadonlyMap<string, string>;

const hostReasons: Reasons = new Map([
  ['incomplete', 'no time, address, port or protocol, or several'],
  ['repeated', 'the same process again on a connection that is matched'],
  ['taken', 'a nearer event took the Zeek connection'],
  ['apart', 'the addresses and ports are in Zeek, at another time'],
  ['loopback', 'on the host itself, where Zeek does not see it'],
  ['ambiguous', 'several candidates through address translation'],
  ['outside', 'before or after what Zeek recorded'],
  ['unseen', 'Zeek has no such addresses and ports'],
]);

const sensorReasons: Reasons = new Map([
  ['incomplete', 'no time, address, port or protocol, or several'],
  ['protocol', 'neither TCP nor UDP, which is all that Sysmon records'],
  ['ambiguous', 'several candidates through address translation'],
  ['taken', 'a nearer Zeek connection took the Sysmon event'],
  ['apart', 'the addresses and ports are in Sysmon, at another time'],
  ['outside', 'before or after what Sysmon recorded'],
  ['no host', 'between hosts of which there is no Sysmon event'],
  ['unseen', 'Sysmon has no such addresses and ports'],
]);

function sideText(name: string, side: JoinedSide): string {
  const { connections, copies, matched, several } = side;
  const left = connections - copies - matched;
  const parts = [
    `${matched.toLocaleString('en')} matched${several > 0 ? ` (${several.toLocaleString('en')} of several candidates)` : ''}`,
    ...(copies > 0 ? [`${copies.toLocaleString('en')} duplicate`] : []),
    `${left.toLocaleString('en')} unmatched`,
  ];
  return `${name}: ${count(connections, 'connection')}: ${parts.join(', ')}`;
}

const unmatchedLines = ({ unmatched }: JoinedSide, reasons: Reasons): string[] =>
  unmatched.map(([reason, n]) => `  ${n.toLocaleString('en').padStart(9)}  ${reasons.get(reason) ?? reason}`);

/** `0.4 s`, `3 min`, `1 h`. */
function amount(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const rounded = (value: number): string => String(Number(value.toFixed(value < 10 ? 1 : 0)));
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (seconds < 120) return `${rounded(seconds)} s`;
  return seconds < 7200 ? `${rounded(seconds / 60)} min` : `${rounded(seconds / 3600)} h`;
}

/** As --clock-offset takes it. */
const offsetText = (milliseconds: number): string =>
  milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${Math.round(milliseconds)}ms`;
