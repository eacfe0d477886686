import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { allMembers } from '../../documents/conversion.ts';
import { TextWriter } from '../json/text-writer.ts';
import { PlainLines } from './plain-lines.ts';
import { documentOf, syslog as importer } from './syslog.ts';

const modified = Date.parse('2026-03-10T12:00:00Z');
const syslog = { ...importer, detect: (head: Buffer, isWhole: boolean) => importer.detect(head, isWhole, modified) };
const documents = (text: string): unknown[] => documentsOf(syslog, Buffer.from(text));

describe('lines', () => {
  it.each<[string, string, object]>([
    [
      'of RFC 3164',
      'Mar  9 10:00:01 web-1 sshd[812]: Failed password for root from 192.0.2.7 port 4022 ssh2',
      {
        syslog: { timestamp: '2026-03-09T10:00:01Z', hostname: 'web-1', program: 'sshd', pid: 812 },
        message: 'Failed password for root from 192.0.2.7 port 4022 ssh2',
      },
    ],
    [
      'with a priority',
      '<38>Mar 9 10:00:01 web-1 su: x',
      {
        syslog: {
          timestamp: '2026-03-09T10:00:01Z',
          hostname: 'web-1',
          program: 'su',
          priority: 38,
          facility: 4,
          severity: 6,
        },
        message: 'x',
      },
    ],
    [
      'with ISO dates',
      '2026-03-09T10:00:01.123456+01:00 web-1 CRON[7]: (root) CMD (x)',
      {
        syslog: { timestamp: '2026-03-09T10:00:01.123456+01:00', hostname: 'web-1', program: 'CRON', pid: 7 },
        message: '(root) CMD (x)',
      },
    ],
    [
      'of RFC 5424',
      '<165>1 2026-03-09T10:00:01.003Z web-1 app 77 ID47 [a@32473 k="v" q="x\\"\\]\\\\"][b] \ufeffhello',
      {
        syslog: {
          ...{ timestamp: '2026-03-09T10:00:01.003Z', hostname: 'web-1', program: 'app', pid: 77 },
          ...{ priority: 165, facility: 20, severity: 5, version: 1, msgid: 'ID47' },
          structured_data: { 'a@32473': { k: 'v', q: 'x"]\\' }, b: {} },
        },
        message: 'hello',
      },
    ],
    [
      'of RFC 5424 without anything',
      '<0>1 - - - - - -',
      { syslog: { priority: 0, facility: 0, severity: 0, version: 1 }, message: '' },
    ],
    [
      'of the kernel',
      'Mar  9 10:00:01 web-1 kernel: [   12.5] usb 1-1: new device',
      {
        syslog: { timestamp: '2026-03-09T10:00:01Z', hostname: 'web-1', program: 'kernel' },
        message: '[   12.5] usb 1-1: new device',
      },
    ],
    [
      'of sudo',
      'Mar  9 10:00:01 web-1 sudo:    alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id',
      {
        syslog: { timestamp: '2026-03-09T10:00:01Z', hostname: 'web-1', program: 'sudo' },
        message: 'alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id',
      },
    ],
    [
      'without a host',
      'Mar  9 10:00:01 postfix/smtpd[9]: connect',
      { syslog: { timestamp: '2026-03-09T10:00:01Z', program: 'postfix/smtpd', pid: 9 }, message: 'connect' },
    ],
    [
      'without a program',
      'Mar  9 10:00:01 fw-1 %ASA-6-302013 built',
      { syslog: { timestamp: '2026-03-09T10:00:01Z', hostname: 'fw-1' }, message: '%ASA-6-302013 built' },
    ],
    [
      'that were repeated',
      'Mar  9 10:00:01 web-1 sshd[8]: message repeated 3 times: [ Failed password for [x] from ::1]',
      {
        syslog: { timestamp: '2026-03-09T10:00:01Z', hostname: 'web-1', program: 'sshd', pid: 8, repeated: 3 },
        message: 'Failed password for [x] from ::1',
      },
    ],
    [
      'with a year',
      'Mar  9 2019 10:00:01.5 web-1 x[a-b]: y',
      { syslog: { timestamp: '2019-03-09T10:00:01.5Z', hostname: 'web-1', program: 'x', procid: 'a-b' }, message: 'y' },
    ],
  ])('reads those %s', (_, line, expected) => {
    expect(documents(`${line}\n`)).toEqual([expected]);
  });

  it.each([
    'x',
    'Mar 32 10:00:01 h p: x',
    'Feb 30 10:00:01 h p: x',
    'Foo 10 10:00:01 h p: x',
    'Mar 10 25:00:01 h p: x',
    '2026-13-10T10:00:01Z h p: x',
    '<999>1 x h p - - - m',
  ])('refuses %j', (line) => {
    const good = 'Mar  9 10:00:01 h p: x\n';
    expect(documents(`${good.repeat(4)}${line}\n`).at(-1)).toEqual(['no header of syslog', line]);
  });
});

describe('years', () => {
  it.each([
    ['Mar 10 11:00:00', '2026'],
    ['Mar 11 23:00:00', '2026'],
    ['Mar 12 01:00:00', '2025'],
    ['Dec 31 23:59:59', '2025'],
    ['Jan  1 00:00:00', '2026'],
    ['Feb 29 00:00:00', '2024'],
  ])('of %s is %s in a file of March 10, 2026', (date, year) => {
    const [found] = documents(`${date} h p: x\n`) as { syslog: { timestamp: string } }[];
    expect(found!.syslog.timestamp.slice(0, 4)).toBe(year);
  });

  it('continues a message on lines that begin with a blank', () => {
    const text = 'Mar  9 10:00:01 a x[7]: one\n two\n\tthree\r\nMar  9 10:00:02 a x: four\n';
    const messages = documents(text).map((document) => (document as { message: string }).message);
    expect(messages).toEqual(['one\n two\n\tthree', 'four']);
    const long = `Mar  9 10:00:01 a x: begin\n${' more\n'.repeat(500)}`.repeat(3);
    expect(documents(long).length).toBe(3);
  });

  it('says how dates are read', () => {
    expect(syslog.detect(Buffer.from('Mar  9 10:00:01 h p: x\n'), true)!.label).toBe(
      'syslog (times without a year or zone read as UTC, up to 2026)',
    );
    expect(syslog.detect(Buffer.from('2026-03-09T10:00:01Z h p: x\n'), true)!.label).toBe('syslog');
  });
});

it.each(['', 'text\n', 'Mar  9 10:00:01 h p: x\nx\n', '2026-03-10 12:00:00 INFO x\n', 'Mar\n'])('is not %j', (text) => {
  expect(syslog.detect(Buffer.from(text), true)).toBeNull();
});

const word = fc.stringMatching(/^[a-z][a-z0-9/._-]{0,12}$/);
const record = fc.record({
  time: fc.date({ min: new Date('2025-04-01'), max: new Date(modified), noInvalidDate: true }),
  hostname: word,
  program: word,
  pid: fc.option(fc.nat(), { nil: undefined }),
  message: fc
    .array(
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '').trimStart()),
      { minLength: 1, maxLength: 3 },
    )
    // Further lines of a message begin with a blank.
    .map((lines) => lines.join('\n ')),
});

it('gives the values that were written, however the text is cut', () => {
  const names = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
      (records, steps) => {
        const lines = records.map(({ time, hostname, program, pid, message }) => {
          const day = String(time.getUTCDate()).padStart(2, ' ');
          const clock = time.toISOString().slice(11, 19);
          return `${names[time.getUTCMonth()]} ${day} ${clock} ${hostname} ${program}${pid === undefined ? '' : `[${pid}]`}: ${message}\n`;
        });
        const text = Buffer.from(lines.join(''));
        const expected = records.map(({ time, message, ...rest }) => ({
          syslog: { timestamp: `${time.toISOString().slice(0, 19)}Z`, ...rest },
          message,
        }));
        expect(documentsOf(syslog, text)).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(cutAnywhere(syslog, text, steps)).toEqual(documentsOf(syslog, text));
      },
    ),
  );
});

it('reads any bytes without harm', () => {
  expectNoHarm(syslog, Buffer.from('Mar  9 10:00:01 h p: x\n'.repeat(80)));
  const begin = '<165>1 2026-03-09T10:00:01.003Z web-1 app 77 ID47 ';
  expectNoHarm(syslog, Buffer.from(`${begin}- x\n`.repeat(80) + begin));
});

it('reads plain lines as it reads all others', () => {
  const part = fc.constantFrom(
    ...[
      'Mar  9 ',
      'Mar 10 ',
      'Mar 12 ',
      'Feb 29 ',
      'Feb 30 ',
      'Mar 9 ',
      'Dec 31 ',
      '2026-03-09T',
      '2026-02-28T',
      '2026-13-09T',
    ],
    ...[
      '10:00:01',
      '24:00:00',
      '10:00:60',
      ' ',
      '  ',
      '\t',
      ' web-1 ',
      'sshd',
      '[7]',
      '[007]',
      '[]',
      ':',
      ': ',
      '.5',
      '+01:00',
      'Z',
    ],
    ...['message repeated 2 times: [ x]', 'message', 'é', '\u00a0', '"', '\\', '\0', '<34>', '(x)', ' [x] '],
  );
  const likely = fc.tuple(
    fc.constantFrom('Mar  9 10:00:01', 'Mar 11 23:59:59', '2026-03-09T10:00:01.5+01:00', '2026-03-09T10:00:01Z'),
    fc.constantFrom(' web-1 ', ' ', ' [x] ', ' a:b '),
    fc.constantFrom('sshd[7]: ', 'sshd: ', 'sshd[7] ', 'kernel:', 'x(y)[0]:   '),
    fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')),
  );
  let plain = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        likely.map((parts) => parts.join('')),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (line) => {
        const text = Buffer.from(line);
        const out = new TextWriter(16);
        if (!new PlainLines(out, modified).write(text, 0, text.length)) {
          expect(out.at).toBe(0);
          return;
        }
        plain += 1;
        expect(Buffer.from(out.written()).toString()).toBe(documentOf(line, modified));
      },
    ),
    { numRuns: 5000 },
  );
  expect(plain).toBeGreaterThan(500);
});

it.each(['a', '[a b="', ' ', '\\', ']', '[x]'])('reads a line of some megabytes of %j', (part) => {
  const begin = '<165>1 2026-03-09T10:00:01.003Z web-1 app 77 ID47 ';
  const text = Buffer.from(`${begin}- x\n`.repeat(80) + begin + part.repeat(1_000_000));
  const { plan } = syslog.detect(text.subarray(0, 4000), false)!;
  expect(syslog.convert(text, plan, () => undefined, allMembers).length).toBeGreaterThan(80);
});
