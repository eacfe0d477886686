import { describe, expect, it } from 'vitest';
import { officeEnd } from './office.ts';
import { quietLogs } from './quiet-logs.ts';

describe('the logs of a quiet office', () => {
  const logs = quietLogs();
  it('are the same each time', () => {
    expect([...quietLogs()]).toEqual([...logs]);
  });
  it('hold events of every source, the newest of them shortly before the end', () => {
    expect([...logs.keys()]).toHaveLength(19);
    for (const [name, lines] of logs) expect([name, lines.length > 30]).toEqual([name, true]);
  });
  it('are lines in the order of time, none of them after the end', () => {
    const timeOf = (line: string): number => {
      const event = JSON.parse(line);
      const micro = event.__REALTIME_TIMESTAMP;
      if (micro !== undefined) return Number(micro) / 1000;
      if (event.ts !== undefined) return event.ts * 1000;
      const text = event['@timestamp'] ?? event.timestamp ?? event.eventTime ?? event.published ?? event.time;
      return Date.parse(text ?? `${event.CreationTime}Z`);
    };
    for (const [name, lines] of logs) {
      if (!name.endsWith('.ndjson')) continue;
      const times = lines.map(timeOf);
      expect(times.every((time, i) => i === 0 || time >= times[i - 1]! - 1000)).toBe(true);
      // What follows a logon may be a minute after it.
      expect(times.at(-1)).toBeLessThan(officeEnd + 120_000);
    }
  });
});
