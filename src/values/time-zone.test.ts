import { describe, expect, it } from 'vitest';
import { formatDateAs, parseDateAs } from './java-date-format.ts';
import { isZone, offsetAt, timeShown } from './time-zone.ts';

const at = (text: string): number => Date.parse(text);

describe('zones of time', () => {
  it.each([
    ['Europe/Paris', '2026-01-15T12:00:00Z', 60],
    ['Europe/Paris', '2026-07-15T12:00:00Z', 120],
    ['Europe/Paris', '2026-03-29T00:59:59Z', 60],
    ['Europe/Paris', '2026-03-29T01:00:00Z', 120],
    ['Asia/Kolkata', '2026-01-15T12:00:00Z', 330],
    ['America/New_York', '2026-01-15T12:00:00Z', -300],
    ['+02:00', '2026-01-15T12:00:00Z', 120],
    ['-0530', '2026-01-15T12:00:00Z', -330],
    ['Z', '2026-01-15T12:00:00Z', 0],
  ])('%s at %s', (zone, time, minutes) => {
    expect(offsetAt(zone, at(time))).toBe(minutes);
  });

  it('have names that are known', () => {
    expect(['Europe/Paris', 'UTC', '+02:00', 'Z'].every(isZone)).toBe(true);
    expect(['Europe/Nowhere', '', '2 hours', '+2:0'].some(isZone)).toBe(false);
  });

  it.each([
    ['2026-07-15T14:00:00', '2026-07-15T12:00:00Z'],
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00Z'],
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00Z'],
  ])('the clocks of Paris show %s at %s', (shown, time) => {
    expect(timeShown('Europe/Paris', at(`${shown}Z`))).toBe(at(time));
  });
});

describe('dates in a zone', () => {
  const noon = BigInt(at('2026-07-15T12:00:00Z'));
  it.each([
    ['yyyy-MM-dd HH:mm', 'Europe/Paris', '2026-07-15 14:00'],
    ["HH:mm XXX xx X 'in' VV", 'Europe/Paris', '14:00 +02:00 +0200 +02 in Europe/Paris'],
    ['O OOOO Z', 'Asia/Kolkata', 'GMT+5:30 GMT+05:30 +0530'],
    ['O X x', 'UTC', 'GMT Z +00'],
    ['strict_date_optional_time', '-03:00', '2026-07-15T09:00:00.000-03:00'],
  ])('%s in %s', (pattern, zone, text) => {
    expect(formatDateAs(noon, pattern, zone)).toBe(text);
  });

  it.each([
    ['2026-07-15 14:00', 'yyyy-MM-dd HH:mm', 'Europe/Paris'],
    ['2026-07-15 12:00 Z', 'yyyy-MM-dd HH:mm X', 'Europe/Paris'],
    ['2026-07-15T14:00:00', 'strict_date_optional_time', 'Europe/Paris'],
    ['2026-07-15T12:00:00Z', 'strict_date_optional_time', 'Europe/Paris'],
  ])('%s read by %s', (text, pattern, zone) => {
    expect(parseDateAs(text, pattern, zone)).toBe(noon);
  });
});
