import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp } from '../../values/ip.ts';
import { countUp, type EventTemplate, eventLines } from './event-template.ts';

const template = (own: Partial<EventTemplate>): EventTemplate => ({
  first: Date.UTC(2026, 2, 10),
  lasts: 0,
  repeat: 1,
  timeField: '@timestamp',
  fixed: new Map(),
  varied: new Map(),
  counted: new Map(),
  ...own,
});
const events = (own: Partial<EventTemplate>): Record<string, unknown>[] =>
  [...eventLines(template(own))].map((line) => JSON.parse(line));
const times = (own: Partial<EventTemplate>): number[] =>
  events(own).map((event) => Date.parse(String(event['@timestamp'])));

describe('repeated events', () => {
  it('begin and end when they should, at even distances', () => {
    const spread = fc.record({
      first: fc.integer({ min: 0, max: 4e12 }),
      lasts: fc.integer({ min: 0, max: 1e10 }),
      repeat: fc.integer({ min: 2, max: 300 }),
    });
    fc.assert(
      fc.property(spread, ({ first, lasts, repeat }) => {
        const all = times({ first, lasts, repeat });
        expect(all).toHaveLength(repeat);
        expect([all[0], all.at(-1)]).toEqual([first, first + lasts]);
        const distance = lasts / (repeat - 1);
        all.forEach((time, i) => {
          expect(Math.abs(time - first - i * distance)).toBeLessThanOrEqual(0.5 + 1e-4);
        });
      }),
    );
  });
  it('are lines of JSON that hold what was given, whatever it is', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()));
    const fields = fc.dictionary(
      fc.string().filter((name) => name !== '@timestamp' && name !== '__proto__'),
      value,
    );
    fc.assert(
      fc.property(fields, fc.integer({ min: 1, max: 5 }), (given, repeat) => {
        const lines = [...eventLines(template({ repeat, fixed: new Map(Object.entries(given)) }))];
        expect(lines.join('').split('\n')).toHaveLength(repeat + 1);
        for (const line of lines) expect(JSON.parse(line)).toMatchObject(given);
      }),
    );
  });
  it('keep every digit of whole numbers', () => {
    const [line] = eventLines(template({ fixed: new Map([['n', 9223372036854775807n]]) }));
    expect(line).toContain('"n":9223372036854775807}');
  });
  it('say when they happened in the field that their source has for it', () => {
    const [event] = events({ timeField: 'eventTime', fixed: new Map([['eventName', 'ListUsers']]) });
    expect(event).toEqual({ eventTime: '2026-03-10T00:00:00.000Z', eventName: 'ListUsers' });
  });
  it('take the values of a list in turn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 40 }),
        (list, repeat) => {
          const seen = events({ repeat, varied: new Map([['a', list]]) }).map(({ a }) => a);
          expect(seen).toEqual(Array.from({ length: repeat }, (_, i) => list[i % list.length]));
        },
      ),
    );
  });
});

describe('counting up', () => {
  it.each<[string | number | bigint, number, string | number | bigint]>([
    [40000, 3, 40003],
    [9007199254740993n, 1, 9007199254740994n],
    ['ws-0009', 1, 'ws-0010'],
    ['ws-99', 1, 'ws-100'],
    ['disk1.example', 9, 'disk10.example'],
    ['a1b2c', 1, 'a1b3c'],
    ['10.0.0.254', 3, '10.0.1.1'],
    ['2a0e:97c0::ffff', 1, '2a0e:97c0::1:0'],
    ['99999999999999999999', 1, '100000000000000000000'],
  ])('%s and %i more', (start, by, expected) => {
    expect(countUp(start, by)).toBe(expected);
  });
  it('gives addresses, each once', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 2, max: 600 }), (start, repeat) => {
        fc.pre(parseIp(start)! + BigInt(repeat) <= parseIp('255.255.255.255')!);
        const seen = Array.from({ length: repeat }, (_, i) => String(countUp(start, i)));
        expect(new Set(seen).size).toBe(repeat);
        for (const address of seen) expect(parseIp(address)).not.toBeNull();
      }),
    );
  });
});
