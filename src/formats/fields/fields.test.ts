import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { fields } from './fields.ts';
import { sources } from './layouts.ts';

const documents = (text: string): unknown[] => documentsOf(fields, Buffer.from(text));
const labelOf = (text: string): string | null => fields.detect(Buffer.from(text), true, 0)?.label ?? null;

const flow = '2 123456789012 eni-0a 10.0.0.5 198.51.100.7 51000 443 6 9 4200 1772359140 1772359200 ACCEPT OK';
const access = '192.0.2.9 - ann [01/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 12';
const combined = `${access} "-" "Mozilla/5.0 (X11)"`;
const s3 = `${'a'.repeat(64)} bucket [01/Mar/2026:10:00:00 +0000] 192.0.2.9 - R1 REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - 5 5 1 1 "-" "cli" - H1 SigV4 C AuthHeader h.example TLSv1.3`;
const alb =
  'https 2026-03-01T10:00:00.1Z app/a/1 192.0.2.9:51000 10.0.0.1:80 0.1 -1 0 200 200 1 2 "GET https://x:443/ HTTP/1.1" "curl" C TLSv1.2 arn:t "Root=1"';

describe('flow logs', () => {
  it('has the order of AWS where no header names another', () => {
    expect(documents(`${flow}\n2 123456789012 eni-0a - - - - - - - 1772359140 1772359200 - NODATA\n`)).toEqual([
      {
        ...{ log_format: 'aws-vpcflow', version: 2, 'account-id': 123456789012, 'interface-id': 'eni-0a' },
        ...{ srcaddr: '10.0.0.5', dstaddr: '198.51.100.7', srcport: 51000, dstport: 443, protocol: 6 },
        ...{ packets: 9, bytes: 4200, start: 1772359140, end: 1772359200, action: 'ACCEPT', 'log-status': 'OK' },
      },
      {
        ...{ log_format: 'aws-vpcflow', version: 2, 'account-id': 123456789012, 'interface-id': 'eni-0a' },
        ...{ start: 1772359140, end: 1772359200, 'log-status': 'NODATA' },
      },
    ]);
  });

  it('takes the names of a header, and passes over it where it comes again', () => {
    const header = 'version srcaddr dstaddr tcp-flags log-status';
    expect(documents(`${header}\r\n2 10.0.0.5 10.0.0.6 2 OK\r\n${header}\r\n2 10.0.0.7 - - OK\r\n2 x\r\n`)).toEqual([
      {
        log_format: 'aws-vpcflow',
        version: 2,
        srcaddr: '10.0.0.5',
        dstaddr: '10.0.0.6',
        'tcp-flags': 2,
        'log-status': 'OK',
      },
      { log_format: 'aws-vpcflow', version: 2, srcaddr: '10.0.0.7', 'log-status': 'OK' },
      ['not 5 values, as the header has', '2 x'],
    ]);
  });

  it('keeps the zeros of accounts', () => {
    const [first] = documents(flow.replace('123456789012', '012345678901')) as [object];
    expect(first).toMatchObject({ 'account-id': '012345678901' });
  });
});

describe('access logs', () => {
  it.each<[string, string, object]>([
    ['of the common format', access, { log_format: 'common', auth_user: 'ann', request: 'GET /a HTTP/1.1', bytes: 12 }],
    ['of the combined format', combined, { log_format: 'combined', user_agent: 'Mozilla/5.0 (X11)' }],
    [
      'with what a server writes at the end',
      `${combined} "192.0.2.1, 192.0.2.2" 0.5`,
      { column10: '192.0.2.1, 192.0.2.2', column11: '0.5' },
    ],
    [
      'with named values',
      `${combined} X-Forwarded-For="192.0.2.1, 192.0.2.2"`,
      { column10: 'X-Forwarded-For="192.0.2.1, 192.0.2.2"' },
    ],
    [
      'of virtual hosts',
      `shop.example.com:443 ${combined}`,
      { log_format: 'vhost', server_name: 'shop.example.com:443' },
    ],
    [
      'of Traefik',
      `${combined} 7 "api@docker" "http://10.0.0.2" 3ms`,
      { log_format: 'traefik', request_count: 7, duration: '3ms' },
    ],
    ['with quotes that are escaped', `${access} "-" "a \\"b\\" c"`, { user_agent: 'a \\"b\\" c' }],
    ['with quotes that are not', `${access} "-" "a "b"c"`, { user_agent: 'a "b"c' }],
    ['with a request that is none', combined.replace('GET /a HTTP/1.1', '\\x16\\x03'), { request: '\\x16\\x03' }],
    ['of S3', s3, { log_format: 'aws-s3access', key: 'k', user_agent: 'cli', tls_version: 'TLSv1.3' }],
    [
      'of S3 with less and with more',
      `${s3} arn:ap Yes eu-west-1`,
      { access_point_arn: 'arn:ap', acl_required: 'Yes', column27: 'eu-west-1' },
    ],
    [
      'of an application load balancer',
      alb,
      { log_format: 'aws-alb', client: '192.0.2.9:51000', target_processing_time: -1 },
    ],
    [
      'of a classic load balancer',
      alb.slice(6, alb.indexOf(' arn:')),
      { log_format: 'aws-clb', backend: '10.0.0.1:80' },
    ],
    [
      'of IIS without a header',
      '2026-03-01 10:00:00 10.0.0.2 GET /x.aspx a=1 443 - 192.0.2.9 Mozilla/5.0+(X11) - 200 0 0 15',
      { log_format: 'iis', 'cs-uri-stem': '/x.aspx', 'sc-status': 200, 'time-taken': 15 },
    ],
  ])('reads lines %s', (_, line, expected) => {
    expect(documents(`${line}\n`)).toEqual([expect.objectContaining(expected)]);
  });

  it('refuses lines with unbalanced quotes', () => {
    const odd = `${access} "-" "a "b" c"`;
    expect(documents(`${`${combined}\n`.repeat(3)}${odd}\n`)[3]).toEqual([expect.stringContaining('quotes'), odd]);
  });

  it('reads several formats in one file, and counts what is of none', () => {
    const found = documents(`${access}\n${combined}\n${combined}\n${combined}\nnot a line\n`);
    expect(found.map((one) => (Array.isArray(one) ? one[1] : (one as { log_format: string }).log_format))).toEqual([
      'common',
      'combined',
      'combined',
      'combined',
      'not a line',
    ]);
  });
});

it.each([
  ['prose', 'There is nothing here to be read\nas values between blanks\n'],
  ['syslog', 'Mar  9 10:00:01 web-1 sshd[812]: Failed password for root from 192.0.2.7 port 4022 ssh2\n'],
  ['syslog with ISO dates', '2026-03-09T10:00:01.123456+01:00 web-1 CRON[7]: (root) CMD (x)\n'],
  ['delimited text', 'version,account-id,interface-id,srcaddr,dstaddr\n2,1,eni-1,10.0.0.1,10.0.0.2\n'],
  ['Zeek', '#separator \\x09\n#fields\tts\n'],
  ['auditd', 'type=SYSCALL msg=audit(1772359200.123:77): arch=c000003e syscall=59\n'],
  ['a line of numbers', '2 123 456 7 8 9 10 11 12 13 14 15 16 17\n'],
])('leaves %s to others', (_, text) => {
  expect(labelOf(text)).toBeNull();
});

it('has a name of its own for each source, and marks that are columns', () => {
  expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
  for (const { layouts } of sources)
    for (const { columns, marks } of layouts)
      for (const mark of Object.keys(marks))
        expect(columns.split(' ').map((column) => column.replace(/^["[]|["\]]$/g, ''))).toContain(mark);
});

const value = fc.stringMatching(/^[!#-Z^-~]{1,8}$/);

it('gives the values that were written, however the log is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, value, fc.stringMatching(/^[ !#-[\]-~]{0,12}$/)), { minLength: 1 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (rows, steps) => {
        const good = Array.from({ length: 20 }, () => combined);
        const lines = rows.map(([host, user, agent]) =>
          combined.replace(/^\S+ - ann/, () => `${host} - ${user}`).replace(/"Mozilla[^"]*"$/, () => `"${agent}"`),
        );
        const text = Buffer.from(`${[...good, ...lines].join('\n')}\n`);
        const found = documentsOf(fields, text);
        const given = (one: string): unknown =>
          /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(one) && one !== '-0' ? Number(one) : one;
        expect(found.slice(20)).toEqual(
          rows.map(([host, user, agent]) => {
            const { remote_host: _, auth_user: __, user_agent: ___, ...rest } = found[0] as Record<string, unknown>;
            return {
              ...rest,
              ...(host === '-' ? {} : { remote_host: given(host) }),
              ...(user === '-' ? {} : { auth_user: given(user) }),
              ...(agent === '' || agent === '-' ? {} : { user_agent: agent }),
            };
          }),
        );
        expect(cutAnywhere(fields, text, steps)).toEqual(found);
      },
    ),
  );
});

it('reads any bytes without harm', () => {
  expectNoHarm(fields, Buffer.from(`${`${combined}\n`.repeat(4)}`));
});
