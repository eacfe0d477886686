import { beforeAll, expect, it } from 'vitest';
import { files } from '../files/support.ts';
import { harrier, startHarrier } from '../support/command.ts';
import { locationFile } from '../support/location-file.ts';

let [city, asn]: string[] = [];
beforeAll(() => {
  const place = {
    continent: { code: 'EU', names: { en: 'Europe' } },
    country: { iso_code: 'DK', is_in_european_union: true, names: { en: 'Denmark', de: 'Dänemark' } },
    subdivisions: [{ iso_code: '84', names: { en: 'Capital Region' } }],
    city: { names: { en: 'Copenhagen' } },
    location: { latitude: 55.67, longitude: 12.57, accuracy_radius: 20, time_zone: 'Europe/Copenhagen' },
    postal: { code: '1050' },
  };
  city = locationFile('Places.mmdb', 'Made-City', { '192.0.2.0/24': place, '198.51.100.0/25': {} });
  const network = { autonomous_system_number: 4_200_000_001, autonomous_system_organization: 'Example Networks' };
  asn = locationFile('Networks.mmdb', 'Made-ASN', { '192.0.2.0/26': network });
});

const answer = async (
  query: string,
  ...more: string[]
): Promise<{ columns: unknown; values: unknown; warnings: unknown }> => {
  const { stdout, stderr, code } = await harrier(['query', query, '--format', 'json', ...more]);
  expect({ stderr, code }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as { columns: unknown; values: unknown; warnings: unknown };
};

it('finds where an address is, in the columns that a query gets unasked', async () => {
  const { columns, values } = await answer('ROW a = "192.0.2.77" | IP_LOCATION geo = a | DROP a', '--geoip', city!);
  expect(columns).toEqual(
    ['country_iso_code', 'country_name', 'continent_name', 'region_iso_code', 'region_name', 'city_name']
      .map((name) => ({ name: `geo.${name}`, type: 'keyword' }))
      .concat({ name: 'geo.location', type: 'geo_point' }),
  );
  expect(values).toEqual([['DK', 'Denmark', 'Europe', 'DK-84', 'Capital Region', 'Copenhagen', 'POINT (12.57 55.67)']]);
});

it('takes the properties and the database that the query names', async () => {
  const query =
    'ROW a = TO_IP("192.0.2.1") | IP_LOCATION g = a WITH {"properties": ["accuracy_radius", "country_in_european_union", "timezone", "postal_code"]} | IP_LOCATION n = a WITH {"database_file": "Networks.mmdb"} | DROP a';
  const { columns, values } = await answer(query, '--geoip', city!, '--geoip', asn!);
  expect(columns).toMatchObject([
    { name: 'g.country_in_european_union', type: 'boolean' },
    { name: 'g.timezone' },
    { name: 'g.postal_code' },
    { name: 'g.accuracy_radius', type: 'integer' },
    { name: 'n.ip' },
    { name: 'n.asn', type: 'long' },
    { name: 'n.organization_name' },
    { name: 'n.network' },
  ]);
  expect(values).toEqual([
    [true, 'Europe/Copenhagen', '1050', 20, '192.0.2.1', 4_200_000_001, 'Example Networks', '192.0.2.1/26'],
  ]);
});

it('is null for addresses that are not there, and warns of what is none', async () => {
  const query =
    'ROW a = ["203.0.113.5", "198.51.100.1", "2001:db8::1", "nowhere"] | MV_EXPAND a | IP_LOCATION g = a WITH {"properties": ["country_iso_code"]} | STATS n = COUNT(*) BY g.country_iso_code';
  const { values, warnings } = await answer(query, '--geoip', city!);
  expect(values).toEqual([[4, null]]);
  expect(String(warnings)).toContain("java.lang.IllegalArgumentException: 'nowhere' is not an IP string literal.");
});

it('takes the first of several addresses, or none of them', async () => {
  const query = (only: string): string =>
    `ROW a = ["192.0.2.9", "203.0.113.5"] | IP_LOCATION g = a WITH {"properties": ["city_name"]${only}} | KEEP g.*`;
  expect((await answer(query(''), '--geoip', city!)).values).toEqual([['Copenhagen']]);
  const none = await answer(query(', "first_only": false'), '--geoip', city!);
  expect(none.values).toEqual([[null]]);
  expect(String(none.warnings)).toContain(
    "java.lang.IllegalArgumentException: This command doesn't support multi-value input",
  );
});

it('reads addresses of events', async () => {
  const cwd = files({ 'a.ndjson': '{"source":{"ip":"192.0.2.3"}}\n{"source":{"ip":"203.0.113.1"}}\n{}\n' });
  const { stdout } = await harrier(
    [
      ...['query', 'FROM * | IP_LOCATION geo = source.ip | STATS n = COUNT(*) BY geo.city_name | SORT n', '-f', 'csv'],
      ...['--data', 'a.ndjson', '--geoip', city!],
    ],
    { cwd },
  );
  expect(stdout).toBe('n,geo.city_name\r\n1,Copenhagen\r\n2,\r\n');
});

it('gives a server its databases', async () => {
  const running = startHarrier(['serve', '--port', '0', '--geoip', city!], { cwd: files({}) });
  let url = '';
  await running.until(({ stdout }) => {
    url = stdout.trim();
    return stdout.endsWith('\n');
  });
  const response = await fetch(`${url}/_query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'ROW a = "192.0.2.77" | IP_LOCATION geo = a | KEEP geo.city_name' }),
  });
  const { values } = (await response.json()) as { values: unknown };
  running.child.kill('SIGTERM');
  await running.finished;
  expect(values).toEqual([['Copenhagen']]);
});

it('refuses files that are no such database, and databases that nobody named', async () => {
  const cwd = files({ 'not.mmdb': 'nothing' });
  const wrong = await harrier(['query', 'ROW a = 1', '--geoip', 'not.mmdb'], { cwd });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('not.mmdb cannot be read as a database') });
  const unknown = await harrier([
    ...['query', 'ROW a = "1.1.1.1" | IP_LOCATION g = a WITH {"database_file": "x.mmdb"}', '--geoip', city!],
  ]);
  expect(unknown).toMatchObject({ code: 1, stdout: expect.stringContaining('--geoip names [Places.mmdb]') });
});
